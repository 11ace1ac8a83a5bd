//! Days to the limit (median): Days until usage reaches what binds it, the median of the forecast; the least among metrics. 0 where it is reached.

use super::{Feature, Unit};

pub(super) const DAYS_TO_LIMIT: Feature = Feature {
    name: "days_to_limit",
    ja: "上限到達までの日数(中央値)",
    en: "Days to the limit (median)",
    unit: Unit::Days,
    formula: "Days until usage reaches what binds it, the median of the forecast; the least among metrics. 0 where it is reached.",
    missing: "Nothing binds its usage, its last reading is older than 92 days, or the limit is reached within two years with a chance below one half.",
    serves: "S36, S45",
    sql: "SELECT account_key, MIN(crossing_on - {as_of}) AS value FROM usage_now WHERE crossing_on IS NOT NULL GROUP BY account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &DAYS_TO_LIMIT,
            &[
                "CREATE TABLE usage_now AS SELECT * FROM (VALUES (1, DATE '2026-05-30'), (1, DATE '2026-04-10'), (2, NULL)) AS t(account_key, crossing_on)",
            ],
            &[(1, 10.0)],
        );
    }
}
