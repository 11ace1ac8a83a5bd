//! A million simulated customers: BG/NBD fitted, P(alive), expected purchases and intervals written, beside `lifetimes`
//! reading, fitting and writing the same file.

use super::figure::{Against, Figure, Sample};
use super::program::{Setting, measure};
use super::python::Python;
use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

const CUSTOMERS: &str = "1000000";
const SEED: &str = "1";
const REPETITIONS: usize = 3;
/// Our fit in a twentieth of the peer's.
const FIT_TIMES: f64 = 0.05;
/// Reading and writing text cost both the same; the whole in a quarter.
const WHOLE_TIMES: f64 = 0.25;
const RSS_GIB_MAX: f64 = 4.0;
const HORIZON_DAYS: &str = "182";
const HORIZON_WEEKS: &str = "26";

pub(super) fn run(setting: &Setting) -> Result<Vec<Figure>> {
    let python = Python::prepare()?;
    let folder = setting.scratch.join("ltv");
    let size = [folder.as_os_str(), CUSTOMERS.as_ref(), SEED.as_ref()];
    python.script("ltv_simulate.py", size)?;
    let (summary, out) = (folder.join("summary.csv"), folder.join("ours.csv"));
    let (mut ours, mut peaks, mut fits) = (vec![], vec![], vec![]);
    let (mut peers, mut peer_fits) = (vec![], vec![]);
    // Alternates the two, so that a busy moment of the machine meets both.
    for _ in 0..REPETITIONS {
        let measured = measure(model(setting, &summary, &out))?;
        ours.push(measured.wall_s);
        peaks.push(measured.rss_gib_max);
        fits.push(fit_seconds(model(setting, &summary, &out))?);
        let peer_out = folder.join("peer.csv");
        let files = [summary.as_os_str(), peer_out.as_os_str(), HORIZON_WEEKS.as_ref()];
        let said = python.script("lifetimes_fit.py", files)?;
        let seconds = |key: &str| {
            let found = said.get(key).and_then(serde_json::Value::as_f64);
            found.with_context(|| format!("lifetimes_fit.py said no `{key}`: {said}"))
        };
        peers.push(seconds("seconds")?);
        peer_fits.push(seconds("fit_seconds")?);
    }
    if std::fs::metadata(&out).context("nothing was written")?.len() < 10 << 20 {
        bail!("a million rows cannot be in {}", out.display());
    }
    let beside = |name: &str, ours: Vec<f64>, peers: Vec<f64>, times: f64| Figure {
        name: format!("1,000,000 customers, BG/NBD: {name}"),
        unit: "s",
        sample: Sample::new(ours),
        against: Against::Peer { name: "lifetimes", sample: Sample::new(peers), times },
    };
    Ok(vec![
        beside("the fit, with its standard errors", fits, peer_fits, FIT_TIMES),
        beside("from file to file, ours with intervals", ours, peers, WHOLE_TIMES),
        Figure {
            name: "peak memory".to_owned(),
            unit: "GiB",
            sample: Sample::new(peaks),
            against: Against::Limit(RSS_GIB_MAX),
        },
    ])
}

fn model(setting: &Setting, summary: &Path, out: &Path) -> Command {
    let mut model = setting.command(["model", "ltv", "--summary"].map(OsStr::new));
    model.arg(summary).args(["--model", "bg-nbd", "--horizon-days", HORIZON_DAYS]);
    model.arg("--out").arg(out);
    model
}

/// What the program's log says of the fit alone.
fn fit_seconds(mut model: Command) -> Result<f64> {
    model.env("NOBISHIRO_LOG", "batch=info").env("NO_COLOR", "1").stdin(Stdio::null());
    let output = model.output().context("cannot start the program")?;
    let log = String::from_utf8_lossy(&output.stderr);
    let said = log.lines().find_map(|line| line.split_once("seconds=")?.1.split(' ').next());
    let seconds = said.and_then(|text| text.parse().ok());
    seconds.with_context(|| format!("the log says nothing of the fit: {log}"))
}
