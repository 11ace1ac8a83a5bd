//! Flags that say where baskets come from, the same for every model that reads them.

use std::path::PathBuf;

use anyhow::{Result, bail};
use batch::model::baskets::{Columns, LinesFile, RowsFile, Source};
use batch::model::sheet::File;
use clap::{Args, ValueEnum};

#[expect(clippy::struct_field_names, reason = "each field is the flag of its name")]
#[derive(Debug, Args)]
pub(super) struct Baskets {
    /// The file: a row an item of a basket, or with `--layout lines` a line a basket.
    #[arg(long, value_name = "FILE")]
    baskets: PathBuf,
    /// The column that items of one basket share, such as the order's number.
    #[arg(long, value_name = "COL", required_unless_present = "layout")]
    basket: Option<String>,
    /// The column that names the item.
    #[arg(long, value_name = "COL", required_unless_present = "layout")]
    item: Option<String>,
    /// A column with how many; what is not above zero takes the item back out of its basket.
    #[arg(long, value_name = "COL")]
    quantity: Option<String>,
    /// A column that says sale, return, cancel or exchange; returns and cancelled lines take the item back.
    #[arg(long, value_name = "COL")]
    kind: Option<String>,
    /// How the file is laid out.
    #[arg(long, value_enum)]
    layout: Option<Layout>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Layout {
    /// A row an item of a basket, under a header.
    Rows,
    /// A line a basket, its items separated by commas, semicolons, tabs, bars or blanks; no header.
    Lines,
}

impl Baskets {
    pub(super) fn source(self) -> Result<Source> {
        let Self { baskets, basket, item, quantity, kind, layout } = self;
        if layout == Some(Layout::Lines) {
            if let Some(flag) = [
                ("--basket", &basket),
                ("--item", &item),
                ("--quantity", &quantity),
                ("--kind", &kind),
            ]
            .iter()
            .find(|(_, column)| column.is_some())
            {
                bail!("--layout lines has no columns: leave {} out", flag.0);
            }
            return Ok(Source::Lines(LinesFile::new(&baskets)?));
        }
        let (Some(basket), Some(item)) = (basket, item) else {
            bail!("--layout rows wants the columns --basket and --item");
        };
        let columns = Columns { basket, item, quantity, kind };
        Ok(Source::Rows(RowsFile::new(File::open(&baskets)?, columns)?))
    }
}
