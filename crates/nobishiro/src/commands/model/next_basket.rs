//! `nobishiro model next-basket`.

use std::path::PathBuf;

use anyhow::Result;
use batch::model::next_basket::{self, Columns, Wanted};
use batch::model::sheet::File;
use batch::model::summary::Summary;
use batch::model::table::Table;
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct NextBasket {
    /// Order lines: one item of one customer's order a row.
    #[arg(long, value_name = "FILE")]
    history: PathBuf,
    /// The column that says who bought.
    #[arg(long, value_name = "COL")]
    customer: String,
    /// The column that puts a customer's orders in order: a number or a date, never sorted as text. Rows of a
    /// customer with the same number or day are one order.
    #[arg(long, value_name = "COL")]
    order: String,
    /// The column that says what was bought.
    #[arg(long, value_name = "COL")]
    item: String,
    /// How many items for each customer.
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    top: u32,
    /// Only items that the customer never bought: what to cross-sell.
    #[arg(long)]
    new_only: bool,
}

impl NextBasket {
    pub(super) fn run(self, seed: u64) -> Result<(Table, Summary)> {
        let Self { customer, order, item, .. } = self;
        next_basket::run(
            &File::open(&self.history)?,
            &Columns { customer, order, item },
            Wanted { top: self.top as usize, new_only: self.new_only, seed },
        )
    }
}
