//! Nobody of the customer has answered the NPS question lately (S58): ask, before the next proposal.
//!
//! Only where the company asks its customers at all: somebody of the workspace answered within the days for which an
//! answer counts. It opens 「NPSの回答を依頼する」 and holds nothing: no answer allows.

use domain::time::Days;
use domain::words::Words;

use super::{Rule, is_care, signal};
use crate::candidate::Evidence;
use crate::candidates::NPS_REQUEST;
use crate::decision::{Scope, Signal};
use crate::look::Look;

pub(super) const RULE: Rule = Rule {
    code: "nps_due",
    ja: "NPS回答なし",
    en: "No NPS answer",
    cites: "S58 S59",
    fires,
    opens: |candidate, _| is_care(candidate, NPS_REQUEST),
};

fn fires(look: &Look) -> Vec<Signal> {
    let days = look.policy.guards.loyalty.days;
    let counts = |on| (0..=days).contains(&look.days_since(on));
    let asked = look.facts.occasions.nps_asked_on.is_some_and(counts);
    if !asked || look.is_personal() || !look.is_customer() {
        return Vec::new();
    }
    let last = look.facts.surveys.iter().filter(|it| it.question == "nps").map(|it| it.on).max();
    let new = look.facts.customer_since.is_none_or(|since| look.days_since(since) < days);
    if last.is_some_and(counts) || (last.is_none() && new) {
        return Vec::new();
    }
    let words = match last {
        Some(on) => Words::new(
            format!("最後のNPS回答は{}で、その後{days}日を過ぎています。", on.display_ja()),
            format!("The last NPS answer is of {}, more than {days} days ago.", on.display_en()),
        ),
        None => Words::new("NPSの回答がまだありません。", "No NPS answer yet."),
    };
    let source = format!("accounts {}", look.facts.account);
    let said = Evidence { words, source, on: last.or(Some(look.as_of)) };
    vec![Signal {
        occurrence: last.map_or_else(|| "never".to_owned(), |on| on.to_string()),
        opens_on: last
            .or(look.facts.customer_since)
            .map_or(look.as_of, |on| on.plus(Days(days + i32::from(last.is_some())))),
        strength: 0.1,
        dated: false,
        ..signal(RULE.code, Scope::Account, said)
    }]
}

#[cfg(test)]
mod tests {
    use super::super::on;
    use super::*;
    use crate::examples::{Example, day};

    #[test]
    fn s58_an_answer_counts_for_half_a_year() {
        let mut example = Example::company();
        example.facts.occasions.nps_asked_on = Some(day("2026-07-01"));
        example.answer(9.0);
        assert_eq!(on(&example, "2026-07-09", fires), "");
        assert_eq!(
            on(&example, "2026-07-10", fires),
            "2026-01-10 2026-07-10..- 最後のNPS回答は2026年1月10日で、その後180日を過ぎています。"
        );
        example.facts.surveys.clear();
        assert!(on(&example, "2026-07-10", fires).ends_with("NPSの回答がまだありません。"));
        example.facts.customer_since = Some(day("2026-01-12"));
        assert_eq!(on(&example, "2026-07-10", fires), "", "too new to have been asked");
    }

    #[test]
    fn s58_where_nobody_is_asked_nobody_owes_an_answer() {
        let mut example = Example::company();
        assert_eq!(on(&example, "2026-03-12", fires), "");
        example.facts.occasions.nps_asked_on = Some(day("2025-09-12"));
        assert_eq!(on(&example, "2026-03-12", fires), "", "the last survey was 181 days ago");
        example.facts.occasions.nps_asked_on = Some(day("2025-09-13"));
        assert!(!on(&example, "2026-03-12", fires).is_empty());
    }
}
