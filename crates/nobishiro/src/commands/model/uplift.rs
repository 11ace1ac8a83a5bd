//! `nobishiro model uplift`.

use std::path::PathBuf;

use anyhow::Result;
use batch::model::sheet::File;
use batch::model::summary::Summary;
use batch::model::table::Table;
use batch::model::uplift::{self, Assumption, Columns, Manner};
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Uplift {
    /// Rows with and without the treatment, and what came of it.
    #[arg(long, value_name = "FILE")]
    train: PathBuf,
    /// The column that says who was treated.
    #[arg(long, value_name = "COL")]
    treatment: String,
    /// The value in it that means treated; all others are the control. Needed unless two values stand there of
    /// which one plainly means yes.
    #[arg(long, value_name = "VALUE")]
    treated: Option<String>,
    /// The column with the outcome: a number, more is better, or yes and no.
    #[arg(long, value_name = "COL")]
    outcome: String,
    /// The rows to score, with the columns of the training file.
    #[arg(long, value_name = "FILE")]
    score: PathBuf,
    /// The column that identifies a row to score; without it rows are numbered from 1.
    #[arg(long, value_name = "COL")]
    id: Option<String>,
    /// Columns not to learn from, such as what is known only afterwards.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    ignore: Vec<String>,
    /// One method, such as x-boosted, rather than what validation chooses.
    #[arg(long, value_name = "NAME", default_value = "auto")]
    method: String,
    /// The treated were chosen by what the columns say and by nothing else: adjust for it where they were not
    /// chosen at random.
    #[arg(long)]
    adjust: bool,
}

impl Uplift {
    pub(super) fn run(self, seed: u64) -> Result<(Table, Summary)> {
        let files = (File::open(&self.train)?, File::open(&self.score)?);
        let columns = Columns {
            treatment: self.treatment,
            treated: self.treated,
            outcome: self.outcome,
            id: self.id,
            ignore: self.ignore,
        };
        let assumption = if self.adjust { Assumption::ByColumns } else { Assumption::Random };
        let method = (self.method != "auto").then_some(self.method);
        uplift::run((&files.0, &files.1), &columns, &Manner { method, assumption, seed })
    }
}
