//! `nobishiro demo`: a sample company, one night's run, the web app.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use batch::night::Stage;
use clap::Args;
use domain::time::Day;
use store::Open;

use crate::config::Workspace;
use crate::output;

/// The last day of the sample company's data.
const AS_OF: &str = "2026-03-12";

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// The folder of the sample workspace; made anew each time.
    #[arg(long, value_name = "DIR", default_value = "demo")]
    dir: PathBuf,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:7878")]
    listen: String,
    /// Make the workspace and run the night, but do not serve.
    #[arg(long)]
    no_serve: bool,
}

impl Demo {
    pub(crate) async fn run(self) -> Result<()> {
        self.clear()?;
        let files = self.dir.join("files");
        let as_of = Day::parse_iso(AS_OF).context("the sample company has a day")?;
        let rows =
            super::simulate::write(&sim::Options { as_of, ..sim::Options::default() }, &files)?;
        output::say(&format!(
            "A made-up Japanese software company: {rows} rows in {}",
            files.display()
        ));
        std::fs::write(
            self.dir.join("nobishiro.toml"),
            "# The sample company's workspace.\ndemo = true\ncurrency = \"JPY\"\nzone = \"Asia/Tokyo\"\n",
        )?;
        std::fs::write(self.dir.join("policy.toml"), decide::policy::Policy::default_text())?;
        let workspace = Workspace::open(&self.dir, Open::ReadWrite).await?;
        let files = batch::ingest::input_files(&[files])?;
        let taking = super::ingest::Taking { files, mapping: None, snapshot_on: None };
        let report =
            super::ingest::take(&workspace, taking, &super::ingest::Meter::default()).await?;
        output::say(&report.to_string());
        let asked = super::run::Asked { as_of: Some(as_of), until: Stage::Plan, seed: 1 };
        let summary = super::run::night(&workspace, asked, &super::run::told).await?;
        output::say(&super::run::text(&summary, workspace.currency));
        if self.no_serve {
            return Ok(());
        }
        let how = super::serve::How { listen: &self.listen, proxy: false, worker: true };
        super::serve::serve(&workspace, how).await
    }

    /// Removes an earlier demo, and nothing that is not one.
    fn clear(&self) -> Result<()> {
        if !self.dir.exists() {
            return Ok(());
        }
        let ours = std::fs::read_to_string(self.dir.join("nobishiro.toml"))
            .is_ok_and(|text| text.starts_with("# The sample company"));
        let empty = std::fs::read_dir(&self.dir).is_ok_and(|mut entries| entries.next().is_none());
        if !ours && !empty {
            bail!(
                "{} is there and is not an earlier demo; name another folder with --dir",
                self.dir.display()
            );
        }
        std::fs::remove_dir_all(&self.dir)
            .with_context(|| format!("could not remove {}", self.dir.display()))
    }
}
