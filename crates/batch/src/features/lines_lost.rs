//! Lines no longer bought: Product lines bought in the 364 days before the last 364 days, and not since.

use super::{Feature, Unit};

pub(super) const LINES_LOST: Feature = Feature {
    name: "lines_lost",
    ja: "買わなくなった品目群",
    en: "Lines no longer bought",
    unit: Unit::Count,
    formula: "Product lines bought in the 364 days before the last 364 days, and not since.",
    missing: "First order less than 364 days before the day, no line of its products is known, or no order of anyone in the last 30 days.",
    serves: "S26, S47",
    sql: "SELECT l.account_key, SUM(CASE WHEN year_before_minor > 0 AND year_minor <= 0 THEN 1 ELSE 0 END) AS value FROM line_spend l JOIN (SELECT account_key, MIN(first_on) AS first_on FROM order_periods GROUP BY account_key) o ON o.account_key = l.account_key CROSS JOIN coverage WHERE feed = 'orders' AND {as_of} - coverage.last_on <= 30 AND {as_of} - o.first_on >= 364 GROUP BY l.account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &LINES_LOST,
            &[
                "CREATE TABLE line_spend AS SELECT * FROM (VALUES (1, 'A', 100, 10), (1, 'B', 0, 50), (2, 'A', 5, 0)) AS t(account_key, line, year_minor, year_before_minor)",
                "CREATE TABLE order_periods AS SELECT * FROM (VALUES (1, DATE '2020-01-01'), (2, DATE '2026-01-01')) AS t(account_key, first_on)",
                "CREATE TABLE coverage AS SELECT * FROM (VALUES ('orders', DATE '2024-01-01', DATE '2026-03-31')) AS t(feed, first_on, last_on)",
            ],
            &[(1, 1.0)],
        );
    }
}
