//! Itemsets and rules: counts that others published for the same files.

use super::{Claim, Mark, Model, Published, Required};
use crate::bench::program::Setting;
use crate::bench::python::Python;
use crate::data;
use anyhow::{Context, Result};
use serde_json::Value;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

pub(super) const MODEL: Model = Model {
    name: "rules",
    protocol: "all itemsets and all rules with one item on the right, on the whole files; every written rule is counted \
               anew from the baskets by a script",
    files: &["groceries/groceries.csv", "fimi_retail/retail.dat"],
    claims,
};

/// Support, confidence and the published number of rules.
const RULES: &[(&str, &str, f64)] = &[("0.001", "0.5", 5668.0), ("0.001", "0.8", 410.0)];
const ITEMSETS: f64 = 13_492.0;
const TOP_LIFT: f64 = 18.995_654;
/// Support, and the number of itemsets that other programs find.
const RETAIL: &[(&str, f64)] = &[("882", 159.0), ("441", 580.0), ("177", 2691.0), ("89", 7589.0)];

fn claims(setting: &Setting) -> Result<Vec<Claim>> {
    let python = Python::prepare()?;
    let mut claims = Vec::new();
    let groceries = data::folder().join("groceries/groceries.csv");
    for (support, confidence, published) in RULES {
        let out = setting.scratch.join("rules.csv");
        let said = found(setting, &groceries, (support, confidence), Some(&out))?;
        let script: [&OsStr; 3] = [groceries.as_os_str(), ",".as_ref(), out.as_os_str()];
        let checked = python.script("rules_check.py", script)?;
        let metric = |what: &str| format!("{what} at support {support}, confidence {confidence}");
        let rules = number(&checked, "rules")?;
        claims.push(exact("groceries", metric("rules"), rules, (*published, "arules", Mark::Read)));
        let wrong = number(&checked, "wrong")?;
        let none = Required::AtMost(0.0);
        claims.push(Claim::new("groceries", metric("rules counted wrongly"), wrong, none));
        if *confidence == "0.5" {
            let itemsets = number(&said, "itemsets")?;
            let published = (ITEMSETS, "arules", Mark::Read);
            claims.push(exact("groceries", "itemsets at support 0.001", itemsets, published));
            let lift = number(&checked, "top_lift")?;
            let published =
                Published { value: TOP_LIFT, spread: None, by: "arules", mark: Mark::Read };
            let required = Required::Within { of: TOP_LIFT, share: 5e-8 };
            let claim = Claim::new("groceries", metric("top lift"), lift, required);
            claims.push(Claim { published: vec![published], ..claim });
        }
    }
    let retail = data::folder().join("fimi_retail/retail.dat");
    for (support, published) in RETAIL {
        let said = found(setting, &retail, (support, "0.5"), None)?;
        let metric = format!("itemsets in at least {support} baskets");
        let published = (*published, "Borgelt", Mark::Recomputed);
        claims.push(exact("fimi_retail", metric, number(&said, "itemsets")?, published));
    }
    Ok(claims)
}

/// What the program says of a file; the rules go to `out`.
fn found(
    setting: &Setting,
    path: &Path,
    (support, confidence): (&str, &str),
    out: Option<&PathBuf>,
) -> Result<Value> {
    let words =
        ["rules", "--layout", "lines", "--min-support", support, "--min-confidence", confidence];
    let mut arguments: Vec<&OsStr> = words.map(AsRef::as_ref).to_vec();
    arguments.extend(["--baskets".as_ref(), path.as_os_str()]);
    if let Some(out) = out {
        arguments.extend(["--out".as_ref(), out.as_os_str()]);
    }
    setting.model(arguments)
}

/// A count that must be the published one.
fn exact(
    data: &'static str,
    metric: impl Into<String>,
    ours: f64,
    (value, by, mark): (f64, &'static str, Mark),
) -> Claim {
    let claim = Claim::new(data, metric, ours, Required::Between(value, value));
    Claim { published: vec![Published { value, spread: None, by, mark }], ..claim }
}

fn number(answer: &Value, key: &str) -> Result<f64> {
    answer.get(key).and_then(Value::as_f64).with_context(|| format!("no `{key}` in {answer}"))
}
