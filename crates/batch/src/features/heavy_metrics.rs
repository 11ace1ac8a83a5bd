//! Metrics used far more: Metrics whose mean reading of the last 90 days is at least twice that of the 90 days before.

use super::{Feature, Unit};

pub(super) const HEAVY_METRICS: Feature = Feature {
    name: "heavy_metrics",
    ja: "利用が急増した機能",
    en: "Metrics used far more",
    unit: Unit::Count,
    formula: "Metrics whose mean reading of the last 90 days is at least twice that of the 90 days before.",
    missing: "No metric has readings in both periods.",
    serves: "S37, S86",
    sql: "SELECT account_key, SUM(CASE WHEN recent_mean >= 2 * earlier_mean THEN 1 ELSE 0 END) AS value FROM usage_now WHERE earlier_mean > 0 GROUP BY account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &HEAVY_METRICS,
            &[
                "CREATE TABLE usage_now AS SELECT * FROM (VALUES (1, 20.0, 10.0), (1, 19.0, 10.0), (2, 1.0, 10.0), (3, 5.0, NULL), (4, 5.0, 0.0)) AS t(account_key, recent_mean, earlier_mean)",
            ],
            &[(1, 1.0), (2, 0.0)],
        );
    }
}
