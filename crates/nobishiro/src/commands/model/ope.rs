//! `nobishiro model ope`.

use std::path::PathBuf;

use anyhow::Result;
use batch::model::ope::{self, Columns};
use batch::model::sheet::File;
use batch::model::summary::Summary;
use batch::model::table::Table;
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Ope {
    /// What was done and what came of it, one action a row.
    #[arg(long, value_name = "FILE")]
    log: PathBuf,
    /// The log's column with the action taken.
    #[arg(long, value_name = "COL")]
    action: String,
    /// The log's column with the reward: a number, or yes and no.
    #[arg(long, value_name = "COL")]
    reward: String,
    /// The log's column with the probability with which the action was taken, above 0 and at most 1.
    #[arg(long, value_name = "COL")]
    probability: String,
    /// The log's column with the position in which the action was shown.
    #[arg(long, value_name = "COL")]
    position: Option<String>,
    /// The log's columns with what was known when the action was taken; the reward model reads them.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    context: Vec<String>,
    /// The policy to evaluate: columns [row,] [position,] action, probability; rows of the log count from 1.
    #[arg(long, value_name = "FILE")]
    target: PathBuf,
}

impl Ope {
    pub(super) fn run(self, seed: u64) -> Result<(Table, Summary)> {
        let columns = Columns {
            action: self.action,
            reward: self.reward,
            probability: self.probability,
            position: self.position,
            context: self.context,
        };
        ope::run(&File::open(&self.log)?, &File::open(&self.target)?, &columns, seed)
    }
}
