//! Versions of subscriptions: a changed re-export of a snapshot day is a new version, not a correction.

use ::store::{Row, Store, Value};
use anyhow::{Context as _, Result};
use domain::canonical::{Entity, entity};
use domain::time::Day;
use rustc_hash::{FxHashMap, FxHashSet};

use super::rows::text;
use crate::ingest::issues::{Issue, Severity};

/// The columns that the versions turn on, and what is stored.
#[derive(Debug)]
pub(super) struct Versions {
    day: String,
    effective_on: usize,
    started_on: usize,
    /// By subscription its versions, oldest first.
    stored: FxHashMap<String, Vec<Row>>,
}

impl Versions {
    pub(super) async fn stored(store: &Store, entity: &'static Entity, day: Day) -> Result<Self> {
        let at = |name: &str| entity.columns.iter().position(|column| column.name == name);
        let mut stored: FxHashMap<String, Vec<Row>> = FxHashMap::default();
        for row in store.read(entity).await? {
            if let Some(id) = text(&row, 0) {
                stored.entry(id.to_owned()).or_default().push(row);
            }
        }
        Ok(Self {
            day: day.to_string(),
            effective_on: at("effective_on").unwrap_or_default(),
            started_on: at("started_on").unwrap_or_default(),
            stored,
        })
    }

    /// Fills the day on which a row takes effect, where its file does not say: that of the version in
    /// force on the snapshot day if it is the same, else the snapshot day; its start if it is new.
    pub(super) fn date(&self, row: &mut Row) {
        if text(row, self.effective_on).is_some() {
            return;
        }
        let versions = text(row, 0).and_then(|id| self.stored.get(id));
        let in_force = versions.and_then(|versions| self.in_force(versions));
        row[self.effective_on] = match in_force {
            None => row[self.started_on].clone(),
            Some(version) if self.same(version, row) => version[self.effective_on].clone(),
            Some(_) => Value::Text(self.day.clone()),
        };
    }

    /// The version in force on the snapshot day.
    fn in_force<'a>(&self, versions: &'a [Row]) -> Option<&'a Row> {
        let before = |version: &&Row| {
            text(version, self.effective_on).is_some_and(|on| on <= self.day.as_str())
        };
        versions.iter().rev().find(before)
    }

    fn same(&self, version: &Row, row: &Row) -> bool {
        version
            .iter()
            .zip(row)
            .enumerate()
            .all(|(at, (stored, new))| at == self.effective_on || stored == new)
    }
}

/// Tells the first version of a contract line: it takes effect on the day the line starts.
#[derive(Debug, Clone, Copy)]
pub(super) struct First {
    effective_on: usize,
    started_on: usize,
}

impl First {
    /// Of a table that has versions.
    pub(super) fn of(entity: &Entity) -> Option<Self> {
        let at = |name: &str| entity.columns.iter().position(|column| column.name == name);
        let found = Self { effective_on: at("effective_on")?, started_on: at("started_on")? };
        (entity.name == "subscriptions").then_some(found)
    }

    pub(super) fn is(self, row: &Row) -> bool {
        text(row, self.effective_on).is_some()
            && text(row, self.effective_on) == text(row, self.started_on)
    }
}

/// Contract lines in force on the day that the snapshot does not tell of. They stay as they are: a file
/// that lacks them may be cut short, and an end has a day and a reason that only people know.
pub(super) async fn vanished(
    store: &Store,
    day: Day,
    told: &FxHashSet<String>,
) -> Result<Vec<Issue>> {
    let subscriptions = entity("subscriptions").context("subscriptions are canonical")?;
    let versions = Versions::stored(store, subscriptions, day).await?;
    let at = |name: &str| subscriptions.columns.iter().position(|column| column.name == name);
    let (Some(ended_on), Some(status)) = (at("ended_on"), at("status")) else {
        return Ok(Vec::new());
    };
    let active = |version: &Row| {
        let ended = text(version, ended_on).is_some_and(|end| end <= versions.day.as_str());
        !ended && !matches!(text(version, status), Some("ended" | "cancelled"))
    };
    let mut gone: Vec<&String> = versions
        .stored
        .iter()
        .filter(|(id, _)| !told.contains(*id))
        .filter(|(_, of_line)| versions.in_force(of_line).is_some_and(active))
        .map(|(id, _)| id)
        .collect();
    gone.sort();
    let issue = |id: &String| Issue {
        line: 0,
        column: "subscription_id".to_owned(),
        value: id.clone(),
        reason: format!(
            "was active and is not in the snapshot of {day}; it stays active. If it ended, ingest \
             its row with `ended_on`; if the file was cut short, export it again"
        ),
        severity: Severity::Warning,
    };
    Ok(gone.into_iter().map(issue).collect())
}
