//! What the rounds say: means with intervals, differences paired by seed, and the claims.

use std::fmt;

use super::ways::{Earned, WAYS};
use super::{ACCOUNTS, Round, Size};
use crate::bench::machine;
use crate::bench::program::Setting;

/// Quantiles of Student's t at 97.5 %, by degrees of freedom from 1 on; 1.96 beyond.
const T: [f64; 30] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042,
];

/// A mean with its 95 % interval over seeds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mean {
    pub(super) mean: f64,
    /// Half the interval's width; nothing is known of it from one seed.
    pub(super) half: f64,
}

impl Mean {
    pub(super) fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        if values.len() < 2 {
            return Self { mean, half: f64::INFINITY };
        }
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let t = T.get(values.len() - 2).copied().unwrap_or(1.96);
        Self { mean, half: t * (variance / n).sqrt() }
    }
}

/// One way's figures in a preset.
struct Line {
    name: &'static str,
    profit: Mean,
    /// The plan less this way, by seed.
    behind: Mean,
    by_staying: f64,
    hours: f64,
    contacts: f64,
    dogs: f64,
}

/// One preset's figures.
pub(super) struct Table {
    preset: &'static str,
    lines: Vec<Line>,
}

impl Table {
    pub(super) fn of(preset: &'static str, rounds: &[Round]) -> Self {
        let line = |(at, name): (usize, &'static str)| {
            let all = |of: fn(&Earned) -> f64| -> Vec<f64> {
                rounds.iter().map(|round| of(&round.results[at])).collect()
            };
            let behind: Vec<f64> = rounds
                .iter()
                .map(|round| round.results[0].profit - round.results[at].profit)
                .collect();
            let sum = |of: fn(&Earned) -> f64| all(of).iter().sum::<f64>();
            let n = rounds.len() as f64;
            Line {
                name,
                profit: Mean::of(&all(|it| it.profit)),
                behind: Mean::of(&behind),
                by_staying: sum(|it| it.by_staying) / n,
                hours: sum(|it| it.hours) / n,
                contacts: sum(|it| it.contacts) / n,
                dogs: 100.0 * sum(|it| it.dogs) / sum(|it| it.contacts).max(1.0),
            }
        };
        let lines = WAYS.iter().map(|way| way.name).enumerate().map(line).collect();
        Self { preset, lines }
    }

    fn line(&self, name: &str) -> &Line {
        self.lines.iter().find(|line| line.name == name).expect("the way is listed")
    }

    /// What the plan promises here, and whether it holds.
    fn claims(&self) -> Vec<(String, bool)> {
        let plan = self.line("plan");
        let rival = self.line("p x value per hour");
        let mut claims = vec![(
            "never below p x value per hour beyond noise".to_owned(),
            rival.behind.mean + rival.behind.half >= 0.0,
        )];
        if self.preset == "fatigue" {
            claims.push((
                "clearly above p x value per hour".to_owned(),
                rival.behind.mean - rival.behind.half > 0.0,
            ));
            claims.push((
                "at most half its sleeping dogs per 100 contacts".to_owned(),
                plan.dogs <= 0.5 * rival.dogs,
            ));
        }
        for name in ["random", "LTV first", "propensity first", "rules only"] {
            let other = self.line(name);
            let least = other.profit.mean + 0.2 * other.profit.mean.abs();
            claims.push((format!("at least 20 % above {name}"), plan.profit.mean >= least));
        }
        claims
    }
}

/// Thousands with a separator.
fn thousands(value: f64) -> String {
    if !value.is_finite() {
        return "?".to_owned();
    }
    let digits = format!("{:.0}", (value / 1_000.0).abs());
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 && digits != "0" { format!("-{text}") } else { text }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "### {}\n", self.preset)?;
        writeln!(
            f,
            "| way | true profit, thousand yen | plan less this way | of it by staying | share of the oracle | hours | contacts | sleeping dogs per 100 contacts |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|---|")?;
        let oracle = self.line("oracle").profit.mean;
        for line in &self.lines {
            let (profit, behind) = (line.profit, line.behind);
            writeln!(
                f,
                "| {} | {} ± {} | {} ± {} | {} | {:.0} % | {:.0} | {:.0} | {:.1} |",
                line.name,
                thousands(profit.mean),
                thousands(profit.half),
                thousands(behind.mean),
                thousands(behind.half),
                thousands(line.by_staying),
                100.0 * profit.mean / oracle,
                line.hours,
                line.contacts,
                line.dogs
            )?;
        }
        writeln!(f)?;
        for (claim, met) in self.claims() {
            writeln!(f, "- {claim}: {}", if met { "met" } else { "**short**" })?;
        }
        Ok(())
    }
}

/// Claims that are short, and all.
pub(super) fn count(tables: &[Table]) -> (usize, usize) {
    let claims: Vec<bool> =
        tables.iter().flat_map(|table| table.claims().into_iter().map(|(_, met)| met)).collect();
    (claims.iter().filter(|met| !**met).count(), claims.len())
}

/// One round in a line.
pub(super) fn line(round: &Round) -> String {
    let said = WAYS.iter().zip(&round.results);
    let said = said.map(|(way, earned)| format!("{} {}", way.name, thousands(earned.profit)));
    said.collect::<Vec<_>>().join(", ")
}

/// The section of the page.
pub(super) fn page(tables: &[Table], size: Size, setting: &Setting) -> String {
    let mut text = format!(
        "True incremental profit of four weeks' contacts in simulated markets ([what is assumed](../simulator.md)): {} \
         seeds, {} customers{}, one offer an account, the same hours of each representative, mean ± half the 95 % \
         interval over seeds; differences are paired by seed. Other ways than the plan know the run's own \
         probabilities and prices of every candidate and none of our guards (\"rules only\" has them); the ceiling is \
         our own learner shown the true profit of one offer each of {} customers; the oracle knows the truth.\n\nMeasured {}, commit {}, {}.\n",
        size.seeds,
        size.accounts,
        if size.accounts == ACCOUNTS { "" } else { " (not the usual 2,000)" },
        size.lesson,
        machine::today().unwrap_or_default(),
        setting.commit,
        setting.built,
    );
    for way in WAYS {
        text.push_str(&format!("\n- {}: {}", way.name, way.about));
    }
    for table in tables {
        text.push_str(&format!("\n\n{}", table.to_string().trim_end()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_students() {
        let mean = Mean::of(&[1.0, 2.0, 3.0]);
        // 4.303 times 1 over the root of 3.
        assert!((mean.mean - 2.0).abs() < 1e-12 && (mean.half - 2.484).abs() < 1e-3);
        assert!(Mean::of(&[1.0]).half.is_infinite());
    }

    #[test]
    fn thousands_are_parted() {
        assert_eq!(thousands(-1_234_567_000.0), "-1,234,567");
        assert_eq!((thousands(400.0), thousands(-400.0)), ("0".to_owned(), "0".to_owned()));
    }
}
