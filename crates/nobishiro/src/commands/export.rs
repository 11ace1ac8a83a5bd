//! `nobishiro export`: everything as canonical CSV.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use store::Open;

use super::Common;
use crate::config::Workspace;
use crate::output;

#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(flatten)]
    common: Common,
    /// The folder to write to; files of the same name are replaced.
    dir: PathBuf,
}

impl Export {
    pub(crate) async fn run(self) -> Result<()> {
        let workspace = Workspace::open(&self.common.workspace, Open::ReadOnly).await?;
        let source = batch::export::Source {
            store: &workspace.store,
            lake: &workspace.lake,
            currency: workspace.currency,
        };
        let written = batch::export::export(&source, &self.dir).await?;
        let lines: Vec<String> =
            written.iter().map(|e| format!("{:>10} rows  {}", e.rows, e.file.display())).collect();
        let text = if lines.is_empty() {
            "The workspace is empty: nothing to export.".to_owned()
        } else {
            lines.join("\n")
        };
        output::result(self.common.format, &text, &written)
    }
}
