//! Usage against peers: Mean reading of the last 90 days over the median of the accounts on the same product, of the metric where that is greatest.

use super::{Feature, Unit};

pub(super) const USAGE_ABOVE_PEERS: Feature = Feature {
    name: "usage_above_peers",
    ja: "同プラン比の利用水準",
    en: "Usage against peers",
    unit: Unit::Times,
    formula: "Mean reading of the last 90 days over the median of the accounts on the same product, of the metric where that is greatest.",
    missing: "Fewer than 10 accounts on the product have the metric, or their median is zero.",
    serves: "S37, S86",
    sql: "SELECT u.account_key, MAX(u.recent_mean / p.median) AS value FROM usage_now u JOIN (SELECT product_id, metric, MEDIAN(recent_mean) AS median FROM usage_now GROUP BY product_id, metric HAVING COUNT(DISTINCT account_key) >= 10) p ON p.product_id = u.product_id AND p.metric = u.metric WHERE p.median > 0 GROUP BY u.account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &USAGE_ABOVE_PEERS,
            &[
                "CREATE TABLE usage_now AS SELECT * FROM (VALUES (1, 'A', 'x', 1.0), (2, 'A', 'x', 2.0), (3, 'A', 'x', 3.0), (4, 'A', 'x', 4.0), (5, 'A', 'x', 5.0), (6, 'A', 'x', 6.0), (7, 'A', 'x', 7.0), (8, 'A', 'x', 8.0), (9, 'A', 'x', 9.0), (10, 'A', 'x', 10.0), (11, 'B', 'x', 900.0), (1, 'A', 'y', 900.0)) AS t(account_key, product_id, metric, recent_mean)",
            ],
            &[
                (1, 0.181_818_181_818_181_82),
                (2, 0.363_636_363_636_363_65),
                (3, 0.545_454_545_454_545_4),
                (4, 0.727_272_727_272_727_3),
                (5, 0.909_090_909_090_909_1),
                (6, 1.090_909_090_909_090_8),
                (7, 1.272_727_272_727_272_7),
                (8, 1.454_545_454_545_454_6),
                (9, 1.636_363_636_363_636_5),
                (10, 1.818_181_818_181_818_1),
            ],
        );
    }
}
