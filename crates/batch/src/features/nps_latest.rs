//! Latest NPS answer: The newest answer to the NPS question; the lowest of those on the same day.

use super::{Feature, Unit};

pub(super) const NPS_LATEST: Feature = Feature {
    name: "nps_latest",
    ja: "最新のNPS回答",
    en: "Latest NPS answer",
    unit: Unit::Score,
    formula: "The newest answer to the NPS question; the lowest of those on the same day.",
    missing: "Nobody at the account has answered.",
    serves: "S58",
    sql: "SELECT account_key, MIN(score) AS value FROM (SELECT account_key, score, day, MAX(day) OVER (PARTITION BY account_key) AS newest FROM surveys WHERE question = 'nps') WHERE day = newest GROUP BY account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &NPS_LATEST,
            &[
                "CREATE TABLE surveys AS SELECT * FROM (VALUES (1, 'nps', 9.0, DATE '2026-01-05'), (1, 'nps', 3.0, DATE '2025-01-05'), (1, 'csat', 1.0, DATE '2026-02-05'), (2, 'nps', 8.0, DATE '2026-01-05'), (2, 'nps', 6.0, DATE '2026-01-05')) AS t(account_key, question, score, day)",
            ],
            &[(1, 9.0), (2, 6.0)],
        );
    }
}
