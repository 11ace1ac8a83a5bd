//! Rename: a canonical column is a column of the file under another name.

use std::sync::Arc;

use anyhow::Result;

use super::{Build, Built, Verb, VerbEntry};
use crate::ingest::cells::{Cells, Rows};
use crate::ingest::mapping::{Keys, Node};

pub(super) const ENTRY: VerbEntry = VerbEntry {
    key: "column",
    with: &[],
    about: "A column of the file, or a value named in [file.let]; a text alone says the same.",
    example: r#"{ column = "Customer ID" }"#,
    build: Build::Gives(build),
};

#[derive(Debug)]
struct Column(String);

/// The column of that name.
pub(super) fn named(name: &str) -> Arc<dyn Verb> {
    Arc::new(Column(name.to_owned()))
}

fn build(argument: &Node, _: &Keys) -> Built {
    Ok(named(argument.string()?))
}

impl Verb for Column {
    fn cells(&self, rows: &Rows) -> Result<Cells> {
        rows.column(&self.0)
    }

    fn columns(&self) -> Vec<String> {
        vec![self.0.clone()]
    }
}
