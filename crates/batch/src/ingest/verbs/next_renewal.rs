//! The next renewal of a contract that runs in terms of months.

use std::sync::Arc;

use anyhow::Result;
use arrow::array::{Array as _, Date32Builder};
use domain::time::{Day, Months};

use super::minus_months::whole_months;
use super::{Build, Built, Verb, VerbEntry, cell, snapshot};
use crate::ingest::cells::{Cells, Rows, merged};
use crate::ingest::conform::time::days;
use crate::ingest::expression::numbers;
use crate::ingest::mapping::{Keys, Node};

pub(super) const ENTRY: VerbEntry = VerbEntry {
    key: "next_renewal",
    with: &["every_months", "after"],
    about: "The first day after `after` (default: the snapshot day) that lies a whole number of terms \
            of `every_months` after the start.",
    example: r#"{ next_renewal = "start", every_months = "term", after = { snapshot = true } }"#,
    build: Build::Gives(build),
};

#[derive(Debug)]
struct NextRenewal {
    start: Arc<dyn Verb>,
    months: Arc<dyn Verb>,
    after: Arc<dyn Verb>,
}

fn build(argument: &Node, keys: &Keys) -> Built {
    let start = cell(argument)?;
    let months = cell(&keys.need("every_months")?)?;
    let after = keys.get("after").map_or_else(|| Ok(snapshot::day()), |node| cell(&node))?;
    Ok(Arc::new(NextRenewal { start, months, after }))
}

impl Verb for NextRenewal {
    fn cells(&self, rows: &Rows) -> Result<Cells> {
        let cells = [&self.start, &self.months, &self.after].map(|verb| verb.cells(rows));
        let [start, months, after] = cells;
        let (start, months, after) = (start?, months?, after?);
        let (starts, bad_starts) = days(&start.array, &rows.around.zone);
        let (terms, bad_terms) = numbers(&months.array, None);
        let (afters, bad_afters) = days(&after.array, &rows.around.zone);
        let mut bad = vec![start.bad, months.bad, after.bad, bad_starts, bad_terms, bad_afters];
        let mut strange = Vec::new();
        let mut out = Date32Builder::with_capacity(rows.len());
        for row in 0..rows.len() {
            let months = whole_months(&terms, row).unwrap_or_else(|cell| {
                strange.push(cell);
                None
            });
            let known = starts.is_valid(row) && afters.is_valid(row);
            let term = months.filter(|months| known && *months > 0);
            out.append_option(
                term.map(|months| {
                    renewal(Day(starts.value(row)), months, Day(afters.value(row))).0
                }),
            );
        }
        bad.push(strange);
        Ok(Cells { array: Arc::new(out.finish()), bad: merged(bad) })
    }

    fn parts(&self) -> Vec<&Arc<dyn Verb>> {
        vec![&self.start, &self.months, &self.after]
    }
}

/// Counted from the start each time, so that a contract of the 31st renews on the 31st where it can.
fn renewal(start: Day, months: i32, after: Day) -> Day {
    let terms_gone = after.since(start).0 / (31 * months);
    let mut terms = terms_gone.max(1);
    loop {
        let day = start.plus_months(Months(terms.saturating_mul(months)));
        if day > after || terms.saturating_mul(months) >= 12_000 {
            return day;
        }
        terms += 1;
    }
}
