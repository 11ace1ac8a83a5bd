//! Rows to the tables of the store: the last row of a key counts, circles are opened, versions dated.

use std::collections::BTreeMap;

use ::store::{Row, Store, Upsert};
use anyhow::{Context as _, Result};
use domain::canonical::Entity;
use domain::time::Day;
use rustc_hash::{FxHashMap, FxHashSet};

use super::cycles::Ties;
use super::lake::repeated;
use super::versions::{self, Versions};
use super::{Canonical, Counts, confirmed, overlaps, renamed, rows};
use crate::ingest::issues::{Issue, Severity};

/// Rows held back to find repeated keys, per table; a larger file is written in several goes.
const HELD_MOST: usize = 500_000;

/// Rows given to the store at once.
const GIVEN_AT_ONCE: usize = 5_000;

pub(super) struct StoreSink {
    store: Store,
    versions_on: Option<Day>,
    held: BTreeMap<&'static str, Held>,
    /// Contract lines that the snapshot of `versions_on` has, over all files.
    told: FxHashSet<String>,
}

/// The rows of one table from the file at hand.
struct Held {
    batches: Vec<Canonical>,
    rows: usize,
    counts: Counts,
}

impl StoreSink {
    pub(super) fn new(store: Store, versions_on: Option<Day>) -> Self {
        Self { store, versions_on, held: BTreeMap::new(), told: FxHashSet::default() }
    }

    pub(super) async fn append(&mut self, rows: Canonical) -> Result<()> {
        let entity = rows.entity;
        let held = self.held.entry(entity.name).or_insert_with(|| Held {
            batches: Vec::new(),
            rows: 0,
            counts: Counts::none(entity),
        });
        held.rows += rows.batch.num_rows();
        held.batches.push(rows);
        if held.rows >= HELD_MOST {
            self.told.extend(write(&self.store, self.versions_on, held).await?);
        }
        Ok(())
    }

    pub(super) async fn finish_file(&mut self) -> Result<Vec<Counts>> {
        let mut counts = Vec::new();
        for (_, mut held) in std::mem::take(&mut self.held) {
            self.told.extend(write(&self.store, self.versions_on, &mut held).await?);
            counts.push(held.counts);
        }
        Ok(counts)
    }

    /// Contract lines that were active and are in no file of the snapshot.
    pub(super) async fn vanished(&self) -> Result<Vec<Issue>> {
        match self.versions_on {
            Some(day) if !self.told.is_empty() => {
                versions::vanished(&self.store, day, &self.told).await
            }
            _ => Ok(Vec::new()),
        }
    }

    pub(super) fn abandon_file(&mut self) {
        self.held.clear();
    }
}

/// Writes what is held; gives the contract lines that a snapshot told of.
async fn write(
    store: &Store,
    versions_on: Option<Day>,
    held: &mut Held,
) -> Result<FxHashSet<String>> {
    let entity = held.counts.entity;
    let batches = std::mem::take(&mut held.batches);
    held.rows = 0;
    let file = batches.first().map(|batch| batch.file.to_string()).unwrap_or_default();
    let mut told = FxHashSet::default();
    let mut all: Vec<(u32, Row)> = Vec::new();
    for batch in &batches {
        let of_batch = 0..batch.batch.num_rows();
        all.extend(of_batch.map(|row| (batch.lines.line(row), rows::row(&batch.batch, row))));
    }
    if let Some(day) = versions_on.filter(|_| entity.name == "subscriptions") {
        let versions = Versions::stored(store, entity, day).await?;
        for (_, row) in &mut all {
            versions.date(row);
            told.extend(rows::text(row, 0).map(str::to_owned));
        }
    }
    confirmed::keep(store, entity, &mut all).await?;
    let mut all = last_of_each_key(entity, all, &mut held.counts);
    for mut ties in Ties::stored(store, entity).await? {
        held.counts.issues.extend(ties.open_circles(&mut all));
    }
    held.counts.issues.extend(renamed::warnings(store, entity, &all).await?);
    held.counts.issues.extend(overlaps::warnings(store, entity, &all).await?);
    let all: Vec<Row> = all.into_iter().map(|(_, row)| row).collect();
    let first = versions_on.is_none().then(|| versions::First::of(entity)).flatten();
    for rows in all.chunks(GIVEN_AT_ONCE) {
        let what = || format!("writing {}", entity.name);
        let outcomes = store.upsert_from(entity, rows, &file).await.with_context(what)?;
        for (outcome, row) in outcomes.into_iter().zip(rows) {
            if outcome == Upsert::Replaced && first.is_some_and(|first| first.is(row)) {
                held.counts.rewritten += 1;
            }
            match outcome {
                Upsert::Taken => held.counts.taken += 1,
                Upsert::Replaced => held.counts.replaced += 1,
                Upsert::Unchanged => held.counts.unchanged += 1,
            }
        }
        give_keys(store, entity, rows).await?;
    }
    Ok(told)
}

/// Surrogate keys in the order of the file, so that they do not hang on which event comes first.
async fn give_keys(store: &Store, entity: &Entity, rows: &[Row]) -> Result<()> {
    let ids = || -> Vec<String> {
        rows.iter().filter_map(|row| rows::text(row, 0)).map(str::to_owned).collect()
    };
    match entity.name {
        "accounts" => drop(store.account_keys(&ids()).await?),
        "contacts" => drop(store.contact_keys(&ids()).await?),
        _ => {}
    }
    Ok(())
}

/// The warning for an account that comes twice in a file, under two parents: it can be in one group only.
fn regrouped(
    entity: &Entity,
    (line, row): (u32, &Row),
    (by_line, by_row): (u32, &Row),
) -> Option<Issue> {
    let column = "parent_id";
    let at = entity.columns.iter().position(|it| it.name == column && entity.name == "accounts")?;
    let parent = |row| rows::text(row, at).unwrap_or_default().to_owned();
    let (before, now) = (parent(row), parent(by_row));
    let group = |parent: &str| match parent {
        "" => "no parent".to_owned(),
        parent => format!("the parent {parent}"),
    };
    (before != now).then(|| Issue {
        line,
        column: column.to_owned(),
        reason: format!(
            "puts {} into two groups: line {line} gives {} and line {by_line} {}; line {by_line} counts, being the \
             later: keep the row with the right `{column}` and remove the other",
            rows::text(row, 0).unwrap_or_default(),
            group(&before),
            group(&now),
        ),
        value: before,
        severity: Severity::Warning,
    })
}

/// Leaves out rows whose key comes again later, with a warning each.
fn last_of_each_key(entity: &Entity, all: Vec<(u32, Row)>, counts: &mut Counts) -> Vec<(u32, Row)> {
    let mut last: FxHashMap<String, usize> = FxHashMap::default();
    let mut keep = vec![true; all.len()];
    for (at, (line, row)) in all.iter().enumerate() {
        if let Some(earlier) = last.insert(rows::key(entity, row), at) {
            keep[earlier] = false;
            counts.superseded += 1;
            let (before, of_before) = &all[earlier];
            let issue = regrouped(entity, (*before, of_before), (*line, row));
            counts.issues.push(issue.unwrap_or_else(|| repeated(*before, *line)));
        }
    }
    let mut keep = keep.into_iter();
    all.into_iter().filter(|_| keep.next().unwrap_or(true)).collect()
}
