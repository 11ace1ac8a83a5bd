//! Days to the cancel deadline: Days from the day to the nearest cancel deadline still ahead (renewal minus notice) among active contracts.

use super::{Feature, Unit};

pub(super) const DAYS_TO_CANCEL_DEADLINE: Feature = Feature {
    name: "days_to_cancel_deadline",
    ja: "解約申出期限までの日数",
    en: "Days to the cancel deadline",
    unit: Unit::Days,
    formula: "Days from the day to the nearest cancel deadline still ahead (renewal minus notice) among active contracts.",
    missing: "No active contract has a deadline ahead.",
    serves: "S23, S38",
    sql: "SELECT account_key, MIN(cancel_deadline - {as_of}) AS value FROM contracts WHERE active AND cancel_deadline >= {as_of} GROUP BY account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &DAYS_TO_CANCEL_DEADLINE,
            &[
                "CREATE TABLE contracts AS SELECT * FROM (VALUES (1, true, DATE '2026-05-11'), (1, true, DATE '2026-01-01'), (2, false, DATE '2026-05-01')) AS t(account_key, active, cancel_deadline)",
            ],
            &[(1, 41.0)],
        );
    }
}
