//! `nobishiro home`: many workspaces run and served from one place.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use serde_json::json;
use store::{Added, Open, WorkspaceRow};

use crate::config::{Workspace, address_name};
use crate::home::{FILE, Home};
use crate::output::{self, Format};

#[derive(Debug, Args)]
pub(crate) struct HomeCommand {
    #[command(subcommand)]
    what: What,
    /// Text for people, or one JSON document on standard output.
    #[arg(long, value_enum, default_value = "text", global = true)]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Makes a home: home.toml and an empty list of workspaces.
    Init {
        /// The folder; made if it is not there.
        dir: PathBuf,
        /// Keep the list in PostgreSQL: postgres://user@host:5432/database?schema=name (password from
        /// NOBISHIRO_DATABASE_PASSWORD); default: SQLite in the folder.
        #[arg(long)]
        database: Option<String>,
    },
    /// Lists a workspace in a home.
    Add {
        #[command(flatten)]
        at: At,
        /// The workspace's folder.
        dir: PathBuf,
        /// Its name in addresses: /w/NAME/; default: its folder's name.
        #[arg(long)]
        name: Option<String>,
    },
    /// Takes a workspace off the list; its folder and data stay.
    Remove {
        #[command(flatten)]
        at: At,
        /// Its name in addresses.
        name: String,
    },
    /// Shows the workspaces, each with its last run.
    List {
        #[command(flatten)]
        at: At,
    },
}

/// Which home.
#[derive(Debug, Args)]
struct At {
    /// The home's folder.
    #[arg(long, value_name = "DIR", default_value = ".")]
    home: PathBuf,
}

impl HomeCommand {
    pub(crate) async fn run(self) -> Result<()> {
        let format = self.format;
        match self.what {
            What::Init { dir, database } => init(&dir, database, format).await,
            What::Add { at, dir, name } => add(&at, &dir, name, format).await,
            What::Remove { at, name } => remove(&at, &name, format).await,
            What::List { at } => list(&at, format).await,
        }
    }
}

async fn init(dir: &std::path::Path, database: Option<String>, format: Format) -> Result<()> {
    let path = dir.join(FILE);
    if path.exists() {
        bail!("{} is a home already; add workspaces with `nobishiro home add`", dir.display());
    }
    fs::create_dir_all(dir).with_context(|| format!("could not make {}", dir.display()))?;
    let database = match database {
        Some(url) => format!("database = {}\n", toml::Value::String(url)),
        None => "# database = \"postgres://user@host:5432/database?schema=name\"   # default: SQLite beside this file\n".to_owned(),
    };
    let text = format!(
        "# A home of Nobishiro workspaces: one client company each, listed in the database.\n\n\
         # Where the list is kept. The password comes from NOBISHIRO_DATABASE_PASSWORD.\n{database}"
    );
    fs::write(&path, text).with_context(|| format!("could not write {}", path.display()))?;
    Home::open(dir, Open::ReadWrite).await?;
    let said = format!(
        "Made the home {}.\nNext: nobishiro home add --home {1} WORKSPACE, then nobishiro serve --home {1}",
        dir.display(),
        output::shell(dir)
    );
    output::result(format, &said, &json!({ "home": dir }))
}

async fn add(at: &At, dir: &std::path::Path, name: Option<String>, format: Format) -> Result<()> {
    let home = Home::open(&at.home, Open::ReadWrite).await?;
    // Opened to see that it is one: a folder that is no workspace would fail every night.
    let workspace = Workspace::open(dir, Open::ReadWrite).await?;
    let name = match name {
        None => workspace.name(),
        Some(name) if name == address_name(&name) => name,
        Some(name) => bail!(
            "`{name}` cannot stand in addresses; write it in lower case with letters, digits, - and _, such as `{}`",
            address_name(&name)
        ),
    };
    let row = WorkspaceRow { name, folder: home.listed_folder(dir)? };
    let name = match home.list.add_workspace(&row).await? {
        Added::New => row.name,
        Added::Listed(name) if name == row.name => name,
        Added::Listed(name) => bail!(
            "{} is listed already, as `{name}`; remove that first with `nobishiro home remove {name}`",
            dir.display()
        ),
        Added::NameTaken(folder) => {
            bail!("the name `{}` belongs to {folder}; give another with --name", row.name)
        }
    };
    let said = format!("{} is served under /w/{name}/ from now on.", dir.display());
    output::result(format, &said, &json!({ "name": name, "folder": row.folder }))
}

async fn remove(at: &At, name: &str, format: Format) -> Result<()> {
    let home = Home::open(&at.home, Open::ReadWrite).await?;
    if !home.list.remove_workspace(name).await? {
        let listed: Vec<String> =
            home.list.workspaces().await?.into_iter().map(|row| row.name).collect();
        bail!("no workspace is listed as `{name}`; listed are: {}", listed.join(", "));
    }
    let said = format!("`{name}` is off the list; its folder and data are as they were.");
    output::result(format, &said, &json!({ "removed": name }))
}

async fn list(at: &At, format: Format) -> Result<()> {
    let home = Home::open(&at.home, Open::ReadOnly).await?;
    let (mut lines, mut rows) = (Vec::new(), Vec::new());
    for row in home.list.workspaces().await? {
        let folder = home.folder(&row);
        let (title, run) = match home.workspace(&row, Open::ReadOnly).await {
            Ok(workspace) => {
                let run = workspace.store.current_run().await?;
                (workspace.title, Ok(run.map(|run| run.as_of)))
            }
            Err(error) => (row.name.clone(), Err(format!("{error:#}"))),
        };
        let state = match &run {
            Ok(Some(as_of)) => format!("last night as of {as_of}"),
            Ok(None) => "no night yet".to_owned(),
            Err(error) => format!("cannot be opened: {error}"),
        };
        lines.push(format!("{}  {title}  {}  {state}", row.name, folder.display()));
        rows.push(json!({
            "name": row.name,
            "title": title,
            "folder": folder,
            "as_of": run.as_ref().ok(),
            "error": run.as_ref().err(),
        }));
    }
    if lines.is_empty() {
        lines.push("No workspaces yet: nobishiro home add WORKSPACE".to_owned());
    }
    output::result(format, &lines.join("\n"), &rows)
}
