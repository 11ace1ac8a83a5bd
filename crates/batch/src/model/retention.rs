//! `nobishiro model retention`: how long customers under contract stay.

mod input;

use anyhow::{Context, Result, bail};
use models::retention::{
    CURVES, Choice, Curve, Fault, Fitted, Refusal, Risks, Survival, choose, kaplan_meier,
};

use super::sheet::File;
use super::summary::{Summary, Value};
use super::table::Table;

pub use input::{UNITS, Unit};

/// A file with one row a period.
#[derive(Debug, Clone)]
pub struct Survivors {
    /// 0, 1, 2, …
    pub period: String,
    /// How many are still there.
    pub alive: String,
    /// The size of the cohort where the file has shares of it.
    pub cohort: Option<f64>,
}

/// A file with one row a subscription, or one a change of it.
#[derive(Debug, Clone)]
pub struct Subscriptions {
    /// The day it began.
    pub start: String,
    /// The day it ended; empty while it lasts.
    pub end: String,
    /// The last day of observation, as 2026-01-31.
    pub until: Option<String>,
    /// The first day of observation: what ended before is not in the file.
    pub from: Option<String>,
    /// How long a period is.
    pub unit: Unit,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Options {
    /// `auto`, `km`, or the name of a curve.
    pub model: String,
    /// The last period to be written; else the last observed.
    pub periods: Option<u32>,
    /// Discount a period; else ten per cent a year, or a period where that is not known.
    pub discount: Option<f64>,
}

/// How sure the intervals are.
const LEVEL: f64 = 0.8;

/// No table is longer than this.
const PERIODS_MAX: u32 = 100_000;

/// From survivors by period.
pub fn survivors(file: &File, columns: &Survivors, options: &Options) -> Result<(Table, Summary)> {
    let curves = asked(options)?;
    let read = input::survivors(file, columns)?;
    let risks = Risks::of_survivors(&read.alive).map_err(|refusal| {
        let place = match refusal {
            Refusal::Rising(at) | Refusal::NoCount(at) => read.places[at].clone(),
            _ => file.name(),
        };
        anyhow::anyhow!("{place}: {refusal}")
    })?;
    Ok(finish(&risks, &curves, read.said, (options, options.discount.unwrap_or(0.1))))
}

/// From subscriptions with their ends, if they have one.
pub fn subscriptions(
    file: &File,
    columns: &Subscriptions,
    options: &Options,
) -> Result<(Table, Summary)> {
    let curves = asked(options)?;
    let (spells, said) = input::subscriptions(file, columns)?;
    let risks = Risks::of_spells(&spells)
        .map_err(|refusal| anyhow::anyhow!("{}: {}", file.name(), worded(refusal, columns.unit)))?;
    let discount = options.discount.unwrap_or_else(|| columns.unit.discount(0.1));
    Ok(finish(&risks, &curves, said, (options, discount)))
}

fn worded(refusal: Refusal, unit: Unit) -> String {
    match refusal {
        Refusal::FewPeriods(_) => {
            format!("{refusal}; a period is a {} here, see --unit for a shorter one", unit.name())
        }
        _ => refusal.to_string(),
    }
}

/// The curves to be tried; none for `km`.
fn asked(options: &Options) -> Result<Vec<Curve>> {
    if options.periods.is_some_and(|it| it == 0 || it > PERIODS_MAX) {
        bail!("--periods is from 1 to {PERIODS_MAX}");
    }
    if let Some(it) = options.discount.filter(|it| !(0.0..10.0).contains(it)) {
        bail!("--discount is a share a period from 0 on, as .1 for ten per cent, not {it}");
    }
    match options.model.as_str() {
        "auto" => Ok(CURVES.to_vec()),
        "km" => Ok(Vec::new()),
        name => {
            let curve = Curve::named(name).with_context(|| {
                let known: Vec<&str> = CURVES.iter().map(|it| it.name).collect();
                format!(
                    "--model: no model is called `{name}`; there are auto, {}, km",
                    known.join(", ")
                )
            })?;
            Ok(vec![curve])
        }
    }
}

fn finish(
    risks: &Risks,
    curves: &[Curve],
    read: Summary,
    (options, discount): (&Options, f64),
) -> (Table, Summary) {
    let tried = choose(risks, curves);
    let observed = kaplan_meier(risks, LEVEL);
    let last = options.periods.unwrap_or_else(|| u32::try_from(observed.len() - 1).unwrap_or(0));
    // A curve that was asked for is shown, fault or not; one that was chosen must have none.
    let chosen = tried.first().filter(|it| it.fault.is_none() || options.model != "auto");
    let mut warnings: Vec<String> = Vec::new();
    if let Some(Fault { period, off }) = tried.first().and_then(|it| it.fault) {
        warnings.push(format!(
            "{} misses what was observed by {:.1} points after {period} periods: leaving comes in steps (ends of \
             terms, price changes) or from cohorts that differ; look at cohorts apart",
            tried[0].fitted.curve.name,
            100.0 * off
        ));
    }
    if tried.is_empty() && !curves.is_empty() {
        warnings
            .push("no curve could be fitted to these periods; what was observed stands".to_owned());
    }
    let lines: Vec<Survival> = match chosen {
        Some(it) => (0..=last).map(|period| it.fitted.survival(period, LEVEL)).collect(),
        None => observed.iter().filter(|it| it.period <= last).copied().collect(),
    };
    if chosen.is_none() && (lines.len() as u64) <= u64::from(last) {
        warnings.push(format!("km looks no further than period {}", lines.len() - 1));
    }
    let table = Table::default()
        .with("period", lines.iter().map(|it| i64::from(it.period)).collect::<Vec<_>>())
        .with("survival", lines.iter().map(|it| it.share).collect::<Vec<_>>())
        .with("lower", lines.iter().map(|it| it.lower).collect::<Vec<_>>())
        .with("upper", lines.iter().map(|it| it.upper).collect::<Vec<_>>());
    let mut summary = said(read.with("periods_observed", risks.periods()), chosen);
    if !tried.is_empty() {
        summary = methods(summary, &tried);
    }
    if let Some(it) = chosen {
        summary = lifetimes(summary, &it.fitted, (risks, discount));
    }
    let interval = match chosen {
        Some(_) => "80 %, of the curve (its parameters' uncertainty)",
        None => "80 %, Greenwood on ln(-ln S)",
    };
    (table, summary.with("interval", interval).with("warnings", warnings))
}

fn said(summary: Summary, chosen: Option<&Choice>) -> Summary {
    let Some(Choice { fitted, fault, .. }) = chosen else {
        return summary.with("model", "km").with("verdict", "observed only");
    };
    let named = fitted.named();
    let group = |values: &mut dyn Iterator<Item = f64>| {
        let both = named.iter().zip(values);
        both.fold(Summary::default(), |said, ((name, _), value)| said.with(name, value))
    };
    let errors = fitted.standard_errors.as_ref().map(|it| group(&mut it.iter().copied()));
    summary
        .with("model", fitted.curve.name)
        .with("verdict", if fault.is_some() { "does not fit" } else { "fits" })
        .with("parameters", group(&mut named.iter().map(|(_, value)| *value)))
        .with("standard_errors", errors)
        .with("log_likelihood", fitted.log_likelihood)
}

fn methods(summary: Summary, tried: &[Choice]) -> Summary {
    let row = |it: &Choice| -> Vec<Value> {
        vec![
            it.fitted.curve.name.into(),
            it.fitted.log_likelihood.into(),
            it.aic.into(),
            it.held_out_error.into(),
            it.fault.map(|fault| fault.off).into(),
        ]
    };
    let columns = ["model", "log_likelihood", "aic", "held_out_error", "off_by"];
    summary.rows("methods", &columns, tried.iter().map(row).collect())
}

/// How many renewals are still to come, by how many there have been.
fn lifetimes(summary: Summary, fitted: &Fitted, (risks, discount): (&Risks, f64)) -> Summary {
    let observed = u32::try_from(risks.periods()).unwrap_or(PERIODS_MAX);
    let shown: Vec<u32> =
        (0..=observed.min(24)).chain((observed > 24).then_some(observed)).collect();
    let rows = shown.iter().map(|renewals| {
        let lifetime = fitted.residual_lifetime(*renewals, discount);
        vec![u64::from(*renewals).into(), lifetime.into()]
    });
    summary
        .with("discount", discount)
        .with("expected_residual_lifetime", fitted.residual_lifetime(observed, discount))
        .rows("residual_lifetime", &["renewals", "periods_to_come"], rows.collect())
}
