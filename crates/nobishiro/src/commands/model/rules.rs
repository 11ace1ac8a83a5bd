//! `nobishiro model rules`.

use anyhow::{Result, bail};
use batch::model::rules::{self, Support, Wanted};
use batch::model::summary::Summary;
use batch::model::table::Table;
use clap::Args;

use super::baskets::Baskets;

#[derive(Debug, Args)]
pub(super) struct Rules {
    #[command(flatten)]
    baskets: Baskets,
    /// The least support of a rule: a share of the baskets below 1, or a count of baskets from 1 on.
    #[arg(long, value_name = "S", default_value = "0.01")]
    min_support: Support,
    /// The least share of baskets with the left side that hold the right side too.
    #[arg(long, value_name = "C", default_value_t = 0.5)]
    min_confidence: f64,
    /// The longest rule, in items of both sides; all when left out.
    #[arg(long, value_name = "N")]
    max_length: Option<usize>,
}

impl Rules {
    pub(super) fn run(self, _seed: u64) -> Result<(Table, Summary)> {
        if !(0.0..=1.0).contains(&self.min_confidence) {
            bail!("--min-confidence is a share from 0 to 1, not {}", self.min_confidence);
        }
        if self.max_length.is_some_and(|length| length < 2) {
            bail!("--max-length counts both sides of a rule: at least 2");
        }
        let wanted = Wanted {
            min_support: self.min_support,
            min_confidence: self.min_confidence,
            longest: self.max_length,
        };
        rules::run(&self.baskets.source()?, &wanted)
    }
}
