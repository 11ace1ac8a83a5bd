//! Where the files of uploads lie in a workspace, and their removal when they are kept no longer.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use batch::ingest::InputFile;
use store::UploadRow;

use crate::clock;
use crate::config::Workspace;

/// The folder of uploads in a workspace's folder.
pub(crate) const FOLDER: &str = "uploads";

/// How long something that no upload names is left: an upload may be on its way.
const UNNAMED: Duration = Duration::from_hours(24);

/// The folder of one upload.
pub(crate) fn folder(workspace: &Workspace, upload: &UploadRow) -> PathBuf {
    workspace.dir.join(FOLDER).join(&upload.folder)
}

/// The files of an upload that were not refused, under names that no other upload has; each with its place.
pub(crate) fn files(workspace: &Workspace, upload: &UploadRow) -> Vec<(usize, InputFile)> {
    let folder = folder(workspace, upload);
    let kept = upload.files.iter().filter(|file| file.refused.is_none());
    kept.map(|file| {
        let path = folder.join(format!("{}.{}", file.file_no, file.ending));
        let name = format!("{}{}", prefix(upload.upload_no), file.name.replace('/', "_"));
        (usize::try_from(file.file_no).unwrap_or(0), InputFile { path, name })
    })
    .collect()
}

/// What stands before the names of an upload's files in reports.
pub(crate) fn prefix(upload_no: i64) -> String {
    format!("upload-{upload_no}/")
}

/// Removes the files of uploads that are kept no longer, and what no upload names.
pub(crate) async fn sweep(workspace: &Workspace) -> Result<()> {
    let around = workspace.dir.join(FOLDER);
    let Ok(entries) = fs::read_dir(&around) else { return Ok(()) };
    let kept_us = i64::from(workspace.uploads.kept_days) * 86_400_000_000;
    let from_us = clock::now().0.saturating_sub(kept_us);
    let uploads = workspace.store.uploads().await?;
    let kept: BTreeSet<&str> = uploads
        .iter()
        .filter(|upload| upload.at_us >= from_us)
        .map(|upload| upload.folder.as_str())
        .collect();
    let known: BTreeSet<&str> = uploads.iter().map(|upload| upload.folder.as_str()).collect();
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let old = || {
            let changed = entry.metadata().and_then(|about| about.modified());
            changed.is_ok_and(|at: SystemTime| at.elapsed().is_ok_and(|age| age > UNNAMED))
        };
        let gone = !kept.contains(name.as_str()) && (known.contains(name.as_str()) || old());
        if gone {
            let path = entry.path();
            fs::remove_dir_all(&path)
                .with_context(|| format!("could not remove {}", path.display()))?;
        }
    }
    Ok(())
}
