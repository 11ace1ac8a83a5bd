//! Tables of text, as they stand in files.

use std::fmt::{self, Display};

/// A table of text: what a CSV file of that name would hold. An empty cell is a missing value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The canonical entity's name, or what the table is about.
    pub name: &'static str,
    /// The header.
    pub columns: Vec<&'static str>,
    /// The rows, each as long as the header.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty canonical table with all its columns.
    pub(crate) fn canonical(name: &str) -> Self {
        let entity = domain::canonical::entity(name).expect("the table is canonical");
        let columns = entity.columns.iter().map(|column| column.name).collect();
        Self { name: entity.name, columns, rows: Vec::new() }
    }

    /// An empty table of our own.
    pub(crate) fn own(name: &'static str, columns: &[&'static str]) -> Self {
        Self { name, columns: columns.to_vec(), rows: Vec::new() }
    }

    /// The same table, empty.
    pub(crate) fn without_rows(&self) -> Self {
        Self { name: self.name, columns: self.columns.clone(), rows: Vec::new() }
    }

    /// Hands the rows on if they are many, and keeps none of them.
    pub(crate) fn spill<E>(&mut self, many: usize, sink: crate::Sink<'_, E>) -> Result<(), E> {
        if self.rows.len() < many {
            return Ok(());
        }
        sink(self)?;
        self.rows.clear();
        Ok(())
    }

    /// Adds a row; columns that are not named stay empty.
    pub(crate) fn push(&mut self, cells: &[(&str, &dyn Display)]) {
        let mut row = vec![String::new(); self.columns.len()];
        for (column, value) in cells {
            let at = self.position(column).expect("the column is in the header");
            row[at] = value.to_string();
        }
        self.rows.push(row);
    }

    /// Where the column stands in a row.
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|name| *name == column)
    }

    /// The text of a cell; empty when there is no such column.
    pub fn cell<'a>(&self, row: &'a [String], column: &str) -> &'a str {
        self.position(column).and_then(|at| row.get(at)).map_or("", String::as_str)
    }
}

/// Rows of a part that is handed on.
pub(crate) const PART: usize = 8192;

/// Writes nothing for a missing value.
pub(crate) struct Maybe<T>(pub(crate) Option<T>);

impl<T: Display> Display for Maybe<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |value| value.fmt(f))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unnamed_columns_stay_empty() {
        let mut table = Table::canonical("absences");
        table.push(&[("until_on", &"2026-03-12"), ("rep_id", &Maybe(None::<&str>))]);
        assert_eq!(table.rows, [["", "", "2026-03-12"]]);
        assert_eq!(table.cell(&table.rows[0], "until_on"), "2026-03-12");
    }
}
