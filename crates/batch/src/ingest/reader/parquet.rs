//! Parquet: native columns, brought to one of six types.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use arrow::array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::{Out, RawBatch, Source};
use crate::ingest::lines::Lines;

const BATCH_ROWS: usize = 64 * 1024;

pub(super) struct ParquetSource {
    path: PathBuf,
    columns: Vec<String>,
    builder: ParquetRecordBatchReaderBuilder<File>,
    bytes: u64,
}

impl ParquetSource {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let shown = path.display();
        let file = File::open(path).with_context(|| format!("{shown} cannot be read"))?;
        let bytes = file.metadata()?.len();
        if bytes == 0 {
            bail!("{shown} is empty: export it again");
        }
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).with_context(|| {
            format!("{shown} is not whole Parquet (its footer is missing): copy or export it again")
        })?;
        let columns = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
        Ok(Self { path: path.to_owned(), columns, builder, bytes })
    }
}

impl Source for ParquetSource {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn read(self: Box<Self>, wanted: &[usize], out: Out) -> Result<()> {
        let Self { path, columns, builder, bytes } = *self;
        let total = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
        let mask = ProjectionMask::roots(builder.parquet_schema(), wanted.iter().copied());
        let reader: ParquetRecordBatchReader =
            builder.with_projection(mask).with_batch_size(BATCH_ROWS).build()?;
        let mut rows: u64 = 0;
        for batch in reader {
            let batch = batch.with_context(|| {
                format!(
                    "{} cannot be read beyond row {rows}: it is damaged or cut short; copy or \
                     export it again",
                    path.display()
                )
            })?;
            let first = u32::try_from(rows + 1).unwrap_or(u32::MAX);
            rows += batch.num_rows() as u64;
            let batch = in_order(&batch, &columns, wanted)?;
            let bytes_done = u128::from(bytes) * u128::from(rows) / u128::from(total.max(1));
            let bytes_done = u64::try_from(bytes_done).unwrap_or(bytes).min(bytes);
            let raw = RawBatch { batch, lines: Lines::From(first), bad: Vec::new(), bytes_done };
            if !out(raw) {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// The wanted columns in the order asked, each of a normal type.
fn in_order(batch: &RecordBatch, names: &[String], wanted: &[usize]) -> Result<RecordBatch> {
    let mut fields = Vec::with_capacity(wanted.len());
    let mut arrays = Vec::with_capacity(wanted.len());
    for column in wanted {
        let name = &names[*column];
        let array = batch.column_by_name(name).context("a wanted column was projected")?;
        let array = normal(array).with_context(|| format!("column `{name}`"))?;
        fields.push(Field::new(name, array.data_type().clone(), true));
        arrays.push(array);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)?)
}

/// Brings a column to Utf8, Int64, Float64, Boolean, Date32 or microseconds (UTC, or without a zone).
/// Decimals become their text, which is exact; nested values the text that shows them.
pub(super) fn normal(array: &ArrayRef) -> Result<ArrayRef> {
    use DataType as T;
    let target = match array.data_type() {
        T::Utf8 | T::Int64 | T::Float64 | T::Boolean | T::Date32 => return Ok(Arc::clone(array)),
        T::Int8 | T::Int16 | T::Int32 | T::UInt8 | T::UInt16 | T::UInt32 => T::Int64,
        T::Float16 | T::Float32 => T::Float64,
        T::Date64 => T::Date32,
        T::Timestamp(_, None) => T::Timestamp(TimeUnit::Microsecond, None),
        T::Timestamp(_, Some(_)) => T::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        T::LargeUtf8
        | T::Utf8View
        | T::Binary
        | T::LargeBinary
        | T::BinaryView
        | T::UInt64
        | T::Decimal32(..)
        | T::Decimal64(..)
        | T::Decimal128(..)
        | T::Decimal256(..) => T::Utf8,
        T::Dictionary(_, value) => {
            return normal(&cast_with_options(array, value, &strict())?);
        }
        _ => return shown(array),
    };
    Ok(cast_with_options(array, &target, &strict())?)
}

fn strict() -> CastOptions<'static> {
    CastOptions { safe: false, ..CastOptions::default() }
}

fn shown(array: &ArrayRef) -> Result<ArrayRef> {
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(array, &options)?;
    let texts =
        (0..array.len()).map(|row| (!array.is_null(row)).then(|| formatter.value(row).to_string()));
    Ok(Arc::new(texts.collect::<StringArray>()))
}
