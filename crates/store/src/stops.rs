//! Stops that people set on accounts, and their lifting: rows are only appended, the latest of an account is in
//! force.
// writes: sales_stops

use crate::StoreError;
use crate::open::Store;
use crate::sql::{self, Clash, Sort, Table};
use crate::value::{Fields, Row};

/// What a row does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopKind {
    /// Selling stops.
    Stop,
    /// It may go on.
    Lift,
}

impl StopKind {
    fn code(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Lift => "lift",
        }
    }
}

/// One row: what is to be done, or what was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopRow {
    /// The account.
    pub account_key: i64,
    /// Its place among the account's rows, from 1; 0 of one that is not written yet.
    pub number: i64,
    /// What it does.
    pub kind: StopKind,
    /// When, ISO.
    pub on_day: String,
    /// From when on the account may be approached again, ISO; none while nobody lifts it.
    pub until_day: Option<String>,
    /// The reason's code.
    pub reason_code: Option<String>,
    /// What was written beside it.
    pub note: Option<String>,
    /// The representative who did it.
    pub by_rep: Option<String>,
    /// The moment, microseconds UTC.
    pub at_us: i64,
}

const STOPS: Table<'static> = Table {
    name: "sales_stops",
    columns: &[
        ("account_key", Sort::Int),
        ("number", Sort::Int),
        ("kind", Sort::Text),
        ("on_day", Sort::Text),
        ("until_day", Sort::Text),
        ("reason_code", Sort::Text),
        ("note", Sort::Text),
        ("by_rep", Sort::Text),
        ("at_us", Sort::Int),
    ],
    key: &["account_key", "number"],
};

impl Store {
    /// Sets a stop or lifts it; the number is given here.
    ///
    /// It needs no lease: people do so while a night runs.
    pub async fn set_stop(&self, row: &StopRow) -> Result<(), StoreError> {
        let what = "stopping or lifting a stop";
        let mut tx = self.begin_free(what).await?;
        let last = sql::rows(
            &mut tx,
            "SELECT COALESCE(MAX(number), 0) FROM sales_stops WHERE account_key = $1",
            &[row.account_key.into()],
            &[Sort::Int],
        )
        .await;
        let last = last.map_err(self.failed(what))?;
        let number = last.into_iter().next().map_or(0, |row| Fields::of(row).int()) + 1;
        let values: Row = vec![
            row.account_key.into(),
            number.into(),
            row.kind.code().into(),
            (&row.on_day).into(),
            row.until_day.as_ref().into(),
            row.reason_code.as_ref().into(),
            row.note.as_ref().into(),
            row.by_rep.as_ref().into(),
            row.at_us.into(),
        ];
        let done = sql::insert(&mut tx, &STOPS, Clash::Keep, &[values]).await;
        done.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))
    }

    /// What was done to an account, in order.
    pub async fn stops_of(&self, account_key: i64) -> Result<Vec<StopRow>, StoreError> {
        self.stops("WHERE account_key = $1", &[account_key.into()]).await
    }

    /// What was done to all accounts, by account and in order.
    pub async fn all_stops(&self) -> Result<Vec<StopRow>, StoreError> {
        self.stops("", &[]).await
    }

    async fn stops(
        &self,
        condition: &str,
        values: &[crate::value::Value],
    ) -> Result<Vec<StopRow>, StoreError> {
        let what = "reading stops";
        let columns = STOPS.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let sql =
            format!("SELECT {columns} FROM sales_stops {condition} ORDER BY account_key, number");
        let sorts: Vec<Sort> = STOPS.columns.iter().map(|(_, sort)| *sort).collect();
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, values, &sorts).await;
        Ok(rows.map_err(self.failed(what))?.into_iter().map(read).collect())
    }
}

fn read(row: Row) -> StopRow {
    let mut fields = Fields::of(row);
    StopRow {
        account_key: fields.int(),
        number: fields.int(),
        kind: if fields.text() == StopKind::Lift.code() { StopKind::Lift } else { StopKind::Stop },
        on_day: fields.text(),
        until_day: fields.optional_text(),
        reason_code: fields.optional_text(),
        note: fields.optional_text(),
        by_rep: fields.optional_text(),
        at_us: fields.int(),
    }
}
