//! What becomes of one file: its tables, column by column, with what could not be placed.

use std::collections::BTreeSet;

use domain::canonical::entity;

use super::cells::{Cell, cell, constant, quoted};
use super::choose::{Assigned, Fit};
use super::names;
use super::sample::{Column, Table};
use super::tables;

/// What becomes of a file.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// Said above it.
    pub(super) said: Vec<String>,
    /// A look is needed at these.
    pub(super) checks: Vec<String>,
    /// Why it is left out.
    pub(super) skip: Option<String>,
    /// Whether others are joined with it and it gives no rows.
    pub(super) lookup: bool,
    /// Its tables.
    pub(super) into: Vec<Rows>,
    /// Columns that nothing is made of.
    pub(super) left: Vec<String>,
    /// Tables that were dropped, and the columns that they lack.
    pub(super) lacks: Vec<(&'static str, Vec<&'static str>)>,
}

/// Rows for one table.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// The table.
    pub(super) entity: &'static str,
    /// `distinct = true` and the like.
    pub(super) options: Vec<String>,
    /// The columns.
    pub(super) columns: Vec<(&'static str, Cell)>,
    /// Columns kept as attributes.
    pub(super) attributes: Vec<String>,
}

impl Rows {
    /// The cell of a column.
    pub(super) fn cell(&self, column: &str) -> Option<&Cell> {
        self.columns.iter().find(|(name, _)| *name == column).map(|(_, cell)| cell)
    }

    /// Gives a column a cell, in the place of another.
    pub(super) fn set(&mut self, column: &'static str, cell: Cell) {
        match self.columns.iter_mut().find(|(name, _)| *name == column) {
            Some((_, other)) => *other = cell,
            None => self.columns.push((column, cell)),
        }
    }

    /// Takes a column away.
    pub(super) fn remove(&mut self, column: &str) -> Option<Cell> {
        let at = self.columns.iter().position(|(name, _)| *name == column)?;
        Some(self.columns.remove(at).1)
    }
}

/// All files and what they were taken for.
pub(super) struct Whole<'a> {
    /// The files.
    pub(super) tables: &'a [Table],
    /// What each is.
    pub(super) fits: &'a [Option<Fit>],
}

impl Whole<'_> {
    /// The first file that is this table, with its columns.
    pub(super) fn first(&self, entity: &str) -> Option<(&Table, &Fit)> {
        let found = self
            .fits
            .iter()
            .position(|f| f.as_ref().is_some_and(|f| f.recogniser.entity == entity))?;
        self.fits[found].as_ref().map(|fit| (&self.tables[found], fit))
    }

    /// Whether a file is this table.
    pub(super) fn has(&self, entity: &str) -> bool {
        self.first(entity).is_some()
    }
}

/// One file under work.
pub(super) struct Work<'a> {
    /// The file.
    pub(super) table: &'a Table,
    /// What it is.
    pub(super) fit: &'a Fit,
    /// The others.
    pub(super) whole: &'a Whole<'a>,
    /// Columns that something is made of.
    pub(super) used: BTreeSet<usize>,
    /// What becomes of it.
    pub(super) draft: Draft,
}

impl<'a> Work<'a> {
    /// The file's column for a canonical one.
    pub(super) fn column(&self, canonical: &str) -> Option<&'a Column> {
        column_of(self.table, self.fit, canonical)
    }

    /// The first column with one of these names that nothing is made of yet.
    pub(super) fn named(&self, known: &[&str]) -> Option<(usize, &'a Column)> {
        let columns = self.table.columns.iter().enumerate();
        columns
            .filter(|(at, _)| !self.used.contains(at))
            .find(|(_, column)| known.contains(&column.name.plain.as_str()))
    }

    /// The cells of assigned columns for a table.
    pub(super) fn cells(&self, entity: &'static str, assigned: &[Assigned]) -> Rows {
        let mut rows = Rows { entity, ..Rows::default() };
        for pair in assigned {
            let column = &self.table.columns[pair.at];
            let mut cell = cell(column, entity, pair.column, None);
            if pair.quality < 0.5 && cell.comment.is_none() {
                cell = cell.check("by its values alone: the name does not say so");
            } else if pair.quality < 0.65 && cell.comment.is_none() {
                cell = cell.because("by a part of its name");
            } else if column.filled == 0 && self.table.rows > 0 {
                cell = cell.because("no row has a value");
            }
            rows.columns.push((pair.column, cell));
        }
        rows
    }
}

/// The file's column for a canonical one.
pub(super) fn column_of<'a>(table: &'a Table, fit: &Fit, canonical: &str) -> Option<&'a Column> {
    fit.assigned.iter().find(|a| a.column == canonical).map(|a| &table.columns[a.at])
}

/// A column's name inside a condition or sum.
pub(super) fn name_in(column: &Column) -> String {
    format!("`{}`", column.title)
}

/// A join with another file that gives one of its columns.
pub(super) fn join(
    other: &Table,
    on: (&Column, &Column),
    take: &Column,
    pick: Option<&str>,
) -> String {
    let (left, right) = on;
    let on = if left.title == right.title {
        quoted(&left.title)
    } else {
        format!("{{ left = {}, right = {} }}", quoted(&left.title), quoted(&right.title))
    };
    let pick = pick.map_or(String::new(), |pick| format!(", pick = {}", quoted(pick)));
    let file = quoted(&names::pattern(&other.file));
    format!("join = {file}, on = {on}, take = {}{pick}", quoted(&take.title))
}

/// Drafts every file.
pub(super) fn drafts(whole: &Whole) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    for (table, fit) in whole.tables.iter().zip(whole.fits) {
        drafts.push(match fit {
            Some(fit) => one(table, fit, whole),
            None => unknown(table),
        });
    }
    tables::once_only(whole, &mut drafts);
    for (draft, table) in drafts.iter_mut().zip(whole.tables) {
        incomplete(draft, table);
    }
    drafts
}

/// Leaves out tables that lack what every row of theirs needs, and says so.
fn incomplete(draft: &mut Draft, table: &Table) {
    let (checks, missing) = (&mut draft.checks, &mut draft.lacks);
    draft.into.retain(|rows| {
        let columns = entity(rows.entity).map_or(&[][..], |entity| entity.columns);
        let lacks: Vec<&str> = columns
            .iter()
            .filter(|column| column.required && rows.cell(column.name).is_none())
            .map(|column| column.name)
            .collect();
        if !lacks.is_empty() {
            let what = rows.entity;
            checks.push(format!(
                "{}: looks like {what}, but no column gives {}; name it in [file.into.columns]",
                table.file,
                lacks.join(", ")
            ));
            missing.push((rows.entity, lacks.clone()));
        }
        lacks.is_empty()
    });
    if draft.into.is_empty() && !draft.lookup && draft.skip.is_none() {
        draft.skip = Some(checks.last().cloned().unwrap_or_default());
    }
}

fn unknown(table: &Table) -> Draft {
    let mut draft = Draft { said: table.said.clone(), ..Draft::default() };
    let names: Vec<&str> =
        table.columns.iter().take(12).map(|column| column.title.as_str()).collect();
    draft.skip = Some(format!("not recognised; its columns are {}", names.join(", ")));
    draft.checks.push(format!("{} is left out: nothing says what it is", table.file));
    draft
}

fn one(table: &Table, fit: &Fit, whole: &Whole) -> Draft {
    let mut work = Work { table, fit, whole, used: BTreeSet::new(), draft: Draft::default() };
    work.draft.said.clone_from(&table.said);
    if table.rows == 0 {
        work.draft
            .checks
            .push(format!("{} has a header but no rows: judged by names alone", table.file));
    }
    work.used.extend(fit.assigned.iter().map(|pair| pair.at));
    if fit.recogniser.entity == "churn" {
        tables::churn(&mut work);
    } else if let Some(rows) = tables::wide_months(&mut work) {
        work.draft.into.push(rows);
    } else {
        let rows = work.cells(fit.recogniser.entity, &fit.assigned);
        work.draft.into.push(rows);
        tables::complete(&mut work);
        tables::beside(&mut work);
    }
    leftovers(&mut work);
    work.draft
}

/// What nothing was made of: attributes of accounts, else named as left out.
fn leftovers(work: &mut Work) {
    let accounts = work.draft.into.iter().position(|rows| rows.entity == "accounts");
    let mut left: Vec<(String, bool)> = Vec::new();
    for (at, column) in work.table.columns.iter().enumerate() {
        if work.used.contains(&at) {
            continue;
        }
        let own = accounts.is_some() && may_keep(column);
        left.push((column.title.clone(), own && column.filled > 0));
    }
    for (title, own) in left {
        match accounts.filter(|_| own) {
            Some(at) => work.draft.into[at].attributes.push(title),
            None => work.draft.left.push(title),
        }
    }
}

/// Whether a column may be an attribute: addresses and long texts are about persons more often than about
/// companies.
pub(super) fn may_keep(column: &Column) -> bool {
    let long = column.distinct.iter().take(50).any(|value| value.chars().count() > 80);
    !long && !column.like_mails() && !personal(&column.name.plain)
}

fn personal(name: &str) -> bool {
    [
        "phone",
        "tel",
        "fax",
        "address",
        "street",
        "zip",
        "postal",
        "電話",
        "住所",
        "郵便番号",
        "gender",
        "sex",
        "性別",
        "birth",
        "生年月日",
    ]
    .iter()
    .any(|word| name.contains(word))
}

/// Whether a constant is what a table's rows have in common.
pub(super) fn fixed(rows: &mut Rows, column: &'static str, value: &str) {
    if rows.cell(column).is_none() {
        rows.set(column, constant(value));
    }
}
