//! Tickets (90 days): Tickets opened in the 90 days up to the day.

use super::{Feature, Unit};

pub(super) const TICKETS: Feature = Feature {
    name: "tickets",
    ja: "問い合わせ件数(90日)",
    en: "Tickets (90 days)",
    unit: Unit::Count,
    formula: "Tickets opened in the 90 days up to the day.",
    missing: "Tickets of the workspace do not reach back 90 days, or end more than 30 days before the day.",
    serves: "S35",
    sql: "SELECT a.account_key, COUNT(t.day) AS value FROM accounts a CROSS JOIN coverage c LEFT JOIN (SELECT account_key, day FROM touches WHERE kind = 'ticket' AND {as_of} - day < 90) t ON t.account_key = a.account_key WHERE c.feed = 'tickets' AND {as_of} - c.first_on >= 89 AND {as_of} - c.last_on <= 30 GROUP BY a.account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &TICKETS,
            &[
                "CREATE TABLE accounts AS SELECT * FROM (VALUES (1), (2)) AS t(account_key)",
                "CREATE TABLE touches AS SELECT * FROM (VALUES (1, DATE '2026-01-01', 'call', true), (1, DATE '2026-03-31', 'email', false), (1, DATE '2026-02-01', 'ticket', false), (1, DATE '2025-12-31', 'visit', true), (2, DATE '2025-12-31', 'ticket', false)) AS t(account_key, day, kind, human)",
                "CREATE TABLE coverage AS SELECT * FROM (VALUES ('tickets', DATE '2026-01-01', DATE '2026-03-01')) AS t(feed, first_on, last_on)",
            ],
            &[(1, 1.0), (2, 0.0)],
        );
    }
}
