//! Log odds that are linear in a few columns: penalised maximum likelihood, with errors that allow for rows of one
//! account being alike.

use std::collections::BTreeMap;

use models::learn::{Task, loss};

/// Newton steps at most.
const STEPS: usize = 50;

/// Rows with what came of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Odds<'a> {
    /// The columns of each row; a fit reads as many as it has penalties.
    pub(super) x: &'a [Vec<f64>],
    pub(super) happened: &'a [f64],
    pub(super) weights: &'a [f64],
    /// Rows of one group are alike.
    pub(super) group: &'a [i64],
}

/// Coefficients with their covariance.
#[derive(Debug, Clone)]
pub(super) struct Fit {
    pub(super) coefficients: Vec<f64>,
    pub(super) covariance: Vec<Vec<f64>>,
}

impl Fit {
    /// The variance of a linear function of the coefficients.
    pub(super) fn variance(&self, slope: &[f64]) -> f64 {
        let rows = self.covariance.iter().zip(slope);
        rows.map(|(row, a)| a * dot(row, slope)).sum::<f64>().max(0.0)
    }
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

pub(super) fn chance(margin: f64) -> f64 {
    Task::Probability.response(margin)
}

impl Odds<'_> {
    /// The coefficients with the least loss, each held back by its penalty (le Cessie and van Houwelingen 1992, "Ridge
    /// Estimators in Logistic Regression", eq. 4), by Newton's method from a start.
    pub(super) fn coefficients(&self, which: &[usize], penalty: &[f64], start: &[f64]) -> Vec<f64> {
        let objective = |at: &[f64]| {
            let held: f64 = at.iter().zip(penalty).map(|(a, p)| p * a * a / 2.0).sum();
            self.loss(which, at) + held
        };
        let mut at = start.to_vec();
        at.resize(penalty.len(), 0.0);
        let mut value = objective(&at);
        for _ in 0..STEPS {
            let (mut gradient, mut curve) = self.derivatives(which, &at);
            for (place, p) in penalty.iter().enumerate() {
                gradient[place] += p * at[place];
                curve[place][place] += p;
            }
            let step: Vec<f64> = inverse(curve).iter().map(|row| dot(row, &gradient)).collect();
            let towards = |share: f64| -> Vec<f64> {
                at.iter().zip(&step).map(|(a, s)| a - share * s).collect()
            };
            let halves = std::iter::successors(Some(1.0), |share| Some(share / 2.0)).take(30);
            let next = halves.map(towards).find(|next| objective(next) < value);
            let Some(next) = next else { break };
            let reached = objective(&next);
            let gained = value - reached;
            (at, value) = (next, reached);
            if gained < 1e-9 * value.abs() {
                break;
            }
        }
        at
    }

    /// The summed log loss of some rows.
    pub(super) fn loss(&self, which: &[usize], at: &[f64]) -> f64 {
        let each = which.iter().map(|row| {
            let margin = dot(&self.x[*row], at);
            self.weights[*row] * loss::of(Task::Probability, margin, self.happened[*row])
        });
        each.sum()
    }

    /// First and second derivatives of the loss.
    fn derivatives(&self, which: &[usize], at: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
        let k = at.len();
        let (mut gradient, mut curve) = (vec![0.0; k], vec![vec![0.0; k]; k]);
        for row in which {
            let x = &self.x[*row][..k];
            let p = chance(dot(x, at));
            let weight = self.weights[*row];
            for i in 0..k {
                gradient[i] += weight * (p - self.happened[*row]) * x[i];
                let slope = weight * p * (1.0 - p) * x[i];
                for j in 0..=i {
                    curve[i][j] += slope * x[j];
                }
            }
        }
        let lower = curve.clone();
        for (i, row) in curve.iter_mut().enumerate() {
            row.iter_mut().enumerate().skip(i + 1).for_each(|(j, cell)| *cell = lower[j][i]);
        }
        (gradient, curve)
    }

    /// The fit with its covariance H^-1 (B + P) H^-1: H the second derivatives with the penalties P, B the squared sums
    /// of each group's scores (Liang and Zeger 1986, "Longitudinal Data Analysis Using Generalized Linear Models", eq.
    /// 7, for independence). P stands for what a penalty may keep back: 1 / P is the variance that it believes of a
    /// coefficient.
    pub(super) fn fit(&self, which: &[usize], penalty: &[f64], start: &[f64]) -> Fit {
        let coefficients = self.coefficients(which, penalty, start);
        let k = penalty.len();
        let (_, mut curve) = self.derivatives(which, &coefficients);
        let mut scores: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
        for row in which {
            let x = &self.x[*row][..k];
            let miss = self.happened[*row] - chance(dot(x, &coefficients));
            let sum = scores.entry(self.group[*row]).or_insert_with(|| vec![0.0; k]);
            sum.iter_mut().zip(x).for_each(|(sum, x)| *sum += self.weights[*row] * miss * x);
        }
        let mut middle = vec![vec![0.0; k]; k];
        for score in scores.values() {
            for (row, a) in middle.iter_mut().zip(score) {
                row.iter_mut().zip(score).for_each(|(cell, b)| *cell += a * b);
            }
        }
        for (place, p) in penalty.iter().enumerate() {
            curve[place][place] += p;
            middle[place][place] += p;
        }
        let bread = inverse(curve);
        let half: Vec<Vec<f64>> =
            bread.iter().map(|row| middle.iter().map(|other| dot(row, other)).collect()).collect();
        let covariance =
            half.iter().map(|row| bread.iter().map(|other| dot(row, other)).collect()).collect();
        Fit { coefficients, covariance }
    }
}

/// The inverse of a symmetric positive matrix by Gauss-Jordan steps; a column that says nothing gets 0.
fn inverse(mut matrix: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let k = matrix.len();
    let least: Vec<f64> = (0..k).map(|at| 1e-10 * matrix[at][at].abs() + 1e-12).collect();
    for pivot in 0..k {
        let d = matrix[pivot][pivot];
        if d <= least[pivot] {
            matrix[pivot].fill(0.0);
            matrix.iter_mut().for_each(|row| row[pivot] = 0.0);
            continue;
        }
        let row: Vec<f64> = matrix[pivot].iter().map(|value| value / d).collect();
        for at in (0..k).filter(|at| *at != pivot) {
            let factor = matrix[at][pivot];
            for other in 0..k {
                matrix[at][other] -= factor * row[other];
            }
            matrix[at][pivot] = -factor / d;
        }
        matrix[pivot] = row;
        matrix[pivot][pivot] = 1.0 / d;
    }
    matrix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inverse_undoes_its_matrix_and_drops_what_says_nothing() {
        let matrix = vec![vec![4.0, 1.0, 0.0], vec![1.0, 3.0, 0.0], vec![0.0, 0.0, 0.0]];
        let found = inverse(matrix);
        assert!(
            (found[0][0] - 3.0 / 11.0).abs() < 1e-12 && (found[0][1] + 1.0 / 11.0).abs() < 1e-12
        );
        assert!(found[2].iter().all(|value| *value == 0.0));
    }

    #[test]
    fn odds_of_two_groups_are_those_counted_and_a_row_that_is_repeated_adds_no_certainty() {
        // 10 of 100 and 20 of 100: log odds ratio ln((20 * 90) / (80 * 10)), variance 1/10 + 1/90 + 1/20 + 1/80.
        let cell =
            |treated: f64, happened: f64, rows: usize| vec![(vec![1.0, treated], happened); rows];
        let all = [cell(0.0, 1.0, 10), cell(0.0, 0.0, 90), cell(1.0, 1.0, 20), cell(1.0, 0.0, 80)];
        let (x, happened): (Vec<Vec<f64>>, Vec<f64>) = all.concat().into_iter().unzip();
        let which: Vec<usize> = (0..200).collect();
        let group: Vec<i64> = (0..200).collect();
        let weights = vec![1.0; 200];
        let odds = Odds { x: &x, happened: &happened, weights: &weights, group: &group };
        let fit = odds.fit(&which, &[0.0, 0.0], &[]);
        assert!((fit.coefficients[1] - 2.25_f64.ln()).abs() < 1e-6, "{fit:?}");
        let variance = 0.1 + 1.0 / 90.0 + 0.05 + 1.0 / 80.0;
        assert!((fit.variance(&[0.0, 1.0]) - variance).abs() < 1e-6, "{fit:?}");
        let twice: Vec<usize> = which.iter().chain(&which).copied().collect();
        let again = odds.fit(&twice, &[0.0, 0.0], &[]);
        assert!((again.variance(&[0.0, 1.0]) - variance).abs() < 1e-6, "{again:?}");
        let held = odds.fit(&which, &[0.0, 1e6], &[]);
        assert!(held.coefficients[1].abs() < 1e-3, "{held:?}");
    }
}
