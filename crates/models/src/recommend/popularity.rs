//! Items by the number of their baskets.

use super::{Scorer, Scores, Training};

pub(super) struct Popularity {
    counts: Vec<u32>,
    baskets: f64,
}

impl Popularity {
    pub(super) fn new(training: &Training) -> Self {
        let neighbours = training.neighbours;
        let baskets = neighbours.baskets().len().max(1) as f64;
        Self { counts: neighbours.counts().to_vec(), baskets }
    }
}

impl Scorer for Popularity {
    fn score(&self, _: &[u32], scores: &mut Scores) {
        for (item, count) in (0_u32..).zip(&self.counts) {
            scores.add(item, f64::from(*count));
        }
    }

    fn pairs(&self, _: u32, others: &[(u32, u32)]) -> Vec<f64> {
        let share = |other: u32| f64::from(self.counts[other as usize]) / self.baskets;
        others.iter().map(|(other, _)| share(*other)).collect()
    }
}
