//! The default mapping: a file named after a canonical table, with canonical column names.

use anyhow::{Result, bail};
use domain::canonical::{ENTITIES, Entity, entity};

use super::{FileJob, InputFile, check};
use crate::ingest::mapping::{Into, Repeats, Stated};
use crate::ingest::nearest::did_you_mean;
use crate::ingest::reader::{self, Form};
use crate::ingest::verbs;

/// The job of a file that needs no mapping; unknown columns are attributes (accounts) or noted.
pub(super) fn job(file: &InputFile, notes: &mut Vec<(String, String)>) -> Result<FileJob> {
    let entity = entity_of(file.bare())?;
    let source = reader::open(&file.path, &Form::default())?;
    let names = source.columns();
    require(file, entity, names)?;
    let (known, unknown): (Vec<&String>, Vec<&String>) =
        names.iter().partition(|name| entity.column(name).is_some());
    let columns = known
        .iter()
        .filter_map(|name| entity.column(name).map(|column| (column.name, verbs::column(name))));
    let columns: Vec<_> = columns.collect();
    let mut attributes = Vec::new();
    if entity.attributes {
        attributes = unknown.iter().map(|name| ((*name).clone(), verbs::column(name))).collect();
    } else if !unknown.is_empty() {
        let listed: Vec<&str> = unknown.iter().map(|name| name.as_str()).collect();
        let near = did_you_mean(listed[0], entity.columns.iter().map(|column| column.name));
        notes.push((
            file.name.clone(),
            format!(
                "columns that {} do not have are left out: {}.{near}",
                entity.name,
                listed.join(", ")
            ),
        ));
    }
    let into = vec![Into {
        entity,
        when: None,
        repeats: Repeats::Replace,
        wide: None,
        columns,
        attributes,
    }];
    let wanted = check::wanted(&file.name, names, &[], &into)?;
    let stated = Stated::default();
    Ok(FileJob { file: file.clone(), source, stated, lets: Vec::new(), into, wanted })
}

fn entity_of(name: &str) -> Result<&'static Entity> {
    let stem = name.split('.').next().unwrap_or(name);
    if let Some(entity) = entity(stem) {
        return Ok(entity);
    }
    let names: Vec<&str> = ENTITIES.iter().map(|entity| entity.name).collect();
    bail!(
        "{name} is not named after a table ({}).{} Rename it, or describe it in a mapping (--map)",
        names.join(", "),
        did_you_mean(stem, names.iter().copied())
    )
}

fn require(file: &InputFile, entity: &Entity, names: &[String]) -> Result<()> {
    let missing: Vec<&str> = entity
        .columns
        .iter()
        .filter(|column| column.required && !names.iter().any(|name| name == column.name))
        .map(|column| column.name)
        .collect();
    let Some(first) = missing.first() else { return Ok(()) };
    bail!(
        "{} lacks {}, which {} need; it has {}.{} Rename the columns, or map them (--map)",
        file.name,
        missing.join(", "),
        entity.name,
        names.join(", "),
        did_you_mean(first, names.iter().map(String::as_str))
    )
}
