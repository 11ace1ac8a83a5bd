//! Product lines held: Distinct lines of products under active contracts or ever bought.

use super::{Feature, Unit};

pub(super) const PRODUCT_LINES: Feature = Feature {
    name: "product_lines",
    ja: "保有品目群の数",
    en: "Product lines held",
    unit: Unit::Count,
    formula: "Distinct lines of products under active contracts or ever bought.",
    missing: "Nothing of a known line is held.",
    serves: "S32, S86",
    sql: "SELECT account_key, COUNT(DISTINCT line) AS value FROM (SELECT account_key, product_id FROM contracts WHERE active UNION ALL SELECT account_key, product_id FROM purchases) h JOIN products p ON p.product_id = h.product_id WHERE line IS NOT NULL GROUP BY account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &PRODUCT_LINES,
            &[
                "CREATE TABLE contracts AS SELECT * FROM (VALUES (1, 'A', true), (1, 'B', false), (2, 'N', true)) AS t(account_key, product_id, active)",
                "CREATE TABLE purchases AS SELECT * FROM (VALUES (1, 'A'), (1, 'C')) AS t(account_key, product_id)",
                "CREATE TABLE products AS SELECT * FROM (VALUES ('A', 'x'), ('B', 'y'), ('C', 'x'), ('N', NULL)) AS t(product_id, line)",
            ],
            &[(1, 1.0)],
        );
    }
}
