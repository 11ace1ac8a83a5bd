//! MRR change (90 days): MRR in force at the end of the day over that of 90 days before, less 1, as the versions of the contracts tell.

use super::{Feature, Unit};

pub(super) const MRR_CHANGE_QUARTER: Feature = Feature {
    name: "mrr_change_quarter",
    ja: "月次経常収益の増減(90日前比)",
    en: "MRR change (90 days)",
    unit: Unit::Share,
    formula: "MRR in force at the end of the day over that of 90 days before, less 1, as the versions of the contracts tell.",
    missing: "No MRR was in force then, or a contract of that time does not state its MRR.",
    serves: "S23, S26",
    sql: "SELECT account_key, CAST(SUM(now_minor) AS DOUBLE) / SUM(then_minor) - 1 AS value FROM ( SELECT account_key, mrr_minor, CASE WHEN until_on IS NULL OR until_on > {as_of} THEN 1 ELSE 0 END * mrr_minor AS now_minor, CASE WHEN {as_of} - from_on >= 90 AND (until_on IS NULL OR {as_of} - until_on < 90) THEN 1 ELSE 0 END * mrr_minor AS then_minor FROM contract_versions WHERE until_on IS NULL OR {as_of} - until_on < 90) GROUP BY account_key HAVING COUNT(*) = COUNT(mrr_minor) AND SUM(then_minor) > 0",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &MRR_CHANGE_QUARTER,
            &[
                "CREATE TABLE contract_versions AS SELECT * FROM (VALUES (1, DATE '2025-01-01', DATE '2026-02-01', 100), (1, DATE '2026-02-01', NULL, 150), (2, DATE '2025-12-31', NULL, 500), (3, DATE '2026-01-01', NULL, 500), (4, DATE '2025-01-01', DATE '2026-03-31', 80), (5, DATE '2025-01-01', NULL, NULL), (6, DATE '2024-01-01', DATE '2025-12-31', 80)) AS t(account_key, from_on, until_on, mrr_minor)",
            ],
            &[(1, 0.5), (2, 0.0), (4, -1.0)],
        );
    }
}
