//! An X-learner over boosted trees with intervals by refits, beside causalml's over LightGBM.

use super::figure::{Against, Figure, Sample};
use super::program::{Setting, measure};
use super::python::Python;
use crate::data;
use anyhow::{Context, Result};
use std::ffi::OsStr;

const REPETITIONS: usize = 3;
/// How many times causalml's time ours may take.
const TIMES: f64 = 1.0 / 3.0;
/// Refits on halves, as many as the program makes.
const REFITS: &str = "20";

/// Alternates the two. Ours is the whole command: start, reading, cross-validation with the Qini's interval, and the
/// refits; theirs has no cross-validation.
pub(super) fn run(setting: &Setting) -> Result<Vec<Figure>> {
    let python = Python::prepare()?;
    let source = data::folder().join("hillstrom_womens/hillstrom_womens.csv");
    if !source.is_file() {
        println!("  SKIPPED-DATA: {} is not there; set NOBISHIRO_DATA", source.display());
        return Ok(Vec::new());
    }
    let (out, theirs) = (setting.scratch.join("uplift.csv"), setting.scratch.join("causalml.csv"));
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for _ in 0..REPETITIONS {
        let words = "model uplift --treatment segment --outcome visit --ignore conversion,spend --method x-boosted";
        let mut command = setting.command(words.split(' ').map(OsStr::new));
        command.args(["--treated", "Womens E-Mail"]);
        command.arg("--train").arg(&source).arg("--score").arg(&source).arg("--out").arg(&out);
        ours.push(measure(command)?.wall_s);
        let arguments =
            [source.as_os_str(), source.as_os_str(), theirs.as_os_str(), REFITS.as_ref()];
        let said = python.script("uplift_speed.py", arguments)?;
        let seconds = said.get("seconds").and_then(serde_json::Value::as_f64);
        peers.push(seconds.context("uplift_speed.py printed no `seconds`")?);
    }
    let against = Against::Peer { name: "causalml", sample: Sample::new(peers), times: TIMES };
    let name = "uplift of 42,693 rows, X-learner over boosted trees, 20 refits".to_owned();
    Ok(vec![Figure { name, unit: "s", sample: Sample::new(ours), against }])
}
