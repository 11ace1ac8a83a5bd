//! Neighbours of items, beside `implicit` on a grocer's year, and alone on 1, 10 and 100 million order lines.

use super::figure::{Against, Figure, Sample};
use super::program::{Measured, Setting, measure};
use super::python::Python;
use anyhow::{Context, Result};
use std::path::Path;

const REPETITIONS: usize = 3;
/// The share of `implicit`'s time that cosine neighbours may take.
const TIMES: f64 = 0.333;
const MILLIONS: &[u32] = &[1, 10, 100];
const RSS_GIB_MAX: f64 = 4.0;
/// Ten times the lines may take so many times as long.
const GROWTH_MAX: f64 = 12.0;
/// Minutes would be no answer to an analyst.
const HUNDRED_S_MAX: f64 = 300.0;

pub(super) fn run(setting: &Setting) -> Result<Vec<Figure>> {
    let python = Python::prepare()?;
    let mut figures = vec![beside_implicit(setting, &python)?];
    let mut runs: Vec<(u32, Measured)> = Vec::new();
    for millions in MILLIONS {
        let path = setting.scratch.join("order_lines.parquet");
        let lines = (u64::from(*millions) * 1_000_000).to_string();
        python.script("order_lines.py", [path.as_os_str(), lines.as_ref()])?;
        runs.push((*millions, listed(setting, &path, ("order_id", "product_id"), "auto")?));
        std::fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    let limit = |name: String, unit, value: f64, limit| Figure {
        name,
        unit,
        sample: Sample::new(vec![value]),
        against: Against::Limit(limit),
    };
    for (millions, run) in &runs {
        let name = |what: &str| format!("also-bought of {millions} million order lines: {what}");
        figures.push(limit(name("time"), "s", run.wall_s, HUNDRED_S_MAX));
        figures.push(limit(name("peak memory"), "GiB", run.rss_gib_max, RSS_GIB_MAX));
    }
    for two in runs.windows(2) {
        let name = format!("also-bought: {} against {} million lines", two[1].0, two[0].0);
        let growth = two[1].1.wall_s / two[0].1.wall_s;
        figures.push(limit(name, "times", growth, GROWTH_MAX));
    }
    Ok(figures)
}

/// Alternates the two. Ours is the whole process, which also writes counts, lift and likelihood ratio.
fn beside_implicit(setting: &Setting, python: &Python) -> Result<Figure> {
    let path = setting.data.join("transactions.parquet");
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for _ in 0..REPETITIONS {
        ours.push(listed(setting, &path, ("basket_id", "product_id"), "cosine")?.wall_s);
        let out = setting.scratch.join("peer.csv");
        let arguments = [
            path.as_os_str(),
            "basket_id".as_ref(),
            "product_id".as_ref(),
            "10".as_ref(),
            out.as_os_str(),
        ];
        let answer = python.script("also_bought_peer.py", arguments)?;
        let seconds = answer.get("seconds").and_then(serde_json::Value::as_f64);
        peers.push(
            seconds.with_context(|| format!("also_bought_peer.py printed no time: {answer}"))?,
        );
    }
    let name = "cosine neighbours of 68,509 products in 155,848 baskets".to_owned();
    let against = Against::Peer { name: "implicit", sample: Sample::new(peers), times: TIMES };
    Ok(Figure { name, unit: "s", sample: Sample::new(ours), against })
}

/// Ten neighbours of each item, written as CSV.
fn listed(
    setting: &Setting,
    path: &Path,
    (basket, item): (&str, &str),
    method: &str,
) -> Result<Measured> {
    let mut command = setting.command(["model", "also-bought"].map(AsRef::as_ref));
    command.arg("--baskets").arg(path).args(["--basket", basket, "--item", item]);
    command.args(["--method", method, "--min-count", "1", "--top", "10"]);
    command.arg("--out").arg(setting.scratch.join("also_bought.csv"));
    measure(command)
}
