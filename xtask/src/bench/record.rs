//! Writes `docs/reference/benchmarks.md`: the tables of quality and of speed first, then a section a bench, each with
//! where its figures come from, so that one bench can be measured anew while the others' figures stand.

use super::figure::{Against, Figure, shown};
use super::machine;
use super::program::Setting;
use super::python::Python;
use super::{BENCHES, Bench, quality, tournament};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::PathBuf;

const DATA: &str = "Data";
/// The table of what has a peer; it is read off the benches' sections.
const SPEED: &str = "speed";

/// The page.
pub(super) fn path() -> PathBuf {
    crate::root().join("docs/reference/benchmarks.md")
}

/// Puts the bench's figures in the place of those that the page has of it.
pub(super) fn write(setting: &Setting, bench: &Bench, figures: &[Figure]) -> Result<()> {
    let peers = figures.iter().any(|it| matches!(it.against, Against::Peer { .. }));
    let origin = Origin {
        day: machine::today()?,
        machine: machine::describe(),
        commit: setting.commit.clone(),
        built: setting.built.clone(),
        peers: if peers { Some(Python::prepare()?.versions()?) } else { None },
    };
    write_section(setting, bench.name, |_| section(bench, &origin, figures))
}

/// Replaces one section by what `text` makes of the old one, and what is read off the sections.
pub(super) fn write_section(
    setting: &Setting,
    name: &str,
    text: impl FnOnce(&str) -> String,
) -> Result<()> {
    let page = std::fs::read_to_string(path()).unwrap_or_default();
    let mut sections = sections(&page);
    let old = sections.remove(name).unwrap_or_default();
    sections.insert(name.to_owned(), text(&old));
    sections.insert(DATA.to_owned(), data(setting)?);
    sections.insert(SPEED.to_owned(), speed(&sections));
    std::fs::write(path(), render(&sections))
        .with_context(|| format!("cannot write {}", path().display()))?;
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
    built: String,
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
    let benches = BENCHES.iter().map(|bench| bench.name);
    for name in [quality::NAME, tournament::NAME, SPEED].into_iter().chain(benches).chain([DATA]) {
        if let Some(text) = sections.get(name) {
            page.push_str(&format!("\n## {name}\n\n{text}\n"));
        }
    }
    page
}

/// One row for each figure with a peer: its row in the bench's section, without best and worst.
fn speed(sections: &BTreeMap<String, String>) -> String {
    let mut lines = vec![
        "Medians of ours and of the peer, in one run on the same data; the ratio is ours over the peer's.".to_owned(),
        String::new(),
        "| bench | figure | ours | peer | ratio | |".to_owned(),
        "|---|---|---|---|---|---|".to_owned(),
    ];
    for bench in BENCHES {
        let rows = sections.get(bench.name).map_or("", String::as_str).lines();
        for cells in rows.map(|row| row.split(" | ").collect::<Vec<_>>()) {
            if let [figure, _, median, _, against, ratio, verdict] = cells[..]
                && against.contains(": best ")
            {
                let figure = figure.trim_start_matches("| ");
                lines.push(format!(
                    "| {} | {figure} | {median} | {against} | {ratio} | {verdict}",
                    bench.name
                ));
            }
        }
    }
    lines.join("\n")
}

fn section(bench: &Bench, origin: &Origin, figures: &[Figure]) -> String {
    let Origin { day, machine, commit, built, peers } = origin;
    let mut lines = vec![
        format!("{}.", bench.measures),
        String::new(),
        format!("- {day}, commit {commit}; {built}"),
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
            "| {} | {} {unit} | {} {unit} | {} {unit} | {} | {} | {} |",
            it.name,
            shown(sample.best()),
            shown(sample.median()),
            shown(sample.worst()),
            it.against_text(),
            shown(it.ratio()),
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
            built: "cargo profile `release`".into(),
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

    #[test]
    fn what_has_a_peer_stands_in_the_table_of_speed() {
        let limit = Figure { against: Against::Limit(4.0), ..figure() };
        let name = BENCHES[0].name;
        let text = section(&BENCHES[0], &origin(), &[figure(), limit]);
        let speed = speed(&BTreeMap::from([(name.to_owned(), text)]));
        let rows: Vec<&str> = speed.lines().skip(4).collect();
        let row = "| ingest | it | 3.00 s | DuckDB: best 1.00, median 1.00 s; at most 2x | 3.00 | **missed** |";
        assert_eq!(rows, [row]);
    }
}
