//! Chance that it still buys: P(alive) by the model of repeat purchases that did best on held-out days (BG/NBD, MBG/NBD or Pareto/NBD).

use super::{Feature, Unit};

pub(super) const P_ALIVE: Feature = Feature {
    name: "p_alive",
    ja: "注文が続く見込み",
    en: "Chance that it still buys",
    unit: Unit::Share,
    formula: "P(alive) by the model of repeat purchases that did best on held-out days (BG/NBD, MBG/NBD or Pareto/NBD).",
    missing: "Ordered on one day only; no model fits (fewer than 10 customers came back, or no maximum was found) or it was no better than each customer's own rate; or no order of anyone in the last 30 days.",
    serves: "S47, S84",
    sql: "SELECT account_key, alive AS value FROM rhythms",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &P_ALIVE,
            &[
                "CREATE TABLE rhythms AS SELECT * FROM (VALUES (1, 1.5), (2, NULL)) AS t(account_key, alive)",
            ],
            &[(1, 1.5)],
        );
    }
}
