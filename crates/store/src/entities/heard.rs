//! Statements about a customer that people write down themselves: rows of `account_facts` beside those of files.

use std::fmt::Write as _;

use domain::canonical::{self, Entity};
use sha2::{Digest as _, Sha256};

use super::shape::Shape;
use crate::StoreError;
use crate::open::Store;
use crate::sql::{self, Clash, Sort};
use crate::value::{Fields, Row, Value};

/// The entity that statements are rows of.
pub(super) const ENTITY: &str = "account_facts";

/// What somebody writes down.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Note {
    /// The account.
    pub account_id: String,
    /// What it is about, as the canonical table says.
    pub kind: String,
    /// What was said.
    pub value: String,
    /// When, ISO.
    pub said_on: String,
    /// Who said it: a contact.
    pub said_by: Option<String>,
    /// The representative who writes it down.
    pub recorded_by: Option<String>,
    /// The statement in whose place it stands.
    pub replaces: Option<String>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Noted {
    /// It is written under this id.
    Taken(String),
    /// Something else took the place of the statement, or the statement is gone: nothing was written.
    Changed,
}

impl Note {
    /// Its id: the same note twice is one.
    pub fn id(&self) -> String {
        let mut sha = Sha256::new();
        let [by, replaces] = [&self.said_by, &self.replaces].map(|text| text.as_deref());
        let by = by.unwrap_or_default();
        let replaces = replaces.unwrap_or_default();
        for part in [&self.account_id, &self.kind, &self.value, &self.said_on, by, replaces] {
            sha.update((part.len() as u64).to_le_bytes());
            sha.update(part.as_bytes());
        }
        let mut id = "note-".to_owned();
        for byte in &sha.finalize()[..8] {
            write!(id, "{byte:02x}").expect("writing to a string cannot fail");
        }
        id
    }

    fn row(&self, entity: &Entity) -> Row {
        let some = |text: &Option<String>| text.as_ref().into();
        let value = |column: &&str| match *column {
            "fact_id" => self.id().into(),
            "account_id" => (&self.account_id).into(),
            "kind" => (&self.kind).into(),
            "value" => (&self.value).into(),
            "said_on" => (&self.said_on).into(),
            "said_by" => some(&self.said_by),
            "recorded_by" => some(&self.recorded_by),
            _ => Value::Null,
        };
        Store::columns(entity).iter().map(value).collect()
    }
}

impl Store {
    /// Writes a statement down, in the place of another where it says so; that one stays on record.
    ///
    /// It needs no lease: people do so while a night runs, and the night reads what was there when it began.
    pub async fn note(&self, note: &Note) -> Result<Noted, StoreError> {
        let what = "writing down what a customer said";
        let entity = canonical::entity(ENTITY).expect("account_facts are canonical");
        let shape = Shape::of(entity)?;
        let row = shape.to_stored(&note.row(entity))?;
        let id = note.id();
        let mut tx = self.begin_free(what).await?;
        if let Some(replaces) = &note.replaces {
            // Of this account, or of one that was merged into it: who may write here may write nowhere else.
            let sql = "SELECT superseded_by FROM account_facts WHERE fact_id = $1 AND (account_id = $2 \
                       OR account_id IN (SELECT account_id FROM accounts WHERE merged_into = $2))";
            let here = [replaces.into(), (&note.account_id).into()];
            let found = sql::rows(&mut tx, sql, &here, &[Sort::Text]).await;
            let found = found.map_err(self.failed(what))?.pop();
            let free = found.is_some_and(|row| {
                let by = Fields::of(row).optional_text().unwrap_or_default();
                by.is_empty() || by == id
            });
            if !free {
                return Ok(Noted::Changed);
            }
            let sql = "UPDATE account_facts SET superseded_by = $1 WHERE fact_id = $2";
            let done = sql::execute(&mut tx, sql, &[(&id).into(), replaces.into()]).await;
            done.map_err(self.failed(what))?;
        }
        let columns = shape.sql_columns();
        let done = sql::insert(&mut tx, &shape.table(&columns), Clash::Keep, &[row]).await;
        done.map_err(self.failed(what))?;
        tx.commit().await.map_err(self.failed(what))?;
        Ok(Noted::Taken(id))
    }
}

/// What a file says again stays superseded where somebody wrote something in its place; `before` are the rows there
/// are.
pub(super) fn keep_superseded(shape: &Shape, before: &[Row], rows: &[Row]) -> Option<Vec<Row>> {
    if shape.entity.name != ENTITY {
        return None;
    }
    let (id, by) = (shape.place("fact_id").ok()?, shape.place("superseded_by").ok()?);
    let is_empty = |value: &Value| match value {
        Value::Text(text) => text.is_empty(),
        _ => true,
    };
    let kept = |row: &Row| {
        let mut row = row.clone();
        let known = before.iter().find(|known| known[id] == row[id]);
        if let Some(known) = known.filter(|_| is_empty(&row[by])) {
            row[by] = known[by].clone();
        }
        row
    };
    Some(rows.iter().map(kept).collect())
}
