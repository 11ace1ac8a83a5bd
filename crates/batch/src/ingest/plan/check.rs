//! Whether a file has the columns that its rule names.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Result, bail};

use crate::ingest::expression::Condition;
use crate::ingest::mapping::Into;
use crate::ingest::nearest::did_you_mean;
use crate::ingest::verbs::{self, Verb};

/// Calls `visit` with every cell of a file's rules.
pub(super) fn each_verb<'a>(
    lets: &'a [(String, Arc<dyn Verb>)],
    into: &'a [Into],
    visit: &mut dyn FnMut(&'a Arc<dyn Verb>),
) {
    for (_, verb) in lets {
        visit(verb);
    }
    for rule in into {
        let columns = rule.columns.iter().map(|(_, verb)| verb);
        for verb in columns.chain(rule.attributes.iter().map(|(_, verb)| verb)) {
            visit(verb);
        }
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
        wanted.extend(need((file, columns), &known, &verb_columns(verb))?);
        new_name(file, columns, &known, name)?;
        known.push(name);
    }
    for rule in into {
        let mut named = known.clone();
        let mut needed: Vec<String> = rule.when.iter().flat_map(Condition::columns).collect();
        wanted.extend(need((file, columns), &named, &needed)?);
        needed.clear();
        if let Some(wide) = &rule.wide {
            wanted.extend(need((file, columns), &named, &wide.columns)?);
            for name in [&wide.key_as, &wide.value_as] {
                new_name(file, columns, &named, name)?;
                named.push(name);
            }
            needed.extend(wide.keep.iter().flat_map(Condition::columns));
        }
        let cells = rule.columns.iter().map(|(_, verb)| verb);
        for verb in cells.chain(rule.attributes.iter().map(|(_, verb)| verb)) {
            needed.extend(verb_columns(verb));
        }
        wanted.extend(need((file, columns), &named, &needed)?);
    }
    Ok(wanted.into_iter().collect())
}

pub(super) fn verb_columns(verb: &Arc<dyn Verb>) -> Vec<String> {
    let mut columns = Vec::new();
    verbs::walk(verb, &mut |verb| columns.extend(verb.columns()));
    columns
}

/// The positions of the needed columns of a file, but for names that the mapping has given.
fn need(
    (file, columns): (&str, &[String]),
    named: &[&str],
    needed: &[String],
) -> Result<BTreeSet<usize>> {
    let mut wanted = BTreeSet::new();
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
    Ok(wanted)
}

fn new_name(file: &str, columns: &[String], named: &[&str], name: &str) -> Result<()> {
    if columns.iter().any(|column| column == name) || named.contains(&name) {
        bail!("the mapping gives the name `{name}`, which {file} has already; choose another");
    }
    Ok(())
}
