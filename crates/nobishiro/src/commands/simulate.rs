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
    /// How many times as often as usual customers order; at 14 there are about 50 order lines an account
    #[arg(long, value_name = "N", default_value_t = 1)]
    orders_times: u32,
    /// Text for people, or one JSON document on standard output.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Simulate {
    pub(crate) fn run(self) -> Result<()> {
        let options = sim::Options {
            seed: self.seed,
            companies: self.companies,
            as_of: self.as_of,
            orders_times: self.orders_times,
        };
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
    let truth = dir.join("truth");
    std::fs::create_dir_all(&truth)
        .with_context(|| format!("could not make {}", truth.display()))?;
    let mut rows = 0;
    let mut open: Option<(&str, File)> = None;
    let tables = sim::stream(options, &mut |part| {
        if open.as_ref().is_none_or(|(name, _)| *name != part.name) {
            let path = dir.join(format!("{}.csv", part.name));
            open = Some((part.name, File::create(path, part)?));
        }
        rows += part.rows.len();
        open.as_mut().map_or(Ok(()), |(_, file)| file.write(part))
    })?;
    drop(open);
    for table in [tables.0, tables.1] {
        File::create(truth.join(format!("{}.csv", table.name)), &table)?.write(&table)?;
    }
    Ok(rows)
}

/// A CSV file that is being written.
struct File {
    csv: csv::Writer<std::fs::File>,
    path: PathBuf,
}

impl File {
    fn create(path: PathBuf, table: &sim::Table) -> Result<Self> {
        let context = || format!("could not write {}", path.display());
        let mut csv = csv::Writer::from_path(&path).with_context(context)?;
        csv.write_record(&table.columns).with_context(context)?;
        Ok(Self { csv, path })
    }

    fn write(&mut self, table: &sim::Table) -> Result<()> {
        let context = || format!("could not write {}", self.path.display());
        for row in &table.rows {
            self.csv.write_record(row).with_context(context)?;
        }
        self.csv.flush().with_context(context)
    }
}
