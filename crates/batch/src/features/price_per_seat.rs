//! Price per seat (month): MRR over seats, of active contracts that state both.

use super::{Feature, Unit};

pub(super) const PRICE_PER_SEAT: Feature = Feature {
    name: "price_per_seat",
    ja: "1席あたり月額",
    en: "Price per seat (month)",
    unit: Unit::Minor,
    formula: "MRR over seats, of active contracts that state both.",
    missing: "No active contract states both.",
    serves: "S86",
    sql: "SELECT account_key, CAST(SUM(mrr_minor) AS DOUBLE) / SUM(seats) AS value FROM contracts WHERE active AND mrr_minor IS NOT NULL AND seats > 0 GROUP BY account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &PRICE_PER_SEAT,
            &[
                "CREATE TABLE contracts AS SELECT * FROM (VALUES (1, true, 500, 10), (1, true, 250, 5), (1, true, 900, NULL), (1, false, 900, 1), (2, true, NULL, 5), (3, true, 100, 0)) AS t(account_key, active, mrr_minor, seats)",
            ],
            &[(1, 50.0)],
        );
    }
}
