//! Days since last order: Days from the last order to the day.

use super::{Feature, Unit};

pub(super) const RECENCY: Feature = Feature {
    name: "recency",
    ja: "最終購入からの日数",
    en: "Days since last order",
    unit: Unit::Days,
    formula: "Days from the last order to the day.",
    missing: "No order.",
    serves: "S22, S47",
    sql: "SELECT account_key, {as_of} - MAX(day) AS value FROM baskets GROUP BY account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &RECENCY,
            &[
                "CREATE TABLE baskets AS SELECT * FROM (VALUES (1, DATE '2026-03-01'), (1, DATE '2026-03-21'), (2, DATE '2025-03-31')) AS t(account_key, day)",
            ],
            &[(1, 10.0), (2, 365.0)],
        );
    }
}
