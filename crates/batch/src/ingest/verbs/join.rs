//! Join a key: a value out of another file of the same export.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use arrow::array::{ArrayRef, BooleanArray, UInt32Array};
use arrow::compute::take;

use super::{Build, Built, Verb, VerbEntry};
use crate::ingest::cells::{BadCell, Cells, Rows, texts};
use crate::ingest::lookup::{LookupNeed, Pick, key_of};
use crate::ingest::mapping::{Keys, MappingError, Node};

pub(super) const ENTRY: VerbEntry = VerbEntry {
    key: "join",
    with: &["on", "take", "exists", "pick", "unmatched"],
    about: "The column `take` of the row of another file whose columns `on` have the same values \
            (`pick` = first, last, min or max where there are several), or with `exists = true` whether \
            there is such a row. `unmatched = \"issue\"` warns where there is none.",
    example: r#"{ join = "status.xlsx", on = { left = "Customer ID", right = "id" }, take = "Status" }"#,
    build: Build::Gives(build),
};

#[derive(Debug)]
struct Join {
    need: LookupNeed,
    left: Vec<String>,
    unmatched_is_issue: bool,
}

fn build(argument: &Node, keys: &Keys) -> Built {
    let file = argument.string()?.to_owned();
    let on = keys.need("on")?;
    let pairs = if on.is_list() {
        on.list()?.iter().map(pair).collect::<Result<Vec<_>, _>>()?
    } else {
        vec![pair(&on)?]
    };
    let exists = keys.get("exists").map_or(Ok(false), |node| node.flag())?;
    let take = keys.get("take").map(|node| node.string().map(str::to_owned)).transpose()?;
    if exists == take.is_some() {
        return Err(argument.error("a join needs either `take = \"column\"` or `exists = true`"));
    }
    let pick = match keys.get("pick") {
        None => Pick::First,
        Some(node) => Pick::parse(node.string()?)
            .ok_or_else(|| node.error("`pick` may be \"first\", \"last\", \"min\" or \"max\""))?,
    };
    let unmatched_is_issue = match keys.get("unmatched") {
        None => false,
        Some(node) => match node.string()? {
            "empty" => false,
            "issue" => true,
            _ => return Err(node.error("`unmatched` may be \"empty\" or \"issue\"")),
        },
    };
    let (left, right) = pairs.into_iter().unzip();
    Ok(Arc::new(Join {
        need: LookupNeed { file, on: right, take, pick },
        left,
        unmatched_is_issue,
    }))
}

/// A column named alike on both sides, or `{ left = …, right = … }`.
fn pair(node: &Node) -> Result<(String, String), MappingError> {
    if node.is_string() {
        let name = node.string()?.to_owned();
        return Ok((name.clone(), name));
    }
    let keys = node.table()?;
    let pair = (keys.need("left")?.string()?.to_owned(), keys.need("right")?.string()?.to_owned());
    keys.finish(&["left", "right"])?;
    Ok(pair)
}

impl Verb for Join {
    fn cells(&self, rows: &Rows) -> Result<Cells> {
        let lookup = rows.around.lookups.get(&self.need).with_context(|| {
            format!("`{}`, which the mapping joins, was not read", self.need.file)
        })?;
        let mut left = Vec::with_capacity(self.left.len());
        for name in &self.left {
            left.push(texts(&rows.column(name)?.array));
        }
        let mut found: Vec<Option<u32>> = Vec::with_capacity(rows.len());
        let mut bad = Vec::new();
        let mut key = String::new();
        for row in 0..rows.len() {
            let at = if key_of(&left, row, &mut key) { lookup.row(&key) } else { None };
            if at.is_none() && self.unmatched_is_issue && !key.is_empty() {
                bad.push(self.unmatched(row, &key));
            }
            found.push(at);
        }
        let array: ArrayRef = match lookup.values() {
            Some(values) => take(values, &UInt32Array::from(found), None)?,
            None => Arc::new(found.iter().map(|at| Some(at.is_some())).collect::<BooleanArray>()),
        };
        Ok(Cells { array, bad })
    }

    fn columns(&self) -> Vec<String> {
        self.left.clone()
    }

    fn lookup(&self) -> Option<&LookupNeed> {
        Some(&self.need)
    }
}

impl Join {
    fn unmatched(&self, row: usize, key: &str) -> BadCell {
        let on = self.need.on.join(", ");
        BadCell {
            row,
            value: key.replace('\u{1f}', ", "),
            reason: format!("is not among `{on}` of {}; add the row there", self.need.file),
        }
    }
}
