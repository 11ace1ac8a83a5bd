//! Reads a file of any accepted format as record batches with the line of every row.
//!
//! Text formats give Utf8 columns in which an empty text means "no value"; Parquet gives one of a few
//! native types (see [`parquet::normal`]). A row that cannot be read at all (ragged, not UTF-8) comes
//! beside the batch as a [`BadRow`]; a file that cannot be read on is an error.

mod csv;
mod input;
mod jsonl;
mod parquet;
mod records;
mod text;
mod xlsx;

use std::path::Path;

use anyhow::{Result, bail};
use arrow::array::RecordBatch;

use crate::ingest::lines::Lines;

/// Rows as they stand in a file: the wanted columns under their names in the file.
#[derive(Debug)]
pub(crate) struct RawBatch {
    /// The columns asked for.
    pub batch: RecordBatch,
    /// Where each row stood.
    pub lines: Lines,
    /// Rows that could not be read; they are in no batch.
    pub bad: Vec<BadRow>,
    /// Bytes of the file consumed so far.
    pub bytes_done: u64,
}

/// A row that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadRow {
    /// Its line.
    pub line: u32,
    /// The column at fault, or empty when the row as a whole is.
    pub column: String,
    /// What stands there, shortened.
    pub value: String,
    /// Why it cannot be read and how to mend it.
    pub reason: String,
}

/// What a mapping says about the form of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// The separator of a CSV file, where it is not the one of its ending.
    pub separator: Option<u8>,
    /// The sheet of a workbook; default the first.
    pub sheet: Option<String>,
}

/// Takes batches as they are read; `false` stops the reading.
pub(crate) type Out<'a> = &'a mut dyn FnMut(RawBatch) -> bool;

/// An opened file whose header is known.
pub(crate) trait Source: Send {
    /// The names of its columns, in order.
    fn columns(&self) -> &[String];
    /// Its size in bytes.
    fn bytes(&self) -> u64;
    /// Reads to the end, giving the columns at the positions `wanted`.
    fn read(self: Box<Self>, wanted: &[usize], out: Out) -> Result<()>;
}

/// Rows in one batch of a text format.
pub(super) const BATCH_ROWS: usize = 32 * 1024;

/// The file endings that are read, each also with `.gz` but for workbooks and Parquet.
pub(crate) const ENDINGS: &[&str] =
    &["csv", "tsv", "tab", "txt", "xlsx", "jsonl", "ndjson", "parquet"];

/// The ending of a file name without `.gz`, in small letters.
pub(crate) fn ending(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    name.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_owned())
}

/// Opens a file by its ending and reads its header.
pub(crate) fn open(path: &Path, form: &Form) -> Result<Box<dyn Source>> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let source: Box<dyn Source> = match ending(&name).as_str() {
        "csv" | "txt" => Box::new(csv::CsvSource::open(path, b',', form)?),
        "tsv" | "tab" => Box::new(csv::CsvSource::open(path, b'\t', form)?),
        "xlsx" => Box::new(xlsx::XlsxSource::open(path, form)?),
        "jsonl" | "ndjson" => Box::new(jsonl::JsonlSource::open(path)?),
        "parquet" => Box::new(parquet::ParquetSource::open(path)?),
        other => bail!(
            "{name}: files ending in .{other} are not read; the endings are {} (.gz may follow)",
            ENDINGS.join(", ")
        ),
    };
    no_duplicates(&name, source.columns())?;
    Ok(source)
}

fn no_duplicates(file: &str, columns: &[String]) -> Result<()> {
    for (i, column) in columns.iter().enumerate() {
        if let Some(first) = columns[..i].iter().position(|other| other == column) {
            bail!(
                "{file}: columns {} and {} are both named `{column}`; give each its own name",
                first + 1,
                i + 1
            );
        }
    }
    Ok(())
}

/// A value cut to a length that fits a report.
pub(super) fn shortened(value: &str) -> String {
    const LONGEST: usize = 200;
    if value.len() <= LONGEST {
        return value.to_owned();
    }
    let end = (0..=LONGEST).rev().find(|i| value.is_char_boundary(*i)).unwrap_or(0);
    format!("{}…", &value[..end])
}

#[cfg(test)]
mod tests;
