//! Reading the lake: a pinned list of files as tables of the query engine.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use datafusion::datasource::TableProvider;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use domain::canonical::{Column, Entity, Kind};
use sha2::{Digest, Sha256};
use store::{LakeFile, Store};

use super::files::hex;
use super::layout::{absolute, is_replacing, lake_entities, lake_entity, lake_name, lake_schema};
use crate::query::Engine;

/// The lake as one run sees it: later ingests do not change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned {
    files: Vec<(&'static str, Vec<LakeFile>)>,
    hash: String,
}

impl Pinned {
    /// The files of an entity, by month, ingest sequence and path.
    pub fn files(&self, entity: &str) -> &[LakeFile] {
        let found = self.files.iter().find(|(name, _)| *name == entity);
        found.map_or(&[], |(_, files)| files)
    }

    /// The paths of all files, relative to the lake.
    pub fn paths(&self) -> Vec<String> {
        let all = self.files.iter().flat_map(|(_, files)| files);
        all.map(|file| file.path.clone()).collect()
    }

    /// The content hash of all files: part of the hash of a run's data.
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

/// Pins the files that the catalogue has now.
pub async fn pin(store: &Store) -> Result<Pinned> {
    let mut files = Vec::new();
    let mut hash = Sha256::new();
    for entity in lake_entities() {
        let list =
            store.lake_files(entity.name).await.context("the lake's catalogue cannot be read")?;
        hash.update(format!("{} {}\n", entity.name, list.len()));
        for file in &list {
            hash.update(format!("{} {} {}\n", file.seq, file.sha256, file.path));
        }
        files.push((entity.name, list));
    }
    Ok(Pinned { files, hash: hex(&hash.finalize()) })
}

/// Registers every entity of the lake as a table under its name.
pub async fn view_all(engine: &Engine, lake_dir: &Path, pinned: &Pinned) -> Result<()> {
    for entity in lake_entities() {
        view(engine, lake_dir, entity, pinned).await?;
    }
    Ok(())
}

/// Registers the pinned files of an entity as a table under its name, in the columns of
/// [`lake_schema`](super::lake_schema): one row for each key, the one with the highest `seq`.
///
/// The writer knows when it replaces a row, in whatever month the older version lies, and puts such
/// rows into files of their own. Where there are none, all keys differ and the files are read as
/// they are. Where there are some, older rows with their keys are left out (an anti-join whose one
/// side is those files alone), so the work grows with what was corrected, not with the lake.
pub async fn view(
    engine: &Engine,
    lake_dir: &Path,
    entity: &Entity,
    pinned: &Pinned,
) -> Result<()> {
    let entity = lake_entity(entity.name)?;
    let files = pinned.files(entity.name);
    check(lake_dir, files)?;
    engine.forget(entity.name)?;
    if files.is_empty() {
        return engine.register_rows(entity.name, lake_schema(entity), Vec::new());
    }
    let all = listing(entity, lake_dir, files.iter())?;
    let table = if files.iter().any(is_replacing) {
        let replacing = listing(entity, lake_dir, files.iter().filter(|file| is_replacing(file)))?;
        newest(engine, entity, all, replacing).await?
    } else {
        all
    };
    engine
        .context()
        .register_table(entity.name, table)
        .with_context(|| format!("cannot register the table {}", entity.name))?;
    Ok(())
}

/// The files as one table, in the order of the catalogue.
fn listing<'a>(
    entity: &Entity,
    lake_dir: &Path,
    files: impl Iterator<Item = &'a LakeFile>,
) -> Result<Arc<dyn TableProvider>> {
    let mut urls = Vec::new();
    for file in files {
        let path = absolute(lake_dir, &file.path);
        let path = path.to_str().with_context(|| {
            format!("{} is not a path in UTF-8; move the workspace", path.display())
        })?;
        urls.push(ListingTableUrl::parse(path).with_context(|| format!("{path} is not a file"))?);
    }
    let options =
        ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension(".parquet");
    let config = ListingTableConfig::new_with_multi_paths(urls)
        .with_listing_options(options)
        .with_schema(lake_schema(entity));
    let table = ListingTable::try_new(config)
        .with_context(|| format!("the lake's files of {} cannot be read", entity.name))?;
    Ok(Arc::new(table))
}

/// Registers, under `table`, the rows of some of the pinned files that no replacing file among all of them
/// has in a newer version.
pub(super) async fn view_part(
    engine: &Engine,
    lake_dir: &Path,
    (entity, table): (&Entity, &str),
    (all, part): (&[LakeFile], &[&LakeFile]),
) -> Result<()> {
    check(lake_dir, all)?;
    engine.forget(table)?;
    let rows = listing(entity, lake_dir, part.iter().copied())?;
    let rows = if all.iter().any(is_replacing) {
        let replacing = listing(entity, lake_dir, all.iter().filter(|file| is_replacing(file)))?;
        newest(engine, entity, rows, replacing).await?
    } else {
        rows
    };
    let failed = || format!("cannot register the table {table}");
    engine.context().register_table(table, rows).with_context(failed)?;
    Ok(())
}

/// Rows that no replacing file has in a newer version.
async fn newest(
    engine: &Engine,
    entity: &Entity,
    all: Arc<dyn TableProvider>,
    replacing: Arc<dyn TableProvider>,
) -> Result<Arc<dyn TableProvider>> {
    let (every, newer) = (format!("{}__all", entity.name), format!("{}__newer", entity.name));
    for (name, table) in [(&every, all), (&newer, replacing)] {
        engine.forget(name)?;
        engine
            .context()
            .register_table(name.as_str(), table)
            .with_context(|| format!("cannot register the table {name}"))?;
    }
    let key = |side: &str, column: &str| key_text(entity, side, column);
    let same: Vec<String> = entity
        .key
        .iter()
        .map(|column| format!("{} = {}", key("a", column), key("n", column)))
        .collect();
    let grouped: Vec<String> =
        entity.key.iter().map(|column| format!("\"{}\"", lake_name(column))).collect();
    let sql = format!(
        "SELECT a.* FROM (SELECT {group}, max(seq) AS seq FROM {newer} GROUP BY {group}) n \
         RIGHT ANTI JOIN {every} a ON {same} AND a.seq < n.seq",
        group = grouped.join(", "),
        same = same.join(" AND "),
    );
    let frame = engine.frame(&format!("read the newest rows of {}", entity.name), &sql).await?;
    Ok(frame.into_view())
}

/// Registers files as a table, every row as it stands there.
pub(super) fn view_files(
    engine: &Engine,
    lake_dir: &Path,
    (entity, table): (&Entity, &str),
    files: &[LakeFile],
) -> Result<()> {
    check(lake_dir, files)?;
    engine.forget(table)?;
    let rows = listing(entity, lake_dir, files.iter())?;
    let failed = || format!("cannot register the table {table}");
    engine.context().register_table(table, rows).with_context(failed)?;
    Ok(())
}

/// A key column in SQL; one that may be absent counts as empty.
pub(super) fn key_text(entity: &Entity, side: &str, column: &str) -> String {
    let name = format!("{side}.\"{}\"", lake_name(column));
    match entity.column(column) {
        Some(found) if found.required => name,
        Some(Column { kind: Kind::Text, .. }) => format!("coalesce({name}, '')"),
        _ => format!("coalesce({name}, 0)"),
    }
}

/// The files of the catalogue that are missing or damaged, each with how to mend it.
pub fn missing(lake_dir: &Path, pinned: &Pinned) -> Vec<(&'static str, String)> {
    let of_entity = |(entity, files): &(&'static str, Vec<LakeFile>)| {
        let entity = *entity;
        files
            .iter()
            .filter_map(|file| check(lake_dir, std::slice::from_ref(file)).err())
            .map(|error| (entity, format!("{error:#}")))
            .collect::<Vec<_>>()
    };
    pinned.files.iter().flat_map(of_entity).collect()
}

/// Refuses files that are missing or have another length than the catalogue says.
pub(super) fn check(lake_dir: &Path, files: &[LakeFile]) -> Result<()> {
    for file in files {
        let path = absolute(lake_dir, &file.path);
        let mend = format!(
            "put it back from a backup, or ingest again the source file that held its {} rows of {} \
             for {}",
            file.rows, file.entity, file.month
        );
        match std::fs::metadata(&path) {
            Ok(found) if i64::try_from(found.len()) == Ok(file.bytes) => {}
            Ok(found) => bail!(
                "the lake file {} is damaged: it has {} bytes in place of {}; {mend}",
                path.display(),
                found.len(),
                file.bytes
            ),
            Err(error) => bail!("the lake file {} cannot be read: {error}; {mend}", path.display()),
        }
    }
    Ok(())
}
