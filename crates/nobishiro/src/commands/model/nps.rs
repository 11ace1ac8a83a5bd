//! `nobishiro model nps`.

use std::path::PathBuf;

use anyhow::Result;
use batch::model::nps::{self, Columns};
use batch::model::sheet::File;
use batch::model::summary::Summary;
use batch::model::table::Table;
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Nps {
    /// The answers, one a row.
    #[arg(long, value_name = "FILE")]
    responses: PathBuf,
    /// The column with the answer, 0 to 10.
    #[arg(long, value_name = "COL")]
    score: String,
    /// A column to group by.
    #[arg(long, value_name = "COL")]
    by: Option<String>,
}

impl Nps {
    pub(super) fn run(self, _seed: u64) -> Result<(Table, Summary)> {
        nps::run(&File::open(&self.responses)?, &Columns { score: self.score, by: self.by })
    }
}
