//! A person's rows and links out of the lake: the months that hold any are written anew.
//!
//! The rows of an account that is a person go. The rows of a company stay, without the link to the person:
//! its sums must not change. Readings whose key then is another's are added up when they count, and the
//! greatest stays when they are gauges, which is what features make of them anyway.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::datatypes::DataType;
use datafusion::execution::SendableRecordBatchStream;
use domain::canonical::Entity;
use domain::redact::{Redaction, Scope};
use futures::TryStreamExt;
use serde::Serialize;
use store::{LakeFile, Store};

use super::compact::{in_key_order, settle, swap};
use super::files::{Written, with_schema};
use super::layout::{lake_entities, lake_name, lake_schema};
use super::read::{view_files, view_part};
use super::rewrite::write_month;
use crate::query::{Engine, Options};

/// Whose rows.
#[derive(Debug, Clone, Copy)]
pub struct PersonKeys<'a> {
    /// Accounts that are the person: their rows go.
    pub accounts: &'a [i64],
    /// Contacts that are the person: the links to them go.
    pub contacts: &'a [i64],
    /// Words that must not stay in texts.
    pub redaction: &'a Redaction,
}

/// What an erasure did to one entity of the lake.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Cleaned {
    /// Rows that go.
    pub removed: u64,
    /// Rows that stay without the person.
    pub blanked: u64,
    /// Files that were written anew, or would be.
    pub files: usize,
}

/// Writes the months anew that hold the person, and says of each entity what becomes of it. With `now_s` in
/// seconds since 1970 it is done, without it is counted only. The old files have left the catalogue then;
/// a sweep removes them.
pub async fn erase(
    lake_dir: &Path,
    store: &Store,
    (person, now_s): (PersonKeys<'_>, Option<i64>),
) -> Result<BTreeMap<String, Cleaned>> {
    let mut cleaned = BTreeMap::new();
    for entity in lake_entities() {
        let engine = Engine::new(&Options::default())?;
        let files = store.lake_files(entity.name).await?;
        let (found, months) = count(&engine, lake_dir, (entity, &files), person).await?;
        if months.is_empty() {
            continue;
        }
        cleaned.insert(entity.name.to_owned(), found);
        let Some(now_s) = now_s else { continue };
        settle(lake_dir, store, (entity, now_s)).await?;
        let files = store.lake_files(entity.name).await?;
        let mut written: Vec<Written> = Vec::new();
        let mut removed: Vec<String> = Vec::new();
        for month in months {
            let part: Vec<&LakeFile> = files.iter().filter(|file| file.month == month).collect();
            view_part(&engine, lake_dir, (entity, "anew"), (&files, &part)).await?;
            let rows = without(&engine, entity, person).await?;
            written.extend(write_month(lake_dir, (entity, &month), rows).await?);
            removed.extend(part.iter().map(|file| file.path.clone()));
        }
        swap(lake_dir, store, written, (&removed, now_s)).await?;
    }
    Ok(cleaned)
}

/// Counts what is the person's in every file, replaced rows too, and names the months.
async fn count(
    engine: &Engine,
    lake_dir: &Path,
    (entity, files): (&'static Entity, &[LakeFile]),
    person: PersonKeys<'_>,
) -> Result<(Cleaned, BTreeSet<String>)> {
    let (mut cleaned, mut months) = (Cleaned::default(), BTreeSet::new());
    for file in files {
        view_files(engine, lake_dir, (entity, "file"), std::slice::from_ref(file))?;
        let mut rows =
            engine.frame("read a lake file", "SELECT * FROM file").await?.execute_stream().await?;
        let mut hit = false;
        while let Some(batch) = rows.try_next().await? {
            for row in 0..batch.num_rows() {
                let (goes, stays) = (goes(&batch, row, person), shows(&batch, row, person));
                cleaned.removed += u64::from(goes);
                cleaned.blanked += u64::from(!goes && stays);
                hit |= goes || stays;
            }
        }
        if hit {
            cleaned.files += 1;
            months.insert(file.month.clone());
        }
    }
    Ok((cleaned, months))
}

fn key_in(batch: &RecordBatch, column: &str, row: usize, keys: &[i64]) -> bool {
    let Some(column) = batch.column_by_name(column) else { return false };
    let column = column.as_primitive::<arrow::datatypes::Int64Type>();
    column.is_valid(row) && keys.contains(&column.value(row))
}

fn goes(batch: &RecordBatch, row: usize, person: PersonKeys<'_>) -> bool {
    key_in(batch, "account_key", row, person.accounts)
}

fn shows(batch: &RecordBatch, row: usize, person: PersonKeys<'_>) -> bool {
    let named = |column: &ArrayRef| {
        let texts = column.as_string::<i32>();
        texts.is_valid(row) && person.redaction.scrub(texts.value(row), Scope::Any).is_some()
    };
    key_in(batch, "contact_key", row, person.contacts)
        || batch.columns().iter().filter(|c| c.data_type() == &DataType::Utf8).any(named)
}

/// The rows of the table `anew` without the person, in key order.
async fn without(
    engine: &Engine,
    entity: &'static Entity,
    person: PersonKeys<'_>,
) -> Result<SendableRecordBatchStream> {
    let rows = engine.frame("read the lake's rows", "SELECT * FROM anew").await?;
    let mut rows = rows.execute_stream().await.context("the lake's rows cannot be read")?;
    let mut clean = Vec::new();
    while let Some(batch) = rows.try_next().await.context("the lake's rows cannot be read")? {
        clean.push(cleaned(entity, &batch, person)?);
    }
    engine.register_rows("clean", lake_schema(entity), clean)?;
    let sql = if entity.name == "usage" { added_up(entity) } else { in_key_order(entity, "clean") };
    let frame = engine.frame("write the lake's rows anew", &sql).await?;
    frame.execute_stream().await.context("the lake's rows cannot be written anew")
}

/// Readings of one key as one row.
fn added_up(entity: &'static Entity) -> String {
    let key: Vec<String> = entity.key.iter().map(|key| format!("\"{}\"", lake_name(key))).collect();
    let columns: Vec<String> = lake_schema(entity)
        .fields()
        .iter()
        .map(|field| match field.name().as_str() {
            "value" => "CASE WHEN max(kind) = 'count' THEN sum(value) ELSE max(value) END AS value"
                .to_owned(),
            name if key.contains(&format!("\"{name}\"")) => format!("\"{name}\""),
            name => format!("max(\"{name}\") AS \"{name}\""),
        })
        .collect();
    let grouped = format!("SELECT {} FROM clean GROUP BY {}", columns.join(", "), key.join(", "));
    in_key_order(entity, &format!("({grouped})"))
}

/// A batch without the rows and links of the person, and without the words.
fn cleaned(
    entity: &'static Entity,
    batch: &RecordBatch,
    person: PersonKeys<'_>,
) -> Result<RecordBatch> {
    let stays: arrow::array::BooleanArray =
        (0..batch.num_rows()).map(|row| Some(!goes(batch, row, person))).collect();
    let batch = arrow::compute::filter_record_batch(batch, &stays)?;
    let ours: arrow::array::BooleanArray = (0..batch.num_rows())
        .map(|row| Some(key_in(&batch, "contact_key", row, person.contacts)))
        .collect();
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns()).map(|(field, column)| {
        // A visitor's number is the person's as much as the link is.
        if ["contact_key", "anonymous_id"].contains(&field.name().as_str()) {
            return Ok(arrow::compute::nullif(column, &ours)?);
        }
        if column.data_type() != &DataType::Utf8 {
            return Ok(Arc::clone(column));
        }
        let scrub = |text: &str| {
            person.redaction.scrub(text, Scope::Any).unwrap_or_else(|| text.to_owned())
        };
        let texts = column.as_string::<i32>();
        let clean: StringArray = texts.iter().map(|text| text.map(scrub)).collect();
        Ok(Arc::new(clean) as ArrayRef)
    });
    let columns = columns.collect::<Result<Vec<ArrayRef>>>()?;
    with_schema(lake_schema(entity), columns)
}

/// The person's rows of an entity as JSON objects: their own, and those linked to them.
pub async fn rows_of(
    lake_dir: &Path,
    store: &Store,
    person: PersonKeys<'_>,
) -> Result<BTreeMap<String, Vec<serde_json::Value>>> {
    let mut found = BTreeMap::new();
    for entity in lake_entities() {
        let engine = Engine::new(&Options::default())?;
        let files = store.lake_files(entity.name).await?;
        if files.is_empty() {
            continue;
        }
        let all: Vec<&LakeFile> = files.iter().collect();
        view_part(&engine, lake_dir, (entity, "rows"), (&files, &all)).await?;
        let frame = engine.frame("read the lake's rows", &in_key_order(entity, "rows")).await?;
        let mut rows = frame.execute_stream().await.context("the lake's rows cannot be read")?;
        let mut list = Vec::new();
        while let Some(batch) = rows.try_next().await.context("the lake's rows cannot be read")? {
            for row in 0..batch.num_rows() {
                if goes(&batch, row, person) || shows(&batch, row, person) {
                    list.push(object(&batch, row)?);
                }
            }
        }
        if !list.is_empty() {
            found.insert(entity.name.to_owned(), list);
        }
    }
    Ok(found)
}

fn object(batch: &RecordBatch, row: usize) -> Result<serde_json::Value> {
    let options = arrow::util::display::FormatOptions::default();
    let schema = batch.schema();
    let cells =
        schema.fields().iter().zip(batch.columns()).filter(|(_, column)| column.is_valid(row));
    let cells = cells.map(|(field, column)| {
        let text = arrow::util::display::ArrayFormatter::try_new(column, &options)?;
        Ok((field.name().clone(), text.value(row).to_string().into()))
    });
    Ok(serde_json::Value::Object(cells.collect::<Result<_>>()?))
}
