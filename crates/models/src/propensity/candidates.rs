//! The methods that are tried, and their models on each fold.

use std::collections::BTreeSet;

use crate::learn::Function;
use crate::learn::boosted::{Binned, Ensemble, Growth, Watched, grow_watched};
use crate::learn::learner::{Fitted, Sample, Task};
use crate::learn::linear::{Coefficients, Linear, PENALTIES, Penalty, Shape};
use crate::learn::{Frame, folds, loss};
use crate::parallel;

/// Rows below which folds are dealt anew several times, until so many predictions are held out.
const PREDICTIONS: usize = 1500;
/// Deals at most.
const REPEATS: usize = 8;
/// Rows above which a method that is clearly worse on the first fold is given up.
const RACE_ROWS: usize = 4000;
/// Rows above which three folds do.
const MANY_ROWS: usize = 200_000;
/// Standard errors of the paired difference in log loss beyond which a method is clearly worse.
const CLEARLY: f64 = 4.0;
/// Trees at most, and trees without a better loss before a fold stops.
const STOP: Watched = Watched { most: 500, patience: 30 };

/// A method with its settings, but for the one that validation chooses along the way (trees, penalty).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    /// For the table of methods.
    pub(super) name: &'static str,
    method: Method,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Method {
    Trees(Growth),
    Lines(Shape),
}

/// What is tried on so many rows.
pub(super) fn candidates(rows: usize) -> Vec<Candidate> {
    let leaf_rows = (rows / 20).clamp(3, 20);
    let growth = Growth { columns: 0.5, leaf_rows, ..Growth::default() };
    let large = Growth { ridge: 10.0, ..growth };
    let small = Growth { leaves: 8, ..growth };
    let stumps = Growth { leaves: 3, columns: 1.0, ..growth };
    let mut all = vec![
        Candidate { name: "logistic", method: Method::Lines(Shape::Straight) },
        Candidate { name: "logistic, bent", method: Method::Lines(Shape::Bent) },
        Candidate { name: "trees of 8", method: Method::Trees(small) },
    ];
    if rows > 1000 {
        all.push(Candidate { name: "trees of 31", method: Method::Trees(large) });
    } else {
        all.push(Candidate { name: "trees of 3", method: Method::Trees(stumps) });
    }
    all
}

impl Candidate {
    /// Whether it is made of trees.
    pub(super) fn is_trees(&self) -> bool {
        matches!(self.method, Method::Trees(_))
    }
}

/// Rows held out together.
#[derive(Debug, Clone)]
pub(super) struct Fold {
    pub(super) repeat: usize,
    pub(super) held: Vec<u32>,
    pub(super) kept: Vec<u32>,
}

/// How many ones and zeros there are to be held out apart: rows, or groups that have such.
pub(super) fn classes(target: &[f64], groups: Option<&[usize]>) -> (usize, usize) {
    let count = |one: bool| {
        let rows = (0..target.len()).filter(|row| (target[*row] > 0.5) == one);
        match groups {
            None => rows.count(),
            Some(groups) => rows.map(|row| groups[row]).collect::<BTreeSet<_>>().len(),
        }
    };
    (count(true), count(false))
}

/// The folds of all deals, deal by deal, and how many deals.
pub(super) fn deal((target, groups): (&[f64], Option<&[usize]>), seed: u64) -> (Vec<Fold>, usize) {
    let rows = target.len();
    let class: Vec<usize> = target.iter().map(|y| usize::from(*y > 0.5)).collect();
    let (ones, zeros) = classes(target, groups);
    let most = if rows > MANY_ROWS { 3 } else { 5 };
    let count = most.min(ones).min(zeros).max(2);
    let repeats = PREDICTIONS.div_ceil(rows).clamp(1, REPEATS);
    let mut all = Vec::with_capacity(count * repeats);
    for repeat in 0..repeats {
        let seed = seed.wrapping_add(repeat as u64);
        let dealt = match groups {
            None => folds::stratified(&class, count, seed),
            Some(groups) => folds::grouped(&class, groups, count, seed),
        };
        for fold in 0..count {
            let (held, kept) = folds::split(&dealt, fold);
            let narrow = |rows: &[usize]| -> Vec<u32> {
                rows.iter().map(|row| u32::try_from(*row).expect("fewer than 2^32 rows")).collect()
            };
            all.push(Fold { repeat, held: narrow(&held), kept: narrow(&kept) });
        }
    }
    (all, repeats)
}

/// A method's model on one fold, for each of its settings.
#[derive(Debug)]
pub(super) struct Member {
    model: Model,
    /// Mean log loss on the held-out rows by setting.
    pub(super) losses: Vec<f64>,
}

#[derive(Debug)]
enum Model {
    Trees(Ensemble),
    /// The coefficients, and margins of the held-out rows, by penalty.
    Lines(Vec<Coefficients>, Vec<Vec<f64>>),
}

impl Member {
    /// Margins of the fold's held-out rows.
    pub(super) fn margins(&self, setting: usize, binned: &Binned, fold: &Fold) -> Vec<f64> {
        match &self.model {
            Model::Trees(ensemble) => ensemble.margins_after(binned, &fold.held, setting),
            Model::Lines(_, margins) => margins[setting].clone(),
        }
    }

    /// The model with a setting.
    pub(super) fn fitted(self, setting: usize) -> Function {
        match self.model {
            Model::Trees(ensemble) => Function::Trees(ensemble.first(setting)),
            Model::Lines(mut lines, _) => Function::Lines(lines.swap_remove(setting)),
        }
    }

    /// What a setting stands for: how many trees, or which penalty.
    pub(super) fn describe(&self, setting: usize) -> Option<f64> {
        match &self.model {
            Model::Trees(_) => Some(setting as f64),
            Model::Lines(..) => PENALTIES.get(setting).copied(),
        }
    }
}

/// A method with its models on the folds: all of them, or the first where it was given up.
#[derive(Debug)]
pub(super) struct Raced {
    pub(super) candidate: Candidate,
    pub(super) members: Vec<Member>,
}

/// What the methods work on.
pub(super) struct Ground<'a> {
    sample: &'a Sample<'a>,
    pub(super) binned: Binned,
    seed: u64,
}

impl Ground<'_> {
    fn fit(&self, candidate: &Candidate, fold: &Fold) -> Member {
        match candidate.method {
            Method::Trees(growth) => {
                let work = (&fold.kept[..], &fold.held[..], growth, STOP, self.seed);
                let (ensemble, losses) =
                    grow_watched(&self.binned, self.sample, Task::Probability, work);
                Member { model: Model::Trees(ensemble), losses }
            }
            Method::Lines(shape) => {
                let take = |rows: &[u32]| -> (Frame, Vec<f64>) {
                    let rows: Vec<usize> = rows.iter().map(|row| *row as usize).collect();
                    let target = rows.iter().map(|row| self.sample.target[*row]).collect();
                    (self.sample.frame.take(&rows), target)
                };
                let ((seen, target), (unseen, came)) = (take(&fold.kept), take(&fold.held));
                let learner = Linear { shape, penalty: Penalty::Validated { folds: 2 } };
                let sample = Sample::new(&seen, &target);
                let lines = learner.path(&sample, Task::Probability, &PENALTIES);
                let margins: Vec<Vec<f64>> = lines.iter().map(|it| it.margins(&unseen)).collect();
                let loss = |margins: &Vec<f64>| {
                    let rows = margins.iter().zip(&came);
                    loss::mean(Task::Probability, rows.map(|(margin, y)| (*margin, *y, 1.0)))
                };
                let losses = margins.iter().map(loss).collect();
                Member { model: Model::Lines(lines, margins), losses }
            }
        }
    }

    /// A method with a setting, on all rows.
    pub(super) fn refit(&self, candidate: &Candidate, setting: usize) -> Function {
        match candidate.method {
            Method::Trees(growth) => {
                let rows: Vec<u32> = (0..=u32::MAX).take(self.sample.frame.rows()).collect();
                let stop = Watched { most: setting, patience: setting };
                let work = (&rows[..], &[][..], growth, stop, self.seed);
                let grown = grow_watched(&self.binned, self.sample, Task::Probability, work);
                Function::Trees(grown.0)
            }
            Method::Lines(shape) => {
                let learner = Linear { shape, penalty: Penalty::Validated { folds: 2 } };
                let path = learner.path(self.sample, Task::Probability, &PENALTIES[..=setting]);
                Function::Lines(path.into_iter().next_back().expect("one for each penalty"))
            }
        }
    }

    /// Log losses of the held-out rows, one by one, with the setting that is best on them.
    fn row_losses(&self, member: &Member, fold: &Fold) -> Vec<f64> {
        let losses = member.losses.iter().enumerate();
        let best = losses.min_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(setting, _)| setting);
        let margins = member.margins(best, &self.binned, fold);
        let rows = fold.held.iter().zip(margins);
        rows.map(|(row, margin)| {
            loss::of(Task::Probability, margin, self.sample.target[*row as usize])
        })
        .collect()
    }
}

impl<'a> Ground<'a> {
    pub(super) fn new(sample: &'a Sample<'a>, seed: u64) -> Self {
        Self { sample, binned: Binned::of(sample.frame), seed }
    }
}

/// Fits all methods on the first fold, gives up those that are clearly worse there if there are many rows, and fits
/// the others on the rest.
pub(super) fn race(
    candidates: Vec<Candidate>,
    (sample, ground): (&Sample<'_>, &Ground<'_>),
    folds: &[Fold],
) -> Vec<Raced> {
    let first = parallel::pieces(candidates.len(), |at| ground.fit(&candidates[at], &folds[0]));
    let mut stays = vec![true; candidates.len()];
    if sample.target.len() > RACE_ROWS {
        let losses: Vec<Vec<f64>> =
            first.iter().map(|member| ground.row_losses(member, &folds[0])).collect();
        let total = |at: &usize| losses[*at].iter().sum::<f64>();
        let best = (0..candidates.len()).min_by(|a, b| total(a).total_cmp(&total(b)));
        let best = best.expect("there are candidates");
        stays = losses.iter().map(|it| !clearly_worse(it, &losses[best])).collect();
    }
    let work: Vec<(usize, usize)> = (1..folds.len())
        .flat_map(|fold| (0..candidates.len()).map(move |at| (fold, at)))
        .filter(|(_, at)| stays[*at])
        .collect();
    let fitted = parallel::pieces(work.len(), |piece| {
        let (fold, at) = work[piece];
        ground.fit(&candidates[at], &folds[fold])
    });
    let mut raced: Vec<Raced> = candidates
        .into_iter()
        .zip(first)
        .map(|(candidate, member)| Raced { candidate, members: vec![member] })
        .collect();
    for ((_, at), member) in work.into_iter().zip(fitted) {
        raced[at].members.push(member);
    }
    raced
}

fn clearly_worse(losses: &[f64], best: &[f64]) -> bool {
    let n = losses.len().max(1) as f64;
    let apart: Vec<f64> = losses.iter().zip(best).map(|(a, b)| a - b).collect();
    let mean = apart.iter().sum::<f64>() / n;
    let variance = apart.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / n;
    mean > CLEARLY * (variance / n).sqrt()
}
