//! Lifetime value: CDNOW's published fits and hold-out, and simulated customers whose truth is known.

use super::{Claim, Mark, Model, Published, Required};
use crate::bench::program::Setting;
use crate::bench::python::Python;
use crate::data;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::ffi::OsStr;
use std::path::Path;

pub(super) const MODEL: Model = Model {
    name: "ltv",
    protocol: "cdnow: 39 weeks to fit, the 39 after to compare, by customer; parameters from the summary file, \
               hold-out from the transactions with --until 1997-09-30. donations: 11,104 donors over six years by BG/BB. \
               simulated: 20,000 customers by BG/NBD with \
               gamma-gamma amounts, seed 3, 26 weeks ahead",
    files: &[
        "cdnow/CDNOW_sample.txt",
        "cdnow/cdnow_customers_summary_with_transactions.csv",
        "cdnow/donations.csv",
    ],
    claims,
};

/// Model, what the summary calls it, the printed value, and half a unit of its last digit.
const PRINTED: &[(&str, &str, f64, f64)] = &[
    ("bg-nbd", "/parameters/r", 0.243, 5e-4),
    ("bg-nbd", "/parameters/alpha", 4.414, 5e-4),
    ("bg-nbd", "/parameters/a", 0.793, 5e-4),
    ("bg-nbd", "/parameters/b", 2.426, 5e-4),
    ("bg-nbd", "/log_likelihood", -9582.429, 5e-4),
    ("pareto-nbd", "/parameters/r", 0.553, 5e-4),
    ("pareto-nbd", "/parameters/alpha", 10.58, 5e-3),
    ("pareto-nbd", "/parameters/s", 0.606, 5e-4),
    ("pareto-nbd", "/parameters/beta", 11.67, 5e-3),
    ("pareto-nbd", "/standard_errors/r", 0.0476, 1e-4),
    ("pareto-nbd", "/standard_errors/alpha", 0.8427, 3e-3),
    ("pareto-nbd", "/standard_errors/s", 0.1873, 5e-4),
    ("pareto-nbd", "/standard_errors/beta", 6.2105, 3e-2),
    ("pareto-nbd", "/log_likelihood", -9594.976, 5e-4),
    ("bg-nbd", "/amounts/parameters/p", 6.25, 5e-3),
    ("bg-nbd", "/amounts/parameters/q", 3.74, 6e-3),
    ("bg-nbd", "/amounts/parameters/gamma", 15.44, 1.1e-2),
];

/// The same of BG/BB on donors.
const DONATIONS: &[(&str, f64, f64)] = &[
    ("/parameters/alpha", 1.204, 5e-4),
    ("/parameters/beta", 0.750, 5e-4),
    ("/parameters/gamma", 0.657, 5e-4),
    ("/parameters/delta", 2.783, 5e-4),
    ("/log_likelihood", -33225.58, 5e-3),
];

/// Model, and the published correlation of expected and actual purchases.
const HELD_OUT: &[(&str, f64)] = &[("bg-nbd", 0.626), ("pareto-nbd", 0.630)];

fn claims(setting: &Setting) -> Result<Vec<Claim>> {
    let python = Python::prepare()?;
    let mut claims = printed(setting)?;
    claims.extend(donations(setting)?);
    claims.extend(held_out(setting, &python)?);
    claims.extend(simulated(setting, &python)?);
    Ok(claims)
}

fn cited(by: &'static str, value: f64) -> Vec<Published> {
    vec![Published { value, spread: None, by, mark: Mark::Read }]
}

fn printed(setting: &Setting) -> Result<Vec<Claim>> {
    let file = data::folder().join("cdnow/cdnow_customers_summary_with_transactions.csv");
    let mut said = Vec::new();
    for model in ["bg-nbd", "pareto-nbd"] {
        let words = [OsStr::new("ltv"), "--summary".as_ref(), file.as_os_str()].into_iter();
        let rest = ["--model", model, "--horizon-days", "273"].map(OsStr::new);
        said.push((model, setting.model(words.chain(rest))?));
    }
    let claim = |(model, path, value, half): &(&str, &str, f64, f64)| -> Result<Claim> {
        let of = said.iter().find(|(name, _)| name == model).map(|(_, of)| of);
        let found = of.and_then(|of| of.pointer(path)).and_then(Value::as_f64);
        let ours = found.with_context(|| format!("{model} said no {path}"))?;
        let required = Required::Between(value - half, value + half);
        let metric = format!("{model}{}", path.replace(['/', '_'], " "));
        let published = cited("Fader and Hardie", *value);
        Ok(Claim { published, ..Claim::new("cdnow", metric, ours, required) })
    };
    PRINTED.iter().map(claim).collect()
}

fn donations(setting: &Setting) -> Result<Vec<Claim>> {
    let file = data::folder().join("cdnow/donations.csv");
    let words = [OsStr::new("ltv"), "--summary".as_ref(), file.as_os_str()].into_iter();
    let rest = ["--model", "bg-bb", "--period-days", "365", "--horizon-days", "1825"];
    let said = setting.model(words.chain(rest.map(OsStr::new)))?;
    let claim = |(path, value, half): &(&str, f64, f64)| -> Result<Claim> {
        let found = said.pointer(path).and_then(Value::as_f64);
        let ours = found.with_context(|| format!("bg-bb said no {path}"))?;
        let required = Required::Between(value - half, value + half);
        let metric = format!("bg-bb{}", path.replace(['/', '_'], " "));
        let published = cited("Fader and Hardie", *value);
        Ok(Claim { published, ..Claim::new("donations", metric, ours, required) })
    };
    DONATIONS.iter().map(claim).collect()
}

fn held_out(setting: &Setting, python: &Python) -> Result<Vec<Claim>> {
    let folder = setting.scratch.join("ltv-cdnow");
    let sample = data::folder().join("cdnow/CDNOW_sample.txt");
    let made = python.script("ltv_data.py", [sample.as_os_str(), folder.as_os_str()])?;
    let (actual, customers) = (folder.join("actual.csv"), number(&made, "customers")?);
    let mut claims = cumulative(setting, &folder)?;
    for (model, published) in HELD_OUT.iter().copied().chain([("auto", f64::NAN)]) {
        let out = folder.join(format!("{model}.csv"));
        let file = folder.join("transactions.csv");
        let more = ["--until", "1997-09-30", "--horizon-days", "273", "--model", model];
        fit(setting, (&file, &out), &more)?;
        let found = python.script("ltv_score.py", [out.as_os_str(), actual.as_os_str()])?;
        let value = |key: &str| number(&found, key);
        let metric = |what: &str| format!("{model}, {what}");
        let claim = |what: &str, value: f64, required: Required| {
            Claim::new("cdnow", metric(what), value, required)
        };
        if value("customers")? < customers {
            bail!("{} has not every customer of {customers}", out.display());
        }
        let near = Required::Within { of: 1.0, share: 0.05 };
        let correlation = value("correlation")?;
        let trivial = Some(("as many as before", value("trivial_correlation")?));
        let its = if published.is_nan() { vec![] } else { cited("their paper", published) };
        let error = value("squared_error")?;
        let before = value("trivial_squared_error")?;
        claims.extend([
            Claim {
                trivial,
                published: its,
                ..claim("correlation with the 39 weeks after", correlation, Required::AtLeast(0.62))
            },
            Claim {
                trivial: Some(("as many as before", before)),
                ..claim("mean squared error of purchases", error, Required::AtMost(0.75 * before))
            },
            claim("sales of the 39 weeks after, expected over actual", value("total")?, near),
            claim(
                "80 % intervals that hold the purchases",
                value("covered")?,
                Required::AtLeast(0.8),
            ),
            claim(
                "80 % intervals that hold the value",
                value("value_covered")?,
                Required::AtLeast(0.8),
            ),
        ]);
    }
    Ok(claims)
}

/// The models' own trial on the second half of the file: repeat sales of all 78 weeks, expected of new customers.
fn cumulative(setting: &Setting, folder: &Path) -> Result<Vec<Claim>> {
    let mut claims = Vec::new();
    for (model, published) in [("bg-nbd", 0.96), ("pareto-nbd", 0.98)] {
        let out = folder.join("all.csv");
        let file = folder.join("transactions.csv");
        let said = fit(setting, (&file, &out), &["--horizon-days", "273", "--model", model])?;
        let found = said.pointer("/held_out/0/cumulative_over_actual").and_then(Value::as_f64);
        let ours = found.context("the summary has no trial on the end of the file")?;
        let metric = format!("{model}, repeat sales of 78 weeks, expected over actual");
        let required = Required::Within { of: 1.0, share: 0.05 };
        let published = cited("their paper", published);
        claims.push(Claim { published, ..Claim::new("cdnow", metric, ours, required) });
    }
    Ok(claims)
}

fn simulated(setting: &Setting, python: &Python) -> Result<Vec<Claim>> {
    let folder = setting.scratch.join("ltv-simulated");
    python.script("ltv_simulate.py", [folder.as_os_str(), "20000".as_ref(), "3".as_ref()])?;
    let (file, out) = (folder.join("transactions.csv"), folder.join("scores.csv"));
    fit(setting, (&file, &out), &["--until", "2025-12-31", "--horizon-days", "182"])?;
    let actual = folder.join("actual.csv");
    let found = python.script("ltv_score.py", [out.as_os_str(), actual.as_os_str()])?;
    let claim = |key: &str, what: &str, required: Required| -> Result<Claim> {
        Ok(Claim::new("simulated", what, number(&found, key)?, required))
    };
    Ok(vec![
        claim("total", "purchases, expected over actual", Required::Between(0.95, 1.05))?,
        claim("value_total", "value, expected over actual", Required::Between(0.93, 1.07))?,
        claim("covered", "80 % intervals that hold the purchases", Required::Between(0.8, 0.95))?,
        claim(
            "value_covered",
            "80 % intervals that hold the value",
            Required::Between(0.78, 0.95),
        )?,
    ])
}

fn fit(setting: &Setting, (file, out): (&Path, &Path), more: &[&str]) -> Result<Value> {
    let paths = [("--transactions", file), ("--out", out)];
    let paths = paths.into_iter().flat_map(|(flag, path)| [OsStr::new(flag), path.as_os_str()]);
    let columns = ["--customer", "customer", "--date", "date", "--amount", "amount"];
    let words = columns.iter().chain(more).map(OsStr::new);
    setting.model([OsStr::new("ltv")].into_iter().chain(paths).chain(words))
}

fn number(said: &Value, key: &str) -> Result<f64> {
    let found = said.get(key).and_then(Value::as_f64);
    found.with_context(|| format!("the script said no `{key}`: {said}"))
}
