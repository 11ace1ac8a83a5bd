//! Days used (28 days): Days of the last 28 with a count of use above zero.

use super::{Feature, Unit};

pub(super) const USAGE_DAYS: Feature = Feature {
    name: "usage_days",
    ja: "利用日数(28日)",
    en: "Days used (28 days)",
    unit: Unit::Count,
    formula: "Days of the last 28 with a count of use above zero.",
    missing: "First use less than 27 days before the day, use is not recorded as counts, or no reading of anyone in the last 30 days (the data end early).",
    serves: "S86, S45",
    sql: "SELECT account_key, days_recent AS value FROM usage_activity CROSS JOIN coverage WHERE feed = 'usage' AND {as_of} - coverage.last_on <= 30 AND {as_of} - usage_activity.first_on >= 27",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &USAGE_DAYS,
            &[
                "CREATE TABLE usage_activity AS SELECT * FROM (VALUES (1, 20, 10, DATE '2026-03-04'), (2, 5, 0, DATE '2026-03-05'), (3, 0, 9, DATE '2020-01-01'), (4, 0, 0, NULL)) AS t(account_key, days_recent, days_before, first_on)",
                "CREATE TABLE coverage AS SELECT * FROM (VALUES ('usage', DATE '2024-01-01', DATE '2026-03-31')) AS t(feed, first_on, last_on)",
            ],
            &[(1, 20.0), (3, 0.0)],
        );
    }
}
