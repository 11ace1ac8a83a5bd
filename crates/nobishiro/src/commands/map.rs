//! `nobishiro map`: mappings for foreign files.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};

use crate::output;

#[derive(Debug, Args)]
pub(crate) struct Map {
    #[command(subcommand)]
    command: MapCommand,
}

#[derive(Debug, Subcommand)]
enum MapCommand {
    /// Proposes a mapping for foreign files, and says what to check.
    Suggest(Suggest),
}

#[derive(Debug, Args)]
struct Suggest {
    /// Write the mapping there; default: standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Files and folders: CSV, TSV, XLSX, JSON Lines, Parquet, also gzipped. Give those that belong
    /// together at once: references are found by their values.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
}

impl Map {
    pub(crate) fn run(self) -> Result<()> {
        let MapCommand::Suggest(suggest) = self.command;
        suggest.run()
    }
}

impl Suggest {
    fn run(self) -> Result<()> {
        let said = batch::suggest::suggest(&self.paths)?;
        let map = if let Some(path) = &self.out {
            std::fs::write(path, &said.toml)
                .with_context(|| format!("could not write {}", path.display()))?;
            path.display().to_string()
        } else {
            output::line(&said.toml)?;
            "FILE".to_owned()
        };
        for file in &said.files {
            output::say(file);
        }
        if !said.checks.is_empty() {
            output::say("\nPlease check:");
        }
        for check in &said.checks {
            output::say(&format!("  - {check}"));
        }
        let paths: Vec<String> = self.paths.iter().map(|path| path.display().to_string()).collect();
        output::say(&format!("\nNext: nobishiro ingest --map {map} {}", paths.join(" ")));
        Ok(())
    }
}
