//! Files that are taken together, by one mapping or by none.

use std::path::PathBuf;

use anyhow::Result;

use super::{Ask, Known, Looked, LookedFile};
use crate::ingest::layouts;
use crate::ingest::preview::canonical_table;
use crate::ingest::{InputFile, Mapping};

/// Files that one mapping takes, or none.
#[derive(Debug)]
pub struct Group {
    /// The mapping; none for files named after their tables.
    pub mapping: Option<Mapping>,
    /// Its text, where it was drafted.
    pub toml: Option<String>,
    /// Where it is kept, where it was used before.
    pub kept: Option<PathBuf>,
    /// The files.
    pub files: Vec<InputFile>,
    /// Their places among those that were brought.
    pub places: Vec<usize>,
}

/// Groups the files that need no draft; gives the places of the others.
pub(super) fn known(files: &[InputFile], ask: Ask<'_>, looked: &mut Looked) -> Result<Vec<usize>> {
    let (mut rest, mut canonical) = (Vec::new(), Vec::new());
    for (at, file) in files.iter().enumerate() {
        let chosen = ask.choices.iter().any(|choice| choice.file == at);
        if chosen {
            rest.push(at);
        } else if let Some(table) = canonical_table(file) {
            canonical.push(at);
            let it = &mut looked.look.files[at];
            (it.known, it.table) = (Known::Canonical, Some(table.to_owned()));
        } else {
            rest.push(at);
        }
    }
    if !canonical.is_empty() {
        let group = Group {
            mapping: None,
            toml: None,
            kept: None,
            files: of(files, &canonical),
            places: canonical,
        };
        looked.groups.push(group);
    }
    let open: Vec<usize> = rest
        .iter()
        .copied()
        .filter(|at| ask.choices.iter().all(|choice| choice.file != *at))
        .collect();
    for group in layouts::recognise(ask.mappings, of(files, &open))? {
        let Some(mapping) = group.mapping else { continue };
        let places: Vec<usize> = group
            .files
            .iter()
            .filter_map(|file| files.iter().position(|other| other == file))
            .collect();
        for at in &places {
            let it: &mut LookedFile = &mut looked.look.files[*at];
            it.known = Known::Before;
        }
        rest.retain(|at| !places.contains(at));
        let toml = None;
        looked.groups.push(Group {
            mapping: Some(mapping),
            toml,
            kept: group.kept,
            files: group.files,
            places,
        });
    }
    Ok(rest)
}

fn of(files: &[InputFile], places: &[usize]) -> Vec<InputFile> {
    places.iter().map(|at| files[*at].clone()).collect()
}

/// The group of files that a mapping was drafted for.
pub(super) fn drafted(files: &[InputFile], (places, toml): (&[usize], &str)) -> Result<Group> {
    Ok(Group {
        mapping: Some(Mapping::parse(toml)?),
        toml: Some(toml.to_owned()),
        kept: None,
        files: of(files, places),
        places: places.to_vec(),
    })
}
