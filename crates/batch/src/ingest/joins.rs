//! Reads the files that others are joined with.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use arrow::array::ArrayRef;

use super::lookup::{Lookup, LookupNeed, Lookups};
use super::mapping::{Mapping, glob};
use super::nearest::did_you_mean;
use super::plan::{InputFile, form_of};
use super::reader;

/// Reads what the joins need, from the files of the command or, failing that, from beside them.
pub(super) fn read(
    needs: &[LookupNeed],
    files: &[InputFile],
    mapping: Option<&Mapping>,
) -> Result<Lookups> {
    let mut lookups = Lookups::default();
    for need in needs {
        let file = find(need, files)?;
        let lookup = one(need, &file, mapping)
            .with_context(|| format!("reading {}, which the mapping joins", file.display()))?;
        lookups.insert(need.clone(), lookup);
    }
    Ok(lookups)
}

fn find(need: &LookupNeed, files: &[InputFile]) -> Result<PathBuf> {
    let fits = |name: &str| {
        glob(&need.file, name) || glob(&need.file, name.strip_suffix(".gz").unwrap_or(name))
    };
    if let Some(file) = files.iter().find(|file| fits(&file.name)) {
        return Ok(file.path.clone());
    }
    for folder in files.iter().filter_map(|file| file.path.parent()) {
        for name in [need.file.clone(), format!("{}.gz", need.file)] {
            let beside = folder.join(name);
            if beside.is_file() {
                return Ok(beside);
            }
        }
    }
    bail!(
        "the mapping joins `{}`, which is neither among the files given nor beside them; give it too",
        need.file
    )
}

fn one(need: &LookupNeed, path: &Path, mapping: Option<&Mapping>) -> Result<Lookup> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let source = reader::open(path, &form_of(&name, mapping))?;
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
