//! Days since a human touch: Days from the last call, meeting, visit, hearing or event to the day.

use super::{Feature, Unit};

pub(super) const LAST_HUMAN_TOUCH: Feature = Feature {
    name: "last_human_touch",
    ja: "最後の対面・通話からの日数",
    en: "Days since a human touch",
    unit: Unit::Days,
    formula: "Days from the last call, meeting, visit, hearing or event to the day.",
    missing: "No such activity is recorded.",
    serves: "S101",
    sql: "SELECT account_key, {as_of} - last_human_touch AS value FROM accounts WHERE last_human_touch IS NOT NULL",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &LAST_HUMAN_TOUCH,
            &[
                "CREATE TABLE accounts AS SELECT * FROM (VALUES (1, DATE '2026-03-30'), (2, NULL)) AS t(account_key, last_human_touch)",
            ],
            &[(1, 1.0)],
        );
    }
}
