//! Standing by orders: 2, dormant: at most 1 % of gaps last as long as the silence, or at most 5 % and `p_alive` is below one half where it is known. 1, slowing: at most 20 % of gaps do, or `p_alive` is below one half. Else 0, active.

use super::{Feature, Unit};

pub(super) const ORDER_STANDING: Feature = Feature {
    name: "order_standing",
    ja: "注文の状況",
    en: "Standing by orders",
    unit: Unit::Standing,
    formula: "2, dormant: at most 1 % of gaps last as long as the silence, or at most 5 % and `p_alive` is below one half where it is known. 1, slowing: at most 20 % of gaps do, or `p_alive` is below one half. Else 0, active.",
    missing: "As `order_gap`.",
    serves: "S47",
    sql: "SELECT account_key, standing AS value FROM rhythms",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &ORDER_STANDING,
            &[
                "CREATE TABLE rhythms AS SELECT * FROM (VALUES (1, 1.5), (2, NULL)) AS t(account_key, standing)",
            ],
            &[(1, 1.5)],
        );
    }
}
