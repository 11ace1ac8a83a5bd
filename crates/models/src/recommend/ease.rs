//! A linear model of each item on all others, in closed form.
//!
//! Steck (2019), "Embarrassingly Shallow Autoencoders for Sparse Data", eq. 8: with P the inverse of
//! X'X + ridge, the weight of item i for item j is -P_ij / P_jj, and none for itself.

use super::{Scorer, Scores, Training};
use crate::inverse::invert;
use crate::neighbours::Row;
use crate::parallel;

/// Items beyond which the inverse takes too long.
pub(super) const ITEMS_MAX: usize = 2000;

pub(super) struct Ease {
    items: usize,
    weights: Vec<f64>,
}

impl Ease {
    pub(super) fn fit(training: &Training, ridge: f64) -> Option<Self> {
        let neighbours = training.neighbours;
        let items = neighbours.baskets().kinds();
        let rows = parallel::map(items, training.threads, Row::default, |row, item| {
            let mut dense = vec![0.0; items];
            neighbours.row(u32::try_from(item).unwrap_or(u32::MAX), row);
            for (other, both) in &row.both {
                dense[*other as usize] = f64::from(*both);
            }
            dense[item] = f64::from(neighbours.counts()[item]) + ridge;
            dense
        });
        let mut weights = rows.concat();
        if !invert(&mut weights, items, training.threads) {
            return None;
        }
        let diagonal: Vec<f64> = (0..items).map(|item| weights[item * items + item]).collect();
        for (item, row) in weights.chunks_mut(items.max(1)).enumerate() {
            row.iter_mut().zip(&diagonal).for_each(|(weight, own)| *weight /= -own);
            row[item] = 0.0;
        }
        Some(Self { items, weights })
    }

    fn row(&self, item: u32) -> &[f64] {
        let at = item as usize * self.items;
        &self.weights[at..at + self.items]
    }
}

impl Scorer for Ease {
    fn score(&self, known: &[u32], scores: &mut Scores) {
        for item in known {
            for (other, weight) in (0_u32..).zip(self.row(*item)) {
                scores.add(other, *weight);
            }
        }
    }

    fn pairs(&self, item: u32, others: &[(u32, u32)]) -> Vec<f64> {
        let row = self.row(item);
        others.iter().map(|(other, _)| row[*other as usize]).collect()
    }
}
