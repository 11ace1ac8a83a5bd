//! Spend change (year): Order amounts of the last 91 days over those of the same 91 days 52 weeks before, less 1.

use super::{Feature, Unit};

pub(super) const SPEND_CHANGE_YEAR: Feature = Feature {
    name: "spend_change_year",
    ja: "購入額の増減(前年同期比)",
    en: "Spend change (year)",
    unit: Unit::Share,
    formula: "Order amounts of the last 91 days over those of the same 91 days 52 weeks before, less 1.",
    missing: "First order less than 454 days before the day, fewer than two orders or nothing spent in the earlier period, or no order of anyone in the last 30 days (the data end early).",
    serves: "S26",
    sql: "SELECT account_key, CAST(SUM(CASE WHEN period = 0 THEN amount_minor ELSE 0 END) AS DOUBLE) / SUM(CASE WHEN period = 4 THEN amount_minor ELSE 0 END) - 1 AS value FROM order_periods CROSS JOIN coverage WHERE feed = 'orders' AND {as_of} - coverage.last_on <= 30 GROUP BY account_key HAVING {as_of} - MIN(order_periods.first_on) >= 454 AND SUM(CASE WHEN period = 4 THEN amount_minor ELSE 0 END) > 0 AND SUM(CASE WHEN period = 4 THEN orders ELSE 0 END) >= 2",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &SPEND_CHANGE_YEAR,
            &[
                "CREATE TABLE order_periods AS SELECT * FROM (VALUES (1, 0, 1, 150, DATE '2026-01-05'), (1, 4, 2, 100, DATE '2025-01-01'), (2, 0, 1, 1, DATE '2026-01-05'), (2, 4, 2, 100, DATE '2025-01-02')) AS t(account_key, period, orders, amount_minor, first_on)",
                "CREATE TABLE coverage AS SELECT * FROM (VALUES ('orders', DATE '2024-01-01', DATE '2026-03-31')) AS t(feed, first_on, last_on)",
            ],
            &[(1, 0.5)],
        );
    }
}
