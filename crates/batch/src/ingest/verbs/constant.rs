//! Set a constant.

use std::sync::Arc;

use anyhow::Result;

use super::{Build, Built, Verb, VerbEntry};
use crate::ingest::cells::{Cells, Rows};
use crate::ingest::mapping::{Keys, Node};

pub(super) const ENTRY: VerbEntry = VerbEntry {
    key: "const",
    with: &[],
    about: "The same value in every row.",
    example: r#"{ const = "company" }"#,
    build: Build::Gives(build),
};

#[derive(Debug)]
struct Constant(String);

fn build(argument: &Node, _: &Keys) -> Built {
    Ok(Arc::new(Constant(argument.plain()?)))
}

impl Verb for Constant {
    fn cells(&self, rows: &Rows) -> Result<Cells> {
        Ok(Cells::constant(&self.0, rows.len()))
    }
}
