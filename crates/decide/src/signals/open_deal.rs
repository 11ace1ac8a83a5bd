//! A deal is in progress (S108): its next step is the reason to speak now.
//!
//! An agreed day that has come or passed is the strongest; a deal without an agreed step counts as
//! stalled from some days on. One that is older than nearly all were when they closed is said to be so, and
//! presses nobody.

use domain::motion::Motion;
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, signal};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Scope, Signal};
use crate::facts::{DealPace, Proposal};
use crate::look::Look;
use crate::phrases::{self, add, percent};

pub(super) const RULE: Rule = Rule {
    code: "open_deal",
    ja: "進行中の商談",
    en: "Deal in progress",
    cites: "S32 S42 S107 S108",
    fires,
    opens,
};

/// When a deal counts as stalled.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OpenDealPolicy {
    /// Days in progress without an agreed next step.
    pub stalled_days: i32,
}

impl Default for OpenDealPolicy {
    fn default() -> Self {
        Self { stalled_days: 60 }
    }
}

fn fires(look: &Look) -> Vec<Signal> {
    look.facts.open_proposals().map(|deal| live(look, deal)).collect()
}

/// A deal that has outlived nearly all others presses nobody.
const OLD: f64 = 0.3;

fn live(look: &Look, deal: &Proposal) -> Signal {
    let age = look.days_since(deal.opened_on).max(0);
    let (ja_stage, en_stage) = deal.stage.as_ref().map_or_else(Default::default, |stage| {
        (format!("、段階「{stage}」"), format!(", stage \"{stage}\""))
    });
    let mut words = Words::new(
        format!("商談が進行中です({}開始、{age}日経過{ja_stage})。", deal.opened_on.display_ja()),
        format!(
            "Deal in progress since {} ({}{en_stage}).",
            deal.opened_on.display_en(),
            phrases::days(age)
        ),
    );
    let mut strength = 0.8;
    let old = look.is_old(deal);
    if let Some(pace) = look.facts.deal_pace.filter(|_| old) {
        let share = percent(DealPace::SHARE);
        let DealPace { days, n } = pace;
        add(
            &mut words,
            &format!("同種の商談の{share}は{days}日以内に決着しています({n}件から推定)。"),
            &format!(" {share} of such deals closed within {days} days (from {n} deals)."),
        );
    }
    match deal.next_step_on {
        Some(step) if step < look.as_of => {
            strength = 0.9;
            let days = look.days_since(step);
            add(
                &mut words,
                &format!("次の予定日{}を{days}日過ぎています。", step.display_ja()),
                &format!(
                    " The next step was due on {}, {} ago.",
                    step.display_en(),
                    phrases::days(days)
                ),
            );
        }
        Some(step) => {
            add(
                &mut words,
                &format!("次の予定日は{}です。", step.display_ja()),
                &format!(" Next step on {}.", step.display_en()),
            );
        }
        None if age >= look.policy.rules.open_deal.stalled_days => {
            add(&mut words, "次の予定日が決まっていません。", " No next step is agreed.");
        }
        None => strength = 0.75,
    }
    let said = Evidence {
        words,
        source: format!("proposals {}", deal.proposal),
        on: Some(deal.opened_on),
    };
    let mut signal = signal(RULE.code, Scope::Deal(deal.proposal.clone()), said);
    // Each agreed step is an occasion of its own: it opens with the agreement, whose day nobody records.
    signal.occurrence = match deal.next_step_on {
        Some(step) => format!("{}:{step}", deal.proposal),
        None => deal.proposal.as_str().to_owned(),
    };
    signal.opens_on = deal.next_step_on.map_or(deal.opened_on, |step| step.max(deal.opened_on));
    signal.closes_on = deal.next_step_on.filter(|_| !old);
    signal.strength = if old { OLD } else { strength };
    signal
}

fn opens(candidate: &Candidate, signal: &Signal) -> bool {
    candidate.motion == Motion::Advance
        && matches!(
            (&signal.scope, &candidate.proposal),
            (Scope::Deal(of), Some(is)) if of == is
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, day};

    fn check(next_step_on: Option<&str>, expected: &str) {
        let mut example = Example::buyer();
        example.facts.proposals[0].next_step_on = next_step_on.map(day);
        let found = fires(&example.look());
        assert_eq!(found.len(), 1, "only open deals");
        let said = format!("{:.2} {}", found[0].strength, found[0].evidence[0].words.ja);
        assert_eq!(said, expected);
    }

    #[test]
    fn an_old_deal_is_said_to_be_old_and_presses_nobody() {
        let mut example = Example::buyer();
        example.facts.deal_pace = Some(DealPace { days: 89, n: 410 });
        example.facts.proposals[0].next_step_on = Some(day("2026-03-05"));
        let old = fires(&example.look()).remove(0);
        assert!(old.strength < 0.5 && old.closes_on.is_none(), "{old:?}");
        let said = &old.evidence[0].words;
        assert!(
            said.ja.contains("同種の商談の95 %は89日以内に決着しています(410件から推定)。"),
            "{}",
            said.ja
        );
        assert!(said.en.contains("95 % of such deals closed within 89 days"), "{}", said.en);
        example.facts.proposals[0].next_step_on = Some(day("2026-03-20"));
        let alive = fires(&example.look()).remove(0);
        assert!(alive.strength > 0.5 && !alive.evidence[0].words.ja.contains("決着"), "{alive:?}");
    }

    #[test]
    fn its_age_and_next_step() {
        let begun = "商談が進行中です(2025年12月12日開始、90日経過、段階「Engaging」)。";
        check(None, &format!("0.80 {begun}次の予定日が決まっていません。"));
        check(Some("2026-03-20"), &format!("0.80 {begun}次の予定日は2026年3月20日です。"));
        check(
            Some("2026-03-05"),
            &format!("0.90 {begun}次の予定日2026年3月5日を7日過ぎています。"),
        );
    }
}
