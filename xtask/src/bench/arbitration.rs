//! Arbitration of made-up companies, twenty offers each: a million under time and memory, and beside HiGHS on the linear
//! program of the very same rows and columns.

use super::figure::{Against, Figure, Sample};
use super::program::{Measured, Setting, measure, on_two_cores};
use super::python::Python;
use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const SECONDS_MAX: f64 = 60.0;
const RSS_GIB_MAX: f64 = 4.0;
const GAP_PERCENT_MAX: f64 = 0.1;
/// A hundredth of the peer's time.
const TIMES: f64 = 0.01;
const REPETITIONS: usize = 3;
/// How long the peer may take, seconds.
const PATIENCE: &str = "600";
/// The peer's methods; the faster one counts.
const METHODS: [&str; 2] = ["choose", "ipm"];

pub(super) fn run(setting: &Setting) -> Result<Vec<Figure>> {
    let program = build()?;
    let python = Python::prepare()?;
    let folder = setting.scratch.join("arbitration");
    std::fs::create_dir_all(&folder).context("cannot make the bench's folder")?;
    let mut figures = million(&program)?;
    figures.extend(beside(&program, &python, &folder)?);
    figures.extend(pools(&program, &python, &folder)?);
    Ok(figures)
}

/// The example of the crate alone: neither the batch engine nor the web are built for it.
fn build() -> Result<PathBuf> {
    println!("Building the example arbitration (release) …");
    let mut build = crate::cargo();
    build.args(["build", "--package", "decide", "--release", "--example", "arbitration"]);
    let status = build.status().context("cannot start cargo")?;
    if !status.success() {
        bail!("the example arbitration does not build");
    }
    Ok(crate::root().join("target/release/examples/arbitration"))
}

/// What the example says of one problem; with a folder it writes the linear program there.
struct Said {
    seconds: f64,
    total: f64,
    bound: f64,
}

impl Said {
    fn of(program: &Path, [accounts, pools]: [&str; 2], folder: Option<&Path>) -> Result<Self> {
        let mut command = on_two_cores(program);
        command.args([accounts, pools, "2"]).args(folder).stdin(Stdio::null());
        let output = command.output().context("cannot start the example")?;
        if !output.status.success() {
            bail!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        let said: serde_json::Value =
            serde_json::from_slice(&output.stdout).context("the example printed no JSON")?;
        let number = |key: &str| {
            let found = said.get(key).and_then(serde_json::Value::as_f64);
            found.with_context(|| format!("the example said no `{key}`: {said}"))
        };
        Ok(Self { seconds: number("seconds")?, total: number("total")?, bound: number("bound")? })
    }

    /// By how much the plan falls short of an amount, percent of it.
    fn short_of(&self, most: f64) -> f64 {
        (100.0 * (most - self.total) / most.abs()).max(0.0)
    }
}

fn limit(name: &str, unit: &'static str, raw: Vec<f64>, limit: f64) -> Figure {
    let against = Against::Limit(limit);
    Figure { name: name.to_owned(), unit, sample: Sample::new(raw), against }
}

fn million(program: &Path) -> Result<Vec<Figure>> {
    let size = ["1000000", "50"];
    let said = Said::of(program, size, None)?;
    let mut command: Command = on_two_cores(program);
    command.args(size).arg("2");
    let Measured { rss_gib_max, .. } = measure(command)?;
    Ok(vec![
        limit("1,000,000 accounts x 20 offers", "s", vec![said.seconds], SECONDS_MAX),
        limit("its peak memory, with the made-up data", "GiB", vec![rss_gib_max], RSS_GIB_MAX),
        limit("its gap to the bound", "%", vec![said.short_of(said.bound)], GAP_PERCENT_MAX),
    ])
}

/// The peer's time by its faster method, and its optimum; where it did not finish, the time it was given.
fn highs(python: &Python, folder: &Path) -> Result<(f64, Option<f64>)> {
    let mut best: (f64, Option<f64>) = (f64::INFINITY, None);
    for method in METHODS {
        let arguments = [folder.as_os_str(), OsStr::new(PATIENCE), OsStr::new(method)];
        let said = python.script("arbitration.py", arguments)?;
        let seconds = said.get("seconds").and_then(serde_json::Value::as_f64);
        let seconds = seconds.context("arbitration.py printed no `seconds`")?;
        let optimum = said.get("optimum").and_then(serde_json::Value::as_f64);
        println!("  HiGHS, {method}: {seconds:.1} s, optimum {optimum:?}");
        if (optimum.is_none(), seconds) < (best.1.is_none(), best.0) {
            best = (seconds, optimum);
        }
    }
    Ok(best)
}

/// Says where the gap is of our own bound because the peer has no optimum.
fn gap(said: &Said, optimum: Option<f64>, of: &str) -> Figure {
    let (most, what) = optimum.map_or((said.bound, "our bound; HiGHS did not finish"), |most| {
        (most, "HiGHS's optimum of the relaxation")
    });
    let name = format!("{of}: gap to {what}");
    limit(&name, "%", vec![said.short_of(most)], GAP_PERCENT_MAX)
}

fn beside(program: &Path, python: &Python, folder: &Path) -> Result<Vec<Figure>> {
    let size = ["10000", "10"];
    let first = Said::of(program, size, Some(folder))?;
    let mut ours = vec![first.seconds];
    for _ in 1..REPETITIONS {
        ours.push(Said::of(program, size, None)?.seconds);
    }
    let (seconds, optimum) = highs(python, folder)?;
    let name = if optimum.is_some() { "HiGHS" } else { "HiGHS, unfinished" };
    let against = Against::Peer { name, sample: Sample::new(vec![seconds]), times: TIMES };
    let of = "10,000 accounts x 20 offers";
    let beside = Figure { name: of.to_owned(), unit: "s", sample: Sample::new(ours), against };
    Ok(vec![beside, gap(&first, optimum, of)])
}

fn pools(program: &Path, python: &Python, folder: &Path) -> Result<Vec<Figure>> {
    let said = Said::of(program, ["100000", "50"], Some(folder))?;
    let (_, optimum) = highs(python, folder)?;
    let of = "100,000 accounts x 20 offers, 50 pools x 4 weeks";
    Ok(vec![limit(of, "s", vec![said.seconds], SECONDS_MAX), gap(&said, optimum, of)])
}
