//! What becomes of each column of a file, as people see and choose it.

use domain::canonical::{Kind, entity};
use serde::{Deserialize, Serialize};

use super::Choice;
use crate::ingest::reader::shortened;
use crate::suggest::choose::Fit;
use crate::suggest::draft::Draft;
use crate::suggest::sample::{Column, Table};

/// Kept as it is under its own name.
pub const ATTRIBUTE: &str = "*";

/// Different values that are shown of a column.
const SAMPLES: usize = 3;

/// A column of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedColumn {
    /// Its name in the file.
    pub title: String,
    /// Some of its values.
    pub samples: Vec<String>,
    /// The table's column it is taken for; empty for none, [`ATTRIBUTE`] where it is kept as it is.
    pub to: String,
    /// Whether something else is made of it.
    pub also: bool,
    /// What a person should know.
    pub comment: Option<String>,
    /// Whether a person should look at it.
    pub check: bool,
}

/// The columns of a file under its draft.
pub(super) fn looked(
    table: &Table,
    fit: Option<&Fit>,
    (draft, choice): (&Draft, Option<&Choice>),
) -> Vec<LookedColumn> {
    let main = fit.and_then(|fit| draft.into.iter().find(|it| it.entity == fit.recogniser.entity));
    let column = |(at, column): (usize, &Column)| {
        let mut it = LookedColumn {
            title: column.title.clone(),
            samples: samples(column),
            ..LookedColumn::default()
        };
        if let Some(pair) = fit.and_then(|fit| fit.assigned.iter().find(|pair| pair.at == at)) {
            pair.column.clone_into(&mut it.to);
            if let Some(cell) = main.and_then(|rows| rows.cell(pair.column)) {
                (it.comment, it.check) = (cell.comment.clone(), cell.check);
            }
            return it;
        }
        let kept = draft.into.iter().any(|rows| rows.attributes.contains(&column.title));
        if kept && main.is_some_and(|rows| rows.entity == "accounts") {
            ATTRIBUTE.clone_into(&mut it.to);
        } else if kept {
            // Of accounts that are made of the same rows.
            it.also = true;
        } else if choice.is_none() && fit.is_some() {
            it.also = !draft.left.contains(&column.title);
        }
        it
    };
    table.columns.iter().enumerate().map(column).collect()
}

fn samples(column: &Column) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for value in column.values.iter().filter(|value| !value.is_empty()) {
        let shown: String = shortened(value).chars().take(40).collect();
        if !found.contains(&shown) {
            found.push(shown);
        }
        if found.len() == SAMPLES {
            break;
        }
    }
    found
}

/// Reads the columns that somebody chose for days as days, whatever the program made of them.
pub(super) fn chosen_dates(table: &mut Table, choice: Option<&Choice>) {
    let Some(choice) = choice else { return };
    for (at, to) in &choice.columns {
        let kind = entity(&choice.table).and_then(|it| it.column(to)).map(|column| column.kind);
        if matches!(kind, Some(Kind::Day | Kind::Instant))
            && let Some(column) = table.columns.get_mut(*at)
        {
            column.take_for_dates();
        }
    }
}

/// Keeps of the other columns those that were chosen to be kept, and no others.
pub(super) fn keep_only_chosen(draft: &mut Draft, choice: &Choice, (fit, table): (&Fit, &Table)) {
    if choice.columns.is_empty() || fit.recogniser.entity != "accounts" {
        return;
    }
    let chosen = |title: &str| {
        let at = table.columns.iter().position(|column| column.title == title);
        let said = choice.columns.iter().find(|(place, _)| Some(*place) == at);
        said.map(|(_, to)| to.as_str())
    };
    for rows in &mut draft.into {
        rows.attributes.retain(|title| chosen(title).is_none_or(|to| to == ATTRIBUTE));
    }
    let Some(rows) = draft.into.iter_mut().find(|rows| rows.entity == "accounts") else { return };
    for (at, to) in &choice.columns {
        let title = table.columns.get(*at).map(|column| column.title.clone()).unwrap_or_default();
        if to == ATTRIBUTE && !rows.attributes.contains(&title) {
            draft.left.retain(|left| *left != title);
            rows.attributes.push(title);
        }
    }
}
