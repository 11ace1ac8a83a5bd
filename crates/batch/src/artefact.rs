//! The files of a run: written whole or not at all, with the same bytes for the same content.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use arrow::array::RecordBatch;
use arrow::record_batch::RecordBatchReader;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

/// Writes bytes to `path`: under a temporary name, flushed to disk, then renamed.
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<()> {
    let context = || {
        format!(
            "could not write {}; nothing that was there is lost. Check free space and permissions",
            path.display()
        )
    };
    let folder = path.parent().context("an artefact lies in a folder")?;
    fs::create_dir_all(folder).with_context(context)?;
    let temporary = path.with_extension("tmp");
    let mut file = File::create(&temporary).with_context(context)?;
    file.write_all(bytes).with_context(context)?;
    file.sync_all().with_context(context)?;
    fs::rename(&temporary, path).with_context(context)?;
    File::open(folder).and_then(|folder| folder.sync_all()).with_context(context)
}

/// Writes one batch as Parquet.
pub fn write_parquet(path: &Path, batch: &RecordBatch) -> Result<()> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by("nobishiro".to_owned())
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties))?;
    writer.write(batch)?;
    writer.close()?;
    write_bytes(path, &bytes)
}

/// Reads what [`write_parquet`] wrote.
pub fn read_parquet(path: &Path) -> Result<RecordBatch> {
    let context = || format!("could not read {}; `nobishiro run` writes it anew", path.display());
    let file = File::open(path).with_context(context)?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .with_context(context)?
        .build()
        .with_context(context)?;
    let schema = Arc::clone(&reader.schema());
    let batches = reader.collect::<Result<Vec<_>, _>>().with_context(context)?;
    Ok(arrow::compute::concat_batches(&schema, &batches)?)
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
        assert_eq!(read_parquet(&one).expect("read"), batch);
        assert_eq!(fs::read(one).expect("bytes"), fs::read(two).expect("bytes"));
    }

    #[test]
    fn a_failed_write_says_what_is_safe() {
        let error = write_bytes(Path::new("/proc/none/x"), b"x").expect_err("no such place");
        assert!(format!("{error:#}").contains("nothing that was there is lost"));
    }
}
