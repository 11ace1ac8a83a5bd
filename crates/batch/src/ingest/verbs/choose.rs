//! One value or another, by a condition.

use std::sync::Arc;

use anyhow::Result;

use super::coalesce::either;
use super::{Build, Built, Verb, VerbEntry, cell};
use crate::ingest::cells::{BadCell, Cells, Rows, merged};
use crate::ingest::expression::Condition;
use crate::ingest::mapping::{Keys, Node, condition};

pub(super) const ENTRY: VerbEntry = VerbEntry {
    key: "if",
    with: &["then", "else"],
    about: "The cell `then` where a condition holds, else the cell `else` (no value without it).",
    example: r#"{ if = 'status = "Churned"', then = { snapshot = true } }"#,
    build: Build::Gives(build),
};

#[derive(Debug)]
struct Choose {
    condition: Condition,
    yes: Arc<dyn Verb>,
    no: Option<Arc<dyn Verb>>,
}

fn build(argument: &Node, keys: &Keys) -> Built {
    let condition = condition(argument)?;
    let yes = cell(&keys.need("then")?)?;
    let no = keys.get("else").map(|node| cell(&node)).transpose()?;
    Ok(Arc::new(Choose { condition, yes, no }))
}

impl Verb for Choose {
    fn cells(&self, rows: &Rows) -> Result<Cells> {
        let mask = self.condition.holds(rows)?;
        let yes = self.yes.cells(rows)?;
        let no = match &self.no {
            Some(no) => no.cells(rows)?,
            None => Cells::from(arrow::array::new_null_array(yes.array.data_type(), rows.len())),
        };
        let array = either(&mask, &yes.array, &no.array)?;
        let of = |bad: Vec<BadCell>, side: bool| -> Vec<BadCell> {
            bad.into_iter().filter(|cell| mask.value(cell.row) == side).collect()
        };
        Ok(Cells { array, bad: merged([of(yes.bad, true), of(no.bad, false)]) })
    }

    fn parts(&self) -> Vec<&Arc<dyn Verb>> {
        std::iter::once(&self.yes).chain(&self.no).collect()
    }

    fn columns(&self) -> Vec<String> {
        self.condition.columns()
    }
}
