//! What became of every row of an ingest.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

/// The account of one ingest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct IngestReport {
    /// File by file, in the order in which they were taken.
    pub files: Vec<FileReport>,
}

/// The account of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// Its name.
    pub file: String,
    /// Rows in it.
    pub rows: u64,
    /// What became of them, table by table.
    pub tables: Vec<TableReport>,
    /// Why the file was left out on purpose: skipped by the mapping, or only joined with others.
    pub left_out: Option<String>,
    /// Why the file could not be taken.
    pub error: Option<String>,
    /// Other things worth knowing.
    pub notes: Vec<String>,
}

/// What became of the rows that one file gave for one table.
///
/// `rows_read = taken + replaced + unchanged + refused + skipped`. A row of a file counts once for
/// each rule that reads it, and once for each of the columns that a rule turns into rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TableReport {
    /// The table.
    pub table: String,
    /// Rows that came.
    pub rows_read: u64,
    /// With a new key.
    pub taken: u64,
    /// In the place of other values.
    pub replaced: u64,
    /// Already there.
    pub unchanged: u64,
    /// Not taken because of an error, which `row_issues` and the rejects file tell.
    pub refused: u64,
    /// Left out on purpose.
    pub skipped: u64,
    /// Why, and how many.
    pub skipped_why: Vec<(String, u64)>,
    /// Warnings about rows that were taken; a row with two of them counts twice.
    pub warned: u64,
    /// Where the refused rows are listed.
    pub rejects: Option<PathBuf>,
}

impl TableReport {
    /// Counts rows that are left out on purpose.
    pub(super) fn skip(&mut self, why: &str, rows: u64) {
        self.skipped += rows;
        match self.skipped_why.iter_mut().find(|(known, _)| known == why) {
            Some((_, count)) => *count += rows,
            None => self.skipped_why.push((why.to_owned(), rows)),
        }
    }

    /// Panics when a row is not accounted for.
    pub(super) fn assert_balanced(&self, file: &str) {
        let known = self.taken + self.replaced + self.unchanged + self.refused + self.skipped;
        assert_eq!(self.rows_read, known, "every row is accounted for: {file} into {}", self.table);
    }
}

impl IngestReport {
    /// Files that could not be taken.
    pub fn failed(&self) -> impl Iterator<Item = &FileReport> {
        self.files.iter().filter(|file| file.error.is_some())
    }

    /// The sums over all files of one table.
    pub fn total(&self, table: &str) -> TableReport {
        let mut total = TableReport { table: table.to_owned(), ..TableReport::default() };
        let tables = self.files.iter().flat_map(|file| &file.tables);
        for part in tables.filter(|part| part.table == table) {
            total.rows_read += part.rows_read;
            total.taken += part.taken;
            total.replaced += part.replaced;
            total.unchanged += part.unchanged;
            total.refused += part.refused;
            total.skipped += part.skipped;
            total.warned += part.warned;
        }
        total
    }
}

impl fmt::Display for IngestReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for file in &self.files {
            write!(f, "{file}")?;
        }
        Ok(())
    }
}

impl fmt::Display for FileReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(error) = &self.error {
            return writeln!(f, "{}: NOT TAKEN: {error}", self.file);
        }
        match &self.left_out {
            Some(why) => writeln!(f, "{}: left out: {why}", self.file)?,
            None => writeln!(f, "{}: {} rows", self.file, self.rows)?,
        }
        for note in &self.notes {
            writeln!(f, "  note: {note}")?;
        }
        for table in &self.tables {
            writeln!(f, "  {table}")?;
        }
        Ok(())
    }
}

impl fmt::Display for TableReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} read", self.table, self.rows_read)?;
        let counts = [
            (self.taken, "taken"),
            (self.replaced, "replaced"),
            (self.unchanged, "unchanged"),
            (self.refused, "refused"),
            (self.skipped, "skipped"),
            (self.warned, "warnings"),
        ];
        for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
            write!(f, ", {count} {what}")?;
        }
        for (why, count) in &self.skipped_why {
            write!(f, "; {count} skipped: {why}")?;
        }
        if let Some(rejects) = &self.rejects {
            write!(f, "; refused rows in {}", rejects.display())?;
        }
        Ok(())
    }
}
