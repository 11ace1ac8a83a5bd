//! `nobishiro policy show`: the policy with every default.

use anyhow::{Context, Result};
use clap::{Args, Subcommand};

use crate::output;

#[derive(Debug, Args)]
pub(crate) struct Policy {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Prints the workspace's policy, or every key with its default where there is none.
    Show {
        /// The workspace's folder.
        #[arg(long, value_name = "DIR", default_value = ".")]
        workspace: std::path::PathBuf,
    },
}

impl Policy {
    pub(crate) fn run(self) -> Result<()> {
        let Command::Show { workspace } = self.command;
        let path = workspace.join("policy.toml");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                decide::policy::Policy::default_text().to_owned()
            }
            Err(error) => {
                return Err(error).with_context(|| format!("could not read {}", path.display()));
            }
        };
        decide::policy::Policy::parse(&text)
            .with_context(|| format!("{} is not right", path.display()))?;
        output::line(&text)
    }
}
