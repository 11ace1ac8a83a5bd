//! The refused rows of a file with all their values, so that people can mend them without the file; and the file of
//! mended rows that goes the same way as the first.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use store::Store;

use super::mapping::{KnownFile, Mapping};
use super::plan::InputFile;
use super::preview::{IssueAt, RawRows, rows_at};
use super::reader::Form;

/// Refused rows that are kept of a file; the rejects file has all.
pub const KEPT_MOST: u32 = 10_000;

/// The refused rows of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRows {
    /// The file's place among those that were brought.
    pub file: usize,
    /// Its name as people gave it.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// The rows, by line.
    pub rows: Vec<RefusedRow>,
}

/// One refused row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRow {
    /// Its line.
    pub line: u32,
    /// The tables that refused it.
    pub tables: Vec<String>,
    /// Its values, by the file's columns; none where the line could not be read at all.
    pub values: Vec<String>,
    /// The columns of the file to look at.
    pub fields: Vec<usize>,
    /// What is wrong.
    pub issues: Vec<IssueAt>,
}

/// The rows of a file that an ingest refused, by the store's record of it.
pub async fn refused(
    store: &Store,
    file: &InputFile,
    mapping: Option<&Mapping>,
) -> Result<Vec<RefusedRow>> {
    let said = store.issues_of(&file.name, "error", KEPT_MOST).await?;
    let mut rows: BTreeMap<u32, RefusedRow> = BTreeMap::new();
    for issue in said.into_iter().filter(|issue| issue.file == file.name) {
        let line = u32::try_from(issue.line).unwrap_or(0);
        let row = rows.entry(line).or_insert_with(|| RefusedRow { line, ..RefusedRow::default() });
        if !row.tables.contains(&issue.entity) {
            row.tables.push(issue.entity);
        }
        let (column, value, reason) = (issue.column, issue.value, issue.reason);
        row.issues.push(IssueAt { line, column, value, reason, refused: true });
    }
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let lines: BTreeSet<u32> = rows.keys().copied().collect();
    let raw = rows_at(file, mapping, &lines)?;
    for row in rows.values_mut() {
        fill(row, &raw);
    }
    Ok(rows.into_values().collect())
}

/// The columns of a file as the ingest reads it.
pub fn columns(file: &InputFile, mapping: Option<&Mapping>) -> Result<Vec<String>> {
    Ok(rows_at(file, mapping, &BTreeSet::new())?.columns)
}

fn fill(row: &mut RefusedRow, raw: &RawRows) {
    let Some(values) = raw.rows.get(&row.line) else { return };
    row.values.clone_from(values);
    let mut fields = BTreeSet::new();
    for issue in &row.issues {
        let made = raw
            .made_of
            .iter()
            .filter(|(table, column, _)| row.tables.contains(table) && *column == issue.column);
        fields.extend(made.flat_map(|(_, _, places)| places.iter().copied()));
        fields.extend(raw.columns.iter().position(|column| *column == issue.column));
    }
    row.fields = fields.into_iter().collect();
}

/// Writes rows as a CSV file of their own and gives, for each line of it, the line that the row had.
pub fn write(path: &Path, columns: &[String], rows: &[&RefusedRow]) -> Result<BTreeMap<u32, u32>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns)?;
    let mut lines = BTreeMap::new();
    let (mut read, mut line) = (0, 1_u32);
    for row in rows {
        writer.flush()?;
        let ends = writer.get_ref()[read..].split(|byte| *byte == b'\n').count() - 1;
        line = line.saturating_add(u32::try_from(ends).unwrap_or(u32::MAX));
        read = writer.get_ref().len();
        lines.insert(line, row.line);
        writer.write_record(&row.values)?;
    }
    let bytes = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    std::fs::write(path, bytes).with_context(|| format!("could not write {}", path.display()))?;
    Ok(lines)
}

impl Mapping {
    /// The same for a file of mended rows, which has the columns of `name` and is plain CSV.
    #[must_use]
    pub fn for_mended(&self, name: &str, mended: &str) -> Self {
        let mut mapping = self.clone();
        let pattern = mapping.rule(name).map(|rule| rule.pattern.clone());
        for rule in &mut mapping.files {
            if Some(&rule.pattern) == pattern.as_ref() {
                rule.form = Form::default();
            }
        }
        if let Some(known) = self.known(name) {
            mapping.known.push(KnownFile { name: mended.to_owned(), ..known.clone() });
        }
        mapping
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_with_line_ends_keep_the_lines_apart() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("m.csv");
        let row = |line, value: &str| RefusedRow {
            line,
            values: vec![value.to_owned(), "x".to_owned()],
            ..RefusedRow::default()
        };
        let rows = [row(7, "a\nb"), row(12, "c")];
        let columns = ["p".to_owned(), "q".to_owned()];
        let lines = write(&path, &columns, &rows.iter().collect::<Vec<_>>()).expect("written");
        assert_eq!(lines, BTreeMap::from([(2, 7), (4, 12)]));
        let text = std::fs::read_to_string(&path).expect("read");
        assert_eq!(text, "p,q\n\"a\nb\",x\nc,x\n");
    }
}
