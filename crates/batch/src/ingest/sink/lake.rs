//! Rows to the lake's writer.

use std::path::PathBuf;

use ::store::Store;
use anyhow::Result;

use super::{Canonical, Counts};
use crate::ingest::issues::{Issue, Severity};
use crate::lake::{CanonicalBatch, LakeWriter};

pub(super) struct LakeSink(LakeWriter);

impl LakeSink {
    pub(super) fn new(store: Store, lake_dir: PathBuf) -> Self {
        Self(LakeWriter::new(store, lake_dir))
    }

    pub(super) async fn append(&mut self, rows: Canonical) -> Result<()> {
        let Canonical { entity, batch, lines, file } = rows;
        let lines = lines.to_vec(batch.num_rows());
        self.0.append(CanonicalBatch { entity, batch, lines, file }).await
    }

    pub(super) async fn finish_file(&mut self) -> Result<Vec<Counts>> {
        let counts = self.0.finish_file().await?;
        Ok(counts
            .into_iter()
            .map(|counts| Counts {
                taken: counts.taken,
                replaced: counts.replaced,
                unchanged: counts.unchanged,
                issues: counts
                    .duplicates
                    .iter()
                    .map(|duplicate| repeated(duplicate.line, duplicate.by_line))
                    .collect(),
                ..Counts::none(counts.entity)
            })
            .collect())
    }

    pub(super) fn abandon_file(&mut self) {
        self.0.abandon_file();
    }
}

/// The warning for a key that comes twice in a file.
pub(super) fn repeated(line: u32, by_line: u32) -> Issue {
    Issue {
        line,
        column: String::new(),
        value: String::new(),
        reason: format!(
            "lines {line} and {by_line} have the same key; line {by_line} counts, being the later: \
             remove one of them, or state what else tells them apart"
        ),
        severity: Severity::Warning,
    }
}
