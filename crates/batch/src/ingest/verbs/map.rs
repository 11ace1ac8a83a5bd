//! Map values to others.

use std::sync::Arc;

use anyhow::Result;
use arrow::array::StringBuilder;
use rustc_hash::FxHashMap;

use super::{Build, Built, Verb, VerbEntry};
use crate::ingest::cells::{Cells, Rows, text_at, texts};
use crate::ingest::mapping::{Keys, Node};

pub(super) const ENTRY: VerbEntry = VerbEntry {
    key: "map",
    with: &["otherwise"],
    about: "Other texts for some values; a value that is not listed becomes `otherwise`, or stays as \
            it is without one. A missing value stays missing unless \"\" is listed.",
    example: r#"{ column = "stage", map = { Won = "won", Lost = "lost" }, otherwise = "open" }"#,
    build: Build::Changes(build),
};

#[derive(Debug)]
struct Map {
    inner: Arc<dyn Verb>,
    values: FxHashMap<String, String>,
    otherwise: Option<String>,
}

fn build(inner: Arc<dyn Verb>, argument: &Node, keys: &Keys) -> Built {
    let mut values = FxHashMap::default();
    for (key, value) in argument.table()?.all() {
        values.insert(key.trim().to_owned(), value.plain()?);
    }
    let otherwise = keys.get("otherwise").map(|node| node.plain()).transpose()?;
    Ok(Arc::new(Map { inner, values, otherwise }))
}

impl Verb for Map {
    fn cells(&self, rows: &Rows) -> Result<Cells> {
        let cells = self.inner.cells(rows)?;
        let texts = texts(&cells.array);
        let mut out = StringBuilder::with_capacity(rows.len(), rows.len() * 8);
        for row in 0..rows.len() {
            let text = text_at(&texts, row);
            let mapped = self.values.get(text.unwrap_or_default()).map(String::as_str);
            out.append_option(
                mapped.or_else(|| text.map(|t| self.otherwise.as_deref().unwrap_or(t))),
            );
        }
        Ok(Cells { array: Arc::new(out.finish()), bad: cells.bad })
    }

    fn parts(&self) -> Vec<&Arc<dyn Verb>> {
        vec![&self.inner]
    }
}
