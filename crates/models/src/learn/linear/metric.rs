//! Directions downhill from second derivatives that were taken elsewhere, bettered by the steps since.
//!
//! Nocedal (1980), "Updating Quasi-Newton Matrices with Limited Storage", eq. 4-5 and the recursion of its section 2,
//! with the second derivatives in place of the diagonal it begins with.

use std::collections::VecDeque;

use crate::regression::{cholesky, solve};

/// The lower triangle of a symmetric matrix.
pub(super) type Triangle = Vec<Vec<f64>>;

/// Steps that are remembered at most.
const REMEMBERED: usize = 10;

/// How far is downhill.
#[derive(Debug)]
pub(super) struct Metric {
    /// Of the second derivatives: the factor L with L Lᵀ.
    lower: Triangle,
    /// The steps since, the last one at the end: s, y and 1 / sᵀy.
    steps: VecDeque<(Vec<f64>, Vec<f64>, f64)>,
    /// How many steps were made with these second derivatives.
    age: usize,
}

impl Metric {
    /// From the second derivatives of a loss and of its penalty; none unless positive definite.
    pub(super) fn of(second: &Triangle, penalty: f64) -> Option<Self> {
        let mut matrix = second.clone();
        let tiny = 1e-9 * matrix[0][0].max(f64::MIN_POSITIVE);
        for (row, line) in matrix.iter_mut().enumerate() {
            line[row] += tiny + if row > 0 { penalty } else { 0.0 };
        }
        Some(Self { lower: cholesky(matrix)?, steps: VecDeque::new(), age: 0 })
    }

    /// How many steps were made with it.
    pub(super) fn age(&self) -> usize {
        self.age
    }

    /// What to go against: the inverse of the second derivatives, as they are thought to be, times the gradient.
    pub(super) fn direction(&self, gradient: &[f64]) -> Vec<f64> {
        let mut rest = gradient.to_vec();
        let mut shares = Vec::with_capacity(self.steps.len());
        for (step, change, inverse) in self.steps.iter().rev() {
            let share = inverse * dot(step, &rest);
            add(&mut rest, -share, change);
            shares.push(share);
        }
        let mut direction = solve(&self.lower, &rest);
        for ((step, change, inverse), share) in self.steps.iter().zip(shares.iter().rev()) {
            let share = share - inverse * dot(change, &direction);
            add(&mut direction, share, step);
        }
        direction
    }

    /// Learns from a step and what it changed of the gradient.
    pub(super) fn stepped(&mut self, step: Vec<f64>, change: Vec<f64>) {
        self.age += 1;
        let curved = dot(&step, &change);
        if curved <= 1e-12 * dot(&step, &step).max(f64::MIN_POSITIVE) {
            return;
        }
        if self.steps.len() == REMEMBERED {
            self.steps.pop_front();
        }
        self.steps.push_back((step, change, 1.0 / curved));
    }
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(to: &mut [f64], times: f64, what: &[f64]) {
    to.iter_mut().zip(what).for_each(|(to, what)| *to += times * what);
}
