//! Not again what was just declined (S62): so many rejections of a product within so many days hold it.
//!
//! A rejection is a lost deal for the product or by the offer, or a play that a rep finished as lost; a deal the
//! customer asked for counts too, since it declined in the end. A won deal of the same product, or a play
//! finished as won, ends the series.

use domain::time::{Day, Days};
use domain::words::Words;
use serde::Deserialize;

use super::{Guard, Reach, allow, because, hold};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Says, Verdict};
use crate::facts::{Outcome, Proposal};
use crate::life::{Touch, TouchKind};
use crate::look::Look;

pub(super) const GUARD: Guard = Guard {
    code: "cool_down",
    ja: "再提案までの待機期間",
    en: "Cool-down",
    cites: "S53 S62 N5",
    reach: Reach::Offer,
    check,
};

/// How many rejections hold an offer, and for how long.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CoolDownPolicy {
    /// Rejections from which on it is held; 0 never holds.
    pub rejections: u32,
    /// Days within which they count.
    pub days: i32,
}

impl Default for CoolDownPolicy {
    fn default() -> Self {
        Self { rejections: 2, days: 180 }
    }
}

fn is_of(candidate: &Candidate, deal: &Proposal) -> bool {
    let same_product = deal.product.is_some() && deal.product == candidate.product;
    same_product || deal.offer.as_ref() == Some(&candidate.offer)
}

/// One customer's answer to an offer, from a deal or from a play.
struct Answer {
    on: Day,
    lost: bool,
    evidence: Evidence,
}

fn of_deal(deal: &Proposal) -> Option<Answer> {
    let on = deal.closed_on.unwrap_or(deal.opened_on);
    let lost = match deal.outcome {
        Outcome::Open => return None,
        Outcome::Won => false,
        Outcome::Lost => true,
    };
    let words = Words::new(
        format!("{}の商談は失注でした。", on.display_ja()),
        format!("The deal of {} was lost.", on.display_en()),
    );
    let source = format!("proposals {}", deal.proposal);
    Some(Answer { on, lost, evidence: Evidence { words, source, on: Some(on) } })
}

fn of_touch(candidate: &Candidate, touch: &Touch) -> Option<Answer> {
    let same_product = touch.product.is_some() && touch.product == candidate.product;
    let is_of = same_product || touch.offer.as_ref() == Some(&candidate.offer);
    if !is_of || touch.kind == TouchKind::Contact {
        return None;
    }
    let words = Words::new(
        format!("{}の提案はお断りでした。", touch.on.display_ja()),
        format!("The offer of {} was declined.", touch.on.display_en()),
    );
    let source = format!("plays {}", touch.play);
    let evidence = Evidence { words, source, on: Some(touch.on) };
    Some(Answer { on: touch.on, lost: touch.kind == TouchKind::Rejection, evidence })
}

/// Rejections since the last win, newest first, within the policy's days.
fn rejections(look: &Look, candidate: &Candidate) -> Vec<Answer> {
    let deals = look.facts.proposals.iter().filter(|deal| is_of(candidate, deal));
    let touches = look.facts.touches.iter().filter_map(|touch| of_touch(candidate, touch));
    let (mut lost, won): (Vec<Answer>, Vec<Answer>) =
        deals.filter_map(of_deal).chain(touches).partition(|answer| answer.lost);
    let won = won.iter().map(|answer| answer.on).max();
    let within = |on: Day| (0..look.policy.guards.cool_down.days).contains(&look.days_since(on));
    lost.retain(|answer| won.is_none_or(|won| answer.on > won) && within(answer.on));
    let key = |answer: &Answer| answer.evidence.source.clone();
    lost.sort_by(|a, b| b.on.cmp(&a.on).then_with(|| key(a).cmp(&key(b))));
    lost
}

fn check(look: &Look, candidate: &Candidate) -> Verdict {
    let policy = &look.policy.guards.cool_down;
    let lost = rejections(look, candidate);
    let (n, days) = (lost.len(), policy.days);
    let needed = policy.rejections as usize;
    if needed == 0 || n < needed {
        return allow(
            GUARD.code,
            Words::new(
                format!("過去{days}日間のお断りは{n}件です。"),
                format!("Declined {n} times within {days} days."),
            ),
        );
    }
    let until = lost[needed - 1].on.plus(Days(days));
    let words = Words::new(
        format!(
            "過去{days}日間に{n}件お断りをいただいているため、{}まで再提案を控えます。",
            until.display_ja()
        ),
        format!("Declined {n} times within {days} days; not again until {}.", until.display_en()),
    );
    let evidence = lost.into_iter().map(|answer| answer.evidence).collect();
    because(hold(GUARD.code, Says::HoldUntil(Some(until)), words), evidence)
}

#[cfg(test)]
mod tests {
    use super::super::tests::said_of;
    use crate::examples::{Example, deal};
    use crate::facts::Outcome;
    use domain::motion::Motion;

    fn check(deals: &[(&str, Outcome)], expected: &str) {
        let mut example = Example::buyer();
        example.facts.proposals = deals
            .iter()
            .enumerate()
            .map(|(i, (closed, outcome))| deal(&format!("D{i}"), "GTK", closed, *outcome))
            .collect();
        let mut candidate = example.candidate(Motion::CrossSell);
        candidate.product = Some("GTK".into());
        assert_eq!(said_of("cool_down", &example, &candidate), expected);
    }

    #[test]
    fn two_rejections_within_half_a_year_hold_until_one_is_old() {
        use Outcome::{Lost, Won};
        check(&[], "allow: 過去180日間のお断りは0件です。");
        check(&[("2026-01-10", Lost)], "allow: 過去180日間のお断りは1件です。");
        check(
            &[("2025-01-10", Lost), ("2026-01-10", Lost)],
            "allow: 過去180日間のお断りは1件です。",
        );
        check(
            &[("2025-12-01", Lost), ("2026-01-10", Lost)],
            "hold until 2026-05-30: 過去180日間に2件お断りをいただいているため、2026年5月30日まで再提案を控えます。",
        );
        check(
            &[("2025-11-01", Lost), ("2025-12-01", Lost), ("2026-01-10", Lost)],
            "hold until 2026-05-30: 過去180日間に3件お断りをいただいているため、2026年5月30日まで再提案を控えます。",
        );
        check(
            &[("2025-12-01", Lost), ("2025-12-20", Won), ("2026-01-10", Lost)],
            "allow: 過去180日間のお断りは1件です。",
        );
    }
}
