//! Usage of the limit: The greatest latest reading over its limit, among metrics with a limit.

use super::{Feature, Unit};

pub(super) const USAGE_SHARE: Feature = Feature {
    name: "usage_share",
    ja: "上限に対する利用率",
    en: "Usage of the limit",
    unit: Unit::Share,
    formula: "The greatest latest reading over its limit, among metrics with a limit.",
    missing: "No reading of a metric with a limit.",
    serves: "S36, S45",
    sql: "SELECT account_key, MAX(value / limit_value) AS value FROM usage_now WHERE limit_value > 0 GROUP BY account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &USAGE_SHARE,
            &[
                "CREATE TABLE usage_now AS SELECT * FROM (VALUES (1, 93.0, 100.0), (1, 4.0, 100.0), (2, 5.0, NULL)) AS t(account_key, value, limit_value)",
            ],
            &[(1, 0.93)],
        );
    }
}
