//! Items by the number of their baskets.

use super::{Scorer, Scores, Training};
use crate::association::Together;

pub(super) struct Popularity {
    counts: Vec<u32>,
}

impl Popularity {
    pub(super) fn new(training: &Training) -> Self {
        Self { counts: training.neighbours.counts().to_vec() }
    }
}

impl Scorer for Popularity {
    fn score(&self, _: &[u32], scores: &mut Scores) {
        for (item, count) in (0_u32..).zip(&self.counts) {
            scores.add(item, f64::from(*count));
        }
    }

    fn pairs(&self, _: u32, others: &[(u32, Together)]) -> Vec<f64> {
        others.iter().map(|(_, it)| it.second as f64 / it.baskets as f64).collect()
    }
}
