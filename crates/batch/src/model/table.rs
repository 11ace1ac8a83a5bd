//! One row a subject, written as CSV or Parquet by the file's ending.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, StringBuilder};
use models::parallel;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

/// Rows that are put into text at once.
const PIECE: usize = 8_192;

/// What makes the value of a row.
pub type Maker<T> = Box<dyn Fn(usize) -> T + Send + Sync>;
/// What puts the text of a row behind what is there.
pub type Writer = Box<dyn Fn(usize, &mut String) + Send + Sync>;

/// The values of one column, one a row; `None` is no value. Those of millions of rows are made when they are written:
/// they would take more memory, and more time to fill it, than what they are made of.
pub enum Column {
    /// Texts and ids.
    Text(Vec<Option<String>>),
    /// Whole numbers.
    Whole(Vec<Option<i64>>),
    /// Numbers; written with as many digits as tell them apart.
    Number(Vec<Option<f64>>),
    /// Texts of so many rows, each made when it is written.
    TextMade(usize, Writer),
    /// The same of whole numbers.
    WholeMade(usize, Maker<i64>),
    /// The same of numbers.
    NumberMade(usize, Maker<f64>),
}

impl std::fmt::Debug for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a column of {} rows", self.len())
    }
}

impl From<Vec<String>> for Column {
    fn from(values: Vec<String>) -> Self {
        Self::Text(values.into_iter().map(Some).collect())
    }
}

impl From<Vec<f64>> for Column {
    fn from(values: Vec<f64>) -> Self {
        Self::Number(values.into_iter().map(Some).collect())
    }
}

impl From<Vec<i64>> for Column {
    fn from(values: Vec<i64>) -> Self {
        Self::Whole(values.into_iter().map(Some).collect())
    }
}

impl Column {
    fn len(&self) -> usize {
        match self {
            Self::Text(values) => values.len(),
            Self::Whole(values) => values.len(),
            Self::Number(values) => values.len(),
            Self::TextMade(rows, _) | Self::WholeMade(rows, _) | Self::NumberMade(rows, _) => *rows,
        }
    }

    /// The cell of a row as text; `room` holds what must be made for it.
    fn text<'a>(&'a self, row: usize, room: &'a mut String) -> &'a str {
        room.clear();
        let made = match self {
            Self::Text(values) => return values[row].as_deref().unwrap_or_default(),
            Self::Whole(values) => values[row].map(|value| write!(room, "{value}")),
            Self::Number(values) => values[row].map(|value| write!(room, "{value}")),
            Self::TextMade(_, write) => {
                write(row, room);
                None
            }
            Self::WholeMade(_, make) => Some(write!(room, "{}", make(row))),
            Self::NumberMade(_, make) => Some(write!(room, "{}", make(row))),
        };
        made.unwrap_or(Ok(())).expect("a string takes what is written to it");
        room
    }

    fn array(self) -> ArrayRef {
        match self {
            Self::Text(values) => Arc::new(StringArray::from(values)),
            Self::Whole(values) => Arc::new(Int64Array::from(values)),
            Self::Number(values) => Arc::new(Float64Array::from(values)),
            Self::TextMade(rows, write) => {
                let mut texts = StringBuilder::new();
                let mut room = String::new();
                for row in 0..rows {
                    room.clear();
                    write(row, &mut room);
                    texts.append_value(&room);
                }
                Arc::new(texts.finish())
            }
            Self::WholeMade(rows, make) => {
                Arc::new(Int64Array::from_iter_values((0..rows).map(make)))
            }
            Self::NumberMade(rows, make) => {
                Arc::new(Float64Array::from_iter_values((0..rows).map(make)))
            }
        }
    }
}

/// Columns of equal length under their names, in the order in which they are written.
#[derive(Debug, Default)]
pub struct Table {
    columns: Vec<(&'static str, Column)>,
}

impl Table {
    /// Adds a column at the right.
    ///
    /// # Panics
    /// When it is not as long as the others: a fault of the caller.
    #[must_use]
    pub fn with(mut self, name: &'static str, column: impl Into<Column>) -> Self {
        let column = column.into();
        if let Some((first, rows)) = self.columns.first().map(|(first, c)| (first, c.len())) {
            assert_eq!(rows, column.len(), "`{name}` is not as long as `{first}`");
        }
        self.columns.push((name, column));
        self
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| column.len())
    }

    /// Whether a file of this name can be written at all: asked before the work.
    pub fn check(path: &Path) -> Result<()> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            bail!("--out: the folder {} is not there", folder.display());
        }
        ending(path).map(|_| ())
    }

    /// Writes it under a temporary name, then renames: a file that is there is whole.
    pub fn write(self, path: &Path) -> Result<()> {
        let failed = || format!("{} could not be written", path.display());
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let beside = path.with_file_name(format!(".{name}.part"));
        let written = match ending(path)? {
            Ending::Csv => self.csv(&beside, b','),
            Ending::Tsv => self.csv(&beside, b'\t'),
            Ending::Parquet => self.parquet(&beside),
        };
        let renamed = written.and_then(|()| Ok(fs::rename(&beside, path)?));
        if renamed.is_err() {
            // What could not be finished is not left behind; the first error is the one to tell.
            let _ = fs::remove_file(&beside);
        }
        renamed.with_context(failed)
    }

    fn csv(&self, path: &Path, separator: u8) -> Result<()> {
        let mut builder = csv::WriterBuilder::new();
        builder.delimiter(separator);
        let mut head = builder.from_writer(fs::File::create(path)?);
        head.write_record(self.columns.iter().map(|(name, _)| *name))?;
        let mut file = head.into_inner()?;
        // A few pieces at a time: what waits to be written stays small.
        let pieces = self.rows().div_ceil(PIECE);
        let wave = 4 * parallel::cores();
        for first in (0..pieces).step_by(wave) {
            let count = wave.min(pieces - first);
            let written = parallel::pieces(count, |piece| self.lines(&builder, first + piece));
            for lines in written {
                file.write_all(&lines?)?;
            }
        }
        Ok(file.flush()?)
    }

    /// The lines of one piece.
    fn lines(&self, builder: &csv::WriterBuilder, piece: usize) -> Result<Vec<u8>> {
        let mut writer = builder.from_writer(Vec::new());
        let mut room = String::new();
        for row in piece * PIECE..self.rows().min((piece + 1) * PIECE) {
            for (_, column) in &self.columns {
                writer.write_field(column.text(row, &mut room))?;
            }
            writer.write_record(None::<&[u8]>)?;
        }
        Ok(writer.into_inner()?)
    }

    fn parquet(self, path: &Path) -> Result<()> {
        let named = self.columns.into_iter().map(|(name, column)| (name, column.array(), true));
        let batch = RecordBatch::try_from_iter_with_nullable(named)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .build();
        let file = fs::File::create(path)?;
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties))?;
        writer.write(&batch)?;
        writer.close()?;
        Ok(())
    }
}

enum Ending {
    Csv,
    Tsv,
    Parquet,
}

fn ending(path: &Path) -> Result<Ending> {
    Ok(match path.extension().unwrap_or_default().to_string_lossy().to_lowercase().as_str() {
        "csv" => Ending::Csv,
        "tsv" => Ending::Tsv,
        "parquet" => Ending::Parquet,
        _ => bail!("{}: --out wants a name that ends in .csv, .tsv or .parquet", path.display()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sheet::File;

    fn table() -> Table {
        Table::default()
            .with("id", vec!["a,b".to_owned(), "c".to_owned()])
            .with("n", vec![0.1, 1e-7])
            .with("k", Column::Whole(vec![Some(3), None]))
    }

    #[test]
    fn csv_and_parquet_say_the_same() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["x.csv", "x.parquet", "x.tsv"] {
            let path = folder.path().join(name);
            table().write(&path).expect("written");
            let sheet = File::open(&path).and_then(|file| file.read_all()).expect("read");
            assert_eq!(sheet.keys("id").expect("ids"), ["a,b", "c"]);
            assert_eq!(sheet.numbers("n").expect("numbers"), [Some(0.1), Some(1e-7)]);
            assert_eq!(sheet.numbers("k").expect("numbers"), [Some(3.0), None]);
        }
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 3, "nothing left over");
    }

    #[test]
    fn long_tables_keep_their_order() {
        let rows = 3 * PIECE + 7;
        let numbers = (0_i64..).take(rows);
        let table = Table::default()
            .with("k", numbers.clone().collect::<Vec<i64>>())
            .with("t", numbers.clone().map(|n| format!("row \"{n}\"")).collect::<Vec<_>>());
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.csv");
        table.write(&path).expect("written");
        let text = fs::read_to_string(&path).expect("read");
        let expected = numbers.map(|n| format!("{n},\"row \"\"{n}\"\"\"\n"));
        assert_eq!(text, format!("k,t\n{}", expected.collect::<String>()));
    }

    #[test]
    fn another_ending_is_refused() {
        let error = table().write(Path::new("/tmp/x.doc")).expect_err("no such format");
        assert_eq!(
            error.to_string(),
            "/tmp/x.doc: --out wants a name that ends in .csv, .tsv or .parquet"
        );
    }
}
