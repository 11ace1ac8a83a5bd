//! What a run decided: the plays, the best other offers of each account, and counts by fate.
// writes: plays, other_offers, fate_counts

mod rows;
mod counts;

use serde::{Deserialize, Serialize};

use crate::StoreError;
use crate::open::Store;
use crate::runs::SEEN;
use crate::sight::Sight;
use crate::sql::{self, Clash, ROWS_A_TRANSACTION, Sort, Table};
use crate::value::{Fields, Row, Value};

pub use counts::{AccountPlays, PlayCounts};

/// One chosen item of work. Money in minor units of the workspace's currency.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PlayRow {
    /// The run.
    pub run_id: String,
    /// The hash of account, package and signal occurrence.
    pub play_id: String,
    /// Its place in the worklist, from 1.
    pub rank: i64,
    /// The account.
    pub account_key: i64,
    /// The account's group root.
    pub root_key: i64,
    /// Whom to contact.
    pub contact_key: Option<i64>,
    /// The offer.
    pub offer_id: String,
    /// What the customer would newly hold; `None` for care.
    pub product_id: Option<String>,
    /// The motion's word.
    pub motion: String,
    /// The role that does it.
    pub role: String,
    /// The representative; `None`: unassigned.
    pub owner: Option<String>,
    /// The Monday of its week, as an ISO date.
    pub week: String,
    /// Hours of work.
    pub effort_hours: f64,
    /// Expected incremental profit.
    pub expected_minor: i64,
    /// The 80 % interval's lower end.
    pub lower_minor: i64,
    /// The 80 % interval's upper end.
    pub upper_minor: i64,
    /// The change of monthly revenue on acceptance.
    pub revenue_month_minor: i64,
    /// The probability of acceptance when approached.
    pub probability: f64,
    /// The 80 % interval's lower end.
    pub probability_lower: f64,
    /// The 80 % interval's upper end.
    pub probability_upper: f64,
    /// Where the probability comes from.
    pub provenance: String,
    /// How to approach.
    pub channel: String,
    /// The last day on which it makes sense, as an ISO date.
    pub due: Option<String>,
    /// Why now, in Japanese.
    pub why_now_ja: String,
    /// Why now, in English.
    pub why_now_en: String,
    /// The whole explanation, as JSON.
    pub card: String,
}

/// An offer that was not chosen: one of an account's five best others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OtherRow {
    /// The run.
    pub run_id: String,
    /// The account.
    pub account_key: i64,
    /// Its place among the account's others, from 1.
    pub place: i64,
    /// The offer.
    pub offer_id: String,
    /// What the customer would newly hold.
    pub product_id: Option<String>,
    /// The motion's word.
    pub motion: String,
    /// What is offered, in Japanese.
    pub title_ja: String,
    /// What is offered, in English.
    pub title_en: String,
    /// What became of it.
    pub fate: String,
    /// Expected incremental profit, in minor units.
    pub expected_minor: i64,
    /// Why, in Japanese.
    pub reason_ja: String,
    /// Why, in English.
    pub reason_en: String,
    /// Why, as a code; empty in runs of before.
    pub reason_code: String,
}

/// How many candidates met a fate for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FateCount {
    /// The run.
    pub run_id: String,
    /// The fate.
    pub fate: String,
    /// The reason's code.
    pub reason_code: String,
    /// The reason in Japanese.
    pub reason_ja: String,
    /// The reason in English.
    pub reason_en: String,
    /// Candidates.
    pub candidates: i64,
    /// Accounts that they belong to.
    pub accounts: i64,
}

/// Which plays, and which part of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlayFilter {
    /// Of this representative; the empty text means of none.
    pub owner: Option<String>,
    /// With this motion.
    pub motion: Option<String>,
    /// Of this role.
    pub role: Option<String>,
    /// Due on this day (ISO) or before.
    pub due_by: Option<String>,
    /// The day (ISO) on which, at the latest, plays that were put off are open again; none: those stay out.
    pub open_again_on: Option<String>,
    /// Of accounts that are seen.
    pub sight: Sight,
    /// How many to leave out from the start.
    pub offset: u64,
    /// How many to return at most.
    pub limit: u64,
}

const WHAT: &str = "writing what the run decided";

/// Ids a query.
const IDS_A_QUERY: usize = 500;

/// The filter as conditions. A play is whose it was given to, else whose it is in the run.
fn narrowed(filter: &PlayFilter, bytewise: &str, values: &mut Vec<Value>) -> String {
    let mut condition = String::new();
    let mut mark = |value: &str| {
        values.push(value.into());
        format!("${}", values.len())
    };
    match filter.owner.as_deref() {
        None => {}
        Some("") => condition.push_str(
            " AND owner IS NULL AND play_id NOT IN \
             (SELECT play_id FROM play_states WHERE assigned IS NOT NULL)",
        ),
        Some(owner) => {
            let rep = mark(owner);
            condition += &format!(
                " AND ((owner = {rep} AND play_id NOT IN (SELECT play_id FROM play_states \
                 WHERE assigned IS NOT NULL AND assigned <> {rep})) \
                 OR play_id IN (SELECT play_id FROM play_states WHERE assigned = {rep}))"
            );
        }
    }
    for (column, wanted) in [("motion", &filter.motion), ("role", &filter.role)] {
        if let Some(wanted) = wanted {
            condition += &format!(" AND {column} = {}", mark(wanted));
        }
    }
    if let Some(day) = &filter.due_by {
        condition += &format!(" AND due{bytewise} <= {}", mark(day));
    }
    condition
}

/// The number of a `COUNT(*)`.
fn counted(rows: Vec<Row>) -> u64 {
    let count: i64 = rows.into_iter().next().map_or(0, |row| Fields::of(row).int());
    u64::try_from(count).expect("a count is not negative")
}

impl Store {
    /// Writes what a run decided. At most 1,000 rows a transaction; a row with the same key is replaced.
    pub async fn write_plays(
        &self,
        plays: &[PlayRow],
        others: &[OtherRow],
        fates: &[FateCount],
    ) -> Result<(), StoreError> {
        for chunk in plays.chunks(ROWS_A_TRANSACTION) {
            let chunk = chunk.iter().map(|play| (&*play.run_id, rows::play_values(play)));
            self.write_chunk(&rows::PLAYS, chunk.collect()).await?;
        }
        for chunk in others.chunks(ROWS_A_TRANSACTION) {
            let chunk = chunk.iter().map(|other| (&*other.run_id, rows::other_values(other)));
            self.write_chunk(&rows::OTHERS, chunk.collect()).await?;
        }
        for chunk in fates.chunks(ROWS_A_TRANSACTION) {
            let chunk = chunk.iter().map(|fate| (&*fate.run_id, rows::fate_values(fate)));
            self.write_chunk(&rows::FATES, chunk.collect()).await?;
        }
        Ok(())
    }

    /// Writes rows, each with its run, the first column left free for the attempt.
    async fn write_chunk(
        &self,
        table: &Table<'_>,
        chunk: Vec<(&str, Row)>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin(WHAT).await?;
        let mut known: Option<(&str, i64)> = None;
        let mut rows = Vec::with_capacity(chunk.len());
        for (run_id, mut row) in chunk {
            let attempt = match known {
                Some((known, attempt)) if known == run_id => attempt,
                _ => self.attempt_to_write(&mut tx, run_id).await?,
            };
            known = Some((run_id, attempt));
            row[0] = attempt.into();
            rows.push(row);
        }
        sql::insert(&mut tx, table, Clash::Replace, &rows).await.map_err(self.failed(WHAT))?;
        tx.commit().await.map_err(self.failed(WHAT))
    }

    /// All plays of a run, by rank.
    pub async fn plays(&self, run_id: &str) -> Result<Vec<PlayRow>, StoreError> {
        self.select_plays("", "", &[run_id.into()]).await
    }

    /// One page of the plays that pass the filter, by rank, and how many pass it.
    pub async fn plays_page(
        &self,
        run_id: &str,
        filter: &PlayFilter,
    ) -> Result<(Vec<PlayRow>, u64), StoreError> {
        self.page_where(run_id, filter, ("", Vec::new())).await
    }

    /// The same without the plays that somebody answered: accepted, put off, refused, done or closed.
    pub async fn open_plays_page(
        &self,
        run_id: &str,
        filter: &PlayFilter,
    ) -> Result<(Vec<PlayRow>, u64), StoreError> {
        let open = self.is_open(filter);
        self.page_where(run_id, filter, (&open.0, open.1)).await
    }

    /// The same page without how many there are: counting takes longer than reading it.
    pub async fn open_plays(
        &self,
        run_id: &str,
        filter: &PlayFilter,
    ) -> Result<Vec<PlayRow>, StoreError> {
        let open = self.is_open(filter);
        let (condition, values) = self.condition(run_id, filter, (&open.0, open.1));
        self.page_of(&condition, values, filter).await
    }

    /// How many open plays the filter finds.
    pub async fn open_plays_total(
        &self,
        run_id: &str,
        filter: &PlayFilter,
    ) -> Result<u64, StoreError> {
        let open = self.is_open(filter);
        let (condition, values) = self.condition(run_id, filter, (&open.0, open.1));
        self.count_where(&condition, &values).await
    }

    /// How many plays of the accounts that are seen somebody answered, whatever else the filter asks.
    pub async fn answered_plays(
        &self,
        run_id: &str,
        filter: &PlayFilter,
    ) -> Result<u64, StoreError> {
        let what = "counting the answered plays";
        let mut values: Vec<Value> = vec![run_id.into()];
        values.extend(filter.open_again_on.iter().map(|day| Value::from(day.as_str())));
        let seen = filter.sight.and("p", &mut values);
        let sql = format!(
            "SELECT COUNT(*) FROM play_states s CROSS JOIN plays p \
             WHERE p.attempt = {SEEN} AND p.play_id = s.play_id AND {}{seen}",
            self.is_answered(filter)
        );
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &values, &[Sort::Int]).await;
        Ok(counted(rows.map_err(self.failed(what))?))
    }

    /// That the state `s` takes a play off the open list, as SQL; `$2` is the filter's day.
    fn is_answered(&self, filter: &PlayFilter) -> String {
        let held = match &filter.open_again_on {
            Some(_) => {
                format!(" AND NOT (s.state = 'held' AND s.hold_until{} <= $2)", self.bytewise())
            }
            None => String::new(),
        };
        format!("s.state <> 'open'{held}")
    }

    /// That a play is open, as SQL with its values.
    fn is_open(&self, filter: &PlayFilter) -> (String, Vec<Value>) {
        // While offers are stopped, care and the next step of a deal where a rep speaks go on.
        let open = format!(
            " AND NOT EXISTS (SELECT 1 FROM play_states s WHERE s.play_id = plays.play_id AND {}) \
             AND (motion = 'care' OR (motion = 'advance' AND channel IN ('phone', 'visit')) \
             OR NOT EXISTS (SELECT 1 FROM policy_stops WHERE started_s IS NULL))",
            self.is_answered(filter)
        );
        (open, filter.open_again_on.iter().map(|day| Value::from(day.as_str())).collect())
    }

    /// What a filter asks of a run's plays, as SQL with its values.
    fn condition(
        &self,
        run_id: &str,
        filter: &PlayFilter,
        (more, with): (&str, Vec<Value>),
    ) -> (String, Vec<Value>) {
        let mut values: Vec<Value> = vec![run_id.into()];
        values.extend(with);
        let mut condition = more.to_owned();
        condition.push_str(&narrowed(filter, self.bytewise(), &mut values));
        condition.push_str(&filter.sight.and("plays", &mut values));
        (condition, values)
    }

    async fn page_where(
        &self,
        run_id: &str,
        filter: &PlayFilter,
        more: (&str, Vec<Value>),
    ) -> Result<(Vec<PlayRow>, u64), StoreError> {
        let (condition, values) = self.condition(run_id, filter, more);
        let total = self.count_where(&condition, &values).await?;
        Ok((self.page_of(&condition, values, filter).await?, total))
    }

    async fn count_where(&self, condition: &str, values: &[Value]) -> Result<u64, StoreError> {
        let what = "counting the plays";
        let mut conn = self.reader(what).await?;
        let sql = format!("SELECT COUNT(*) FROM plays WHERE attempt = {SEEN}{condition}");
        let rows = sql::rows(&mut conn, sql, values, &[Sort::Int]).await;
        Ok(counted(rows.map_err(self.failed(what))?))
    }

    async fn page_of(
        &self,
        condition: &str,
        mut values: Vec<Value>,
        filter: &PlayFilter,
    ) -> Result<Vec<PlayRow>, StoreError> {
        let clamp = |number: u64| Value::Int(i64::try_from(number).unwrap_or(i64::MAX));
        values.extend([clamp(filter.limit), clamp(filter.offset)]);
        let page = format!("LIMIT ${} OFFSET ${}", values.len() - 1, values.len());
        self.select_plays(condition, &page, &values).await
    }

    /// Plays of a run by id, in no order; unknown ids are left out.
    pub async fn plays_by_id(
        &self,
        run_id: &str,
        play_ids: &[String],
    ) -> Result<Vec<PlayRow>, StoreError> {
        let mut found = Vec::new();
        for ids in play_ids.chunks(IDS_A_QUERY) {
            let marks: Vec<String> = (2..ids.len() + 2).map(|n| format!("${n}")).collect();
            let mut values: Vec<Value> = vec![run_id.into()];
            values.extend(ids.iter().map(Value::from));
            let condition = format!(" AND play_id IN ({})", marks.join(", "));
            found.extend(self.select_plays(&condition, "", &values).await?);
        }
        Ok(found)
    }

    /// The plays of one account, by rank.
    pub async fn plays_of(
        &self,
        run_id: &str,
        account_key: i64,
    ) -> Result<Vec<PlayRow>, StoreError> {
        let values = [run_id.into(), account_key.into()];
        self.select_plays(" AND account_key = $2", "", &values).await
    }

    /// A play of a run.
    pub async fn play(&self, run_id: &str, play_id: &str) -> Result<Option<PlayRow>, StoreError> {
        let values = [run_id.into(), play_id.into()];
        Ok(self.select_plays(" AND play_id = $2", "", &values).await?.pop())
    }

    /// The plays of a run that meet a condition, by rank; `page` is a LIMIT or nothing. The values start
    /// with the run.
    async fn select_plays(
        &self,
        condition: &str,
        page: &str,
        values: &[Value],
    ) -> Result<Vec<PlayRow>, StoreError> {
        let sql = format!(
            "SELECT $1, {} FROM plays WHERE attempt = {SEEN}{condition} ORDER BY rank, play_id{} {page}",
            rows::list(&rows::PLAYS),
            self.bytewise()
        );
        let found = self.select(sql, values, &rows::PLAYS).await?;
        Ok(found.into_iter().map(rows::play).collect())
    }

    /// The other offers of one account, best first.
    pub async fn others_of(
        &self,
        run_id: &str,
        account_key: i64,
    ) -> Result<Vec<OtherRow>, StoreError> {
        let sql = format!(
            "SELECT $1, {} FROM other_offers WHERE attempt = {SEEN} AND account_key = $2 ORDER BY place",
            rows::list(&rows::OTHERS)
        );
        let values = [run_id.into(), account_key.into()];
        let found = self.select(sql, &values, &rows::OTHERS).await?;
        Ok(found.into_iter().map(rows::other).collect())
    }

    /// The counts of a run by fate and reason, in that order.
    pub async fn fate_counts(&self, run_id: &str) -> Result<Vec<FateCount>, StoreError> {
        let bytewise = self.bytewise();
        let sql = format!(
            "SELECT $1, {} FROM fate_counts WHERE attempt = {SEEN} \
             ORDER BY fate{bytewise}, reason_code{bytewise}",
            rows::list(&rows::FATES)
        );
        let values = [run_id.into()];
        let found = self.select(sql, &values, &rows::FATES).await?;
        Ok(found.into_iter().map(rows::fate).collect())
    }

    /// The same of the accounts that are seen, counted over the best other offers of each, the most first. A run that
    /// kept no codes with them is counted by their sentences.
    pub async fn fate_counts_seen(
        &self,
        run_id: &str,
        sight: &Sight,
    ) -> Result<Vec<FateCount>, StoreError> {
        let what = "counting the other offers";
        let mut values: Vec<Value> = vec![run_id.into()];
        let seen = sight.and_listed("o", &mut values);
        let order = self.bytewise();
        let words = ["ja", "en"].map(|lang| format!("COALESCE(f.reason_{lang}, o.reason_{lang})"));
        let [ja, en] = &words;
        let sql = format!(
            "SELECT o.fate, o.reason_code, {ja}, {en}, COUNT(*), COUNT(DISTINCT o.account_key) \
             FROM other_offers o LEFT JOIN fate_counts f \
             ON f.attempt = o.attempt AND f.fate = o.fate AND f.reason_code = o.reason_code \
             WHERE o.attempt = {SEEN}{seen} GROUP BY o.fate, o.reason_code, {ja}, {en} \
             ORDER BY 5 DESC, o.fate{order}, {en}{order}"
        );
        let sorts = [Sort::Text, Sort::Text, Sort::Text, Sort::Text, Sort::Int, Sort::Int];
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &values, &sorts).await;
        let read = |row| {
            let mut fields = Fields::of(row);
            FateCount {
                run_id: run_id.to_owned(),
                fate: fields.text(),
                reason_code: fields.text(),
                reason_ja: fields.text(),
                reason_en: fields.text(),
                candidates: fields.int(),
                accounts: fields.int(),
            }
        };
        Ok(rows.map_err(self.failed(what))?.into_iter().map(read).collect())
    }

    /// Rows of a table, each with its run in place of the attempt.
    async fn select(
        &self,
        sql: String,
        values: &[Value],
        table: &Table<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        let what = &*format!("reading {}", table.name);
        let mut sorts = table.sorts();
        sorts[0] = Sort::Text;
        let mut conn = self.reader(what).await?;
        sql::rows(&mut conn, sql, values, &sorts).await.map_err(self.failed(what))
    }

    /// Deletes what an attempt left here.
    pub(crate) async fn forget_plays(&self, attempt: i64) -> Result<(), StoreError> {
        let sql = "DELETE FROM plays WHERE attempt = $1 AND play_id IN \
                   (SELECT play_id FROM plays WHERE attempt = $1 LIMIT 1000)";
        self.forget_rows(sql, attempt).await?;
        // An account has at most five others.
        let sql = "DELETE FROM other_offers WHERE attempt = $1 AND account_key IN \
                   (SELECT account_key FROM other_offers WHERE attempt = $1 LIMIT 200)";
        self.forget_rows(sql, attempt).await?;
        self.forget_rows("DELETE FROM fate_counts WHERE attempt = $1", attempt).await
    }
}
