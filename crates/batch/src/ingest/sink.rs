//! Where canonical rows go: tables of the store, or Parquet files of the lake.

mod confirmed;
mod cycles;
mod lake;
mod overlaps;
mod renamed;
mod rows;
mod store;
mod versions;

use std::sync::Arc;

use ::store::Store;
use anyhow::Result;
use arrow::array::RecordBatch;
use domain::canonical::{Entity, Home};
use domain::time::Day;

use super::issues::Issue;
use super::lines::Lines;

/// One row as the store takes it.
pub(super) fn row_of(batch: &RecordBatch, row: usize) -> ::store::Row {
    rows::row(batch, row)
}

/// Rows of one canonical table from one file.
#[derive(Debug, Clone)]
pub(super) struct Canonical {
    pub(super) entity: &'static Entity,
    /// In the entity's canonical schema.
    pub(super) batch: RecordBatch,
    pub(super) lines: Lines,
    pub(super) file: Arc<str>,
}

/// What became of the rows of one file and table.
#[derive(Debug)]
pub(super) struct Counts {
    pub(super) entity: &'static Entity,
    pub(super) taken: u64,
    pub(super) replaced: u64,
    pub(super) unchanged: u64,
    /// Rows left out because a later one of the file has their key.
    pub(super) superseded: u64,
    /// Rows taken with one of these warnings.
    pub(super) issues: Vec<Issue>,
    /// Rows that took the place of the first version of a contract, without a day of their own.
    pub(super) rewritten: u64,
}

impl Counts {
    fn none(entity: &'static Entity) -> Self {
        let (taken, replaced, unchanged, superseded, rewritten) = (0, 0, 0, 0, 0);
        Self { entity, taken, replaced, unchanged, superseded, issues: Vec::new(), rewritten }
    }
}

/// Both homes of rows.
pub(super) struct Sinks {
    store: store::StoreSink,
    lake: lake::LakeSink,
}

impl Sinks {
    pub(super) fn new(store: &Store, lake_dir: &std::path::Path, versions_on: Option<Day>) -> Self {
        Self {
            store: store::StoreSink::new(store.clone(), versions_on),
            lake: lake::LakeSink::new(store.clone(), lake_dir.to_owned()),
        }
    }

    pub(super) async fn append(&mut self, rows: Canonical) -> Result<()> {
        match rows.entity.home {
            Home::Store => self.store.append(rows).await,
            Home::Lake => self.lake.append(rows).await,
        }
    }

    /// Ends a file: what is held back is written, and all is counted.
    pub(super) async fn finish_file(&mut self) -> Result<Vec<Counts>> {
        let mut counts = self.store.finish_file().await?;
        counts.extend(self.lake.finish_file().await?);
        Ok(counts)
    }

    /// What a snapshot should have told of and did not; asked when all its files are written.
    pub(super) async fn vanished(&self) -> Result<Vec<Issue>> {
        self.store.vanished().await
    }

    /// Drops what a file brought that turned out to be unreadable, as far as it is not written.
    pub(super) fn abandon_file(&mut self) {
        self.store.abandon_file();
        self.lake.abandon_file();
    }
}
