//! `cargo xtask pictures`: a picture of every page, in both languages and on three screens, to be looked at.

use crate::test;
use anyhow::{Context, Result, bail};
use std::path::PathBuf;

/// The test that takes them; it shares its browser and its pages with the tests that look for faults.
const TEST: &str = "browser::pictures::pictures";

pub(crate) fn command(folder: Option<&String>) -> Result<()> {
    test::ensure_browser()?;
    let folder = folder.map_or_else(|| crate::root().join("target/pictures"), PathBuf::from);
    let folder = std::path::absolute(folder).context("no such folder")?;
    let mut tests = crate::cargo();
    tests.args(["test", "--workspace", "--test", "it", "--", "--ignored", "--exact", TEST]);
    let status = tests.env("NOBISHIRO_PICTURES", &folder).status();
    let status = status.context("cannot start cargo")?;
    if !status.success() {
        bail!("the pictures were not taken: {status}");
    }
    println!("The pictures are in {}", folder.display());
    Ok(())
}
