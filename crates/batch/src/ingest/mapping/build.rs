//! From TOML to a mapping.

use std::sync::Arc;

use domain::canonical::{ATTRIBUTES, ENTITIES, Entity, entity};
use domain::money::Currency;
use domain::time::Zone;

use super::toml::{Keys, Node, parse};
use super::{Becomes, FileRule, InlineTable, Into, Mapping, MappingError, Repeats, Stated, Wide};
use crate::ingest::expression::Condition;
use crate::ingest::hash::sha256_of;
use crate::ingest::nearest::did_you_mean;
use crate::ingest::reader::{Form, Names, encoding};
use crate::ingest::verbs::{self, Verb};

const STATED: [&str; 3] = ["currency", "zone", "snapshot_on"];

const FORM: [&str; 6] =
    ["separator", "sheet", "encoding", "header_line", "header_lines", "number_names"];

pub(super) fn mapping(text: &str) -> Result<Mapping, MappingError> {
    parse(text, |keys| {
        let stated = stated(&keys)?;
        let files = each(&keys, "file", file_rule)?;
        let tables = each(&keys, "table", inline_table)?;
        keys.finish(&[&STATED[..], &["file", "table"]].concat())?;
        if files.is_empty() && tables.is_empty() {
            return Err(keys.error("there is no [[file]] and no [[table]]; name at least one file"));
        }
        Ok(Mapping {
            stated,
            files,
            tables,
            sha256: sha256_of(text.as_bytes()),
            known: Vec::new(),
            folders: Vec::new(),
        })
    })
}

fn each<T>(
    keys: &Keys,
    key: &str,
    read: fn(&Keys) -> Result<T, MappingError>,
) -> Result<Vec<T>, MappingError> {
    let Some(list) = keys.get(key) else { return Ok(Vec::new()) };
    list.list()?.iter().map(|node| read(&node.table()?)).collect()
}

fn stated(keys: &Keys) -> Result<Stated, MappingError> {
    let mut stated = Stated::default();
    if let Some(node) = keys.get("currency") {
        let code = node.string()?;
        stated.currency = Some(Currency::parse(code).ok_or_else(|| {
            node.error(format!("`{code}` is not a currency; write its ISO 4217 code, as JPY"))
        })?);
    }
    if let Some(node) = keys.get("zone") {
        stated.zone = Some(zone(&node)?);
    }
    if let Some(node) = keys.get("snapshot_on") {
        stated.snapshot_on = Some(node.day()?);
    }
    Ok(stated)
}

/// A zone by its IANA name.
pub(in crate::ingest) fn zone(node: &Node) -> Result<Zone, MappingError> {
    let name = node.string()?;
    Zone::named(name).ok_or_else(|| {
        node.error(format!("`{name}` is not a time zone; write its IANA name, as Asia/Tokyo"))
    })
}

fn file_rule(keys: &Keys) -> Result<FileRule, MappingError> {
    let pattern = keys.need("match")?.string()?.to_owned();
    let stated = stated(keys)?;
    let form = form(keys)?;
    let lets = match keys.get("let") {
        Some(node) => lets(&node.table()?)?,
        None => Vec::new(),
    };
    let into = each(keys, "into", into)?;
    let skip = keys.get("skip").map(|node| node.string().map(str::to_owned)).transpose()?;
    let lookup = match keys.get("use") {
        Some(node) if node.string()? == "lookup" => true,
        Some(node) => return Err(node.error("`use` may only be \"lookup\"")),
        None => false,
    };
    let known = ["match", "let", "into", "skip", "use"];
    keys.finish(&[&known[..], &FORM[..], &STATED[..]].concat())?;
    let becomes = match (into.is_empty(), lookup, skip) {
        (false, false, None) => Becomes::Rows { lets, into },
        (true, true, None) => Becomes::Lookup,
        (true, false, Some(reason)) => Becomes::Skip(reason),
        _ => {
            return Err(keys.error(
                "a file needs one of these: [[file.into]] tables, `use = \"lookup\"` (only joined \
                 with others), or `skip = \"why\"`",
            ));
        }
    };
    Ok(FileRule { pattern, form, stated, becomes })
}

fn form(keys: &Keys) -> Result<Form, MappingError> {
    let mut form = Form::default();
    if let Some(node) = keys.get("separator") {
        form.separator = match node.string()?.as_bytes() {
            [byte] if byte.is_ascii() => Some(*byte),
            _ => return Err(node.error("a separator is one character, as \";\" or \"\\t\"")),
        };
    }
    if let Some(node) = keys.get("sheet") {
        form.sheet = Some(node.string()?.to_owned());
    }
    if let Some(node) = keys.get("encoding") {
        form.encoding = Some(encoding::named(node.string()?).map_err(|why| node.error(why))?);
    }
    if let Some(node) = keys.get("header_line") {
        form.header_line = node.count()?;
    }
    if let Some(node) = keys.get("header_lines") {
        form.header_lines = node.count()?;
    }
    if keys.get("number_names").map_or(Ok(false), |node| node.flag())? {
        form.names = Names::Numbered;
    }
    Ok(form)
}

type Named = Vec<(String, Arc<dyn Verb>)>;

fn lets(keys: &Keys) -> Result<Named, MappingError> {
    keys.all().into_iter().map(|(name, node)| Ok((name.to_owned(), verbs::cell(&node)?))).collect()
}

fn the_entity(node: &Node) -> Result<&'static Entity, MappingError> {
    let name = node.string()?;
    entity(name).ok_or_else(|| {
        let names: Vec<&str> = ENTITIES.iter().map(|entity| entity.name).collect();
        let near = did_you_mean(name, names.iter().copied());
        node.error(format!("`{name}` is not a table; the tables are {}.{near}", names.join(", ")))
    })
}

fn into(keys: &Keys) -> Result<Into, MappingError> {
    let entity = the_entity(&keys.need("entity")?)?;
    let when = keys.get("when").map(|node| condition(&node)).transpose()?;
    let flag = |key: &str| keys.get(key).map_or(Ok(false), |node| node.flag());
    let repeats = match (flag("distinct")?, flag("if_missing")?) {
        (_, true) => Repeats::IfMissing,
        (true, false) => Repeats::First,
        (false, false) => Repeats::Replace,
    };
    let wide = keys.get("wide").map(|node| wide(&node.table()?)).transpose()?;
    let columns = columns(entity, &keys.need("columns")?.table()?)?;
    let attributes = match keys.get(ATTRIBUTES) {
        Some(node) if !entity.attributes => {
            return Err(node.error(format!("{} have no attributes; accounts have", entity.name)));
        }
        Some(node) => attributes(&node)?,
        None => Vec::new(),
    };
    keys.finish(&["entity", "when", "distinct", "if_missing", "wide", "columns", ATTRIBUTES])?;
    Ok(Into { entity, when, repeats, wide, columns, attributes })
}

/// A condition in quotes.
pub(in crate::ingest) fn condition(node: &Node) -> Result<Condition, MappingError> {
    let text = node.string()?;
    Condition::parse(text).map_err(|why| node.error(format!("in the condition `{text}`: {why}")))
}

type Columns = Vec<(&'static str, Arc<dyn Verb>)>;

fn columns(entity: &'static Entity, keys: &Keys) -> Result<Columns, MappingError> {
    let names: Vec<&str> = entity.columns.iter().map(|column| column.name).collect();
    let mut columns = Vec::new();
    for column in entity.columns {
        if let Some(node) = keys.get(column.name) {
            columns.push((column.name, verbs::cell(&node)?));
        }
    }
    keys.finish(&names)?;
    let needed: Vec<&str> = entity
        .columns
        .iter()
        .filter(|column| column.required && columns.iter().all(|(name, _)| *name != column.name))
        .map(|column| column.name)
        .collect();
    if needed.is_empty() {
        return Ok(columns);
    }
    Err(keys.error(format!("{} also need a value for {}", entity.name, needed.join(", "))))
}

/// A list of columns kept under their names, or a table of named values.
fn attributes(node: &Node) -> Result<Named, MappingError> {
    if node.is_table() {
        return lets(&node.table()?);
    }
    node.list()?.iter().map(|item| Ok((item.string()?.to_owned(), verbs::cell(item)?))).collect()
}

fn wide(keys: &Keys) -> Result<Wide, MappingError> {
    let list = keys.need("columns")?;
    let columns = list.strings()?;
    if columns.is_empty() {
        return Err(list.error("name at least one column"));
    }
    let wide = Wide {
        columns,
        key_as: keys.need("key_as")?.string()?.to_owned(),
        value_as: keys.need("value_as")?.string()?.to_owned(),
        keep: keys.get("keep").map(|node| condition(&node)).transpose()?,
    };
    keys.finish(&["columns", "key_as", "value_as", "keep"])?;
    Ok(wide)
}

fn inline_table(keys: &Keys) -> Result<InlineTable, MappingError> {
    let entity = the_entity(&keys.need("entity")?)?;
    let mut rows = Vec::new();
    for node in keys.need("rows")?.list()? {
        let row = node.table()?;
        let mut values = Vec::new();
        for column in entity.columns {
            if let Some(value) = row.get(column.name) {
                values.push((column.name.to_owned(), value.plain()?));
            }
        }
        row.finish(&entity.columns.iter().map(|column| column.name).collect::<Vec<_>>())?;
        rows.push((u32::try_from(node.line()).unwrap_or(u32::MAX), values));
    }
    keys.finish(&["entity", "rows"])?;
    Ok(InlineTable { entity, rows })
}
