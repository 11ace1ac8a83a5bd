//! Whether a file has the columns that its rule names.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Result, bail};

use crate::ingest::mapping::Into;
use crate::ingest::nearest::did_you_mean;
use crate::ingest::verbs::{self, Verb};

/// Calls `visit` with every cell of a file's rules.
pub(super) fn each_verb<'a>(
    lets: &'a [(String, Arc<dyn Verb>)],
    into: &'a [Into],
    visit: &mut dyn FnMut(&'a Arc<dyn Verb>),
) {
    lets.iter().for_each(|(_, verb)| visit(verb));
    for rule in into {
        rule.columns.iter().for_each(|(_, verb)| visit(verb));
        rule.attributes.iter().for_each(|(_, verb)| visit(verb));
    }
}

/// The positions of the columns to read, or what the mapping names that the file lacks.
pub(super) fn wanted(
    file: &str,
    columns: &[String],
    lets: &[(String, Arc<dyn Verb>)],
    into: &[Into],
) -> Result<Vec<usize>> {
    let mut wanted = BTreeSet::new();
    let mut known: Vec<&str> = Vec::new();
    for (name, verb) in lets {
        need(file, columns, &known, &verb_columns(verb), &mut wanted)?;
        new_name(file, columns, &known, name)?;
        known.push(name);
    }
    for rule in into {
        let mut named = known.clone();
        let mut needed: Vec<String> = rule.when.iter().flat_map(|c| c.columns()).collect();
        need(file, columns, &named, &needed, &mut wanted)?;
        needed.clear();
        if let Some(wide) = &rule.wide {
            need(file, columns, &named, &wide.columns, &mut wanted)?;
            for name in [&wide.key_as, &wide.value_as] {
                new_name(file, columns, &named, name)?;
                named.push(name);
            }
            needed.extend(wide.keep.iter().flat_map(|c| c.columns()));
        }
        let cells = rule.columns.iter().map(|(_, verb)| verb);
        for verb in cells.chain(rule.attributes.iter().map(|(_, verb)| verb)) {
            needed.extend(verb_columns(verb));
        }
        need(file, columns, &named, &needed, &mut wanted)?;
    }
    Ok(wanted.into_iter().collect())
}

fn verb_columns(verb: &Arc<dyn Verb>) -> Vec<String> {
    let mut columns = Vec::new();
    verbs::walk(verb, &mut |verb| columns.extend(verb.columns()));
    columns
}

fn need(
    file: &str,
    columns: &[String],
    named: &[&str],
    needed: &[String],
    wanted: &mut BTreeSet<usize>,
) -> Result<()> {
    for name in needed.iter().filter(|name| !named.contains(&name.as_str())) {
        let Some(at) = columns.iter().position(|column| column == name) else {
            let all = columns.iter().map(String::as_str);
            bail!(
                "the mapping names the column `{name}`, which {file} lacks; it has {}.{}",
                columns.join(", "),
                did_you_mean(name, all.chain(named.iter().copied()))
            );
        };
        wanted.insert(at);
    }
    Ok(())
}

fn new_name(file: &str, columns: &[String], named: &[&str], name: &str) -> Result<()> {
    if columns.iter().any(|column| column == name) || named.contains(&name) {
        bail!("the mapping gives the name `{name}`, which {file} has already; choose another");
    }
    Ok(())
}
