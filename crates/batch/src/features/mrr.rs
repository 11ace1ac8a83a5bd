//! MRR: Sum of the MRR of contracts active as of the day.

use super::{Feature, Unit};

pub(super) const MRR: Feature = Feature {
    name: "mrr",
    ja: "月次経常収益",
    en: "MRR",
    unit: Unit::Minor,
    formula: "Sum of the MRR of contracts active as of the day.",
    missing: "No active contract states its MRR.",
    serves: "S23, S84",
    sql: "SELECT account_key, SUM(mrr_minor) AS value FROM contracts WHERE active AND mrr_minor IS NOT NULL GROUP BY account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &MRR,
            &[
                "CREATE TABLE contracts AS SELECT * FROM (VALUES (1, true, 500), (1, true, 200), (1, false, 900), (2, true, NULL)) AS t(account_key, active, mrr_minor)",
            ],
            &[(1, 700.0)],
        );
    }
}
