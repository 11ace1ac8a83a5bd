//! `nobishiro model ltv`: what each customer without a contract will still buy and spend.

mod discrete;
mod shop;
mod table;
pub(crate) mod trial;

use std::time::Instant;

use anyhow::{Context, Result, bail};
use domain::time::Day;
use models::ltv::fit::{Fit, fit};
use models::ltv::gamma_gamma::{self, GammaGamma, Spend};
use models::ltv::{Histories, History, PROCESSES, Process, process};

use super::sheet::File;
use super::summary::{Summary, Value};
use super::table::Table;

/// Which columns of a file of transactions say what.
#[derive(Debug, Clone)]
pub struct Columns {
    /// Who bought.
    pub customer: String,
    /// When.
    pub date: String,
    /// For how much.
    pub amount: Option<String>,
    /// The last day that counts, as 2026-01-31; else the last day of the file.
    pub until: Option<String>,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Options {
    /// `auto`, or the name of a process.
    pub model: String,
    /// Days to look ahead.
    pub horizon_days: u32,
    /// Days of a period, where customers buy or do not buy by periods.
    pub period_days: Option<u32>,
}

/// Customers as the models see them.
struct Subjects {
    names: Vec<String>,
    histories: Vec<History>,
    /// Repeat purchases with their mean amount; `None`: no amounts were given.
    spends: Option<Vec<Option<Spend>>>,
    /// What was read, for the summary.
    read: Summary,
    warnings: Vec<String>,
}

/// How sure the intervals are to hold what comes.
const LEVEL: f64 = 0.8;

/// From a file of transactions, one a row.
pub fn transactions(file: &File, columns: &Columns, options: &Options) -> Result<(Table, Summary)> {
    if options.model == discrete::NAME {
        return discrete::transactions(file, columns, options);
    }
    let processes = asked(options)?;
    let shop = shop::Shop::read(file, columns, until(columns)?)?;
    let trial = trial::run(&shop, &processes, options.horizon_days);
    finish(shop.subjects(), &processes, Some(trial), options)
}

fn until(columns: &Columns) -> Result<Option<Day>> {
    let Some(text) = &columns.until else { return Ok(None) };
    let day = Day::parse_iso(text).with_context(|| {
        format!("--until should be a date as 2026-01-31, but `{text}` was given")
    })?;
    Ok(Some(day))
}

/// From a file with one customer a row: frequency, recency and age in weeks, perhaps the mean amount.
pub fn summary(file: &File, customer: Option<&str>, options: &Options) -> Result<(Table, Summary)> {
    if options.model == discrete::NAME {
        return discrete::summary(file, customer, options);
    }
    let processes = asked(options)?;
    finish(table::subjects(file, customer)?, &processes, None, options)
}

fn asked(options: &Options) -> Result<Vec<&'static dyn Process>> {
    if options.horizon_days == 0 || options.horizon_days > 36_600 {
        bail!("--horizon-days is from 1 to 36600, not {}", options.horizon_days);
    }
    if options.period_days.is_some() {
        bail!("--period-days is for --model {}; leave it out, or add that", discrete::NAME);
    }
    if options.model == "auto" {
        return Ok(PROCESSES.to_vec());
    }
    let known: Vec<&str> = PROCESSES.iter().map(|it| it.name()).collect();
    let found = process(&options.model).with_context(|| {
        format!(
            "--model: no model is called `{}`; there are auto, {}, {}",
            options.model,
            known.join(", "),
            discrete::NAME
        )
    })?;
    Ok(vec![found])
}

#[expect(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    reason = "the last step, which ends what the others handed on"
)]
fn finish(
    mut subjects: Subjects,
    processes: &[&'static dyn Process],
    trial: Option<trial::Trial>,
    options: &Options,
) -> Result<(Table, Summary)> {
    let histories = Histories::new(&subjects.histories);
    let mut summary = std::mem::take(&mut subjects.read);
    let totals = histories.totals();
    summary = summary
        .with("repeat_customers", whole(totals.repeaters))
        .with("repeat_purchases", whole(totals.repeats))
        .with("horizon_days", u64::from(options.horizon_days));
    let chosen = trial.as_ref().map_or_else(|| processes.to_vec(), |it| it.chosen(processes));
    let begun = Instant::now();
    let fitted = best(&chosen, processes, &histories);
    let seconds = begun.elapsed().as_secs_f64();
    tracing::info!(seconds, groups = histories.groups(), "fitted what customers buy");
    let amounts = subjects.spends.as_ref().map(|spends| amounts(spends, &mut subjects.warnings));
    let fitted = match fitted {
        Ok(fitted) => fitted,
        Err(why) => {
            let said = summary
                .with("model", Value::None)
                .with("verdict", "refused")
                .with("why", why)
                .with("warnings", subjects.warnings.clone());
            return Ok((table::without_numbers(&subjects), said));
        }
    };
    if !fitted.undetermined.is_empty() {
        subjects.warnings.push(format!(
            "the data leave {} open: customers differ too little, or too few drop out, to tell; what is \
             expected does not depend on it",
            fitted.undetermined_names().join(", ")
        ));
    }
    if fitted.process.name() == "bg-nbd" && totals.repeaters < totals.customers {
        subjects.warnings.push(format!(
            "{} customers bought once; bg-nbd calls them all alive (p_alive 1), so judge their silence by \
             days, not by p_alive",
            whole(totals.customers - totals.repeaters)
        ));
    }
    if let Some(trial) = &trial {
        subjects.warnings.extend(trial.warning(fitted.process.name()));
    }
    let (table, expected) = table::with_numbers(&subjects, (&histories, &fitted), amounts, options);
    summary = said(summary, &fitted).with("verdict", "fitted");
    summary = summary.with("expected_purchases_total", expected.purchases);
    if let Some(amounts) = &amounts {
        summary = summary
            .with("expected_value_total", expected.value)
            .with("amounts", said_of_amounts(amounts, &subjects));
    }
    summary = summary.with("interval", table::interval_words(amounts.as_ref()));
    if let Some(trial) = &trial {
        summary = trial.said(summary);
    }
    Ok((table, summary.with("warnings", subjects.warnings)))
}

/// Of the processes chosen, the most likely; where none of them fits, the most likely other.
pub(crate) fn best(
    chosen: &[&'static dyn Process],
    processes: &[&'static dyn Process],
    histories: &Histories,
) -> Result<Fit, String> {
    let mut refusals = Vec::new();
    let others: Vec<&'static dyn Process> = processes
        .iter()
        .filter(|it| chosen.iter().all(|chosen| chosen.name() != it.name()))
        .copied()
        .collect();
    for group in [chosen, &others] {
        let mut best: Option<Fit> = None;
        for process in group {
            match fit(*process, histories) {
                Ok(fitted) => {
                    if best.as_ref().is_none_or(|it| fitted.log_likelihood > it.log_likelihood) {
                        best = Some(fitted);
                    }
                }
                Err(refusal) => refusals.push(refusal.to_string()),
            }
        }
        if let Some(best) = best {
            return Ok(best);
        }
    }
    refusals.dedup();
    Err(refusals.join("; "))
}

/// A fitted model of amounts, or why there is none.
type Amounts = Result<GammaGamma, gamma_gamma::Refusal>;

fn amounts(spends: &[Option<Spend>], warnings: &mut Vec<String>) -> Amounts {
    let known: Vec<Spend> = spends.iter().flatten().copied().filter(|it| it.mean > 0.0).collect();
    if let Some((r, p)) =
        gamma_gamma::correlation(&known).filter(|(r, p)| r.abs() > 0.2 && *p < 0.05)
    {
        warnings.push(format!(
            "how often customers buy goes with how much they spend each time (correlation {r:.2}, p {p:.4}), \
             which the model of amounts takes to be unrelated: values of frequent buyers are {}",
            if r > 0.0 { "too low" } else { "too high" }
        ));
    }
    let fitted = gamma_gamma::fit(&known);
    if let Err(refusal) = &fitted {
        warnings.push(format!("amounts: {refusal}"));
    }
    fitted
}

/// The model, its parameters and their standard errors.
pub(crate) fn said(summary: Summary, fitted: &Fit) -> Summary {
    let names = fitted.process.parameters();
    let named = |values: &[f64; 4]| {
        names.iter().zip(values).fold(Summary::default(), |said, (name, it)| said.with(name, *it))
    };
    summary
        .with("model", fitted.process.name())
        .with("parameters", named(&fitted.parameters))
        .with("standard_errors", fitted.standard_errors.as_ref().map(named))
        .with("log_likelihood", fitted.log_likelihood)
}

fn said_of_amounts(amounts: &Amounts, subjects: &Subjects) -> Summary {
    let known: Vec<Spend> = subjects.spends.iter().flatten().flatten().copied().collect();
    let correlation = gamma_gamma::correlation(&known).map(|(r, _)| r);
    let begun = Summary::default().with("customers", known.len());
    let begun = match amounts {
        Ok(it) => {
            let named = |[p, q, gamma]: [f64; 3]| {
                Summary::default().with("p", p).with("q", q).with("gamma", gamma)
            };
            begun
                .with("model", "gamma-gamma")
                .with("parameters", named([it.p, it.q, it.gamma]))
                .with("standard_errors", it.standard_errors.map(named))
                .with("log_likelihood", it.log_likelihood)
                .with("mean_amount", it.wallet(None).mean())
        }
        Err(refusal) => begun.with("model", Value::None).with("why", refusal.to_string()),
    };
    begun.with("correlation_with_frequency", correlation)
}

fn whole(count: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a sum of counts, from 0 on"
    )]
    let whole = count.round() as u64;
    whole
}
