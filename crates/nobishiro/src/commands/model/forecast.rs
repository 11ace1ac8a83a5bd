//! `nobishiro model forecast`.

use std::path::PathBuf;

use anyhow::Result;
use batch::model::forecast::{self, Columns};
use batch::model::sheet::File;
use batch::model::summary::Summary;
use batch::model::table::Table;
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Forecast {
    /// Readings, one a row.
    #[arg(long, value_name = "FILE")]
    readings: PathBuf,
    /// The column that says whose usage it is.
    #[arg(long, value_name = "COL")]
    account: String,
    /// The column that says what is used.
    #[arg(long, value_name = "COL")]
    metric: String,
    /// The column with the day or time.
    #[arg(long, value_name = "COL")]
    at: String,
    /// The column with the reading.
    #[arg(long, value_name = "COL")]
    value: String,
    /// The column with what the plan includes; the last one given of a series counts.
    #[arg(long, value_name = "COL")]
    limit: String,
    /// A column with `gauge` (a level, the default) or `count` (begins at zero in each period).
    #[arg(long, value_name = "COL")]
    kind: Option<String>,
}

impl Forecast {
    pub(super) fn run(self) -> Result<(Table, Summary)> {
        let Self { readings, account, metric, at, value, limit, kind } = self;
        forecast::run(&File::open(&readings)?, &Columns { account, metric, at, value, limit, kind })
    }
}
