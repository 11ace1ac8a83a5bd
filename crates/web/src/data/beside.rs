//! What the worker wrote beside the files of an upload, as the pages read it.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use store::UploadRow;

use super::Uploads;

/// What was found in the files.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Look {
    pub(super) files: Vec<Placed>,
}

/// One of the files.
#[derive(Debug, Deserialize)]
pub(super) struct Placed {
    pub(super) file_no: i64,
    pub(super) look: LookedFile,
}

/// A file as it was looked at.
#[derive(Debug, Default, Deserialize)]
pub(super) struct LookedFile {
    /// `canonical`, `before`, `drafted`, `unknown` or `refused`.
    pub(super) known: String,
    pub(super) error: Option<String>,
    pub(super) table: Option<String>,
    /// `sure`, `likely`, `unsure` or `chosen`.
    pub(super) sure: String,
    pub(super) columns: Vec<Column>,
    pub(super) missing: Vec<String>,
    pub(super) twice: Vec<String>,
    pub(super) checks: Vec<String>,
    pub(super) preview: Preview,
}

/// A column of the file.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Column {
    pub(super) title: String,
    pub(super) samples: Vec<String>,
    /// The table's column; empty for none, `*` where it is kept as it is.
    pub(super) to: String,
    pub(super) also: bool,
    pub(super) comment: Option<String>,
    pub(super) check: bool,
}

/// The first rows.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Preview {
    pub(super) error: Option<String>,
    pub(super) left_out: Option<String>,
    pub(super) notes: Vec<String>,
    pub(super) tables: Vec<PreviewTable>,
}

/// The first rows of one table.
#[derive(Debug, Default, Deserialize)]
pub(super) struct PreviewTable {
    pub(super) table: String,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    pub(super) read: u64,
    pub(super) refused: u64,
    pub(super) issues: Vec<Issue>,
}

/// Something about one row.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Issue {
    pub(super) line: u32,
    pub(super) column: String,
    pub(super) value: String,
    pub(super) reason: String,
}

/// The refused rows of a file.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Refused {
    pub(super) file: i64,
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<RefusedRow>,
}

/// One of them.
#[derive(Debug, Default, Deserialize)]
pub(super) struct RefusedRow {
    pub(super) line: u32,
    /// None where the line could not be split.
    pub(super) values: Vec<String>,
    /// The columns to look at.
    pub(super) fields: Vec<usize>,
    pub(super) issues: Vec<Issue>,
}

/// The folder of an upload, while its files are kept.
pub(super) fn folder(uploads: &Uploads, upload: &UploadRow) -> Option<PathBuf> {
    let plain = upload.folder.chars().all(|c| c.is_ascii_alphanumeric());
    let folder = uploads.dir.join(&upload.folder);
    (plain && !upload.folder.is_empty() && folder.is_dir()).then_some(folder)
}

/// A file that the worker wrote; none where it has not, or where it cannot be read.
pub(super) async fn read<T>(folder: &Path, name: &str) -> Option<T>
where
    T: for<'a> Deserialize<'a> + Send + 'static,
{
    let path = folder.join(name);
    let read = tokio::task::spawn_blocking(move || {
        let bytes = std::fs::read(path).ok()?;
        serde_json::from_slice(&bytes)
            .inspect_err(|error| tracing::error!(%error, "a worker's file cannot be read"))
            .ok()
    });
    read.await.ok().flatten()
}
