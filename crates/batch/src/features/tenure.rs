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
    sql: "SELECT account_key, {as_of} - since AS value FROM accounts WHERE since IS NOT NULL",
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
                "CREATE TABLE accounts AS SELECT * FROM (VALUES (1, DATE '2026-03-01'), (2, NULL)) AS t(account_key, since)",
            ],
            &[(1, 30.0)],
        );
    }
}
