//! Web events (28 days): Web events of the account and its contacts in the last 28 days.

use super::{Feature, Unit};

pub(super) const WEB_EVENTS: Feature = Feature {
    name: "web_events",
    ja: "Web閲覧数(28日)",
    en: "Web events (28 days)",
    unit: Unit::Count,
    formula: "Web events of the account and its contacts in the last 28 days.",
    missing: "No event of the account 27 days or more before the day, or none of anyone in the last 30 days (the data end early).",
    serves: "S31, S94",
    sql: "SELECT account_key, events_recent AS value FROM web_activity CROSS JOIN coverage WHERE feed = 'web' AND {as_of} - coverage.last_on <= 30 AND {as_of} - web_activity.first_on >= 27",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &WEB_EVENTS,
            &[
                "CREATE TABLE web_activity AS SELECT * FROM (VALUES (1, 6, DATE '2026-03-04'), (2, 5, DATE '2026-03-05'), (3, 0, DATE '2020-01-01')) AS t(account_key, events_recent, first_on)",
                "CREATE TABLE coverage AS SELECT * FROM (VALUES ('web', DATE '2024-01-01', DATE '2026-03-31')) AS t(feed, first_on, last_on)",
            ],
            &[(1, 6.0), (3, 0.0)],
        );
    }
}
