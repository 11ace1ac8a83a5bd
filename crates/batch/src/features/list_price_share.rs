//! Share of list price: MRR over what the same contracts cost at the day's list price of their products (times seats where it is per seat); the rest is what the price of old or discounted contracts lies below it.

use super::{Feature, Unit};

pub(super) const LIST_PRICE_SHARE: Feature = Feature {
    name: "list_price_share",
    ja: "現行定価に対する割合",
    en: "Share of list price",
    unit: Unit::Share,
    formula: "MRR over what the same contracts cost at the day's list price of their products (times seats where it is per seat); the rest is what the price of old or discounted contracts lies below it.",
    missing: "No active contract with an MRR is for a product with a monthly or yearly list price.",
    serves: "S86",
    sql: "SELECT account_key, CAST(SUM(mrr_minor) * 12 AS DOUBLE) / SUM(list_minor) AS value FROM ( SELECT c.account_key, c.mrr_minor, CASE WHEN p.per_seat THEN p.list_year_minor * c.seats ELSE p.list_year_minor END AS list_minor FROM contracts c JOIN products p ON p.product_id = c.product_id WHERE c.active AND c.mrr_minor > 0) WHERE list_minor > 0 GROUP BY account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &LIST_PRICE_SHARE,
            &[
                "CREATE TABLE contracts AS SELECT * FROM (VALUES (1, 'A', true, 90, 10), (1, 'B', true, 30, NULL), (1, 'A', false, 1, 1), (2, 'A', true, 90, NULL), (3, 'C', true, 90, 1)) AS t(account_key, product_id, active, mrr_minor, seats)",
                "CREATE TABLE products AS SELECT * FROM (VALUES ('A', 120, true), ('B', 240, false), ('C', NULL, false)) AS t(product_id, list_year_minor, per_seat)",
            ],
            &[(1, 1.0)],
        );
    }
}
