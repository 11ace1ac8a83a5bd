//! One row a subject, written as CSV or Parquet by the file's ending.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

/// The values of one column, one a row; `None` is no value.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Texts and ids.
    Text(Vec<Option<String>>),
    /// Whole numbers.
    Whole(Vec<Option<i64>>),
    /// Numbers; written with as many digits as tell them apart.
    Number(Vec<Option<f64>>),
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
        }
    }

    fn text(&self, row: usize) -> String {
        match self {
            Self::Text(values) => values[row].clone().unwrap_or_default(),
            Self::Whole(values) => values[row].map(|value| value.to_string()).unwrap_or_default(),
            Self::Number(values) => values[row].map(|value| value.to_string()).unwrap_or_default(),
        }
    }

    fn array(self) -> ArrayRef {
        match self {
            Self::Text(values) => Arc::new(StringArray::from(values)),
            Self::Whole(values) => Arc::new(Int64Array::from(values)),
            Self::Number(values) => Arc::new(Float64Array::from(values)),
        }
    }
}

/// Columns of equal length under their names, in the order in which they are written.
#[derive(Debug, Clone, PartialEq, Default)]
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
        let mut writer = csv::WriterBuilder::new().delimiter(separator).from_path(path)?;
        writer.write_record(self.columns.iter().map(|(name, _)| *name))?;
        for row in 0..self.rows() {
            writer.write_record(self.columns.iter().map(|(_, column)| column.text(row)))?;
        }
        Ok(writer.flush()?)
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
    fn another_ending_is_refused() {
        let error = table().write(Path::new("/tmp/x.doc")).expect_err("no such format");
        assert_eq!(
            error.to_string(),
            "/tmp/x.doc: --out wants a name that ends in .csv, .tsv or .parquet"
        );
    }
}
