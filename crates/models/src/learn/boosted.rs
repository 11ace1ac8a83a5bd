//! Gradient-boosted trees on binned columns.
//!
//! Friedman (2001), "Greedy Function Approximation: A Gradient Boosting Machine"; second-order splits of Chen and
//! Guestrin (2016), "XGBoost", eq. 6 and 7; histograms, leaf-wise growth and sorted categories of Ke et al. (2017),
//! "LightGBM". Our own rather than a crate's for three things: categories and missing values as they come, one
//! binning for all folds, and histograms of whole numbers, so that no sum depends on the order of its rows.

mod bins;
mod tree;
mod histogram;
mod split;
mod grow;
mod ensemble;
mod shapley;

pub use bins::{Binned, Bins};
pub use ensemble::{Ensemble, Watched, grow_watched};

use super::folds;
use super::learner::{Fitted, Learner, Sample, Task, Unfit};
use crate::parallel;

/// How trees grow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Growth {
    /// Share of each tree's leaf values that is added; in (0, 1].
    pub rate: f64,
    /// Leaves of a tree at most; at least 2.
    pub leaves: usize,
    /// Levels of a tree at most; at least 1.
    pub depth: usize,
    /// Rows in a leaf at least.
    pub leaf_rows: usize,
    /// Sum of second derivatives in a leaf at least; in units of weight.
    pub leaf_hessian: f64,
    /// What is added to the second derivatives of a leaf, so that small leaves say less (lambda).
    pub ridge: f64,
    /// Share of the columns that a tree may use; in (0, 1].
    pub columns: f64,
    /// Share of the rows that a tree sees; in (0, 1].
    pub rows: f64,
}

impl Default for Growth {
    fn default() -> Self {
        Self {
            rate: 0.1,
            leaves: 31,
            depth: 12,
            leaf_rows: 20,
            leaf_hessian: 1e-3,
            ridge: 1.0,
            columns: 1.0,
            rows: 1.0,
        }
    }
}

/// How many trees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounds {
    /// That many.
    Fixed(usize),
    /// As many as are best on held-out folds, summed over them; none, if the mean alone is best.
    Validated {
        /// Into how many folds the rows are dealt; at least 2.
        folds: usize,
        /// Trees at most.
        most: usize,
        /// Trees without a better loss after which a fold stops.
        patience: usize,
    },
}

/// Boosted trees as a learner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Boosted {
    /// How trees grow.
    pub growth: Growth,
    /// How many there are.
    pub rounds: Rounds,
}

impl Default for Boosted {
    fn default() -> Self {
        Self {
            growth: Growth { rate: 0.1, leaves: 15, ..Growth::default() },
            rounds: Rounds::Validated { folds: 4, most: 300, patience: 25 },
        }
    }
}

impl Boosted {
    /// Fits on all rows of a sample, and keeps the type that explains itself fastest.
    pub fn ensemble(&self, sample: &Sample<'_>, task: Task, seed: u64) -> Result<Ensemble, Unfit> {
        sample.check(task)?;
        let binned = Binned::of(sample.frame);
        let rounds = match self.rounds {
            Rounds::Fixed(trees) => trees,
            Rounds::Validated { folds, most, patience } => {
                let class = strata(sample, task);
                let folds = folds::stratified(&class, folds.clamp(2, class.len().max(2)), seed);
                let stop = Watched { most, patience };
                best_rounds(&curves(&binned, sample, task, (&folds, self.growth, stop, seed)))
            }
        };
        let rows: Vec<u32> = (0..=u32::MAX).take(sample.frame.rows()).collect();
        let stop = Watched { most: rounds, patience: rounds };
        Ok(grow_watched(&binned, sample, task, (&rows, &[], self.growth, stop, seed)).0)
    }
}

/// Strata of a target for folds: its classes, or one stratum.
fn strata(sample: &Sample<'_>, task: Task) -> Vec<usize> {
    match task {
        Task::Probability => {
            sample.target.iter().map(|target| usize::from(*target > 0.5)).collect()
        }
        Task::Value => vec![0; sample.target.len()],
    }
}

/// The summed loss on each fold after 0, 1, 2, … trees grown on the others.
fn curves(
    binned: &Binned,
    sample: &Sample<'_>,
    task: Task,
    (folds, growth, stop, seed): (&[usize], Growth, Watched, u64),
) -> Vec<Vec<f64>> {
    let count = folds.iter().max().map_or(0, |fold| fold + 1);
    parallel::pieces(count, |fold| {
        let (held, kept) = folds::split(folds, fold);
        if kept.is_empty() || held.is_empty() {
            return Vec::new();
        }
        let narrow = |rows: Vec<usize>| -> Vec<u32> {
            rows.into_iter().map(|row| u32::try_from(row).expect("fewer than 2^32 rows")).collect()
        };
        let (kept, held) = (narrow(kept), narrow(held));
        grow_watched(binned, sample, task, (&kept, &held, growth, stop, seed)).1
    })
}

/// The number of trees with the least loss summed over the curves. A curve that has ended stands at its last value.
pub fn best_rounds(curves: &[Vec<f64>]) -> usize {
    let longest = curves.iter().map(Vec::len).max().unwrap_or(0);
    let at = |rounds: usize| -> f64 {
        curves.iter().filter_map(|curve| curve.get(rounds).or_else(|| curve.last())).sum()
    };
    let mut best = (0, f64::INFINITY);
    for rounds in 0..longest {
        let loss = at(rounds);
        if loss < best.1 {
            best = (rounds, loss);
        }
    }
    best.0
}

impl Learner for Boosted {
    fn name(&self) -> &'static str {
        "boosted"
    }

    fn fit(&self, sample: &Sample<'_>, task: Task, seed: u64) -> Result<Box<dyn Fitted>, Unfit> {
        Ok(Box::new(self.ensemble(sample, task, seed)?))
    }
}

#[cfg(test)]
mod tests;
