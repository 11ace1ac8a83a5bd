//! A repurchase is due by the customer's own rhythm (S105): last order plus the mean gap.
//!
//! Fires when that day lies within the planning horizon, and until a mean gap after it; later than that
//! the rhythm is broken and says nothing. Persons and households shop by themselves.

use domain::ids::ProductId;
use domain::motion::Motion;
use domain::time::{Day, Days};
use domain::words::Words;
use serde::Deserialize;

use super::{Rule, signal, whole_days};
use crate::candidate::{Candidate, Evidence};
use crate::decision::{Scope, Signal};
use crate::facts::Purchase;
use crate::look::Look;
use crate::phrases::{self, count, figure, name};

pub(super) const RULE: Rule =
    Rule {
        code: "cadence", ja: "再購入時期", en: "Repurchase due", cites: "S105", fires, opens
    };

/// When a rhythm is read.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CadencePolicy {
    /// Orders of the same product from which on it is read.
    pub min_orders: u32,
    /// Mean gaps after the due day for which the customer still counts as due.
    pub overdue_gaps: f64,
}

impl Default for CadencePolicy {
    fn default() -> Self {
        Self { min_orders: 3, overdue_gaps: 1.0 }
    }
}

/// The day on which the next order is due and the last on which that counts, where the rhythm says so.
pub(crate) fn due_on(look: &Look, purchase: &Purchase) -> Option<(Day, Day)> {
    let policy = &look.policy.rules.cadence;
    let gap = purchase.gap_days.filter(|gap| *gap > 0.0 && purchase.orders >= policy.min_orders)?;
    let due = purchase.last_on.plus(whole_days(gap));
    let last = purchase.last_on.plus(whole_days(gap * (1.0 + policy.overdue_gaps.max(0.0))));
    Some((due, last))
}

/// Whether the next order of a purchase is due now.
pub(crate) fn is_due(look: &Look, purchase: &Purchase) -> Option<(Day, Day)> {
    due_on(look, purchase).filter(|(due, last)| *due <= look.horizon_end() && look.as_of <= *last)
}

fn fires(look: &Look) -> Vec<Signal> {
    if look.is_personal() {
        return Vec::new();
    }
    look.facts.purchases.iter().filter_map(|purchase| due(look, purchase)).collect()
}

fn due(look: &Look, purchase: &Purchase) -> Option<Signal> {
    let (due, last) = is_due(look, purchase)?;
    let gap = figure(purchase.gap_days?.round());
    let product = name(look.catalogue, &purchase.product);
    let orders = count(u64::from(purchase.orders));
    let (ja, en) = if due < look.as_of {
        let days = look.days_since(due);
        (format!("目安を{days}日過ぎています"), format!("{} overdue", phrases::days(days)))
    } else {
        let days = -look.days_since(due);
        (format!("あと{days}日"), format!("in {}", phrases::days(days)))
    };
    let said = Evidence {
        words: Words::new(
            format!(
                "{product}は{orders}回の注文から平均{gap}日間隔で、前回{}の次は{}頃です({ja})。",
                purchase.last_on.display_ja(),
                due.display_ja()
            ),
            format!(
                "{product}: {orders} orders, {gap} days apart on average; last on {}, next around {} ({en}).",
                purchase.last_on.display_en(),
                due.display_en()
            ),
        ),
        source: format!("orders {}", purchase.last_order),
        on: Some(purchase.last_on),
    };
    let mut signal = signal(RULE.code, Scope::Product(purchase.product.clone()), said);
    signal.occurrence = format!("{}:{}", purchase.product, purchase.last_on);
    // Never before the order that it counts from.
    let opens = due.plus(Days(-look.policy.plan.horizon_weeks.saturating_mul(7)));
    signal.opens_on = opens.max(purchase.last_on);
    signal.closes_on = Some(if due >= look.as_of { due } else { last });
    signal.strength = 0.5;
    Some(signal)
}

fn opens(candidate: &Candidate, signal: &Signal) -> bool {
    let subject: Option<&ProductId> = match candidate.motion {
        Motion::Repeat => candidate.product.as_ref(),
        Motion::Subscribe => candidate.from_product.as_ref(),
        Motion::PlanUp if candidate.subscription.is_none() => candidate.from_product.as_ref(),
        _ => None,
    };
    matches!((&signal.scope, subject), (Scope::Product(of), Some(is)) if of == is)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, day};

    fn check(last_on: &str, expected: &str) {
        let mut example = Example::buyer();
        example.facts.purchases[0].last_on = day(last_on);
        let said: Vec<_> = fires(&example.look())
            .iter()
            .map(|s| {
                let closes = s.closes_on.map_or_else(|| "-".to_owned(), |day| day.to_string());
                format!("{closes} {}", s.evidence[0].words.ja)
            })
            .collect();
        assert_eq!(said.join("\n"), expected);
    }

    #[test]
    fn due_within_the_horizon_and_until_a_gap_later() {
        check("2026-02-20", "");
        check(
            "2026-02-01",
            "2026-04-02 GTX Basicは4回の注文から平均60日間隔で、前回2026年2月1日の次は2026年4月2日頃です(あと21日)。",
        );
        check(
            "2026-01-01",
            "2026-05-01 GTX Basicは4回の注文から平均60日間隔で、前回2026年1月1日の次は2026年3月2日頃です(目安を10日過ぎています)。",
        );
        check("2025-11-01", "");
    }

    #[test]
    fn two_orders_are_no_rhythm() {
        let mut example = Example::buyer();
        example.facts.purchases[0].orders = 2;
        assert_eq!(fires(&example.look()), []);
    }
}
