//! Subtract months from a date: a start out of a tenure.

use std::sync::Arc;

use anyhow::Result;
use arrow::array::{Array as _, Date32Builder, Float64Array};
use domain::time::{Day, Months};

use super::{Build, Built, Verb, VerbEntry, cell, snapshot};
use crate::ingest::cells::{BadCell, Cells, Rows, merged};
use crate::ingest::conform::time::days;
use crate::ingest::expression::numbers;
use crate::ingest::mapping::{Keys, Node};

pub(super) const ENTRY: VerbEntry = VerbEntry {
    key: "minus_months",
    with: &["from"],
    about: "The day that many whole months before the day `from` (default: the snapshot day).",
    example: r#"{ minus_months = "Tenure in Months", from = { snapshot = true } }"#,
    build: Build::Gives(build),
};

#[derive(Debug)]
struct MinusMonths {
    months: Arc<dyn Verb>,
    from: Arc<dyn Verb>,
}

fn build(argument: &Node, keys: &Keys) -> Built {
    let months = cell(argument)?;
    let from = keys.get("from").map_or_else(|| Ok(snapshot::day()), |node| cell(&node))?;
    Ok(Arc::new(MinusMonths { months, from }))
}

impl Verb for MinusMonths {
    fn cells(&self, rows: &Rows) -> Result<Cells> {
        let months = self.months.cells(rows)?;
        let from = self.from.cells(rows)?;
        let (numbers, not_numbers) = numbers(&months.array, None);
        let (starts, not_days) = days(&from.array, &rows.around.zone);
        let mut bad = vec![months.bad, from.bad, not_numbers, not_days];
        let mut out = Date32Builder::with_capacity(rows.len());
        let mut strange = Vec::new();
        for row in 0..rows.len() {
            let months = whole_months(&numbers, row).unwrap_or_else(|cell| {
                strange.push(cell);
                None
            });
            let start = starts.is_valid(row).then(|| Day(starts.value(row)));
            let day = start.zip(months).map(|(day, months)| day.plus_months(Months(-months)).0);
            out.append_option(day);
        }
        bad.push(strange);
        Ok(Cells { array: Arc::new(out.finish()), bad: merged(bad) })
    }

    fn parts(&self) -> Vec<&Arc<dyn Verb>> {
        vec![&self.months, &self.from]
    }
}

/// A number of months that a business can speak of, or the cell that has none.
pub(super) fn whole_months(numbers: &Float64Array, row: usize) -> Result<Option<i32>, BadCell> {
    if numbers.is_null(row) {
        return Ok(None);
    }
    let number = numbers.value(row);
    if number.fract() != 0.0 || number.abs() > 2400.0 {
        let reason = "is not a whole number of months (up to 2400)".to_owned();
        return Err(BadCell { row, value: number.to_string(), reason });
    }
    #[expect(clippy::cast_possible_truncation, reason = "a whole number within 2400")]
    Ok(Some(number as i32))
}
