//! Order value: Amounts of sales (returns left out) of the last 364 days over the orders with a sale in that time.

use super::{Feature, Unit};

pub(super) const ORDER_VALUE: Feature = Feature {
    name: "order_value",
    ja: "客単価(1回あたり購入額)",
    en: "Order value",
    unit: Unit::Minor,
    formula: "Amounts of sales (returns left out) of the last 364 days over the orders with a sale in that time.",
    missing: "No such order.",
    serves: "S86",
    sql: "SELECT account_key, CAST(SUM(sold_minor) AS DOUBLE) / SUM(orders) AS value FROM order_periods WHERE period < 4 GROUP BY account_key HAVING SUM(orders) > 0",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &ORDER_VALUE,
            &[
                "CREATE TABLE order_periods AS SELECT * FROM (VALUES (1, 0, 2, 50), (1, 3, 2, 30), (1, 4, 9, 900), (2, 1, 0, -10), (3, 4, 1, 10)) AS t(account_key, period, orders, sold_minor)",
            ],
            &[(1, 20.0)],
        );
    }
}
