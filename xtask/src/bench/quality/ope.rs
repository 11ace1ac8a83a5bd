//! Off-policy evaluation: the open bandit data, and simulated logs whose value is known.

use super::{Claim, Mark, Model, Published, Required};
use crate::bench::program::Setting;
use crate::bench::python::Python;
use crate::data;
use anyhow::{Context, Result};
use serde_json::Value;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

pub(super) const MODEL: Model = Model {
    name: "ope",
    protocol: "obd_all: the random log evaluates Bernoulli Thompson sampling, whose probabilities are simulated from \
               the production priors (100,000 draws, seed 12345); one pass over the log and 30 resamplings of its rows \
               (seeds 0-29); the truth is the click rate of the target's own log (42 clicks, so itself known to 16 %). \
               simulated: 500 logs of 1,000 rows, seed 7, eight actions, contexts that the logging policy looks at; \
               the truth is exact",
    files: &["obd_all/random/all.csv", "obd_all/bts/all.csv", "obd_all/conf/prior_bts.yaml"],
    claims,
};

const REPETITIONS: usize = 30;
const RUNS: usize = 500;
const ROWS: usize = 1000;
const SEED: usize = 7;

/// Whose the published figures are.
const THEIRS: &str = "Open Bandit Pipeline";
/// Estimator, published mean and standard deviation of the relative error over the resamplings.
const PUBLISHED: &[(&str, f64, f64)] = &[
    ("dm", 0.157, 0.110),
    ("dros", 0.160, 0.110),
    ("switch-dr", 0.258, 0.161),
    ("dr", 0.292, 0.315),
    ("ips", 0.311, 0.311),
    ("snips", 0.312, 0.335),
];
/// The published estimate by inverse propensities in one pass.
const ONE_PASS: f64 = 0.004_553;
/// The published estimates in one pass by a fitted reward, which depends on whose model it is.
const ONE_PASS_FITTED: [(&str, f64); 2] = [("dm", 0.003_545), ("dr", 0.004_727)];

fn claims(setting: &Setting) -> Result<Vec<Claim>> {
    let python = Python::prepare()?;
    let mut claims = open_bandit(setting, &python)?;
    claims.extend(simulated(setting, &python)?);
    Ok(claims)
}

fn open_bandit(setting: &Setting, python: &Python) -> Result<Vec<Claim>> {
    let folder = setting.scratch.join("ope-obd");
    let (source, repetitions) = (data::folder().join("obd_all"), REPETITIONS.to_string());
    let made = [source.as_os_str(), folder.as_os_str(), repetitions.as_ref()];
    let made = python.script("ope_obd.py", made)?;
    let truth = number(&made, "truth")?;
    let target = folder.join("target.csv");
    let evaluate = |log: String, out: String| {
        let columns = "--action item_id --reward click --probability propensity_score --position position --context \
                       user_feature_0,user_feature_1,user_feature_2,user_feature_3";
        evaluate(
            setting,
            &Files { log: folder.join(log), target: target.clone(), out: folder.join(out) },
            columns,
        )
    };
    let pass = score(
        python,
        "error",
        truth.to_string().as_ref(),
        &[evaluate("log.csv".into(), "out.csv".into())?],
    )?;
    let mut outs = Vec::new();
    for b in 0..REPETITIONS {
        outs.push(evaluate(format!("log-{b}.csv"), format!("out-{b}.csv"))?);
    }
    let resampled = score(python, "error", truth.to_string().as_ref(), &outs)?;
    let value = |name: &str| number(&pass[name], "value");
    let cited = |by: &'static str, value, spread| {
        let mark = if by == THEIRS { Mark::Read } else { Mark::Recomputed };
        vec![Published { value, spread, by, mark }]
    };
    let metric = "click rate of the target's own log, taken for the truth";
    let clicks = Claim::new("obd_all", metric, truth, Required::Nothing);
    let within = Required::Within { of: ONE_PASS, share: 0.01 };
    let ips = Claim::new("obd_all", "value by ips in one pass", value("ips")?, within);
    let mut claims = vec![
        Claim { published: cited("counted", 0.0042, None), ..clicks },
        Claim { published: cited(THEIRS, ONE_PASS, None), ..ips },
    ];
    for (name, published) in ONE_PASS_FITTED {
        let metric = format!("value by {name} in one pass");
        let claim = Claim::new("obd_all", metric, value(name)?, Required::Nothing);
        claims.push(Claim { published: cited(THEIRS, published, None), ..claim });
    }
    for (name, mean, sd) in PUBLISHED {
        let metric = format!("relative error of {name}, 30 resamplings");
        // Within the published figure's own spread there is no difference to speak of.
        let required = Required::AtMost(mean + sd);
        let claim = Claim::new("obd_all", metric, number(&resampled[*name], "mean")?, required);
        let spread = Some(number(&resampled[*name], "sd")?);
        let trivial = Some(("mean of the log", number(&made, "trivial")?));
        claims.push(Claim { spread, published: cited(THEIRS, *mean, Some(*sd)), trivial, ..claim });
    }
    Ok(claims)
}

fn simulated(setting: &Setting, python: &Python) -> Result<Vec<Claim>> {
    let folder = setting.scratch.join("ope-simulated");
    let [runs, rows, seed] = [RUNS, ROWS, SEED].map(|number| number.to_string());
    let arguments = [folder.as_os_str(), runs.as_ref(), rows.as_ref(), seed.as_ref()];
    let made = python.script("ope_simulate.py", arguments)?;
    let (truth, trivial) = (number(&made, "truth")?, number(&made, "trivial")?);
    let columns = "--action action --reward click --probability probability --context segment,age";
    let mut outs = Vec::new();
    for run in 0..RUNS {
        let name = |what: &str| folder.join(format!("{what}-{run}.csv"));
        let files = Files { log: name("log"), target: name("target"), out: name("out") };
        outs.push(evaluate(setting, &files, columns)?);
    }
    let covered = score(python, "cover", folder.join("truths.json").as_os_str(), &outs)?;
    let errors = score(python, "error", truth.to_string().as_ref(), &outs)?;
    let times = trivial / number(&errors["dr"], "mean")?;
    let metric = "how many times closer dr comes than the mean of the log";
    let mut claims = vec![Claim {
        trivial: Some(("mean of the log", 1.0)),
        ..Claim::new("simulated", metric, times, Required::AtLeast(2.0))
    }];
    for (name, ..) in PUBLISHED {
        let held = number(&covered[*name], "cover")?;
        let metric = format!("95 % intervals of {name} that hold the truth, % of 500");
        claims.push(Claim::new("simulated", metric, held, Required::Between(93.0, 97.0)));
    }
    Ok(claims)
}

struct Files {
    log: PathBuf,
    target: PathBuf,
    out: PathBuf,
}

fn evaluate(setting: &Setting, files: &Files, columns: &str) -> Result<PathBuf> {
    let words = columns.split(' ').map(OsStr::new);
    let paths = [("--log", &files.log), ("--target", &files.target), ("--out", &files.out)];
    let paths = paths.into_iter().flat_map(|(flag, path)| [OsStr::new(flag), path.as_os_str()]);
    setting.model([OsStr::new("ope")].into_iter().chain(paths).chain(words))?;
    Ok(files.out.clone())
}

fn score(python: &Python, manner: &str, truth: &OsStr, outs: &[PathBuf]) -> Result<Value> {
    let arguments = [OsStr::new(manner), truth].into_iter();
    python.script("ope_score.py", arguments.chain(outs.iter().map(|out| Path::as_os_str(out))))
}

fn number(said: &Value, key: &str) -> Result<f64> {
    let found = said.get(key).and_then(Value::as_f64);
    found.with_context(|| format!("the script said no `{key}`: {said}"))
}
