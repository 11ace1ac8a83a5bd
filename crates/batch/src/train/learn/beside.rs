//! A model beside what it would replace, on rows that both had not seen.

use std::collections::BTreeMap;

use models::learn::learner::Task;
use models::learn::loss::{self, log_odds};
use models::rates::Beta;

use super::super::Rates;
use super::super::rows::Case;

/// The mean difference of two losses over the same rows, and its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Difference {
    /// First minus second: below 0 the first is better.
    pub(super) mean: f64,
    /// Of independent groups.
    pub(super) error: f64,
}

/// The log loss of a probability, kept off 0 and 1, in nats.
pub(super) fn log_loss(probability: f64, came: f64) -> f64 {
    loss::of(Task::Probability, log_odds(probability.clamp(1e-6, 1.0 - 1e-6)), came)
}

/// The log losses of probabilities.
pub(super) fn losses(probabilities: &[f64], came: &[f64]) -> Vec<f64> {
    probabilities.iter().zip(came).map(|(p, y)| log_loss(*p, *y)).collect()
}

/// Mean, or 0 of nothing.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// How two losses differ, row by row; rows of one group vary together.
pub(super) fn difference(first: &[f64], second: &[f64], groups: &[usize]) -> Difference {
    let apart: Vec<f64> = first.iter().zip(second).map(|(a, b)| a - b).collect();
    let mean = mean(&apart);
    let mut sums: BTreeMap<usize, f64> = BTreeMap::new();
    for (apart, group) in apart.iter().zip(groups) {
        *sums.entry(*group).or_default() += apart - mean;
    }
    let free = (sums.len() as f64 - 1.0).max(1.0) / sums.len().max(1) as f64;
    let variance = sums.values().map(|sum| sum * sum).sum::<f64>() / free;
    Difference { mean, error: variance.sqrt() / apart.len().max(1) as f64 }
}

/// What the shrunken rates of these rows say of others, by their groups.
pub(super) fn rates<'a>(cases: impl Iterator<Item = &'a Case<'a>>, belief: Beta) -> Rates {
    let mut groups: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for case in cases {
        let group = groups.entry(case.rate_of.clone()).or_default();
        group.0 += u64::from(case.happened);
        group.1 += 1;
    }
    Rates::fit(groups, belief)
}

/// The shrunken rate of each row, from the rows of the other folds.
pub(super) fn by_fold(cases: &[Case<'_>], fold: &[usize], belief: Beta) -> Vec<f64> {
    let folds = fold.iter().max().map_or(0, |most| most + 1);
    let each: Vec<Rates> = (0..folds)
        .map(|held| {
            let kept = cases.iter().zip(fold).filter(|(_, fold)| **fold != held);
            rates(kept.map(|(case, _)| case), belief)
        })
        .collect();
    cases.iter().zip(fold).map(|(case, fold)| each[*fold].of(&case.rate_of).estimate.mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_one_group_are_one_observation() {
        let first: Vec<f64> = (0..100).map(|row| f64::from(row % 7)).collect();
        let second = vec![2.0; 100];
        let own: Vec<usize> = (0..100).collect();
        let plain = difference(&first, &second, &own);
        let twice: Vec<f64> = first.iter().flat_map(|it| [*it; 2]).collect();
        let pairs: Vec<usize> = (0..200).map(|row| row / 2).collect();
        let same = difference(&twice, &[2.0; 200], &pairs);
        assert!((plain.mean - same.mean).abs() < 1e-12 && plain.mean > 0.9);
        assert!((plain.error - same.error).abs() < 1e-12, "{plain:?} {same:?}");
    }
}
