//! The files of a run: written whole or not at all, with the same bytes for the same content.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use anyhow::{Context, Result};
use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{Int64Type, SchemaRef};
use arrow::record_batch::RecordBatchReader;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::properties::WriterProperties;
use parquet::file::statistics::Statistics;

/// Writes bytes to `path`: under a temporary name, flushed to disk, then renamed.
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<()> {
    let context = || lost(path);
    let folder = path.parent().context("an artefact lies in a folder")?;
    fs::create_dir_all(folder).with_context(context)?;
    let temporary = path.with_extension("tmp");
    let mut file = File::create(&temporary).with_context(context)?;
    file.write_all(bytes).with_context(context)?;
    settle(&file, path)
}

/// Flushes what was written under the temporary name and gives it its own.
fn settle(file: &File, path: &Path) -> Result<()> {
    let folder = path.parent().context("an artefact lies in a folder")?;
    file.sync_all().with_context(|| lost(path))?;
    fs::rename(path.with_extension("tmp"), path).with_context(|| lost(path))?;
    File::open(folder).and_then(|folder| folder.sync_all()).with_context(|| lost(path))
}

fn lost(path: &Path) -> String {
    format!(
        "could not write {}; nothing that was there is lost. Check free space and permissions",
        path.display()
    )
}

/// Writes one batch as Parquet.
pub fn write_parquet(path: &Path, batch: &RecordBatch) -> Result<()> {
    let mut rows = Rows::create(path, &batch.schema())?;
    rows.write(batch.clone())?;
    rows.finish()
}

/// Rows of a group: what a reader of one account decompresses.
const GROUP_ROWS: usize = 64 * 1024;

/// A Parquet file in the making: batch by batch, under a temporary name until it is finished. A thread of its own
/// compresses what it is given, a batch behind whoever makes the next.
pub struct Rows {
    path: PathBuf,
    /// Until it is finished, or cannot be written.
    behind: Option<Behind>,
}

struct Behind {
    batches: SyncSender<RecordBatch>,
    writer: JoinHandle<Result<File, ParquetError>>,
}

impl Behind {
    /// The file, when everything is in it.
    fn end(self) -> Result<File, ParquetError> {
        drop(self.batches);
        self.writer.join().expect("a writer of Parquet does not panic")
    }
}

impl Drop for Rows {
    /// Leaves nobody writing.
    fn drop(&mut self) {
        // Whoever drops it unfinished has an error of their own.
        let _ = self.behind.take().map(Behind::end);
    }
}

impl Rows {
    /// Begins the file.
    pub fn create(path: &Path, schema: &SchemaRef) -> Result<Self> {
        Self::in_groups(path, schema, GROUP_ROWS)
    }

    /// Begins the file with groups of so many rows.
    pub fn in_groups(path: &Path, schema: &SchemaRef, rows: usize) -> Result<Self> {
        let folder = path.parent().context("an artefact lies in a folder")?;
        fs::create_dir_all(folder).with_context(|| lost(path))?;
        let file = File::create(path.with_extension("tmp")).with_context(|| lost(path))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_created_by("nobishiro".to_owned())
            .set_max_row_group_row_count(Some(rows))
            .build();
        let mut writer = ArrowWriter::try_new(file, Arc::clone(schema), Some(properties))?;
        let (batches, given) = sync_channel::<RecordBatch>(1);
        let writer = std::thread::spawn(move || {
            given.iter().try_for_each(|batch| writer.write(&batch))?;
            writer.into_inner()
        });
        Ok(Self { path: path.to_owned(), behind: Some(Behind { batches, writer }) })
    }

    /// Appends rows. Where earlier ones could not be written, says why.
    pub fn write(&mut self, batch: RecordBatch) -> Result<()> {
        match &self.behind {
            Some(behind) if behind.batches.send(batch).is_ok() => Ok(()),
            _ => self.end().map(drop),
        }
    }

    /// Flushes to disk and gives the file its name.
    pub fn finish(mut self) -> Result<()> {
        let file = self.end()?;
        settle(&file, &self.path)
    }

    fn end(&mut self) -> Result<File> {
        let behind = self.behind.take().with_context(|| lost(&self.path))?;
        behind.end().with_context(|| lost(&self.path))
    }
}

/// Reads all rows of a file.
pub fn read_parquet(path: &Path) -> Result<RecordBatch> {
    let file = File::open(path).with_context(|| unread(path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).with_context(|| unread(path))?;
    let reader = builder.build().with_context(|| unread(path))?;
    let schema = reader.schema();
    let rows = reader.collect::<Result<Vec<_>, _>>().with_context(|| unread(path))?;
    Ok(arrow::compute::concat_batches(&schema, &rows)?)
}

/// Reads columns of a file batch by batch, in the file's order of columns.
pub fn read_columns(
    path: &Path,
    columns: &[&str],
) -> Result<impl Iterator<Item = Result<RecordBatch>>> {
    let context = unread(path);
    let file = File::open(path).with_context(|| context.clone())?;
    let builder =
        ParquetRecordBatchReaderBuilder::try_new(file).with_context(|| context.clone())?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
    let reader = builder.with_projection(mask).build().with_context(|| context.clone())?;
    Ok(reader.map(move |batch| batch.with_context(|| context.clone())))
}

/// Reads all rows of a file batch by batch.
pub fn read_rows(path: &Path) -> Result<impl Iterator<Item = Result<RecordBatch>> + use<>> {
    let context = unread(path);
    let file = File::open(path).with_context(|| context.clone())?;
    let builder =
        ParquetRecordBatchReaderBuilder::try_new(file).with_context(|| context.clone())?;
    let reader = builder.build().with_context(|| context.clone())?;
    Ok(reader.map(move |batch| batch.with_context(|| context.clone())))
}

fn unread(path: &Path) -> String {
    format!("could not read {}; `nobishiro run` writes it anew", path.display())
}

/// Reads the rows of one key, by which the file is sorted in its first column; other row groups are not touched.
pub fn read_key(path: &Path, key: i64) -> Result<RecordBatch> {
    let context = || unread(path);
    let file = File::open(path).with_context(context)?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).with_context(context)?;
    let groups = builder.metadata().row_groups().iter().enumerate();
    let groups = groups.filter(|(_, group)| may_hold(group, key)).map(|(i, _)| i).collect();
    let reader = builder.with_row_groups(groups).build().with_context(context)?;
    let schema = Arc::clone(&reader.schema());
    let mut found = Vec::new();
    for batch in reader {
        let batch = batch.with_context(context)?;
        let keys = batch.column(0).as_primitive::<Int64Type>();
        let own = BooleanArray::from_unary(keys, |this| this == key);
        found.push(filter_record_batch(&batch, &own)?);
    }
    Ok(arrow::compute::concat_batches(&schema, &found)?)
}

fn may_hold(group: &RowGroupMetaData, key: i64) -> bool {
    let Some(Statistics::Int64(keys)) = group.column(0).statistics() else { return true };
    keys.min_opt().is_none_or(|min| *min <= key) && keys.max_opt().is_none_or(|max| *max >= key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::Int64Array;

    #[test]
    fn what_is_written_is_read_and_has_the_same_bytes() {
        let folder = tempfile::tempdir().expect("a folder");
        let (one, two) = (folder.path().join("a/x.parquet"), folder.path().join("b/y.parquet"));
        let column: arrow::array::ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None]));
        let batch = RecordBatch::try_from_iter([("n", column)]).expect("a batch");
        write_parquet(&one, &batch).expect("written");
        write_parquet(&two, &batch).expect("written");
        let read = read_columns(&one, &["n"]).expect("read").next().expect("a batch");
        assert_eq!(read.expect("read"), batch);
        assert_eq!(fs::read(one).expect("bytes"), fs::read(two).expect("bytes"));
    }

    #[test]
    fn one_key_is_read_from_its_row_groups() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.parquet");
        let keys: Vec<i64> = (0..200_000).map(|row| row / 3).collect();
        let column: arrow::array::ArrayRef = Arc::new(Int64Array::from(keys));
        write_parquet(&path, &RecordBatch::try_from_iter([("key", column)]).expect("a batch"))
            .expect("written");
        let later = i64::try_from(GROUP_ROWS / 3).expect("a small number");
        for (key, rows) in [(0, 3), (later, 3), (66_666, 2), (66_667, 0), (-1, 0)] {
            assert_eq!(read_key(&path, key).expect("read").num_rows(), rows, "{key}");
        }
    }

    #[test]
    fn a_failed_write_says_what_is_safe() {
        let error = write_bytes(Path::new("/proc/none/x"), b"x").expect_err("no such place");
        assert!(format!("{error:#}").contains("nothing that was there is lost"));
    }

    #[test]
    fn a_full_disk_is_told_by_whoever_writes_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.parquet");
        std::os::unix::fs::symlink("/dev/full", path.with_extension("tmp")).expect("a link");
        let mut states = 1_u64;
        let numbers = std::iter::repeat_with(|| {
            states = states.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            states.cast_signed()
        });
        let column: arrow::array::ArrayRef =
            Arc::new(numbers.take(GROUP_ROWS).collect::<Int64Array>());
        let batch = RecordBatch::try_from_iter([("n", column)]).expect("a batch");
        let mut rows = Rows::create(&path, &batch.schema()).expect("begun");
        let written = (0..20).try_for_each(|_| rows.write(batch.clone()));
        let error = format!("{:#}", written.and_then(|()| rows.finish()).expect_err("no room"));
        assert!(error.contains("x.parquet; nothing that was there is lost"), "{error}");
        assert!(error.contains("No space left"), "{error}");
        assert!(!path.exists());
    }
}
