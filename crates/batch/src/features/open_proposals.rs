//! Open deals: Deals opened and not closed as of the day.

use super::{Feature, Unit};

pub(super) const OPEN_PROPOSALS: Feature = Feature {
    name: "open_proposals",
    ja: "進行中の商談",
    en: "Open deals",
    unit: Unit::Count,
    formula: "Deals opened and not closed as of the day.",
    missing: "None is open.",
    serves: "S32, S108",
    sql: "SELECT account_key, COUNT(*) AS value FROM proposals WHERE outcome = 'open' GROUP BY account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &OPEN_PROPOSALS,
            &[
                "CREATE TABLE proposals AS SELECT * FROM (VALUES (1, 'open'), (1, 'won'), (2, 'lost')) AS t(account_key, outcome)",
            ],
            &[(1, 1.0)],
        );
    }
}
