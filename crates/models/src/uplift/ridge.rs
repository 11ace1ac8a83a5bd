//! Effects that are linear in the columns, shrunk as much as held-out rows advise.

use super::design::Rows;
use crate::learn::{Task, folds};
use crate::regression::{cholesky, solve};

/// Penalties that validation chooses from, in units of what the rows know of an average slope: with 1, a slope
/// is halved. No slopes at all come first.
const PENALTIES: [f64; 10] = [f64::INFINITY, 30.0, 10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.001];
const FOLDS: usize = 5;
/// Newton steps for log odds.
const STEPS: usize = 6;

/// What is fitted: the margin of a row is `offset + scale * (intercept + slopes · row)`.
///
/// Hoerl and Kennard (1970), "Ridge Regression", eq. 2.1; for log odds by Newton's steps (le Cessie and van
/// Houwelingen 1992, eq. 4). The slopes are penalised, the intercept is not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) rows: &'a Rows,
    /// Which rows to learn from.
    pub(super) which: &'a [usize],
    /// For each of all rows.
    pub(super) target: &'a [f64],
    /// For each of all rows.
    pub(super) weights: Option<&'a [f64]>,
    /// For each of all rows; 1 where it is not stated.
    pub(super) scale: Option<&'a [f64]>,
    /// For each of all rows; 0 where it is not stated.
    pub(super) offset: Option<&'a [f64]>,
    pub(super) task: Task,
}

/// What was fitted, and how strongly it was held back.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fit {
    pub(super) intercept: f64,
    pub(super) slopes: Vec<f64>,
    /// In the units of [`PENALTIES`].
    pub(super) penalty: f64,
}

impl Fit {
    /// `intercept + slopes · row`.
    pub(super) fn at(&self, rows: &Rows, row: usize) -> f64 {
        self.intercept + rows.dot(row, &self.slopes)
    }
}

/// Sums of squares and products: rows' vectors begin with the intercept's 1.
#[derive(Debug, Clone)]
struct Moments {
    gram: Vec<Vec<f64>>,
    moment: Vec<f64>,
    square: f64,
}

impl Moments {
    fn new(width: usize) -> Self {
        Self {
            gram: (0..width).map(|at| vec![0.0; at + 1]).collect(),
            moment: vec![0.0; width],
            square: 0.0,
        }
    }

    fn add(&mut self, row: &[f64], scale: f64, target: f64, weight: f64) {
        let weight_scaled = weight * scale;
        self.square += weight * target * target;
        let both = weight_scaled * scale;
        self.gram[0][0] += both;
        self.moment[0] += weight_scaled * target;
        for (at, value) in row.iter().enumerate() {
            self.moment[at + 1] += weight_scaled * value * target;
            let factor = both * value;
            let line = &mut self.gram[at + 1];
            line[0] += factor;
            for (cell, other) in line[1..].iter_mut().zip(row) {
                *cell += factor * other;
            }
        }
    }

    fn plus(&mut self, other: &Self, sign: f64) {
        for (line, from) in self.gram.iter_mut().zip(&other.gram) {
            line.iter_mut().zip(from).for_each(|(cell, value)| *cell += sign * value);
        }
        self.moment.iter_mut().zip(&other.moment).for_each(|(cell, v)| *cell += sign * v);
        self.square += sign * other.square;
    }

    /// The mean diagonal of what has a slope: what the rows know of an average one.
    fn knowledge(&self) -> f64 {
        let slopes = self.gram.len().saturating_sub(1).max(1) as f64;
        self.gram.iter().enumerate().skip(1).map(|(at, line)| line[at]).sum::<f64>() / slopes
    }

    /// Intercept, then slopes. Without slopes where the penalty is infinite or the system has no solution.
    fn solve(&self, penalty: f64) -> Vec<f64> {
        let alone = || {
            let mut only = vec![0.0; self.moment.len()];
            let curve = self.gram[0][0];
            only[0] = if curve > 0.0 { self.moment[0] / curve } else { 0.0 };
            only
        };
        let ridge = penalty * self.knowledge();
        if !ridge.is_finite() || ridge <= 0.0 {
            return alone();
        }
        let mut matrix = self.gram.clone();
        for (at, line) in matrix.iter_mut().enumerate() {
            line[at] += if at > 0 { ridge } else { 1e-12 * ridge };
        }
        cholesky(matrix).map_or_else(alone, |lower| solve(&lower, &self.moment))
    }

    /// The weighted sum of squared misses.
    fn loss(&self, at: &[f64]) -> f64 {
        let mut quadratic = 0.0;
        for (i, line) in self.gram.iter().enumerate() {
            for (j, value) in line.iter().enumerate() {
                let twice = if i == j { 1.0 } else { 2.0 };
                quadratic += twice * value * at[i] * at[j];
            }
        }
        let linear: f64 = self.moment.iter().zip(at).map(|(m, a)| m * a).sum();
        self.square - 2.0 * linear + quadratic
    }
}

impl Line<'_> {
    /// Fits with the penalty that is best on held-out folds.
    pub(super) fn validated(&self, seed: u64) -> Fit {
        let folds = folds::stratified(&vec![0; self.which.len()], FOLDS, seed);
        self.newton(best, &folds)
    }

    /// Fits with this penalty.
    pub(super) fn fixed(&self, penalty: f64) -> Fit {
        self.newton(|_, _| penalty, &vec![0; self.which.len()])
    }

    fn newton(&self, choose: impl Fn(&[Moments], &Moments) -> f64, folds: &[usize]) -> Fit {
        let width = self.rows.width() + 1;
        let count = folds.iter().max().map_or(1, |fold| fold + 1);
        let mut at = vec![0.0; width];
        let mut penalty = f64::INFINITY;
        let steps = if self.task == Task::Probability { STEPS } else { 1 };
        for _ in 0..steps {
            let mut parts = vec![Moments::new(width); count];
            for (row, fold) in self.which.iter().zip(folds) {
                self.add(*row, &at, &mut parts[*fold]);
            }
            let mut whole = Moments::new(width);
            parts.iter().for_each(|part| whole.plus(part, 1.0));
            penalty = choose(&parts, &whole);
            let next = whole.solve(penalty);
            let moved = next.iter().zip(&at).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            at = next;
            if moved < 1e-6 {
                break;
            }
        }
        Fit { intercept: at[0], slopes: at[1..].to_vec(), penalty }
    }

    /// Adds a row as weighted least squares sees it around `at`.
    fn add(&self, row: usize, at: &[f64], to: &mut Moments) {
        let weight = self.weights.map_or(1.0, |weights| weights[row]);
        let scale = self.scale.map_or(1.0, |scale| scale[row]);
        let offset = self.offset.map_or(0.0, |offset| offset[row]);
        let values = self.rows.row(row);
        match self.task {
            Task::Value => to.add(values, scale, self.target[row] - offset, weight),
            Task::Probability => {
                let part = scale * (at[0] + self.rows.dot(row, &at[1..]));
                let p = self.task.response((offset + part).clamp(-30.0, 30.0));
                let curve = (p * (1.0 - p)).max(1e-4);
                to.add(values, scale, part + (self.target[row] - p) / curve, weight * curve);
            }
        }
    }
}

/// The penalty with the least summed loss on the parts, each held out once; ties fall to the stronger.
fn best(parts: &[Moments], whole: &Moments) -> f64 {
    let mut losses = [0.0; PENALTIES.len()];
    for held in parts {
        let mut kept = whole.clone();
        kept.plus(held, -1.0);
        for (loss, penalty) in losses.iter_mut().zip(PENALTIES) {
            *loss += held.loss(&kept.solve(penalty));
        }
    }
    let best = (0..losses.len()).min_by(|a, b| losses[*a].total_cmp(&losses[*b]));
    best.map_or(f64::INFINITY, |at| PENALTIES[at])
}

#[cfg(test)]
mod tests {
    use super::super::design::Design;
    use super::*;
    use crate::learn::{Column, Frame};

    fn noise(at: usize) -> f64 {
        let mixed = (at as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        (mixed >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
    }

    fn planted(rows: usize) -> (Rows, Vec<f64>) {
        let columns = (0..3).map(|c| (0..rows).map(|r| noise(r * 3 + c)).collect::<Vec<f64>>());
        let frame = columns.fold(Frame::new(rows), |frame, it| frame.with(Column::Numbers(it)));
        let target = (0..rows).map(|r| 1.0 + 3.0 * noise(r * 3) + noise(r + 77_777)).collect();
        (Design::of(&frame).rows(&frame), target)
    }

    fn line<'a>(rows: &'a Rows, which: &'a [usize], target: &'a [f64], task: Task) -> Line<'a> {
        Line { rows, which, target, weights: None, scale: None, offset: None, task }
    }

    #[test]
    fn a_planted_line_is_found_and_noise_is_not() {
        let (rows, target) = planted(2000);
        let which: Vec<usize> = (0..2000).collect();
        let fit = line(&rows, &which, &target, Task::Value).validated(1);
        let miss: f64 =
            (0..2000).map(|r| (fit.at(&rows, r) - (1.0 + 3.0 * noise(r * 3))).powi(2)).sum::<f64>()
                / 2000.0;
        assert!(miss < 0.002, "{miss}");
        let noise: Vec<f64> = (0..2000).map(|r| noise(r + 1_000_003)).collect();
        let fit = line(&rows, &which, &noise, Task::Value).validated(1);
        assert!(fit.slopes.iter().all(|slope| slope.abs() < 0.02), "{fit:?}");
    }

    /// The gradient of the penalised log loss is 0 where Newton ends.
    #[test]
    fn log_odds_end_at_the_minimum() {
        let (rows, target) = planted(500);
        let yes: Vec<f64> = target.iter().map(|t| f64::from(u8::from(*t > 1.2))).collect();
        let which: Vec<usize> = (0..500).collect();
        let line = line(&rows, &which, &yes, Task::Probability);
        let fit = line.fixed(0.5);
        let miss = |row: usize| yes[row] - Task::Probability.response(fit.at(&rows, row));
        let intercept: f64 = (0..500).map(miss).sum();
        assert!(intercept.abs() < 1e-3, "{intercept}");
        let pull: Vec<f64> = (0..rows.width())
            .map(|at| (0..500).map(|row| miss(row) * rows.row(row)[at]).sum::<f64>())
            .collect();
        // gradient = ridge * slope with one ridge for all slopes.
        let ridges: Vec<f64> = pull.iter().zip(&fit.slopes).map(|(p, s)| p / s).collect();
        assert!(ridges.iter().all(|r| (r / ridges[0] - 1.0).abs() < 0.02), "{ridges:?}");
    }

    #[test]
    fn odd_rows_fit_a_mean() {
        let frame = Frame::new(4).with(Column::Numbers(vec![1.0; 4]));
        let rows = Design::of(&frame).rows(&frame);
        let fit = line(&rows, &[0, 1, 3], &[1.0, 3.0, 99.0, 5.0], Task::Value).validated(1);
        assert!((fit.intercept - 3.0).abs() < 1e-12 && fit.slopes.iter().all(|s| *s == 0.0));
    }
}
