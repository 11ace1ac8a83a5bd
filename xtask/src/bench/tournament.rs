//! The plan against other ways to choose, in simulated markets whose truth is known (`docs/simulator.md`).
//!
//! For each preset and seed: a market is made, taken in, and a night is run; then each way chooses offers for the
//! same accounts under the same hours of each representative over four weeks, one offer an account, and its choice is
//! worth what the truth says. Ways other than the plan know the run's own probabilities and prices of every candidate.

mod ceiling;
mod market;
mod ways;
mod verdict;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
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
    let kept = kept(setting)?;
    let mut tables = Vec::new();
    for preset in PRESETS {
        let mut markets = Vec::new();
        for seed in 1..=size.seeds {
            markets.push(play(setting, &kept, preset, (seed, size.accounts))?);
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

/// Where the nights of this executable under this policy are kept, so that a tournament that was broken off goes on, and
/// one with another lesson runs none again.
fn kept(setting: &Setting) -> Result<PathBuf> {
    let program = std::fs::read(&setting.program)
        .with_context(|| format!("cannot read {}", setting.program.display()))?;
    let mut hasher = DefaultHasher::new();
    (program, POLICY, AS_OF).hash(&mut hasher);
    let folder = crate::root().join("target/nights").join(format!("{:016x}", hasher.finish()));
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

/// Makes a market and reads it with what a night made of it.
fn play(
    setting: &Setting,
    kept: &Path,
    preset: &str,
    (seed, accounts): (usize, usize),
) -> Result<Market> {
    let files = setting.scratch.join("market");
    anew(&files)?;
    let (mark, accounts) = (seed.to_string(), accounts.to_string());
    let mut simulate = setting.command(["simulate".as_ref(), "--out".as_ref(), files.as_os_str()]);
    simulate.args(["--preset", preset, "--accounts", &accounts, "--seed", &mark, "--as-of", AS_OF]);
    measure(simulate)?;
    let path = kept.join(format!("{preset}-{accounts}-{seed}.json"));
    if !path.exists() {
        let plays = night(setting, &files)?;
        let half = path.with_extension("half");
        std::fs::write(&half, plays)
            .and_then(|()| std::fs::rename(&half, &path))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    let plays = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    Market::read(&files, &plays)
}

/// Takes a market in, runs a night, and says what came of it.
fn night(setting: &Setting, files: &Path) -> Result<String> {
    let workspace = setting.scratch.join("market-workspace");
    anew(&workspace)?;
    let mut init = setting.command(["init".as_ref(), workspace.as_os_str()]);
    init.args(["--currency", "JPY", "--zone", "Asia/Tokyo"]);
    measure(init)?;
    std::fs::write(workspace.join("policy.toml"), POLICY).context("cannot write the policy")?;
    let on = |verb: &str| {
        setting.command([verb.as_ref(), "--workspace".as_ref(), workspace.as_os_str()])
    };
    let mut ingest = on("ingest");
    ingest.arg(files);
    measure(ingest)?;
    let mut run = on("run");
    run.args(["--as-of", AS_OF]);
    measure(run)?;
    let mut all = on("plays");
    all.args(["--all", "--format", "json"]);
    printed(all)
}

/// Removes a folder of before.
fn anew(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}

/// What a command prints.
fn printed(mut command: Command) -> Result<String> {
    let output = command.output().context("cannot start the program")?;
    if !output.status.success() {
        bail!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8(output.stdout).with_context(|| format!("{command:?} printed no text"))
}
