//! Products held: Distinct products under active contracts or ever bought.

use super::{Feature, Unit};

pub(super) const OWNED_PRODUCTS: Feature = Feature {
    name: "owned_products",
    ja: "保有製品数",
    en: "Products held",
    unit: Unit::Count,
    formula: "Distinct products under active contracts or ever bought.",
    missing: "Nothing is held.",
    serves: "S32, S86",
    sql: "SELECT account_key, COUNT(DISTINCT product_id) AS value FROM (SELECT account_key, product_id FROM contracts WHERE active UNION ALL SELECT account_key, product_id FROM purchases) GROUP BY account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &OWNED_PRODUCTS,
            &[
                "CREATE TABLE contracts AS SELECT * FROM (VALUES (1, 'A', true), (1, 'B', false)) AS t(account_key, product_id, active)",
                "CREATE TABLE purchases AS SELECT * FROM (VALUES (1, 'A'), (1, 'C'), (2, 'C')) AS t(account_key, product_id)",
            ],
            &[(1, 2.0), (2, 1.0)],
        );
    }
}
