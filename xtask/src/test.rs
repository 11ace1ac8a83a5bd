//! `cargo xtask test`: installs what the tests need, runs them all, and says which could not run whole.

use crate::{data, debian};
use anyhow::{Context, Result, bail};

pub(crate) fn command(arguments: &[String]) -> Result<()> {
    debian::ensure(&["postgresql"], has_postgres).context("the tests start a PostgreSQL server")?;
    let mut tests = crate::cargo();
    tests.args(["test", "--workspace"]).args(arguments);
    let status = tests.status().context("cannot start cargo")?;
    warn_of_missing_data();
    if !status.success() {
        bail!("the tests failed: {status}");
    }
    Ok(())
}

fn has_postgres() -> bool {
    ["initdb", "pg_ctl", "postgres"].iter().all(|name| debian::find_program(name).is_some())
}

/// A test whose data set is missing passes without having checked it, so that must not go unseen.
fn warn_of_missing_data() {
    let folder = data::folder();
    let missing = data::missing(&folder);
    if missing.is_empty() {
        return;
    }
    let line = "!".repeat(100);
    eprintln!(
        "{line}\nNOT CHECKED against real data and published numbers: missing in {} are",
        folder.display()
    );
    for set in missing {
        eprintln!("  - {set}");
    }
    eprintln!("Set NOBISHIRO_DATA to the folder that holds them to check these too.\n{line}");
}
