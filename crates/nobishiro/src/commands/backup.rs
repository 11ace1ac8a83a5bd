//! `nobishiro backup`: everything in one file.

use std::path::PathBuf;

use anyhow::Result;
use batch::backup::Source;
use clap::Args;
use serde_json::json;
use store::Open;

use super::Common;
use crate::config::Workspace;
use crate::{clock, lease, output};

/// Others may work meanwhile: the file has everything as it was at one moment. It restores into SQLite and
/// PostgreSQL alike.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    #[command(flatten)]
    common: Common,
    /// The file to write; it must not be there yet.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

impl Backup {
    pub(crate) async fn run(self) -> Result<()> {
        let workspace = Workspace::open(&self.common.workspace, Open::ReadWrite).await?;
        let source = Source { store: &workspace.store, lake: &workspace.lake, dir: &workspace.dir };
        let work = batch::backup::backup(source, &self.to);
        let manifest = lease::read(&workspace, "backup", work).await?;
        let file = std::path::absolute(&self.to)?;
        workspace.store.note_backup(&file.display().to_string(), clock::now_s()).await?;
        let bytes = std::fs::metadata(&file)?.len();
        let text = format!(
            "Backed up {} to {} ({} members, {:.1} MB).\nTo restore it: nobishiro restore {} --to NEW_FOLDER",
            workspace.dir.display(),
            file.display(),
            manifest.members.len(),
            bytes as f64 / 1e6,
            file.display(),
        );
        let json = json!({ "file": file, "bytes": bytes, "manifest": manifest });
        output::result(self.common.format, &text, &json)
    }
}
