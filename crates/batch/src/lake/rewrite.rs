//! Writing the rows of a month anew, as one file: in key order, in row groups of one size, under sequence 0.
//!
//! The bytes depend on the rows alone, not on the files that they came from. Sequence 0 is below that of any
//! ingest, so what comes later wins.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use arrow::array::{ArrayRef, Int64Array, RecordBatch};
use arrow::compute::concat_batches;
use datafusion::execution::SendableRecordBatchStream;
use domain::canonical::Entity;
use futures::TryStreamExt;
use parquet::arrow::ArrowWriter;
use sha2::{Digest, Sha256};
use store::LakeFile;

use super::files::{Written, disk_error, hex, options, with_schema};
use super::layout::{TMP_PREFIX, absolute, final_path, lake_schema};

/// The sequence of rows that were written anew.
pub(super) const SEQ: i64 = 0;
/// Rows that are given to the writer at once: always as many, for the same bytes.
const ROWS_AT_ONCE: usize = 1 << 16;

/// The rows of a sorted stream, in the lake's columns, as one file under its temporary name; `None` when
/// there are no rows.
pub(super) async fn write_month(
    lake_dir: &Path,
    (entity, month): (&'static Entity, &str),
    mut rows: SendableRecordBatchStream,
) -> Result<Option<Written>> {
    let folder = absolute(lake_dir, &format!("{}/month={month}", entity.name));
    let tmp = folder.join(format!("{TMP_PREFIX}anew-{month}.parquet"));
    let failed = |error: &io::Error| disk_error("write", &tmp, error);
    std::fs::create_dir_all(&folder).map_err(|error| failed(&error))?;
    let file = File::create(&tmp).map_err(|error| failed(&error))?;
    let mut out = ArrowWriter::try_new_with_options(
        Hashing { to: BufWriter::new(file), sha: Sha256::new(), bytes: 0 },
        lake_schema(entity),
        options(),
    )
    .context("the lake's schema cannot be written as Parquet")?;
    let mut waiting: Vec<RecordBatch> = Vec::new();
    let (mut held, mut total) = (0, 0);
    while let Some(batch) = rows.try_next().await.context("the lake's rows cannot be read")? {
        (held, total) = (held + batch.num_rows(), total + batch.num_rows());
        waiting.push(batch);
        while held >= ROWS_AT_ONCE {
            held -= ROWS_AT_ONCE;
            let all = concat_batches(&waiting[0].schema(), &waiting)?;
            give(entity, &mut out, &all.slice(0, ROWS_AT_ONCE))?;
            waiting = vec![all.slice(ROWS_AT_ONCE, held)];
        }
    }
    if total == 0 {
        drop(out);
        std::fs::remove_file(&tmp).map_err(|error| failed(&error))?;
        return Ok(None);
    }
    if held > 0 {
        give(entity, &mut out, &concat_batches(&waiting[0].schema(), &waiting)?)?;
    }
    let out = out.into_inner().context("rows cannot be written as Parquet")?;
    let Hashing { to, sha, bytes } = out;
    let synced = to.into_inner().map_err(io::IntoInnerError::into_error);
    synced.and_then(|file| file.sync_all()).map_err(|error| failed(&error))?;
    let sha256 = hex(&sha.finalize());
    let path = final_path(entity.name, month, &sha256, false);
    let (name, month) = (entity.name.to_owned(), month.to_owned());
    let (rows, bytes) = (i64::try_from(total)?, i64::try_from(bytes)?);
    let file = LakeFile { path, entity: name, month, rows, seq: SEQ, sha256, bytes };
    Ok(Some(Written { tmp, file }))
}

/// Writes a batch with its sequence in place of those that it had.
fn give<W: Write + Send>(
    entity: &Entity,
    out: &mut ArrowWriter<W>,
    batch: &RecordBatch,
) -> Result<()> {
    let mut columns: Vec<ArrayRef> = batch.columns()[..batch.num_columns() - 1].to_vec();
    columns.push(Arc::new(Int64Array::from_value(SEQ, batch.num_rows())));
    let batch = with_schema(lake_schema(entity), columns)?;
    out.write(&batch).context("rows cannot be written as Parquet")
}

/// Counts and hashes what it passes on.
struct Hashing<W> {
    to: W,
    sha: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.to.write(buffer)?;
        self.sha.update(&buffer[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
