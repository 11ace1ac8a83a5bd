//! Concatenate texts.

use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::Result;
use arrow::array::StringBuilder;

use super::{Build, Built, Verb, VerbEntry, cell};
use crate::ingest::cells::{Cells, Rows, merged, text_at, texts};
use crate::ingest::mapping::{Keys, Node};

pub(super) const ENTRY: VerbEntry = VerbEntry {
    key: "concat",
    with: &["separator"],
    about: "Cells joined to one text with a separator; those without a value are left out.",
    example: r#"{ concat = ["campaign_id", "household_id"], separator = "-" }"#,
    build: Build::Gives(build),
};

#[derive(Debug)]
struct Concat {
    parts: Vec<Arc<dyn Verb>>,
    separator: String,
}

fn build(argument: &Node, keys: &Keys) -> Built {
    let parts: Vec<_> = argument.list()?.iter().map(cell).collect::<Result<_, _>>()?;
    let separator = keys.get("separator").map_or(Ok(""), |node| node.string())?.to_owned();
    Ok(Arc::new(Concat { parts, separator }))
}

impl Verb for Concat {
    fn cells(&self, rows: &Rows) -> Result<Cells> {
        let parts: Vec<Cells> =
            self.parts.iter().map(|part| part.cells(rows)).collect::<Result<_>>()?;
        let columns: Vec<_> = parts.iter().map(|part| texts(&part.array)).collect();
        let mut out = StringBuilder::with_capacity(rows.len(), rows.len() * 16);
        for row in 0..rows.len() {
            let mut any = false;
            for text in columns.iter().filter_map(|column| text_at(column, row)) {
                if any {
                    out.write_str(&self.separator)?;
                }
                out.write_str(text)?;
                any = true;
            }
            if any {
                out.append_value("");
            } else {
                out.append_null();
            }
        }
        let bad = merged(parts.into_iter().map(|part| part.bad));
        Ok(Cells { array: Arc::new(out.finish()), bad })
    }

    fn parts(&self) -> Vec<&Arc<dyn Verb>> {
        self.parts.iter().collect()
    }
}
