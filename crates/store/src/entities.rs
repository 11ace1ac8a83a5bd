//! The canonical entities that live in the store: one table each, rows by key.
//!
//! A key column is never null in SQL: an absent text counts as `''` and an absent number as 0. Read back,
//! an empty text in a key column that is optional is null again.
// writes: canonical entities

mod shape;
mod heard;

use std::collections::HashMap;

use domain::canonical::Entity;

use crate::open::Store;
use crate::sql::{self, Clash, ROWS_A_TRANSACTION};
use crate::value::{Fields, Row, Value};
use crate::{StoreError, contract_log};
use shape::Shape;

pub use heard::{Note, Noted};

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Upsert {
    /// Its key is new, or was a placeholder's.
    Taken,
    /// It replaced other values of the same key.
    Replaced,
    /// The same values were there already.
    Unchanged,
}

impl Store {
    /// The columns of an entity's rows: the entity's own, then `attributes` if it keeps them.
    pub fn columns(entity: &Entity) -> Vec<&'static str> {
        shape::columns(entity)
    }

    /// Writes rows and says of each, in order, what became of it. Of several rows with one key the last
    /// one wins, and the earlier ones count as given in order. At most 1,000 rows a transaction.
    pub async fn upsert(
        &self,
        entity: &'static Entity,
        rows: &[Row],
    ) -> Result<Vec<Upsert>, StoreError> {
        self.upsert_from(entity, rows, "").await
    }

    /// The same of rows that a file brought: contracts keep in their log which file said what.
    pub async fn upsert_from(
        &self,
        entity: &'static Entity,
        rows: &[Row],
        file: &str,
    ) -> Result<Vec<Upsert>, StoreError> {
        let shape = Shape::of(entity)?;
        let stored = rows.iter().map(|row| shape.to_stored(row));
        let stored = stored.collect::<Result<Vec<Row>, StoreError>>()?;
        let mut outcomes = Vec::with_capacity(rows.len());
        for chunk in stored.chunks(ROWS_A_TRANSACTION) {
            outcomes.extend(self.upsert_chunk(&shape, chunk, file).await?);
        }
        Ok(outcomes)
    }

    async fn upsert_chunk(
        &self,
        shape: &Shape,
        rows: &[Row],
        file: &str,
    ) -> Result<Vec<Upsert>, StoreError> {
        let what = &*format!("writing {}", shape.entity.name);
        let columns = shape.sql_columns();
        let (table, key) = (shape.table(&columns), shape.key());
        let wanted: Vec<Row> =
            rows.iter().map(|row| key.iter().map(|at| row[*at].clone()).collect()).collect();
        let mut tx = self.begin(what).await?;
        let before = sql::lookup(&mut tx, &table, shape.entity.key, &wanted).await;
        let before = before.map_err(self.failed(what))?;
        let kept = heard::keep_superseded(shape, &before, rows);
        let rows = kept.as_deref().unwrap_or(rows);
        let (outcomes, changed) = compare(key, &before, rows);
        if changed.is_empty() {
            tx.rollback().await.map_err(self.failed(what))?;
        } else {
            let written = sql::insert(&mut tx, &table, Clash::Replace, &changed).await;
            written.map_err(self.failed(what))?;
            if shape.entity.name == contract_log::LOGGED {
                let logged = contract_log::append(&mut tx, (shape.entity, file), &changed).await;
                logged.map_err(self.failed(what))?;
            }
            tx.commit().await.map_err(self.failed(what))?;
        }
        Ok(outcomes)
    }

    /// Makes a row with nothing but the key for every id that does not exist; returns how many.
    pub async fn placeholders(
        &self,
        entity: &'static Entity,
        ids: &[String],
    ) -> Result<u64, StoreError> {
        let what = &*format!("writing placeholders of {}", entity.name);
        let shape = Shape::of(entity)?;
        let id = shape.single_key()?;
        let columns = [shape.sql_column(id), shape::PLACEHOLDER];
        let table = sql::Table { name: entity.name, columns: &columns, key: entity.key };
        let mut made = 0;
        for chunk in ids.chunks(ROWS_A_TRANSACTION) {
            let rows = chunk.iter().map(|text| {
                let key = shape.to_stored_value(id, &Value::from(text))?;
                Ok(vec![key, shape::IS_PLACEHOLDER])
            });
            let rows = rows.collect::<Result<Vec<Row>, StoreError>>()?;
            let mut tx = self.begin(what).await?;
            let written = sql::insert(&mut tx, &table, Clash::Keep, &rows).await;
            made += written.map_err(self.failed(what))?;
            tx.commit().await.map_err(self.failed(what))?;
        }
        Ok(made)
    }

    /// All rows, placeholders too, by key.
    pub async fn read(&self, entity: &'static Entity) -> Result<Vec<Row>, StoreError> {
        self.read_rows(entity, "", &[]).await
    }

    /// The rows whose column has that value, by key.
    pub async fn read_where(
        &self,
        entity: &'static Entity,
        column: &'static str,
        is: &Value,
    ) -> Result<Vec<Row>, StoreError> {
        let shape = Shape::of(entity)?;
        let place = shape.place(column)?;
        match shape.to_stored_value(place, is)? {
            Value::Null => {
                self.read_rows(entity, &format!("WHERE \"{column}\" IS NULL"), &[]).await
            }
            is => self.read_rows(entity, &format!("WHERE \"{column}\" = $1"), &[is]).await,
        }
    }

    async fn read_rows(
        &self,
        entity: &'static Entity,
        condition: &str,
        values: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        let what = &*format!("reading {}", entity.name);
        let shape = Shape::of(entity)?;
        let sql = format!(
            "SELECT {} FROM \"{}\" {condition} ORDER BY {}",
            shape.select_list(),
            entity.name,
            self.key_order(&shape)
        );
        let sorts: Vec<sql::Sort> = shape.sorts().collect();
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, values, &sorts).await;
        let mut rows = rows.map_err(self.failed(what))?;
        for row in &mut rows {
            shape.read_back(row);
        }
        Ok(rows)
    }

    /// The greatest value of a column up to and including `until`, if there is any.
    pub async fn latest(
        &self,
        entity: &'static Entity,
        column: &'static str,
        until: &Value,
    ) -> Result<Option<Value>, StoreError> {
        let what = &*format!("reading the latest {column} of {}", entity.name);
        let shape = Shape::of(entity)?;
        let place = shape.place(column)?;
        let sort = shape.sql_column(place).1;
        let order = if sort == sql::Sort::Text { self.bytewise() } else { "" };
        let sql = format!(
            "SELECT MAX(\"{column}\"{order}) FROM \"{}\" WHERE \"{column}\"{order} <= $1",
            entity.name
        );
        let until = shape.to_stored_value(place, until)?;
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[until], &[sort]).await;
        let latest = rows.map_err(self.failed(what))?.pop().and_then(|mut row| row.pop());
        Ok(latest.filter(|value| *value != Value::Null))
    }

    /// The ids of placeholder rows, in order.
    pub async fn placeholder_ids(
        &self,
        entity: &'static Entity,
    ) -> Result<Vec<String>, StoreError> {
        self.read_ids(entity, "WHERE \"placeholder\" = 1").await
    }

    /// All ids of an entity with one key column, in order.
    pub async fn ids(&self, entity: &'static Entity) -> Result<Vec<String>, StoreError> {
        self.read_ids(entity, "").await
    }

    async fn read_ids(
        &self,
        entity: &'static Entity,
        condition: &str,
    ) -> Result<Vec<String>, StoreError> {
        let what = &*format!("reading the ids of {}", entity.name);
        let shape = Shape::of(entity)?;
        let id = shape.sql_column(shape.single_key()?).0;
        let order = self.key_order(&shape);
        let sql = format!("SELECT \"{id}\" FROM \"{}\" {condition} ORDER BY {order}", entity.name);
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[], &[sql::Sort::Text]).await;
        let rows = rows.map_err(self.failed(what))?;
        Ok(rows.into_iter().map(|row| Fields::of(row).text()).collect())
    }

    /// How many rows there are, placeholders too.
    pub async fn count(&self, entity: &'static Entity) -> Result<u64, StoreError> {
        let what = &*format!("counting {}", entity.name);
        let shape = Shape::of(entity)?;
        let sql = format!("SELECT COUNT(*) FROM \"{}\"", shape.entity.name);
        let mut conn = self.reader(what).await?;
        let rows = sql::rows(&mut conn, sql, &[], &[sql::Sort::Int]).await;
        let count = rows.map_err(self.failed(what))?.pop().map_or(0, |row| Fields::of(row).int());
        Ok(u64::try_from(count).expect("a count is not negative"))
    }

    /// `"a" COLLATE "C", "n"`: bytewise by key on both databases.
    fn key_order(&self, shape: &Shape) -> String {
        let column = |at: &usize| match shape.sql_column(*at) {
            (name, sql::Sort::Text) => format!("\"{name}\"{}", self.bytewise()),
            (name, _) => format!("\"{name}\""),
        };
        shape.key().iter().map(column).collect::<Vec<_>>().join(", ")
    }
}

/// What becomes of each row, given the rows that are there, and the rows to be written.
fn compare<'r>(key: &[usize], before: &'r [Row], rows: &'r [Row]) -> (Vec<Upsert>, Vec<&'r Row>) {
    let mut known: HashMap<String, &Row> =
        before.iter().map(|row| (sql::key_text(row, key), row)).collect();
    let (mut outcomes, mut changed) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        let outcome = match known.insert(sql::key_text(row, key), row) {
            Some(old) if old == row => Upsert::Unchanged,
            Some(old) if old.last() != Some(&shape::IS_PLACEHOLDER) => Upsert::Replaced,
            _ => Upsert::Taken,
        };
        outcomes.push(outcome);
        if outcome != Upsert::Unchanged {
            changed.push(row);
        }
    }
    (outcomes, changed)
}
