//! `nobishiro model nps`.

use std::path::PathBuf;

use anyhow::Result;
use batch::model::nps::{self, Columns, Length};
use batch::model::sheet::File;
use batch::model::summary::Summary;
use batch::model::table::Table;
use clap::{Args, ValueEnum};

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
    /// The column with the day of the answer: scores by period, and whether they move.
    #[arg(long, value_name = "COL")]
    at: Option<String>,
    /// How long a period is; by default months where they have answers enough, else quarters.
    #[arg(long, value_enum, requires = "at")]
    period: Option<Period>,
    /// The column with comments: which words go with promoters and with detractors.
    #[arg(long, value_name = "COL")]
    comment: Option<String>,
    /// Columns that may go with promoters; by default all that are not named otherwise.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    attributes: Option<Vec<String>>,
    /// Columns that are not looked at.
    #[arg(long, value_name = "A,B", value_delimiter = ',', conflicts_with = "attributes")]
    ignore: Vec<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Period {
    Month,
    Quarter,
}

impl From<Period> for Length {
    fn from(period: Period) -> Self {
        match period {
            Period::Month => Self::Month,
            Period::Quarter => Self::Quarter,
        }
    }
}

impl Nps {
    pub(super) fn run(self, _seed: u64) -> Result<(Table, Summary)> {
        let columns = Columns {
            score: self.score,
            by: self.by,
            at: self.at,
            period: self.period.map(Length::from),
            comment: self.comment,
            attributes: self.attributes,
            ignore: self.ignore,
        };
        nps::run(&File::open(&self.responses)?, &columns)
    }
}
