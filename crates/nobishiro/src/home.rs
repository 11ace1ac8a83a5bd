//! A home: one folder from which many workspaces are run and served (S82).
//!
//! `home.toml` says where its database is; the database lists the workspaces. Everything of a client stays
//! in that client's workspace.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use store::{Open, Store, WorkspaceRow};

use crate::config::{self, Workspace};

/// The file that makes a folder a home.
pub(crate) const FILE: &str = "home.toml";

/// `home.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// `postgres://user@host/database?schema=name`; default: SQLite in the home.
    database: Option<String>,
}

/// An open home.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    /// Its folder.
    pub(crate) dir: PathBuf,
    /// Its database.
    pub(crate) list: store::Home,
}

impl Home {
    /// Opens the home in `dir`.
    pub(crate) async fn open(dir: &Path, mode: Open) -> Result<Self> {
        let path = dir.join(FILE);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => bail!(
                "{} is not a home: it has no {FILE}. Make one with `nobishiro home init {}`",
                dir.display(),
                crate::output::shell(dir)
            ),
            other => other.with_context(|| format!("could not read {}", path.display()))?,
        };
        let file: File =
            toml::from_str(&text).with_context(|| format!("{} is not right", path.display()))?;
        let dir = std::path::absolute(dir)?;
        let url = match file.database {
            Some(url) => config::with_password(&url, config::password())?,
            None => Store::sqlite_url(&dir.join("home.sqlite")),
        };
        let list = store::Home::open(&url, mode)
            .await
            .with_context(|| format!("could not open the database of {}", dir.display()))?;
        Ok(Self { dir, list })
    }

    /// Where a listed workspace lies.
    pub(crate) fn folder(&self, row: &WorkspaceRow) -> PathBuf {
        self.dir.join(&row.folder)
    }

    /// A workspace's folder as it is listed: relative where it lies within the home, so that both move
    /// together.
    pub(crate) fn listed_folder(&self, dir: &Path) -> Result<String> {
        let whole = |path: &Path| {
            fs::canonicalize(path).with_context(|| format!("could not find {}", path.display()))
        };
        let (home, dir) = (whole(&self.dir)?, whole(dir)?);
        let listed = dir.strip_prefix(&home).unwrap_or(&dir);
        let text = listed.to_str().with_context(|| {
            format!("the folder's name is not UTF-8: {}; rename it", dir.display())
        })?;
        Ok(text.to_owned())
    }

    /// Opens a listed workspace.
    pub(crate) async fn workspace(&self, row: &WorkspaceRow, mode: Open) -> Result<Workspace> {
        Workspace::open(&self.folder(row), mode).await
    }
}
