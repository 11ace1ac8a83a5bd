//! Open tickets: Tickets that are neither closed nor resolved.

use super::{Feature, Unit};

pub(super) const OPEN_TICKETS: Feature = Feature {
    name: "open_tickets",
    ja: "未解決の問い合わせ",
    en: "Open tickets",
    unit: Unit::Count,
    formula: "Tickets that are neither closed nor resolved.",
    missing: "None is open.",
    serves: "S35",
    sql: "SELECT account_key, COUNT(*) AS value FROM tickets GROUP BY account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &OPEN_TICKETS,
            &[
                "CREATE TABLE tickets AS SELECT * FROM (VALUES (1, true), (1, false)) AS t(account_key, escalated)",
            ],
            &[(1, 2.0)],
        );
    }
}
