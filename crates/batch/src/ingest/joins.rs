//! Reads the files that others are joined with.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use arrow::array::ArrayRef;

use super::lookup::{Lookup, LookupNeed, Lookups};
use super::mapping::{Mapping, glob};
use super::nearest::did_you_mean;
use super::plan::{InputFile, form_of};
use super::reader;

/// Reads what the joins need, from the files of the command or, failing that, from beside them. What cannot
/// be read costs the files that are joined with it.
pub(super) fn read(
    needs: &[LookupNeed],
    files: &[InputFile],
    mapping: Option<&Mapping>,
) -> (Lookups, Vec<(LookupNeed, String)>) {
    let mut lookups = Lookups::default();
    let mut failed = Vec::new();
    for need in needs {
        let lookup = find(need, files, mapping).and_then(|file| {
            one(need, &file, mapping)
                .with_context(|| format!("reading {}, which the mapping joins", file.name))
        });
        match lookup {
            Ok(lookup) => lookups.insert(need.clone(), lookup),
            Err(error) => failed.push((need.clone(), format!("{error:#}"))),
        }
    }
    (lookups, failed)
}

fn find(need: &LookupNeed, files: &[InputFile], mapping: Option<&Mapping>) -> Result<InputFile> {
    let fits = |name: &str| {
        glob(&need.file, name) || glob(&need.file, name.strip_suffix(".gz").unwrap_or(name))
    };
    let known = |name: &str| mapping.is_some_and(|mapping| fits(mapping.known_as(name)));
    if let Some(file) = files.iter().find(|file| fits(file.bare()) || known(&file.name)) {
        return Ok(file.clone());
    }
    let at_hand = files.iter().filter_map(|file| file.path.parent());
    let earlier = mapping.iter().flat_map(|mapping| &mapping.folders).map(PathBuf::as_path);
    for folder in at_hand.chain(earlier) {
        // In a watch folder the file may have been taken before.
        for folder in [folder.to_owned(), folder.join("done")] {
            let Ok(entries) = std::fs::read_dir(folder) else { continue };
            let paths = entries.flatten().map(|entry| entry.path());
            let named = paths.filter(|path| {
                path.is_file() && path.file_name().is_some_and(|name| fits(&name.to_string_lossy()))
            });
            if let Some(last) = named.max() {
                let name = last.file_name().unwrap_or_default().to_string_lossy().into_owned();
                return Ok(InputFile { path: last, name });
            }
        }
    }
    bail!(
        "the mapping joins `{}`, which is neither among the files given nor beside them; give it too",
        need.file
    )
}

fn one(need: &LookupNeed, file: &InputFile, mapping: Option<&Mapping>) -> Result<Lookup> {
    let source = reader::open(&file.path, &form_of(&file.name, mapping))?;
    let columns = source.columns().to_vec();
    let mut wanted = Vec::new();
    for name in need.on.iter().chain(&need.take) {
        let Some(at) = columns.iter().position(|column| column == name) else {
            bail!(
                "it lacks the column `{name}`; it has {}.{}",
                columns.join(", "),
                did_you_mean(name, columns.iter().map(String::as_str))
            );
        };
        if !wanted.contains(&at) {
            wanted.push(at);
        }
    }
    let mut batches: Vec<(Vec<ArrayRef>, Option<ArrayRef>)> = Vec::new();
    let mut take = |raw: reader::RawBatch| {
        let column = |name: &String| raw.batch.column_by_name(name).cloned();
        let keys = need.on.iter().filter_map(column).collect();
        batches.push((keys, need.take.as_ref().and_then(column)));
        true
    };
    source.read(&wanted, &mut take)?;
    Lookup::build(&batches, need.pick)
}
