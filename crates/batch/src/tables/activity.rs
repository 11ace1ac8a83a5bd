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
