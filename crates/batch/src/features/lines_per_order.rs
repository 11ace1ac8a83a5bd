//! Products per order: Order lines sold in the last 364 days over the orders with a sale in that time: unlike pieces, the same for goods sold by weight.

use super::{Feature, Unit};

pub(super) const LINES_PER_ORDER: Feature = Feature {
    name: "lines_per_order",
    ja: "1回あたり購入品目数",
    en: "Products per order",
    unit: Unit::Ratio,
    formula: "Order lines sold in the last 364 days over the orders with a sale in that time: unlike pieces, the same for goods sold by weight.",
    missing: "No such order.",
    serves: "S86",
    sql: "SELECT account_key, CAST(SUM(lines) AS DOUBLE) / SUM(orders) AS value FROM order_periods WHERE period < 4 GROUP BY account_key HAVING SUM(orders) > 0",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &LINES_PER_ORDER,
            &[
                "CREATE TABLE order_periods AS SELECT * FROM (VALUES (1, 0, 2, 5), (1, 3, 2, 1), (1, 4, 9, 900), (2, 1, 0, 0)) AS t(account_key, period, orders, lines)",
            ],
            &[(1, 1.5)],
        );
    }
}
