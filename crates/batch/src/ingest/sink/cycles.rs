//! Rows that point at rows of their own table must not go round in a circle.

use ::store::{Row, Store, Value};
use anyhow::Result;
use domain::canonical::{Entity, Kind};
use rustc_hash::FxHashMap;

use super::rows::text;
use crate::ingest::issues::{Issue, Severity};

/// The ties of one table to itself, by column.
#[derive(Debug)]
pub(super) struct Ties {
    column: usize,
    name: &'static str,
    parents: FxHashMap<String, String>,
}

impl Ties {
    /// The ties of a table as stored: one map for each column that points at its own table.
    pub(super) async fn stored(store: &Store, entity: &'static Entity) -> Result<Vec<Self>> {
        let own = entity
            .columns
            .iter()
            .enumerate()
            .filter(|(_, column)| column.kind == Kind::Ref(entity.name));
        let mut ties: Vec<Self> = own
            .map(|(at, column)| Self {
                column: at,
                name: column.name,
                parents: FxHashMap::default(),
            })
            .collect();
        if ties.is_empty() {
            return Ok(ties);
        }
        for row in store.read(entity).await? {
            for tie in &mut ties {
                tie.add(&row);
            }
        }
        Ok(ties)
    }

    fn add(&mut self, row: &Row) {
        if let (Some(id), Some(parent)) = (text(row, 0), text(row, self.column)) {
            self.parents.insert(id.to_owned(), parent.to_owned());
        }
    }

    /// Adds rows in order. The one that would close a circle loses its tie, with a warning.
    pub(super) fn open_circles(&mut self, rows: &mut [(u32, Row)]) -> Vec<Issue> {
        for (_, row) in rows.iter() {
            if let Some(id) = text(row, 0) {
                self.parents.remove(id);
            }
        }
        let mut issues = Vec::new();
        for (line, row) in rows {
            let (Some(id), Some(parent)) = (text(row, 0), text(row, self.column)) else { continue };
            if let Some(round) = self.round(id, parent) {
                issues.push(Issue {
                    line: *line,
                    column: self.name.to_owned(),
                    value: parent.to_owned(),
                    reason: format!(
                        "closes a circle ({}); the row is taken without `{}`: correct one of them",
                        round.join(" -> "),
                        self.name
                    ),
                    severity: Severity::Warning,
                });
                row[self.column] = Value::Null;
            } else {
                self.add(row);
            }
        }
        issues
    }

    /// The way from `parent` up to `id`, if there is one.
    fn round(&self, id: &str, parent: &str) -> Option<Vec<String>> {
        const SHOWN: usize = 6;
        let mut way = vec![id.to_owned(), parent.to_owned()];
        let mut at = parent;
        let mut steps = 0;
        while at != id {
            at = self.parents.get(at)?;
            steps += 1;
            if steps < SHOWN || at == id {
                way.push(at.to_owned());
            }
            if steps > self.parents.len() {
                return None;
            }
        }
        Some(way)
    }
}
