//! Spend of the group (12 months): Sum of order amounts of all accounts with the same root in the 365 days up to the day.

use super::{Feature, Unit};

pub(super) const GROUP_SPEND: Feature = Feature {
    name: "group_spend",
    ja: "グループの購入額(12か月)",
    en: "Spend of the group (12 months)",
    unit: Unit::Minor,
    formula: "Sum of order amounts of all accounts with the same root in the 365 days up to the day.",
    missing: "No order in the group in that time.",
    serves: "S22, S84",
    sql: "SELECT a.account_key, g.amount_minor AS value FROM accounts a JOIN (SELECT root_key, SUM(amount_minor) AS amount_minor FROM baskets JOIN accounts ON accounts.account_key = baskets.account_key WHERE {as_of} - day < 365 GROUP BY root_key) g ON g.root_key = a.root_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &GROUP_SPEND,
            &[
                "CREATE TABLE accounts AS SELECT * FROM (VALUES (1, 1), (2, 1), (3, 3), (4, 4)) AS t(account_key, root_key)",
                "CREATE TABLE baskets AS SELECT * FROM (VALUES (1, DATE '2025-04-01', 500), (2, DATE '2026-03-31', -200), (2, DATE '2025-03-31', 900), (3, DATE '2025-03-31', 900)) AS t(account_key, day, amount_minor)",
            ],
            &[(1, 300.0), (2, 300.0)],
        );
    }
}
