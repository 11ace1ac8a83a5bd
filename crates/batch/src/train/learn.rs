//! A propensity model of the night: trained where there are rows enough, judged beside the rates that it would
//! replace and beside the model of the run before, and kept with its card.
//!
//! A newcomer has a signal when its area's interval is above one half *and* its log loss on held-out rows is below
//! that of the shrunken rates, counted on the same folds, by more than [`SURE`] standard errors of the paired
//! difference. Without a signal the rates stand, as they do where no model can be trained. The model of the run before
//! stays when the newcomer is worse than it by more than one standard error on what both had not seen.

mod beside;
mod held_out;
mod leaks;
mod model;
mod said;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;
use domain::words::Words;
use models::learn::Frame;
use models::propensity::{Keep, Options, Propensity, Trained, Verdict as Signal, train_with};
use models::rates::Beta;

use super::moment::{OF_ACCOUNT, OF_APPROACH, OF_DEAL};
use super::rows::{Encoder, Rows};
use crate::registry::{self, Card, Dropped, Metric, Verdict};
use beside::{Difference, by_fold, difference, losses, mean};
use held_out::HeldOut;
use model::Twin;

pub use model::{Model, Reason, Says};

/// Rows of each outcome that a model needs.
pub const EACH_NEEDED: u64 = 50;
/// Standard errors by which a model must be better than the rates: nineteen of twenty that are no better are not.
const SURE: f64 = 1.645;

/// What is learnt.
#[derive(Debug, Clone)]
pub struct Task {
    /// Its name in the registry.
    pub name: &'static str,
    /// What it estimates.
    pub of: Words,
    /// What its rows are called.
    pub rows: Words,
    /// What is believed of the rates before any data.
    pub belief: Beta,
    /// Of every draw.
    pub seed: u64,
}

/// The run before, for the model that it used.
#[derive(Debug, Clone)]
pub struct Before {
    /// Its id.
    pub run_id: String,
    /// Its folder.
    pub folder: PathBuf,
    /// Whether its registry says that it used a model of that name.
    pub used: bool,
}

/// What came of it.
#[derive(Debug)]
pub struct Learnt {
    /// For the registry.
    pub card: Card,
    /// The model to use; none where the rates stand.
    pub model: Option<Model>,
    /// Whether it is that of the run before.
    pub kept: bool,
}

/// Rows as models see them.
struct Ground<'a> {
    frame: Frame,
    target: Vec<f64>,
    /// What came of each row's account by today, 0 or 1.
    fate: Vec<f64>,
    groups: Vec<usize>,
    encoder: Encoder,
    /// Names of facts with a date, which cannot know the outcome.
    dated: BTreeSet<&'a str>,
}

impl Ground<'_> {
    fn of(rows: &Rows<'_>, encoder: Encoder) -> Self {
        let all: Vec<usize> = (0..rows.cases.len()).collect();
        Self {
            frame: rows.frame(&encoder, &all),
            target: rows.target(),
            fate: rows.cases.iter().map(|case| f64::from(u8::from(case.fate))).collect(),
            groups: groups(rows),
            encoder,
            dated: OF_ACCOUNT
                .iter()
                .chain(OF_DEAL)
                .chain(OF_APPROACH)
                .map(|fact| fact.name)
                .collect(),
        }
    }

    fn train(&self, rows: Option<&[usize]>, seed: u64) -> Option<Trained> {
        let options = |groups| Options { seed, groups: Some(groups), keep: Keep::Refitted };
        let Some(rows) = rows else {
            return train_with(&self.frame, &self.target, options(&self.groups)).ok();
        };
        let target: Vec<f64> = rows.iter().map(|row| self.target[*row]).collect();
        let groups: Vec<usize> = rows.iter().map(|row| self.groups[*row]).collect();
        train_with(&self.frame.take(rows), &target, options(&groups)).ok()
    }
}

/// The groups of the rows as numbers from 0.
fn groups(rows: &Rows<'_>) -> Vec<usize> {
    let keys: Vec<i64> = rows.cases.iter().map(|case| case.group).collect();
    let mut distinct = keys.clone();
    distinct.sort_unstable();
    distinct.dedup();
    keys.iter().map(|key| distinct.partition_point(|other| other < key)).collect()
}

/// Trains on rows, of which there were `all` before a sample was drawn.
pub fn learn(
    task: &Task,
    (rows, all): (&Rows<'_>, usize),
    columns_left: &[Dropped],
    (run_id, before): (&str, Option<&Before>),
) -> Learnt {
    let mut card = said::begin(task, rows, all);
    let (ones, n) = (rows.positives() as u64, rows.cases.len() as u64);
    if ones.min(n - ones) < EACH_NEEDED {
        card = card.judged(Verdict::Lacks, said::lacks(task, ones, n));
        return Learnt { card, model: None, kept: false };
    }
    let ground = prepared(rows, columns_left, (&mut card, task.seed));
    if ground.encoder.names().next().is_none() {
        card = card.judged(Verdict::NoSignal, said::no_column());
        return Learnt { card, model: None, kept: false };
    }
    let Some(trained) = ground.train(None, task.seed) else {
        card = card.judged(Verdict::Lacks, said::lacks(task, ones, n));
        return Learnt { card, model: None, kept: false };
    };
    let beside = against_rates(rows, &ground, &trained, task.belief);
    let sure = beside.difference.mean + SURE * beside.difference.error < 0.0;
    let signal = trained.model.verdict == Signal::Signal && sure;
    card = figures(card, &trained.model, &beside);
    let verdict = if signal { Verdict::Signal } else { Verdict::NoSignal };
    card = card.judged(verdict, said::verdict(task, &trained.model, &beside, signal));
    let newcomer = Newcomer::of(rows, &ground, signal, task);
    if let Some(before) = before
        && let Some(kept) = newcomer.against(before, task, &mut card)
    {
        let card = said::kept(&kept, &card);
        return Learnt { card, model: Some(kept), kept: true };
    }
    let model = signal.then(|| Model {
        run_id: run_id.to_owned(),
        card: card.clone(),
        encoder: ground.encoder.clone(),
        fitted: trained.model,
        twin: newcomer.twin,
    });
    Learnt { card, model, kept: false }
}

/// Rows without the columns that say nothing or too much; the card says which.
fn prepared<'a>(
    rows: &Rows<'_>,
    columns_left: &[Dropped],
    (card, seed): (&mut Card, u64),
) -> Ground<'a> {
    let (encoder, mut dropped) = rows.encoder();
    let ground = Ground::of(rows, encoder);
    dropped.extend(leaks::found(&ground, seed));
    let names: BTreeSet<&str> = dropped.iter().map(|it| it.column.as_str()).collect();
    let encoder = ground.encoder.without(&names);
    card.columns = encoder.names().map(str::to_owned).collect();
    card.dropped = columns_left.to_vec();
    card.dropped.extend(dropped);
    Ground::of(rows, encoder)
}

/// A model beside the rates, on held-out rows.
struct Beside {
    log_loss: f64,
    rates_log_loss: f64,
    difference: Difference,
}

fn against_rates(rows: &Rows<'_>, ground: &Ground<'_>, trained: &Trained, belief: Beta) -> Beside {
    let own = losses(&trained.held_out, &ground.target);
    let rates = losses(&by_fold(&rows.cases, &trained.fold, belief), &ground.target);
    Beside {
        log_loss: mean(&own),
        rates_log_loss: mean(&rates),
        difference: difference(&own, &rates, &ground.groups),
    }
}

fn figures(card: Card, model: &Propensity, beside: &Beside) -> Card {
    let reach = 1.96 * beside.difference.error;
    let apart = beside.difference.mean;
    card.metric(Metric::within("auc", model.auc.value, (model.auc.lower, model.auc.upper)))
        .metric(Metric::plain("log_loss", beside.log_loss))
        .metric(Metric::plain("rates_log_loss", beside.rates_log_loss))
        .metric(Metric::within("log_loss_less_rates", apart, (apart - reach, apart + reach)))
        .metric(Metric::plain("calibration_error", model.calibration.ece))
        .metric(Metric::plain("calibration_slope", model.calibration.slope))
        .detail("folds", model.folds.0)
        .detail("methods", &model.tried)
}

/// The newcomer's twin, and what it says of the rows that it has not seen.
struct Newcomer<'a, 'r> {
    rows: &'a Rows<'r>,
    ground: &'a Ground<'a>,
    twin: Option<Twin>,
    /// Its probability of each row that is held out; the rates' where it has no signal.
    said: Vec<f64>,
    held_out: Option<HeldOut>,
}

impl<'a, 'r> Newcomer<'a, 'r> {
    fn of(rows: &'a Rows<'r>, ground: &'a Ground<'a>, signal: bool, task: &Task) -> Self {
        let none = Self { rows, ground, twin: None, said: Vec::new(), held_out: None };
        let Some(held_out) = HeldOut::choose(&rows.cases) else { return none };
        let kept: Vec<usize> =
            (0..rows.cases.len()).filter(|row| !held_out.holds(&rows.cases[*row])).collect();
        let trained = if signal { ground.train(Some(&kept), task.seed) } else { None };
        let said = if let Some(trained) = &trained {
            trained.model.predict(&ground.frame)
        } else {
            let cases = kept.iter().map(|row| &rows.cases[*row]);
            let rates = beside::rates(cases, task.belief);
            let of = |case: &super::rows::Case<'_>| rates.of(&case.rate_of).estimate.mean;
            rows.cases.iter().map(of).collect()
        };
        let twin = trained.map(|trained| Twin { model: trained.model, held_out });
        Self { twin, said, held_out: Some(held_out), ..none }
    }

    /// The model of the run before, when the newcomer is worse than it.
    fn against(&self, before: &Before, task: &Task, card: &mut Card) -> Option<Model> {
        let model = match registry::read_artefact::<Model>(&before.folder, task.name) {
            Ok(Some(model)) => model,
            Ok(None) if !before.used => return None,
            Ok(None) => {
                card.notes.push(said::lost(&before.run_id, "it is not there"));
                return None;
            }
            Err(error) => {
                card.notes.push(said::lost(&before.run_id, &error.root_cause().to_string()));
                return None;
            }
        };
        let held_out = self.held_out.zip(model.twin.as_ref());
        let both = held_out.and_then(|(own, twin)| own.both(twin.held_out, &self.rows.cases));
        let Some(both) = both else {
            card.notes.push(said::not_compared(&before.run_id));
            return None;
        };
        let held: Vec<usize> =
            (0..self.rows.cases.len()).filter(|row| both.holds(&self.rows.cases[*row])).collect();
        let came: Vec<f64> = held.iter().map(|row| self.ground.target[*row]).collect();
        let groups: Vec<usize> = held.iter().map(|row| self.ground.groups[*row]).collect();
        let newcomer: Vec<f64> = held.iter().map(|row| self.said[*row]).collect();
        let (newcomer, old) =
            (losses(&newcomer, &came), losses(&model.twin_says(self.rows, &held), &came));
        let apart = difference(&newcomer, &old, &groups);
        let words = said::compared(both, (mean(&newcomer), mean(&old)), (apart, held.len()));
        card.held_out = Some((&words).into());
        card.metrics.push(Metric::plain("held_out_log_loss", mean(&newcomer)));
        card.metrics.push(Metric::plain("held_out_log_loss_of_the_run_before", mean(&old)));
        (apart.mean > apart.error && apart.mean > 1e-9).then_some(model)
    }
}

/// Puts a model into the folder of its run, and gives it back as it will be read.
pub fn keep(
    learnt: Learnt,
    folder: &Path,
    before: Option<&Before>,
) -> Result<(Card, Option<Model>)> {
    let Learnt { card, model, kept } = learnt;
    let name = card.name.clone();
    let model = match (model, before) {
        (None, _) => {
            registry::remove_artefact(folder, &name)?;
            None
        }
        (Some(model), Some(before)) if kept => {
            registry::carry_over(&before.folder, folder, &name)?;
            Some(model)
        }
        (Some(model), _) => Some(registry::write_artefact(folder, &name, &model)?),
    };
    Ok((card, model))
}

#[cfg(test)]
mod tests;
