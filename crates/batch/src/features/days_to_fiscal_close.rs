//! Days to fiscal close: Days to the last day of the fiscal closing month that comes next; 0 on that day.

use super::{Feature, Unit};

pub(super) const DAYS_TO_FISCAL_CLOSE: Feature = Feature {
    name: "days_to_fiscal_close",
    ja: "決算までの日数",
    en: "Days to fiscal close",
    unit: Unit::Days,
    formula: "Days to the last day of the fiscal closing month that comes next; 0 on that day.",
    missing: "The closing month is not known (or was confirmed after the day); it is never taken to be March.",
    serves: "S38, S57",
    sql: "SELECT account_key, close_on - {as_of} AS value FROM fiscal",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &DAYS_TO_FISCAL_CLOSE,
            &[
                "CREATE TABLE fiscal AS SELECT * FROM (VALUES (1, DATE '2026-03-31'), (2, DATE '2026-06-30')) AS t(account_key, close_on)",
            ],
            &[(1, 0.0), (2, 91.0)],
        );
    }
}
