//! `nobishiro restore`: a workspace of a backup.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use serde_json::json;
use store::Store;

use crate::config;
use crate::output::{self, Format};

/// Nothing is overwritten: the folder, and the database's schema if one is named, must be empty.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The backup.
    file: PathBuf,
    /// The folder of the workspace; made if it is not there.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Keep the store in PostgreSQL: postgres://user@host:5432/database?schema=name (password from
    /// NOBISHIRO_DATABASE_PASSWORD); default: SQLite in the folder, wherever it was before.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Text for people, or one JSON document on standard output.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Restore {
    pub(crate) async fn run(self) -> Result<()> {
        let ask = batch::backup::Restore { file: &self.file, to: &self.to };
        let url = |folder: &Path| match &self.database {
            Some(url) => config::database(url),
            None => Ok(Store::sqlite_url(&std::path::absolute(folder)?.join("store.sqlite"))),
        };
        let configure = |text: &str| configured(text, self.database.as_deref());
        let manifest = batch::backup::restore(ask, &url, configure).await?;
        let text = format!(
            "Restored {} into {} ({} members, made by version {}).\nPersons who were erased after that backup was \
             made are in it again: erase them again. Next: nobishiro plays --workspace {}",
            self.file.display(),
            self.to.display(),
            manifest.members.len(),
            manifest.version,
            self.to.display(),
        );
        output::result(self.format, &text, &json!({ "workspace": self.to, "manifest": manifest }))
    }
}

/// The configuration with the store and the lake where they are now.
fn configured(text: &str, database: Option<&str>) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut at_top = true;
    for line in text.lines() {
        at_top &= !line.trim_start().starts_with('[');
        let sets = |key: &str| {
            line.trim_start()
                .strip_prefix(key)
                .is_some_and(|rest| rest.trim_start().starts_with('='))
        };
        if !(at_top && (sets("database") || sets("lake"))) {
            lines.push(line.to_owned());
        }
    }
    if let Some(url) = database {
        lines.insert(0, format!("database = {}", toml::Value::String(url.to_owned())));
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_follows_the_store() {
        let text = "currency = \"JPY\"\ndatabase = \"postgres://a\"\nlake = \"/x\"\n[retention]\nusage_months = 3\n";
        let here = "currency = \"JPY\"\n[retention]\nusage_months = 3\n";
        assert_eq!(configured(text, None), here);
        assert_eq!(
            configured(text, Some("postgres://b")),
            format!("database = \"postgres://b\"\n{here}")
        );
    }
}
