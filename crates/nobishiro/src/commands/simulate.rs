//! `nobishiro simulate`: a made-up company with known truth.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use domain::time::Day;
use serde_json::json;

use crate::output::{self, Format};

#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// The folder to write to.
    dir: PathBuf,
    /// The seed: the same one gives the same bytes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Groups and companies without one.
    #[arg(long, default_value_t = 60)]
    companies: usize,
    /// The last day of its data.
    #[arg(long, value_name = "DATE", value_parser = super::run::day, default_value = "2026-03-12")]
    as_of: Day,
    /// Text for people, or one JSON document on standard output.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Simulate {
    pub(crate) fn run(self) -> Result<()> {
        let options =
            sim::Options { seed: self.seed, companies: self.companies, as_of: self.as_of };
        let rows = write(&options, &self.dir)?;
        let text = format!(
            "Wrote {rows} rows of a made-up company to {} (truth.csv: what its customers would truly do)",
            self.dir.display()
        );
        output::result(self.format, &text, &json!({ "dir": self.dir, "rows": rows }))
    }
}

/// Writes the canonical files, and the truth in a folder beside them so that an ingest of the folder leaves
/// it alone.
pub(crate) fn write(options: &sim::Options, dir: &Path) -> Result<usize> {
    let simulated = sim::generate(options);
    let truth = dir.join("truth");
    std::fs::create_dir_all(&truth)
        .with_context(|| format!("could not make {}", truth.display()))?;
    let mut rows = 0;
    for table in &simulated.tables {
        rows += table.rows.len();
        file(&dir.join(format!("{}.csv", table.name)), table)?;
    }
    file(&truth.join("truth.csv"), &simulated.truth)?;
    file(&truth.join("situations.csv"), &simulated.situations)?;
    Ok(rows)
}

fn file(path: &Path, table: &sim::Table) -> Result<()> {
    let context = || format!("could not write {}", path.display());
    let mut csv = csv::Writer::from_path(path).with_context(context)?;
    csv.write_record(&table.columns).with_context(context)?;
    for row in &table.rows {
        csv.write_record(row).with_context(context)?;
    }
    csv.flush().with_context(context)
}
