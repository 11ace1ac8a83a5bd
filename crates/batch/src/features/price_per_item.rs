//! Price per item: Amounts of sales of the last 364 days over the pieces sold.

use super::{Feature, Unit};

pub(super) const PRICE_PER_ITEM: Feature = Feature {
    name: "price_per_item",
    ja: "1点あたり単価",
    en: "Price per item",
    unit: Unit::Minor,
    formula: "Amounts of sales of the last 364 days over the pieces sold.",
    missing: "No sale in that time.",
    serves: "S86",
    sql: "SELECT account_key, CAST(SUM(sold_minor) AS DOUBLE) * 1000 / SUM(quantity_milli) AS value FROM order_periods WHERE period < 4 GROUP BY account_key HAVING SUM(quantity_milli) > 0",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &PRICE_PER_ITEM,
            &[
                "CREATE TABLE order_periods AS SELECT * FROM (VALUES (1, 0, 100, 2500), (1, 4, 9999, 1), (2, 0, 0, 0)) AS t(account_key, period, sold_minor, quantity_milli)",
            ],
            &[(1, 40.0)],
        );
    }
}
