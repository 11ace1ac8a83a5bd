//! Writes `docs/reference/benchmarks.md`.

use super::figure::{Against, Figure};
use super::machine;
use super::program::Setting;
use super::python::Python;
use anyhow::{Context, Result};
use std::path::PathBuf;

/// Rewrites the page whole.
pub(super) fn write(setting: &Setting, figures: &[Figure]) -> Result<()> {
    let mut hashes = Vec::new();
    for path in data_files(setting)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        hashes.push((name, machine::sha256(&path)?));
    }
    let origin = Origin {
        machine: machine::describe(),
        commit: machine::commit()?,
        profile: setting.profile.clone(),
        peers: Python::prepare()?.versions()?,
        hashes,
    };
    let path = crate::root().join("docs/reference/benchmarks.md");
    std::fs::write(&path, render(&origin, figures))
        .with_context(|| format!("cannot write {}", path.display()))?;
    println!("written: docs/reference/benchmarks.md");
    Ok(())
}

fn data_files(setting: &Setting) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(&setting.data)
        .with_context(|| format!("cannot list {}", setting.data.display()))?;
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    Ok(paths)
}

/// Where the figures come from.
struct Origin {
    machine: String,
    commit: String,
    profile: String,
    peers: String,
    /// (file, SHA-256).
    hashes: Vec<(String, String)>,
}

fn render(origin: &Origin, figures: &[Figure]) -> String {
    let Origin { machine, commit, profile, peers, .. } = origin;
    let mut lines = vec![
        "# Benchmarks".to_owned(),
        String::new(),
        "Measured and written by `cargo xtask bench`; not edited by hand. A peer is compared by"
            .into(),
        "medians, in the same run, in turns; a limit holds for the slowest repetition.".into(),
        String::new(),
        format!("- machine: {machine}; programs get two cores"),
        format!("- commit: {commit}; cargo profile `{profile}`"),
        format!("- peers: {peers}"),
        String::new(),
        "| figure | best | median | worst | peer or limit | ratio | |".into(),
        "|---|---|---|---|---|---|---|".into(),
    ];
    for it in figures {
        let (sample, unit) = (&it.sample, it.unit);
        lines.push(format!(
            "| {} | {:.2} {unit} | {:.2} {unit} | {:.2} {unit} | {} | {:.2} | {} |",
            it.name,
            sample.best(),
            sample.median(),
            sample.worst(),
            it.against_text(),
            it.ratio(),
            it.verdict(),
        ));
    }
    lines.extend([String::new(), "## Raw numbers".into(), String::new()]);
    for it in figures {
        lines.push(format!("- {}, {}: {}", it.name, it.unit, it.sample.raw_text()));
        if let Against::Peer { name, sample, .. } = &it.against {
            lines.push(format!("  - {name}: {}", sample.raw_text()));
        }
    }
    lines.extend([String::new(), "## Data".into(), String::new()]);
    lines.push("| file of completejourney | SHA-256 |\n|---|---|".into());
    lines.extend(origin.hashes.iter().map(|(name, hash)| format!("| {name} | `{hash}` |")));
    lines.push(String::new());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::figure::Sample;
    use super::*;

    #[test]
    fn the_page_holds_origin_figures_and_raw_numbers() {
        let origin = Origin {
            machine: "M".into(),
            commit: "C".into(),
            profile: "release".into(),
            peers: "DuckDB 1".into(),
            hashes: vec![("a.parquet".into(), "ff".into())],
        };
        let peer = Sample::new(vec![1.0]);
        let figure = Figure {
            name: "ingest".into(),
            unit: "s",
            sample: Sample::new(vec![3.0]),
            against: Against::Peer { name: "DuckDB", sample: peer, times: 2.0 },
        };
        let page = render(&origin, &[figure]);
        for line in [
            "- machine: M; programs get two cores",
            "- commit: C; cargo profile `release`",
            "| ingest | 3.00 s | 3.00 s | 3.00 s | DuckDB: best 1.00, median 1.00 s; at most 2x \
             | 3.00 | **missed** |",
            "- ingest, s: 3.000",
            "  - DuckDB: 1.000",
            "| a.parquet | `ff` |",
        ] {
            assert!(page.lines().any(|it| it == line), "no line {line:?} in\n{page}");
        }
    }
}
