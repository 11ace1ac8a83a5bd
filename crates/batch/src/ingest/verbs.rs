//! What a mapping can do with columns: one file a verb, listed once in [`VERBS`].
//!
//! A cell of a mapping is a text (the name of a column) or a table with one verb that gives values
//! (`column`, `const`, `coalesce`, …), to which `map` and then `parse` may be added.

mod calc;
mod choose;
mod coalesce;
mod column;
mod concat;
mod constant;
mod join;
mod map;
mod minus_months;
mod next_renewal;
mod parse;
mod snapshot;
pub(crate) mod time_format;
pub(super) mod wide;

use std::fmt::Debug;
use std::sync::Arc;

use anyhow::Result;

use super::cells::{Cells, Rows};
use super::lookup::LookupNeed;
use super::mapping::{Keys, MappingError, Node};

/// A verb with its arguments, ready to give a value for every row.
pub trait Verb: Debug + Send + Sync {
    /// The value of every row.
    fn cells(&self, rows: &Rows) -> Result<Cells>;

    /// The verbs that it works on.
    fn parts(&self) -> Vec<&Arc<dyn Verb>> {
        Vec::new()
    }

    /// The columns that it reads itself.
    fn columns(&self) -> Vec<String> {
        Vec::new()
    }

    /// The file that it is joined with.
    fn lookup(&self) -> Option<&LookupNeed> {
        None
    }

    /// Whether it needs the day whose state the files tell.
    fn needs_snapshot(&self) -> bool {
        false
    }
}

pub(super) type Built = Result<Arc<dyn Verb>, MappingError>;

/// How a verb is read from a mapping.
pub(super) enum Build {
    /// It gives values.
    Gives(fn(&Node, &Keys) -> Built),
    /// It changes the values of the verb beside it.
    Changes(fn(Arc<dyn Verb>, &Node, &Keys) -> Built),
}

/// A verb as mappings know it.
pub struct VerbEntry {
    /// The key that calls it.
    pub key: &'static str,
    /// The keys that may stand beside it.
    pub with: &'static [&'static str],
    /// What it does.
    pub about: &'static str,
    /// A cell that uses it.
    pub example: &'static str,
    /// How it is read.
    pub(super) build: Build,
}

/// Every verb of a cell: first those that give values, then those that change them, in the order in
/// which they are applied. (`wide`, which makes rows, stands beside `columns`.)
pub const VERBS: &[VerbEntry] = &[
    column::ENTRY,
    constant::ENTRY,
    snapshot::ENTRY,
    coalesce::ENTRY,
    concat::ENTRY,
    calc::ENTRY,
    join::ENTRY,
    choose::ENTRY,
    minus_months::ENTRY,
    next_renewal::ENTRY,
    map::ENTRY,
    parse::ENTRY,
];

/// The column of that name.
pub(super) fn column(name: &str) -> Arc<dyn Verb> {
    column::named(name)
}

/// Reads a cell of a mapping.
pub(super) fn cell(node: &Node) -> Built {
    if node.is_string() {
        return Ok(column::named(node.string()?));
    }
    if !node.is_table() {
        return Err(node.error(
            "expected the name of a column in quotes, or a table; a fixed value is { const = … }",
        ));
    }
    let keys = node.table()?;
    let mut verb: Option<Arc<dyn Verb>> = None;
    let mut known = Vec::new();
    for entry in VERBS {
        known.push(entry.key);
        if !keys.has(entry.key) {
            continue;
        }
        known.extend(entry.with);
        let argument = keys.need(entry.key)?;
        verb = Some(match (&entry.build, verb) {
            (Build::Gives(build), None) => build(&argument, &keys)?,
            (Build::Changes(build), Some(inner)) => build(inner, &argument, &keys)?,
            (Build::Gives(_), Some(_)) => {
                let why =
                    format!("`{}` cannot stand beside another verb that gives values", entry.key);
                return Err(argument.error(why));
            }
            (Build::Changes(_), None) => {
                let why = format!("`{}` needs a value to work on: add `column = …`", entry.key);
                return Err(argument.error(why));
            }
        });
    }
    keys.finish(&known)?;
    verb.ok_or_else(|| node.error("no verb here: write { column = … } or { const = … }"))
}

/// The verb and all that it works on.
pub(super) fn walk<'a>(verb: &'a Arc<dyn Verb>, visit: &mut dyn FnMut(&'a Arc<dyn Verb>)) {
    visit(verb);
    for part in verb.parts() {
        walk(part, visit);
    }
}

#[cfg(test)]
mod tests;
