//! MRR of the group: Sum of the MRR of active contracts of all accounts with the same root.

use super::{Feature, Unit};

pub(super) const GROUP_MRR: Feature = Feature {
    name: "group_mrr",
    ja: "グループの月次経常収益",
    en: "MRR of the group",
    unit: Unit::Minor,
    formula: "Sum of the MRR of active contracts of all accounts with the same root.",
    missing: "No active contract in the group states its MRR.",
    serves: "S23, S84",
    sql: "SELECT a.account_key, g.mrr_minor AS value FROM accounts a JOIN (SELECT root_key, SUM(mrr_minor) AS mrr_minor FROM contracts JOIN accounts ON accounts.account_key = contracts.account_key WHERE active AND mrr_minor IS NOT NULL GROUP BY root_key) g ON g.root_key = a.root_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &GROUP_MRR,
            &[
                "CREATE TABLE accounts AS SELECT * FROM (VALUES (1, 1), (2, 1), (3, 3), (4, 4)) AS t(account_key, root_key)",
                "CREATE TABLE contracts AS SELECT * FROM (VALUES (1, true, 500), (2, true, 200), (2, false, 900), (3, true, NULL)) AS t(account_key, active, mrr_minor)",
            ],
            &[(1, 700.0), (2, 700.0)],
        );
    }
}
