//! Baskets from a file that nobody mapped: a row an item, or a line a basket.
//!
//! Baskets and items become numbers while the file streams past, so that a hundred million order lines take
//! four bytes each and no text is held twice.

mod gather;
mod lines;
mod numbers;
mod rows;

use anyhow::{Result, bail};
use models::baskets::Baskets;

use super::summary::Summary;

pub use lines::LinesFile;
pub use rows::{Columns, RowsFile};

/// Baskets of more items than this form no pairs.
pub const PAIRS_CAP: usize = 1000;

/// Where baskets come from.
#[derive(Debug)]
pub enum Source {
    /// A row an item of a basket.
    Rows(RowsFile),
    /// A line a basket.
    Lines(LinesFile),
}

/// Baskets with the names of their items.
#[derive(Debug)]
pub struct Named {
    /// The baskets; items are numbered in the order of their names.
    pub baskets: Baskets,
    /// The name of each item.
    pub items: Vec<String>,
    counted: Counted,
    /// Whether rows could take something back.
    with_returns: bool,
    notes: Vec<String>,
}

/// What was met while reading.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counted {
    /// Rows of the file, or items on its lines.
    rows: u64,
    /// Rows without a basket or without an item.
    incomplete: u64,
    /// Rows that repeat an item of their basket.
    repeated: u64,
    /// Rows that take something back.
    returns: u64,
    /// Items of a basket that were taken back whole.
    undone: u64,
    /// Baskets of which nothing is left.
    emptied: u64,
}

impl Source {
    /// Reads the whole file.
    pub fn read(&self) -> Result<Named> {
        let gathered = match self {
            Self::Rows(file) => file.read()?,
            Self::Lines(file) => file.read()?,
        };
        let with_returns = matches!(self, Self::Rows(file) if file.has_returns());
        gathered.finish(self.name(), with_returns)
    }

    fn name(&self) -> String {
        match self {
            Self::Rows(file) => file.name(),
            Self::Lines(file) => file.name(),
        }
    }
}

impl Named {
    /// What was read, to begin a summary with.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default()
            .with("items", self.items.len())
            .with("baskets", self.baskets.len())
            .with("lines", self.counted.rows)
            .with("lines_incomplete", self.counted.incomplete)
            .with("lines_repeated", self.counted.repeated);
        if self.with_returns {
            summary = summary
                .with("lines_of_returns", self.counted.returns)
                .with("items_undone", self.counted.undone)
                .with("baskets_emptied", self.counted.emptied);
        }
        if !self.notes.is_empty() {
            summary = summary.with("note", self.notes.join("; "));
        }
        summary
    }
}

/// What the looks of the baskets suggest was asked wrongly.
fn notes(baskets: &Baskets) -> Vec<String> {
    let mut notes = Vec::new();
    if baskets.len() == 1 {
        notes.push("all rows are of one basket: is the basket's column the right one?".to_owned());
    } else if baskets.lines() == baskets.len() {
        notes.push(
            "every basket holds one item, so nothing goes together: name the column of the order, or of \
             the customer, as the basket"
                .to_owned(),
        );
    }
    notes
}

/// Refuses a file in which nothing was bought.
fn some(file: &str, counted: &Counted, baskets: usize) -> Result<()> {
    if baskets > 0 {
        return Ok(());
    }
    if counted.rows == counted.incomplete {
        bail!("{file}: no row has both a basket and an item; look at the columns named")
    }
    bail!(
        "{file}: everything was taken back, nothing is left to count; look at the columns with quantity \
         and kind ({} of {} rows are returns)",
        counted.returns,
        counted.rows
    )
}

#[cfg(test)]
mod tests;
