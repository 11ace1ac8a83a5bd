//! Bytes of lake files and the steps by which they reach the disk.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use arrow::array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::Compression;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use sha2::{Digest, Sha256};
use store::LakeFile;

use super::layout::absolute;

/// Rows of a row group; a month of a mid-sized shop is one.
const ROW_GROUP_ROWS: usize = 1 << 20;

/// Names the format of the files; the version of a library never shows in their bytes.
const CREATED_BY: &str = "nobishiro lake 1";

/// A file written under its temporary name.
#[derive(Debug, Clone)]
pub(super) struct Written {
    /// Where it lies now.
    pub(super) tmp: PathBuf,
    /// What the catalogue will say.
    pub(super) file: LakeFile,
}

/// The same rows give the same bytes.
pub(super) fn encode(batch: &RecordBatch) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new_with_options(&mut bytes, batch.schema(), options())
        .context("the lake's schema cannot be written as Parquet")?;
    writer.write(batch).context("rows cannot be written as Parquet")?;
    writer.close().context("rows cannot be written as Parquet")?;
    Ok(bytes)
}

/// How lake files are written, each and always.
pub(super) fn options() -> ArrowWriterOptions {
    let properties = WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .build();
    ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true)
}

/// The content hash of a file, in hexadecimal.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes as lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Writes a new file and flushes it to the disk.
pub(super) fn write_durably(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .map_err(|error| disk_error("make the folder", folder, &error))?;
    }
    let write = || -> io::Result<()> {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error| disk_error("write", path, &error))
}

/// Gives a written file its final name.
pub(super) fn rename(lake_dir: &Path, written: &Written) -> Result<()> {
    let target = absolute(lake_dir, &written.file.path);
    fs::rename(&written.tmp, &target).map_err(|error| disk_error("rename to", &target, &error))
}

/// Flushes the folders that hold these files, and their parents, so that the names last.
pub(super) fn sync_folders(lake_dir: &Path, files: &[Written]) -> Result<()> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for written in files {
        let target = absolute(lake_dir, &written.file.path);
        folders.extend(target.ancestors().skip(1).take(3).map(Path::to_path_buf));
    }
    folders.extend(lake_dir.parent().map(Path::to_path_buf));
    folders.sort_unstable();
    folders.dedup();
    for folder in folders.iter().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)
            .and_then(|open| open.sync_all())
            .map_err(|error| disk_error("flush the folder", folder, &error))?;
    }
    Ok(())
}

/// What went wrong with the disk, what is safe, and how to mend it.
pub(super) fn disk_error(doing: &str, path: &Path, error: &io::Error) -> anyhow::Error {
    let mend = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "the disk is full: free some space, then ingest the same file again"
        }
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
            "the lake cannot be written here: give this user the right to write to the folder, or \
             state another `lake` in nobishiro.toml, then ingest the same file again"
        }
        io::ErrorKind::NotFound => {
            "a folder or file is missing: restore it, or ingest the same file again"
        }
        _ => "check the disk, then ingest the same file again",
    };
    anyhow!(
        "cannot {doing} {}: {error}; nothing of this source file is stored and all earlier data \
         are safe; {mend}",
        path.display()
    )
}

/// Two threads work through `tasks` by turns; results come back in the order of the tasks.
pub(super) fn in_two_threads<T: Sync, R: Send>(
    tasks: &[T],
    work: impl Fn(&T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        while let Some((place, task)) = {
            let place = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            tasks.get(place).map(|task| (place, task))
        } {
            done.push((place, work(task)));
        }
        done
    };
    let mut done = std::thread::scope(|scope| {
        let other = (tasks.len() > 1).then(|| scope.spawn(take));
        let mut done = take();
        done.extend(
            other
                .map(|thread| thread.join().expect("lake work does not panic"))
                .unwrap_or_default(),
        );
        done
    });
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

/// The columns of a batch with others in their place, under another schema.
pub(super) fn with_schema(
    schema: arrow::datatypes::SchemaRef,
    columns: Vec<arrow::array::ArrayRef>,
) -> Result<RecordBatch> {
    let names = Arc::clone(&schema);
    RecordBatch::try_new(schema, columns)
        .with_context(|| format!("rows do not have the columns {names:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_come_back_in_order() {
        let tasks: Vec<u32> = (0..100).collect();
        let doubled = in_two_threads(&tasks, |task| Ok(task * 2)).expect("doubles");
        assert_eq!(doubled, (0..200).step_by(2).collect::<Vec<_>>());
        assert!(
            in_two_threads(&tasks, |task| (*task != 7).then_some(()).context("seven")).is_err()
        );
        assert!(in_two_threads::<u32, u32>(&[], |task| Ok(*task)).expect("nothing").is_empty());
    }

    #[test]
    fn disk_errors_say_what_is_safe_and_how_to_mend() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        let text = disk_error("write", Path::new("/w/lake/x"), &full).to_string();
        assert!(text.starts_with("cannot write /w/lake/x: "), "{text}");
        assert!(text.contains("earlier data are safe"), "{text}");
        assert!(text.contains("free some space"), "{text}");
    }

    #[test]
    fn hexadecimal_is_lower_case() {
        assert_eq!(hex(&[0x00, 0xAB, 0x7F]), "00ab7f");
    }
}
