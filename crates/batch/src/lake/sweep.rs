//! Removes files that nobody needs: what crashed ingests left behind, and what was replaced.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result};
use serde::Serialize;
use store::Store;

use super::files::disk_error;
use super::layout::{TMP_PREFIX, absolute, lake_entities};

/// Seconds that a file stays which the catalogue does not name (any more): those who opened the lake without
/// a lease, as an export does, have as long to read it.
pub const KEPT_S: i64 = 24 * 3600;

/// What a sweep did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// Paths of the removed files, relative to the lake, sorted.
    pub removed: Vec<String>,
    /// Files outside the catalogue that are still young or in use.
    pub kept: usize,
}

/// Removes the files of the lake that the catalogue does not name, when they were written and left the
/// catalogue 24 hours before `now_s` (seconds since 1970) and nobody has pinned them. Call it under the
/// workspace's lease.
///
/// Only names that the lake gives are touched: temporary files, and Parquet files in the folders of
/// its entities.
pub async fn sweep(lake_dir: &Path, store: &Store, now_s: i64) -> Result<Swept> {
    let stays = Stays::read(lake_dir, store, now_s).await?;
    let mut swept = Swept::default();
    let mut forgotten = stays.gone(lake_dir);
    for path in uncatalogued(lake_dir, &stays.known)? {
        if stays.must_stay(&path, now_s) {
            swept.kept += 1;
            continue;
        }
        fs::remove_file(&path).map_err(|error| disk_error("remove", &path, &error))?;
        let relative = path.strip_prefix(lake_dir).unwrap_or(&path);
        swept.removed.push(relative.to_string_lossy().into_owned());
    }
    swept.removed.sort();
    forgotten.extend(swept.removed.iter().cloned());
    if !forgotten.is_empty() {
        store.forget_retired(&forgotten).await?;
    }
    if !swept.removed.is_empty() {
        tracing::info!(files = swept.removed.len(), "removed lake files that nobody needs");
    }
    Ok(swept)
}

/// What must not go.
struct Stays {
    known: BTreeSet<PathBuf>,
    pinned: BTreeSet<PathBuf>,
    /// Left the catalogue less than [`KEPT_S`] ago.
    young: BTreeSet<PathBuf>,
    retired: Vec<String>,
}

impl Stays {
    async fn read(lake_dir: &Path, store: &Store, now_s: i64) -> Result<Self> {
        let mut known = BTreeSet::new();
        for entity in lake_entities() {
            let files = store
                .lake_files(entity.name)
                .await
                .context("the lake's catalogue cannot be read")?;
            known.extend(files.iter().map(|file| absolute(lake_dir, &file.path)));
        }
        let pinned = store.pinned_files(now_s).await?;
        let retired = store.retired_files().await?;
        let young = retired.iter().filter(|(_, left_s)| now_s - left_s < KEPT_S);
        Ok(Self {
            known,
            pinned: pinned.iter().map(|path| absolute(lake_dir, path)).collect(),
            young: young.map(|(path, _)| absolute(lake_dir, path)).collect(),
            retired: retired.into_iter().map(|(path, _)| path).collect(),
        })
    }

    fn must_stay(&self, path: &Path, now_s: i64) -> bool {
        // Looked at just before the removal: a file that came back meanwhile is young again.
        let written = fs::metadata(path).and_then(|file| file.modified()).ok();
        let written_s = written.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        let written_s = written_s.map_or(0, |at| i64::try_from(at.as_secs()).unwrap_or(i64::MAX));
        now_s.saturating_sub(written_s) < KEPT_S
            || self.pinned.contains(path)
            || self.young.contains(path)
    }

    /// Retired files that are no more, or are listed again.
    fn gone(&self, lake_dir: &Path) -> Vec<String> {
        let is_gone = |path: &&String| {
            let at = absolute(lake_dir, path);
            self.known.contains(&at) || !at.exists()
        };
        self.retired.iter().filter(is_gone).cloned().collect()
    }
}

/// Files with names that the lake gives and that the catalogue does not name.
fn uncatalogued(lake_dir: &Path, known: &BTreeSet<PathBuf>) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
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
                found.push(path);
            }
        }
    }
    Ok(found)
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
