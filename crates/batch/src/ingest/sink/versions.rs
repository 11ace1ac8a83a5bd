//! Versions of subscriptions: a changed re-export of a snapshot day is a new version, not a correction.

use ::store::{Row, Store, Value};
use anyhow::Result;
use domain::canonical::Entity;
use domain::time::Day;
use rustc_hash::FxHashMap;

use super::rows::text;

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
        let in_force = versions.and_then(|versions| {
            let before = |version: &&Row| {
                text(version, self.effective_on).is_some_and(|on| on <= self.day.as_str())
            };
            versions.iter().rev().find(before)
        });
        row[self.effective_on] = match in_force {
            None => row[self.started_on].clone(),
            Some(version) if self.same(version, row) => version[self.effective_on].clone(),
            Some(_) => Value::Text(self.day.clone()),
        };
    }

    fn same(&self, version: &Row, row: &Row) -> bool {
        version
            .iter()
            .zip(row)
            .enumerate()
            .all(|(at, (stored, new))| at == self.effective_on || stored == new)
    }
}
