//! Statements that run on both databases: many rows in, rows by key out.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write as _;
use std::time::Instant;

use futures::TryStreamExt as _;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::{AnyConnection, Arguments as _, AssertSqlSafe, Error, Row as _};

use crate::value::{Row, Value};

/// Rows a statement: more are no faster.
const ROWS_A_STATEMENT: usize = 100;
/// Keys a lookup.
const KEYS_A_LOOKUP: usize = 500;
/// Values a statement: SQLite takes 32,766, PostgreSQL 65,535.
const VALUES_A_STATEMENT: usize = 32_000;
/// Rows a write transaction, so that nobody waits long for it.
pub(crate) const ROWS_A_TRANSACTION: usize = 1_000;

/// What a column holds in SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// TEXT.
    Text,
    /// BIGINT.
    Int,
    /// DOUBLE PRECISION.
    Real,
}

/// A column's name and sort.
pub(crate) type Column<'a> = (&'a str, Sort);

/// A table as bulk statements see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table<'a> {
    pub(crate) name: &'a str,
    pub(crate) columns: &'a [Column<'a>],
    /// The names of the key's columns.
    pub(crate) key: &'a [&'a str],
}

/// What becomes of a row whose key is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clash {
    /// The new row replaces it.
    Replace,
    /// It stays.
    Keep,
}

impl Table<'_> {
    fn places(&self, names: &[&str]) -> Vec<usize> {
        let place = |name: &&str| {
            let found = self.columns.iter().position(|column| column.0 == *name);
            found.expect("a key is made of columns of its table")
        };
        names.iter().map(place).collect()
    }

    /// The names of the columns, for a SELECT.
    pub(crate) fn names(&self) -> String {
        self.columns.iter().map(|column| column.0).collect::<Vec<_>>().join(", ")
    }

    /// The sorts of the columns.
    pub(crate) fn sorts(&self) -> Vec<Sort> {
        self.columns.iter().map(|column| column.1).collect()
    }

    /// `"a", "b"`, each after `prefix`.
    fn list(&self, prefix: &str) -> String {
        let names: Vec<_> =
            self.columns.iter().map(|column| format!("{prefix}\"{}\"", column.0)).collect();
        names.join(", ")
    }

    fn insert_sql(&self, rows: usize, clash: Clash, marks: Marks) -> String {
        let mut sql = format!("INSERT INTO \"{}\" ({}) VALUES ", self.name, self.list(""));
        marks.values(&mut sql, rows, self.columns.len());
        let key: Vec<_> = self.key.iter().map(|name| format!("\"{name}\"")).collect();
        write!(sql, " ON CONFLICT ({}) DO ", key.join(", ")).expect(TO_STRING);
        let rest = self.columns.iter().map(|column| column.0);
        let set: Vec<_> = rest
            .filter(|name| !self.key.contains(name))
            .map(|name| format!("\"{name}\" = excluded.\"{name}\""))
            .collect();
        if clash == Clash::Keep || set.is_empty() {
            sql.push_str("NOTHING");
        } else {
            write!(sql, "UPDATE SET {}", set.join(", ")).expect(TO_STRING);
        }
        sql
    }

    fn lookup_sql(&self, by: &[&str], keys: usize, marks: Marks) -> String {
        let names: Vec<_> = by.iter().map(|name| format!("\"{name}\"")).collect();
        let mut sql = format!("WITH wanted ({}) AS (VALUES ", names.join(", "));
        marks.values(&mut sql, keys, by.len());
        let on: Vec<_> = names.iter().map(|name| format!("it.{name} = wanted.{name}")).collect();
        // SQLite keeps the order of a CROSS JOIN: it looks every wanted key up in the index.
        let (columns, on) = (self.list("it."), on.join(" AND "));
        write!(sql, ") SELECT {columns} FROM wanted CROSS JOIN \"{}\" AS it WHERE {on}", self.name)
            .expect(TO_STRING);
        sql
    }
}

const TO_STRING: &str = "writing to a string cannot fail";

/// How a statement marks the places of its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marks {
    /// `?`, in order. SQLite takes `$1` too, but searches all of them for each: with thousands of values
    /// that is what takes the time.
    Plain,
    /// `$1`: the only ones that PostgreSQL takes.
    Numbered,
}

impl Marks {
    fn of(conn: &AnyConnection) -> Self {
        if conn.backend_name() == "PostgreSQL" { Self::Numbered } else { Self::Plain }
    }

    /// `($1, $2), ($3, $4)`.
    fn values(self, sql: &mut String, rows: usize, width: usize) {
        for row in 0..rows {
            sql.push_str(if row == 0 { "(" } else { ", (" });
            for column in 0..width {
                sql.push_str(if column == 0 { "" } else { ", " });
                match self {
                    Self::Plain => sql.push('?'),
                    Self::Numbered => {
                        write!(sql, "${}", row * width + column + 1).expect(TO_STRING);
                    }
                }
            }
            sql.push(')');
        }
    }
}

/// Writes rows, many a statement; of rows with the same key the last counts. Returns how many were
/// inserted or replaced.
pub(crate) async fn insert<R: AsRef<[Value]> + Sync>(
    conn: &mut AnyConnection,
    table: &Table<'_>,
    clash: Clash,
    rows: &[R],
) -> Result<u64, Error> {
    let rows = last_of_each(rows, &table.places(table.key));
    let width = table.columns.len();
    let at_once = (VALUES_A_STATEMENT / width).clamp(1, ROWS_A_STATEMENT);
    let mut written = 0;
    let marks = Marks::of(conn);
    let statement = |rows| table.insert_sql(rows, clash, marks);
    let whole = if rows.len() >= at_once { statement(at_once) } else { String::new() };
    for chunk in rows.chunks(at_once) {
        let mut arguments = AnyArguments::default();
        arguments.reserve(chunk.len() * width, 0);
        for row in chunk {
            for (value, column) in row.iter().zip(table.columns) {
                bind(&mut arguments, value, column.1)?;
            }
        }
        let is_whole = chunk.len() == at_once;
        let sql = if is_whole { whole.clone() } else { statement(chunk.len()) };
        let query = sqlx::query_with(AssertSqlSafe(sql), arguments).persistent(is_whole);
        written += query.execute(&mut *conn).await?.rows_affected();
    }
    Ok(written)
}

/// The rows in their order without those that a later row with the same key replaces: PostgreSQL
/// refuses to touch a row twice in one statement.
fn last_of_each<'r, R: AsRef<[Value]>>(rows: &'r [R], key: &[usize]) -> Vec<&'r [Value]> {
    let mut place: HashMap<String, usize> = HashMap::with_capacity(rows.len());
    let mut kept: Vec<&[Value]> = Vec::with_capacity(rows.len());
    for row in rows.iter().map(AsRef::as_ref) {
        match place.entry(key_text(row, key)) {
            Entry::Occupied(at) => kept[*at.get()] = row,
            Entry::Vacant(free) => {
                free.insert(kept.len());
                kept.push(row);
            }
        }
    }
    kept
}

/// The values at `key` as one text that no other key has: texts hold no NUL.
pub(crate) fn key_text(row: &[Value], key: &[usize]) -> String {
    let mut text = String::new();
    for place in key {
        match &row[*place] {
            Value::Null => {}
            Value::Text(part) => text.push_str(part),
            Value::Int(number) => write!(text, "{number}").expect(TO_STRING),
            Value::Real(number) => write!(text, "{number}").expect(TO_STRING),
        }
        text.push('\0');
    }
    text
}

/// The rows of a table whose columns `by` have one of the values in `keys`, in no order.
pub(crate) async fn lookup(
    conn: &mut AnyConnection,
    table: &Table<'_>,
    by: &[&str],
    keys: &[Row],
) -> Result<Vec<Row>, Error> {
    let sorts: Vec<Sort> =
        table.places(by).into_iter().map(|place| table.columns[place].1).collect();
    let at_once = (VALUES_A_STATEMENT / by.len()).clamp(1, KEYS_A_LOOKUP);
    let mut found = Vec::new();
    for chunk in keys.chunks(at_once) {
        let mut arguments = AnyArguments::default();
        for key in chunk {
            for (value, sort) in key.iter().zip(&sorts) {
                bind(&mut arguments, value, *sort)?;
            }
        }
        let sql = table.lookup_sql(by, chunk.len(), Marks::of(conn));
        let query =
            sqlx::query_with(AssertSqlSafe(sql), arguments).persistent(chunk.len() == at_once);
        let mut stream = query.fetch(&mut *conn);
        while let Some(row) = stream.try_next().await? {
            found.push(decode(&row, table.columns.iter().map(|column| column.1))?);
        }
    }
    Ok(found)
}

/// The rows of a query whose result columns are of these sorts.
pub(crate) async fn rows(
    conn: &mut AnyConnection,
    sql: impl Into<String>,
    values: &[Value],
    sorts: &[Sort],
) -> Result<Vec<Row>, Error> {
    let (arguments, sql) = (arguments(values)?, sql.into());
    // `NOBISHIRO_LOG=store=debug` says which statement takes how long.
    let timed = tracing::enabled!(tracing::Level::DEBUG).then(|| (Instant::now(), sql.clone()));
    let mut stream = sqlx::query_with(AssertSqlSafe(sql), arguments).fetch(conn);
    let mut found = Vec::new();
    while let Some(row) = stream.try_next().await? {
        found.push(decode(&row, sorts.iter().copied())?);
    }
    if let Some((began, sql)) = timed {
        let ms = began.elapsed().as_secs_f64() * 1e3;
        tracing::debug!(ms, rows = found.len(), sql, "read");
    }
    Ok(found)
}

/// Runs a statement; returns how many rows it touched.
pub(crate) async fn execute(
    conn: &mut AnyConnection,
    sql: impl Into<String>,
    values: &[Value],
) -> Result<u64, Error> {
    let arguments = arguments(values)?;
    let done = sqlx::query_with(AssertSqlSafe(sql.into()), arguments).execute(conn).await?;
    Ok(done.rows_affected())
}

/// Arguments by their own sort; a null counts as text.
fn arguments(values: &[Value]) -> Result<AnyArguments, Error> {
    let mut arguments = AnyArguments::default();
    for value in values {
        let sort = match value {
            Value::Null | Value::Text(_) => Sort::Text,
            Value::Int(_) => Sort::Int,
            Value::Real(_) => Sort::Real,
        };
        bind(&mut arguments, value, sort)?;
    }
    Ok(arguments)
}

fn bind(arguments: &mut AnyArguments, value: &Value, sort: Sort) -> Result<(), Error> {
    let bound = match (value, sort) {
        (Value::Text(text), _) => arguments.add(text.as_str()),
        (Value::Int(number), _) => arguments.add(*number),
        (Value::Real(number), _) => arguments.add(*number),
        (Value::Null, Sort::Text) => arguments.add(None::<String>),
        (Value::Null, Sort::Int) => arguments.add(None::<i64>),
        // The library sends a null f64 as a 4-byte float and a null f32 as an 8-byte one. The sort must
        // be the same in every execution of a prepared statement, so we ask for the one that is sent.
        (Value::Null, Sort::Real) => arguments.add(None::<f32>),
    };
    bound.map_err(Error::Encode)
}

pub(crate) fn decode(row: &AnyRow, sorts: impl Iterator<Item = Sort>) -> Result<Row, Error> {
    let mut values = Vec::with_capacity(row.len());
    for (place, sort) in sorts.enumerate() {
        values.push(match sort {
            Sort::Text => row.try_get::<Option<String>, _>(place)?.into(),
            Sort::Int => row.try_get::<Option<i64>, _>(place)?.into(),
            Sort::Real => row.try_get::<Option<f64>, _>(place)?.into(),
        });
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: Table<'static> = Table {
        name: "t",
        columns: &[("a", Sort::Text), ("b", Sort::Int), ("c", Sort::Real)],
        key: &["a", "b"],
    };

    #[test]
    fn statements_read_as_written() {
        assert_eq!(
            TABLE.insert_sql(2, Clash::Replace, Marks::Numbered),
            "INSERT INTO \"t\" (\"a\", \"b\", \"c\") VALUES ($1, $2, $3), ($4, $5, $6) \
             ON CONFLICT (\"a\", \"b\") DO UPDATE SET \"c\" = excluded.\"c\""
        );
        assert!(
            TABLE.insert_sql(1, Clash::Keep, Marks::Plain).contains("VALUES (?, ?, ?) ON CONFLICT")
        );
        assert_eq!(
            TABLE.lookup_sql(&["a", "b"], 1, Marks::Numbered),
            "WITH wanted (\"a\", \"b\") AS (VALUES ($1, $2)) \
             SELECT it.\"a\", it.\"b\", it.\"c\" FROM wanted CROSS JOIN \"t\" AS it \
             WHERE it.\"a\" = wanted.\"a\" AND it.\"b\" = wanted.\"b\""
        );
    }

    #[test]
    fn the_last_row_of_a_key_counts() {
        let row = |a: &str, b: i64, c: f64| vec![Value::from(a), b.into(), c.into()];
        let rows = [row("x", 1, 1.0), row("x", 2, 2.0), row("x", 1, 3.0), row("x1", 2, 4.0)];
        let kept = last_of_each(&rows, &[0, 1]);
        assert_eq!(kept, [&*rows[2], &*rows[1], &*rows[3]]);
    }
}
