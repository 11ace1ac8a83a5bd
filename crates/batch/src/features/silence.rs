//! Silence over the usual gap: Days since the last order over the usual days between orders.

use super::{Feature, Unit};

pub(super) const SILENCE: Feature = Feature {
    name: "silence",
    ja: "通常の間隔に対する無注文期間",
    en: "Silence over the usual gap",
    unit: Unit::Times,
    formula: "Days since the last order over the usual days between orders.",
    missing: "As `order_gap`.",
    serves: "S47",
    sql: "SELECT account_key, silence AS value FROM rhythms",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &SILENCE,
            &[
                "CREATE TABLE rhythms AS SELECT * FROM (VALUES (1, 1.5), (2, NULL)) AS t(account_key, silence)",
            ],
            &[(1, 1.5)],
        );
    }
}
