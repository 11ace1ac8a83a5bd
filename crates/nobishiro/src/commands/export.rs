//! `nobishiro export`: everything as canonical CSV, or all that is held about one person.

use std::path::{Path, PathBuf};

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
    #[arg(required_unless_present = "person")]
    dir: Option<PathBuf>,
    /// Instead, write all that is held about one person as JSON: a contact's id, the id of an account that is a
    /// person or a household, or a mail address.
    #[arg(long, value_name = "WHO")]
    person: Option<String>,
}

impl Export {
    pub(crate) async fn run(self) -> Result<()> {
        if let Some(who) = &self.person {
            let workspace = Workspace::open(&self.common.workspace, Open::ReadOnly).await?;
            return person(&workspace, who, self.dir.as_deref()).await;
        }
        let workspace = Workspace::open(&self.common.workspace, Open::ReadOnly).await?;
        let dir = self.dir.as_deref().unwrap_or(Path::new("."));
        let source = batch::export::Source {
            store: &workspace.store,
            lake: &workspace.lake,
            currency: workspace.currency,
        };
        let written = batch::export::export(&source, dir).await?;
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

/// Writes what is held about a person to standard output, or into a folder.
async fn person(workspace: &Workspace, who: &str, dir: Option<&Path>) -> Result<()> {
    let person = super::erase::the_person(workspace, who, None).await?;
    // Read only where nobody could have a log.
    if workspace.store.has_users().await? {
        let writing = Workspace::open(&workspace.dir, Open::ReadWrite).await?;
        let id = Some(person.found.id.as_str());
        super::user::log(&writing, "person.export", (id, "command")).await?;
    }
    let held = batch::erase::held(super::erase::place(workspace), &person).await?;
    let text = serde_json::to_string_pretty(&held)?;
    let Some(dir) = dir else { return output::line(&text) };
    let plain = |c: char| if c.is_alphanumeric() || "-_.@".contains(c) { c } else { '_' };
    let name: String = person.found.id.chars().map(plain).collect();
    let file = dir.join(format!("person-{name}.json"));
    batch::artefact::write_bytes(&file, text.as_bytes())?;
    output::line(&format!("All that is held about {who} is in {}.", file.display()))
}
