//! Retention: two segments of subscribers, fitted to some years and projected over the rest.

use super::{Claim, Mark, Model, Published, Required};
use crate::bench::program::Setting;
use crate::bench::python::Python;
use crate::data;
use anyhow::{Context, Result};
use serde_json::Value;
use std::ffi::OsStr;

pub(super) const MODEL: Model = Model {
    name: "retention",
    protocol: "sbg_contractual: per cent surviving of 1,000, fitted to the first 7 (or 4) years, projected to year \
               12; trivial is the mean retention of the years fitted, for ever",
    files: &["sbg_contractual/survival_pct.csv"],
    claims,
};

/// A fit with what is printed of it.
struct Fit {
    segment: &'static str,
    model: &'static str,
    years: &'static str,
    /// What the summary calls it, and its printed value with half a unit of the last digit.
    printed: &'static [(&'static str, f64, f64)],
    /// The root mean squared error of the projection that is asked for, in shares.
    error_max: f64,
}

const FITS: &[Fit] = &[
    Fit {
        segment: "high_end",
        model: "sbg",
        years: "7",
        printed: &[
            ("/parameters/alpha", 0.668, 5e-4),
            ("/parameters/beta", 3.806, 5e-4),
            ("/expected_residual_lifetime", 7.530, 2e-3),
        ],
        error_max: 0.02,
    },
    Fit {
        segment: "regular",
        model: "sbg",
        years: "7",
        printed: &[("/parameters/alpha", 0.704, 5e-4), ("/parameters/beta", 1.182, 5e-4)],
        error_max: 0.02,
    },
    Fit {
        segment: "high_end",
        model: "bdw",
        years: "4",
        printed: &[
            ("/parameters/alpha", 0.2593, 1e-3),
            ("/parameters/beta", 1.7226, 1e-3),
            ("/parameters/c", 1.5844, 1e-3),
            ("/log_likelihood", -1222.75, 1e-2),
        ],
        error_max: 0.02,
    },
    Fit { segment: "high_end", model: "auto", years: "7", printed: &[], error_max: 0.02 },
    Fit { segment: "regular", model: "auto", years: "7", printed: &[], error_max: 0.02 },
];

fn claims(setting: &Setting) -> Result<Vec<Claim>> {
    let python = Python::prepare()?;
    let folder = setting.scratch.join("retention");
    let source = data::folder().join("sbg_contractual/survival_pct.csv");
    let mut claims = Vec::new();
    for fit in FITS {
        let out = folder.join(format!("{}-{}-{}.csv", fit.segment, fit.model, fit.years));
        let cut = folder.join(format!("first-{}.csv", fit.years));
        let made = [OsStr::new("cut"), source.as_os_str(), cut.as_os_str(), fit.years.as_ref()];
        python.script("retention.py", made)?;
        let said = setting.model([
            "retention".as_ref(),
            "--survivors".as_ref(),
            cut.as_os_str(),
            "--out".as_ref(),
            out.as_os_str(),
            "--period".as_ref(),
            "year".as_ref(),
            "--alive".as_ref(),
            OsStr::new(fit.segment),
            "--cohort".as_ref(),
            "1000".as_ref(),
            "--periods".as_ref(),
            "12".as_ref(),
            "--discount".as_ref(),
            "0.1".as_ref(),
            "--model".as_ref(),
            fit.model.as_ref(),
        ])?;
        let name = format!("{} {}, {} years", fit.segment, fit.model, fit.years);
        for (path, value, half) in fit.printed {
            let ours = said.pointer(path).and_then(Value::as_f64);
            let ours = ours.with_context(|| format!("the summary has no {path}"))?;
            let metric = format!("{name},{}", path.replace(['/', '_'], " "));
            let required = Required::Between(value - half, value + half);
            let by = Published { value: *value, spread: None, by: "their paper", mark: Mark::Read };
            let claim = Claim::new("sbg_contractual", metric, ours, required);
            claims.push(Claim { published: vec![by], ..claim });
        }
        let arguments = [
            OsStr::new("score"),
            source.as_os_str(),
            out.as_os_str(),
            fit.segment.as_ref(),
            fit.years.as_ref(),
        ];
        let scored = python.script("retention.py", arguments)?;
        let number = |key: &str| {
            let found = scored.get(key).and_then(Value::as_f64);
            found.with_context(|| format!("retention.py said no `{key}`: {scored}"))
        };
        let metric = format!("{name}, error of the years after (RMSE of survival)");
        let required = Required::AtMost(fit.error_max);
        let claim = Claim::new("sbg_contractual", metric, number("error")?, required);
        claims.push(Claim { trivial: Some(("mean retention", number("trivial")?)), ..claim });
    }
    Ok(claims)
}
