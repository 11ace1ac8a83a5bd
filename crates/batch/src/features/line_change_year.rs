//! Greatest change of a line (year): Spend of the last 91 days less that of the same 91 days 52 weeks before, of the product line where it changed most.

use super::{Feature, Unit};

pub(super) const LINE_CHANGE_YEAR: Feature = Feature {
    name: "line_change_year",
    ja: "品目別購入額の最大増減(前年同期比)",
    en: "Greatest change of a line (year)",
    unit: Unit::Minor,
    formula: "Spend of the last 91 days less that of the same 91 days 52 weeks before, of the product line where it changed most.",
    missing: "First order less than 454 days before the day, no line of its products is known, or no order of anyone in the last 30 days.",
    serves: "S26",
    sql: "SELECT account_key, CASE WHEN MAX(change) >= -MIN(change) THEN MAX(change) ELSE MIN(change) END AS value FROM ( SELECT l.account_key, l.recent_minor - l.year_ago_minor AS change FROM line_spend l JOIN (SELECT account_key, MIN(first_on) AS first_on FROM order_periods GROUP BY account_key) o ON o.account_key = l.account_key CROSS JOIN coverage WHERE feed = 'orders' AND {as_of} - coverage.last_on <= 30 AND {as_of} - o.first_on >= 454) GROUP BY account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &LINE_CHANGE_YEAR,
            &[
                "CREATE TABLE line_spend AS SELECT * FROM (VALUES (1, 'A', 100, 0), (1, 'B', 0, 50), (2, 'A', 5, 0)) AS t(account_key, line, recent_minor, year_ago_minor)",
                "CREATE TABLE order_periods AS SELECT * FROM (VALUES (1, DATE '2020-01-01'), (2, DATE '2026-01-01')) AS t(account_key, first_on)",
                "CREATE TABLE coverage AS SELECT * FROM (VALUES ('orders', DATE '2024-01-01', DATE '2026-03-31')) AS t(feed, first_on, last_on)",
            ],
            &[(1, 100.0)],
        );
    }
}
