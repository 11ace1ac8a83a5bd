//! `cargo xtask test`: installs what the tests need, runs them all, and says which could not run whole.

use crate::{data, debian};
use anyhow::{Context, Result, bail};

pub(crate) fn command(arguments: &[String]) -> Result<()> {
    debian::ensure(&["postgresql"], has_postgres).context("the tests start a PostgreSQL server")?;
    ensure_browser()?;
    let mut tests = crate::cargo();
    tests.args(["test", "--workspace"]).args(arguments);
    let status = tests.status().context("cannot start cargo")?;
    warn_of_missing_data();
    if !status.success() {
        bail!("the tests failed: {status}");
    }
    Ok(())
}

/// A browser with its driver, and a font to draw Japanese with.
pub(crate) fn ensure_browser() -> Result<()> {
    let programs = ["chromium", "chromedriver"];
    let has_browser = || programs.iter().all(|name| debian::find_program(name).is_some());
    debian::ensure(&["chromium", "chromium-driver"], has_browser)
        .context("the tests open the pages in a browser")?;
    debian::ensure(&["fonts-noto-cjk", "fontconfig"], has_japanese_font)
        .context("the pages are drawn in Japanese, too")
}

/// Whether the font's list has one for Japanese.
fn has_japanese_font() -> bool {
    let mut list = std::process::Command::new("fc-list");
    let fonts = list.args([":lang=ja", "family"]).output();
    fonts.is_ok_and(|fonts| !fonts.stdout.trim_ascii().is_empty())
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
