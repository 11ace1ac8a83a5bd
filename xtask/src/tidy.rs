//! `cargo xtask tidy`: the rules of ARCHITECTURE.md that a compiler cannot hold.
//!
//! Each check is one file and one function from the tree to what is wrong with it, listed once.

mod edges;
mod purity;
mod writers;
mod modules;
mod pages;
mod dependencies;

use crate::tree::Tree;
use anyhow::{Context, Result, bail};
use std::fmt;

/// One broken rule: where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) place: String,
    pub(crate) what: String,
}

impl Problem {
    pub(crate) fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// One rule with the sentence that `tidy` prints when it holds.
struct Check {
    holds: &'static str,
    find: fn(&Tree) -> Vec<Problem>,
}

const CHECKS: &[Check] = &[
    Check { holds: "crates depend only along the allowed edges", find: edges::check },
    Check { holds: "the pure crates read no file, clock or network", find: purity::check },
    Check { holds: "one place builds the batch engine's session", find: purity::check_sessions },
    Check { holds: "every table has exactly one writing module", find: writers::check },
    Check { holds: "every module says what it is, in a length one can read", find: modules::check },
    Check { holds: "the pages name the crates that exist and stay short", find: pages::check },
    Check { holds: "every dependency has a reason and a user", find: dependencies::check },
];

/// What is wrong with the tree, over all checks.
fn problems(tree: &Tree) -> Vec<Problem> {
    CHECKS.iter().flat_map(|check| (check.find)(tree)).collect()
}

pub(crate) fn command() -> Result<()> {
    let tree = Tree::read(&crate::root())?;
    for check in CHECKS {
        if (check.find)(&tree).is_empty() {
            println!("ok: {}", check.holds);
        }
    }
    let problems = problems(&tree);
    for problem in &problems {
        eprintln!("{problem}");
    }
    if !problems.is_empty() {
        bail!("{} broken rules, listed above", problems.len());
    }
    crate::capabilities::check()?;
    generated_pages()
}

/// The pages under docs/reference that the executable writes of itself are as it would write them.
///
/// The executable is built the way the tests build it: another choice of packages and tests would choose
/// other features of DataFusion, and build it all again.
fn generated_pages() -> Result<()> {
    let mut build = crate::cargo();
    build.args(["test", "--quiet", "--workspace", "--no-run"]);
    if !build.status().context("cannot start cargo")?.success() {
        bail!("the workspace does not build");
    }
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| "target".into(), std::path::PathBuf::from);
    let status = std::process::Command::new(target.join("debug/nobishiro"))
        .args(["reference", "--check"])
        .status()
        .context("cannot start the executable that was just built")?;
    if !status.success() {
        bail!("generated pages are stale: `target/debug/nobishiro reference` writes them anew");
    }
    println!("ok: the generated pages are fresh");
    Ok(())
}

/// Compares what a check finds in a made-up tree with `place: what` lines, for the checks' tests.
#[cfg(test)]
fn assert_finds(check: fn(&Tree) -> Vec<Problem>, files: &[(&str, &str)], expected: &[&str]) {
    let found: Vec<_> = check(&Tree::of(files)).iter().map(Problem::to_string).collect();
    assert_eq!(found, expected);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_tidy() {
        let tree = Tree::read(&crate::root()).unwrap();
        let lines: Vec<_> = problems(&tree).iter().map(Problem::to_string).collect();
        assert!(lines.is_empty(), "broken rules:\n{}", lines.join("\n"));
    }
}
