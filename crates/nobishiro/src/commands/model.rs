//! `nobishiro model NAME`: one model on any file, for analysts. One file a model, with its flags.

mod nps;
mod propensity;
mod uplift;

use std::path::PathBuf;

use anyhow::Result;
use batch::model::summary::Summary;
use batch::model::table::Table;
use clap::{Args, Subcommand};

use crate::output::{self, Format};

#[derive(Debug, Args)]
pub(crate) struct Model {
    #[command(subcommand)]
    which: Which,
    /// Write one row a subject there; CSV, TSV or Parquet by its ending.
    #[arg(long, value_name = "FILE", global = true)]
    out: Option<PathBuf>,
    /// The same seed gives the same bytes.
    #[arg(long, value_name = "N", default_value_t = 1, global = true)]
    seed: u64,
    /// Text for people, or one JSON document on standard output.
    #[arg(long, value_enum, default_value = "text", global = true)]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum Which {
    /// The net promoter score of groups of answers, with its interval.
    Nps(nps::Nps),
    /// How likely each row is a yes, and why; or that the columns do not tell.
    Propensity(Box<propensity::Propensity>),
    /// Whom a treatment moves: the effect on each row, and what to do about it.
    Uplift(Box<uplift::Uplift>),
}

impl Model {
    pub(crate) fn run(self) -> Result<()> {
        if let Some(out) = &self.out {
            Table::check(out)?;
        }
        let (table, summary): (Table, Summary) = match self.which {
            Which::Nps(model) => model.run(self.seed)?,
            Which::Propensity(model) => model.run(self.seed)?,
            Which::Uplift(model) => model.run(self.seed)?,
        };
        let summary = match &self.out {
            Some(out) => {
                let rows = table.rows();
                table.write(out)?;
                summary.with("rows_written", rows).with("out", out.display().to_string())
            }
            None => summary,
        };
        output::result(self.format, &summary.text(), &summary)
    }
}
