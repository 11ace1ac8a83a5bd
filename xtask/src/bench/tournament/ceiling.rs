//! How much can be learnt at all: our own learner, shown the truth of many customers.
//!
//! The lesson is one offer each of many customers of the same preset, with what the files show of them and an ideal
//! experiment's outcome: the true profit of who was treated by the flip of a coin. What it then says of the offers of
//! each market chooses as a plan would: per hour, the best first.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::market::Market;
use crate::bench::program::{Setting, measure};

/// The way of learning: the profit of the treated by boosted trees.
const METHOD: &str = "t-boosted";
/// A seed that no market has.
const SEED: &str = "900001";

/// Teaches the learner and lets it say what each offer of each market earns.
pub(super) fn teach(
    setting: &Setting,
    (preset, customers): (&str, usize),
    markets: &mut [Market],
) -> Result<()> {
    let folder = setting.scratch.join("lesson");
    let mut simulate = setting.command(["simulate".as_ref(), "--out".as_ref(), folder.as_os_str()]);
    simulate.args(["--preset", preset, "--accounts", &customers.to_string(), "--seed", SEED]);
    simulate.args(["--as-of", super::AS_OF, "--lesson"]);
    measure(simulate)?;
    let (asked, said) = (folder.join("asked.csv"), folder.join("said.csv"));
    std::fs::write(&asked, sheets(markets)).context("cannot write the sheets")?;
    let lesson = folder.join("truth/lesson.csv");
    let mut model = setting.command(["model".as_ref(), "uplift".as_ref()]);
    model.args(["--treatment", "treated", "--outcome", "outcome", "--method", METHOD]);
    model.args(["--ignore", "account_id"]).arg("--train").arg(&lesson);
    model.arg("--score").arg(&asked).arg("--out").arg(&said);
    measure(model)?;
    let mut said = uplifts(&said)?.into_iter();
    for offer in markets.iter_mut().flat_map(|market| &mut market.offers) {
        offer.taught = said.next();
    }
    ensure!(said.next().is_none(), "the learner said more than it was asked");
    Ok(())
}

/// The sheets of all markets under one header.
fn sheets(markets: &[Market]) -> String {
    let mut text = String::new();
    for (at, market) in markets.iter().enumerate() {
        let mut lines = market.sheet.lines();
        let header = lines.next().unwrap_or_default();
        if at == 0 {
            writeln!(text, "{header}").expect("writing to a string succeeds");
        }
        for line in lines {
            writeln!(text, "{line}").expect("writing to a string succeeds");
        }
    }
    text
}

/// The column `uplift` of a file.
fn uplifts(path: &Path) -> Result<Vec<f64>> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut lines = text.lines();
    let header = lines.next().unwrap_or_default();
    let at = header.split(',').position(|name| name == "uplift");
    let at = at.context("the learner wrote no column `uplift`")?;
    lines
        .map(|line| line.split(',').nth(at).and_then(|cell| cell.parse().ok()))
        .map(|uplift| uplift.context("the learner wrote an uplift that is no number"))
        .collect()
}
