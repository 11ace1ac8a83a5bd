//! From a candidate's utility to the chance that the next basket has it.

use super::mixture::log_sum;

/// A candidate as the calibration sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// ln of its share of the choices, -inf..=0: utility less the log of the slate's summed exponentials.
    pub share: f64,
    /// ln of the customer's mean items a basket.
    pub basket: f64,
}

impl Standing {
    /// Of each of a slate's utilities; `basket` is the customer's mean items a basket, above zero.
    pub fn of(utilities: &[f64], basket: f32) -> Vec<Self> {
        let total = log_sum(utilities);
        let basket = f64::from(basket.max(1.0).ln());
        utilities.iter().map(|utility| Self { share: utility - total, basket }).collect()
    }

    fn features(self) -> [f64; 3] {
        [1.0, self.share.max(-30.0), self.basket]
    }
}

/// A logistic regression on share and basket size (Platt 1999, "Probabilistic outputs for support vector
/// machines", section 2, with one feature more).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    weights: [f64; 3],
}

impl Calibration {
    /// Maximum likelihood, drawn a little toward the share as it is; `None` when nothing came.
    pub fn fit(told: &[(Standing, bool)]) -> Option<Self> {
        if !told.iter().any(|(_, came)| *came) {
            return None;
        }
        let start = [0.0, 1.0, 1.0];
        let mut it = Self { weights: start };
        for _ in 0..50 {
            let (mut slope, mut curve) = ([0.0; 3], [[0.0; 3]; 3]);
            for (standing, came) in told {
                let (x, p) = (standing.features(), it.chance(*standing));
                let left = f64::from(u8::from(*came)) - p;
                for i in 0..3 {
                    slope[i] += left * x[i];
                    for j in 0..3 {
                        curve[i][j] += p * (1.0 - p) * x[i] * x[j];
                    }
                }
            }
            for i in 0..3 {
                slope[i] -= DRAWN * (it.weights[i] - start[i]);
                curve[i][i] += DRAWN;
            }
            let step = solve(curve, slope);
            // Far from the maximum a whole step can overshoot.
            let most = step.iter().fold(0.0_f64, |most, part| most.max(part.abs()));
            let share = (2.0 / most.max(f64::MIN_POSITIVE)).min(1.0);
            for (weight, part) in it.weights.iter_mut().zip(step) {
                *weight += share * part;
            }
            if most < 1e-9 {
                break;
            }
        }
        // A greater share never means a lesser chance.
        it.weights[1] = it.weights[1].max(1e-3);
        Some(it)
    }

    /// 0..=1.
    pub fn chance(&self, standing: Standing) -> f64 {
        let x = standing.features();
        let log_odds: f64 = x.iter().zip(&self.weights).map(|(x, w)| x * w).sum();
        1.0 / (1.0 + (-log_odds).exp())
    }
}

/// The weight of a prior customer's worth of pull toward the start.
const DRAWN: f64 = 1.0;

/// Gauss's elimination; the system is positive definite.
fn solve(mut a: [[f64; 3]; 3], mut b: [f64; 3]) -> [f64; 3] {
    for i in 0..3 {
        for row in i + 1..3 {
            let factor = a[row][i] / a[i][i];
            for column in i..3 {
                a[row][column] -= factor * a[i][column];
            }
            b[row] -= factor * b[i];
        }
    }
    for i in (0..3).rev() {
        let known: f64 = (i + 1..3).map(|j| a[i][j] * b[j]).sum();
        b[i] = (b[i] - known) / a[i][i];
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_add_up_to_what_came() {
        // One of four candidates comes, the likelier the greater its utility.
        let standings = Standing::of(&[2.0, 1.0, 0.0, 0.0], 3.0);
        let came = [50, 20, 10, 10];
        let told: Vec<(Standing, bool)> = (0..100)
            .flat_map(|n| standings.iter().zip(came).map(move |(one, times)| (*one, n < times)))
            .collect();
        let it = Calibration::fit(&told).expect("some came");
        let chances: Vec<f64> = standings.iter().map(|one| it.chance(*one)).collect();
        assert!((chances.iter().sum::<f64>() - 0.9).abs() < 0.05, "{chances:?}");
        assert!(chances[0] > chances[1] && chances[1] > chances[2], "{chances:?}");
        assert!((chances[0] - 0.5).abs() < 0.08, "{chances:?}");
        assert_eq!(Calibration::fit(&[(standings[0], false)]), None);
    }
}
