//! `nobishiro model ltv`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use batch::model::ltv::{self, Columns, Options};
use batch::model::sheet::File;
use batch::model::summary::Summary;
use batch::model::table::Table;
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Ltv {
    /// The purchases, one a row (an order or a line of one; a day counts once).
    #[arg(long, value_name = "FILE", required_unless_present = "summary", requires_all = ["customer", "date"])]
    transactions: Option<PathBuf>,
    /// Instead: one customer a row with frequency, recency and age in weeks (or x, t_x, T), and perhaps
    /// monetary_value (or zbar). For bg-bb: frequency, recency and periods (or x, t_x, n), counted in periods after
    /// the one with the first purchase, and perhaps customers (or weights), for how many a row stands.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["transactions", "date", "amount", "until"])]
    summary: Option<PathBuf>,
    /// The column with the customer; of a summary the first column unless stated.
    #[arg(long, value_name = "COL")]
    customer: Option<String>,
    /// The column with the day of the purchase.
    #[arg(long, value_name = "COL")]
    date: Option<String>,
    /// The column with the amount; a negative one is a return.
    #[arg(long, value_name = "COL")]
    amount: Option<String>,
    /// The last day that counts; else the last of the file.
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// How many days to look ahead.
    #[arg(long, value_name = "DAYS")]
    horizon_days: u32,
    /// auto, bg-nbd, mbg-nbd, pareto-nbd or bg-bb; auto tries the first three on the last days of the file. bg-bb is
    /// for customers who buy or do not buy in each of some periods, such as yearly donations.
    #[arg(long, value_name = "NAME", default_value = "auto")]
    model: String,
    /// For bg-bb: how many days a period has; counted back from the last day that counts.
    #[arg(long, value_name = "DAYS")]
    period_days: Option<u32>,
}

impl Ltv {
    pub(super) fn run(self, _seed: u64) -> Result<(Table, Summary)> {
        let Self { model, horizon_days, period_days, .. } = self;
        let options = Options { model, horizon_days, period_days };
        if let Some(path) = &self.summary {
            return ltv::summary(&File::open(path)?, self.customer.as_deref(), &options);
        }
        let path = self.transactions.context("--transactions or --summary names the file")?;
        let columns = Columns {
            customer: self.customer.context("--customer names the column with the customer")?,
            date: self.date.context("--date names the column with the day")?,
            amount: self.amount,
            until: self.until,
        };
        ltv::transactions(&File::open(&path)?, &columns, &options)
    }
}
