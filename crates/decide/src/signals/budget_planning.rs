//! The customer's next budget is being discussed (S46): what is to be in it has to be known now.
//!
//! Counted back from the customer's own fiscal close: discussed from `from_months` until `until_months` before it, or
//! before the fixing where `from_fixing` says so. Where the close is not known nothing is assumed: never March.

use domain::time::Day;
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, costs, month_end_before, signal};
use crate::candidate::Evidence;
use crate::decision::{Scope, Signal};
use crate::facts::Fiscal;
use crate::look::Look;

pub(super) const RULE: Rule = Rule {
    code: "budget_planning",
    ja: "予算策定の時期",
    en: "Budget planning",
    cites: "S29 S46 N12",
    fires,
    opens: |candidate, _| costs(candidate),
};

/// When a budget is discussed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BudgetPlanningPolicy {
    /// Months before the close at whose ends the discussion begins …
    pub from_months: i32,
    /// … and is over.
    pub until_months: i32,
    /// Whether those months count back from the fixing instead of the close.
    pub from_fixing: bool,
    /// Whether budgets are made twice a year: the close and six months after it.
    pub half_year: bool,
}

impl Default for BudgetPlanningPolicy {
    fn default() -> Self {
        Self { from_months: 5, until_months: 4, from_fixing: false, half_year: false }
    }
}

/// The ends of the customer's budget periods that may matter: from the last one on, within about two years.
pub(super) fn closes(look: &Look, fiscal: &Fiscal) -> Vec<Day> {
    let (year, _, _) = look.as_of.ymd();
    let half = look.policy.rules.budget_planning.half_year.then_some((fiscal.month + 5) % 12 + 1);
    let months = [Some(fiscal.month), half];
    let mut ends: Vec<Day> = (year - 1..=year + 2)
        .flat_map(|year| {
            months.iter().flatten().filter_map(move |month| Day::from_ymd(year, *month, 1))
        })
        .map(|first| month_end_before(first, 0))
        .filter(|end| *end >= look.as_of)
        .collect();
    ends.sort_unstable();
    ends
}

/// The closing month in words with the row that tells it.
pub(super) fn close_words(close: Day) -> Words {
    Words::new(
        format!("決算は{}", close.display_ja()),
        format!("fiscal close on {}", close.display_en()),
    )
}

fn fires(look: &Look) -> Vec<Signal> {
    let Some(fiscal) = look.facts.occasions.fiscal.as_ref().filter(|_| look.is_customer()) else {
        return Vec::new();
    };
    closes(look, fiscal).into_iter().filter_map(|close| discussed(look, fiscal, close)).collect()
}

fn discussed(look: &Look, fiscal: &Fiscal, close: Day) -> Option<Signal> {
    let policy = &look.policy.rules.budget_planning;
    let more = if policy.from_fixing { look.policy.rules.budget_fixing.months } else { 0 };
    let from = month_end_before(close, policy.from_months + more);
    let until = month_end_before(close, policy.until_months + more);
    if !(from..=until).contains(&look.as_of) {
        return None;
    }
    let closes = close_words(close);
    let words = Words::new(
        format!("来期予算の検討時期です({}、{}頃まで)。", closes.ja, until.display_ja()),
        format!(
            "The next budget is being discussed ({}, until about {}).",
            closes.en,
            until.display_en()
        ),
    );
    let said = Evidence { words, source: fiscal.source.clone(), on: fiscal.on };
    Some(Signal {
        occurrence: close.to_string(),
        opens_on: from,
        closes_on: Some(until),
        strength: 0.45,
        ..signal(RULE.code, Scope::Account, said)
    })
}

#[cfg(test)]
mod tests {
    use super::super::on;
    use super::*;
    use crate::examples::{Example, day};

    fn closing(month: i8) -> Example {
        let mut example = Example::company();
        example.facts.occasions.fiscal =
            Some(Fiscal { month, source: "accounts A1".to_owned(), on: Some(day("2025-06-02")) });
        example
    }

    #[track_caller]
    fn check(example: &Example, as_of: &str, expected: &str) {
        assert_eq!(on(example, as_of, fires), expected, "{as_of}");
    }

    #[test]
    fn s46_five_to_four_months_before_the_own_close() {
        let example = closing(3);
        check(&example, "2025-10-30", "");
        let said = "2026-03-31 2025-10-31..2025-11-30 来期予算の検討時期です(決算は2026年3月31日、2025年11月30日頃まで)。";
        check(&example, "2025-10-31", said);
        check(&example, "2025-11-30", said);
        check(&example, "2025-12-01", "");
        // A December close is discussed in July and August.
        check(&closing(12), "2026-07-30", "");
        check(
            &closing(12),
            "2026-07-31",
            "2026-12-31 2026-07-31..2026-08-31 来期予算の検討時期です(決算は2026年12月31日、2026年8月31日頃まで)。",
        );
    }

    #[test]
    fn s46_counted_from_the_fixing_where_the_policy_says_so() {
        let mut example = closing(3);
        example.policy.rules.budget_planning.from_fixing = true;
        check(&example, "2025-09-29", "");
        assert!(on(&example, "2025-09-30", fires).starts_with("2026-03-31 2025-09-30..2025-10-31"));
        check(&example, "2025-11-01", "");
    }

    #[test]
    fn s46_half_year_budgets_have_a_second_season() {
        let mut example = closing(3);
        check(&example, "2026-05-15", "");
        example.policy.rules.budget_planning.half_year = true;
        assert!(on(&example, "2026-05-15", fires).starts_with("2026-09-30 2026-04-30..2026-05-31"));
    }

    #[test]
    fn s46_an_unknown_close_is_never_march() {
        let example = Example::company();
        for as_of in ["2025-11-15", "2026-02-15", "2026-10-31", "2026-11-10"] {
            check(&example, as_of, "");
        }
    }
}
