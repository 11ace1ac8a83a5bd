//! `nobishiro model ope`: what another policy would have earned, from the log of the one that ran.

mod context;
mod log;
mod report;
mod target;

use anyhow::Result;
use models::ope::evaluate;

use super::sheet::File;
use super::summary::Summary;
use super::table::Table;

/// Which columns of the log say what.
#[derive(Debug, Clone)]
pub struct Columns {
    /// The action taken.
    pub action: String,
    /// The reward that came.
    pub reward: String,
    /// The logging policy's probability of the action taken.
    pub probability: String,
    /// The position in which it was shown.
    pub position: Option<String>,
    /// What was known when it was taken.
    pub context: Vec<String>,
}

/// Reads the log and the target policy, and evaluates by every estimator.
pub fn run(log: &File, target: &File, columns: &Columns, seed: u64) -> Result<(Table, Summary)> {
    let logged = log::read(log, target, columns)?;
    let policy = target::read(target, &logged, columns)?;
    let (log, policy, names) = policy.join(logged);
    let evaluation = evaluate(&log, &policy, seed);
    Ok(report::write(&evaluation, &log, &names))
}
