//! From values to the canonical schema: each kind with its checks, then defaults and requirements.
//!
//! A required value that is missing or cannot be read refuses the row; an optional one that cannot be
//! read is left empty, and the row is taken with a warning. So is a key column, since a row under a
//! wrong key would be another row.

mod amount;
mod attributes;
mod daylight;
mod defaults;
pub(crate) mod kinds;
mod period;
mod text;
pub(super) mod time;

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;
use arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use domain::canonical::{Column, Entity, Kind};
use domain::money::Currency;
use domain::time::{Day, Zone};

use super::cells::{BadCell, Cells};
use super::issues::{Issue, Severity};
use super::lines::Lines;
use super::reader::shortened;
use crate::schema::arrow_schema;

/// Values of one table's columns, as a mapping gives them.
#[derive(Debug)]
pub(crate) struct Given {
    /// The columns that are given, by name.
    pub columns: Vec<(&'static str, Cells)>,
    /// The attributes that are given.
    pub attributes: Vec<(String, Cells)>,
    /// Where each row stood.
    pub lines: Lines,
    /// How many rows.
    pub rows: usize,
}

/// How values of a file are understood.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    /// The zone of times without an offset.
    pub zone: Zone,
    /// The currency of amounts without one.
    pub currency: Currency,
    /// The workspace's currency, which tables without a currency column are in.
    pub workspace_currency: Currency,
    /// Leave the default `effective_on` to the sink, which knows the earlier versions.
    pub versions_by_snapshot: bool,
    /// The day of the ingest.
    pub today: Day,
}

/// Rows that can be taken, and what is to be said about them and the others.
#[derive(Debug)]
pub(crate) struct Conformed {
    /// The rows, in the entity's canonical schema.
    pub batch: RecordBatch,
    /// Where each stood.
    pub lines: Lines,
    /// Warnings and refusals.
    pub issues: Vec<Issue>,
    /// Rows refused.
    pub refused: u64,
    /// Rows taken with a warning.
    pub warned: u64,
}

/// The state of a batch being conformed.
struct Work {
    refused: BTreeSet<usize>,
    warned: BTreeSet<usize>,
    issues: Vec<Issue>,
}

/// Checks and converts.
pub(crate) fn conform(
    entity: &'static Entity,
    mut given: Given,
    terms: &Terms,
) -> Result<Conformed> {
    let mut work = Work { refused: BTreeSet::new(), warned: BTreeSet::new(), issues: Vec::new() };
    let mut arrays: Vec<ArrayRef> = Vec::with_capacity(entity.columns.len() + 1);
    let currencies = amount::currencies(entity, &mut given, terms);
    for column in entity.columns {
        let cells = take(&mut given.columns, column.name);
        let Some(cells) = cells else {
            arrays.push(arrow::array::new_null_array(
                &crate::schema::arrow_type(column.kind),
                given.rows,
            ));
            continue;
        };
        let before = cells.bad;
        let (array, mut bad) = match column.kind {
            Kind::Amount => amount::amounts(&cells.array, &currencies),
            Kind::Day if column.name == "month" => time::months(&cells.array, &terms.zone),
            _ => kinds::convert(column.kind, &cells.array, &terms.zone),
        };
        if column.kind == Kind::Instant {
            let around = (&terms.zone, &given.lines);
            let told = daylight::warnings((column.name, &cells.array), &array, around);
            for (row, issue) in told {
                work.tell(row, issue);
            }
        }
        bad.extend(before);
        bad.sort_by_key(|cell| cell.row);
        let decisive = column.required || entity.key.contains(&column.name);
        work.unreadable((column, decisive), bad, &given.lines);
        arrays.push(array);
    }
    amount::fill_currency(entity, &mut arrays, &currencies);
    defaults::fill(entity, &mut arrays, terms);
    for (column, array) in entity.columns.iter().zip(&arrays) {
        work.require(column, array, &given);
    }
    period::check(entity, &arrays, &given.lines, &mut work);
    let found = super::checks::run(entity, &arrays, (&given.lines, terms.today));
    for (row, issue) in found {
        work.tell(row, issue);
    }
    if entity.attributes {
        arrays.push(attributes::json(&given.attributes, given.rows));
    }
    let batch = RecordBatch::try_new(arrow_schema(entity), arrays)?;
    work.finish(&batch, given.lines)
}

fn take(columns: &mut Vec<(&'static str, Cells)>, name: &str) -> Option<Cells> {
    let at = columns.iter().position(|(given, _)| *given == name)?;
    Some(columns.swap_remove(at).1)
}

impl Work {
    /// Notes cells that cannot be read; in a decisive column they cost the row.
    fn unreadable(
        &mut self,
        (column, decisive): (&Column, bool),
        bad: Vec<BadCell>,
        lines: &Lines,
    ) {
        for cell in bad {
            let severity = if decisive { Severity::Error } else { Severity::Warning };
            let set = if decisive { &mut self.refused } else { &mut self.warned };
            set.insert(cell.row);
            let end = if decisive { "the row is refused" } else { "the value is left empty" };
            self.issues.push(Issue {
                line: lines.line(cell.row),
                column: column.name.to_owned(),
                value: shortened(&cell.value),
                reason: format!("{}; {end}", cell.reason),
                severity,
            });
        }
    }

    /// Refuses rows that lack a required value and were not refused for it already.
    fn require(&mut self, column: &Column, array: &ArrayRef, given: &Given) {
        if !column.required || array.null_count() == 0 {
            return;
        }
        for row in (0..array.len()).filter(|row| array.is_null(*row)) {
            if self.refused.contains(&row) {
                continue;
            }
            self.refused.insert(row);
            self.issues.push(Issue {
                line: given.lines.line(row),
                column: column.name.to_owned(),
                value: String::new(),
                reason: format!(
                    "is empty, but every row needs `{}`: fill it in the file, or state in a mapping \
                     where it comes from; the row is refused",
                    column.name
                ),
                severity: Severity::Error,
            });
        }
    }

    fn warn(&mut self, row: usize, issue: Issue) {
        self.warned.insert(row);
        self.issues.push(issue);
    }

    /// Notes what was found, refusing the row where it is an error.
    fn tell(&mut self, row: usize, issue: Issue) {
        let set = match issue.severity {
            Severity::Error => &mut self.refused,
            Severity::Warning => &mut self.warned,
        };
        set.insert(row);
        self.issues.push(issue);
    }

    fn finish(mut self, batch: &RecordBatch, lines: Lines) -> Result<Conformed> {
        let refused = self.refused.len() as u64;
        let warned = self.warned.difference(&self.refused).count() as u64;
        self.issues.sort_by_key(|issue| issue.line);
        if self.refused.is_empty() {
            let (batch, issues) = (batch.clone(), self.issues);
            return Ok(Conformed { batch, lines, issues, refused, warned });
        }
        let keep: BooleanArray =
            (0..batch.num_rows()).map(|row| Some(!self.refused.contains(&row))).collect();
        let lines = lines.filter(&keep);
        let batch = filter_record_batch(batch, &keep)?;
        Ok(Conformed { batch, lines, issues: self.issues, refused, warned })
    }
}

/// The position of a column in the canonical schema.
fn position(entity: &Entity, name: &str) -> Option<usize> {
    entity.columns.iter().position(|column| column.name == name)
}

/// An array with some values put into its gaps.
fn with_gaps_from(array: &ArrayRef, filler: &ArrayRef) -> ArrayRef {
    if array.null_count() == array.len() {
        return Arc::clone(filler);
    }
    let there = arrow::compute::is_not_null(array)
        .unwrap_or_else(|_| BooleanArray::from(vec![true; array.len()]));
    arrow::compute::kernels::zip::zip(&there, array, filler).unwrap_or_else(|_| Arc::clone(array))
}

#[cfg(test)]
mod tests;
