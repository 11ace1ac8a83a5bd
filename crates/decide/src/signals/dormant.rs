//! A customer has gone quiet (S47): no order, use, answer or contact for a while, after earlier activity.
//!
//! It opens a re-proposal of what is new, or care. Customers whose contracts have all ended are not
//! dormant but former.

use domain::motion::Motion;
use domain::time::Days;
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, signal};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Scope, Signal};
use crate::look::Look;

pub(super) const RULE: Rule =
    Rule { code: "dormant", ja: "休眠", en: "Dormant", cites: "S16 S47 S101", fires, opens };

/// When a customer counts as dormant.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DormantPolicy {
    /// Days without any event.
    pub days: i32,
}

impl Default for DormantPolicy {
    fn default() -> Self {
        Self { days: 90 }
    }
}

fn fires(look: &Look) -> Vec<Signal> {
    let Some(last) = look.facts.last_event_on else { return Vec::new() };
    let quiet = look.days_since(last);
    if quiet < look.policy.rules.dormant.days || !look.is_customer() {
        return Vec::new();
    }
    let said = Evidence {
        words: Words::new(
            format!(
                "最後の利用・注文・連絡は{}で、その後{quiet}日間動きがありません。",
                last.display_ja()
            ),
            format!(
                "Last use, order or contact on {}; nothing for {quiet} days since.",
                last.display_en()
            ),
        ),
        source: format!("accounts {}", look.facts.account),
        on: Some(last),
    };
    let mut signal = signal(RULE.code, Scope::Account, said);
    signal.occurrence = last.to_string();
    signal.opens_on = last.plus(Days(look.policy.rules.dormant.days));
    signal.strength = 0.4;
    vec![signal]
}

fn opens(candidate: &Candidate, _: &Signal) -> bool {
    matches!(candidate.motion, Motion::CrossSell | Motion::Poc | Motion::Bundle | Motion::Care)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, day};

    fn check(last_event: Option<&str>, expected: &str) {
        let mut example = Example::company();
        example.facts.last_event_on = last_event.map(day);
        let said: Vec<_> = fires(&example.look())
            .iter()
            .map(|s| format!("{} {}", s.opens_on, s.evidence[0].words.ja))
            .collect();
        assert_eq!(said.join("\n"), expected);
    }

    #[test]
    fn ninety_quiet_days_after_earlier_activity() {
        check(None, "");
        check(Some("2025-12-13"), "");
        check(
            Some("2025-12-12"),
            "2026-03-12 最後の利用・注文・連絡は2025年12月12日で、その後90日間動きがありません。",
        );
    }

    #[test]
    fn a_former_customer_is_not_dormant() {
        let mut example = Example::company();
        example.facts.last_event_on = Some(day("2025-01-01"));
        example.facts.contracts[0].active = false;
        example.facts.contracts[0].ended_on = Some(day("2025-02-01"));
        assert_eq!(fires(&example.look()), []);
    }
}
