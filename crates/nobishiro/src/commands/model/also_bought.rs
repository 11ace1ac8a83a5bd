//! `nobishiro model also-bought`.

use anyhow::{Context, Result, bail};
use batch::model::also_bought::{self, Wanted};
use batch::model::summary::Summary;
use batch::model::table::Table;
use clap::Args;

use super::baskets::Baskets;

#[derive(Debug, Args)]
pub(super) struct AlsoBought {
    #[command(flatten)]
    baskets: Baskets,
    /// Neighbours of each item.
    #[arg(long, value_name = "K", default_value_t = 10)]
    top: usize,
    /// Baskets that must hold both items.
    #[arg(long, value_name = "N", default_value_t = 2)]
    min_count: u32,
    /// How to score: `auto` takes what is best on held-out baskets.
    #[arg(long, value_name = "METHOD", default_value = "auto",
          value_parser = ["auto", "popularity", "cosine", "item-knn", "ease", "als"])]
    method: String,
}

impl AlsoBought {
    pub(super) fn run(self, seed: u64) -> Result<(Table, Summary)> {
        if self.top == 0 || self.min_count == 0 {
            bail!("--top and --min-count are at least 1");
        }
        let method = match self.method.as_str() {
            "auto" => None,
            name => Some(also_bought::method(name).context("clap knows the names")?),
        };
        let wanted = Wanted { top: self.top, min_count: self.min_count, method, seed };
        also_bought::run(&self.baskets.source()?, &wanted)
    }
}
