//! MRR change (year): MRR in force at the end of the day over that of 365 days before, less 1, as the versions of the contracts tell.

use super::{Feature, Unit};

pub(super) const MRR_CHANGE_YEAR: Feature = Feature {
    name: "mrr_change_year",
    ja: "月次経常収益の増減(前年比)",
    en: "MRR change (year)",
    unit: Unit::Share,
    formula: "MRR in force at the end of the day over that of 365 days before, less 1, as the versions of the contracts tell.",
    missing: "No MRR was in force then, or a contract in force on both days states its MRR on one of them only.",
    serves: "S23, S26",
    sql: "SELECT account_key, CAST(SUM(COALESCE(now_minor, 0)) AS DOUBLE) / SUM(then_minor) - 1 AS value FROM ( SELECT account_key, contract, SUM(CASE WHEN until_on IS NULL OR until_on > {as_of} THEN mrr_minor END) AS now_minor, SUM(CASE WHEN until_on IS NULL OR until_on > {as_of} THEN 1 END) AS now, SUM(CASE WHEN {as_of} - from_on >= 365 AND (until_on IS NULL OR {as_of} - until_on < 365) THEN mrr_minor END) AS then_minor, SUM(CASE WHEN {as_of} - from_on >= 365 AND (until_on IS NULL OR {as_of} - until_on < 365) THEN 1 END) AS before FROM contract_versions GROUP BY account_key, contract) GROUP BY account_key HAVING SUM(then_minor) > 0 AND SUM(CASE WHEN now = 1 AND before = 1 AND (now_minor IS NULL) <> (then_minor IS NULL) THEN 1 ELSE 0 END) = 0",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &MRR_CHANGE_YEAR,
            &[
                "CREATE TABLE contract_versions AS SELECT * FROM (VALUES (1, 1, DATE '2024-01-01', DATE '2026-02-01', 100), (1, 1, DATE '2026-02-01', NULL, 150), (2, 2, DATE '2025-03-31', NULL, 500), (3, 3, DATE '2025-04-01', NULL, 500)) AS t(account_key, contract, from_on, until_on, mrr_minor)",
            ],
            &[(1, 0.5), (2, 0.0)],
        );
    }
}
