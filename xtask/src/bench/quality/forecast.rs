//! Dates of limits: how often what comes lies where they say, on planted series and on a grocer's households.

use super::{Claim, Model, Required};
use crate::bench::program::Setting;
use crate::bench::python::Python;
use crate::data;
use anyhow::{Context, Result};
use serde_json::Value;
use std::ffi::OsStr;
use std::path::Path;

const TRANSACTIONS: &str = "completejourney/transactions.parquet";

pub(super) const MODEL: Model = Model {
    name: "forecast",
    protocol: "simulated, seed 11: 300 series each of eight kinds, what comes after the last reading held out for two \
               years, the true day read off between readings; coverage over series for which all three dates were \
               named. completejourney: baskets a week of each household, the last 13 weeks held out, the limit twice \
               its mean week before",
    files: &[TRANSACTIONS],
    claims,
};

fn claims(setting: &Setting) -> Result<Vec<Claim>> {
    let python = Python::prepare()?;
    let planted = setting.scratch.join("forecast");
    python.script("forecast_simulate.py", [planted.as_os_str(), "11".as_ref()])?;
    let mut claims = planted_claims(&scored(setting, &python, &planted)?)?;

    let real = setting.scratch.join("forecast-baskets");
    let transactions = data::folder().join(TRANSACTIONS);
    python.script("forecast_baskets.py", [transactions.as_os_str(), real.as_os_str()])?;
    let all = scored(setting, &python, &real)?["all"]["within_90"].clone();
    let metric = format!(
        "p_within_90d against what came ({:.1} % said, {:.1} % came): mean error of ten groups, percentage points",
        number(&all, "said")?,
        number(&all, "came")?
    );
    let error = number(&all, "error")?;
    let windows = number(&all, "windows")?;
    claims.push(Claim {
        trivial: Some(("share of its own past 90 days", windows)),
        ..Claim::new("completejourney", metric, error, Required::AtMost(5.0))
    });
    Ok(claims)
}

fn planted_claims(held: &Value) -> Result<Vec<Claim>> {
    let all = &held["all"];
    let simulated = |metric: &str, ours: f64, required: Required| {
        Claim::new("simulated", metric, ours, required)
    };
    let error = number(all, "error")?;
    let beside = |by: &'static str, key: &str| -> Result<Claim> {
        let trivial = number(all, key)?;
        let claim =
            simulated("median days from p50 to the true day", error, Required::AtMost(trivial));
        Ok(Claim { trivial: Some((by, trivial)), ..claim })
    };
    let mut claims = vec![
        simulated(
            "true days from p10 to p90, all kinds, %",
            number(all, "within")?,
            Required::Between(75.0, 85.0),
        ),
        simulated(
            "true days at or before p50, all kinds, %",
            number(all, "below")?,
            Required::Between(45.0, 55.0),
        ),
        simulated(
            "p_within_90d against what came: mean error of ten groups, percentage points",
            number(&all["within_90"], "error")?,
            Required::AtMost(3.0),
        ),
        beside("line through the last six readings", "line")?,
        beside("never", "never")?,
    ];
    let kinds = held["by"].as_object().context("no scores by kind")?;
    for (kind, scores) in kinds {
        let metric = format!("true days from p10 to p90, {kind}, %");
        let within = number(scores, "within")?;
        claims.push(simulated(&metric, within, Required::Between(70.0, 90.0)));
    }
    Ok(claims)
}

fn number(of: &Value, key: &str) -> Result<f64> {
    of[key].as_f64().with_context(|| format!("no `{key}` in {of}"))
}

/// Runs the model on a folder's readings and scores its dates.
fn scored(setting: &Setting, python: &Python, folder: &Path) -> Result<Value> {
    let (readings, out) = (folder.join("readings.csv"), folder.join("out.csv"));
    let columns = [
        "--account",
        "account",
        "--metric",
        "metric",
        "--at",
        "at",
        "--value",
        "value",
        "--limit",
        "limit",
        "--kind",
        "kind",
    ];
    let paths = ["--readings".as_ref(), readings.as_os_str(), "--out".as_ref(), out.as_os_str()];
    let run = [OsStr::new("forecast")].into_iter().chain(columns.map(OsStr::new)).chain(paths);
    setting.model(run)?;
    python.script("forecast_score.py", [folder.as_os_str(), out.as_os_str()])
}
