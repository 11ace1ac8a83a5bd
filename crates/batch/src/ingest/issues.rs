//! What is to be said about single rows, kept for the store and written to the rejects files.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::hash::sha256_of;

/// Whether a row is taken in spite of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    /// The row is refused.
    Error,
    /// The row is taken.
    Warning,
}

impl Severity {
    fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Something about one row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Issue {
    /// The row's line.
    pub line: u32,
    /// The column, or empty for the row as a whole.
    pub column: String,
    /// What stands there, shortened.
    pub value: String,
    /// What is wrong with it, what became of the row, how to mend it: continues "`value` …".
    pub reason: String,
    /// Whether the row is taken.
    pub severity: Severity,
}

impl Issue {
    /// As the store keeps it.
    pub(super) fn stored(self, file: &str, entity: &str) -> store::RowIssue {
        store::RowIssue {
            file: file.to_owned(),
            line: i64::from(self.line),
            entity: entity.to_owned(),
            column: self.column,
            value: self.value,
            reason: self.reason,
            severity: self.severity.word().to_owned(),
        }
    }
}

/// Issues kept per file and table; the rejects file has every refused row.
const KEPT_MOST: usize = 10_000;

/// The issues of one file and table.
#[derive(Debug)]
pub(super) struct Issues {
    kept: Vec<Issue>,
    more: u64,
    rejects: Rejects,
}

impl Issues {
    pub(super) fn new(rejects_dir: &Path, file: &str, entity: &str) -> Self {
        Self { kept: Vec::new(), more: 0, rejects: Rejects::new(rejects_dir, file, entity) }
    }

    pub(super) fn add(&mut self, issue: Issue) -> Result<()> {
        if issue.severity == Severity::Error {
            self.rejects.write(&issue)?;
        }
        if self.kept.len() < KEPT_MOST {
            self.kept.push(issue);
        } else {
            self.more += 1;
        }
        Ok(())
    }

    /// Forgets everything; an earlier rejects file stays.
    pub(super) fn abandon(self) {
        drop(self.rejects.writer);
        // What cannot be removed is overwritten by the next ingest.
        drop(fs::remove_file(self.rejects.path.with_extension("csv.part")));
    }

    /// Publishes the rejects file (or removes that of an earlier ingest) and gives the issues.
    pub(super) fn finish(self) -> Result<(Vec<Issue>, Option<PathBuf>)> {
        let Self { mut kept, more, rejects } = self;
        if more > 0 {
            kept.push(Issue {
                line: 0,
                column: String::new(),
                value: String::new(),
                reason: format!(
                    "{more} more issues of this file are not listed; mend the ones above and ingest \
                     again (every refused row is in the rejects file)"
                ),
                severity: Severity::Warning,
            });
        }
        Ok((kept, rejects.finish()?))
    }
}

/// The longest file name that a rejects file takes over, in bytes: file systems take 255.
const NAME_MOST: usize = 150;

/// Where the refused rows of a source file and table are listed: under the file's name where that is a plain one, else
/// under its hash.
pub fn rejects_path(dir: &Path, file: &str, entity: &str) -> PathBuf {
    let plain = |c: char| c.is_alphanumeric() || " ._-()+,".contains(c);
    let is_plain = file.len() <= NAME_MOST && file.chars().all(plain) && !file.starts_with('.');
    let hash = sha256_of(file.as_bytes());
    let name = if is_plain { file } else { &hash[..16] };
    dir.join(format!("{name}.{entity}.rejects.csv"))
}

/// The rejects file of one source file and table, begun with its first refused row.
#[derive(Debug)]
struct Rejects {
    path: PathBuf,
    file: String,
    writer: Option<csv::Writer<BufWriter<File>>>,
}

impl Rejects {
    fn new(dir: &Path, file: &str, entity: &str) -> Self {
        Self { path: rejects_path(dir, file, entity), file: file.to_owned(), writer: None }
    }

    fn unfinished(&self) -> PathBuf {
        self.path.with_extension("csv.part")
    }

    fn write(&mut self, issue: &Issue) -> Result<()> {
        let path = self.unfinished();
        let context = || format!("cannot write {}; check space and permissions", path.display());
        if self.writer.is_none() {
            if let Some(dir) = path.parent() {
                fs::create_dir_all(dir).with_context(context)?;
            }
            let file = BufWriter::new(File::create(&path).with_context(context)?);
            let mut writer = csv::Writer::from_writer(file);
            writer.write_record(["file", "line", "column", "value", "reason"])?;
            self.writer = Some(writer);
        }
        if let Some(writer) = &mut self.writer {
            let line = issue.line.to_string();
            writer
                .write_record([&self.file, &line, &issue.column, &issue.value, &issue.reason])
                .with_context(context)?;
        }
        Ok(())
    }

    fn finish(self) -> Result<Option<PathBuf>> {
        let unfinished = self.unfinished();
        let Some(writer) = self.writer else {
            for path in [&self.path, &unfinished] {
                match fs::remove_file(path) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        return Err(error)
                            .with_context(|| format!("cannot remove {}", path.display()));
                    }
                    _ => {}
                }
            }
            return Ok(None);
        };
        let context = || format!("cannot write {}; check space", self.path.display());
        let mut buffer = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
        buffer.flush().with_context(context)?;
        buffer.get_ref().sync_all().with_context(context)?;
        fs::rename(&unfinished, &self.path).with_context(context)?;
        Ok(Some(self.path))
    }
}
