//! Change of human touches (180 days): Human touches of the last 180 days over those of the 180 days before, less 1: fewer visits show here.

use super::{Feature, Unit};

pub(super) const HUMAN_TOUCH_CHANGE: Feature = Feature {
    name: "human_touch_change",
    ja: "対面・通話の増減(180日)",
    en: "Change of human touches (180 days)",
    unit: Unit::Share,
    formula: "Human touches of the last 180 days over those of the 180 days before, less 1: fewer visits show here.",
    missing: "No human touch in the earlier 180 days, or such activities of the workspace do not reach back 360 days or end more than 30 days before the day.",
    serves: "S101",
    sql: "SELECT account_key, CAST(SUM(CASE WHEN {as_of} - day < 180 THEN 1 ELSE 0 END) AS DOUBLE) / SUM(CASE WHEN {as_of} - day < 180 THEN 0 ELSE 1 END) - 1 AS value FROM touches CROSS JOIN coverage WHERE human AND {as_of} - day < 360 AND feed = 'human' AND {as_of} - first_on >= 359 AND {as_of} - last_on <= 30 GROUP BY account_key HAVING SUM(CASE WHEN {as_of} - day < 180 THEN 0 ELSE 1 END) > 0",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &HUMAN_TOUCH_CHANGE,
            &[
                "CREATE TABLE touches AS SELECT * FROM (VALUES (1, DATE '2025-10-03', true), (1, DATE '2025-10-02', true), (1, DATE '2025-04-06', true), (1, DATE '2025-04-05', true), (1, DATE '2026-03-01', false), (2, DATE '2026-03-01', true)) AS t(account_key, day, human)",
                "CREATE TABLE coverage AS SELECT * FROM (VALUES ('human', DATE '2024-01-01', DATE '2026-03-31')) AS t(feed, first_on, last_on)",
            ],
            &[(1, -0.5)],
        );
    }
}
