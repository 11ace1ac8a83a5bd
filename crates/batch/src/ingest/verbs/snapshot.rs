//! State a snapshot date: the day whose state the files tell.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use arrow::array::Date32Array;

use super::{Build, Built, Verb, VerbEntry};
use crate::ingest::cells::{Cells, Rows};
use crate::ingest::mapping::{Keys, Node};

pub(super) const ENTRY: VerbEntry = VerbEntry {
    key: "snapshot",
    with: &[],
    about: "The day of `snapshot_on`, or of the command's --snapshot-on.",
    example: "{ snapshot = true }",
    build: Build::Gives(build),
};

#[derive(Debug)]
struct Snapshot;

/// The snapshot day.
pub(super) fn day() -> Arc<dyn Verb> {
    Arc::new(Snapshot)
}

fn build(argument: &Node, _: &Keys) -> Built {
    if argument.flag()? {
        return Ok(day());
    }
    Err(argument.error("`snapshot` may only be true"))
}

impl Verb for Snapshot {
    fn cells(&self, rows: &Rows) -> Result<Cells> {
        let day = rows.around.snapshot.context(
            "the mapping needs the snapshot day; add `snapshot_on = 2026-03-31` to it or call with \
             --snapshot-on",
        )?;
        let array: arrow::array::ArrayRef = Arc::new(Date32Array::from(vec![day.0; rows.len()]));
        Ok(Cells::from(array))
    }

    fn needs_snapshot(&self) -> bool {
        true
    }
}
