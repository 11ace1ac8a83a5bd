//! The coefficients with the least penalised loss, by Newton's method.

use super::super::learner::{Sample, Task};
use super::super::loss;
use super::design::Rows;
use super::metric::{Metric, Triangle, dot};

/// Multiplications that one matrix of second derivatives may cost; beyond, every k-th row stands for k rows, and a
/// few steps more make up for it.
const HESSIAN_WORK: usize = 40_000_000;
/// Newton steps at most; each halves, at worst, what is left.
const STEPS: usize = 60;
/// Steps that second derivatives are given, and the share of a step's promise that the next may promise still: what
/// is beyond asks for new ones.
const PATIENCE: usize = 3;
const POOR: f64 = 0.2;

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
    fn start(&self, width: usize) -> Vec<f64> {
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

    /// The minimum at each penalty, intercept first; each starts from the one before it.
    pub(super) fn path(&self, width: usize, penalties: &[f64]) -> Vec<Vec<f64>> {
        let mut at = self.start(width);
        let mut second = None;
        let minimum = |penalty: &f64| {
            at = self.minimise(std::mem::take(&mut at), *penalty, &mut second);
            at.clone()
        };
        penalties.iter().map(minimum).collect()
    }

    /// From a start to the minimum, with the loss's second derivatives as they were last taken.
    ///
    /// They cost more than all else and change little near a minimum and from one penalty to the next: they are taken
    /// anew only where steps in their metric, bettered by what the steps themselves tell, leave much to do.
    fn minimise(&self, start: Vec<f64>, penalty: f64, second: &mut Option<Triangle>) -> Vec<f64> {
        let mut at = start;
        let mut margins = self.margins(&at);
        let mut value = objective(self.loss(&margins), &at, penalty);
        let mut gradient = self.gradient(&margins, &at, penalty);
        let mut metric = second.as_ref().and_then(|second| Metric::of(second, penalty));
        let mut slope = f64::INFINITY;
        for _ in 0..STEPS {
            let direction = metric.as_ref().and_then(|metric| {
                let direction = metric.direction(&gradient);
                let poor = metric.age() >= PATIENCE && dot(&direction, &gradient) > POOR * slope;
                (!poor).then_some(direction)
            });
            let direction = direction.unwrap_or_else(|| {
                metric = Metric::of(second.insert(self.second(&margins, at.len())), penalty);
                metric.as_ref().map_or_else(Vec::new, |metric| metric.direction(&gradient))
            });
            let Some(metric) = &mut metric else { break };
            slope = dot(&direction, &gradient);
            let downhill = self.downhill((&at, value), (&direction, slope), penalty);
            let Some((next, next_margins, next_value)) = downhill else { break };
            let gained = value - next_value;
            let next_gradient = self.gradient(&next_margins, &next, penalty);
            metric.stepped(difference(&next, &at), difference(&next_gradient, &gradient));
            (at, margins, value, gradient) = (next, next_margins, next_value, next_gradient);
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

    /// The second derivatives of the loss.
    fn second(&self, margins: &[f64], width: usize) -> Triangle {
        let mut matrix: Triangle = (0..width).map(|row| vec![0.0; row + 1]).collect();
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
        matrix
    }
}

/// The loss with its penalty.
fn objective(loss: f64, coefficients: &[f64], penalty: f64) -> f64 {
    loss + penalty / 2.0 * coefficients[1..].iter().map(|slope| slope * slope).sum::<f64>()
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}
