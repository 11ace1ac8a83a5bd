//! A free trial ends (S44): the day on which the customer decides whether to pay.
//!
//! The window opens `open_days` before the end and closes `after_days` after it; the play is due by the end. One
//! signal per contract and end, so a trial that is made longer is another occasion.

use domain::motion::Motion;
use domain::time::Days;
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, is_care, signal};
use crate::candidate::{Candidate, Evidence};
use crate::candidates::HEARING;
use crate::decision::{Scope, Signal};
use crate::facts::Trial;
use crate::look::Look;
use crate::phrases::{self, name};

pub(super) const RULE: Rule = Rule {
    code: "trial_end",
    ja: "試用期間の終了",
    en: "Trial ends",
    cites: "S2 S44",
    fires,
    opens,
};

/// When the end of a trial is an occasion.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrialEndPolicy {
    /// Days before the end on which the window opens.
    pub open_days: i32,
    /// Days after the end on which it closes.
    pub after_days: i32,
}

impl Default for TrialEndPolicy {
    fn default() -> Self {
        Self { open_days: 14, after_days: 7 }
    }
}

fn fires(look: &Look) -> Vec<Signal> {
    look.facts.occasions.trials.iter().filter_map(|trial| ending(look, trial)).collect()
}

fn ending(look: &Look, trial: &Trial) -> Option<Signal> {
    let policy = &look.policy.rules.trial_end;
    let left = -look.days_since(trial.ends_on);
    if !(-policy.after_days..=policy.open_days).contains(&left) {
        return None;
    }
    let product = name(look.catalogue, &trial.product);
    let (ja_on, en_on) = (trial.ends_on.display_ja(), trial.ends_on.display_en());
    let words = if left >= 0 {
        Words::new(
            format!("{product}の試用期間は{ja_on}に終了します(あと{left}日)。"),
            format!("The trial of {product} ends on {en_on} ({} left).", phrases::days(left)),
        )
    } else {
        let ago = -left;
        Words::new(
            format!("{product}の試用期間は{ja_on}に終了しました({ago}日前)。"),
            format!("The trial of {product} ended on {en_on} ({} ago).", phrases::days(ago)),
        )
    };
    let source = format!("subscriptions {}", trial.subscription);
    let said = Evidence { words, source, on: Some(trial.ends_on) };
    Some(Signal {
        occurrence: format!("{}:{}", trial.subscription, trial.ends_on),
        opens_on: trial.ends_on.plus(Days(-policy.open_days)),
        closes_on: Some(if left >= 0 {
            trial.ends_on
        } else {
            trial.ends_on.plus(Days(policy.after_days))
        }),
        strength: 0.92,
        ..signal(RULE.code, Scope::Contract(trial.subscription.clone()), said)
    })
}

fn opens(candidate: &Candidate, signal: &Signal) -> bool {
    let pays = !matches!(candidate.motion, Motion::Care | Motion::Advance);
    (pays && super::on_contract(candidate, signal)) || is_care(candidate, HEARING)
}

#[cfg(test)]
mod tests {
    use super::super::on;
    use super::*;
    use crate::examples::{Example, day};

    fn trial() -> Example {
        let mut example = Example::company();
        example.facts.occasions.trials.push(Trial {
            subscription: "S1".into(),
            product: "KT-PRO".into(),
            ends_on: day("2026-03-31"),
        });
        example
    }

    #[test]
    fn s44_from_a_fortnight_before_the_end_until_a_week_after() {
        let example = trial();
        let check = |as_of: &str, expected: &str| assert_eq!(on(&example, as_of, fires), expected);
        check("2026-03-16", "");
        let begun = "S1:2026-03-31 2026-03-17";
        check(
            "2026-03-17",
            &format!(
                "{begun}..2026-03-31 勤怠 Proの試用期間は2026年3月31日に終了します(あと14日)。"
            ),
        );
        check(
            "2026-03-31",
            &format!(
                "{begun}..2026-03-31 勤怠 Proの試用期間は2026年3月31日に終了します(あと0日)。"
            ),
        );
        check(
            "2026-04-07",
            &format!(
                "{begun}..2026-04-07 勤怠 Proの試用期間は2026年3月31日に終了しました(7日前)。"
            ),
        );
        check("2026-04-08", "");
    }

    #[test]
    fn s44_it_opens_what_changes_the_contract_on_trial() {
        let example = trial();
        let mut look = example.look();
        look.as_of = day("2026-03-20");
        let signal = fires(&look).remove(0);
        let mut up = example.candidate(Motion::PlanUp);
        assert!(!opens(&up, &signal));
        up.subscription = Some("S1".into());
        assert!(opens(&up, &signal));
    }
}
