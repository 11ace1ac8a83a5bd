//! `nobishiro model propensity`.

use std::path::PathBuf;

use anyhow::Result;
use batch::model::propensity::{self, Columns};
use batch::model::sheet::File;
use batch::model::summary::Summary;
use batch::model::table::Table;
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Propensity {
    /// Rows whose outcome is known.
    #[arg(long, value_name = "FILE")]
    train: PathBuf,
    /// The column with the outcome: two values, such as yes and no.
    #[arg(long, value_name = "COL")]
    target: String,
    /// The value in it that counts as yes, where the words do not tell.
    #[arg(long, value_name = "VALUE")]
    positive: Option<String>,
    /// The rows to score, with the columns of the training file.
    #[arg(long, value_name = "FILE")]
    score: PathBuf,
    /// The column that identifies a row to score; without it rows are numbered from 1.
    #[arg(long, value_name = "COL")]
    id: Option<String>,
    /// Columns not to learn from, such as what is known only afterwards.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    ignore: Vec<String>,
}

impl Propensity {
    pub(super) fn run(self, seed: u64) -> Result<(Table, Summary)> {
        let files = (File::open(&self.train)?, File::open(&self.score)?);
        let columns = Columns {
            target: self.target,
            positive: self.positive,
            id: self.id,
            ignore: self.ignore,
        };
        propensity::run((&files.0, &files.1), &columns, seed)
    }
}
