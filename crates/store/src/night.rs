//! What a run leaves for the manager: hours by rep and week with the price of one more, and the best of what was
//! left out for each reason.
// writes: pool_weeks, left_out

use crate::StoreError;
use crate::open::Store;
use crate::runs::SEEN;
use crate::sql::{self, Clash, ROWS_A_TRANSACTION, Sort, Table};
use crate::value::{Fields, Row, Value};

/// Hours of one pool in one week.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PoolWeekRow {
    /// The pool: a representative, or `unassigned`.
    pub pool: String,
    /// The Monday, ISO.
    pub week: String,
    /// The team.
    pub team: Option<String>,
    /// The role.
    pub role: Option<String>,
    /// Hours there are.
    pub hours: f64,
    /// Hours that the plan uses.
    pub used: f64,
    /// What one hour more would earn, minor units.
    pub price_minor: i64,
    /// Hours left over that colleagues of the same team and role could use.
    pub stranded: f64,
}

/// A candidate that was not chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeftOutRow {
    /// What became of it.
    pub fate: String,
    /// The reason's code.
    pub reason_code: String,
    /// Its place among those of the reason, from 1: the most is expected of the first.
    pub place: i64,
    /// The account.
    pub account_key: i64,
    /// The offer.
    pub offer_id: String,
    /// The motion's word.
    pub motion: String,
    /// What it is called, in Japanese.
    pub title_ja: String,
    /// What it is called, in English.
    pub title_en: String,
    /// Why, in Japanese.
    pub reason_ja: String,
    /// Why, in English.
    pub reason_en: String,
    /// Expected incremental profit, minor units.
    pub expected_minor: i64,
}

const POOLS: Table<'static> = Table {
    name: "pool_weeks",
    columns: &[
        ("attempt", Sort::Int),
        ("pool", Sort::Text),
        ("week", Sort::Text),
        ("team", Sort::Text),
        ("role", Sort::Text),
        ("hours", Sort::Real),
        ("used", Sort::Real),
        ("price_minor", Sort::Int),
        ("stranded", Sort::Real),
    ],
    key: &["attempt", "pool", "week"],
};

const LEFT_OUT: Table<'static> = Table {
    name: "left_out",
    columns: &[
        ("attempt", Sort::Int),
        ("fate", Sort::Text),
        ("reason_code", Sort::Text),
        ("place", Sort::Int),
        ("account_key", Sort::Int),
        ("offer_id", Sort::Text),
        ("motion", Sort::Text),
        ("title_ja", Sort::Text),
        ("title_en", Sort::Text),
        ("reason_ja", Sort::Text),
        ("reason_en", Sort::Text),
        ("expected_minor", Sort::Int),
    ],
    key: &["attempt", "fate", "reason_code", "place"],
};

const WHAT: &str = "writing the night's result";
const READ: &str = "reading the night's result";

impl Store {
    /// Writes the hours of a run and what it left out. At most 1,000 rows a transaction; the same key is replaced.
    pub async fn write_night(
        &self,
        run_id: &str,
        pools: &[PoolWeekRow],
        left_out: &[LeftOutRow],
    ) -> Result<(), StoreError> {
        let pools: Vec<Row> = pools.iter().map(pool_values).collect();
        let left_out: Vec<Row> = left_out.iter().map(left_out_values).collect();
        for (table, rows) in [(&POOLS, pools), (&LEFT_OUT, left_out)] {
            for chunk in rows.chunks(ROWS_A_TRANSACTION) {
                let mut tx = self.begin(WHAT).await?;
                let attempt = self.attempt_to_write(&mut tx, run_id).await?;
                let rows: Vec<Row> = chunk
                    .iter()
                    .map(|row| {
                        let mut row = row.clone();
                        row[0] = attempt.into();
                        row
                    })
                    .collect();
                let done = sql::insert(&mut tx, table, Clash::Replace, &rows).await;
                done.map_err(self.failed(WHAT))?;
                tx.commit().await.map_err(self.failed(WHAT))?;
            }
        }
        Ok(())
    }

    /// The hours of a run, by pool and week.
    pub async fn pool_weeks(&self, run_id: &str) -> Result<Vec<PoolWeekRow>, StoreError> {
        let bytewise = self.bytewise();
        let order = format!("pool{bytewise}, week{bytewise}");
        let found = self.of_night(&POOLS, ("", &order), &[run_id.into()]).await?;
        Ok(found.into_iter().map(pool).collect())
    }

    /// What a run left out for a reason, the most expected first, or of every reason.
    pub async fn left_out(
        &self,
        run_id: &str,
        of: Option<(&str, &str)>,
    ) -> Result<Vec<LeftOutRow>, StoreError> {
        let bytewise = self.bytewise();
        let order = format!("fate{bytewise}, reason_code{bytewise}, place");
        let mut values: Vec<Value> = vec![run_id.into()];
        let condition = match of {
            Some((fate, reason)) => {
                values.extend([fate.into(), reason.into()]);
                " AND fate = $2 AND reason_code = $3"
            }
            None => "",
        };
        let found = self.of_night(&LEFT_OUT, (condition, &order), &values).await?;
        Ok(found.into_iter().map(left_out).collect())
    }

    async fn of_night(
        &self,
        table: &Table<'_>,
        (condition, order): (&str, &str),
        values: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        let names: Vec<_> = table.columns[1..].iter().map(|column| column.0).collect();
        let sorts: Vec<Sort> = table.columns[1..].iter().map(|column| column.1).collect();
        let sql = format!(
            "SELECT {} FROM {} WHERE attempt = {SEEN}{condition} ORDER BY {order}",
            names.join(", "),
            table.name
        );
        let mut conn = self.reader(READ).await?;
        sql::rows(&mut conn, sql, values, &sorts).await.map_err(self.failed(READ))
    }

    /// Deletes what an attempt left here.
    pub(crate) async fn forget_night(&self, attempt: i64) -> Result<(), StoreError> {
        let sql = "DELETE FROM pool_weeks WHERE attempt = $1 AND pool IN \
                   (SELECT pool FROM pool_weeks WHERE attempt = $1 LIMIT 19)";
        self.forget_rows(sql, attempt).await?;
        let sql = "DELETE FROM left_out WHERE attempt = $1 AND place IN \
                   (SELECT place FROM left_out WHERE attempt = $1 LIMIT 10)";
        self.forget_rows(sql, attempt).await
    }
}

fn pool_values(row: &PoolWeekRow) -> Row {
    vec![
        Value::Null,
        (&row.pool).into(),
        (&row.week).into(),
        row.team.as_ref().into(),
        row.role.as_ref().into(),
        row.hours.into(),
        row.used.into(),
        row.price_minor.into(),
        row.stranded.into(),
    ]
}

fn pool(row: Row) -> PoolWeekRow {
    let mut fields = Fields::of(row);
    PoolWeekRow {
        pool: fields.text(),
        week: fields.text(),
        team: fields.optional_text(),
        role: fields.optional_text(),
        hours: fields.real(),
        used: fields.real(),
        price_minor: fields.int(),
        stranded: fields.real(),
    }
}

fn left_out_values(row: &LeftOutRow) -> Row {
    vec![
        Value::Null,
        (&row.fate).into(),
        (&row.reason_code).into(),
        row.place.into(),
        row.account_key.into(),
        (&row.offer_id).into(),
        (&row.motion).into(),
        (&row.title_ja).into(),
        (&row.title_en).into(),
        (&row.reason_ja).into(),
        (&row.reason_en).into(),
        row.expected_minor.into(),
    ]
}

fn left_out(row: Row) -> LeftOutRow {
    let mut fields = Fields::of(row);
    LeftOutRow {
        fate: fields.text(),
        reason_code: fields.text(),
        place: fields.int(),
        account_key: fields.int(),
        offer_id: fields.text(),
        motion: fields.text(),
        title_ja: fields.text(),
        title_en: fields.text(),
        reason_ja: fields.text(),
        reason_en: fields.text(),
        expected_minor: fields.int(),
    }
}
