//! Share of gaps as long: Share of all gaps between orders, each over its owner's usual gap, that lasted as long as this account's silence.

use super::{Feature, Unit};

pub(super) const SILENCE_USUAL: Feature = Feature {
    name: "silence_usual",
    ja: "これほど長い注文間隔の割合",
    en: "Share of gaps as long",
    unit: Unit::Share,
    formula: "Share of all gaps between orders, each over its owner's usual gap, that lasted as long as this account's silence.",
    missing: "As `order_gap`.",
    serves: "S47",
    sql: "SELECT account_key, as_long AS value FROM rhythms",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &SILENCE_USUAL,
            &[
                "CREATE TABLE rhythms AS SELECT * FROM (VALUES (1, 1.5), (2, NULL)) AS t(account_key, as_long)",
            ],
            &[(1, 1.5)],
        );
    }
}
