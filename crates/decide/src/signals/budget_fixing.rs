//! The customer's next budget is about to be fixed (S46): the last chance to be in it.
//!
//! Fixed `months` before the customer's own fiscal close, at the end of that month (a March close: the end of
//! February). The window opens `lead_days` before, or as long before as the customer's own approval takes where that
//! is longer, and the play is due by the fixing.

use domain::time::{Day, Days};
use domain::words::Words;
use serde::Deserialize;

use super::budget_planning::{close_words, closes};
use super::{Rule, costs, month_end_before, signal};
use crate::approval;
use crate::candidate::Evidence;
use crate::decision::{Scope, Signal};
use crate::facts::Fiscal;
use crate::look::Look;
use crate::phrases::{self, add};

pub(super) const RULE: Rule = Rule {
    code: "budget_fixing",
    ja: "予算確定の直前",
    en: "Budget about to be fixed",
    cites: "S29 S46 N12",
    fires,
    opens: |candidate, _| costs(candidate),
};

/// When a budget is fixed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BudgetFixingPolicy {
    /// Months before the close at whose end the budget is fixed.
    pub months: i32,
    /// Days before the fixing on which the window opens.
    pub lead_days: i32,
}

impl Default for BudgetFixingPolicy {
    fn default() -> Self {
        Self { months: 1, lead_days: 45 }
    }
}

fn fires(look: &Look) -> Vec<Signal> {
    let Some(fiscal) = look.facts.occasions.fiscal.as_ref().filter(|_| look.is_customer()) else {
        return Vec::new();
    };
    closes(look, fiscal).into_iter().filter_map(|close| fixed(look, fiscal, close)).collect()
}

fn fixed(look: &Look, fiscal: &Fiscal, close: Day) -> Option<Signal> {
    let policy = &look.policy.rules.budget_fixing;
    let fixing = month_end_before(close, policy.months);
    let left = -look.days_since(fixing);
    let lead_days = approval::opens_before(look, policy.lead_days);
    if !(0..=lead_days).contains(&left) {
        return None;
    }
    let closes = close_words(close);
    let mut words = Words::new(
        format!(
            "来期予算は{}頃に確定する見込みです(あと{left}日、{})。",
            fixing.display_ja(),
            closes.ja
        ),
        format!(
            "The next budget will be fixed around {} ({} left, {}).",
            fixing.display_en(),
            phrases::days(left),
            closes.en
        ),
    );
    if let Some(begin) = approval::counted_back(look, fixing) {
        add(&mut words, &begin.ja, &format!(" {}", begin.en));
    }
    let said = Evidence { words, source: fiscal.source.clone(), on: fiscal.on };
    let mut signal = signal(RULE.code, Scope::Account, said);
    signal.evidence.extend(approval::because(look));
    Some(Signal {
        occurrence: close.to_string(),
        opens_on: fixing.plus(Days(-lead_days)),
        closes_on: Some(fixing),
        strength: 0.55,
        ..signal
    })
}

#[cfg(test)]
mod tests {
    use super::super::on;
    use super::*;
    use crate::examples::{Example, day};
    use crate::facts::approval::{Pace, PaceOf};
    use domain::motion::Motion;

    fn closing(month: i8) -> Example {
        let mut example = Example::company();
        example.facts.occasions.fiscal = Some(Fiscal {
            month,
            source: "account_facts F1".to_owned(),
            on: Some(day("2025-06-02")),
        });
        example
    }

    #[test]
    fn s46_a_march_close_is_fixed_at_the_end_of_february() {
        let example = closing(3);
        let check = |as_of: &str, expected: &str| assert_eq!(on(&example, as_of, fires), expected);
        check("2026-01-13", "");
        let said = |left| {
            format!(
                "2026-03-31 2026-01-14..2026-02-28 来期予算は2026年2月28日頃に確定する見込みです(あと{left}日、決算は2026年3月31日)。"
            )
        };
        check("2026-01-14", &said(45));
        check("2026-02-28", &said(0));
        check("2026-03-01", "");
    }

    #[test]
    fn s46_the_window_opens_when_the_customer_s_own_approval_has_to_begin() {
        let mut example = closing(3);
        example.facts.approval.pace = Some(Pace { days: 60, n: 5, of: PaceOf::Own });
        assert_eq!(on(&example, "2025-12-29", fires), "");
        let said = on(&example, "2025-12-30", fires);
        assert!(said.starts_with("2026-03-31 2025-12-30..2026-02-28"), "{said}");
        assert!(said.contains("商談を始める期限は今日です。"), "{said}");
        assert!(said.contains("このお客様の過去の受注5件から"), "{said}");
        assert!(on(&example, "2025-12-31", fires).contains("(1日の遅れ)"));
        example.facts.approval.pace = Some(Pace { days: 60, n: 50, of: PaceOf::All });
        assert_eq!(on(&example, "2026-01-13", fires), "", "what holds for others moves nothing");
        assert!(on(&example, "2026-01-14", fires).contains("全てのお客様の受注50件"));
    }

    #[test]
    fn s46_each_customers_own_close_counts() {
        assert_eq!(on(&closing(9), "2026-02-15", fires), "");
        assert!(
            on(&closing(9), "2026-08-15", fires).starts_with("2026-09-30 2026-07-17..2026-08-31")
        );
        assert_eq!(on(&Example::company(), "2026-02-15", fires), "", "unknown is never March");
    }

    #[test]
    fn s46_it_opens_what_costs() {
        let example = closing(3);
        let mut look = example.look();
        look.as_of = day("2026-02-15");
        let signal = fires(&look).remove(0);
        let opens = |motion| (RULE.opens)(&example.candidate(motion), &signal);
        assert!(opens(Motion::CrossSell) && opens(Motion::PlanUp) && opens(Motion::Poc));
        assert!(!opens(Motion::Downsell) && !opens(Motion::Care) && !opens(Motion::Advance));
        let mut term = example.candidate(Motion::Term);
        term.revenue_month_minor = domain::probability::Estimate::known(0.0);
        assert!(!(RULE.opens)(&term, &signal), "what costs nothing more takes no budget");
    }
}
