//! Ingest of a year's order lines, beside DuckDB reading, casting and sorting the same file.

use super::figure::{Against, Figure, Sample};
use super::program::Setting;
use super::python::Python;
use anyhow::{Context, Result, bail};
use std::path::Path;

const REPETITIONS: usize = 3;
/// How many times DuckDB's time an ingest may take: it also checks every row and keeps the keys.
const TIMES: f64 = 2.0;
/// A workspace smaller than this cannot hold the order lines, so that its time would mean nothing.
const KEPT_BYTES_MIN: u64 = 2 << 20;

pub(super) fn run(setting: &Setting) -> Result<Vec<Figure>> {
    let python = Python::prepare()?;
    let parquet = setting.data.join("transactions.parquet");
    let csv = setting.scratch.join("transactions.csv");
    python.script("to_csv.py", [parquet.as_os_str(), csv.as_os_str()])?;
    let mut figures = Vec::new();
    for (format, path) in [("Parquet", &parquet), ("CSV", &csv)] {
        figures.push(one(setting, &python, format, path)?);
    }
    Ok(figures)
}

/// Alternates the two, so that a busy moment of the machine meets both.
fn one(setting: &Setting, python: &Python, format: &str, path: &Path) -> Result<Figure> {
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for repetition in 0..REPETITIONS {
        let workspace = setting.workspace(&format!("ingest-{repetition}"))?;
        ours.push(setting.ingest(&workspace, path)?.wall_s);
        let kept = size_bytes(&workspace)?;
        if kept < KEPT_BYTES_MIN {
            bail!("the ingest of {format} kept {kept} bytes in all: it took hardly any row");
        }
        std::fs::remove_dir_all(&workspace)
            .with_context(|| format!("cannot remove {}", workspace.display()))?;
        let sorted = setting.scratch.join("duckdb.parquet");
        let answer = python.script("duckdb_ingest.py", [path.as_os_str(), sorted.as_os_str()])?;
        match answer.get("seconds").and_then(serde_json::Value::as_f64) {
            Some(seconds) => peers.push(seconds),
            None => bail!("duckdb_ingest.py printed no `seconds`: {answer}"),
        }
    }
    let against = Against::Peer { name: "DuckDB", sample: Sample::new(peers), times: TIMES };
    let name = format!("ingest of 1,469,307 order lines from {format}");
    Ok(Figure { name, unit: "s", sample: Sample::new(ours), against })
}

/// The size of all files under a folder.
fn size_bytes(folder: &Path) -> Result<u64> {
    let context = || format!("cannot list {}", folder.display());
    let mut total = 0;
    for entry in std::fs::read_dir(folder).with_context(context)? {
        let path = entry.with_context(context)?.path();
        total += if path.is_dir() {
            size_bytes(&path)?
        } else {
            path.metadata().with_context(context)?.len()
        };
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_add_up_over_folders() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("lake")).unwrap();
        std::fs::write(folder.path().join("a"), "xyz").unwrap();
        std::fs::write(folder.path().join("lake/b"), "xy").unwrap();
        assert_eq!(size_bytes(folder.path()).unwrap(), 5);
    }
}
