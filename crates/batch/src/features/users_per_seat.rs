//! Active users per seat: Distinct people with use above zero in the last 28 days, over the most seats of an active contract; above 1 where more people than seats use it.

use super::{Feature, Unit};

pub(super) const USERS_PER_SEAT: Feature = Feature {
    name: "users_per_seat",
    ja: "席数に対する利用者の割合",
    en: "Active users per seat",
    unit: Unit::Share,
    formula: "Distinct people with use above zero in the last 28 days, over the most seats of an active contract; above 1 where more people than seats use it.",
    missing: "Readings named nobody 27 days or more before the day, no active contract states seats, or no reading of anyone in the last 30 days.",
    serves: "S36, S45",
    sql: "SELECT u.account_key, CAST(people_recent AS DOUBLE) / s.seats AS value FROM usage_activity u JOIN (SELECT account_key, MAX(seats) AS seats FROM contracts WHERE active AND seats > 0 GROUP BY account_key) s ON s.account_key = u.account_key CROSS JOIN coverage WHERE feed = 'usage' AND {as_of} - coverage.last_on <= 30 AND {as_of} - u.named_since >= 27",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &USERS_PER_SEAT,
            &[
                "CREATE TABLE usage_activity AS SELECT * FROM (VALUES (1, 6, DATE '2026-03-04'), (2, 5, DATE '2026-03-05'), (3, 0, DATE '2020-01-01'), (4, 1, DATE '2020-01-01'), (5, 0, NULL)) AS t(account_key, people_recent, named_since)",
                "CREATE TABLE contracts AS SELECT * FROM (VALUES (1, true, 10), (1, true, 12), (1, false, 90), (2, true, 5), (3, true, 5), (4, true, NULL), (5, true, 5)) AS t(account_key, active, seats)",
                "CREATE TABLE coverage AS SELECT * FROM (VALUES ('usage', DATE '2024-01-01', DATE '2026-03-31')) AS t(feed, first_on, last_on)",
            ],
            &[(1, 0.5), (3, 0.0)],
        );
    }
}
