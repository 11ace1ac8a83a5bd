//! Erasing one person from a workspace: lake, artefacts of runs, rejects, and last the store.
//!
//! The store comes last because it knows who the person is: cut off before, the same erasure does the rest.
//! What others put into the workspace's folder is not changed but named.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray};
use arrow::compute::{filter_record_batch, nullif};
use arrow::datatypes::{DataType, Int64Type};
use domain::redact::Scope;
use serde::Serialize;
use store::{Erase, Person, Store};

use crate::artefact::{read_parquet, write_bytes, write_parquet};
use crate::lake::{self, PersonKeys};

/// The folder of uploaded files in a workspace's folder.
const UPLOADS: &str = "uploads";

/// Where to erase.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The store.
    pub store: &'a Store,
    /// The lake's folder.
    pub lake: &'a Path,
    /// The workspace's folder.
    pub dir: &'a Path,
}

/// What an erasure does, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Tables of the store and entities of the lake.
    pub tables: BTreeMap<String, Touched>,
    /// Files of runs and rejects that are written anew.
    pub files: Vec<PathBuf>,
    /// Files in the workspace's folder that name the person and are not the program's to change.
    pub elsewhere: Vec<PathBuf>,
}

/// Rows of one table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Touched {
    /// They go.
    pub removed: u64,
    /// They stay without the person.
    pub blanked: u64,
}

/// Erases the person; without `now_s`, in seconds since 1970, only counts. Call it under the workspace's lease.
pub async fn erase(place: Place<'_>, person: &Person, now_s: Option<i64>) -> Result<Report> {
    if let Some(now_s) = now_s
        && !place.store.pinned_files(now_s).await?.is_empty()
    {
        bail!(
            "somebody is reading the lake now, such as a backup, and would keep the person's rows. Nothing is \
             erased: wait until that is done, then run the same command again"
        );
    }
    let mut report = Report::default();
    let keys = PersonKeys {
        accounts: &person.account_keys,
        contacts: &person.contact_keys,
        redaction: &person.redaction,
    };
    for (entity, cleaned) in lake::erase(place.lake, place.store, (keys, now_s)).await? {
        let (removed, blanked) = (cleaned.removed, cleaned.blanked);
        report.tables.insert(format!("lake {entity}"), Touched { removed, blanked });
    }
    for file in files_under(&place.dir.join("runs"))
        .into_iter()
        .chain(files_under(&place.dir.join("rejects")))
    {
        if clean_file(&file, person, now_s.is_some())? {
            report.files.push(file);
        }
    }
    let mode = if now_s.is_some() { Erase::Do } else { Erase::Try };
    for (table, touched) in place.store.erase(person, mode).await? {
        let (removed, blanked) = (touched.removed, touched.blanked);
        report.tables.insert(table, Touched { removed, blanked });
    }
    // What people uploaded has been taken, or can be uploaded again: all of it goes, whatever its form.
    for file in files_under(&place.dir.join(UPLOADS)) {
        if now_s.is_some() {
            fs::remove_file(&file)
                .with_context(|| format!("could not remove {}", file.display()))?;
        }
        report.files.push(file);
    }
    if now_s.is_some() {
        remove_folders(&place.dir.join(UPLOADS))?;
    }
    report.elsewhere = elsewhere(place, person);
    if now_s.is_some() {
        finish(place).await?;
    }
    Ok(report)
}

/// Removes the folders of uploads, whose files are gone: pages see by them whether files are kept.
fn remove_folders(uploads: &Path) -> Result<()> {
    for entry in fs::read_dir(uploads).into_iter().flatten().flatten() {
        let path = entry.path();
        fs::remove_dir_all(&path)
            .with_context(|| format!("could not remove {}", path.display()))?;
    }
    Ok(())
}

/// What follows when the store no longer knows the person: files that left the lake go at once, and the
/// database's free space is cleared. Doing it again does no harm.
pub async fn finish(place: Place<'_>) -> Result<()> {
    lake::sweep(place.lake, place.store, i64::MAX).await?;
    place.store.purge().await?;
    Ok(())
}

/// All files in a folder and below, in order.
fn files_under(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// Writes a file anew without the person; whether there was anything to do.
fn clean_file(path: &Path, person: &Person, write: bool) -> Result<bool> {
    if path.extension().is_some_and(|ending| ending == "parquet") {
        let rows = read_parquet(path)?;
        let clean = clean_rows(&rows, person)?;
        if write && clean != rows {
            write_parquet(path, &clean)?;
        }
        return Ok(clean != rows);
    }
    let bytes = fs::read(path).with_context(|| format!("could not read {}", path.display()))?;
    let clean = person.redaction.scrub(&String::from_utf8_lossy(&bytes), Scope::Own);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let renamed = person.redaction.scrub(&name, Scope::Any);
    if write && (clean.is_some() || renamed.is_some()) {
        let to = renamed.as_ref().map_or_else(|| path.to_owned(), |name| path.with_file_name(name));
        write_bytes(&to, clean.as_deref().map_or(&*bytes, str::as_bytes))?;
        if to != path {
            fs::remove_file(path)
                .with_context(|| format!("could not remove {}", path.display()))?;
        }
    }
    Ok(clean.is_some() || renamed.is_some())
}

/// The surrogate keys in a column; none when there is no such column.
pub fn keys(batch: &RecordBatch, column: &str) -> Vec<i64> {
    let found = batch.column_by_name(column).and_then(|c| c.as_primitive_opt::<Int64Type>());
    found.into_iter().flatten().flatten().collect()
}

fn keyed(batch: &RecordBatch, column: &str, keys: &[i64]) -> BooleanArray {
    let Some(found) = batch.column_by_name(column).and_then(|c| c.as_primitive_opt::<Int64Type>())
    else {
        return BooleanArray::from(vec![false; batch.num_rows()]);
    };
    found.iter().map(|key| Some(key.is_some_and(|key| keys.contains(&key)))).collect()
}

fn clean_rows(rows: &RecordBatch, person: &Person) -> Result<RecordBatch> {
    let theirs = keyed(rows, "account_key", &person.account_keys);
    let rows = filter_record_batch(rows, &arrow::compute::not(&theirs)?)?;
    let linked = keyed(&rows, "contact_key", &person.contact_keys);
    let scrub =
        |text: &str| person.redaction.scrub(text, Scope::Any).unwrap_or_else(|| text.to_owned());
    let schema = rows.schema();
    let columns = schema.fields().iter().zip(rows.columns()).map(|(field, column)| {
        if field.name() == "contact_key" {
            return Ok(nullif(column, &linked)?);
        }
        if column.data_type() != &DataType::Utf8 {
            return Ok(Arc::clone(column));
        }
        let texts: StringArray = column.as_string::<i32>().iter().map(|t| t.map(scrub)).collect();
        Ok(Arc::new(texts) as ArrayRef)
    });
    let columns = columns.collect::<Result<Vec<ArrayRef>>>()?;
    Ok(RecordBatch::try_new(schema, columns)?)
}

/// Other files in the workspace's folder that name the person.
fn elsewhere(place: Place<'_>, person: &Person) -> Vec<PathBuf> {
    let ours = |path: &Path| {
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        path.starts_with(place.lake)
            || ["runs", "rejects", UPLOADS]
                .iter()
                .any(|folder| path.starts_with(place.dir.join(folder)))
            || (path.parent() == Some(place.dir) && name.starts_with("store.sqlite"))
    };
    let names = |path: &PathBuf| {
        let bytes = fs::read(path).unwrap_or_default();
        person.redaction.scrub(&String::from_utf8_lossy(&bytes), Scope::Any).is_some()
    };
    files_under(place.dir).into_iter().filter(|path| !ours(path)).filter(names).collect()
}

/// All that is held about a person, as one JSON document.
pub async fn held(place: Place<'_>, person: &Person) -> Result<serde_json::Value> {
    let keys = PersonKeys {
        accounts: &person.account_keys,
        contacts: &person.contact_keys,
        redaction: &person.redaction,
    };
    let value = |value: store::Value| match value {
        store::Value::Null => serde_json::Value::Null,
        store::Value::Text(text) => text.into(),
        store::Value::Int(number) => number.into(),
        store::Value::Real(number) => number.into(),
    };
    let tables = place.store.rows_about(person).await?;
    let tables: BTreeMap<String, Vec<BTreeMap<String, serde_json::Value>>> = tables
        .into_iter()
        .map(|(table, rows)| {
            let object = |row: Vec<(String, store::Value)>| {
                let present = row.into_iter().filter(|(_, held)| *held != store::Value::Null);
                present.map(|(column, held)| (column, value(held))).collect()
            };
            (table, rows.into_iter().map(object).collect())
        })
        .collect();
    let files: Vec<PathBuf> = files_under(&place.dir.join("runs"))
        .into_iter()
        .chain(files_under(&place.dir.join("rejects")))
        .chain(files_under(&place.dir.join(UPLOADS)))
        .filter(|file| clean_file(file, person, false).unwrap_or(false))
        .chain(elsewhere(place, person))
        .collect();
    Ok(serde_json::json!({
        "person": {
            "kind": person.found.kind.word(),
            "id": person.found.id,
            "name": person.found.name,
            "account_id": person.found.account_id,
        },
        "store": tables,
        "lake": lake::rows_of(place.lake, place.store, keys).await?,
        "files": files,
    }))
}
