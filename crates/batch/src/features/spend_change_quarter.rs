//! Spend change (quarter): Order amounts of the last 91 days over those of the 91 days before, less 1.

use super::{Feature, Unit};

pub(super) const SPEND_CHANGE_QUARTER: Feature = Feature {
    name: "spend_change_quarter",
    ja: "購入額の増減(直前91日比)",
    en: "Spend change (quarter)",
    unit: Unit::Share,
    formula: "Order amounts of the last 91 days over those of the 91 days before, less 1.",
    missing: "First order less than 181 days before the day, fewer than two orders or nothing spent in the earlier period, or no order of anyone in the last 30 days (the data end early).",
    serves: "S26",
    sql: "SELECT account_key, CAST(SUM(CASE WHEN period = 0 THEN amount_minor ELSE 0 END) AS DOUBLE) / SUM(CASE WHEN period = 1 THEN amount_minor ELSE 0 END) - 1 AS value FROM order_periods CROSS JOIN coverage WHERE feed = 'orders' AND {as_of} - coverage.last_on <= 30 GROUP BY account_key HAVING {as_of} - MIN(order_periods.first_on) >= 181 AND SUM(CASE WHEN period = 1 THEN amount_minor ELSE 0 END) > 0 AND SUM(CASE WHEN period = 1 THEN orders ELSE 0 END) >= 2",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &SPEND_CHANGE_QUARTER,
            &[
                "CREATE TABLE order_periods AS SELECT * FROM (VALUES (1, 0, 1, 50, DATE '2026-01-05'), (1, 1, 2, 100, DATE '2025-10-01'), (2, 1, 2, 100, DATE '2025-10-01'), (3, 0, 1, 50, DATE '2026-03-31'), (3, 1, 2, 100, DATE '2025-10-02'), (4, 0, 1, 50, DATE '2026-03-31'), (4, 8, 5, 100, DATE '2020-10-01'), (5, 1, 1, 100, DATE '2025-10-01')) AS t(account_key, period, orders, amount_minor, first_on)",
                "CREATE TABLE coverage AS SELECT * FROM (VALUES ('orders', DATE '2024-01-01', DATE '2026-03-31')) AS t(feed, first_on, last_on)",
            ],
            &[(1, -0.5), (2, -1.0)],
        );
    }
}
