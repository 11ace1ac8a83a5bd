//! People known: Contacts of the account who have not left.

use super::{Feature, Unit};

pub(super) const CONTACT_PEOPLE: Feature = Feature {
    name: "contact_people",
    ja: "把握している担当者数",
    en: "People known",
    unit: Unit::Count,
    formula: "Contacts of the account who have not left.",
    missing: "No contact is known.",
    serves: "S86",
    sql: "SELECT account_key, COUNT(*) AS value FROM people GROUP BY account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &CONTACT_PEOPLE,
            &[
                "CREATE TABLE people AS SELECT * FROM (VALUES (1, 10), (1, 11)) AS t(account_key, contact_key)",
            ],
            &[(1, 2.0)],
        );
    }
}
