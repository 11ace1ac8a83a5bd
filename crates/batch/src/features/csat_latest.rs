//! Latest satisfaction answer: The newest answer to the satisfaction question; the lowest of those on the same day.

use super::{Feature, Unit};

pub(super) const CSAT_LATEST: Feature = Feature {
    name: "csat_latest",
    ja: "最新の満足度回答",
    en: "Latest satisfaction answer",
    unit: Unit::Points,
    formula: "The newest answer to the satisfaction question; the lowest of those on the same day.",
    missing: "Nobody at the account has answered.",
    serves: "S25",
    sql: "SELECT account_key, MIN(score) AS value FROM (SELECT account_key, score, day, MAX(day) OVER (PARTITION BY account_key) AS newest FROM surveys WHERE question = 'csat') WHERE day = newest GROUP BY account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &CSAT_LATEST,
            &[
                "CREATE TABLE surveys AS SELECT * FROM (VALUES (1, 'csat', 4.0, DATE '2026-01-05'), (1, 'csat', 2.0, DATE '2025-01-05'), (1, 'nps', 1.0, DATE '2026-02-05'), (2, 'csat', 80.0, DATE '2026-01-05'), (2, 'csat', 60.0, DATE '2026-01-05'), (3, 'nps', 6.0, DATE '2026-01-05')) AS t(account_key, question, score, day)",
            ],
            &[(1, 4.0), (2, 60.0)],
        );
    }
}
