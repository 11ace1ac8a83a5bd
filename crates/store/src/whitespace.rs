//! The map of a run: which account of which group has what, and what it could have (N11).
// writes: whitespace_columns, whitespace_members

use std::collections::HashMap;

use crate::StoreError;
use crate::open::Store;
use crate::runs::SEEN;
use crate::sql::{self, Clash, ROWS_A_TRANSACTION, Sort, Table};
use crate::value::{Fields, Row, Value};

/// One column of the map.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MapColumn {
    /// The product's line.
    pub line: Option<String>,
    /// The product.
    pub product_id: String,
    /// How many products found no room on the map, the same in every column.
    pub left_out: i64,
}

/// One row of the map: an account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MapMember {
    /// The account.
    pub account_key: i64,
    /// Its group's root.
    pub root_key: i64,
    /// Its place in the group, from the root down.
    pub place: i64,
    /// How many accounts stand above it.
    pub depth: i64,
    /// Whether it is a customer itself.
    pub customer: bool,
    /// Who looks after it.
    pub owner: Option<String>,
    /// One letter a column.
    pub states: String,
    /// What the best offers in its gaps are expected to earn, one a line, minor units.
    pub gap_minor: i64,
    /// What stands behind some of the columns, as JSON; empty where it was not asked for.
    pub cells: String,
}

const COLUMNS: Table<'static> = Table {
    name: "whitespace_columns",
    columns: &[
        ("attempt", Sort::Int),
        ("place", Sort::Int),
        ("line", Sort::Text),
        ("product_id", Sort::Text),
        ("left_out", Sort::Int),
    ],
    key: &["attempt", "place"],
};

const MEMBERS: Table<'static> = Table {
    name: "whitespace_members",
    columns: &[
        ("attempt", Sort::Int),
        ("account_key", Sort::Int),
        ("root_key", Sort::Int),
        ("place", Sort::Int),
        ("depth", Sort::Int),
        ("customer", Sort::Int),
        ("owner", Sort::Text),
        ("states", Sort::Text),
        ("gap_minor", Sort::Int),
        ("cells", Sort::Text),
    ],
    key: &["attempt", "account_key"],
};

const READING: &str = "reading the map of who has what";
const WRITING: &str = "writing the map of who has what";

impl Store {
    /// Writes the columns of a run's map, in their order.
    pub async fn write_map_columns(
        &self,
        run_id: &str,
        columns: &[MapColumn],
    ) -> Result<(), StoreError> {
        let rows = (0..).zip(columns).map(|(place, column): (i64, _)| {
            let MapColumn { line, product_id, left_out } = column;
            vec![
                Value::Null,
                place.into(),
                line.as_ref().into(),
                product_id.into(),
                (*left_out).into(),
            ]
        });
        self.write_map(run_id, &COLUMNS, rows.collect()).await
    }

    /// Writes rows of a run's map. At most 1,000 rows a transaction; the same key is replaced.
    pub async fn write_map_members(
        &self,
        run_id: &str,
        members: &[MapMember],
    ) -> Result<(), StoreError> {
        self.write_map(run_id, &MEMBERS, members.iter().map(values).collect()).await
    }

    /// Writes rows whose first column is left free for the attempt.
    async fn write_map(
        &self,
        run_id: &str,
        table: &Table<'_>,
        mut rows: Vec<Row>,
    ) -> Result<(), StoreError> {
        for chunk in rows.chunks_mut(ROWS_A_TRANSACTION) {
            let mut tx = self.begin(WRITING).await?;
            let attempt = self.attempt_to_write(&mut tx, run_id).await?;
            for row in chunk.iter_mut() {
                row[0] = attempt.into();
            }
            let done = sql::insert(&mut tx, table, Clash::Replace, chunk).await;
            done.map_err(self.failed(WRITING))?;
            tx.commit().await.map_err(self.failed(WRITING))?;
        }
        Ok(())
    }

    /// The columns of a run's map, in their order.
    pub async fn map_columns(&self, run_id: &str) -> Result<Vec<MapColumn>, StoreError> {
        let sql = format!(
            "SELECT line, product_id, left_out FROM whitespace_columns WHERE attempt = {SEEN} \
             ORDER BY place"
        );
        let mut conn = self.reader(READING).await?;
        let sorts = [Sort::Text, Sort::Text, Sort::Int];
        let rows = sql::rows(&mut conn, sql, &[run_id.into()], &sorts).await;
        let read = |row| {
            let mut fields = Fields::of(row);
            MapColumn {
                line: fields.optional_text(),
                product_id: fields.text(),
                left_out: fields.int(),
            }
        };
        Ok(rows.map_err(self.failed(READING))?.into_iter().map(read).collect())
    }

    /// Every row of a run's map without what stands behind its columns, by account.
    pub async fn map_members(&self, run_id: &str) -> Result<Vec<MapMember>, StoreError> {
        let names: Vec<&str> = MEMBERS.columns[1..9].iter().map(|column| column.0).collect();
        let sorts: Vec<Sort> = MEMBERS.columns[1..].iter().map(|column| column.1).collect();
        let sql = format!(
            "SELECT {}, '' FROM whitespace_members WHERE attempt = {SEEN} ORDER BY account_key",
            names.join(", ")
        );
        let mut conn = self.reader(READING).await?;
        let rows = sql::rows(&mut conn, sql, &[run_id.into()], &sorts).await;
        Ok(rows.map_err(self.failed(READING))?.into_iter().map(member).collect())
    }

    /// Whole rows of a run's map, by account; accounts that are not on it are left out.
    pub async fn map_members_of(
        &self,
        run_id: &str,
        accounts: &[i64],
    ) -> Result<HashMap<i64, MapMember>, StoreError> {
        let mut conn = self.reader(READING).await?;
        let sql = format!("SELECT {SEEN}");
        let seen = sql::rows(&mut conn, sql, &[run_id.into()], &[Sort::Int]).await;
        let seen = seen.map_err(self.failed(READING))?.pop();
        let Some(attempt) = seen.and_then(|row| Fields::of(row).optional_int()) else {
            return Ok(HashMap::new());
        };
        let keys: Vec<Row> =
            accounts.iter().map(|key| vec![attempt.into(), (*key).into()]).collect();
        let rows = sql::lookup(&mut conn, &MEMBERS, MEMBERS.key, &keys).await;
        let rows = rows.map_err(self.failed(READING))?.into_iter();
        let read = rows.map(|mut row| member(row.split_off(1)));
        Ok(read.map(|member| (member.account_key, member)).collect())
    }

    /// Deletes what an attempt left here.
    pub(crate) async fn forget_map(&self, attempt: i64) -> Result<(), StoreError> {
        let sql = "DELETE FROM whitespace_members WHERE attempt = $1 AND account_key IN \
                   (SELECT account_key FROM whitespace_members WHERE attempt = $1 LIMIT 1000)";
        self.forget_rows(sql, attempt).await?;
        self.forget_rows("DELETE FROM whitespace_columns WHERE attempt = $1", attempt).await
    }
}

fn values(member: &MapMember) -> Row {
    vec![
        Value::Null,
        member.account_key.into(),
        member.root_key.into(),
        member.place.into(),
        member.depth.into(),
        i64::from(member.customer).into(),
        member.owner.as_ref().into(),
        (&member.states).into(),
        member.gap_minor.into(),
        (&member.cells).into(),
    ]
}

/// A row from the account on.
fn member(row: Row) -> MapMember {
    let mut fields = Fields::of(row);
    MapMember {
        account_key: fields.int(),
        root_key: fields.int(),
        place: fields.int(),
        depth: fields.int(),
        customer: fields.int() == 1,
        owner: fields.optional_text(),
        states: fields.text(),
        gap_minor: fields.int(),
        cells: fields.text(),
    }
}
