//! Arbitration of made-up companies, twenty offers each: a million under time and memory, and beside HiGHS on the linear
//! program of the very same rows and columns.
//!
//! HiGHS gets so long for each of its methods; the fastest that ended by itself counts. Where none did, the time
//! that it was given stands for it, so that the ratio is at most what the table says, and the gap is to our own
//! bound. How close that bound is to the optimum of the linear program, smaller problems tell, which HiGHS solves.

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
/// By how much our bound may lie above the optimum of the linear program.
const LOOSE_PERCENT_MAX: f64 = 0.01;
/// A hundredth of the peer's time.
const TIMES: f64 = 0.01;
const REPETITIONS: usize = 3;
/// How long each of the peer's methods may take, seconds.
const PATIENCE: &str = "200";

/// One of the peer's methods: as its script calls it, and as the table does.
struct Method {
    code: &'static str,
    name: &'static str,
}

const METHODS: [Method; 4] = [
    Method { code: "simplex", name: "HiGHS, simplex" },
    Method { code: "ipm", name: "HiGHS, interior point with crossover" },
    Method { code: "ipm-no-crossover", name: "HiGHS, interior point without crossover" },
    Method { code: "pdlp", name: "HiGHS, PDLP to 1e-4" },
];

/// Accounts, pools.
type Size = [&'static str; 2];

pub(super) fn run(setting: &Setting) -> Result<Vec<Figure>> {
    let program = build()?;
    let python = Python::prepare()?;
    let folder = setting.scratch.join("arbitration");
    std::fs::create_dir_all(&folder).context("cannot make the bench's folder")?;
    let mut figures = million(&program)?;
    figures.extend(pools(&program)?);
    for (size, of) in [(["2000", "10"], "2,000"), (["4000", "10"], "4,000")] {
        figures.extend(small(&program, (&python, &folder), (size, of))?);
    }
    figures.extend(beside(&program, &python, &folder)?);
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
    fn of(program: &Path, [accounts, pools]: Size, folder: Option<&Path>) -> Result<Self> {
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

fn figure(name: impl Into<String>, unit: &'static str, (raw, against): (f64, Against)) -> Figure {
    Figure { name: name.into(), unit, sample: Sample::new(vec![raw]), against }
}

fn million(program: &Path) -> Result<Vec<Figure>> {
    let size = ["1000000", "50"];
    let said = Said::of(program, size, None)?;
    let mut command: Command = on_two_cores(program);
    command.args(size).arg("2");
    let Measured { rss_gib_max, .. } = measure(command)?;
    let gap = said.short_of(said.bound);
    Ok(vec![
        figure(
            "1,000,000 accounts, 50 pools x 4 weeks",
            "s",
            (said.seconds, Against::Limit(SECONDS_MAX)),
        ),
        figure(
            "its peak memory, with the made-up data",
            "GiB",
            (rss_gib_max, Against::Limit(RSS_GIB_MAX)),
        ),
        figure("its gap to our bound", "%", (gap, Against::Limit(GAP_PERCENT_MAX))),
    ])
}

/// A hundred thousand accounts in pools, and with a rep for each hundred, where knapsacks are small.
fn pools(program: &Path) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for (pools, of, limit) in [
        ("50", "100,000 accounts, 50 pools x 4 weeks", Against::Limit(GAP_PERCENT_MAX)),
        ("1000", "100,000 accounts, 1,000 reps x 4 weeks", Against::Nothing),
    ] {
        let said = Said::of(program, ["100000", pools], None)?;
        figures.push(figure(of, "s", (said.seconds, Against::Limit(SECONDS_MAX))));
        figures.push(figure("its gap to our bound", "%", (said.short_of(said.bound), limit)));
    }
    Ok(figures)
}

/// What the peer did with a problem.
struct Peer {
    name: &'static str,
    /// Of the fastest method that ended by itself, else what each was given.
    seconds: f64,
    finished: bool,
    /// From any method that proved it.
    optimum: Option<f64>,
}

fn highs(python: &Python, folder: &Path) -> Result<Peer> {
    let mut peer = Peer {
        name: "HiGHS, stopped unfinished in all its methods",
        seconds: f64::INFINITY,
        finished: false,
        optimum: None,
    };
    for method in &METHODS {
        let arguments = [folder.as_os_str(), OsStr::new(PATIENCE), OsStr::new(method.code)];
        let said = python.script("arbitration.py", arguments)?;
        let number = |key: &str| said.get(key).and_then(serde_json::Value::as_f64);
        let seconds = number("seconds").context("arbitration.py printed no `seconds`")?;
        let ended = said.get("ended").and_then(serde_json::Value::as_bool);
        let ended = ended.context("arbitration.py printed no `ended`")?;
        println!("  {}: {seconds:.1} s, {said}", method.name);
        peer.optimum = peer.optimum.or(number("optimum"));
        if (!ended, seconds) < (!peer.finished, peer.seconds) {
            (peer.seconds, peer.finished) = (seconds, ended);
            if ended {
                peer.name = method.name;
            }
        }
    }
    Ok(peer)
}

/// Sizes that HiGHS solves: how loose our bound is, and our time beside its.
fn small(
    program: &Path,
    (python, folder): (&Python, &Path),
    (size, of): (Size, &str),
) -> Result<Vec<Figure>> {
    let said = Said::of(program, size, Some(folder))?;
    let peer = highs(python, folder)?;
    let optimum = peer.optimum.with_context(|| format!("HiGHS has no optimum of {of} accounts"))?;
    let loose = 100.0 * (said.bound - optimum) / optimum.abs();
    if loose < -1e-4 {
        bail!("our bound {} is below HiGHS's optimum {optimum}", said.bound);
    }
    let of = format!("{of} accounts, 10 pools x 4 weeks");
    let limit = Against::Limit(LOOSE_PERCENT_MAX);
    let shorter = said.short_of(optimum);
    Ok(vec![
        figure(format!("{of}: our bound above HiGHS's optimum"), "%", (loose.max(0.0), limit)),
        figure(
            format!("{of}: gap of the plan to HiGHS's optimum"),
            "%",
            (shorter, Against::Nothing),
        ),
        figure(
            format!("{of}: our time as a share of HiGHS's best ({})", peer.name),
            "%",
            (100.0 * said.seconds / peer.seconds, Against::Nothing),
        ),
    ])
}

fn beside(program: &Path, python: &Python, folder: &Path) -> Result<Vec<Figure>> {
    let size = ["10000", "10"];
    let first = Said::of(program, size, Some(folder))?;
    let mut ours = vec![first.seconds];
    for _ in 1..REPETITIONS {
        ours.push(Said::of(program, size, None)?.seconds);
    }
    let peer = highs(python, folder)?;
    let against =
        Against::Peer { name: peer.name, sample: Sample::new(vec![peer.seconds]), times: TIMES };
    let of = "10,000 accounts, 10 pools x 4 weeks";
    let name = if peer.finished { of.to_owned() } else { format!("{of} (ratio: at most)") };
    let beside = Figure { name, unit: "s", sample: Sample::new(ours), against };
    let (most, what) = match peer.optimum {
        Some(optimum) => (optimum, "HiGHS's optimum"),
        None => (first.bound, "our bound, HiGHS having proved none"),
    };
    let gap = (first.short_of(most), Against::Limit(GAP_PERCENT_MAX));
    Ok(vec![beside, figure(format!("{of}: gap to {what}"), "%", gap)])
}
