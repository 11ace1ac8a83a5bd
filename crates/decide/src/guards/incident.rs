//! Not right after an incident (S53, S61): for some days after a grave enquiry was solved nothing is sold.

use domain::time::Days;
use domain::words::Words;
use serde::Deserialize;

use super::{Guard, Knows, Reach, allow, because, hold};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Says, Verdict};
use crate::look::Look;

pub(super) const GUARD: Guard = Guard {
    code: "incident",
    ja: "障害・重大な問い合わせの直後",
    en: "Just after an incident",
    cites: "S53 S61",
    reach: Reach::Account,
    knows: Knows::Store,
    reads: "`activities` of kind `ticket` with such a priority: `closed_at`",
    clear: None,
    check,
};

/// How long after an incident nothing is sold.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IncidentPolicy {
    /// Days after a grave enquiry was solved, its own day counted; 0 never holds.
    pub days: i32,
}

impl Default for IncidentPolicy {
    fn default() -> Self {
        Self { days: 14 }
    }
}

fn check(look: &Look, _: &Candidate) -> Verdict {
    let days = look.policy.guards.incident.days;
    let incident = look.facts.bars.incident.as_ref();
    let recent = incident.filter(|it| (0..days).contains(&look.days_since(it.closed_on)));
    let Some(incident) = recent else {
        let words = Words::new(
            format!("直近{days}日間に解決した重大な問い合わせなし"),
            format!("No escalated ticket was solved within {days} days"),
        );
        return allow(GUARD.code, words);
    };
    let (on, until) = (incident.closed_on, incident.closed_on.plus(Days(days)));
    let said = Words::new(
        format!("重大な問い合わせが{}に解決したばかりです。", on.display_ja()),
        format!("An escalated ticket was solved on {}.", on.display_en()),
    );
    let words = Words::new(
        format!("{}{}まで提案を控えます。", said.ja, until.display_ja()),
        format!("{} No offers until {}.", said.en, until.display_en()),
    );
    let source = format!("activities {}", incident.activity);
    let evidence = vec![Evidence { words: said, source, on: Some(on) }];
    because(hold(GUARD.code, Says::HoldUntil(Some(until)), words), evidence)
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use crate::examples::{Example, day};

    fn check(closed: &str, days: i32, expected: &str) {
        let mut example = Example::company();
        example.policy.guards.incident.days = days;
        example.facts.bars.solved("T1", day(closed));
        assert_eq!(said("incident", &example), expected);
    }

    /// As of 2026-03-12.
    #[test]
    fn s53_fourteen_days_after_an_incident() {
        let held = |on: &str, until: &str, iso: &str| {
            format!(
                "hold until {iso}: 重大な問い合わせが{on}に解決したばかりです。{until}まで提案を控えます。"
            )
        };
        let none = "allow: 直近14日間に解決した重大な問い合わせなし";
        check("2026-03-12", 14, &held("2026年3月12日", "2026年3月26日", "2026-03-26"));
        // Day 13 is the last; on day 14 and 15 it is over.
        check("2026-02-27", 14, &held("2026年2月27日", "2026年3月13日", "2026-03-13"));
        check("2026-02-26", 14, none);
        check("2026-02-25", 14, none);
        check("2026-03-12", 0, "allow: 直近0日間に解決した重大な問い合わせなし");
        assert_eq!(said("incident", &Example::company()), none);
    }
}
