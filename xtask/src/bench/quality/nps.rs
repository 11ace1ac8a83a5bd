//! The net promoter score: intervals of small groups, and words that were planted.

use super::{Claim, Model, Required};
use crate::bench::program::Setting;
use crate::bench::python::Python;
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeSet;
use std::ffi::OsStr;

pub(super) const MODEL: Model = Model {
    name: "nps",
    protocol: "simulated, seed 11: 2,000 groups of 25 answers from one true score; 800 answers whose comments, Japanese \
               and English, hold six planted words among eighteen",
    files: &[],
    claims,
};

fn claims(setting: &Setting) -> Result<Vec<Claim>> {
    let python = Python::prepare()?;
    let folder = setting.scratch.join("nps");
    let made = python.script("nps_simulate.py", [folder.as_os_str(), "11".as_ref()])?;
    let (answers, out) = (folder.join("groups.csv"), folder.join("out.csv"));
    let run = ["nps", "--score", "score", "--by", "group", "--responses"].map(OsStr::new);
    let paths = [answers.as_os_str(), "--out".as_ref(), out.as_os_str()];
    setting.model(run.into_iter().chain(paths))?;
    let truth = made["truth"].to_string();
    let held = python.script("nps_score.py", [truth.as_ref(), out.as_os_str()])?;
    let percent = |key: &str| held[key].as_f64().with_context(|| format!("no `{key}`: {held}"));
    let metric = "95 % intervals of 25 answers that hold the true score, %";
    let cover = Claim {
        trivial: Some(("Wald's interval", percent("wald")?)),
        ..Claim::new("simulated", metric, percent("cover")?, Required::Between(93.0, 97.0))
    };

    let comments = folder.join("comments.csv");
    let run = ["nps", "--score", "score", "--comment", "comment", "--responses"].map(OsStr::new);
    let summary = setting.model(run.into_iter().chain([comments.as_os_str()]))?;
    let (mut found, mut false_finds) = (0, 0);
    for (side, rows) in
        [("promoters", "goes_with_promoters"), ("detractors", "goes_with_detractors")]
    {
        let (planted, told) = (words(&made[side], None), words(&summary[rows], Some("value")));
        found += planted.intersection(&told).count();
        false_finds += told.difference(&planted).count();
    }
    let count = |metric: &str, count: usize, required| {
        Claim::new("simulated", metric, count as f64, required)
    };
    Ok(vec![
        cover,
        count("planted words found, of 6", found, Required::AtLeast(6.0)),
        count("other words told", false_finds, Required::AtMost(1.0)),
    ])
}

/// The texts of a list, or of one key of each of its objects.
fn words(list: &Value, key: Option<&str>) -> BTreeSet<String> {
    let text = |it: &Value| key.map_or(it, |key| &it[key]).as_str().map(str::to_owned);
    list.as_array().into_iter().flatten().filter_map(text).collect()
}
