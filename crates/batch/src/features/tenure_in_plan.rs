//! Tenure in plan: Days since the product and plan version of the active contract with the greatest MRR took effect without a break.

use super::{Feature, Unit};

pub(super) const TENURE_IN_PLAN: Feature = Feature {
    name: "tenure_in_plan",
    ja: "現プランの利用期間",
    en: "Tenure in plan",
    unit: Unit::Days,
    formula: "Days since the product and plan version of the active contract with the greatest MRR took effect without a break.",
    missing: "No active contract.",
    serves: "S25, S57",
    sql: "SELECT account_key, {as_of} - plan_since AS value FROM (SELECT account_key, plan_since, ROW_NUMBER() OVER (PARTITION BY account_key ORDER BY COALESCE(mrr_minor, 0) DESC, plan_since, product_id) AS place FROM contract_versions WHERE now) WHERE place = 1",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &TENURE_IN_PLAN,
            &[
                "CREATE TABLE contract_versions AS SELECT * FROM (VALUES (1, 'A', true, DATE '2026-03-01', 500), (1, 'B', true, DATE '2020-01-01', 100), (2, 'A', true, DATE '2026-03-31', NULL), (3, 'A', false, DATE '2020-01-01', 500)) AS t(account_key, product_id, now, plan_since, mrr_minor)",
            ],
            &[(1, 30.0), (2, 0.0)],
        );
    }
}
