//! What the figures were measured on: machine, data and commit.

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::io::Read;
use std::path::Path;
use std::process::Command;

/// The processor's model, the cores and the memory, as one line.
pub(super) fn describe() -> String {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let model = field(&cpus, "model name").unwrap_or("unknown processor");
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let total = field(&memory, "MemTotal").and_then(|it| it.split(' ').next()?.parse().ok());
    let gib = total.map_or(0.0, |kib: u32| f64::from(kib) / f64::from(1 << 20));
    format!("{model}, {cores} cores, {gib:.0} GiB")
}

/// The value of the first `name : value` line.
fn field<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let of_line = |line: &'t str| line.split_once(':').filter(|(key, _)| key.trim() == name);
    text.lines().find_map(of_line).map(|(_, value)| value.trim())
}

/// The commit's hash, and whether the files differ from it; `page`, which is about to be written, may.
pub(super) fn commit_before(page: &Path) -> Result<String> {
    let hash = git(&["rev-parse", "HEAD"])?;
    let status = git(&["status", "--porcelain", "--untracked-files=no"])?;
    let changed = status.lines().any(|line| {
        let file = line.trim_start().split_once(' ').map_or("", |(_, file)| file.trim());
        !page.ends_with(file)
    });
    Ok(if changed { format!("{hash}, with changes not committed") } else { hash })
}

/// Today in UTC, as `2026-01-31`.
pub(super) fn today() -> Result<String> {
    let output = Command::new("date").args(["-u", "+%F"]).output().context("cannot start date")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn git(arguments: &[&str]) -> Result<String> {
    let output = Command::new("git").current_dir(crate::root()).args(arguments).output();
    let output = output.context("cannot start git")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The file's SHA-256 in hexadecimal digits.
pub(super) fn sha256(path: &Path) -> Result<String> {
    let mut file =
        std::fs::File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read =
            file.read(&mut buffer).with_context(|| format!("cannot read {}", path.display()))?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
    }
    Ok(hash.finalize().iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes all that is written");
        text
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_by_name() {
        let text = "processor\t: 0\nmodel name\t: A: B\nmodel name\t: C\n";
        assert_eq!(field(text, "model name"), Some("A: B"));
        assert_eq!(field(text, "model"), None);
    }

    #[test]
    fn hashes_match_the_published_vector() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        std::fs::write(&path, "abc").unwrap();
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(&path).unwrap(), expected);
    }
}
