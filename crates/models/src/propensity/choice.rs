//! Which methods, with which settings, in which shares: the least log loss on held-out rows.

use crate::learn::learner::{Sample, Task};
use crate::learn::loss;

use super::candidates::{Fold, Ground, Raced};

/// Shares of the trees in the log odds that are tried.
const SHARES: [f64; 5] = [1.0, 0.75, 0.5, 0.25, 0.0];

/// A method and its setting.
type Pick = (usize, usize);

/// What was chosen: trees, lines, or a blend of both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Choice {
    trees: Option<Pick>,
    lines: Option<Pick>,
    /// The trees' share.
    share: f64,
}

impl Choice {
    /// One method alone.
    pub(super) fn alone(candidate: usize, setting: usize) -> Self {
        Self { trees: Some((candidate, setting)), lines: None, share: 1.0 }
    }

    fn picks(self) -> impl Iterator<Item = (Pick, f64)> {
        [(self.trees, self.share), (self.lines, 1.0 - self.share)]
            .into_iter()
            .filter_map(|(pick, share)| Some((pick?, share)))
    }

    /// A method's share.
    pub(super) fn weight(self, candidate: usize) -> f64 {
        let its = self.picks().filter(|((at, _), _)| *at == candidate);
        its.fold(0.0, |sum, (_, share)| sum + share)
    }

    /// A method's setting, where it was chosen.
    pub(super) fn setting(self, candidate: usize) -> Option<usize> {
        self.picks().find(|((at, _), _)| *at == candidate).map(|((_, setting), _)| setting)
    }
}

/// All methods on all folds.
pub(super) struct Chooser<'a> {
    pub(super) folds: &'a [Fold],
    pub(super) raced: &'a [Raced],
    pub(super) sample: &'a Sample<'a>,
    pub(super) ground: &'a Ground<'a>,
}

impl Chooser<'_> {
    /// The best setting of a method over these folds; a fold that stopped early stands at its last loss.
    pub(super) fn setting(&self, candidate: usize, folds: &[usize]) -> usize {
        let longest = self.raced[candidate].members.iter().map(|it| it.losses.len()).max();
        let mut best = (0, f64::INFINITY);
        for setting in 0..longest.unwrap_or(0) {
            let loss = self.sum(candidate, setting, folds);
            if loss < best.1 {
                best = (setting, loss);
            }
        }
        best.0
    }

    fn sum(&self, candidate: usize, setting: usize, folds: &[usize]) -> f64 {
        let losses = |fold: &usize| &self.raced[candidate].members[*fold].losses;
        let each = folds.iter().map(|fold| {
            let losses = losses(fold);
            let loss = losses.get(setting).or(losses.last()).copied().unwrap_or(f64::INFINITY);
            loss * self.folds[*fold].held.len() as f64
        });
        each.sum()
    }

    /// The mean log loss of a method over the folds that it was fitted on.
    pub(super) fn loss(&self, candidate: usize, setting: usize) -> f64 {
        let folds: Vec<usize> = (0..self.raced[candidate].members.len()).collect();
        let rows: usize = folds.iter().map(|fold| self.folds[*fold].held.len()).sum();
        self.sum(candidate, setting, &folds) / rows as f64
    }

    /// The best of each family over these folds, then the best blend of the two.
    pub(super) fn choose(&self, folds: &[usize]) -> Choice {
        let finished = |at: &usize| self.raced[*at].members.len() == self.folds.len();
        let best = |trees: bool| -> Option<Pick> {
            let its = (0..self.raced.len()).filter(finished);
            let its = its.filter(|at| self.raced[*at].candidate.is_trees() == trees);
            let picks = its.map(|at| (at, self.setting(at, folds)));
            let loss = |pick: &Pick| self.sum(pick.0, pick.1, folds);
            picks.min_by(|a, b| loss(a).total_cmp(&loss(b)))
        };
        let (trees, lines) = (best(true), best(false));
        let shares: &[f64] = match (trees, lines) {
            (Some(_), Some(_)) => &SHARES,
            (Some(_), None) => &SHARES[..1],
            _ => &SHARES[4..],
        };
        let choices = shares.iter().map(|share| Choice { trees, lines, share: *share });
        let loss = |choice: &Choice| -> f64 {
            if shares.len() == 1 { 0.0 } else { self.blended(*choice, folds) }
        };
        let mut best: Option<(Choice, f64)> = None;
        for choice in choices {
            let loss = loss(&choice);
            if best.is_none_or(|(_, least)| loss < least) {
                best = Some((choice, loss));
            }
        }
        best.expect("there are shares").0
    }

    fn blended(&self, choice: Choice, folds: &[usize]) -> f64 {
        let each = folds.iter().map(|fold| {
            let margins = self.margins(*fold, choice);
            let rows = self.folds[*fold].held.iter().zip(margins);
            rows.map(|(row, margin)| {
                loss::of(Task::Probability, margin, self.sample.target[*row as usize])
            })
            .sum::<f64>()
        });
        each.sum()
    }

    /// A choice's margins of a fold's held-out rows.
    pub(super) fn margins(&self, fold: usize, choice: Choice) -> Vec<f64> {
        let mut margins = vec![0.0; self.folds[fold].held.len()];
        for ((candidate, setting), share) in choice.picks().filter(|(_, share)| *share > 0.0) {
            let member = &self.raced[candidate].members[fold];
            let its = member.margins(setting, &self.ground.binned, &self.folds[fold]);
            margins.iter_mut().zip(its).for_each(|(sum, margin)| *sum += share * margin);
        }
        margins
    }
}
