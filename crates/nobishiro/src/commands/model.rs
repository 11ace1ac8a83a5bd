//! `nobishiro model NAME`: one model on any file, for analysts. One file a model, with its flags.

mod forecast;
mod ltv;
mod baskets;
mod rules;
mod also_bought;
mod next_basket;
mod nps;
mod retention;
mod ope;
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
    /// When usage will reach its limit.
    Forecast(forecast::Forecast),
    /// What customers without a contract will still buy and spend.
    Ltv(ltv::Ltv),
    /// Who buys these buys that too: exact itemsets and rules.
    Rules(rules::Rules),
    /// What is bought together with each item.
    AlsoBought(also_bought::AlsoBought),
    /// What each customer buys next, of what they bought before and of what is new to them.
    NextBasket(next_basket::NextBasket),
    /// The net promoter score of groups of answers, with its interval.
    Nps(nps::Nps),
    /// How long customers under contract stay.
    Retention(retention::Retention),
    /// What another policy would have earned, from the log of the one that ran.
    Ope(ope::Ope),
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
            Which::Forecast(model) => model.run()?,
            Which::Ltv(model) => model.run(self.seed)?,
            Which::Rules(model) => model.run(self.seed)?,
            Which::AlsoBought(model) => model.run(self.seed)?,
            Which::NextBasket(model) => model.run(self.seed)?,
            Which::Nps(model) => model.run(self.seed)?,
            Which::Retention(model) => model.run(self.seed)?,
            Which::Ope(model) => model.run(self.seed)?,
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
