//! Regularity of use: Days used of the last 28 (`usage_days`) over 20 working days, or over the most days of any account where those are fewer; at most 1.

use super::{Feature, Unit};

pub(super) const USAGE_REGULARITY: Feature = Feature {
    name: "usage_regularity",
    ja: "利用の頻度",
    en: "Regularity of use",
    unit: Unit::Share,
    formula: "Days used of the last 28 (`usage_days`) over 20 working days, or over the most days of any account where those are fewer, as where use is recorded weekly; at most 1.",
    missing: "As `usage_days`, or nobody used anything in the last 28 days.",
    serves: "S24, S45",
    sql: "SELECT account_key, LEAST(CAST(days_recent AS DOUBLE) / LEAST(most, 20), 1) AS value FROM usage_activity CROSS JOIN (SELECT MAX(days_recent) AS most FROM usage_activity) m CROSS JOIN coverage WHERE feed = 'usage' AND most > 0 AND {as_of} - coverage.last_on <= 30 AND {as_of} - usage_activity.first_on >= 27",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    const COVERAGE: &str = "CREATE TABLE coverage AS SELECT * FROM (VALUES ('usage', DATE '2025-01-01', DATE '2026-03-30')) AS t(feed, first_on, last_on)";

    fn activity(days: [i64; 3]) -> String {
        let rows: Vec<String> = (1..)
            .zip(days)
            .map(|(key, days)| format!("({key}, {days}, DATE '2025-01-01')"))
            .collect();
        format!(
            "CREATE TABLE usage_activity AS SELECT * FROM (VALUES {}) AS t(account_key, days_recent, first_on)",
            rows.join(", ")
        )
    }

    #[test]
    fn as_documented() {
        let daily = activity([25, 10, 0]);
        check(&USAGE_REGULARITY, &[COVERAGE, &daily], &[(1, 1.0), (2, 0.5), (3, 0.0)]);
    }

    #[test]
    fn weekly_records_are_no_rare_use() {
        let weekly = activity([4, 2, 4]);
        check(&USAGE_REGULARITY, &[COVERAGE, &weekly], &[(1, 1.0), (2, 0.5), (3, 1.0)]);
        check(&USAGE_REGULARITY, &[COVERAGE, &activity([0, 0, 0])], &[]);
    }
}
