//! What each customer buys next: last baskets of grocers' customers, as a list and among unbought items.

use super::{Claim, Mark, Model, Published, Required};
use crate::bench::program::Setting;
use crate::bench::python::Python;
use crate::data;
use anyhow::{Context, Result};
use serde_json::Value;
use std::ffi::OsStr;
use std::path::PathBuf;

pub(super) const MODEL: Model = Model {
    name: "next-basket",
    protocol: "at 10. tafeng: training users are known whole, test users but for their last set, which is the target. \
               completejourney: a household's baskets of one day are one order, everybody's last is the target. \
               New: only items that the customer never bought, on either side",
    files: &["tafeng/TaFeng.json", "completejourney/transactions.parquet"],
    claims,
};

/// Published for tafeng under this protocol: recall, NDCG and PHR at 10 of personal counts with ties and filling
/// by popularity, and of a network with attention over time (DNNTSP), which is the aim.
const MEASURES: [(&str, f64, f64); 3] =
    [("recall", 0.1487, 0.1752), ("ndcg", 0.1361, 0.1517), ("phr", 0.4398, 0.4789)];
/// By which share recall and NDCG must beat popularity among unbought items.
const MARGIN: f64 = 1.1;

/// A data set and the words that read it.
struct Held {
    data: &'static str,
    history: PathBuf,
    target: PathBuf,
}

fn claims(setting: &Setting) -> Result<Vec<Claim>> {
    let python = Python::prepare()?;
    let mut claims = Vec::new();
    let tafeng = split(setting, &python, ("tafeng", "tafeng/TaFeng.json"))?;
    let scored = score(setting, &python, &tafeng, "all")?;
    for (measure, least, aim) in MEASURES {
        let required = Required::AtLeast(least);
        let claim = claim(&tafeng, &scored, measure, ("personal counts", "personal"), required)?;
        let (by, mark) = ("personal counts", Mark::Recomputed);
        let published = vec![Published { value: least, spread: None, by, mark }];
        claims.push(Claim { published, aim: Some(aim), ..claim });
    }
    let journey =
        split(setting, &python, ("completejourney", "completejourney/transactions.parquet"))?;
    let scored = score(setting, &python, &journey, "all")?;
    for (measure, _, _) in MEASURES {
        let required = Required::AtLeast(number(&scored["personal"], measure)?);
        claims.push(claim(&journey, &scored, measure, ("personal counts", "personal"), required)?);
    }
    for held in [&tafeng, &journey] {
        let scored = score(setting, &python, held, "new")?;
        for measure in ["recall", "ndcg"] {
            let least = MARGIN * number(&scored["popularity"], measure)?;
            let trivial = ("popularity", "popularity");
            let claim = claim(held, &scored, measure, trivial, Required::AtLeast(least))?;
            claims.push(Claim { metric: format!("new: {}", claim.metric), ..claim });
        }
    }
    Ok(claims)
}

fn split(setting: &Setting, python: &Python, (name, source): (&'static str, &str)) -> Result<Held> {
    let file = |what: &str| setting.scratch.join(format!("next-basket-{name}-{what}"));
    let held = Held { data: name, history: file("history.csv"), target: file("target.json") };
    let source = data::folder().join(source);
    let arguments: [&OsStr; 5] = [
        "split".as_ref(),
        name.as_ref(),
        source.as_os_str(),
        held.history.as_os_str(),
        held.target.as_os_str(),
    ];
    python.script("next_basket_quality.py", arguments)?;
    Ok(held)
}

/// Lists ten items for everybody, and has the lists scored; `kind` is all or new.
fn score(setting: &Setting, python: &Python, held: &Held, kind: &str) -> Result<Value> {
    let out = setting.scratch.join(format!("next-basket-{}-{kind}.csv", held.data));
    let words = [
        "next-basket",
        "--customer",
        "customer",
        "--order",
        "order",
        "--item",
        "item",
        "--top",
        "10",
    ];
    let mut arguments: Vec<&OsStr> = words.map(AsRef::as_ref).to_vec();
    arguments.extend(["--history".as_ref(), held.history.as_os_str()]);
    arguments.extend(["--out".as_ref(), out.as_os_str()]);
    if kind == "new" {
        arguments.push("--new-only".as_ref());
    }
    setting.model(arguments)?;
    let arguments: [&OsStr; 5] = [
        "score".as_ref(),
        kind.as_ref(),
        held.history.as_os_str(),
        held.target.as_os_str(),
        out.as_os_str(),
    ];
    python.script("next_basket_quality.py", arguments)
}

#[expect(
    clippy::too_many_arguments,
    reason = "one row of the table, of which nothing else is made"
)]
fn claim(
    held: &Held,
    scored: &Value,
    measure: &str,
    (by, trivial): (&'static str, &str),
    required: Required,
) -> Result<Claim> {
    let ours = number(&scored["ours"], measure)?;
    let trivial = Some((by, number(&scored[trivial], measure)?));
    let metric = match measure {
        "recall" => "recall@10".to_owned(),
        _ => format!("{}@10", measure.to_uppercase()),
    };
    Ok(Claim { trivial, ..Claim::new(held.data, metric, ours, required) })
}

fn number(scored: &Value, key: &str) -> Result<f64> {
    let number = scored.get(key).and_then(Value::as_f64);
    number.with_context(|| format!("the script gave no `{key}` in {scored}"))
}
