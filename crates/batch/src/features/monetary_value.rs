//! Spend (12 months): Sum of order amounts in the 365 days up to the day, returns subtracted by their sign.

use super::{Feature, Unit};

pub(super) const MONETARY_VALUE: Feature = Feature {
    name: "monetary_value",
    ja: "購入額(12か月)",
    en: "Spend (12 months)",
    unit: Unit::Minor,
    formula: "Sum of order amounts in the 365 days up to the day, returns subtracted by their sign.",
    missing: "No order in that time; amounts without a rate stay out.",
    serves: "S22, S86",
    sql: "SELECT account_key, SUM(amount_minor) AS value FROM baskets WHERE {as_of} - day < 365 GROUP BY account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &MONETARY_VALUE,
            &[
                "CREATE TABLE baskets AS SELECT * FROM (VALUES (1, DATE '2026-03-01', 500), (1, DATE '2026-03-21', -120), (2, DATE '2025-03-31', 9)) AS t(account_key, day, amount_minor)",
            ],
            &[(1, 380.0)],
        );
    }
}
