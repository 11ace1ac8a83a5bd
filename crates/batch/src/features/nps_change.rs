//! NPS change (182 days): Mean answer to the NPS question in the last 182 days less that of the 182 days before.

use super::{Feature, Unit};

pub(super) const NPS_CHANGE: Feature = Feature {
    name: "nps_change",
    ja: "NPS回答の変化(182日)",
    en: "NPS change (182 days)",
    unit: Unit::Points,
    formula: "Mean answer to the NPS question in the last 182 days less that of the 182 days before.",
    missing: "No answer in one of the two.",
    serves: "S26, S58",
    sql: "SELECT account_key, (CAST(SUM(CASE WHEN recent THEN score_milli ELSE 0 END) AS DOUBLE) / SUM(CASE WHEN recent THEN 1 ELSE 0 END) - CAST(SUM(CASE WHEN recent THEN 0 ELSE score_milli END) AS DOUBLE) / SUM(CASE WHEN recent THEN 0 ELSE 1 END)) / 1000 AS value FROM (SELECT account_key, score_milli, {as_of} - day < 182 AS recent FROM answers WHERE question = 'nps' AND {as_of} - day < 364) GROUP BY account_key HAVING SUM(CASE WHEN recent THEN 1 ELSE 0 END) > 0 AND SUM(CASE WHEN recent THEN 0 ELSE 1 END) > 0",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &NPS_CHANGE,
            &[
                "CREATE TABLE answers AS SELECT * FROM (VALUES (1, 'nps', DATE '2025-10-01', 9000), (1, 'nps', DATE '2026-03-31', 6000), (1, 'nps', DATE '2025-09-30', 10000), (1, 'nps', DATE '2025-04-01', 1000), (1, 'csat', DATE '2026-03-31', 100), (2, 'nps', DATE '2026-03-31', 6000), (3, 'nps', DATE '2025-04-02', 6000)) AS t(account_key, question, day, score_milli)",
            ],
            &[(1, -2.5)],
        );
    }
}
