//! `nobishiro reference`: the pages under docs/reference that are generated from the registries.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::output;

mod pages;

#[derive(Debug, Args)]
pub(crate) struct Reference {
    /// The folder of the pages.
    #[arg(long, default_value = "docs/reference")]
    out: PathBuf,
    /// Write nothing; fail when a page is stale.
    #[arg(long)]
    check: bool,
}

impl Reference {
    pub(crate) fn run(self) -> Result<()> {
        let stale = stale(&self.out)?;
        if self.check {
            if !stale.is_empty() {
                bail!(
                    "stale: {}. Write them anew with `target/debug/nobishiro reference`",
                    stale.join(", ")
                );
            }
            return output::line("The reference pages are up to date.");
        }
        std::fs::create_dir_all(&self.out)?;
        for (name, text) in pages::pages() {
            let path = self.out.join(name);
            std::fs::write(&path, text)
                .with_context(|| format!("could not write {}", path.display()))?;
        }
        output::line(&format!("Wrote the reference pages to {}", self.out.display()))
    }
}

/// Names of pages that are missing or differ.
fn stale(folder: &Path) -> Result<Vec<String>> {
    let mut stale = Vec::new();
    for (name, text) in pages::pages() {
        match std::fs::read_to_string(folder.join(name)) {
            Ok(found) if found == text => {}
            Ok(_) => stale.push(name.to_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                stale.push(name.to_owned());
            }
            Err(error) => return Err(error).context("could not read the reference pages"),
        }
    }
    Ok(stale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_are_not_stale() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference");
        assert_eq!(
            stale(&folder).expect("readable"),
            Vec::<String>::new(),
            "run `target/debug/nobishiro reference`"
        );
    }
}
