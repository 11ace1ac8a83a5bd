//! Coalesce: the first of several values that is there.

use std::sync::Arc;

use anyhow::Result;
use arrow::array::{Array as _, ArrayRef, BooleanArray};
use arrow::compute::kernels::zip::zip;

use super::{Build, Built, Verb, VerbEntry, cell};
use crate::ingest::cells::{Cells, Rows, merged, present, texts};
use crate::ingest::mapping::{Keys, Node};

pub(super) const ENTRY: VerbEntry = VerbEntry {
    key: "coalesce",
    with: &[],
    about: "The first of several cells that has a value.",
    example: r#"{ coalesce = ["engage_date", { snapshot = true }] }"#,
    build: Build::Gives(build),
};

#[derive(Debug)]
struct Coalesce(Vec<Arc<dyn Verb>>);

fn build(argument: &Node, _: &Keys) -> Built {
    let parts: Vec<_> = argument.list()?.iter().map(cell).collect::<Result<_, _>>()?;
    if parts.is_empty() {
        return Err(argument.error("name at least one column"));
    }
    Ok(Arc::new(Coalesce(parts)))
}

impl Verb for Coalesce {
    fn cells(&self, rows: &Rows) -> Result<Cells> {
        let mut parts = self.0.iter();
        let Some(first) = parts.next() else { return Ok(Cells::nothing(rows.len())) };
        let mut all = first.cells(rows)?;
        for part in parts {
            let there = present(&all.array);
            if there.true_count() == there.len() {
                break;
            }
            let next = part.cells(rows)?;
            all = Cells {
                array: either(&there, &all.array, &next.array)?,
                bad: merged([all.bad, next.bad]),
            };
        }
        Ok(all)
    }

    fn parts(&self) -> Vec<&Arc<dyn Verb>> {
        self.0.iter().collect()
    }
}

/// The first where the mask is true, else the second; as text when their types differ.
pub(super) fn either(mask: &BooleanArray, yes: &ArrayRef, no: &ArrayRef) -> Result<ArrayRef> {
    if yes.data_type() == no.data_type() {
        return Ok(zip(mask, yes, no)?);
    }
    Ok(zip(mask, &texts(yes), &texts(no))?)
}
