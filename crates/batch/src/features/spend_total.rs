//! Spend to date: Sum of all order amounts up to the day, returns subtracted by their sign.

use super::{Feature, Unit};

pub(super) const SPEND_TOTAL: Feature = Feature {
    name: "spend_total",
    ja: "累計購入額",
    en: "Spend to date",
    unit: Unit::Minor,
    formula: "Sum of all order amounts up to the day, returns subtracted by their sign.",
    missing: "No order.",
    serves: "S22, S86",
    sql: "SELECT account_key, SUM(amount_minor) AS value FROM order_periods GROUP BY account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &SPEND_TOTAL,
            &[
                "CREATE TABLE order_periods AS SELECT * FROM (VALUES (1, 50), (1, -20)) AS t(account_key, amount_minor)",
            ],
            &[(1, 30.0)],
        );
    }
}
