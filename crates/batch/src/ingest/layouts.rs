//! Mappings that were used before, kept with the columns of the files they fit, so that next month's file is
//! known again whatever its name.
//!
//! In a workspace's folder `mappings/` each mapping stands as it was given, and beside it, under the same name
//! with `.layouts.json`, the columns of every file it was used for.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use super::mapping::{Becomes, KnownFile, Mapping};
use super::plan::InputFile;
use super::reader;
use crate::suggest::plain_name;

/// The columns of a file that a mapping was used for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Layout {
    file: String,
    columns: Vec<String>,
    /// Where the file stood: files that are joined are looked for there too.
    folder: PathBuf,
}

/// A mapping that was used before.
#[derive(Debug)]
struct Kept {
    path: PathBuf,
    mapping: Mapping,
    layouts: Vec<Layout>,
}

/// Files that one mapping takes, or none.
#[derive(Debug)]
pub struct Group {
    /// The mapping; `None` for files named after their tables.
    pub mapping: Option<Mapping>,
    /// Where the mapping is kept.
    pub kept: Option<PathBuf>,
    /// The files.
    pub files: Vec<InputFile>,
}

/// Finds for each file the kept mapping that fits its columns. Files that none fits come in a group without
/// a mapping.
pub fn recognise(folder: &Path, files: Vec<InputFile>) -> Result<Vec<Group>> {
    let mut kept = kept(folder)?;
    let mut groups: Vec<Group> = Vec::new();
    for file in files {
        let found = best(&kept, &file);
        if let Some((at, layout)) = found {
            let known = KnownFile {
                name: file.name.clone(),
                earlier: kept[at].layouts[layout].file.clone(),
                columns: kept[at].layouts[layout].columns.clone(),
                mapping: shown(&kept[at].path),
            };
            kept[at].mapping.known.push(known);
        }
        let place = found.map(|(at, _)| kept[at].path.clone());
        match groups.iter_mut().find(|group| group.kept == place) {
            Some(group) => group.files.push(file),
            None => groups.push(Group { mapping: None, kept: place, files: vec![file] }),
        }
    }
    for group in &mut groups {
        let mapping = kept.iter().find(|kept| Some(&kept.path) == group.kept.as_ref());
        group.mapping = mapping.map(|kept| kept.mapping.clone());
    }
    Ok(groups)
}

/// The path in messages: below the workspace.
fn shown(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    format!("mappings/{name}")
}

fn kept(folder: &Path) -> Result<Vec<Kept>> {
    let mut kept = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return Ok(kept) };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    paths.sort();
    for path in paths {
        let text = fs::read_to_string(&path)
            .with_context(|| format!("could not read {}", path.display()))?;
        let mapping =
            Mapping::parse(&text).with_context(|| format!("{} is not right", path.display()))?;
        let layouts = layouts(&path);
        let mut mapping = mapping;
        for layout in layouts.iter().rev().filter(|layout| layout.folder.is_dir()) {
            if !mapping.folders.contains(&layout.folder) {
                mapping.folders.push(layout.folder.clone());
            }
        }
        kept.push(Kept { path, mapping, layouts });
    }
    Ok(kept)
}

fn layouts_path(mapping: &Path) -> PathBuf {
    mapping.with_extension("layouts.json")
}

/// The layouts beside a mapping; one that is damaged is as good as none, for it is written anew.
fn layouts(mapping: &Path) -> Vec<Layout> {
    let text = fs::read_to_string(layouts_path(mapping)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// The mapping and layout that fit best: the same columns, or most of them under a name that the rule matches,
/// or nearly all of them under any name.
fn best(kept: &[Kept], file: &InputFile) -> Option<(usize, usize)> {
    let mut best: Option<(u32, (usize, usize))> = None;
    for (at, one) in kept.iter().enumerate() {
        for (number, layout) in one.layouts.iter().enumerate() {
            let Some(rule) = one.mapping.rule(&layout.file) else { continue };
            let Ok(source) = reader::open(&file.path, &rule.form) else { continue };
            let same_rule =
                one.mapping.rule(&file.name).is_some_and(|own| own.pattern == rule.pattern);
            let share = share(&layout.columns, source.columns());
            let least = if same_rule { 500 } else { 800 };
            let score = share + u32::from(same_rule);
            if share >= least && best.is_none_or(|(most, _)| score > most) {
                best = Some((score, (at, number)));
            }
        }
    }
    best.map(|(_, place)| place)
}

/// Of a thousand columns, how many the two have in common.
fn share(before: &[String], now: &[String]) -> u32 {
    let plain =
        |names: &[String]| -> BTreeSet<String> { names.iter().map(|n| plain_name(n)).collect() };
    let (before, now) = (plain(before), plain(now));
    let common = before.intersection(&now).count();
    let all = before.union(&now).count().max(1);
    u32::try_from(common * 1000 / all).unwrap_or(0)
}

/// Keeps a mapping that was used for these files, with their columns. The columns of files that another
/// mapping took before belong to this one from now on.
pub fn remember(folder: &Path, (name, text): (&str, &str), files: &[InputFile]) -> Result<()> {
    let mapping = Mapping::parse(text)?;
    let own = folder.join(format!("{name}-{}.toml", &mapping.sha256[..8]));
    let new = of_files(&mapping, files)?;
    if new.is_empty() {
        return Ok(());
    }
    fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
    for other in kept(folder)?.into_iter().filter(|other| other.path != own) {
        let mut left = other.layouts.clone();
        left.retain(|old| new.iter().all(|layout| share(&layout.columns, &old.columns) < 1000));
        if left.len() < other.layouts.len() {
            write_layouts(&other.path, &left)?;
        }
    }
    write(&own, text)?;
    add(&own, new)
}

/// Notes the columns of files that a kept mapping took.
pub fn note(group: &Group) -> Result<()> {
    let (Some(path), Some(mapping)) = (&group.kept, &group.mapping) else { return Ok(()) };
    add(path, of_files(mapping, &group.files)?)
}

fn of_files(mapping: &Mapping, files: &[InputFile]) -> Result<Vec<Layout>> {
    let mut layouts = Vec::new();
    for file in files {
        let Some(rule) = mapping.rule(&file.name) else { continue };
        if matches!(rule.becomes, Becomes::Skip(_)) {
            continue;
        }
        let Ok(source) = reader::open(&file.path, &rule.form) else { continue };
        let name = mapping.known_as(&file.name).to_owned();
        // Of a bare file name the parent is the empty path, which cannot be made absolute.
        let whole = std::path::absolute(&file.path)?;
        let folder = whole.parent().unwrap_or(Path::new("/")).to_owned();
        layouts.push(Layout { file: name, columns: source.columns().to_vec(), folder });
    }
    Ok(layouts)
}

fn add(mapping: &Path, new: Vec<Layout>) -> Result<()> {
    let mut all = layouts(mapping);
    let before = all.len();
    for layout in new {
        if all
            .iter()
            .all(|old| share(&old.columns, &layout.columns) < 1000 || old.file != layout.file)
        {
            all.push(layout);
        }
    }
    if all.len() > before { write_layouts(mapping, &all) } else { Ok(()) }
}

fn write_layouts(mapping: &Path, layouts: &[Layout]) -> Result<()> {
    write(&layouts_path(mapping), &serde_json::to_string_pretty(layouts)?)
}

/// Writes a file whole or not at all.
fn write(path: &Path, text: &str) -> Result<()> {
    let beside = path.with_extension("part");
    fs::write(&beside, text)
        .and_then(|()| fs::rename(&beside, path))
        .with_context(|| format!("could not write {}", path.display()))
}
