//! Finds programs, and installs the Debian packages that bring the missing ones.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The program in PATH, or in one of Debian's folders for PostgreSQL's versions.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.extend(postgres_folders(Path::new("/usr/lib/postgresql")));
    folders.into_iter().map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// `VERSION/bin` under Debian's folder for PostgreSQL, newest first.
fn postgres_folders(base: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(base) else { return Vec::new() };
    let number = |path: &PathBuf| -> Option<u32> { path.file_name()?.to_str()?.parse().ok() };
    let mut versions: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter_map(|path| Some((number(&path)?, path.join("bin"))))
        .collect();
    versions.sort();
    versions.into_iter().rev().map(|(_, folder)| folder).collect()
}

/// Makes sure that `is_there` holds, by installing `packages` when it does not.
pub(crate) fn ensure(packages: &[&str], is_there: impl Fn() -> bool) -> Result<()> {
    if is_there() {
        return Ok(());
    }
    let list = packages.join(" ");
    println!("Installing what is missing: {list}");
    install(packages).with_context(|| format!("please install by hand, then try again: {list}"))?;
    if !is_there() {
        bail!("{list} is installed, but what it should bring was not found");
    }
    Ok(())
}

fn install(packages: &[&str]) -> Result<()> {
    if find_program("apt-get").is_none() {
        bail!("this is no Debian: there is no apt-get");
    }
    let prefix: &[&str] = if is_root()? {
        &[]
    } else if has_sudo() {
        &["sudo", "--non-interactive"]
    } else {
        bail!("neither root nor allowed to use sudo without a password");
    };
    let env: &[&str] = &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
    let quiet: &[&str] = &["--yes", "--quiet", "--no-install-recommends"];
    run(&[prefix, env, &["update", "--quiet"]].concat())?;
    run(&[prefix, env, &["install"], quiet, packages].concat())
}

fn run(words: &[&str]) -> Result<()> {
    let line = words.join(" ");
    let mut command = Command::new(words[0]);
    let status = command.args(&words[1..]).stdin(Stdio::null()).status();
    let status = status.with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed: {status}");
    }
    Ok(())
}

fn is_root() -> Result<bool> {
    let output = Command::new("id").arg("--user").output().context("cannot ask `id` who we are")?;
    Ok(output.stdout.trim_ascii() == b"0")
}

fn has_sudo() -> bool {
    let mut sudo = Command::new("sudo");
    sudo.args(["--non-interactive", "true"]).stdout(Stdio::null()).stderr(Stdio::null());
    sudo.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_by_name() {
        assert!(find_program("sh").is_some());
        assert_eq!(find_program("no-such-program-anywhere"), None);
    }

    #[test]
    fn the_newest_postgres_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        for version in ["9", "15", "junk"] {
            std::fs::create_dir(folder.path().join(version)).unwrap();
        }
        let found = postgres_folders(folder.path());
        assert_eq!(found, [folder.path().join("15/bin"), folder.path().join("9/bin")]);
    }

    #[test]
    fn nothing_is_installed_when_it_is_there() {
        ensure(&["no-such-package-anywhere"], || true).unwrap();
    }
}
