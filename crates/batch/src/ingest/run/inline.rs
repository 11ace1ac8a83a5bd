//! Rows that stand in the mapping itself.

use anyhow::Result;
use std::sync::Arc;

use arrow::array::StringArray;

use super::{InlineTable, Outcome, Run, Stated};
use crate::ingest::cells::Cells;
use crate::ingest::conform::{Given, conform};
use crate::ingest::convert::{Converted, Tally};
use crate::ingest::lines::Lines;
use crate::ingest::sink::Canonical;

/// The name under which such rows are reported.
const MAPPING: &str = "(mapping)";

impl Run<'_> {
    /// Takes the rows of one table; their lines are those of the mapping.
    pub(super) async fn inline(&mut self, table: &InlineTable) -> Result<()> {
        let mapping = self.options.mapping.as_ref();
        let stated = mapping.map_or_else(Stated::default, |mapping| mapping.stated.clone());
        let (_, terms) = self.circumstances(&stated);
        let columns = table.entity.columns.iter().filter_map(|column| {
            let texts: StringArray = table
                .rows
                .iter()
                .map(|(_, row)| row.iter().find(|(name, _)| name == column.name).map(|(_, v)| v))
                .collect();
            let given = texts.iter().any(|text| text.is_some());
            given.then(|| (column.name, Cells::from(Arc::new(texts) as arrow::array::ArrayRef)))
        });
        let given = Given {
            columns: columns.collect(),
            attributes: Vec::new(),
            lines: Lines::Each(table.rows.iter().map(|(line, _)| *line).collect()),
            rows: table.rows.len(),
        };
        let conformed = conform(table.entity, given, &terms)?;
        let mut tally = Tally::new(table.entity, &terms);
        tally.rows_read = table.rows.len() as u64;
        tally.refused = conformed.refused;
        tally.warned = conformed.warned;
        tally.references.note(&conformed.batch, &conformed.lines);
        let mut outcome = Outcome::new(&format!("{MAPPING} {}", table.entity.name));
        outcome.report.rows = table.rows.len() as u64;
        outcome.sha256 = mapping.map_or_else(String::new, |mapping| mapping.sha256.clone());
        outcome.open(table.entity, &self.options.rejects_dir);
        outcome.tally(tally);
        let rows = Canonical {
            entity: table.entity,
            batch: conformed.batch,
            lines: conformed.lines,
            file: MAPPING.into(),
        };
        self.part(Converted { rows, issues: conformed.issues }, &mut outcome).await?;
        for counts in self.sinks.finish_file().await? {
            outcome.count(counts)?;
        }
        self.outcomes.push(outcome);
        Ok(())
    }
}
