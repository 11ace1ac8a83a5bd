//! Learned neighbours: what their scores are worth on baskets they have not seen.

use super::{Claim, Model, Required};
use crate::bench::program::Setting;
use crate::bench::python::Python;
use crate::data;
use anyhow::{Context, Result};
use serde_json::Value;
use std::ffi::OsStr;

pub(super) const MODEL: Model = Model {
    name: "also-bought",
    protocol: "groceries: a fifth of the baskets of two items or more held out, the lesser half of each hidden, seeds 1-5; \
               items ranked by the sum of the scores that the rest of the basket gives them, ten listed; means over \
               the seeds",
    files: &["groceries/groceries.csv"],
    claims,
};

const SEEDS: u32 = 5;
/// The least by which the score must beat popularity.
const MARGIN: f64 = 0.01;

fn claims(setting: &Setting) -> Result<Vec<Claim>> {
    let python = Python::prepare()?;
    let source = data::folder().join("groceries/groceries.csv");
    let [train, test, out] =
        ["train.csv", "test.json", "also.csv"].map(|name| setting.scratch.join(name));
    let mut scored = Vec::new();
    for seed in 1..=SEEDS {
        let seed = seed.to_string();
        let split: [&OsStr; 5] = [
            "split".as_ref(),
            source.as_os_str(),
            seed.as_ref(),
            train.as_os_str(),
            test.as_os_str(),
        ];
        python.script("also_bought_quality.py", split)?;
        let words = [
            "also-bought",
            "--basket",
            "basket",
            "--item",
            "item",
            "--top",
            "1000",
            "--min-count",
            "1",
            "--seed",
            &seed,
        ];
        let mut arguments: Vec<&OsStr> = words.map(AsRef::as_ref).to_vec();
        arguments.extend(["--baskets".as_ref(), train.as_os_str()]);
        arguments.extend(["--out".as_ref(), out.as_os_str()]);
        setting.model(arguments)?;
        let score: [&OsStr; 4] =
            ["score".as_ref(), train.as_os_str(), test.as_os_str(), out.as_os_str()];
        scored.push(python.script("also_bought_quality.py", score)?);
    }
    let values = |key: &str| -> Result<Vec<f64>> {
        let value = |answer: &Value| {
            let number = answer.get(key).and_then(Value::as_f64);
            number.with_context(|| format!("no `{key}` in {answer}"))
        };
        scored.iter().map(value).collect()
    };
    let claim = |metric: &str, key: &str, trivial: Option<&str>, least: f64| -> Result<Claim> {
        let ours = values(key)?;
        let trivial = match trivial {
            Some(key) => Some(("popularity", mean(&values(key)?))),
            None => None,
        };
        let least = trivial.map_or(least, |(_, value)| value + least);
        let claim = Claim::new("groceries", metric, mean(&ours), Required::AtLeast(least));
        Ok(Claim { spread: Some(deviation(&ours)), trivial, ..claim })
    };
    let gains = values("gain")?.into_iter().zip(values("gain_error")?);
    let least = gains.map(|(gain, error)| gain / error).fold(f64::INFINITY, f64::min);
    let metric = "NDCG@10 above popularity, in standard errors, least of the seeds";
    Ok(vec![
        claim("NDCG@10", "ndcg", Some("popular_ndcg"), MARGIN)?,
        claim("recall@10", "recall", Some("popular_recall"), 0.0)?,
        Claim::new("groceries", metric, least, Required::AtLeast(2.0)),
    ])
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn deviation(values: &[f64]) -> f64 {
    let centre = mean(values);
    let squares: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
    (squares / (values.len() as f64 - 1.0)).sqrt()
}
