//! Writes `docs/reference/benchmarks.md`: a section a bench, each with where its figures come from, so that one
//! bench can be measured anew while the others' figures stand.

use super::figure::{Against, Figure};
use super::machine;
use super::program::Setting;
use super::python::Python;
use super::{BENCHES, Bench};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::PathBuf;

const DATA: &str = "Data";

/// Puts the bench's figures in the place of those that the page has of it.
pub(super) fn write(setting: &Setting, bench: &Bench, figures: &[Figure]) -> Result<()> {
    let path = crate::root().join("docs/reference/benchmarks.md");
    let peers = figures.iter().any(|it| matches!(it.against, Against::Peer { .. }));
    let origin = Origin {
        day: machine::today()?,
        machine: machine::describe(),
        commit: machine::commit_before(&path)?,
        profile: setting.profile.clone(),
        peers: if peers { Some(Python::prepare()?.versions()?) } else { None },
    };
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    let mut sections = sections(&page);
    sections.insert(bench.name.to_owned(), section(bench, &origin, figures));
    sections.insert(DATA.to_owned(), data(setting)?);
    std::fs::write(&path, render(&sections))
        .with_context(|| format!("cannot write {}", path.display()))?;
    println!("  written: docs/reference/benchmarks.md");
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

/// The hashes of the files that the benches read.
fn data(setting: &Setting) -> Result<String> {
    let mut lines = vec!["| file of completejourney | SHA-256 |\n|---|---|".to_owned()];
    for path in data_files(setting)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        lines.push(format!("| {name} | `{}` |", machine::sha256(&path)?));
    }
    Ok(lines.join("\n"))
}

/// Where a bench's figures come from.
struct Origin {
    day: String,
    machine: String,
    commit: String,
    profile: String,
    peers: Option<String>,
}

/// The text of each section of a page, by its heading.
fn sections(page: &str) -> BTreeMap<String, String> {
    let parts = page.split("\n## ").skip(1);
    let headed = parts.filter_map(|part| part.split_once('\n'));
    headed.map(|(name, text)| (name.trim().to_owned(), text.trim().to_owned())).collect()
}

/// The page with the sections of known benches, in their order.
fn render(sections: &BTreeMap<String, String>) -> String {
    let mut page = "# Benchmarks\n\nMeasured and written by `cargo xtask bench`; not edited by hand. A peer is compared by\n\
                    medians, in the same run, in turns; a limit holds for the slowest repetition. Programs get two\n\
                    cores.\n"
        .to_owned();
    for name in BENCHES.iter().map(|bench| bench.name).chain([DATA]) {
        if let Some(text) = sections.get(name) {
            page.push_str(&format!("\n## {name}\n\n{text}\n"));
        }
    }
    page
}

fn section(bench: &Bench, origin: &Origin, figures: &[Figure]) -> String {
    let Origin { day, machine, commit, profile, peers } = origin;
    let mut lines = vec![
        format!("{}.", bench.measures),
        String::new(),
        format!("- {day}, commit {commit}; cargo profile `{profile}`"),
        format!("- machine: {machine}"),
    ];
    lines.extend(peers.iter().map(|peers| format!("- peers: {peers}")));
    lines.extend([
        String::new(),
        "| figure | best | median | worst | peer or limit | ratio | |".into(),
        "|---|---|---|---|---|---|---|".into(),
    ]);
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
    lines.extend([String::new(), "Raw numbers:".into(), String::new()]);
    for it in figures {
        lines.push(format!("- {}, {}: {}", it.name, it.unit, it.sample.raw_text()));
        if let Against::Peer { name, sample, .. } = &it.against {
            lines.push(format!("  - {name}: {}", sample.raw_text()));
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::figure::Sample;
    use super::*;

    fn origin() -> Origin {
        Origin {
            day: "2026-01-31".into(),
            machine: "M".into(),
            commit: "C".into(),
            profile: "release".into(),
            peers: Some("DuckDB 1".into()),
        }
    }

    fn figure() -> Figure {
        let peer = Sample::new(vec![1.0]);
        Figure {
            name: "it".into(),
            unit: "s",
            sample: Sample::new(vec![3.0]),
            against: Against::Peer { name: "DuckDB", sample: peer, times: 2.0 },
        }
    }

    #[test]
    fn a_section_holds_origin_figures_and_raw_numbers() {
        let text = section(&BENCHES[0], &origin(), &[figure()]);
        for line in [
            "- 2026-01-31, commit C; cargo profile `release`",
            "- machine: M",
            "- peers: DuckDB 1",
            "| it | 3.00 s | 3.00 s | 3.00 s | DuckDB: best 1.00, median 1.00 s; at most 2x \
             | 3.00 | **missed** |",
            "- it, s: 3.000",
            "  - DuckDB: 1.000",
        ] {
            assert!(text.lines().any(|it| it == line), "no line {line:?} in\n{text}");
        }
    }

    #[test]
    fn one_bench_is_replaced_and_the_others_stand() {
        let text = |name: &str| format!("{name}'s figures\n\n| a | b |");
        let named = |name: &str| (name.to_owned(), text(name));
        let old = BTreeMap::from([named("night"), named("ingest"), named("gone"), named(DATA)]);
        let mut read = sections(&render(&old));
        assert_eq!(read.get("night"), Some(&text("night")));
        assert_eq!(read.get("gone"), None, "what is no bench is not carried on");
        read.insert("night".to_owned(), section(&BENCHES[1], &origin(), &[figure()]));
        let page = render(&read);
        let headings: Vec<&str> = page.lines().filter(|line| line.starts_with('#')).collect();
        assert_eq!(headings, ["# Benchmarks", "## ingest", "## night", "## Data"]);
        assert!(page.contains("ingest's figures") && !page.contains("night's figures"), "{page}");
    }
}
