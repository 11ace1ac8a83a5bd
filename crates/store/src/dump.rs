//! All tables as plain rows, from one moment, and back: the same for both databases.
//!
//! Leases and pins stay out: they belong to processes, not to the workspace. So do sessions and failed sign-ins: who
//! restores a backup signs in anew.

use std::io;

use futures::TryStreamExt as _;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};

use crate::StoreError;
use crate::open::Store;
use crate::sql::{self, Sort};
use crate::tables::{self, AnyTable, quoted};
use crate::value::{Row, Value};

/// A part of a dump: a table's head, or one of its rows.
#[derive(Debug, Clone, PartialEq)]
pub enum DumpPart {
    /// The rows that follow are of this table.
    Table {
        /// Its name.
        name: String,
        /// Its columns and what they hold: `text`, `int` or `real`.
        columns: Vec<(String, &'static str)>,
    },
    /// The values of a row, in the order of the columns.
    Row(Row),
}

/// Tables of the moment.
const LEFT_OUT: [&str; 4] = ["lake_pins", "leases", "login_failures", "sessions"];
/// Rows of a statement when a dump is read back.
const ROWS_AT_ONCE: usize = 200;

const WRITE: &str = "writing the backup";
const READ: &str = "restoring the backup";

impl Store {
    /// Gives every table with its rows in the order of the key, as they are at one moment; others may write
    /// meanwhile. Returns the version of the schema.
    pub async fn dump(
        &self,
        mut give: impl FnMut(DumpPart) -> io::Result<()> + Send,
    ) -> Result<i64, StoreError> {
        let failed = self.failed(WRITE);
        let io = |error| StoreError::of_io(WRITE, self.place(), error);
        let mut conn = self.reader(WRITE).await?;
        let mut tx = self.one_moment(&mut conn, WRITE).await?;
        let version = "SELECT MAX(version) FROM _sqlx_migrations";
        let version: i64 =
            sqlx::query_scalar(version).fetch_one(&mut *tx).await.map_err(&failed)?;
        let tables = tables::all(&mut tx, self.backend()).await.map_err(&failed)?;
        for table in tables.iter().filter(|table| !LEFT_OUT.contains(&table.name.as_str())) {
            give(DumpPart::Table { name: table.name.clone(), columns: head(table) }).map_err(io)?;
            let order: Vec<String> = table
                .key()
                .map(|column| match column.sort {
                    Sort::Text => format!("\"{}\"{}", column.name, self.bytewise()),
                    _ => format!("\"{}\"", column.name),
                })
                .collect();
            let sql = format!(
                "SELECT {} FROM \"{}\" ORDER BY {}",
                quoted(table.columns.iter()),
                table.name,
                order.join(", ")
            );
            let sorts: Vec<Sort> = table.columns.iter().map(|column| column.sort).collect();
            let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(&mut *tx);
            while let Some(row) = rows.try_next().await.map_err(&failed)? {
                let row = sql::decode(&row, sorts.iter().copied()).map_err(&failed)?;
                give(DumpPart::Row(row)).map_err(io)?;
            }
        }
        tx.rollback().await.map_err(&failed)?;
        Ok(version)
    }

    /// Makes a store of what [`Store::dump`] gave, in an empty place: the tables as they were in that
    /// version, the rows, then the migrations since. `next` gives the parts in order.
    pub async fn undump(
        url: &str,
        version: i64,
        mut next: impl FnMut() -> io::Result<Option<DumpPart>> + Send,
    ) -> Result<Self, StoreError> {
        let (mut conn, backend, place) = crate::open::connect_to_fill(url, version).await?;
        let failed = |error| StoreError::of(READ, &place, error);
        let io = |error| StoreError::of_io(READ, &place, error);
        let tables = tables::all(&mut conn, backend).await.map_err(failed)?;
        let mut tx = conn.begin().await.map_err(failed)?;
        for table in &tables {
            refuse_rows(&mut tx, table, &place).await?;
        }
        let mut at: Option<(&AnyTable, Vec<(String, Sort)>)> = None;
        let mut rows: Vec<Row> = Vec::new();
        while let Some(part) = next().map_err(io)? {
            match part {
                DumpPart::Row(row) => rows.push(row),
                DumpPart::Table { name, columns } => {
                    insert(&mut tx, at.as_ref(), &mut rows).await.map_err(failed)?;
                    at = Some(matching(&tables, &name, &columns)?);
                }
            }
            if rows.len() >= ROWS_AT_ONCE {
                insert(&mut tx, at.as_ref(), &mut rows).await.map_err(failed)?;
            }
        }
        insert(&mut tx, at.as_ref(), &mut rows).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        conn.close().await.map_err(failed)?;
        Self::open(url, crate::Open::ReadWrite).await
    }

    /// The version of the schema that this program makes.
    pub fn schema_version() -> i64 {
        crate::schema::Tables::Workspace.known()
    }
}

fn head(table: &AnyTable) -> Vec<(String, &'static str)> {
    let word = |sort| match sort {
        Sort::Text => "text",
        Sort::Int => "int",
        Sort::Real => "real",
    };
    table.columns.iter().map(|column| (column.name.clone(), word(column.sort))).collect()
}

/// A table with the columns of a backup that it has.
type Shape<'t> = (&'t AnyTable, Vec<(String, Sort)>);

/// The table of that name, and the columns that the dump has of it.
fn matching<'t>(
    tables: &'t [AnyTable],
    name: &str,
    columns: &[(String, &str)],
) -> Result<Shape<'t>, StoreError> {
    let misfit = |at: &str| StoreError::Misfit {
        at: at.to_owned(),
        why: "the backup has it and its schema has not; the backup was made by another build"
            .to_owned(),
    };
    let table = tables.iter().find(|table| table.name == name).ok_or_else(|| misfit(name))?;
    let found = columns.iter().map(|(column, _)| {
        let found = table.column(column).ok_or_else(|| misfit(&format!("{name}.{column}")))?;
        Ok((column.clone(), found.sort))
    });
    Ok((table, found.collect::<Result<_, StoreError>>()?))
}

async fn insert(
    conn: &mut AnyConnection,
    at: Option<&(&AnyTable, Vec<(String, Sort)>)>,
    rows: &mut Vec<Row>,
) -> Result<(), sqlx::Error> {
    let Some((table, columns)) = at.filter(|_| !rows.is_empty()) else { return Ok(()) };
    let columns: Vec<(&str, Sort)> =
        columns.iter().map(|(name, sort)| (name.as_str(), *sort)).collect();
    let key: Vec<&str> = table.key().map(|column| column.name.as_str()).collect();
    let whole = sql::Table { name: &table.name, columns: &columns, key: &key };
    sql::insert(conn, &whole, sql::Clash::Keep, rows).await?;
    rows.clear();
    Ok(())
}

async fn refuse_rows(
    conn: &mut AnyConnection,
    table: &AnyTable,
    place: &str,
) -> Result<(), StoreError> {
    let sql = format!("SELECT COUNT(*) FROM \"{}\"", table.name);
    let rows = sql::rows(conn, sql, &[], &[Sort::Int]).await;
    let rows = rows.map_err(|error| StoreError::of(READ, place, error))?;
    if rows == [vec![Value::Int(0)]] {
        return Ok(());
    }
    Err(StoreError::Misfit {
        at: format!("{place}, table {}", table.name),
        why: "there are rows already; restore into an empty place".to_owned(),
    })
}
