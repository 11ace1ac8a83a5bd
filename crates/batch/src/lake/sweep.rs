//! Removes what crashed ingests left behind.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use store::Store;

use super::files::disk_error;
use super::layout::{TMP_PREFIX, absolute, lake_entities};

/// What a sweep did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Swept {
    /// Paths of the removed files, relative to the lake, sorted.
    pub removed: Vec<String>,
}

/// Removes the files of the lake that are not in the catalogue. Call it under the ingest lease: an
/// ingest that still runs has files that are not in the catalogue yet.
///
/// Only names that the lake gives are touched: temporary files, and Parquet files in the folders of
/// its entities.
pub async fn sweep(lake_dir: &Path, store: &Store) -> Result<Swept> {
    let mut known: BTreeSet<PathBuf> = BTreeSet::new();
    for entity in lake_entities() {
        let files =
            store.lake_files(entity.name).await.context("the lake's catalogue cannot be read")?;
        known.extend(files.iter().map(|file| absolute(lake_dir, &file.path)));
    }
    let mut swept = Swept::default();
    let mut folders: Vec<PathBuf> =
        lake_entities().map(|entity| lake_dir.join(entity.name)).collect();
    folders.push(lake_dir.to_path_buf());
    while let Some(folder) = folders.pop() {
        for path in listed(&folder)? {
            if path.is_dir() {
                if folder != lake_dir {
                    folders.push(path);
                }
            } else if ours(&path, folder == lake_dir) && !known.contains(&path) {
                fs::remove_file(&path).map_err(|error| disk_error("remove", &path, &error))?;
                let relative = path.strip_prefix(lake_dir).unwrap_or(&path);
                swept.removed.push(relative.to_string_lossy().into_owned());
            }
        }
    }
    swept.removed.sort();
    if !swept.removed.is_empty() {
        tracing::info!(files = swept.removed.len(), "removed what an interrupted ingest had left");
    }
    Ok(swept)
}

/// The entries of a folder; none when it does not exist.
fn listed(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(disk_error("list the folder", folder, &error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(|error| disk_error("list the folder", folder, &error))?.path());
    }
    Ok(paths)
}

/// Whether the lake itself gave this name.
fn ours(path: &Path, top: bool) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    name.starts_with(TMP_PREFIX) || (!top && name.ends_with(".parquet"))
}
