//! Similar items: asymmetric cosine with shrinkage.
//!
//! Aiolli (2013), "Efficient Top-N Recommendation for Very Large Scale Binary Rated Datasets", the
//! asymmetric cosine, with i the item at hand and j the other one: n_ij / (n_i^balance n_j^(1 - balance)); and the
//! shrinkage of Bell and Koren (2007), "Improved Neighborhood-based Collaborative Filtering": times
//! n_ij / (n_ij + shrinkage).

use std::cell::RefCell;

use super::{Scorer, Scores, Training};
use crate::neighbours::{Neighbours, Row};

pub(super) struct Similar<'a> {
    neighbours: &'a Neighbours<'a>,
    rows: &'a [Vec<(u32, u32)>],
    shrinkage: f64,
    /// n^-balance of each item, for the item at hand.
    own: Vec<f64>,
    /// n^(balance - 1) of each item, for the other one.
    others: Vec<f64>,
}

thread_local! {
    static ROW: RefCell<Row> = RefCell::new(Row::default());
}

impl<'a> Similar<'a> {
    pub(super) fn new(training: &'a Training<'a>, balance: f64, shrinkage: f64) -> Self {
        let neighbours = training.neighbours;
        let power = |exponent: f64| -> Vec<f64> {
            let counts = neighbours.counts().iter();
            counts.map(|count| f64::from((*count).max(1)).powf(exponent)).collect()
        };
        let (own, others) = (power(-balance), power(balance - 1.0));
        Self { neighbours, rows: training.rows, shrinkage, own, others }
    }

    fn of(&self, own: f64, other: u32, both: u32) -> f64 {
        let both = f64::from(both);
        own * self.others[other as usize] * both * both / (both + self.shrinkage)
    }
}

impl Scorer for Similar<'_> {
    fn score(&self, known: &[u32], scores: &mut Scores) {
        let mut add = |item: u32, row: &[(u32, u32)]| {
            let own = self.own[item as usize];
            for (other, both) in row {
                scores.add(*other, self.of(own, *other, *both));
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

    fn pairs(&self, item: u32, others: &[(u32, u32)]) -> Vec<f64> {
        let own = self.own[item as usize];
        others.iter().map(|(other, both)| self.of(own, *other, *both)).collect()
    }
}
