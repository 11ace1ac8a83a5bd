//! Whether probabilities are what they say, and how they are made so.

use serde::{Deserialize, Serialize};

use super::learner::Task;
use super::loss::{self, log_odds};

/// A straight line from margin to log odds: 1 / (1 + exp(-(intercept + slope * margin))).
///
/// Platt (1999), "Probabilistic Outputs for Support Vector Machines", eq. 2 with the sign turned.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Platt {
    /// Log odds at a margin of 0.
    pub intercept: f64,
    /// Log odds for each unit of margin; 1 for margins that are log odds already.
    pub slope: f64,
}

impl Platt {
    /// The line with the least log loss, by Newton's method. Each class is believed to hold one more row of the other
    /// (Platt's targets, section 2.2), so that it stays finite when the margins divide the classes perfectly.
    pub fn fit(margins: &[f64], target: &[f64]) -> Self {
        Self::with_prior(margins, target, 0.0)
    }

    /// The same, where the slope is believed to be near 1 with a standard deviation of .5: for margins that are log
    /// odds of a fitted model, and too few rows to say otherwise.
    pub fn near_one(margins: &[f64], target: &[f64]) -> Self {
        Self::with_prior(margins, target, 4.0)
    }

    /// `precision`: of the prior on the slope, 1 / variance.
    fn with_prior(margins: &[f64], target: &[f64], precision: f64) -> Self {
        let ones = target.iter().filter(|y| **y > 0.5).count() as f64;
        let zeros = target.len() as f64 - ones;
        let (high, low) = ((ones + 1.0) / (ones + 2.0), 1.0 / (zeros + 2.0));
        let smoothed = |y: f64| if y > 0.5 { high } else { low };
        let rows = || margins.iter().zip(target).map(|(margin, y)| (*margin, smoothed(*y)));
        let value = |line: Self| -> f64 {
            let losses = rows()
                .map(|(margin, y)| loss::of(Task::Probability, line.margin(margin), y))
                .sum::<f64>();
            losses + precision / 2.0 * (line.slope - 1.0).powi(2)
        };
        let base = (ones + 0.5) / (ones + zeros + 1.0);
        let mut line = Self { intercept: log_odds(base), slope: 0.0 };
        let mut reached = value(line);
        for _ in 0..100 {
            let (mut g0, mut g1) = (0.0, precision * (line.slope - 1.0));
            let (mut h00, mut h01, mut h11) = (1e-9, 0.0, 1e-9 + precision);
            for (margin, y) in rows() {
                let p = Task::Probability.response(line.margin(margin));
                let (miss, curve) = (p - y, p * (1.0 - p));
                g0 += miss;
                g1 += miss * margin;
                h00 += curve;
                h01 += curve * margin;
                h11 += curve * margin * margin;
            }
            let determinant = h00 * h11 - h01 * h01;
            let step0 = (h11 * g0 - h01 * g1) / determinant;
            let step1 = (h00 * g1 - h01 * g0) / determinant;
            let tries = (0..40).map(|halved| 0.5_f64.powi(halved));
            let next = tries
                .map(|length| Self {
                    intercept: line.intercept - length * step0,
                    slope: line.slope - length * step1,
                })
                .map(|next| (next, value(next)))
                .find(|(_, next)| *next < reached);
            let Some((next, next_value)) = next else { break };
            let gained = reached - next_value;
            (line, reached) = (next, next_value);
            if gained < 1e-10 * (1.0 + reached) {
                break;
            }
        }
        line
    }

    /// The log odds of a margin.
    pub fn margin(&self, margin: f64) -> f64 {
        self.intercept + self.slope * margin
    }
}

/// How probabilities compare with what came.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Of the line from said to true log odds: 1 is right, below 1 too bold. Cox (1958), "Two Further Applications
    /// of a Model for Binary Regression".
    pub slope: f64,
    /// Of the same line: 0 is right.
    pub intercept: f64,
    /// Expected calibration error: the mean distance of said and true share over ten groups of equal size by what is
    /// said. Naeini, Cooper and Hauskrecht (2015), "Obtaining Well Calibrated Probabilities", eq. 3.
    pub ece: f64,
    /// Mean squared distance of probability and outcome. Brier (1950), "Verification of Forecasts", eq. 2, halved.
    pub brier: f64,
    /// Mean log loss, in nats.
    pub log_loss: f64,
}

/// Compares probabilities (strictly between 0 and 1) with outcomes (0 or 1); equally long, not empty.
pub fn calibration(probabilities: &[f64], target: &[f64]) -> Calibration {
    let margins: Vec<f64> = probabilities.iter().map(|p| log_odds(*p)).collect();
    let line = Platt::fit(&margins, target);
    let n = target.len().max(1) as f64;
    let squares = probabilities.iter().zip(target).map(|(p, y)| (p - y).powi(2));
    let rows = margins.iter().zip(target).map(|(margin, y)| (*margin, *y, 1.0));
    Calibration {
        slope: line.slope,
        intercept: line.intercept,
        ece: expected_error(probabilities, target),
        brier: squares.sum::<f64>() / n,
        log_loss: loss::mean(Task::Probability, rows),
    }
}

fn expected_error(probabilities: &[f64], target: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..target.len()).collect();
    order.sort_by(|a, b| probabilities[*a].total_cmp(&probabilities[*b]).then(a.cmp(b)));
    let groups = 10.min(order.len().max(1));
    let mut apart = 0.0;
    for group in 0..groups {
        let rows = &order[group * order.len() / groups..(group + 1) * order.len() / groups];
        apart += rows.iter().map(|row| probabilities[*row] - target[*row]).sum::<f64>().abs();
    }
    apart / target.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1,000 rows whose shares are exactly 5, 15, … 95 %.
    fn exact() -> (Vec<f64>, Vec<f64>) {
        (0..10_u32)
            .map(|tenth| tenth * 10 + 5)
            .flat_map(|share| (0..100).map(move |row| (share, row)))
            .map(|(share, row)| (f64::from(share) / 100.0, f64::from(u8::from(row < share))))
            .unzip()
    }

    #[test]
    fn exact_shares_are_calibrated() {
        let (said, came) = exact();
        let found = calibration(&said, &came);
        assert!((found.slope - 1.0).abs() < 0.02 && found.intercept.abs() < 0.02, "{found:?}");
        assert!(found.ece < 1e-9);
        let brier: f64 =
            (0..10).map(|t| f64::from(t) / 10.0 + 0.05).map(|p| p * (1.0 - p)).sum::<f64>();
        assert!((found.brier - brier / 10.0).abs() < 1e-9);
    }

    #[test]
    fn bold_scores_are_brought_back() {
        let (said, came) = exact();
        let bold: Vec<f64> = said.iter().map(|p| 3.0 * log_odds(*p) + 1.0).collect();
        let line = Platt::fit(&bold, &came);
        for (said, bold) in said.iter().zip(bold) {
            let found = Task::Probability.response(line.margin(bold));
            assert!((found - said).abs() < 0.01, "{found} {said}");
        }
    }

    #[test]
    fn perfect_order_stays_finite() {
        let line = Platt::fit(&[-1.0, -2.0, 1.0, 2.0], &[0.0, 0.0, 1.0, 1.0]);
        assert!(line.slope.is_finite() && line.slope > 0.0, "{line:?}");
        let flat = Platt::fit(&[0.0; 4], &[0.0, 0.0, 0.0, 1.0]);
        assert!(flat.intercept.is_finite() && flat.slope.is_finite());
    }
}
