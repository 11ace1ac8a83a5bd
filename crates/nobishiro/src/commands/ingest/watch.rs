//! A folder whose files are taken as they arrive.
//!
//! A file is taken when it has not changed for a while. It is moved only after everything of it is stored, and
//! the same rows again change nothing: whenever the command is killed, the next one finishes its work.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use batch::ingest::{FileReport, is_data_file};

use super::Task;
use crate::output;

/// What to watch, and how.
pub(super) struct Watch<'a> {
    /// The folder.
    pub(super) folder: &'a Path,
    /// For how long a file must not have changed.
    pub(super) settled: Duration,
    /// Whether to end when nothing is left to take.
    pub(super) once: bool,
}

/// Seconds between two looks.
const PAUSE: Duration = Duration::from_secs(5);

/// Takes files as they arrive.
pub(super) async fn run(task: &Task<'_>, watch: &Watch<'_>) -> Result<()> {
    if watch.once {
        return look(task, watch).await;
    }
    output::say(&format!("Watching {}; stop with Ctrl-C", watch.folder.display()));
    loop {
        // Another command may hold the workspace, or a disk be away: the files are still there next time.
        if let Err(error) = look(task, watch).await {
            output::say(&format!("{error:#}"));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Takes what is there and settled.
async fn look(task: &Task<'_>, watch: &Watch<'_>) -> Result<()> {
    let files = settled(watch)?;
    if files.is_empty() {
        return Ok(());
    }
    let report = task.take(&files).await?;
    output::line(&report.to_string())?;
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let about = report.files.iter().find(|file| file.file == name);
        put_away(&path, about).with_context(|| format!("could not move {}", path.display()))?;
    }
    Ok(())
}

/// The data files of the folder that have not changed for long enough, by name.
fn settled(watch: &Watch) -> Result<Vec<PathBuf>> {
    let cannot =
        || format!("{} cannot be listed; name a folder that exists", watch.folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(watch.folder).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        let about = fs::metadata(&path).with_context(cannot)?;
        // A file dated in the future has settled as well: its clock is wrong, not its content.
        let age = about.modified().ok().map(|at| at.elapsed().unwrap_or(Duration::MAX));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if about.is_file() && is_data_file(&name) && age.is_none_or(|age| age >= watch.settled) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Moves a file to `done` or `refused`, its report first.
fn put_away(path: &Path, about: Option<&FileReport>) -> Result<()> {
    let refused = about.is_none_or(|about| about.error.is_some());
    let folder =
        path.parent().unwrap_or(Path::new(".")).join(if refused { "refused" } else { "done" });
    fs::create_dir_all(&folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut target = folder.join(&*name);
    let mut number = 2;
    while target.exists() {
        target = folder.join(format!("{number}-{name}"));
        number += 1;
    }
    let said =
        about.map_or_else(|| "it was not among the files taken\n".to_owned(), ToString::to_string);
    let report = format!("{}.report.txt", target.file_name().unwrap_or_default().to_string_lossy());
    fs::write(folder.join(report), said)?;
    fs::rename(path, &target)?;
    Ok(())
}
