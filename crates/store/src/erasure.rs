//! Erasing a person: the rows that are theirs, the links to them, and every text that names them.
//!
//! This reaches into every table of the schema, whichever module writes it, and goes by what the columns
//! are called: a table that comes later with an `account_key` or a `contact_id` is covered on the day it is
//! made. All of it is one transaction.
// writes: erasures, erasure_salt

mod person;
mod trace;

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use domain::canonical::{self, Home};
use sha2::{Digest as _, Sha256};
use sqlx::AnyConnection;

use crate::StoreError;
use crate::open::{Backend, Store};
use crate::sql::{self, Clash, Sort, Table};
use crate::tables::{self, AnyTable};
use crate::value::{Fields, Row, Value};

pub use person::{Found, Person, PersonKind};
use trace::{Fate, Trace};

/// What is refused when it comes again.
#[derive(Debug, Clone)]
pub struct Erased {
    salt: String,
    hashes: HashSet<String>,
}

/// What an erasure does to one table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// Rows that go.
    pub removed: u64,
    /// Rows that stay and lose what names the person.
    pub blanked: u64,
}

/// Whether it is done or only counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erase {
    /// Counted, and nothing is changed.
    Try,
    /// Done.
    Do,
}

const ERASURES: Table<'static> = Table {
    name: "erasures",
    columns: &[("hash", Sort::Text), ("kind", Sort::Text)],
    key: &["hash"],
};

const WHAT: &str = "erasing a person";

impl Erased {
    /// Whether this id, mail address or key of a row was erased.
    pub fn has(&self, kind: &str, text: &str) -> bool {
        self.hashes.contains(&hash(&self.salt, kind, text))
    }
}

/// The key of a row of a canonical table as it is hashed.
pub fn row_text(entity: &str, key: &[&str]) -> String {
    let mut text = entity.to_owned();
    for part in key {
        text.push('\u{1f}');
        text.push_str(part);
    }
    text
}

pub(crate) fn hash(salt: &str, kind: &str, text: &str) -> String {
    let mut sha = Sha256::new();
    for part in [salt, kind, text] {
        sha.update(part.as_bytes());
        sha.update([0]);
    }
    sha.finalize().iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a string cannot fail");
        hex
    })
}

impl Store {
    /// What was erased here and must not come back; `None` when nobody was.
    pub async fn erased(&self) -> Result<Option<Erased>, StoreError> {
        let what = "reading who was erased";
        let mut conn = self.reader(what).await?;
        let Some(salt) = stored_salt(&mut conn).await.map_err(self.failed(what))? else {
            return Ok(None);
        };
        let rows = sql::rows(&mut conn, "SELECT hash FROM erasures", &[], &[Sort::Text]).await;
        let rows = rows.map_err(self.failed(what))?.into_iter();
        let hashes = rows.map(|row| Fields::of(row).text()).collect();
        Ok(Some(Erased { salt, hashes }))
    }

    /// Removes the person's rows, cuts the links to them and blanks what names them in all other rows. Says
    /// of each table that is touched what becomes of it.
    pub async fn erase(
        &self,
        person: &Person,
        erase: Erase,
    ) -> Result<BTreeMap<String, Touched>, StoreError> {
        let mut tx = self.begin(WHAT).await?;
        let touched = self.erase_all(&mut tx, person).await.map_err(self.failed(WHAT))?;
        match erase {
            Erase::Try => tx.rollback().await.map_err(self.failed(WHAT))?,
            Erase::Do => tx.commit().await.map_err(self.failed(WHAT))?,
        }
        Ok(touched)
    }

    async fn erase_all(
        &self,
        conn: &mut AnyConnection,
        person: &Person,
    ) -> Result<BTreeMap<String, Touched>, sqlx::Error> {
        let mut touched = BTreeMap::new();
        let mut hashes: Vec<Row> = Vec::new();
        let mut note = |kind: &str, text: &str| {
            hashes.push(vec![hash(&person.salt, kind, text).into(), kind.into()]);
        };
        person.ids().for_each(|(kind, id)| note(kind, id));
        for table in tables::all(conn, self.backend()).await? {
            if trace::LEFT_ALONE.contains(&table.name.as_str()) {
                continue;
            }
            let found = find(conn, self.backend(), &Trace { table: &table, person }).await?;
            let mut count = Touched::default();
            for (row, fate) in found {
                match fate {
                    Fate::Goes => {
                        remove(conn, &table, &row).await?;
                        count.removed += 1;
                    }
                    Fate::Becomes(new) => {
                        // A row that only pointed at the person names the id in its file, too: it is refused
                        // by that, and taken once the file points there no more.
                        let said = trace::loses_text(&table, &row, &new);
                        if let Some(text) = canonical_key(&table, &row).filter(|_| said) {
                            note("row", &text);
                        }
                        if let Some(Value::Text(text)) = refused_value(&table, &row) {
                            note("value", text);
                        }
                        replace(conn, &table, &row, &new).await?;
                        count.blanked += 1;
                    }
                }
            }
            if count != Touched::default() {
                touched.insert(table.name, count);
            }
        }
        sql::insert(conn, &ERASURES, Clash::Keep, &hashes).await?;
        let sql =
            "INSERT INTO erasure_salt (slot, salt) VALUES (1, $1) ON CONFLICT (slot) DO NOTHING";
        sql::execute(conn, sql, &[(&person.salt).into()]).await?;
        Ok(touched)
    }

    /// Every row that is the person's, is linked to them or names them, by table: columns and values.
    pub async fn rows_about(
        &self,
        person: &Person,
    ) -> Result<BTreeMap<String, Vec<Vec<(String, Value)>>>, StoreError> {
        let what = "reading what is held about a person";
        let mut conn = self.reader(what).await?;
        let tables = tables::all(&mut conn, self.backend()).await.map_err(self.failed(what))?;
        let mut about = BTreeMap::new();
        for table in tables.iter().filter(|t| !trace::LEFT_ALONE.contains(&t.name.as_str())) {
            let trace = Trace { table, person };
            let found = find(&mut conn, self.backend(), &trace).await.map_err(self.failed(what))?;
            let named = |row: Row| -> Vec<(String, Value)> {
                table.columns.iter().map(|column| column.name.clone()).zip(row).collect()
            };
            if !found.is_empty() {
                about.insert(
                    table.name.clone(),
                    found.into_iter().map(|(row, _)| named(row)).collect(),
                );
            }
        }
        Ok(about)
    }

    /// Rewrites the database's files, so that what was deleted is no more in their free space.
    pub async fn purge(&self) -> Result<(), StoreError> {
        const TRIES: u32 = 50;
        let what = "clearing what was deleted from the disk";
        let Some(write) = self.write_pool() else { return Ok(()) };
        let mut conn = write.acquire().await.map_err(self.failed(what))?;
        if self.backend() == Backend::Postgres {
            for table in
                tables::all(&mut conn, Backend::Postgres).await.map_err(self.failed(what))?
            {
                let sql = format!("VACUUM FULL \"{}\"", table.name);
                let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut *conn).await;
                done.map_err(self.failed(what))?;
            }
            return Ok(());
        }
        sqlx::raw_sql("VACUUM").execute(&mut *conn).await.map_err(self.failed(what))?;
        for _ in 0..TRIES {
            let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
            let busy = sql::rows(&mut conn, sql, &[], &[Sort::Int]).await;
            if busy.map_err(self.failed(what))? == [vec![Value::Int(0)]] {
                return Ok(());
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        Err(StoreError::Locked {
            what: what.to_owned(),
            place: self.place().to_owned(),
            source: "a reader keeps the write-ahead log; it is cleared when the reader is done"
                .into(),
        })
    }
}

pub(crate) async fn stored_salt(conn: &mut AnyConnection) -> Result<Option<String>, sqlx::Error> {
    let rows = sql::rows(conn, "SELECT salt FROM erasure_salt", &[], &[Sort::Text]).await?;
    Ok(rows.into_iter().next().map(|row| Fields::of(row).text()))
}

/// The rows of a table that the person has to do with, and what becomes of each.
async fn find(
    conn: &mut AnyConnection,
    backend: Backend,
    trace: &Trace<'_>,
) -> Result<Vec<(Row, Fate)>, sqlx::Error> {
    let Some((condition, values)) = trace.condition(backend) else { return Ok(Vec::new()) };
    let table = trace.table;
    let sql = format!(
        "SELECT {} FROM \"{}\" WHERE {condition}",
        tables::quoted(table.columns.iter()),
        table.name
    );
    let sorts: Vec<Sort> = table.columns.iter().map(|column| column.sort).collect();
    let mut rows = sql::rows(conn, sql, &values, &sorts).await?;
    let key = trace.key_places();
    rows.sort_by_cached_key(|row| sql::key_text(row, &key));
    Ok(rows.into_iter().filter_map(|row| trace.fate(&row).map(|fate| (row, fate))).collect())
}

/// `"a" = $1 AND "b" = $2` for the key, the values numbered from `first`.
fn by_key(table: &AnyTable, row: &Row, first: usize) -> (String, Vec<Value>) {
    let key = table.columns.iter().zip(row).filter(|(column, _)| column.key);
    let (mut parts, mut values) = (Vec::new(), Vec::new());
    for (column, value) in key {
        parts.push(format!("\"{}\" = ${}", column.name, first + values.len()));
        values.push(value.clone());
    }
    (parts.join(" AND "), values)
}

async fn remove(conn: &mut AnyConnection, table: &AnyTable, row: &Row) -> Result<(), sqlx::Error> {
    let (condition, values) = by_key(table, row, 1);
    let sql = format!("DELETE FROM \"{}\" WHERE {condition}", table.name);
    sql::execute(conn, sql, &values).await.map(|_| ())
}

/// Writes the values that differ.
async fn replace(
    conn: &mut AnyConnection,
    table: &AnyTable,
    old: &Row,
    new: &Row,
) -> Result<(), sqlx::Error> {
    let mut set = Vec::new();
    let mut values = Vec::new();
    for ((column, old), new) in table.columns.iter().zip(old).zip(new) {
        if old == new {
            continue;
        }
        if *new == Value::Null {
            set.push(format!("\"{}\" = NULL", column.name));
        } else {
            values.push(new.clone());
            set.push(format!("\"{}\" = ${}", column.name, values.len()));
        }
    }
    let (condition, key) = by_key(table, old, values.len() + 1);
    values.extend(key);
    let sql = format!("UPDATE \"{}\" SET {} WHERE {condition}", table.name, set.join(", "));
    sql::execute(conn, sql, &values).await.map(|_| ())
}

/// What stood in a cell that was refused or doubtful: the same file would put it on record again.
fn refused_value<'r>(table: &AnyTable, row: &'r Row) -> Option<&'r Value> {
    let at = table.columns.iter().position(|column| column.name == "value")?;
    (table.name == "row_issues").then(|| &row[at])
}

/// The key of a row of a canonical table, as ingest will see it again.
fn canonical_key(table: &AnyTable, row: &Row) -> Option<String> {
    let entity = canonical::entity(&table.name).filter(|entity| entity.home == Home::Store)?;
    let part = |key: &&str| {
        let place = table.columns.iter().position(|column| column.name == **key)?;
        Some(match &row[place] {
            Value::Text(text) => text.clone(),
            Value::Int(number) => number.to_string(),
            Value::Real(number) => number.to_string(),
            Value::Null => String::new(),
        })
    };
    let parts: Option<Vec<String>> = entity.key.iter().map(part).collect();
    let parts = parts?;
    Some(row_text(entity.name, &parts.iter().map(String::as_str).collect::<Vec<_>>()))
}
