//! How far large weights are tamed: variance against bias, chosen on the log itself.

use super::estimator::Contributions;
use super::interval::{mean, variance_of_mean};

/// A way of making weights smaller, by one number: infinite leaves them, zero makes all of them nothing.
#[derive(Debug)]
pub struct Family {
    /// The weight used for a weight.
    pub weight: fn(f64, f64) -> f64,
    /// The setting at which a weight of that size begins to be tamed.
    setting: fn(f64) -> f64,
}

/// Weights above tau are dropped. Wang, Agarwal and Dudík (2017).
pub const SWITCH: Family =
    Family { weight: |w, tau| if w <= tau { w } else { 0.0 }, setting: |w| w };

/// lambda w / (w^2 + lambda). Su, Dimakopoulou, Krishnamurthy and Dudík (2020).
pub const OPTIMISTIC: Family = Family {
    weight: |w, lambda| if lambda.is_infinite() { w } else { lambda * w / (w * w + lambda) },
    setting: |w| w * w,
};

/// The setting with the least estimated mean squared error: variance of what is left plus the square of what was
/// taken away. Su, Dimakopoulou, Krishnamurthy and Dudík (2020), on model selection (their bound on the bias in place of its
/// estimate would never tame anything, as what is taken away is about as uncertain as it was variable).
pub fn choose(rows: &Contributions<'_>, family: &Family) -> f64 {
    let whole = mean(&rows.corrected(|w| w));
    let mut best = (f64::INFINITY, f64::INFINITY);
    for setting in settings(rows.weights, family) {
        let each = rows.corrected(|w| (family.weight)(w, setting));
        let error_squared = variance_of_mean(&each) + (mean(&each) - whole).powi(2);
        if error_squared < best.1 {
            best = (setting, error_squared);
        }
    }
    best.0
}

/// From leaving all weights to taming nearly all of them.
fn settings(weights: &[f64], family: &Family) -> Vec<f64> {
    const SHARES: [f64; 12] = [0.999, 0.995, 0.99, 0.98, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.35, 0.2];
    let mut sorted: Vec<f64> = weights.iter().copied().filter(|w| *w > 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    let mut settings = vec![f64::INFINITY];
    let Some(last) = sorted.len().checked_sub(1) else { return settings };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a length"
    )]
    let at = |share: f64| sorted[(last as f64 * share) as usize];
    settings.extend(SHARES.iter().map(|share| (family.setting)(at(*share))));
    settings.dedup();
    settings
}

#[cfg(test)]
mod tests {
    use super::super::reward::{Choice, Fitted};
    use super::*;

    fn fitted(taken: Vec<f64>) -> Fitted {
        let expected = vec![0.5; taken.len()];
        Fitted { influence: vec![0.0; taken.len()], expected, taken, choice: Choice::default() }
    }

    #[test]
    fn weights_between_nothing_and_themselves() {
        for family in [&SWITCH, &OPTIMISTIC] {
            for w in [0.0, 0.5, 3.0, 100.0] {
                assert!(((family.weight)(w, f64::INFINITY) - w).abs() < 1e-12);
                assert!((0.0..=w).contains(&(family.weight)(w, 4.0)));
                assert!((family.weight)(w, 1e-12).abs() < 1e-11);
            }
        }
    }

    #[test]
    fn one_wild_weight_is_tamed_and_a_true_effect_is_not() {
        let n = 400;
        let mut weights = vec![1.0; n];
        weights[0] = 300.0;
        let rewards: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i % 2 == 0))).collect();
        let model = fitted(vec![0.5; n]);
        let rows = Contributions { rewards: &rewards, weights: &weights, fitted: &model };
        assert!(choose(&rows, &SWITCH) < 300.0);
        // Half the rows have weight 2 and always a reward: without them the value would be far off.
        let weights: Vec<f64> = (0..n).map(|i| if i % 2 == 0 { 2.0 } else { 0.1 }).collect();
        let rows = Contributions { rewards: &rewards, weights: &weights, fitted: &model };
        assert!(choose(&rows, &SWITCH) >= 2.0);
    }
}
