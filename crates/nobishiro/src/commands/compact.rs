//! `nobishiro compact`: the upkeep that otherwise follows an ingest or a run, all of it, now.

use anyhow::Result;
use batch::lake::Scope;
use clap::Args;
use store::Open;

use super::Common;
use crate::config::Workspace;
use crate::{lease, output, upkeep};

/// Merges the files of each month of the lake into one, without the rows that later ones replaced. An ingest and
/// a run do it by themselves once a month lies in eight files, or corrections are a tenth of the rows.
#[derive(Debug, Args)]
pub(crate) struct Compact {
    #[command(flatten)]
    common: Common,
}

impl Compact {
    pub(crate) async fn run(self) -> Result<()> {
        let workspace = Workspace::open(&self.common.workspace, Open::ReadWrite).await?;
        let work = upkeep::after(&workspace, Scope::All);
        let kept = lease::hold(&workspace, "compact", work).await?;
        let mut lines = kept.lines();
        if lines.is_empty() {
            lines.push("Nothing to do: every month of the lake is one file.".to_owned());
        }
        output::result(self.common.format, &lines.join("\n"), &kept)
    }
}
