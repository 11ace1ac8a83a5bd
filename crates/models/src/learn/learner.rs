//! What a learner is: rows in, a fitted function out.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::frame::Frame;

/// What is predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Task {
    /// The probability of a target of 1 rather than 0; its margin is the log odds.
    Probability,
    /// The mean of a target that is any number; its margin is the value itself.
    Value,
}

impl Task {
    /// The prediction that belongs to a margin.
    pub fn response(self, margin: f64) -> f64 {
        match self {
            Self::Probability => 1.0 / (1.0 + (-margin).exp()),
            Self::Value => margin,
        }
    }
}

/// Rows with what came of them.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// What is known of each row.
    pub frame: &'a Frame,
    /// One a row: 0 or 1 for [`Task::Probability`], any finite number for [`Task::Value`].
    pub target: &'a [f64],
    /// One a row, positive and finite; `None` weighs all rows 1.
    pub weights: Option<&'a [f64]>,
}

impl<'a> Sample<'a> {
    /// Rows of equal weight.
    pub fn new(frame: &'a Frame, target: &'a [f64]) -> Self {
        Self { frame, target, weights: None }
    }

    /// The same rows, weighed.
    #[must_use]
    pub fn weighed(self, weights: &'a [f64]) -> Self {
        Self { weights: Some(weights), ..self }
    }

    /// The weight of a row.
    pub fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[row])
    }

    /// The weighted mean of the target over these rows.
    pub fn mean(&self, rows: impl IntoIterator<Item = usize>) -> f64 {
        let (mut sum, mut weight) = (0.0, 0.0);
        for row in rows {
            sum += self.weight(row) * self.target[row];
            weight += self.weight(row);
        }
        sum / weight
    }

    /// Says what makes the sample unfit for the task.
    pub fn check(&self, task: Task) -> Result<(), Unfit> {
        let rows = self.frame.rows();
        if rows == 0 {
            return Err(Unfit::NoRows);
        }
        let lengths = [Some(self.target.len()), self.weights.map(<[f64]>::len)];
        if lengths.into_iter().flatten().any(|length| length != rows) {
            return Err(Unfit::Length);
        }
        let fits = |target: f64| match task {
            Task::Probability => target == 0.0 || target == 1.0,
            Task::Value => target.is_finite(),
        };
        if let Some(row) = self.target.iter().position(|target| !fits(*target)) {
            return Err(Unfit::Target { row });
        }
        let weighs = |weight: f64| weight.is_finite() && weight > 0.0;
        match (0..rows).find(|row| !weighs(self.weight(*row))) {
            Some(row) => Err(Unfit::Weight { row }),
            None => Ok(()),
        }
    }
}

/// Why nothing was fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unfit {
    /// The frame is empty.
    #[error("there are no rows to learn from")]
    NoRows,
    /// Target or weights are not as long as the frame.
    #[error("target and weights must have one value for each row")]
    Length,
    /// A target outside of what the task knows.
    #[error("the target of row {row} is not 0 or 1, or not finite")]
    Target {
        /// Position of the row, from 0.
        row: usize,
    },
    /// A weight that is not positive.
    #[error("the weight of row {row} is not positive and finite")]
    Weight {
        /// Position of the row, from 0.
        row: usize,
    },
}

/// Something that learns a function of a frame from a sample. Columns that say nothing and targets that do not
/// vary are fitted all the same: the function is then the mean.
pub trait Learner: Send + Sync {
    /// A short name for tables of methods.
    fn name(&self) -> &'static str;

    /// Fits. The same sample, task and seed give the same function, bit by bit.
    fn fit(&self, sample: &Sample<'_>, task: Task, seed: u64) -> Result<Box<dyn Fitted>, Unfit>;
}

/// A fitted function of frames that have the columns of the one it was fitted on, in the same order.
pub trait Fitted: Send + Sync {
    /// What it predicts.
    fn task(&self) -> Task;

    /// Log odds or values, one a row, finite.
    fn margins(&self, frame: &Frame) -> Vec<f64>;

    /// Each column's part in each margin.
    fn contributions(&self, frame: &Frame) -> Contributions;

    /// A quicker account of the same margins: what each column changes on each row's own way, not over all ways as
    /// in [`Fitted::contributions`]. Columns that decide deep in a tree get more than their due. Saabas (2014),
    /// "Interpreting Random Forests"; of lines it is the same.
    fn ways(&self, frame: &Frame) -> Contributions {
        self.contributions(frame)
    }

    /// Probabilities (strictly between 0 and 1) or values, one a row.
    fn predict(&self, frame: &Frame) -> Vec<f64> {
        let task = self.task();
        let response = |margin: f64| match task {
            Task::Probability => task.response(margin.clamp(-30.0, 30.0)),
            Task::Value => margin,
        };
        self.margins(frame).into_iter().map(response).collect()
    }
}

/// How much each column adds to each row's margin: `base` + the sum over the columns is the margin.
#[derive(Debug, Clone, PartialEq)]
pub struct Contributions {
    /// The mean margin, in log odds or the target's unit.
    pub base: f64,
    /// By column of the frame, then by row; in log odds or the target's unit.
    pub columns: Vec<Vec<f64>>,
}
