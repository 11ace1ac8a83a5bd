//! Orders (12 months): Baskets in the 365 days up to the day.

use super::{Feature, Unit};

pub(super) const FREQUENCY: Feature = Feature {
    name: "frequency",
    ja: "注文回数(12か月)",
    en: "Orders (12 months)",
    unit: Unit::Count,
    formula: "Baskets in the 365 days up to the day.",
    missing: "No order in that time.",
    serves: "S22, S86",
    sql: "SELECT account_key, COUNT(*) AS value FROM baskets WHERE {as_of} - day < 365 GROUP BY account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &FREQUENCY,
            &[
                "CREATE TABLE baskets AS SELECT * FROM (VALUES (1, DATE '2026-03-01'), (1, DATE '2026-03-21'), (2, DATE '2025-03-31')) AS t(account_key, day)",
            ],
            &[(1, 2.0)],
        );
    }
}
