//! Share of the top line: Spend of the last 364 days in its greatest product line, over that in all lines.

use super::{Feature, Unit};

pub(super) const TOP_LINE_SHARE: Feature = Feature {
    name: "top_line_share",
    ja: "最大品目群の割合",
    en: "Share of the top line",
    unit: Unit::Share,
    formula: "Spend of the last 364 days in its greatest product line, over that in all lines.",
    missing: "Nothing spent in that time on products with a line.",
    serves: "S26, S32",
    sql: "SELECT account_key, CAST(MAX(year_minor) AS DOUBLE) / SUM(year_minor) AS value FROM line_spend WHERE year_minor > 0 GROUP BY account_key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::check;

    #[test]
    fn as_documented() {
        check(
            &TOP_LINE_SHARE,
            &[
                "CREATE TABLE line_spend AS SELECT * FROM (VALUES (1, 'A', 60), (1, 'B', 20), (1, 'C', -20), (2, 'A', 0)) AS t(account_key, line, year_minor)",
            ],
            &[(1, 0.75)],
        );
    }
}
