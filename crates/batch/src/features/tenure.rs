//! Tenure: Days from the first contract, purchase or won deal (or acquired_on) to the day.

use super::{Feature, Unit};

pub(super) const TENURE: Feature = Feature {
    name: "tenure",
    ja: "取引期間",
    en: "Tenure",
    unit: Unit::Days,
    formula: "Days from the first contract, purchase or won deal (or acquired_on) to the day.",
    missing: "The account has never held or bought anything.",
    serves: "S25, S57",
    sql: "SELECT account_key, {as_of} - LEAST(since, first_on) AS value FROM (SELECT a.account_key, MIN(a.since) AS since, MIN(p.first_on) AS first_on FROM accounts a LEFT JOIN purchases p ON p.account_key = a.account_key GROUP BY a.account_key)",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &TENURE,
            &[
                "CREATE TABLE accounts AS SELECT * FROM (VALUES (1, DATE '2026-03-01'), (2, NULL), (3, NULL)) AS t(account_key, since)",
                "CREATE TABLE purchases AS SELECT * FROM (VALUES (1, DATE '2026-03-11'), (3, DATE '2026-03-21'), (3, DATE '2026-03-29')) AS t(account_key, first_on)",
            ],
            &[(1, 30.0), (3, 10.0)],
        );
    }
}
