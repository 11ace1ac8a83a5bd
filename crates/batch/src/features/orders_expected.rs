//! Orders expected in 180 days: Days with an order expected in the next 180 days, by the same model.

use super::{Feature, Unit};

pub(super) const ORDERS_EXPECTED: Feature = Feature {
    name: "orders_expected",
    ja: "今後180日の注文日数の見込み",
    en: "Orders expected in 180 days",
    unit: Unit::Ratio,
    formula: "Days with an order expected in the next 180 days, by the same model.",
    missing: "No order, no model fits or it was no better than each customer's own rate, or no order of anyone in the last 30 days.",
    serves: "S84",
    sql: "SELECT account_key, expected AS value FROM rhythms",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &ORDERS_EXPECTED,
            &[
                "CREATE TABLE rhythms AS SELECT * FROM (VALUES (1, 1.5), (2, NULL)) AS t(account_key, expected)",
            ],
            &[(1, 1.5)],
        );
    }
}
