//! Contract value (month): Mean MRR of active contracts that state it.

use super::{Feature, Unit};

pub(super) const CONTRACT_VALUE: Feature = Feature {
    name: "contract_value",
    ja: "契約単価(月額)",
    en: "Contract value (month)",
    unit: Unit::Minor,
    formula: "Mean MRR of active contracts that state it.",
    missing: "No active contract states its MRR.",
    serves: "S86",
    sql: "SELECT account_key, CAST(SUM(mrr_minor) AS DOUBLE) / COUNT(*) AS value FROM contracts WHERE active AND mrr_minor IS NOT NULL GROUP BY account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &CONTRACT_VALUE,
            &[
                "CREATE TABLE contracts AS SELECT * FROM (VALUES (1, true, 500), (1, true, 200), (1, false, 900), (1, true, NULL), (2, true, NULL)) AS t(account_key, active, mrr_minor)",
            ],
            &[(1, 350.0)],
        );
    }
}
