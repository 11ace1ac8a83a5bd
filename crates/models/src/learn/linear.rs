//! Penalised regression: ridge on standardised numbers and on categories one by one; logistic or least squares.
//!
//! Hoerl and Kennard (1970), "Ridge Regression", eq. 2.1; le Cessie and van Houwelingen (1992), "Ridge Estimators in
//! Logistic Regression", eq. 4. The penalty is half of `penalty` times the sum of the squared coefficients, beside the
//! summed loss; the intercept is free.

mod design;
mod metric;
mod solve;

pub use design::Shape;

use serde::{Deserialize, Serialize};

use design::{Design, Rows};
use solve::Problem;

use super::folds;
use super::frame::Frame;
use super::learner::{Contributions, Fitted, Learner, Sample, Task, Unfit};
use super::loss;
use crate::parallel;

/// Penalties tried where validation chooses, from the strongest, in units of rows' weight. A coefficient with a
/// penalty of 1 is believed to be about 1 (log odds a standard deviation); one with 10,000 about .01.
pub const PENALTIES: [f64; 7] = [10_000.0, 1_000.0, 200.0, 50.0, 10.0, 2.0, 0.3];

/// How strong the penalty is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Penalty {
    /// That strong; positive.
    Fixed(f64),
    /// The one of [`PENALTIES`] that is best on held-out folds.
    Validated {
        /// Into how many folds the rows are dealt; at least 2.
        folds: usize,
    },
}

/// Penalised regression as a learner: logistic for probabilities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Linear {
    /// What a number may do.
    pub shape: Shape,
    /// How strong the penalty is.
    pub penalty: Penalty,
}

impl Default for Linear {
    fn default() -> Self {
        Self { shape: Shape::Straight, penalty: Penalty::Validated { folds: 4 } }
    }
}

/// A fitted linear function of the design's columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coefficients {
    task: Task,
    design: Design,
    intercept: f64,
    slopes: Vec<f64>,
}

impl Linear {
    /// Fits with each of these penalties (the strongest first saves work), one design for all.
    pub fn path(&self, sample: &Sample<'_>, task: Task, penalties: &[f64]) -> Vec<Coefficients> {
        let design = Design::of(sample.frame, self.shape);
        let rows = design.rows(sample.frame);
        let problem = Problem::new(&rows, sample, task);
        let fitted = |at: Vec<f64>| {
            let (intercept, slopes) = (at[0], at[1..].to_vec());
            Coefficients { task, design: design.clone(), intercept, slopes }
        };
        problem.path(design.width(), penalties).into_iter().map(fitted).collect()
    }

    /// The penalty to fit with: the one that is stated, or the best on held-out folds.
    fn choose(&self, sample: &Sample<'_>, task: Task, seed: u64) -> f64 {
        let folds = match self.penalty {
            Penalty::Fixed(penalty) => return penalty,
            Penalty::Validated { folds } => folds.clamp(2, sample.target.len().max(2)),
        };
        let class: Vec<usize> = match task {
            Task::Probability => sample.target.iter().map(|it| usize::from(*it > 0.5)).collect(),
            Task::Value => vec![0; sample.target.len()],
        };
        let fold = folds::stratified(&class, folds, seed);
        let losses = parallel::pieces(folds, |held| {
            let (held, kept) = folds::split(&fold, held);
            if held.is_empty() || kept.is_empty() {
                return vec![0.0; PENALTIES.len()];
            }
            let part = Part::of(sample, &kept);
            let path = self.path(&part.sample(), task, &PENALTIES);
            let frame = sample.frame.take(&held);
            let loss = |fitted: &Coefficients| {
                let margins = fitted.margins(&frame);
                let each = held.iter().zip(margins);
                each.map(|(row, margin)| {
                    sample.weight(*row) * loss::of(task, margin, sample.target[*row])
                })
                .sum::<f64>()
            };
            path.iter().map(loss).collect()
        });
        let total = |at: usize| losses.iter().map(|fold| fold[at]).sum::<f64>();
        let best = (0..PENALTIES.len()).min_by(|a, b| total(*a).total_cmp(&total(*b)));
        PENALTIES[best.expect("there are penalties")]
    }
}

/// Some rows of a sample, copied.
struct Part {
    frame: Frame,
    target: Vec<f64>,
    weights: Option<Vec<f64>>,
}

impl Part {
    fn of(sample: &Sample<'_>, rows: &[usize]) -> Self {
        let take = |values: &[f64]| rows.iter().map(|row| values[*row]).collect();
        Self {
            frame: sample.frame.take(rows),
            target: take(sample.target),
            weights: sample.weights.map(take),
        }
    }

    fn sample(&self) -> Sample<'_> {
        Sample { frame: &self.frame, target: &self.target, weights: self.weights.as_deref() }
    }
}

impl Learner for Linear {
    fn name(&self) -> &'static str {
        match self.shape {
            Shape::Straight => "linear",
            Shape::Bent => "linear-bent",
        }
    }

    fn fit(&self, sample: &Sample<'_>, task: Task, seed: u64) -> Result<Box<dyn Fitted>, Unfit> {
        sample.check(task)?;
        let penalty = self.choose(sample, task, seed);
        let mut path = self.path(sample, task, &[penalty]);
        Ok(Box::new(path.pop().expect("one penalty, one fit")))
    }
}

impl Coefficients {
    /// The sum of squared slopes: 0 says that nothing was learnt.
    pub fn size(&self) -> f64 {
        self.slopes.iter().map(|slope| slope * slope).sum()
    }

    fn margin(&self, rows: &Rows, row: usize) -> f64 {
        self.intercept + rows.dot(row, &self.slopes)
    }
}

impl Fitted for Coefficients {
    fn task(&self) -> Task {
        self.task
    }

    fn margins(&self, frame: &Frame) -> Vec<f64> {
        let rows = self.design.rows(frame);
        (0..frame.rows()).map(|row| self.margin(&rows, row)).collect()
    }

    /// Exact for independent columns: what the row's values say beyond the mean of the sample.
    fn contributions(&self, frame: &Frame) -> Contributions {
        let rows = self.design.rows(frame);
        let means = self.design.means(&self.slopes);
        let mut columns = vec![vec![0.0; frame.rows()]; frame.columns().len()];
        for row in 0..frame.rows() {
            for (at, value) in rows.row(row) {
                columns[self.design.column(at)][row] += self.slopes[at] * value;
            }
        }
        for (column, mean) in columns.iter_mut().zip(&means) {
            column.iter_mut().for_each(|value| *value -= mean);
        }
        Contributions { base: self.intercept + means.iter().sum::<f64>(), columns }
    }
}

#[cfg(test)]
mod tests;
