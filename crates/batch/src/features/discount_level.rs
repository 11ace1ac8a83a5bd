//! Discount level: 1 less MRR over list price, of active contracts that state MRR and either the list price or the discount rate; below zero where the customer pays more than list.

use super::{Feature, Unit};

pub(super) const DISCOUNT_LEVEL: Feature = Feature {
    name: "discount_level",
    ja: "割引率",
    en: "Discount level",
    unit: Unit::Share,
    formula: "1 less MRR over list price, of active contracts that state MRR and either the list price or the discount rate; below zero where the customer pays more than list.",
    missing: "No active contract states both.",
    serves: "S24, S86",
    sql: "SELECT account_key, 1 - CAST(SUM(mrr_minor) AS DOUBLE) / SUM(list_minor) AS value FROM ( SELECT account_key, mrr_minor, CASE WHEN list_minor > 0 THEN list_minor WHEN discount_rate < 1 THEN CAST(ROUND(mrr_minor / (1 - discount_rate)) AS BIGINT) END AS list_minor FROM contract_versions WHERE now AND mrr_minor > 0) WHERE list_minor > 0 GROUP BY account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &DISCOUNT_LEVEL,
            &[
                "CREATE TABLE contract_versions AS SELECT * FROM (VALUES (1, true, 80, 100, 0.5), (1, false, 10, 100, 0.9), (2, true, 90, NULL, 0.1), (3, true, 90, NULL, NULL), (4, true, NULL, 100, 0.2), (5, true, 0, 0, 0.0)) AS t(account_key, now, mrr_minor, list_minor, discount_rate)",
            ],
            &[(1, 0.2), (2, 0.1)],
        );
    }
}
