//! Tickets per seat (90 days): Tickets opened in the 90 days up to the day, over the most seats of an active contract.

use super::{Feature, Unit};

pub(super) const TICKETS_PER_SEAT: Feature = Feature {
    name: "tickets_per_seat",
    ja: "席あたり問い合わせ件数(90日)",
    en: "Tickets per seat (90 days)",
    unit: Unit::Ratio,
    formula: "Tickets opened in the 90 days up to the day, over the most seats of an active contract.",
    missing: "No active contract states seats, or tickets of the workspace do not reach back 90 days or end more than 30 days before the day.",
    serves: "S35",
    sql: "SELECT s.account_key, CAST(COUNT(t.day) AS DOUBLE) / MAX(s.seats) AS value FROM (SELECT account_key, MAX(seats) AS seats FROM contracts WHERE active AND seats > 0 GROUP BY account_key) s CROSS JOIN coverage c LEFT JOIN (SELECT account_key, day FROM touches WHERE kind = 'ticket' AND {as_of} - day < 90) t ON t.account_key = s.account_key WHERE c.feed = 'tickets' AND {as_of} - c.first_on >= 89 AND {as_of} - c.last_on <= 30 GROUP BY s.account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &TICKETS_PER_SEAT,
            &[
                "CREATE TABLE contracts AS SELECT * FROM (VALUES (1, true, 10), (1, true, 4), (2, true, 5), (3, true, NULL)) AS t(account_key, active, seats)",
                "CREATE TABLE touches AS SELECT * FROM (VALUES (1, DATE '2026-01-01', 'call', true), (1, DATE '2026-03-31', 'email', false), (1, DATE '2026-02-01', 'ticket', false), (1, DATE '2025-12-31', 'visit', true), (2, DATE '2025-12-31', 'ticket', false)) AS t(account_key, day, kind, human)",
                "CREATE TABLE coverage AS SELECT * FROM (VALUES ('tickets', DATE '2026-01-01', DATE '2026-03-01')) AS t(feed, first_on, last_on)",
            ],
            &[(1, 0.1), (2, 0.0)],
        );
    }
}
