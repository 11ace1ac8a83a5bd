//! Similar items: asymmetric cosine with shrinkage.
//!
//! Aiolli (2013), "Efficient Top-N Recommendation for Very Large Scale Binary Rated Datasets", eq. 3, with i the
//! item at hand and j the other one: n_ij / (n_i^balance n_j^(1 - balance)); and the shrinkage of Bell and Koren
//! (2007), "Improved Neighborhood-based Collaborative Filtering", eq. 8: times n_ij / (n_ij + shrinkage).

use std::cell::RefCell;

use super::{Scorer, Scores, Training};
use crate::association::Together;
use crate::neighbours::{Neighbours, Row};

pub(super) struct Similar<'a> {
    neighbours: &'a Neighbours<'a>,
    rows: &'a [Vec<(u32, u32)>],
    balance: f64,
    shrinkage: f64,
    /// Each item's count to the power of one less the balance, inverted.
    weights: Vec<f64>,
}

thread_local! {
    static ROW: RefCell<Row> = RefCell::new(Row::default());
}

impl<'a> Similar<'a> {
    pub(super) fn new(training: &'a Training<'a>, balance: f64, shrinkage: f64) -> Self {
        let neighbours = training.neighbours;
        let weight = |count: &u32| f64::from((*count).max(1)).powf(balance - 1.0);
        let weights = neighbours.counts().iter().map(weight).collect();
        Self { neighbours, rows: training.rows, balance, shrinkage, weights }
    }

    fn of(&self, first: f64, both: f64) -> f64 {
        both * both / (both + self.shrinkage) / first.powf(self.balance)
    }
}

impl Scorer for Similar<'_> {
    fn score(&self, known: &[u32], scores: &mut Scores) {
        let mut add = |item: u32, row: &[(u32, u32)]| {
            let first = f64::from(self.neighbours.counts()[item as usize].max(1));
            for (other, both) in row {
                let score = self.of(first, f64::from(*both)) * self.weights[*other as usize];
                scores.add(*other, score);
            }
        };
        for item in known {
            match self.rows.get(*item as usize).filter(|row| !row.is_empty()) {
                Some(row) => add(*item, row),
                None => ROW.with_borrow_mut(|row| {
                    self.neighbours.row(*item, row);
                    add(*item, &row.both);
                }),
            }
        }
    }

    fn pairs(&self, _: u32, others: &[(u32, Together)]) -> Vec<f64> {
        let score = |(other, it): &(u32, Together)| {
            self.of(it.first.max(1) as f64, it.both as f64) * self.weights[*other as usize]
        };
        others.iter().map(score).collect()
    }
}
