//! Propensity with methods compared, calibration and reasons, beside LightGBM with default settings.

use super::figure::{Against, Figure, Sample};
use super::program::{Setting, measure};
use super::python::Python;
use crate::data;
use anyhow::{Context, Result};
use std::ffi::OsStr;

const REPETITIONS: usize = 3;
/// How many times LightGBM's time ours may take.
const TIMES: f64 = 1.5;

/// Alternates the two. Ours is the whole command: start, reading, four methods on five folds, scores and reasons of all
/// rows; theirs has one method on five folds, one fit, scores and contributions.
pub(super) fn run(setting: &Setting) -> Result<Vec<Figure>> {
    let python = Python::prepare()?;
    let source = data::folder().join("bank_uci/bank-full.csv");
    if !source.is_file() {
        println!("  SKIPPED-DATA: {} is not there; set NOBISHIRO_DATA", source.display());
        return Ok(Vec::new());
    }
    let folder = &setting.scratch;
    let (out, theirs) = (folder.join("propensity.csv"), folder.join("lightgbm.csv"));
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for _ in 0..REPETITIONS {
        let words = "model propensity --target y --ignore duration";
        let mut command = setting.command(words.split(' ').map(OsStr::new));
        command.arg("--train").arg(&source).arg("--score").arg(&source).arg("--out").arg(&out);
        ours.push(measure(command)?.wall_s);
        let arguments = [source.as_os_str(), theirs.as_os_str()];
        let said = python.script("propensity_speed.py", arguments)?;
        let seconds = said.get("seconds").and_then(serde_json::Value::as_f64);
        peers.push(seconds.context("propensity_speed.py printed no `seconds`")?);
    }
    let against = Against::Peer { name: "LightGBM", sample: Sample::new(peers), times: TIMES };
    let name = "propensity of 45,211 rows, cross-validated, with reasons".to_owned();
    Ok(vec![Figure { name, unit: "s", sample: Sample::new(ours), against }])
}
