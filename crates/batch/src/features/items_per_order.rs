//! Items per order: Pieces sold in the last 364 days over the orders with a sale in that time; a line without a quantity is one piece.

use super::{Feature, Unit};

pub(super) const ITEMS_PER_ORDER: Feature = Feature {
    name: "items_per_order",
    ja: "1回あたり購入点数",
    en: "Items per order",
    unit: Unit::Ratio,
    formula: "Pieces sold in the last 364 days over the orders with a sale in that time; a line without a quantity is one piece.",
    missing: "No such order.",
    serves: "S86",
    sql: "SELECT account_key, CAST(SUM(quantity_milli) AS DOUBLE) / 1000 / SUM(orders) AS value FROM order_periods WHERE period < 4 GROUP BY account_key HAVING SUM(orders) > 0",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &ITEMS_PER_ORDER,
            &[
                "CREATE TABLE order_periods AS SELECT * FROM (VALUES (1, 0, 2, 5000), (1, 3, 2, 1000), (1, 4, 9, 900000), (2, 1, 0, 0)) AS t(account_key, period, orders, quantity_milli)",
            ],
            &[(1, 1.5)],
        );
    }
}
