//! `nobishiro model retention`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use batch::model::retention::{self, Options, Subscriptions, Survivors, Unit};
use batch::model::sheet::File;
use batch::model::summary::Summary;
use batch::model::table::Table;
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Retention {
    /// One cohort, a period a row; the first row is period 0, when all are there.
    #[arg(long, value_name = "FILE", required_unless_present = "subscriptions", requires_all = ["period", "alive"])]
    survivors: Option<PathBuf>,
    /// The column with the period: 0, 1, 2, …
    #[arg(long, value_name = "COL")]
    period: Option<String>,
    /// The column with how many are still there.
    #[arg(long, value_name = "COL")]
    alive: Option<String>,
    /// The cohort's size, where the column has percentages or shares of it.
    #[arg(long, value_name = "N")]
    cohort: Option<f64>,
    /// Instead: one row a subscription (rows of one subscription_id are changes of it).
    #[arg(long, value_name = "FILE", conflicts_with_all = ["survivors", "period", "alive", "cohort"])]
    subscriptions: Option<PathBuf>,
    /// The column with the day it began.
    #[arg(long, value_name = "COL", default_value = "started_on")]
    start: String,
    /// The column with the day it ended, empty while it lasts.
    #[arg(long, value_name = "COL", default_value = "ended_on")]
    end: String,
    /// The last day of observation; else the last of the file.
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// The first day of observation, where subscriptions that ended before are not in the file.
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// How long a period is: day, week, month, quarter, year.
    #[arg(long, value_name = "UNIT", default_value = "month")]
    unit: String,
    /// auto, sbg, bdw or km; auto takes what fits and projects held-out periods best.
    #[arg(long, value_name = "NAME", default_value = "auto")]
    model: String,
    /// The last period to write; else the last observed.
    #[arg(long, value_name = "N")]
    periods: Option<u32>,
    /// The discount a period of the residual lifetime; else ten per cent a year (a period of --survivors).
    #[arg(long, value_name = "SHARE")]
    discount: Option<f64>,
}

impl Retention {
    pub(super) fn run(self, _seed: u64) -> Result<(Table, Summary)> {
        let options = Options { model: self.model, periods: self.periods, discount: self.discount };
        if let Some(path) = &self.subscriptions {
            let columns = Subscriptions {
                start: self.start,
                end: self.end,
                until: self.until,
                from: self.from,
                unit: Unit::named(&self.unit)?,
            };
            return retention::subscriptions(&File::open(path)?, &columns, &options);
        }
        let path = self.survivors.context("--survivors or --subscriptions names the file")?;
        let columns = Survivors {
            period: self.period.context("--period names the column with the period")?,
            alive: self.alive.context("--alive names the column with the survivors")?,
            cohort: self.cohort,
        };
        retention::survivors(&File::open(&path)?, &columns, &options)
    }
}
