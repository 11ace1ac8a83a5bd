//! `nobishiro simulate`: a made-up company with known truth.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use batch::model::table::{self, Column};
use clap::Args;
use domain::time::Day;
use serde_json::json;
use sim::{MarketOptions, Preset};

use crate::output::{self, Format};

#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// The folder to write to.
    #[arg(required_unless_present = "out")]
    dir: Option<PathBuf>,
    /// The same, as a flag.
    #[arg(long, value_name = "DIR", conflicts_with = "dir")]
    out: Option<PathBuf>,
    /// A market whose customers' responses to contact are stated, instead of the demo's company: rare (contact rarely
    /// matters), mixed, or fatigue (sleeping dogs and weariness are common).
    #[arg(long, value_name = "PRESET", value_parser = preset, requires = "accounts")]
    preset: Option<Preset>,
    /// Customers of the market.
    #[arg(long, value_name = "N", requires = "preset")]
    accounts: Option<usize>,
    /// Of the market only a sheet of one offer a customer beside its true profit, to learn from.
    #[arg(long, requires = "preset")]
    lesson: bool,
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

fn preset(code: &str) -> Result<Preset, String> {
    Preset::parse(code).ok_or_else(|| "write rare, mixed or fatigue".to_owned())
}

impl Simulate {
    pub(crate) fn run(self) -> Result<()> {
        let Some(dir) = self.dir.clone().or_else(|| self.out.clone()) else {
            bail!("name a folder to write to");
        };
        if let (Some(preset), Some(accounts)) = (self.preset, self.accounts) {
            let Self { seed, as_of, .. } = self;
            return self.market(&MarketOptions { preset, accounts, seed, as_of }, &dir);
        }
        let options = sim::Options {
            seed: self.seed,
            companies: self.companies,
            as_of: self.as_of,
            orders_times: self.orders_times,
        };
        let rows = write(&options, &dir)?;
        let text = format!(
            "Wrote {rows} rows of a made-up company to {} (truth.csv: what its customers would truly do)",
            dir.display()
        );
        output::result(self.format, &text, &json!({ "dir": dir, "rows": rows }))
    }

    fn market(&self, options: &MarketOptions, dir: &Path) -> Result<()> {
        let truth = dir.join("truth");
        std::fs::create_dir_all(&truth)
            .with_context(|| format!("could not make {}", truth.display()))?;
        if self.lesson {
            let lesson = sim::lesson(options);
            let path = truth.join("lesson.csv");
            File::create(path.clone(), &lesson)?.write(&lesson)?;
            let text = format!("Wrote {} offers to {}", lesson.rows.len(), path.display());
            let said = json!({ "dir": dir, "offers": lesson.rows.len() });
            return output::result(self.format, &text, &said);
        }
        let market = sim::market(options);
        for table in &market.tables {
            File::create(dir.join(format!("{}.csv", table.name)), table)?.write(table)?;
        }
        File::create(truth.join("truth.csv"), &market.truth)?.write(&market.truth)?;
        File::create(truth.join("sheet.csv"), &market.sheet)?.write(&market.sheet)?;
        columns(&market.truth).write(&truth.join("truth.parquet"))?;
        let rows: usize = market.tables.iter().map(|table| table.rows.len()).sum();
        let (offers, preset) = (market.truth.rows.len(), options.preset.code());
        let text = format!(
            "Wrote {rows} rows of a made-up market ({preset}) to {}, and what {offers} offers would truly earn to {}",
            dir.display(),
            truth.join("truth.parquet").display()
        );
        let said = json!({ "dir": dir, "rows": rows, "preset": preset, "offers": offers });
        output::result(self.format, &text, &said)
    }
}

/// A table of text with typed columns: numbers where every cell that is there is one.
fn columns(table: &sim::Table) -> table::Table {
    let mut typed = table::Table::default();
    for (at, name) in table.columns.iter().enumerate() {
        let cells = || table.rows.iter().map(|row| row[at].as_str());
        let is_number = cells().all(|cell| cell.is_empty() || cell.parse::<f64>().is_ok());
        let column = if is_number {
            Column::Number(cells().map(|cell| cell.parse().ok()).collect())
        } else {
            let there = |cell: &str| Some(cell.to_owned()).filter(|cell| !cell.is_empty());
            Column::Text(cells().map(there).collect())
        };
        typed = typed.with(name, column);
    }
    typed
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
