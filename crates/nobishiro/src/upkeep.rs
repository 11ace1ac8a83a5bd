//! What follows an ingest and a run, under the same lease: compaction, retention, removal of old files.

use anyhow::Result;
use batch::lake::{Compacted, Scope, Swept};
use batch::retention::{Ask, Dropped};
use serde::Serialize;

use crate::config::Workspace;
use crate::{clock, output};

/// What the upkeep did.
#[derive(Debug, Serialize)]
pub(crate) struct Kept {
    /// Months that were merged.
    pub(crate) compacted: Compacted,
    /// What was older than it is kept.
    pub(crate) dropped: Dropped,
    /// Files that nobody needs.
    pub(crate) swept: Swept,
}

/// Compacts as far as asked for, drops what is kept no longer, and removes files that nobody needs.
pub(crate) async fn after(workspace: &Workspace, scope: Scope) -> Result<Kept> {
    let (lake, store, now_s) = (&workspace.lake, &workspace.store, clock::now_s());
    let today = clock::today(&workspace.zone);
    let ask = Ask { store, lake, dir: &workspace.dir, today, now_s };
    let dropped = batch::retention::apply(&workspace.retention, ask).await?;
    let compacted = batch::lake::compact(lake, store, (scope, now_s)).await?;
    let swept = batch::lake::sweep(lake, store, now_s).await?;
    Ok(Kept { compacted, dropped, swept })
}

impl Kept {
    /// Says on standard error what people should know of: what is gone is never gone silently.
    pub(crate) fn say(&self) {
        for line in self.lines() {
            output::say(&line);
        }
    }

    /// What was done, a sentence each.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self
            .dropped
            .parts
            .iter()
            .map(|(what, gone, first)| {
                format!(
                    "Retention: {gone} of {what} from before {first} are gone, as [retention] in \
                     nobishiro.toml says"
                )
            })
            .collect();
        let done = &self.compacted;
        if done.files_before > 0 {
            lines.push(format!(
                "Merged {} files of the lake into {} ({} replaced rows left out); the old files go after 24 hours",
                done.files_before, done.files_after, done.replaced_rows
            ));
        }
        if !self.swept.removed.is_empty() {
            lines.push(format!("Removed {} files that nobody needs", self.swept.removed.len()));
        }
        lines
    }
}
