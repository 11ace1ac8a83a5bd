//! Every guard's verdict on fifty offers to one account, as a click or a prompt asks.

use super::figure::{Against, Figure, Sample};
use super::program::Setting;
use anyhow::{Context, Result, bail};
use std::process::Command;

/// Microseconds for all guards, one account and fifty offers.
const LIMIT_US: f64 = 50.0;

pub(super) fn run(_: &Setting) -> Result<Vec<Figure>> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["bench", "--quiet", "--package", "decide", "--bench", "verdicts"]);
    let output = command.current_dir(crate::root()).output();
    let output = output.context("cannot start cargo")?;
    if !output.status.success() {
        bail!("the bench of verdicts failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let text = String::from_utf8(output.stdout).context("the samples are text")?;
    let samples: Result<Vec<f64>, _> = text.split_whitespace().map(str::parse).collect();
    let samples = samples.with_context(|| format!("no samples: {text}"))?;
    if samples.is_empty() {
        bail!("the bench of verdicts printed no samples");
    }
    Ok(vec![Figure {
        name: "all guards, one account, 50 offers".to_owned(),
        unit: "µs",
        sample: Sample::new(samples),
        against: Against::Limit(LIMIT_US),
    }])
}
