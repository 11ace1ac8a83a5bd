//! Uplift: a randomised e-mail whose effect is small and differs between customers.

use super::{Claim, Mark, Model, Published, Required};
use crate::bench::program::Setting;
use crate::bench::python::Python;
use crate::data;
use anyhow::{Context, Result};
use serde_json::Value;

pub(super) const MODEL: Model = Model {
    name: "uplift",
    protocol: "hillstrom_womens: outcome visit; rows dealt into fifths by treatment and outcome, seeds 1-5; the program \
               chooses on four fifths (its own cross-validation stands for the usual 20 % of validation) and is scored on \
               the last; intervals resample test rows 1,000 times a seed, paired, and pool the seeds by their mean. Qini: \
               integral of f (mean of treated - mean of others in the top f) by trapezoids, less half its end. The \
               figures of the public report would fit a count per head of both arms, which is this Qini times the treated \
               share",
    files: &["hillstrom_womens/hillstrom_womens.csv"],
    claims,
};

const DATA: &str = "hillstrom_womens";
const SEEDS: usize = 5;
const LEAST: f64 = 0.002_8;
const AIM: f64 = 0.004_2;
/// Methods of the public report and their Qini, which would fit a count per head of both arms.
const PUBLISHED: [(&str, f64); 6] = [
    ("S-learner", 0.004_1),
    ("Dragonnet", 0.004_2),
    ("T", 0.003_1),
    ("X", 0.003_1),
    ("R", 0.002_9),
    ("DR", 0.002_8),
];
/// Its S-learner's uplift in the top 10, 20 and 30 %.
const TOPS: [(usize, f64); 3] = [(10, 0.089_3), (20, 0.082_8), (30, 0.079_3)];

fn claims(setting: &Setting) -> Result<Vec<Claim>> {
    let python = Python::prepare()?;
    let source = data::folder().join("hillstrom_womens/hillstrom_womens.csv");
    let folder = setting.scratch.join("uplift");
    let seeds = SEEDS.to_string();
    let arguments =
        [setting.program.as_os_str(), source.as_os_str(), folder.as_os_str(), seeds.as_ref()];
    let said = python.script("uplift.py", arguments)?;
    let read = |by, value| Published { value, spread: None, by, mark: Mark::Read };
    let least = Required::AtLeast(LEAST);
    let mut claims = vec![
        Claim {
            spread: Some(number(&said, "spread")?),
            trivial: Some(("ranking by response", number(&said, "response")?)),
            aim: Some(AIM),
            ..Claim::new(DATA, "Qini, mean of 5 seeds", number(&said, "qini")?, least)
        },
        Claim {
            published: PUBLISHED.map(|(by, value)| read(by, value)).to_vec(),
            trivial: Some(("ranking by response", number(&said, "response_as_published")?)),
            aim: Some(AIM),
            ..Claim::new(
                DATA,
                "Qini per head of both arms, mean of 5 seeds",
                number(&said, "as_published")?,
                least,
            )
        },
        Claim::new(
            DATA,
            "lower end of the 95 % interval of Qini",
            number(&said, "lower")?,
            Required::AtLeast(0.0),
        ),
        Claim::new(
            DATA,
            "lower end of the 95 % interval of Qini over ranking by response",
            number(&said, "over_response_lower")?,
            Required::AtLeast(0.0),
        ),
    ];
    for (at, (percent, published)) in TOPS.into_iter().enumerate() {
        let ours = said["top"][at].as_f64().context("the script said no `top`")?;
        claims.push(Claim {
            published: vec![read("S-learner", published)],
            ..Claim::new(DATA, format!("uplift in the top {percent} %"), ours, Required::Nothing)
        });
    }
    Ok(claims)
}

fn number(said: &Value, key: &str) -> Result<f64> {
    let found = said.get(key).and_then(Value::as_f64);
    found.with_context(|| format!("the script said no `{key}`: {said}"))
}
