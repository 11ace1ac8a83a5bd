//! What became of one file so far.

use std::path::Path;

use anyhow::Result;
use domain::canonical::Entity;
use store::RowIssue;

use super::{Counts, FileReport, Issues, Known, References, TableReport};
use crate::ingest::convert::Tally;
use crate::ingest::issues::{Issue, Severity};

/// One file's report under construction.
pub(super) struct Outcome {
    pub(super) report: FileReport,
    pub(super) tables: Vec<TableOutcome>,
    pub(super) sha256: String,
}

/// What became of its rows for one table.
pub(super) struct TableOutcome {
    entity: &'static Entity,
    report: TableReport,
    issues: Issues,
    references: Option<References>,
}

impl Outcome {
    pub(super) fn new(file: &str) -> Self {
        let report = FileReport { file: file.to_owned(), ..FileReport::default() };
        Self { report, tables: Vec::new(), sha256: String::new() }
    }

    /// Begins the account of a table, if another rule has not.
    pub(super) fn open(&mut self, entity: &'static Entity, rejects_dir: &Path) {
        if self.tables.iter().any(|table| table.entity == entity) {
            return;
        }
        let report = TableReport { table: entity.name.to_owned(), ..TableReport::default() };
        let issues = Issues::new(rejects_dir, &self.report.file, entity.name);
        self.tables.push(TableOutcome { entity, report, issues, references: None });
    }

    fn table(&mut self, entity: &'static Entity) -> Option<&mut TableOutcome> {
        self.tables.iter_mut().find(|table| table.entity == entity)
    }

    pub(super) fn issues(&mut self, entity: &'static Entity, issues: Vec<Issue>) -> Result<()> {
        let Some(table) = self.table(entity) else { return Ok(()) };
        issues.into_iter().try_for_each(|issue| table.issues.add(issue))
    }

    /// Whether the file gave rows for a table.
    pub(super) fn has(&self, name: &str) -> bool {
        self.tables.iter().any(|table| table.entity.name == name)
    }

    /// Adds warnings about a table as a whole.
    pub(super) fn warn(&mut self, name: &str, issues: Vec<Issue>) -> Result<()> {
        let Some(table) = self.tables.iter_mut().find(|table| table.entity.name == name) else {
            return Ok(());
        };
        table.report.warned += issues.len() as u64;
        issues.into_iter().try_for_each(|issue| table.issues.add(issue))
    }

    /// Counts rows that are refused after their conversion.
    pub(super) fn refuse(&mut self, entity: &'static Entity, rows: u64) {
        if let Some(table) = self.table(entity) {
            table.report.refused += rows;
        }
    }

    /// Adds what a rule did.
    pub(super) fn tally(&mut self, tally: Tally) {
        let Some(table) = self.table(tally.entity) else { return };
        table.report.rows_read += tally.rows_read;
        table.report.refused += tally.refused;
        table.report.warned += tally.warned;
        table.report.unchanged += tally.unchanged;
        for (why, rows) in tally.skipped {
            table.report.skip(&why, rows);
        }
        match &mut table.references {
            Some(references) => references.merge(tally.references),
            none => *none = Some(tally.references),
        }
    }

    /// Adds what a sink did.
    pub(super) fn count(&mut self, counts: Counts) -> Result<()> {
        self.report.notes.extend(rewritten(&self.report.file, &counts));
        let Some(table) = self.table(counts.entity) else { return Ok(()) };
        table.report.taken += counts.taken;
        table.report.replaced += counts.replaced;
        table.report.unchanged += counts.unchanged;
        table.report.warned += counts.issues.len() as u64;
        if counts.superseded > 0 {
            table.report.skip("a later row of the file has the same key", counts.superseded);
        }
        counts.issues.into_iter().try_for_each(|issue| table.issues.add(issue))
    }

    /// The file cannot be taken; what was said about its rows does not matter any more.
    pub(super) fn fail(&mut self, error: &anyhow::Error) {
        self.report.error = Some(format!("{error:#}"));
        for table in self.tables.drain(..) {
            table.issues.abandon();
        }
    }
}

/// Changed contracts of a later export, taken without its day, look like corrections of how they began.
fn rewritten(file: &str, counts: &Counts) -> Option<String> {
    let (n, rows) = (counts.rewritten, counts.taken + counts.replaced + counts.unchanged);
    let many = n >= REWRITTEN_MIN && n * REWRITTEN_PART >= rows;
    many.then(|| {
        format!(
            "ATTENTION: {n} of {rows} contracts have changed since they were ingested. Without a day each was taken as a \
             correction of how its contract began, so none counts as a change. If {file} is a later export, ingest \
             the earlier export again and then this one with its day: \
             nobishiro ingest --snapshot-on YYYY-MM-DD {file}"
        )
    })
}

/// Contracts from which on many have changed, and of how many one must have.
const REWRITTEN_MIN: u64 = 3;
const REWRITTEN_PART: u64 = 20;

impl TableOutcome {
    /// Judges references, publishes the rejects and closes the account.
    pub(super) async fn finish(
        self,
        known: &mut Known<'_>,
        file: &str,
    ) -> Result<(TableReport, Vec<RowIssue>)> {
        let Self { entity, mut report, mut issues, references } = self;
        if let Some(references) = references {
            let (found, rows) = known.judge(&references).await?;
            report.warned += rows;
            found.into_iter().try_for_each(|issue| issues.add(issue))?;
        }
        let (kept, rejects) = issues.finish()?;
        report.rejects = rejects;
        report.assert_balanced(file);
        debug_assert!(report.refused == 0 || kept.iter().any(|i| i.severity == Severity::Error));
        let stored = kept.into_iter().map(|issue| issue.stored(file, entity.name)).collect();
        Ok((report, stored))
    }
}
