//! Files on their way to the disk: under names of our own making in a folder that is there only once all of them are.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use axum::extract::multipart::Field;
use store::UploadFile;
use tokio::sync::mpsc;

use super::Uploads;
use super::names;
use super::sniff::{self, Seen};
use crate::access::secrets;

/// Chunks between the network and the disk.
const ON_THE_WAY: usize = 8;

/// Why an upload ended early.
#[derive(Debug)]
pub(super) enum Stopped {
    /// The file of this name is larger than it may be, or all of them together are.
    TooLarge(String),
    /// More files than an upload may have.
    TooMany,
    /// The sender went away.
    Gone,
    /// The disk refuses.
    Disk(io::Error),
}

/// An upload under way; dropped before it is kept, nothing of it is left.
pub(super) struct Incoming<'a> {
    uploads: &'a Uploads,
    name: String,
    part: PathBuf,
    kept: bool,
    total: u64,
    pub(super) files: Vec<UploadFile>,
}

impl<'a> Incoming<'a> {
    /// Makes the folder.
    pub(super) fn begin(uploads: &'a Uploads) -> io::Result<Self> {
        let name = secrets::form_token();
        let part = uploads.dir.join(format!("{name}.part"));
        fs::create_dir_all(&part)?;
        Ok(Self { uploads, name, part, kept: false, total: 0, files: Vec::new() })
    }

    /// Takes the next file, or refuses it by a code; what was refused is not on the disk.
    pub(super) async fn take(&mut self, field: Field<'_>) -> Result<(), Stopped> {
        let shown = names::shown(field.file_name().unwrap_or_default());
        let earlier: Vec<&str> = self.files.iter().map(|file| file.name.as_str()).collect();
        let shown = names::unique(&shown, &earlier);
        if self.files.len() >= self.uploads.rules.files_max {
            return Err(Stopped::TooMany);
        }
        let number = self.files.len();
        let ending = names::ending(&shown, self.uploads.rules.endings);
        let stored = ending.clone().unwrap_or_else(|| "bin".to_owned());
        let path = self.part.join(format!("{number}.{stored}"));
        let seen = self.write(&path, field, &shown).await?;
        let bytes = i64::try_from(seen.bytes).unwrap_or(i64::MAX);
        let refused = sniff::refused(&seen, ending.as_deref());
        if refused.is_some() {
            fs::remove_file(&path).map_err(Stopped::Disk)?;
        }
        if refused == Some(sniff::VIRUS) {
            tracing::warn!(
                bytes,
                "a file with the signature of a test virus was refused and deleted"
            );
        }
        self.files.push(UploadFile {
            file_no: i64::try_from(number).unwrap_or(i64::MAX),
            name: shown,
            ending: stored,
            bytes,
            refused: refused.map(str::to_owned),
        });
        Ok(())
    }

    /// Writes what comes, on a thread of its own, until it is on the disk.
    async fn write(
        &mut self,
        path: &Path,
        mut field: Field<'_>,
        shown: &str,
    ) -> Result<Seen, Stopped> {
        let (give, mut take) = mpsc::channel::<axum::body::Bytes>(ON_THE_WAY);
        let to = path.to_owned();
        let writing = tokio::task::spawn_blocking(move || -> io::Result<Seen> {
            let mut file = BufWriter::new(File::create(&to)?);
            let mut seen = Seen::default();
            while let Some(bytes) = take.blocking_recv() {
                seen.look(&bytes);
                file.write_all(&bytes)?;
            }
            file.flush()?;
            file.get_ref().sync_all()?;
            Ok(seen)
        });
        let rules = &self.uploads.rules;
        let mut bytes_here = 0_u64;
        let stopped = loop {
            match field.chunk().await {
                Ok(Some(bytes)) => {
                    bytes_here += bytes.len() as u64;
                    self.total += bytes.len() as u64;
                    if bytes_here > rules.file_bytes_max || self.total > rules.total_bytes_max {
                        break Some(Stopped::TooLarge(shown.to_owned()));
                    }
                    // The writer is gone only where the disk refused, which it says below.
                    if give.send(bytes).await.is_err() {
                        break None;
                    }
                }
                Ok(None) => break None,
                Err(_) => break Some(Stopped::Gone),
            }
        };
        drop(give);
        let written = writing.await.map_err(|error| Stopped::Disk(io::Error::other(error)))?;
        match stopped {
            Some(stopped) => Err(stopped),
            None => written.map_err(Stopped::Disk),
        }
    }

    /// Whether a file is there that was not refused.
    pub(super) fn has_any(&self) -> bool {
        self.files.iter().any(|file| file.refused.is_none())
    }

    /// Gives the folder its name: from now on it stays. The name.
    pub(super) fn keep(&mut self) -> io::Result<String> {
        File::open(&self.part)?.sync_all()?;
        let whole = self.uploads.dir.join(&self.name);
        fs::rename(&self.part, &whole)?;
        self.part = whole;
        File::open(&self.uploads.dir)?.sync_all()?;
        Ok(self.name.clone())
    }

    /// The upload is noted: its files are not removed any more.
    pub(super) fn noted(&mut self) {
        self.kept = true;
    }
}

impl Drop for Incoming<'_> {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        if let Err(error) = fs::remove_dir_all(&self.part) {
            tracing::error!(%error, "what came of an upload that was broken off could not be removed");
        }
    }
}
