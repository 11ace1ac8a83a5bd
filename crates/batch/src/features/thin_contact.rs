//! Thin contact: 1 where nobody has called, met or visited the account for 180 days though it has an active contract or was active (orders, use, web, mail, tickets, deals) in the last 90 days; else 0.

use super::{Feature, Unit};

pub(super) const THIN_CONTACT: Feature = Feature {
    name: "thin_contact",
    ja: "接点が薄い",
    en: "Thin contact",
    unit: Unit::Flag,
    formula: "1 where nobody has called, met or visited the account for 180 days though it has an active contract or was active (orders, use, web, mail, tickets, deals) in the last 90 days; else 0.",
    missing: "Neither a contract nor activity; a person, household or tech-touch account; a customer for less than 180 days; or the workspace records no human touches over that time.",
    serves: "S101",
    sql: "SELECT a.account_key, CASE WHEN {as_of} - a.last_human_touch < 180 THEN 0 ELSE 1 END AS value FROM accounts a LEFT JOIN online o ON o.account_key = a.account_key LEFT JOIN (SELECT DISTINCT account_key, true AS active FROM contracts WHERE active) c ON c.account_key = a.account_key CROSS JOIN coverage f WHERE f.feed = 'human' AND {as_of} - f.first_on >= 179 AND {as_of} - f.last_on <= 30 AND a.takes_hours AND {as_of} - LEAST(a.since, o.first_on) >= 180 AND (c.active OR {as_of} - a.last_event < 90 OR {as_of} - o.last_on < 90)",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &THIN_CONTACT,
            &[
                "CREATE TABLE accounts AS SELECT * FROM (VALUES (1, true, DATE '2020-01-01', DATE '2026-03-01', DATE '2025-10-02'), (2, true, DATE '2020-01-01', DATE '2026-03-01', DATE '2025-10-03'), (3, true, DATE '2020-01-01', NULL, NULL), (4, false, DATE '2020-01-01', DATE '2026-03-01', NULL), (5, true, DATE '2025-10-03', DATE '2026-03-01', NULL), (6, true, DATE '2020-01-01', DATE '2025-12-31', NULL), (7, true, NULL, NULL, NULL), (8, true, DATE '2025-10-02', NULL, NULL)) AS t(account_key, takes_hours, since, last_event, last_human_touch)",
                "CREATE TABLE online AS SELECT * FROM (VALUES (7, DATE '2020-01-01', DATE '2026-01-01')) AS t(account_key, first_on, last_on)",
                "CREATE TABLE contracts AS SELECT * FROM (VALUES (8, true), (3, false)) AS t(account_key, active)",
                "CREATE TABLE coverage AS SELECT * FROM (VALUES ('human', DATE '2025-10-03', DATE '2026-03-01')) AS t(feed, first_on, last_on)",
            ],
            &[(1, 1.0), (2, 0.0), (7, 1.0), (8, 1.0)],
        );
    }
}
