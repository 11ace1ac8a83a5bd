//! Calculate with numbers.

use std::sync::Arc;

use anyhow::Result;

use super::{Build, Built, Verb, VerbEntry};
use crate::ingest::cells::{Cells, Rows};
use crate::ingest::expression::Sum;
use crate::ingest::mapping::{Keys, Node};

pub(super) const ENTRY: VerbEntry = VerbEntry {
    key: "calc",
    with: &["empty"],
    about: "A sum with + - * / and parentheses; `empty` is the number for a missing value, without \
            it the result is missing too.",
    example: r#"{ calc = "price * quantity - `Total Discount`", empty = 0 }"#,
    build: Build::Gives(build),
};

#[derive(Debug)]
struct Calc {
    sum: Sum,
    empty: Option<f64>,
}

fn build(argument: &Node, keys: &Keys) -> Built {
    let text = argument.string()?;
    let sum = Sum::parse(text).map_err(|why| argument.error(format!("in `{text}`: {why}")))?;
    let empty = keys.get("empty").map(|node| node.number()).transpose()?;
    Ok(Arc::new(Calc { sum, empty }))
}

impl Verb for Calc {
    fn cells(&self, rows: &Rows) -> Result<Cells> {
        self.sum.cells(rows, self.empty)
    }

    fn columns(&self) -> Vec<String> {
        self.sum.columns()
    }
}
