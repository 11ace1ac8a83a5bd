//! How much can be learnt at all: our own learner, shown the truth of many customers.
//!
//! The lesson is one offer each of many customers of the same preset, with what the files show of them and an ideal
//! experiment's outcome: the true profit of who was treated by the flip of a coin. What it then says of the offers of
//! each market chooses as a plan would: per hour, the best first. A hundred times larger customer wins or loses a
//! hundred times more, so that profit is learnt per yen at stake; else the few largest are all that is learnt of.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::market::Market;
use crate::bench::program::{Setting, measure};

/// The way of learning: the profit of the treated by boosted trees.
const METHOD: &str = "t-boosted";
/// The price of an hour, as the markets have it.
const HOUR_YEN: f64 = 4_000.0;
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
    let sheets = sheets(markets);
    std::fs::write(&asked, &sheets).context("cannot write the sheets")?;
    let (told, lesson) = (folder.join("truth/lesson.csv"), folder.join("per-yen.csv"));
    let text = std::fs::read_to_string(&told)
        .with_context(|| format!("cannot read {}", told.display()))?;
    std::fs::write(&lesson, per_yen_at_stake(&text)?).context("cannot write the lesson")?;
    drop(text);
    let mut model = setting.command(["model".as_ref(), "uplift".as_ref()]);
    model.args(["--treatment", "treated", "--outcome", "outcome", "--method", METHOD]);
    model.args(["--ignore", "account_id"]).arg("--train").arg(&lesson);
    model.arg("--score").arg(&asked).arg("--out").arg(&said);
    measure(model)?;
    let at_stake = Stake::of(sheets.lines().next().unwrap_or_default())?;
    let mut said = uplifts(&said)?.into_iter().zip(sheets.lines().skip(1));
    for offer in markets.iter_mut().flat_map(|market| &mut market.offers) {
        offer.taught = said.next().map(|(per_yen, line)| per_yen * at_stake.yen(line));
    }
    ensure!(said.next().is_none(), "the learner said more than it was asked");
    Ok(())
}

/// What an offer puts at stake, from its line.
struct Stake {
    margin: usize,
    hours: usize,
}

impl Stake {
    fn of(header: &str) -> Result<Self> {
        Ok(Self { margin: place(header, "margin")?, hours: place(header, "hours")? })
    }

    /// A month's margin of the customer, and the price of the hours that the offer takes, a quarter at least.
    fn yen(&self, line: &str) -> f64 {
        let cell = |at: usize| line.split(',').nth(at).and_then(|cell| cell.parse().ok());
        let (margin, hours): (f64, f64) =
            (cell(self.margin).unwrap_or(0.0), cell(self.hours).unwrap_or(0.0));
        margin.max(0.0) + HOUR_YEN * hours.max(0.25)
    }
}

/// The lesson with its last column, the outcome, per yen at stake.
fn per_yen_at_stake(lesson: &str) -> Result<String> {
    let header = lesson.lines().next().unwrap_or_default();
    let stake = Stake::of(header)?;
    ensure!(header.ends_with(",outcome"), "the lesson's last column is not its outcome");
    let mut text = format!("{header}\n");
    for line in lesson.lines().skip(1) {
        let (rest, outcome) = line.rsplit_once(',').context("a line of the lesson has one cell")?;
        let outcome: f64 = outcome.parse().context("an outcome of the lesson is no number")?;
        writeln!(text, "{rest},{}", outcome / stake.yen(line))
            .expect("writing to a string succeeds");
    }
    Ok(text)
}

/// Where a column stands.
fn place(header: &str, name: &str) -> Result<usize> {
    let at = header.split(',').position(|column| column == name);
    at.with_context(|| format!("there is no column `{name}`"))
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
    let at = place(header, "uplift")?;
    lines
        .map(|line| line.split(',').nth(at).and_then(|cell| cell.parse().ok()))
        .map(|uplift| uplift.context("the learner wrote an uplift that is no number"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_per_yen_at_stake() {
        let lesson = "account_id,margin,hours,treated,outcome\nA,2000,2,1,-5000\nB,,0,0,50\n";
        let per_yen = "account_id,margin,hours,treated,outcome\nA,2000,2,1,-0.5\nB,,0,0,0.05\n";
        assert_eq!(per_yen_at_stake(lesson).unwrap(), per_yen);
        let error = per_yen_at_stake("account_id,hours,outcome\n").unwrap_err();
        assert_eq!(error.to_string(), "there is no column `margin`");
    }
}
