//! `usage_activity` and `web_activity`: on how many days, and by how many people, the product or site was
//! used, by account. Days are kept as bits of one whole number an account, so ten million readings leave
//! one row an account.

use anyhow::Result;
use arrow::array::{Array, Int64Array, RecordBatch};
use datafusion::prelude::SessionContext;

use super::{batch, days, whole};
use crate::calendar;
use crate::lake_facts::{Ask, condition, dates, ints, rows};

pub(super) const USAGE: (&str, &str) = ("usage_activity", COLUMNS);
pub(super) const WEB: (&str, &str) = ("web_activity", COLUMNS);
const COLUMNS: &str = "account_key, days_recent (of the last 28 days), days_before (of the 28 before), events_recent, people_recent, first_on, last_on, named_since (first day with a named person)";

/// Days looked at: twice four weeks, so that both halves have the same weekdays.
const DAYS: i64 = 56;

/// Counts of use, and readings of any kind that are above zero for the people and the last day.
pub(super) async fn usage(ctx: &SessionContext, ask: &Ask<'_>) -> Result<RecordBatch> {
    let source = format!(
        "SELECT account_key, contact_key, civil_day(at) AS day, COALESCE(kind, 'gauge') = 'count' AS counts
         FROM usage WHERE value > 0 AND {}",
        condition(ask, "at")
    );
    sums(ctx, ask, "days of use", &source).await
}

/// Web events of the account, or of one of its contacts.
pub(super) async fn web(ctx: &SessionContext, ask: &Ask<'_>) -> Result<RecordBatch> {
    let source = format!(
        "SELECT * FROM (
             SELECT COALESCE(w.account_key, c.account_key) AS account_key, w.contact_key,
                    civil_day(w.at) AS day, true AS counts
             FROM web_events w LEFT JOIN contact_accounts c ON c.contact_key = w.contact_key
             WHERE {}) WHERE account_key IS NOT NULL",
        condition(&Ask { only: None, ..ask.clone() }, "w.at")
    );
    sums(ctx, ask, "web activity", &source).await
}

async fn sums(
    ctx: &SessionContext,
    ask: &Ask<'_>,
    purpose: &str,
    source: &str,
) -> Result<RecordBatch> {
    let as_of = calendar::literal(ask.as_of);
    let sql = format!(
        "SELECT account_key,
                BIT_OR(CASE WHEN counts AND age < {DAYS} THEN 1 << age ELSE 0 END) AS used,
                SUM(CASE WHEN counts AND age < {half} THEN 1 ELSE 0 END) AS events,
                COUNT(DISTINCT CASE WHEN age < {half} THEN contact_key END) AS people,
                MIN(CASE WHEN counts THEN day END) AS first_on, MAX(day) AS last_on,
                MIN(CASE WHEN contact_key IS NOT NULL THEN day END) AS named_since
         FROM (SELECT account_key, contact_key, counts, day, CAST({as_of} - day AS BIGINT) AS age
               FROM ({source}))
         GROUP BY account_key ORDER BY account_key",
        half = DAYS / 2,
    );
    let found = rows(ctx, purpose, &sql).await?;
    let mut columns: [Vec<Option<i64>>; 5] = Default::default();
    let mut dated: [Vec<Option<i32>>; 3] = Default::default();
    for batch in &found {
        let used = ints(batch, 1)?;
        columns[0].extend(&ints(batch, 0)?);
        columns[1].extend(half(&used, 0));
        columns[2].extend(half(&used, DAYS / 2));
        columns[3].extend(&ints(batch, 2)?);
        columns[4].extend(&ints(batch, 3)?);
        for (at, column) in dated.iter_mut().enumerate() {
            column.extend(&dates(batch, at + 4)?);
        }
    }
    let names = ["account_key", "days_recent", "days_before", "events_recent", "people_recent"];
    let dates = ["first_on", "last_on", "named_since"];
    let whole = names.into_iter().zip(columns).map(|(name, rows)| (name, whole(rows.into_iter())));
    let dated = dates.into_iter().zip(dated).map(|(name, rows)| (name, days(rows.into_iter())));
    batch(whole.chain(dated).collect())
}

/// Days used in the four weeks that begin `skip` days before the day.
fn half(used: &Int64Array, skip: i64) -> impl Iterator<Item = Option<i64>> {
    let mask = (1_i64 << (DAYS / 2)) - 1;
    (0..used.len()).map(move |row| {
        used.is_valid(row).then(|| i64::from(((used.value(row) >> skip) & mask).count_ones()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::{answer, context};
    use domain::money::Currency;
    use domain::time::{Day, Days, Zone};

    #[test]
    fn days_are_counted_once_in_each_half_and_no_later_than_the_day() {
        let zone = Zone::named("Asia/Tokyo").expect("Tokyo");
        let day = Day::parse_iso("2026-03-31").expect("a day");
        let end = |ago: i32| zone.end_of_day(day.plus(Days(-ago))).0;
        let row = |account: i64, at: i64, value: f64, kind: &str, contact: &str| {
            format!("({account}, {at}, CAST({value} AS DOUBLE), {kind}, CAST({contact} AS BIGINT))")
        };
        let rows = [
            row(1, end(0), 1.0, "'count'", "5"),
            row(1, end(0) - 9, 2.0, "'count'", "5"),
            row(1, end(0) + 1, 2.0, "'count'", "6"),
            row(1, end(27), 2.0, "'count'", "7"),
            row(1, end(28), 2.0, "'count'", "8"),
            row(1, end(55), 2.0, "'count'", "NULL"),
            row(1, end(56), 2.0, "'count'", "NULL"),
            row(1, end(3), 0.0, "'count'", "9"),
            row(2, end(3), 4.0, "NULL", "NULL"),
            row(3, end(3), 0.0, "'count'", "NULL"),
        ];
        let usage = format!(
            "CREATE TABLE usage AS SELECT * FROM (VALUES {}) AS t(account_key, at, value, kind, contact_key)",
            rows.join(", ")
        );
        let ctx = context(&[&usage]);
        ctx.register_udf(crate::calendar::civil_day(&zone));
        let ask = Ask { as_of: day, zone: &zone, currency: Currency::JPY, only: None };
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let batch = runtime.block_on(super::usage(&ctx, &ask)).expect("sums");
        ctx.register_batch("sums", batch).expect("a table");
        // Account 2 has a gauge only: it is in use, but on how many days nobody knows. Account 3 was never used.
        assert_eq!(
            answer(&ctx, "SELECT * FROM sums ORDER BY account_key"),
            ["1 2 2 3 2 2026-02-03 2026-03-31 2026-03-03", "2 0 0 0 0 - 2026-03-28 -",]
        );
    }

    #[test]
    fn web_events_of_a_contact_are_its_accounts() {
        let zone = Zone::named("Asia/Tokyo").expect("Tokyo");
        let day = Day::parse_iso("2026-03-31").expect("a day");
        let at = zone.end_of_day(day).0;
        let events = format!(
            "CREATE TABLE web_events AS SELECT * FROM (VALUES ({at}, 1, NULL), ({at}, NULL, 5), ({at}, NULL, 6), ({at}, NULL, NULL), ({}, 1, NULL)) AS t(at, account_key, contact_key)",
            at + 1
        );
        let ctx = context(&[
            &events,
            "CREATE TABLE contact_accounts AS SELECT * FROM (VALUES (5, 2)) AS t(contact_key, account_key)",
        ]);
        ctx.register_udf(crate::calendar::civil_day(&zone));
        let ask = Ask { as_of: day, zone: &zone, currency: Currency::JPY, only: None };
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let batch = runtime.block_on(super::web(&ctx, &ask)).expect("sums");
        ctx.register_batch("sums", batch).expect("a table");
        assert_eq!(
            answer(&ctx, "SELECT account_key, days_recent, events_recent, people_recent FROM sums"),
            ["1 1 1 0", "2 1 1 1"]
        );
    }
}
