//! Files that people bring in the browser: what each is taken for, what becomes of its columns, and how its first
//! rows would be taken; with the changes that people make to that.

mod columns;
mod groups;

use std::path::Path;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::choose::{self, Around, Assigned, Fit};
use super::sample::{self, Table};
use super::{Drafted, draft, drafted, links, recognise, settle, taken_for};
use crate::ingest::InputFile;
use crate::ingest::preview::{self, Circumstances, Preview};

pub use columns::{ATTRIBUTE, LookedColumn};
pub use groups::Group;

/// What somebody chose for a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The file's place among those that were brought.
    pub file: usize,
    /// The table; empty: the file is left out.
    pub table: String,
    /// For columns of the file, by their places, the table's column: empty for none, [`ATTRIBUTE`] to keep it
    /// as it is. None of them: what the program proposes for the table.
    pub columns: Vec<(usize, String)>,
}

/// How a file is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// It has the name and the columns of a table.
    Canonical,
    /// A mapping that was used before fits its columns.
    Before,
    /// A mapping was drafted.
    Drafted,
    /// Nothing says what it is.
    #[default]
    Unknown,
    /// It cannot be read as a table.
    Refused,
}

/// A file as it was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedFile {
    /// Its name.
    pub name: String,
    /// How it is known.
    pub known: Known,
    /// Why it cannot be read.
    pub error: Option<String>,
    /// The table it was taken for, or that was chosen.
    pub table: Option<String>,
    /// Whether that is sure: `sure`, `likely`, `unsure`, or `chosen`.
    pub sure: String,
    /// Its columns, where a mapping was drafted or is to be.
    pub columns: Vec<LookedColumn>,
    /// Columns that every row of the table needs and that nothing gives.
    pub missing: Vec<String>,
    /// Columns of the file that were chosen for one that another gives already.
    pub twice: Vec<String>,
    /// What is worth a look.
    pub checks: Vec<String>,
    /// Its first rows as they would be taken.
    pub preview: Preview,
}

/// Everything that was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// The files, in the order in which they came.
    pub files: Vec<LookedFile>,
}

/// What was found, with the groups in which the files are to be taken.
#[derive(Debug, Default)]
pub struct Looked {
    /// For people.
    pub look: Look,
    /// For the ingest.
    pub groups: Vec<Group>,
}

/// What files are looked at with.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The workspace's folder of mappings that were used before.
    pub mappings: &'a Path,
    /// What people chose.
    pub choices: &'a [Choice],
    /// What values are read under.
    pub around: &'a Circumstances,
}

/// Looks at files. One that cannot be read says so and costs none of the others.
pub fn look(files: &[InputFile], ask: Ask<'_>) -> Result<Looked> {
    let mut looked = Looked::default();
    looked.look.files =
        files.iter().map(|file| LookedFile { name: bare(file), ..LookedFile::default() }).collect();
    let mut tables: Vec<(usize, Table)> = Vec::new();
    let rest = groups::known(files, ask, &mut looked)?;
    for at in rest {
        let file = &files[at];
        match sample::look(&file.path, &bare(file)) {
            Ok(table) => tables.push((at, table)),
            Err(error) => {
                let it = &mut looked.look.files[at];
                (it.known, it.error) = (Known::Refused, Some(said(&error, file)));
            }
        }
    }
    if !tables.is_empty() {
        draft_all(files, tables, (ask, &mut looked))?;
    }
    for group in &looked.groups {
        let previews = preview::preview(&group.files, group.mapping.as_ref(), ask.around);
        for (place, mut preview) in group.places.iter().zip(previews) {
            let file = &files[*place];
            preview.error = preview.error.map(|error| without_path(&error, file));
            looked.look.files[*place].preview = preview;
        }
    }
    Ok(looked)
}

fn bare(file: &InputFile) -> String {
    file.bare().to_owned()
}

/// An error about a file under the name that people know.
fn said(error: &anyhow::Error, file: &InputFile) -> String {
    without_path(&format!("{error:#}"), file)
}

/// A sentence about a file with its name in the place of its path.
pub fn without_path(text: &str, file: &InputFile) -> String {
    let stored = file.path.file_name().unwrap_or_default().to_string_lossy();
    let text = text.replace(&file.path.display().to_string(), file.bare());
    if file.bare().contains(&*stored) { text } else { text.replace(&*stored, file.bare()) }
}

/// Drafts a mapping for files that none is known for.
fn draft_all(
    files: &[InputFile],
    tables: Vec<(usize, Table)>,
    (ask, looked): (Ask<'_>, &mut Looked),
) -> Result<()> {
    let (places, mut tables): (Vec<usize>, Vec<Table>) = tables.into_iter().unzip();
    let dates = settle::dates(&mut tables);
    let found = links::find(&tables);
    let chosen = choose::choose(&tables, &found);
    let roles: Vec<_> =
        chosen.iter().map(|(best, _)| best.as_ref().map(|fit| fit.recogniser.entity)).collect();
    let choices: Vec<Option<&Choice>> = places
        .iter()
        .map(|place| ask.choices.iter().find(|choice| choice.file == *place))
        .collect();
    for (table, choice) in tables.iter_mut().zip(&choices) {
        columns::chosen_dates(table, *choice);
    }
    let mut fits: Vec<Option<Fit>> = Vec::new();
    for (at, (best, _)) in chosen.iter().enumerate() {
        let around = Around { table: at, links: &found, roles: &roles };
        let it = &mut looked.look.files[places[at]];
        fits.push(match choices[at] {
            None => best.clone(),
            Some(choice) => overridden(&tables[at], choice, (around, it)),
        });
    }
    let said: Vec<String> =
        chosen.iter().zip(&tables).map(|(fit, table)| taken_for(fit, table)).collect();
    let whole = draft::Whole { tables: &tables, fits: &fits };
    let Drafted { drafts, toml, checks } = drafted(&whole, (&found, &said), |drafts| {
        for (at, draft) in drafts.iter_mut().enumerate() {
            if let (Some(choice), Some(fit)) = (choices[at], &fits[at]) {
                columns::keep_only_chosen(draft, choice, (fit, &tables[at]));
            }
        }
    })?;
    for (at, draft) in drafts.iter().enumerate() {
        let it = &mut looked.look.files[places[at]];
        it.known = if fits[at].is_some() { Known::Drafted } else { Known::Unknown };
        it.table = fits[at].as_ref().map(|fit| fit.recogniser.entity.to_owned());
        it.sure = match choices[at] {
            Some(_) => "chosen".to_owned(),
            None => sureness(&chosen[at]).to_owned(),
        };
        it.columns = columns::looked(&tables[at], fits[at].as_ref(), (draft, choices[at]));
        it.missing =
            draft.lacks.iter().flat_map(|(_, lacks)| lacks).map(|it| (*it).to_owned()).collect();
        let own = dates.iter().chain(&checks).filter_map(|check| {
            let rest = check.strip_prefix(tables[at].file.as_str())?;
            Some(rest.trim_start_matches(':').trim().to_owned())
        });
        it.checks = draft.said.iter().cloned().chain(own).collect();
    }
    looked.groups.push(groups::drafted(files, (&places, &toml))?);
    Ok(())
}

fn sureness((best, second): &(Option<Fit>, Option<Fit>)) -> &'static str {
    match (best, second) {
        (None, _) => "",
        (Some(best), None) if best.score >= 9.0 => "sure",
        (Some(best), None) if best.score >= 6.5 => "likely",
        _ => "unsure",
    }
}

/// The fit that somebody chose; none where the file is to be left out.
fn overridden(
    table: &Table,
    choice: &Choice,
    (around, it): (Around<'_>, &mut LookedFile),
) -> Option<Fit> {
    let recogniser = recognise::of(&choice.table)?;
    let mut fit = choose::fit(table, recogniser, around);
    if choice.columns.is_empty() {
        return Some(fit);
    }
    fit.assigned.retain(|pair| choice.columns.iter().all(|(at, _)| *at != pair.at));
    let (proposed, mut chosen) = (std::mem::take(&mut fit.assigned), Vec::new());
    for (at, column) in &choice.columns {
        let known = recogniser.fields.iter().map(|field| field.column);
        let entity = domain::canonical::entity(recogniser.entity);
        let known = known.chain(entity.iter().flat_map(|it| it.columns).map(|column| column.name));
        let Some(column) = known.into_iter().find(|name| name == column) else { continue };
        let Some(source) = table.columns.get(*at) else { continue };
        if chosen.iter().any(|other: &Assigned| other.column == column) {
            it.twice.push(source.title.clone());
            continue;
        }
        chosen.push(Assigned { column, at: *at, quality: 1.0 });
    }
    // Columns that the page did not show stay as proposed.
    let open = proposed.into_iter().filter(|pair| chosen.iter().all(|it| it.column != pair.column));
    fit.assigned = open.collect();
    fit.assigned.extend(chosen);
    Some(fit)
}

/// The tables that a file may be taken for.
pub fn tables() -> Vec<&'static str> {
    recognise::RECOGNISERS.iter().map(|recogniser| recogniser.entity).collect()
}

#[cfg(test)]
mod tests;
