//! The plan against other ways to choose, in simulated markets whose truth is known (`docs/simulator.md`).
//!
//! For each preset and seed: a market is made, taken in, and a night is run; then each way chooses offers for the
//! same accounts under the same hours of each representative over four weeks, one offer an account, and its choice is
//! worth what the truth says. Ways other than the plan know the run's own probabilities and prices of every candidate.

mod ceiling;
mod market;
mod ways;
mod verdict;

use std::process::Command;

use anyhow::{Context, Result, bail};

use super::program::{Setting, measure};
use super::record;
use market::Market;
use ways::WAYS;

/// The word on the command line, and the heading of the table on the page.
pub(super) const NAME: &str = "tournament";
const PRESETS: [&str; 3] = ["rare", "mixed", "fatigue"];
const SEEDS: usize = 20;
const ACCOUNTS: usize = 2_000;
const LESSON: usize = 1_000_000;
/// A Sunday, so that the four weeks of the horizon are whole.
const AS_OF: &str = "2026-03-15";
/// Hours cost here what the truth says that they cost. No hours are kept for help: by assumption it earns nothing here,
/// and no other way spends any on it.
const POLICY: &str = "version = 1\n[value]\nhourly_rate_minor = 4000\n[hours]\ncare_share = 0.0\n";

/// How many seeds and accounts; smaller ones for a look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) seeds: usize,
    pub(super) accounts: usize,
    /// Customers whose truth the learner is shown for the ceiling.
    pub(super) lesson: usize,
}

impl Default for Size {
    fn default() -> Self {
        Self { seeds: SEEDS, accounts: ACCOUNTS, lesson: LESSON }
    }
}

/// One market, and what each way earned in it.
struct Round {
    /// By way, in the order of [`WAYS`].
    results: Vec<ways::Earned>,
}

/// Plays every preset and seed; how many of the claims are short, of how many.
pub(super) fn run(setting: &Setting, size: Size) -> Result<(usize, usize)> {
    let mut tables = Vec::new();
    for preset in PRESETS {
        let mut markets = Vec::new();
        for seed in 1..=size.seeds {
            markets.push(play(setting, preset, (seed, size.accounts))?);
            println!("  {preset} {seed}: a night is over");
        }
        ceiling::teach(setting, (preset, size.lesson), &mut markets)?;
        let earn = |(seed, market): (usize, &Market)| Round {
            results: WAYS.iter().map(|way| way.earn(market, seed)).collect(),
        };
        let rounds: Vec<Round> = (1..).zip(&markets).map(earn).collect();
        for (seed, round) in (1..).zip(&rounds) {
            println!("  {preset} {seed}: {}", verdict::line(round));
        }
        let table = verdict::Table::of(preset, &rounds);
        println!("{table}");
        tables.push(table);
    }
    let (short, claims) = verdict::count(&tables);
    record::write_section(setting, NAME, |_| verdict::page(&tables, size, setting))?;
    Ok((short, claims))
}

/// Makes a market, takes it in, runs a night, and reads what came of it.
fn play(setting: &Setting, preset: &str, (seed, accounts): (usize, usize)) -> Result<Market> {
    let files = setting.scratch.join("market");
    let workspace = setting.scratch.join("market-workspace");
    for folder in [&files, &workspace] {
        if folder.exists() {
            std::fs::remove_dir_all(folder)
                .with_context(|| format!("cannot remove {}", folder.display()))?;
        }
    }
    let (seed, accounts) = (seed.to_string(), accounts.to_string());
    let mut simulate = setting.command(["simulate".as_ref(), "--out".as_ref(), files.as_os_str()]);
    simulate.args(["--preset", preset, "--accounts", &accounts, "--seed", &seed, "--as-of", AS_OF]);
    measure(simulate)?;
    let mut init = setting.command(["init".as_ref(), workspace.as_os_str()]);
    init.args(["--currency", "JPY", "--zone", "Asia/Tokyo"]);
    measure(init)?;
    std::fs::write(workspace.join("policy.toml"), POLICY).context("cannot write the policy")?;
    let on = |verb: &str| {
        setting.command([verb.as_ref(), "--workspace".as_ref(), workspace.as_os_str()])
    };
    let mut ingest = on("ingest");
    ingest.arg(&files);
    measure(ingest)?;
    let mut run = on("run");
    run.args(["--as-of", AS_OF]);
    measure(run)?;
    let mut all = on("plays");
    all.args(["--all", "--format", "json"]);
    Market::read(&files, &printed(all)?)
}

/// What a command prints.
fn printed(mut command: Command) -> Result<String> {
    let output = command.output().context("cannot start the program")?;
    if !output.status.success() {
        bail!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8(output.stdout).with_context(|| format!("{command:?} printed no text"))
}
