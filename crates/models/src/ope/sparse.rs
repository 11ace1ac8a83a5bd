//! Rows of few numbers that are not zero, and penalised least squares or logistic regression on them.

/// Sparse rows of one width.
#[derive(Debug, Clone, PartialEq)]
pub struct SparseRows {
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f64>,
    width: usize,
}

impl SparseRows {
    /// No rows yet, of numbers in the columns `0..width`.
    pub fn new(width: usize) -> Self {
        Self { starts: vec![0], columns: Vec::new(), values: Vec::new(), width }
    }

    /// `rows` rows of no columns.
    pub fn empty(rows: usize) -> Self {
        Self { starts: vec![0; rows + 1], ..Self::new(0) }
    }

    /// Adds a row; columns that it does not name are zero.
    ///
    /// # Panics
    /// When a column is not below the width: a fault of the caller.
    pub fn push(&mut self, row: impl IntoIterator<Item = (u32, f64)>) {
        for (column, value) in row {
            assert!((column as usize) < self.width, "column {column} of {}", self.width);
            self.columns.push(column);
            self.values.push(value);
        }
        self.starts.push(self.columns.len());
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// How many columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// A row's columns with their values.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (u32, f64)> + '_ {
        let at = self.starts[row]..self.starts[row + 1];
        self.columns[at.clone()].iter().copied().zip(self.values[at].iter().copied())
    }

    /// The row times a vector.
    pub(super) fn dot(&self, row: usize, vector: &[f64]) -> f64 {
        self.row(row).map(|(column, value)| value * vector[column as usize]).sum()
    }

    /// Adds `times` the row to a vector.
    pub(super) fn add(&self, row: usize, times: f64, vector: &mut [f64]) {
        for (column, value) in self.row(row) {
            vector[column as usize] += times * value;
        }
    }
}

/// How the linear score becomes an expected reward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Rewards of zero and one: the score is a log-odds.
    Logistic,
    /// Any rewards: the score is the reward over their standard deviation.
    Linear,
}

impl Link {
    /// The expected reward of a score.
    pub fn mean(self, score: f64) -> f64 {
        match self {
            Self::Logistic => 1.0 / (1.0 + (-score).exp()),
            Self::Linear => score,
        }
    }

    /// How the expected reward changes with the score, at that expected reward.
    pub fn slope(self, mean: f64) -> f64 {
        match self {
            Self::Logistic => (mean * (1.0 - mean)).max(1e-12),
            Self::Linear => 1.0,
        }
    }

    /// Minus the log-likelihood of a reward, up to a constant.
    pub fn loss(self, score: f64, reward: f64) -> f64 {
        match self {
            // log(1 + e^s) - r s, without overflow.
            Self::Logistic => score.max(0.0) + (-score.abs()).exp().ln_1p() - reward * score,
            Self::Linear => 0.5 * (reward - score).powi(2),
        }
    }
}

/// A regression to fit: `penalty` times half the squared coefficients, but for the first column, is added to the loss.
#[derive(Debug, Clone, Copy)]
pub(super) struct Problem<'a> {
    pub(super) design: &'a SparseRows,
    pub(super) rewards: &'a [f64],
    pub(super) link: Link,
    pub(super) penalty: f64,
}

impl Problem<'_> {
    /// The penalty of a column; next to none for the first, so that the mean is not shrunk.
    fn penalty_of(&self, column: usize) -> f64 {
        if column == 0 { 1e-9 } else { self.penalty }
    }

    /// Newton's method with conjugate gradients inside, from `start`, over these rows.
    pub(super) fn fit(&self, rows: &[u32], start: Vec<f64>) -> Vec<f64> {
        const STEPS: usize = 30;
        // Steps need not be exact, as the next one mends them; answers to the last digit cost most of the time.
        let (least, precise) = (1e-3, 1e-5);
        let mut at = start;
        let mut objective = self.objective(rows, &at);
        for _ in 0..STEPS {
            let (gradient, slopes) = self.gradient(rows, &at);
            if norm(&gradient) <= precise * (rows.len() as f64).sqrt() {
                break;
            }
            let step = self.solve(rows, &slopes, &gradient, least);
            let mut length = 1.0;
            let better = loop {
                let moved: Vec<f64> = at.iter().zip(&step).map(|(x, d)| x - length * d).collect();
                let there = self.objective(rows, &moved);
                if there < objective {
                    break Some((moved, there));
                }
                length /= 2.0;
                if length < 1e-6 {
                    break None;
                }
            };
            let Some((moved, there)) = better else { break };
            let gained = objective - there;
            (at, objective) = (moved, there);
            if gained <= 1e-8 * objective.abs() {
                break;
            }
        }
        at
    }

    fn objective(&self, rows: &[u32], at: &[f64]) -> f64 {
        let loss = |row: &u32| {
            let row = *row as usize;
            self.link.loss(self.design.dot(row, at), self.rewards[row])
        };
        let ridge = at.iter().enumerate().map(|(j, x)| self.penalty_of(j) * x * x).sum::<f64>();
        rows.iter().map(loss).sum::<f64>() + 0.5 * ridge
    }

    fn gradient(&self, rows: &[u32], at: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let mut gradient: Vec<f64> =
            at.iter().enumerate().map(|(j, x)| self.penalty_of(j) * x).collect();
        let mut slopes = Vec::with_capacity(rows.len());
        for row in rows {
            let row = *row as usize;
            let mean = self.link.mean(self.design.dot(row, at));
            self.design.add(row, mean - self.rewards[row], &mut gradient);
            slopes.push(self.link.slope(mean));
        }
        (gradient, slopes)
    }

    /// x with (X' S X + penalty) x = `right`, S the rows' slopes: conjugate gradients with the diagonal before it
    /// (Nocedal and Wright 2006, "Numerical Optimization", algorithm 5.3).
    ///
    /// Ends when the residual is below `share` of what it was at first.
    pub(super) fn solve(
        &self,
        rows: &[u32],
        slopes: &[f64],
        right: &[f64],
        share: f64,
    ) -> Vec<f64> {
        const STEPS: usize = 250;
        let width = self.design.width();
        let mut diagonal: Vec<f64> = (0..width).map(|j| self.penalty_of(j)).collect();
        for (row, slope) in rows.iter().zip(slopes) {
            for (column, value) in self.design.row(*row as usize) {
                diagonal[column as usize] += slope * value * value;
            }
        }
        let apply = |x: &[f64]| {
            let mut out: Vec<f64> =
                x.iter().enumerate().map(|(j, x)| self.penalty_of(j) * x).collect();
            for (row, slope) in rows.iter().zip(slopes) {
                let row = *row as usize;
                self.design.add(row, slope * self.design.dot(row, x), &mut out);
            }
            out
        };
        let scaled =
            |r: &[f64]| -> Vec<f64> { r.iter().zip(&diagonal).map(|(r, d)| r / d).collect() };
        let (mut x, mut residual) = (vec![0.0; width], right.to_vec());
        let mut z = scaled(&residual);
        let mut direction = z.clone();
        let mut product = dot(&residual, &z);
        let enough = share * share * product;
        for _ in 0..STEPS {
            if product <= enough {
                break;
            }
            let applied = apply(&direction);
            let length = product / dot(&direction, &applied);
            move_by(&mut x, length, &direction);
            move_by(&mut residual, -length, &applied);
            z = scaled(&residual);
            let next = dot(&residual, &z);
            let kept = next / product;
            direction = z.iter().zip(&direction).map(|(z, d)| z + kept * d).collect();
            product = next;
        }
        x
    }
}

fn move_by(at: &mut [f64], times: f64, step: &[f64]) {
    at.iter_mut().zip(step).for_each(|(at, step)| *at += times * step);
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn design(rows: &[[f64; 2]]) -> SparseRows {
        let mut design = SparseRows::new(2);
        for row in rows {
            design.push([(0, row[0]), (1, row[1])]);
        }
        design
    }

    /// A two-by-two table has a closed form: the slope is the log of the odds ratio.
    #[test]
    fn a_two_by_two_table() {
        let mut rows = Vec::new();
        let mut rewards = Vec::new();
        for (x, ones, zeros) in [(0.0, 10, 30), (1.0, 20, 20)] {
            rows.extend(std::iter::repeat_n([1.0, x], ones + zeros));
            rewards.extend((0..ones + zeros).map(|i| f64::from(u8::from(i < ones))));
        }
        let design = design(&rows);
        let problem =
            Problem { design: &design, rewards: &rewards, link: Link::Logistic, penalty: 1e-9 };
        let all: Vec<u32> = (0..80).collect();
        let fit = problem.fit(&all, vec![0.0; 2]);
        assert!((fit[0] - (10.0_f64 / 30.0).ln()).abs() < 1e-5, "{fit:?}");
        assert!((fit[1] - 3.0_f64.ln()).abs() < 1e-5, "{fit:?}");
    }

    /// One centred column: ridge is Sxy / (Sxx + penalty).
    #[test]
    fn ridge_has_a_closed_form() {
        let design = design(&[[1.0, -1.0], [1.0, 0.0], [1.0, 1.0]]);
        let rewards = [1.0, 2.0, 6.0];
        let problem =
            Problem { design: &design, rewards: &rewards, link: Link::Linear, penalty: 0.5 };
        let fit = problem.fit(&[0, 1, 2], vec![0.0; 2]);
        assert!((fit[0] - 3.0).abs() < 1e-6 && (fit[1] - 2.0).abs() < 1e-6, "{fit:?}");
    }

    #[test]
    fn huge_scores_do_not_overflow() {
        for score in [-800.0, 800.0] {
            assert!(Link::Logistic.loss(score, 1.0).is_finite());
            assert!((0.0..=1.0).contains(&Link::Logistic.mean(score)));
        }
    }
}
