//! Accounts in the group: Accounts with the same root, itself among them.

use super::{Feature, Unit};

pub(super) const GROUP_SIZE: Feature = Feature {
    name: "group_size",
    ja: "グループの顧客数",
    en: "Accounts in the group",
    unit: Unit::Count,
    formula: "Accounts with the same root, itself among them.",
    missing: "Never.",
    serves: "S24, S84",
    sql: "SELECT a.account_key, g.size AS value FROM accounts a JOIN (SELECT root_key, COUNT(*) AS size FROM accounts GROUP BY root_key) g ON g.root_key = a.root_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &GROUP_SIZE,
            &[
                "CREATE TABLE accounts AS SELECT * FROM (VALUES (1, 1), (2, 1), (3, 3), (4, 4)) AS t(account_key, root_key)",
            ],
            &[(1, 2.0), (2, 2.0), (3, 1.0), (4, 1.0)],
        );
    }
}
