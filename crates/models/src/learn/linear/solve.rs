//! The coefficients with the least penalised loss, by Newton's method.

use super::super::learner::{Sample, Task};
use super::super::loss;
use super::design::Rows;
use crate::regression::{cholesky, solve};

/// Multiplications that one matrix of second derivatives may cost; beyond, every k-th row stands for k rows, and a
/// few steps more make up for it.
const HESSIAN_WORK: usize = 40_000_000;
/// Newton steps at most; each halves, at worst, what is left.
const STEPS: usize = 60;

/// A loss on rows of a design.
#[derive(Debug)]
pub(super) struct Problem<'a> {
    rows: &'a Rows,
    sample: &'a Sample<'a>,
    task: Task,
    /// Every how many rows one counts for the second derivatives.
    stride: usize,
}

impl<'a> Problem<'a> {
    pub(super) fn new(rows: &'a Rows, sample: &'a Sample<'a>, task: Task) -> Self {
        let n = sample.frame.rows();
        let each = rows.values() / n.max(1) + 1;
        let stride = (n * each * each / 2 / HESSIAN_WORK).max(1);
        Self { rows, sample, task, stride }
    }

    /// The intercept of the mean, and no slopes.
    pub(super) fn start(&self, width: usize) -> Vec<f64> {
        let mean = self.sample.mean(0..self.sample.frame.rows());
        let mut start = vec![0.0; width + 1];
        start[0] = match self.task {
            Task::Probability => loss::log_odds(mean.clamp(1e-6, 1.0 - 1e-6)),
            Task::Value => mean,
        };
        start
    }

    fn margins(&self, coefficients: &[f64]) -> Vec<f64> {
        let margin = |row| coefficients[0] + self.rows.dot(row, &coefficients[1..]);
        (0..self.sample.frame.rows()).map(margin).collect()
    }

    fn loss(&self, margins: &[f64]) -> f64 {
        let half = if self.task == Task::Value { 0.5 } else { 1.0 };
        let each = margins.iter().enumerate();
        each.map(|(row, margin)| {
            self.sample.weight(row) * half * loss::of(self.task, *margin, self.sample.target[row])
        })
        .sum()
    }

    /// From a start to the minimum: intercept first.
    pub(super) fn minimise(&self, start: Vec<f64>, penalty: f64) -> Vec<f64> {
        let mut at = start;
        let mut margins = self.margins(&at);
        let mut value = objective(self.loss(&margins), &at, penalty);
        let mut factor = None;
        for step in 0..STEPS {
            let gradient = self.gradient(&margins, &at, penalty);
            // Second derivatives change little after the first steps; a stale matrix still points downhill.
            if step < 3 || step % 4 == 0 {
                factor = cholesky(self.hessian(&margins, at.len(), penalty));
            }
            let Some(lower) = &factor else { break };
            let direction = solve(lower, &gradient);
            let slope: f64 = direction.iter().zip(&gradient).map(|(d, g)| d * g).sum();
            let Some((next, next_margins, next_value)) =
                self.downhill((&at, value), (&direction, slope), penalty)
            else {
                break;
            };
            let gained = value - next_value;
            (at, margins, value) = (next, next_margins, next_value);
            if gained <= 1e-7 * (1e-3 * value.abs()).max(1e-3) {
                break;
            }
        }
        at
    }

    /// Halves the step until the objective falls by a tenth of a thousandth of what the slope promises (Armijo).
    fn downhill(
        &self,
        (at, value): (&[f64], f64),
        (direction, slope): (&[f64], f64),
        penalty: f64,
    ) -> Option<(Vec<f64>, Vec<f64>, f64)> {
        let mut length = 1.0;
        for _ in 0..30 {
            let next: Vec<f64> = at.iter().zip(direction).map(|(a, d)| a - length * d).collect();
            let margins = self.margins(&next);
            let reached = objective(self.loss(&margins), &next, penalty);
            if reached <= value - 1e-4 * length * slope {
                return Some((next, margins, reached));
            }
            length /= 2.0;
        }
        None
    }

    fn gradient(&self, margins: &[f64], at: &[f64], penalty: f64) -> Vec<f64> {
        let mut gradient: Vec<f64> = at.iter().map(|slope| penalty * slope).collect();
        gradient[0] = 0.0;
        for (row, margin) in margins.iter().enumerate() {
            let miss = self.task.response(*margin) - self.sample.target[row];
            let miss = self.sample.weight(row) * miss;
            gradient[0] += miss;
            self.rows.row(row).for_each(|(at, value)| gradient[at + 1] += miss * value);
        }
        gradient
    }

    /// The lower triangle of the second derivatives.
    fn hessian(&self, margins: &[f64], width: usize, penalty: f64) -> Vec<Vec<f64>> {
        let mut matrix: Vec<Vec<f64>> = (0..width).map(|row| vec![0.0; row + 1]).collect();
        for (row, margin) in margins.iter().enumerate().step_by(self.stride) {
            let curve = match self.task {
                Task::Probability => {
                    let p = self.task.response(*margin);
                    (p * (1.0 - p)).max(1e-9)
                }
                Task::Value => 1.0,
            };
            let curve = curve * self.sample.weight(row) * self.stride as f64;
            matrix[0][0] += curve;
            let values = self.rows.row(row);
            for (i, value) in values.clone() {
                let line = &mut matrix[i + 1];
                let scaled = curve * value;
                line[0] += scaled;
                for (j, other) in values.clone().take_while(|(j, _)| *j <= i) {
                    line[j + 1] += scaled * other;
                }
            }
        }
        let tiny = 1e-9 * matrix[0][0].max(f64::MIN_POSITIVE);
        for (row, line) in matrix.iter_mut().enumerate() {
            line[row] += tiny + if row > 0 { penalty } else { 0.0 };
        }
        matrix
    }
}

/// The loss with its penalty.
fn objective(loss: f64, coefficients: &[f64], penalty: f64) -> f64 {
    loss + penalty / 2.0 * coefficients[1..].iter().map(|slope| slope * slope).sum::<f64>()
}
