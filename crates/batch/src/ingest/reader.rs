//! Reads a file of any accepted format as record batches with the line of every row.
//!
//! Text formats give Utf8 columns in which an empty text means "no value"; Parquet gives one of a few
//! native types (see [`parquet::normal`]). A row that cannot be read at all (ragged, not UTF-8) comes
//! beside the batch as a [`BadRow`]; a file that cannot be read on is an error.

mod csv;
pub(crate) mod encoding;
mod header;
mod input;
mod jsonl;
mod parquet;
mod records;
mod text;
mod xlsx;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, bail};
use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::datatypes::{Field, Schema};

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
    /// The encoding of a text file, where it is not as it looks.
    pub encoding: Option<&'static encoding_rs::Encoding>,
    /// The line on which the header begins, from 1; default the first that is not empty.
    pub header_line: u32,
    /// How many lines the header has; 0 means 1.
    pub header_lines: u32,
    /// What becomes of columns without a name of their own.
    pub names: Names,
}

/// What becomes of columns that have no name, or that of an earlier one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Names {
    /// The file is refused: a mapping could not tell them apart.
    #[default]
    AsTheyStand,
    /// They are numbered: `x (2)`, `column 5`.
    Numbered,
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

/// The first rows of a file as they stand, to find its header by.
#[derive(Debug)]
pub(crate) struct Peek {
    /// Each row with its line, from 1, and its cells.
    pub rows: Vec<(u32, Vec<String>)>,
    /// How to read the file, as far as its looks tell.
    pub form: Form,
    /// The encoding of a text file.
    pub encoding: Option<&'static encoding_rs::Encoding>,
}

/// The first `rows` rows; `None` for formats that name their columns themselves.
pub(crate) fn peek(path: &Path, rows: usize) -> Result<Option<Peek>> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match ending(&name).as_str() {
        "csv" | "txt" => csv::peek(path, b',', rows).map(Some),
        "tsv" | "tab" => csv::peek(path, b'\t', rows).map(Some),
        "xlsx" => xlsx::peek(path, rows).map(Some),
        _ => Ok(None),
    }
}

/// A text file of no known format, plain or gzip, as UTF-8.
pub(crate) fn text(path: &Path) -> Result<impl std::io::Read + Send> {
    Ok(input::Input::open(path, None)?.reader())
}

/// The file endings that are read, each also with `.gz` but for workbooks and Parquet.
pub const ENDINGS: &[&str] = &["csv", "tsv", "tab", "txt", "xlsx", "jsonl", "ndjson", "parquet"];

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
        "jsonl" | "ndjson" => Box::new(jsonl::JsonlSource::open(path, form)?),
        "parquet" => Box::new(parquet::ParquetSource::open(path)?),
        other => bail!(
            "{name}: files ending in .{other} are not read; the endings are {} (.gz may follow)",
            ENDINGS.join(", ")
        ),
    };
    no_duplicates(&name, source.columns())?;
    Ok(source)
}

/// A source some of whose columns go by other names.
struct Renamed {
    inner: Box<dyn Source>,
    columns: Vec<String>,
}

/// The source with `columns` in the place of its own names.
pub(crate) fn renamed(inner: Box<dyn Source>, columns: Vec<String>) -> Box<dyn Source> {
    Box::new(Renamed { inner, columns })
}

impl Source for Renamed {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn bytes(&self) -> u64 {
        self.inner.bytes()
    }

    fn read(self: Box<Self>, wanted: &[usize], out: Out) -> Result<()> {
        let names: Vec<&String> = wanted.iter().map(|at| &self.columns[*at]).collect();
        let mut failed = None;
        self.inner.read(wanted, &mut |raw| {
            let fields = raw.batch.schema();
            let fields = fields.fields().iter().zip(&names);
            let fields: Vec<Field> =
                fields.map(|(field, name)| field.as_ref().clone().with_name(*name)).collect();
            let rows = RecordBatchOptions::new().with_row_count(Some(raw.batch.num_rows()));
            let columns = raw.batch.columns().to_vec();
            match RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &rows) {
                Ok(batch) => out(RawBatch { batch, ..raw }),
                Err(error) => {
                    failed = Some(error);
                    false
                }
            }
        })?;
        failed.map_or(Ok(()), |error| Err(error.into()))
    }
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
pub(crate) fn shortened(value: &str) -> String {
    const LONGEST: usize = 200;
    if value.len() <= LONGEST {
        return value.to_owned();
    }
    let end = (0..=LONGEST).rev().find(|i| value.is_char_boundary(*i)).unwrap_or(0);
    format!("{}…", &value[..end])
}

#[cfg(test)]
mod tests;
