//! A mapping for files that nobody wrote one for, out of their headers and values.
//!
//! Files are looked at ([`sample`]), references between them are found by their values ([`links`]), each is
//! taken for the canonical table it fits best ([`choose`]), and what becomes of its columns is drafted
//! ([`draft`]) and written down in the mapping language ([`write`]). Nothing is guessed in silence: what is
//! unsure, and what found no place, stands in comments and in the list of checks.

mod cells;
mod choose;
pub mod brought;
pub(crate) mod dates;
mod draft;
mod links;
mod names;
pub(crate) mod numbers;
mod recognise;
mod sample;
mod settle;
pub(crate) mod shape;
mod tables;
mod words;
mod write;

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::ingest::Mapping;
use crate::ingest::plan::input_files;

/// A column's name without case, width, blanks and signs, by which files are known again.
pub(crate) fn plain_name(text: &str) -> String {
    names::plain(text)
}

/// A proposed mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The mapping, as TOML with comments.
    pub toml: String,
    /// What each file was taken for, a line each.
    pub files: Vec<String>,
    /// What a person should look at.
    pub checks: Vec<String>,
}

/// Proposes a mapping for these files and folders. It is an error when a file cannot be read as a table, or
/// when no file is recognised.
pub fn suggest(paths: &[PathBuf]) -> Result<Suggestion> {
    let files = input_files(paths)?;
    let mut tables = Vec::with_capacity(files.len());
    for file in &files {
        tables.push(sample::look(&file.path, &file.name)?);
    }
    let dates = settle::dates(&mut tables);
    let found = links::find(&tables);
    let chosen = choose::choose(&tables, &found);
    let fits: Vec<_> = chosen.iter().map(|(best, _)| best.clone()).collect();
    if fits.iter().all(Option::is_none) {
        bail!(
            "none of the files was recognised as customers, contracts, orders, usage, tickets, deals or \
             anything else that is known. Their columns: {}",
            tables.iter().map(columns).collect::<Vec<_>>().join("; ")
        );
    }
    let said: Vec<String> =
        chosen.iter().zip(&tables).map(|(fit, table)| taken_for(fit, table)).collect();
    let whole = draft::Whole { tables: &tables, fits: &fits };
    let Drafted { toml, checks, .. } = drafted(&whole, (&found, &said), |_| {})?;
    Ok(Suggestion { toml, files: said, checks: [dates, checks].concat() })
}

/// What is drafted for all files.
struct Drafted {
    drafts: Vec<draft::Draft>,
    toml: String,
    checks: Vec<String>,
}

/// Drafts the files as what they were taken for; `change` may have the last word on the drafts.
fn drafted(
    whole: &draft::Whole<'_>,
    (found, said): (&[links::Link], &[String]),
    change: impl FnOnce(&mut Vec<draft::Draft>),
) -> Result<Drafted> {
    let mut drafts = draft::drafts(whole);
    let mut checks = settle::collisions(whole, found, &mut drafts);
    change(&mut drafts);
    let currency = settle::currency(whole, &mut checks);
    let toml = write::toml(whole, &drafts, currency, said);
    for (draft, table) in drafts.iter().zip(whole.tables) {
        checks.extend(write::checks(draft, table));
    }
    if let Err(error) = Mapping::parse(&toml) {
        bail!("the proposed mapping does not parse, which is a defect: {error}\n{toml}");
    }
    Ok(Drafted { drafts, toml, checks })
}

fn columns(table: &sample::Table) -> String {
    let names: Vec<&str> =
        table.columns.iter().take(10).map(|column| column.title.as_str()).collect();
    format!("{} has {}", table.file, names.join(", "))
}

/// What a file was taken for, and how sure that is.
fn taken_for(
    (best, second): &(Option<choose::Fit>, Option<choose::Fit>),
    table: &sample::Table,
) -> String {
    let Some(best) = best else { return format!("{}: not recognised", table.file) };
    let sure = match (best.score, second) {
        (_, Some(other)) => format!("not sure: it could be {}", other.recogniser.entity),
        (score, None) if score >= 9.0 => "sure".to_owned(),
        (score, None) if score >= 6.5 => "likely".to_owned(),
        _ => "not sure".to_owned(),
    };
    let named = best.assigned.iter().filter(|pair| pair.quality >= 0.5).count();
    format!(
        "{}: {} ({sure}; {named} of its {} columns are known)",
        table.file,
        best.recogniser.entity,
        table.columns.len()
    )
}

#[cfg(test)]
mod tests;
