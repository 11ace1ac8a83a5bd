//! How likely each row is a one: learners compared by cross-validation, blended, calibrated, and explained, with
//! the verdict whether the columns say anything at all.
//!
//! What stands for the rows that come later is always a prediction for rows that were held out: the choice of method
//! (Stone, 1974, "Cross-Validatory Choice and Assessment of Statistical Predictions"), the area under the curve and the
//! calibration. The area is that of a choice made without the fold that it is measured on, so that it is not the best of
//! many by luck. The model that is kept is the mean of the folds' models (Breiman, 1996, "Bagging Predictors").

mod candidates;
mod choice;
mod hints;

pub use hints::{Alone, alone, alone_grouped};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::learn::auc::{Auc, delong, delong_grouped};
use crate::learn::calibration::{Calibration, Platt, calibration};
use crate::learn::learner::{Contributions, Sample, Task, Unfit};
use crate::learn::{Fitted, Frame, Function, loss};

use candidates::{Fold, Ground, Raced, candidates, deal, race};
use choice::{Choice, Chooser};

/// Whether the columns say anything of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The lower end of the area's interval is above .5, and the log loss is below that of the base rate.
    Signal,
    /// It is not: everybody gets the base rate.
    NoSignal,
}

/// A method and how it did on held-out rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    /// The method's name.
    pub name: String,
    /// What was chosen for it: trees, or the penalty.
    pub setting: Option<f64>,
    /// Area under the curve on held-out rows; `None` where it was given up after the first fold.
    pub auc: Option<f64>,
    /// Log loss on held-out rows, in nats; of the first fold where it was given up.
    pub log_loss: f64,
    /// Its share in the kept model's log odds, 0..=1.
    pub weight: f64,
}

/// What of the compared models is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keep {
    /// The mean of the folds' models.
    #[default]
    Folds,
    /// The chosen methods fitted anew on all rows: a fraction of the size, and as much quicker.
    Refitted,
}

/// How a model is trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options<'a> {
    /// Of every draw.
    pub seed: u64,
    /// One value a row; rows of one group are held out together, and the interval is that of independent groups.
    pub groups: Option<&'a [usize]>,
    /// What is kept.
    pub keep: Keep,
}

/// A model with what it said of the rows that it was trained on while they were held out.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// The model.
    pub model: Propensity,
    /// The probability of each row from models and a calibration without its fold.
    pub held_out: Vec<f64>,
    /// The fold that held each row out, in the first deal.
    pub fold: Vec<usize>,
}

/// A model of who is a one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Propensity {
    members: Vec<(f64, Function)>,
    platt: Platt,
    /// Rows that were learnt from.
    pub rows: usize,
    /// How many of them are ones.
    pub positives: usize,
    /// Of held-out rows; its interval allows for what the folds' models have in common.
    pub auc: Auc,
    /// Of held-out rows, with the probabilities that a later row would get.
    pub calibration: Calibration,
    /// Whether there is anything to know.
    pub verdict: Verdict,
    /// All methods that were tried.
    pub tried: Vec<Tried>,
    /// Into how many folds the rows were dealt, and how often.
    pub folds: (usize, usize),
}

/// Why there is no model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Untrained {
    /// What no learner takes.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// Fewer than two ones, or fewer than two zeros, or groups with such: nothing can be held out.
    #[error("{ones} ones and {zeros} zeros: at least two of each are needed")]
    TooFew {
        /// How many ones.
        ones: usize,
        /// How many zeros.
        zeros: usize,
    },
}

/// Learns from a frame and a target of 0 and 1. The same arguments give the same model, bit by bit.
pub fn train(frame: &Frame, target: &[f64], seed: u64) -> Result<Propensity, Untrained> {
    let options = Options { seed, ..Options::default() };
    Ok(train_with(frame, target, options)?.model)
}

/// The same with options, and what was said of the rows while they were held out.
///
/// # Panics
/// When there are groups, but not one a row: a fault of the caller.
pub fn train_with(
    frame: &Frame,
    target: &[f64],
    options: Options<'_>,
) -> Result<Trained, Untrained> {
    let Options { seed, groups, keep } = options;
    let sample = Sample::new(frame, target);
    sample.check(Task::Probability)?;
    let rows = target.len();
    let positives = target.iter().filter(|y| **y > 0.5).count();
    let (ones, zeros) = candidates::classes(target, groups);
    if ones < 2 || zeros < 2 {
        return Err(Untrained::TooFew { ones, zeros });
    }
    let (folds, repeats) = deal((target, groups), seed);
    let ground = Ground::new(&sample, seed);
    let raced = race(candidates(rows), (&sample, &ground), &folds);
    let chooser = Chooser { folds: &folds, raced: &raced, sample: &sample, ground: &ground };
    let all: Vec<usize> = (0..folds.len()).collect();
    let choice = chooser.choose(&all);
    let honest = honest_margins(&chooser, &folds, rows, |fold| {
        // Chosen without the fold, by the others of the same repeat.
        let others = all.iter().copied().filter(|it| *it != fold);
        let repeat = folds[fold].repeat;
        chooser.choose(&others.filter(|it| folds[*it].repeat == repeat).collect::<Vec<_>>())
    });
    let kept = honest_margins(&chooser, &folds, rows, |_| choice);
    let auc = match groups {
        None => delong(&honest, target),
        Some(groups) => delong_grouped(&honest, target, groups),
    };
    let auc = auc.expect("both classes are there");
    let auc = auc.widened(shared_training(folds.len() / repeats));
    let probabilities = out_of_fold(&honest, target, &folds);
    let measured = calibration(&probabilities, target);
    let base = loss::log_odds(positives as f64 / rows as f64);
    let nothing = loss::mean(Task::Probability, target.iter().map(|y| (base, *y, 1.0)));
    let platt = Platt::near_one(&kept, target);
    let signal = auc.lower > 0.5 && measured.log_loss < nothing && platt.slope > 0.0;
    let tried = tried(&chooser, choice, rows);
    let members = match keep {
        Keep::Folds => members(raced, choice, folds.len()),
        Keep::Refitted => refitted(&raced, choice, &ground),
    };
    let model = Propensity {
        members,
        platt,
        rows,
        positives,
        auc,
        calibration: measured,
        verdict: if signal { Verdict::Signal } else { Verdict::NoSignal },
        tried,
        folds: (folds.len() / repeats, repeats),
    };
    Ok(Trained { model, held_out: probabilities, fold: first_deal(&folds, rows) })
}

/// The fold of each row in the first deal.
fn first_deal(folds: &[Fold], rows: usize) -> Vec<usize> {
    let mut dealt = vec![0; rows];
    for (at, fold) in folds.iter().enumerate().filter(|(_, fold)| fold.repeat == 0) {
        fold.held.iter().for_each(|row| dealt[*row as usize] = at);
    }
    dealt
}

/// How many times as large the error of a cross-validated figure is as that of as many independent predictions: the
/// folds' models have most of their rows in common. Nadeau and Bengio (2003), "Inference for the Generalization
/// Error", section 5: the variance is that of the folds' mean times 1 + folds · (held out / kept).
fn shared_training(folds: usize) -> f64 {
    (1.0 + folds as f64 / (folds as f64 - 1.0)).sqrt()
}

/// The mean margin of each row over the folds that hold it out, each with its own choice.
fn honest_margins(
    chooser: &Chooser<'_>,
    folds: &[Fold],
    rows: usize,
    choice: impl Fn(usize) -> Choice,
) -> Vec<f64> {
    let mut margins = vec![0.0; rows];
    let repeats = folds.last().map_or(1, |fold| fold.repeat + 1) as f64;
    for (at, fold) in folds.iter().enumerate() {
        for (row, margin) in fold.held.iter().zip(chooser.margins(at, choice(at))) {
            margins[*row as usize] += margin / repeats;
        }
    }
    margins
}

/// Calibrated probabilities of rows whose own fold had no part in the calibration.
fn out_of_fold(margins: &[f64], target: &[f64], folds: &[Fold]) -> Vec<f64> {
    let mut probabilities = vec![0.0; margins.len()];
    for fold in folds.iter().filter(|fold| fold.repeat == 0) {
        let of = |values: &[f64]| -> Vec<f64> {
            fold.kept.iter().map(|row| values[*row as usize]).collect()
        };
        let platt = Platt::near_one(&of(margins), &of(target));
        for row in &fold.held {
            let margin = platt.margin(margins[*row as usize]).clamp(-30.0, 30.0);
            probabilities[*row as usize] = Task::Probability.response(margin);
        }
    }
    probabilities
}

fn tried(chooser: &Chooser<'_>, choice: Choice, rows: usize) -> Vec<Tried> {
    let each = chooser.raced.iter().enumerate();
    each.map(|(at, raced)| {
        let finished = raced.members.len() == chooser.folds.len();
        let setting = chooser.setting(at, &(0..raced.members.len()).collect::<Vec<_>>());
        let auc = finished.then(|| {
            let alone = Choice::alone(at, setting);
            let margins = honest_margins(chooser, chooser.folds, rows, |_| alone);
            delong(&margins, chooser.sample.target).map(|auc| auc.value)
        });
        Tried {
            name: raced.candidate.name.to_owned(),
            setting: raced.members.first().and_then(|member| member.describe(setting)),
            auc: auc.flatten(),
            log_loss: chooser.loss(at, setting),
            weight: choice.weight(at),
        }
    })
    .collect()
}

/// The folds' models of the chosen methods, with their shares.
fn members(raced: Vec<Raced>, choice: Choice, folds: usize) -> Vec<(f64, Function)> {
    let mut members = Vec::new();
    for (at, raced) in raced.into_iter().enumerate() {
        let weight = choice.weight(at);
        if let Some(setting) = choice.setting(at).filter(|_| weight > 0.0) {
            let fitted = raced.members.into_iter().map(|member| member.fitted(setting));
            members.extend(fitted.map(|fitted| (weight / folds as f64, fitted)));
        }
    }
    members
}

/// The chosen methods on all rows, with their shares.
fn refitted(raced: &[Raced], choice: Choice, ground: &Ground<'_>) -> Vec<(f64, Function)> {
    let its = raced.iter().enumerate().filter_map(|(at, raced)| {
        let weight = choice.weight(at);
        let setting = choice.setting(at).filter(|_| weight > 0.0)?;
        Some((weight, ground.refit(&raced.candidate, setting)))
    });
    its.collect()
}

impl Propensity {
    /// The share of ones, pulled a little toward a half: (ones + 1/2) / (rows + 1). Jeffreys (1946).
    pub fn base_rate(&self) -> f64 {
        (self.positives as f64 + 0.5) / (self.rows as f64 + 1.0)
    }

    /// Calibrated probabilities, strictly between 0 and 1, one a row; without a signal the base rate for each.
    pub fn predict(&self, frame: &Frame) -> Vec<f64> {
        if self.verdict == Verdict::NoSignal {
            return vec![self.base_rate(); frame.rows()];
        }
        let mut margins = vec![0.0; frame.rows()];
        for (weight, member) in &self.members {
            for (sum, margin) in margins.iter_mut().zip(member.margins(frame)) {
                *sum += weight * margin;
            }
        }
        let response =
            |margin: f64| Task::Probability.response(self.platt.margin(margin).clamp(-30.0, 30.0));
        margins.into_iter().map(response).collect()
    }

    /// Each column's part in the log odds of each row's probability; without a signal none has one.
    pub fn contributions(&self, frame: &Frame) -> Contributions {
        self.parts(frame, Fitted::contributions)
    }

    /// The same by [`Fitted::ways`], for many frames of a few rows each.
    pub fn ways(&self, frame: &Frame) -> Contributions {
        self.parts(frame, Fitted::ways)
    }

    fn parts(
        &self,
        frame: &Frame,
        of: impl Fn(&Function, &Frame) -> Contributions,
    ) -> Contributions {
        let mut columns = vec![vec![0.0; frame.rows()]; frame.columns().len()];
        if self.verdict == Verdict::NoSignal {
            return Contributions { base: loss::log_odds(self.base_rate()), columns };
        }
        let mut base = 0.0;
        for (weight, member) in &self.members {
            let parts = of(member, frame);
            let factor = weight * self.platt.slope;
            base += factor * parts.base;
            for (sums, parts) in columns.iter_mut().zip(parts.columns) {
                sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += factor * part);
            }
        }
        Contributions { base: base + self.platt.intercept, columns }
    }
}

#[cfg(test)]
mod tests;
