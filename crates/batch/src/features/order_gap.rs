//! Usual days between orders: Days from the first order to the last, and one gap of everybody's, over the gaps and one.

use super::{Feature, Unit};

pub(super) const ORDER_GAP: Feature = Feature {
    name: "order_gap",
    ja: "通常の注文間隔",
    en: "Usual days between orders",
    unit: Unit::Days,
    formula: "Days from the first order to the last, and one gap of everybody's, over the gaps and one.",
    missing: "No order, fewer than 20 gaps between orders in the workspace, or no order of anyone in the last 30 days (the data end early).",
    serves: "S22, S47",
    sql: "SELECT account_key, gap_days AS value FROM rhythms",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &ORDER_GAP,
            &[
                "CREATE TABLE rhythms AS SELECT * FROM (VALUES (1, 1.5), (2, NULL)) AS t(account_key, gap_days)",
            ],
            &[(1, 1.5)],
        );
    }
}
