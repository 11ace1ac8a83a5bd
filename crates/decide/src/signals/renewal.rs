//! A contract comes up for renewal (S38): counted from the cancel deadline, not from the renewal.
//!
//! The window opens 90 days before the deadline and stays open until it; talks should start 60 days
//! before, or as long before as approval takes where that is known; where the customer's own takes longer than the
//! window, the window opens then. Where the deadline is unknown the renewal day stands for it, and the sentence says so.
//! Once notice is given there is nothing to renew.

use domain::motion::Motion;
use domain::time::Days;
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, signal};
use crate::approval;
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Scope, Signal};
use crate::facts::Contract;
use crate::look::Look;
use crate::phrases::{self, add, name};

pub(super) const RULE: Rule =
    Rule { code: "renewal", ja: "契約更新", en: "Renewal", cites: "S17 S38 S48", fires, opens };

/// When a renewal's window is open.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RenewalPolicy {
    /// Days before the cancel deadline on which the window opens.
    pub open_days: i32,
    /// Days before the deadline from which on a start counts as late.
    pub start_by_days: i32,
}

impl Default for RenewalPolicy {
    fn default() -> Self {
        Self { open_days: 90, start_by_days: 60 }
    }
}

/// Days before its deadline on which a renewal's window opens.
pub(crate) fn opens_before(look: &Look) -> i32 {
    approval::opens_before(look, look.policy.rules.renewal.open_days)
}

pub(super) fn fires(look: &Look) -> Vec<Signal> {
    look.facts.active_contracts().filter_map(|contract| due(look, contract)).collect()
}

fn due(look: &Look, contract: &Contract) -> Option<Signal> {
    let policy = &look.policy.rules.renewal;
    if contract.cancel_notice_on.is_some_and(|on| on <= look.as_of) {
        return None;
    }
    let deadline = contract.cancel_deadline.or(contract.renews_on)?;
    let left = -look.days_since(deadline);
    let open_days = opens_before(look);
    if !(0..=open_days).contains(&left) {
        return None;
    }
    let said = Evidence {
        words: words(look, contract, left),
        source: format!("subscriptions {}", contract.subscription),
        on: Some(deadline),
    };
    let mut signal = signal(RULE.code, Scope::Contract(contract.subscription.clone()), said);
    signal.occurrence = format!("{}:{deadline}", contract.subscription);
    signal.evidence.extend(approval::because(look));
    signal.opens_on = deadline.plus(Days(-open_days));
    signal.closes_on = Some(deadline);
    let gone = (1.0 - f64::from(left) / f64::from(policy.open_days.max(1))).max(0.0);
    signal.strength = 0.7 + 0.25 * gone;
    Some(signal)
}

fn words(look: &Look, contract: &Contract, left: i32) -> Words {
    let product = name(look.catalogue, &contract.product);
    let mut words = match (contract.cancel_deadline, contract.renews_on) {
        (Some(deadline), renews) => {
            let (ja, en) = renews.map_or_else(Default::default, |day| {
                (
                    format!("、更新日は{}", day.display_ja()),
                    format!(", renewal {}", day.display_en()),
                )
            });
            Words::new(
                format!(
                    "{product}の解約申出期限は{}です(あと{left}日{ja})。",
                    deadline.display_ja()
                ),
                format!(
                    "Cancel deadline of {product}: {} ({} left{en}).",
                    deadline.display_en(),
                    phrases::days(left)
                ),
            )
        }
        (None, Some(renews)) => Words::new(
            format!(
                "{product}の更新日は{}です(あと{left}日、解約申出期限は未確認)。",
                renews.display_ja()
            ),
            format!(
                "Renewal of {product}: {} ({} left, cancel deadline not known).",
                renews.display_en(),
                phrases::days(left)
            ),
        ),
        (None, None) => Words::default(),
    };
    let deadline = look.as_of.plus(Days(left));
    if let Some(begin) = approval::counted_back(look, deadline) {
        add(&mut words, &begin.ja, &format!(" {}", begin.en));
    } else if left < look.policy.rules.renewal.start_by_days {
        let days = look.policy.rules.renewal.start_by_days;
        add(
            &mut words,
            &format!("着手の目安({days}日前)を過ぎています。"),
            &format!(" Talks should have begun {} before.", phrases::days(days)),
        );
    }
    words
}

fn opens(candidate: &Candidate, signal: &Signal) -> bool {
    matches!(
        candidate.motion,
        Motion::PlanUp | Motion::Seats | Motion::Term | Motion::Option | Motion::Downsell
    ) && super::on_contract(candidate, signal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, day};
    use crate::facts::approval::{Pace, PaceOf};

    fn check(as_of: &str, expected: &str) {
        let example = Example::company();
        let mut look = example.look();
        look.as_of = day(as_of);
        let said: Vec<_> = fires(&look)
            .iter()
            .map(|s| format!("{} {:.2} {}", s.opens_on, s.strength, s.evidence[0].words.ja))
            .collect();
        assert_eq!(said.join("\n"), expected);
    }

    #[test]
    fn the_window_is_the_ninety_days_before_the_deadline() {
        check("2026-02-14", "");
        check(
            "2026-02-15",
            "2026-02-15 0.70 勤怠 Proの解約申出期限は2026年5月16日です(あと90日、更新日は2026年6月15日)。",
        );
        check(
            "2026-04-05",
            "2026-02-15 0.84 勤怠 Proの解約申出期限は2026年5月16日です(あと41日、更新日は2026年6月15日)。着手の目安(60日前)を過ぎています。",
        );
        check(
            "2026-05-16",
            "2026-02-15 0.95 勤怠 Proの解約申出期限は2026年5月16日です(あと0日、更新日は2026年6月15日)。着手の目安(60日前)を過ぎています。",
        );
        check("2026-05-17", "");
    }

    /// A customer whose own won deals took so many days.
    fn takes(days: i32, of: PaceOf) -> Example {
        let mut example = Example::company();
        example.facts.approval.pace = Some(Pace { days, n: 12, of });
        example
    }

    #[test]
    fn s46_a_long_approval_of_the_customer_s_own_opens_the_window_earlier() {
        let fired = |example: &Example, as_of: &str| {
            let mut look = example.look();
            look.as_of = day(as_of);
            fires(&look).len()
        };
        // 120 days before 16 May 2026.
        let own = takes(120, PaceOf::Own);
        assert_eq!(
            [("2026-01-15", 0), ("2026-01-16", 1), ("2026-01-17", 1)]
                .map(|(on, n)| fired(&own, on) == n),
            [true; 3]
        );
        let others = takes(120, PaceOf::Segment);
        assert_eq!([fired(&others, "2026-02-14"), fired(&others, "2026-02-15")], [0, 1]);
        let quick = takes(30, PaceOf::Own);
        assert_eq!([fired(&quick, "2026-02-14"), fired(&quick, "2026-02-15")], [0, 1]);
    }

    #[test]
    fn s46_it_counts_back_what_approval_takes_in_the_place_of_the_policy_s_days() {
        let example = takes(45, PaceOf::Own);
        let said = |as_of: &str| {
            let mut look = example.look();
            look.as_of = day(as_of);
            let found = fires(&look).remove(0).evidence;
            assert_eq!(found.len(), 2, "the source of the days stands beside");
            found[0].words.en.clone()
        };
        assert!(said("2026-03-31").ends_with("talks have to begin by 1 Apr 2026 (1 day left)."));
        assert!(said("2026-04-01").ends_with("talks have to begin today."));
        let late = said("2026-04-02");
        assert!(late.ends_with("should have begun by 1 Apr 2026 (1 day ago)."), "{late}");
        assert!(!late.contains("60 days"), "{late}");
    }

    #[test]
    fn notice_given_closes_it_and_an_unknown_deadline_is_said() {
        let mut example = Example::company();
        example.facts.contracts[0].cancel_deadline = None;
        example.facts.contracts[0].renews_on = Some(day("2026-05-20"));
        assert_eq!(
            fires(&example.look())[0].evidence[0].words.en,
            "Renewal of 勤怠 Pro: 20 May 2026 (69 days left, cancel deadline not known)."
        );
        example.facts.contracts[0].cancel_notice_on = Some(day("2026-03-01"));
        assert_eq!(fires(&example.look()), []);
    }
}
