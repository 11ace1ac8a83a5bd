//! Merging the files of a month into one, without the rows that later ones replaced.
//!
//! **When.** [`Scope::Worthwhile`], at the end of an ingest and of a run: an entity is compacted once one of
//! its months lies in [`FILES_MAX`] files or more, or once the files of corrections hold a tenth of its rows.
//! [`Scope::All`], by hand: whatever is not one file a month already.
//!
//! **What.** The months that lie in several files. If there are files of corrections, also their months and
//! those in which the replaced versions lie: then no file of corrections is left, and no row is older than
//! any other. One transaction swaps the catalogue; killed before it, nothing has changed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use domain::canonical::Entity;
use domain::time::Day;
use serde::Serialize;
use store::{LakeFile, Store};

use super::files::{Written, rename, sync_folders};
use super::layout::{dated_position, is_replacing, lake_entities, lake_name};
use super::read::{key_text, view_files, view_part};
#[cfg(test)]
use super::rewrite::SEQ;
use super::rewrite::write_month;
use crate::query::{Engine, Options};

/// Files of one month from which on merging is worthwhile.
pub const FILES_MAX: usize = 8;
/// Corrections are merged once they are one row in this many.
const CORRECTED_ONE_IN: i64 = 10;

/// How much is compacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// What is worth it.
    Worthwhile,
    /// Everything that is not one file a month.
    All,
}

/// What compaction did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Compacted {
    /// Files that were merged; they stay on disk for those who still read them.
    pub files_before: usize,
    /// Files that took their place.
    pub files_after: usize,
    /// Rows that later ones had replaced, and that are gone.
    pub replaced_rows: i64,
}

/// Compacts the lake under the workspace's lease. `now_s`, in seconds since 1970, is when the old files count
/// as left.
pub async fn compact(
    lake_dir: &Path,
    store: &Store,
    (scope, now_s): (Scope, i64),
) -> Result<Compacted> {
    let mut done = Compacted::default();
    for entity in lake_entities() {
        let files =
            store.lake_files(entity.name).await.context("the lake's catalogue cannot be read")?;
        if worthwhile(&files, scope) {
            merge(lake_dir, store, (entity, &files, now_s), &mut done).await?;
        }
    }
    Ok(done)
}

/// Merges the corrections of one entity, whether it is worthwhile or not, so that no file of it replaces rows
/// of another.
pub(super) async fn settle(
    lake_dir: &Path,
    store: &Store,
    (entity, now_s): (&'static Entity, i64),
) -> Result<Compacted> {
    let files =
        store.lake_files(entity.name).await.context("the lake's catalogue cannot be read")?;
    let mut done = Compacted::default();
    if files.iter().any(is_replacing) {
        merge(lake_dir, store, (entity, &files, now_s), &mut done).await?;
    }
    Ok(done)
}

fn worthwhile(files: &[LakeFile], scope: Scope) -> bool {
    let most = by_month(files).values().map(Vec::len).max().unwrap_or(0);
    let rows = |replacing: bool| -> i64 {
        files.iter().filter(|file| !replacing || is_replacing(file)).map(|file| file.rows).sum()
    };
    match scope {
        Scope::All => most > 1 || files.iter().any(is_replacing),
        Scope::Worthwhile => {
            most >= FILES_MAX || (rows(true) > 0 && rows(true) * CORRECTED_ONE_IN >= rows(false))
        }
    }
}

fn by_month(files: &[LakeFile]) -> BTreeMap<&str, Vec<&LakeFile>> {
    let mut months: BTreeMap<&str, Vec<&LakeFile>> = BTreeMap::new();
    for file in files {
        months.entry(&file.month).or_default().push(file);
    }
    months
}

async fn merge(
    lake_dir: &Path,
    store: &Store,
    (entity, files, now_s): (&'static Entity, &[LakeFile], i64),
    done: &mut Compacted,
) -> Result<()> {
    let engine = Engine::new(&Options::default())?;
    let months = by_month(files);
    let mut chosen: BTreeSet<&str> =
        months.iter().filter(|(_, files)| files.len() > 1).map(|(month, _)| *month).collect();
    let corrected = corrected_months(&engine, lake_dir, entity, files).await?;
    chosen.extend(months.keys().filter(|month| corrected.contains(**month)));
    let mut written: Vec<Written> = Vec::new();
    let mut removed: Vec<String> = Vec::new();
    for month in chosen {
        let part = &months[month];
        view_part(&engine, lake_dir, (entity, "anew"), (files, part)).await?;
        let frame = engine.frame("merge the lake's files", &in_key_order(entity, "anew")).await?;
        let rows = frame.execute_stream().await.context("the lake's files cannot be merged")?;
        done.replaced_rows += part.iter().map(|file| file.rows).sum::<i64>();
        if let Some(file) = write_month(lake_dir, (entity, month), rows).await? {
            done.replaced_rows -= file.file.rows;
            written.push(file);
        }
        removed.extend(part.iter().map(|file| file.path.clone()));
    }
    done.files_before += removed.len();
    done.files_after += written.len();
    swap(lake_dir, store, written, (&removed, now_s)).await
}

/// Gives new files their names and swaps the catalogue.
pub(super) async fn swap(
    lake_dir: &Path,
    store: &Store,
    written: Vec<Written>,
    (removed, now_s): (&[String], i64),
) -> Result<()> {
    for file in &written {
        rename(lake_dir, file)?;
    }
    sync_folders(lake_dir, &written)?;
    let files: Vec<LakeFile> = written.into_iter().map(|written| written.file).collect();
    // A month whose rows come out as they were keeps its file.
    let kept: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let removed: Vec<String> =
        removed.iter().filter(|path| !kept.contains(path.as_str())).cloned().collect();
    store.swap_lake(&files, &removed, now_s).await.context(
        "the lake's catalogue cannot be written; the lake is as it was, and nothing of it is lost",
    )
}

/// All columns in the order of the key, absent values first.
pub(super) fn in_key_order(entity: &Entity, table: &str) -> String {
    let key: Vec<String> =
        entity.key.iter().map(|key| format!("\"{}\" NULLS FIRST", lake_name(key))).collect();
    format!("SELECT * FROM {table} ORDER BY {}", key.join(", "))
}

/// The months of files of corrections, and the months in which the versions lie that they replace.
async fn corrected_months(
    engine: &Engine,
    lake_dir: &Path,
    entity: &Entity,
    files: &[LakeFile],
) -> Result<BTreeSet<String>> {
    let newer: Vec<&LakeFile> = files.iter().filter(|file| is_replacing(file)).collect();
    let mut months: BTreeSet<String> = newer.iter().map(|file| file.month.clone()).collect();
    if newer.is_empty() {
        return Ok(months);
    }
    let newer: Vec<LakeFile> = newer.into_iter().cloned().collect();
    if newer.len() == files.len() {
        return Ok(months);
    }
    let older: Vec<LakeFile> = files.iter().filter(|file| !is_replacing(file)).cloned().collect();
    view_files(engine, lake_dir, (entity, "older"), &older)?;
    view_files(engine, lake_dir, (entity, "corrections"), &newer)?;
    let dated = entity.columns[dated_position(entity)?].name;
    let same: Vec<String> = entity
        .key
        .iter()
        .map(|key| format!("{} = {}", key_text(entity, "a", key), key_text(entity, "n", key)))
        .collect();
    let sql = format!(
        "SELECT DISTINCT CASE WHEN at < 0 THEN (at - 86399999999) / 86400000000 \
         ELSE at / 86400000000 END AS day FROM \
         (SELECT CAST(a.\"{dated}\" AS BIGINT) AS at FROM corrections n JOIN older a ON {})",
        same.join(" AND ")
    );
    let days = engine.collect_sorted("find what corrections replace", &sql, "day").await?;
    for day in days.column(0).as_primitive::<Int64Type>().values() {
        let (year, month, _) = Day(i32::try_from(*day)?).ymd();
        months.insert(format!("{year:04}-{month:02}"));
    }
    Ok(months)
}

/// Whether a file was written by compaction.
#[cfg(test)]
pub(super) fn is_merged(file: &LakeFile) -> bool {
    file.seq == SEQ
}

/// Takes the months before `month` (`2024-11`, UTC) out of the lake; how many rows go. Corrections are merged
/// first where they lie in those months, so that no row comes back that they had replaced.
pub async fn drop_months(
    lake_dir: &Path,
    store: &Store,
    (entity, month): (&'static Entity, &str),
    now_s: i64,
) -> Result<i64> {
    let files =
        store.lake_files(entity.name).await.context("the lake's catalogue cannot be read")?;
    if !files.iter().any(|file| file.month.as_str() < month) {
        return Ok(0);
    }
    settle(lake_dir, store, (entity, now_s)).await?;
    let files =
        store.lake_files(entity.name).await.context("the lake's catalogue cannot be read")?;
    let old: Vec<LakeFile> = files.into_iter().filter(|file| file.month.as_str() < month).collect();
    let paths: Vec<String> = old.iter().map(|file| file.path.clone()).collect();
    store.swap_lake(&[], &paths, now_s).await.context("the lake's catalogue cannot be written")?;
    Ok(old.iter().map(|file| file.rows).sum())
}
