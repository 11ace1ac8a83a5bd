//! Usage change (90 days): Mean reading of the last 90 days over that of the 90 days before, less 1; the greatest change in size among metrics.

use super::{Feature, Unit};

pub(super) const USAGE_TREND: Feature = Feature {
    name: "usage_trend",
    ja: "利用の増減(90日)",
    en: "Usage change (90 days)",
    unit: Unit::Share,
    formula: "Mean reading of the last 90 days over that of the 90 days before, less 1; the greatest change in size among metrics.",
    missing: "Fewer than two such periods with readings.",
    serves: "S26, S45, S48",
    sql: "SELECT account_key, CASE WHEN MAX(change) >= -MIN(change) THEN MAX(change) ELSE MIN(change) END AS value FROM (SELECT account_key, recent_mean / earlier_mean - 1 AS change FROM usage_now WHERE earlier_mean > 0) GROUP BY account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &USAGE_TREND,
            &[
                "CREATE TABLE usage_now AS SELECT * FROM (VALUES (1, 60.0, 120.0), (1, 11.0, 10.0), (2, 5.0, NULL)) AS t(account_key, recent_mean, earlier_mean)",
            ],
            &[(1, -0.5)],
        );
    }
}
