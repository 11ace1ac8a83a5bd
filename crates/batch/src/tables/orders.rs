//! `order_periods` and `line_spend`: orders in sums by account, made in one pass each over the lines of the
//! lake. Periods are 91 days, thirteen weeks, so that each has as many of every weekday; four are 52 weeks.

use anyhow::Result;
use datafusion::prelude::SessionContext;
use domain::time::Day;

use super::keep;
use crate::calendar;

pub(super) const PERIODS: (&str, &str) = (
    "order_periods",
    "account_key, period (0: the last 91 days, 1: the 91 before … 8: all earlier), orders, lines, quantity_milli, sold_minor (sales only), amount_minor, first_on, last_on",
);
pub(super) const LINES: (&str, &str) = (
    "line_spend",
    "account_key, line (of products), recent_minor (last 91 days), before_minor (the 91 days before), year_ago_minor (days 365 to 455), year_minor (last 364 days), year_before_minor (the 364 before)",
);

/// Registers both, over `order_lines` and `products`.
pub(super) async fn register(ctx: &SessionContext, as_of: Day) -> Result<()> {
    let as_of = calendar::literal(as_of);
    let periods = format!(
        "SELECT account_key, LEAST(({as_of} - day) / 91, 8) AS period,
                SUM(CASE WHEN lines > 0 THEN 1 ELSE 0 END) AS orders, SUM(lines) AS lines,
                SUM(quantity_milli) AS quantity_milli, SUM(sold_minor) AS sold_minor,
                SUM(amount_minor) AS amount_minor, MIN(day) AS first_on, MAX(day) AS last_on
         FROM (SELECT account_key, order_id, MIN(day) AS day,
                      SUM(CASE WHEN kind = 'sale' THEN 1 ELSE 0 END) AS lines,
                      SUM(CASE WHEN kind = 'sale' THEN quantity_milli ELSE 0 END) AS quantity_milli,
                      SUM(CASE WHEN kind = 'sale' THEN amount_minor ELSE 0 END) AS sold_minor,
                      SUM(amount_minor) AS amount_minor
               FROM order_lines WHERE kind <> 'cancel' GROUP BY account_key, order_id)
         GROUP BY account_key, LEAST(({as_of} - day) / 91, 8)"
    );
    keep(ctx, "order_periods", &periods).await?;
    let within = |from: i32, until: i32| {
        format!("SUM(CASE WHEN age >= {from} AND age < {until} THEN amount_minor ELSE 0 END)")
    };
    let lines = format!(
        "SELECT account_key, line, {} AS recent_minor, {} AS before_minor, {} AS year_ago_minor,
                {} AS year_minor, {} AS year_before_minor
         FROM (SELECT account_key, line, {as_of} - day AS age, amount_minor
               FROM order_lines JOIN products ON products.product_id = order_lines.product_id
               WHERE kind <> 'cancel' AND line IS NOT NULL)
         WHERE age < 728 GROUP BY account_key, line",
        within(0, 91),
        within(91, 182),
        within(364, 455),
        within(0, 364),
        within(364, 728),
    );
    keep(ctx, "line_spend", &lines).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{answer, context};

    #[test]
    fn orders_fall_into_periods_of_thirteen_weeks() {
        let ctx = context(&[
            // Returns and exchanges count in amounts, cancelled lines nowhere; a lone return is no order.
            "CREATE TABLE order_lines AS SELECT * FROM (VALUES
                (1, 'a', 'P', DATE '2026-03-31', 100, 2000, 'sale'),
                (1, 'a', 'Q', DATE '2026-03-31', 50, 1000, 'sale'),
                (1, 'b', 'P', DATE '2025-12-31', 10, 1000, 'sale'),
                (1, 'c', 'P', DATE '2025-12-30', 20, 1000, 'sale'),
                (1, 'd', 'P', DATE '2025-12-30', -5, 1000, 'return'),
                (1, 'e', 'P', DATE '2026-03-01', 999, 1000, 'cancel'),
                (1, 'f', 'N', DATE '2020-01-01', 7, 1000, 'sale')
             ) AS t(account_key, order_id, product_id, day, amount_minor, quantity_milli, kind)",
            "CREATE TABLE products AS SELECT * FROM (VALUES ('P', 'x'), ('Q', 'y'), ('N', NULL)) AS t(product_id, line)",
        ]);
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let day = Day::parse_iso("2026-03-31").expect("a day");
        runtime.block_on(register(&ctx, day)).expect("tables");
        let periods = "SELECT period, orders, lines, quantity_milli, sold_minor, amount_minor FROM order_periods ORDER BY period";
        assert_eq!(
            answer(&ctx, periods),
            ["0 2 3 4000 160 160", "1 1 1 1000 20 15", "8 1 1 1000 7 7"]
        );
        let lines = "SELECT line, recent_minor, before_minor, year_ago_minor, year_minor FROM line_spend ORDER BY line";
        assert_eq!(answer(&ctx, lines), ["x 110 15 0 125", "y 50 0 0 50"]);
    }
}
