//! Change of days used (28 days): Days used of the last 28 over those of the 28 before, less 1.

use super::{Feature, Unit};

pub(super) const USAGE_DAYS_CHANGE: Feature = Feature {
    name: "usage_days_change",
    ja: "利用日数の増減(28日)",
    en: "Change of days used (28 days)",
    unit: Unit::Share,
    formula: "Days used of the last 28 over those of the 28 before, less 1.",
    missing: "First use less than 55 days before the day, no use in the earlier 28 days, or no reading of anyone in the last 30 days (the data end early).",
    serves: "S26, S45, S48",
    sql: "SELECT account_key, CAST(days_recent AS DOUBLE) / days_before - 1 AS value FROM usage_activity CROSS JOIN coverage WHERE feed = 'usage' AND {as_of} - coverage.last_on <= 30 AND {as_of} - usage_activity.first_on >= 55 AND days_before > 0",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &USAGE_DAYS_CHANGE,
            &[
                "CREATE TABLE usage_activity AS SELECT * FROM (VALUES (1, 20, 10, DATE '2026-02-04'), (2, 5, 1, DATE '2026-02-05'), (3, 0, 9, DATE '2020-01-01'), (4, 4, 0, DATE '2020-01-01')) AS t(account_key, days_recent, days_before, first_on)",
                "CREATE TABLE coverage AS SELECT * FROM (VALUES ('usage', DATE '2024-01-01', DATE '2026-03-31')) AS t(feed, first_on, last_on)",
            ],
            &[(1, 1.0), (3, -1.0)],
        );
    }
}
