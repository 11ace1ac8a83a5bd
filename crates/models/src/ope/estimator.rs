//! The six estimators, each a mean of contributions, one a row.
//!
//! Notation: w = target's over logging policy's probability of the action taken, r = reward, q = fitted reward of
//! the action taken, m = fitted reward expected under the target; q and m come from folds that do not hold the row.

use super::Estimate;
use super::interval::{self, Spread};
use super::reward::Fitted;
use super::shrink::{self, Family};

/// What the estimators work on, one entry a row each.
#[derive(Debug, Clone, Copy)]
pub struct Contributions<'a> {
    /// Rewards.
    pub rewards: &'a [f64],
    /// Importance weights, 0 or more.
    pub weights: &'a [f64],
    /// The reward model's answers.
    pub fitted: &'a Fitted,
}

impl Contributions<'_> {
    /// m + w' (r - q), where w' is a weight made of w.
    pub(super) fn corrected(&self, weight: impl Fn(f64) -> f64) -> Vec<f64> {
        let rows = self.rewards.iter().zip(self.weights).zip(&self.fitted.taken);
        let rows = rows.zip(&self.fitted.expected);
        rows.map(|(((r, w), q), m)| m + weight(*w) * (r - q)).collect()
    }

    /// Nothing lies outside the range of the rewards seen.
    fn within(&self, mut estimate: Estimate) -> Estimate {
        let least = self.rewards.iter().copied().fold(f64::INFINITY, f64::min);
        let most = self.rewards.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        // An inverse propensity estimate itself may leave the range; the truth cannot.
        estimate.lower = estimate.lower.clamp(least, most);
        estimate.upper = estimate.upper.clamp(least, most);
        estimate
    }

    fn estimate(&self, name: &'static str, spread: &Spread, ess: Option<f64>) -> Estimate {
        let (lower, upper) = spread.interval();
        let (value, error) = (spread.value, spread.error());
        self.within(Estimate { name, value, error, lower, upper, ess, setting: None })
    }
}

/// One estimator: one entry of the registry.
#[derive(Debug)]
pub struct Estimator {
    /// Its name on the command line.
    pub name: &'static str,
    /// Computes it.
    pub estimate: fn(&'static str, &Contributions<'_>) -> Estimate,
}

/// All of them, in the order in which they are reported.
pub const ESTIMATORS: &[Estimator] = &[
    Estimator { name: "ips", estimate: ips },
    Estimator { name: "snips", estimate: snips },
    Estimator { name: "dm", estimate: dm },
    Estimator { name: "dr", estimate: dr },
    Estimator { name: "switch-dr", estimate: switch_dr },
    Estimator { name: "dros", estimate: dros },
];

/// (sum w)^2 / sum w^2, in rows; 0 where all weights are zero. Kish (1965), "Survey Sampling".
pub fn effective_sample_size(weights: impl IntoIterator<Item = f64>) -> f64 {
    let (mut sum, mut squares) = (0.0, 0.0);
    for weight in weights {
        sum += weight;
        squares += weight * weight;
    }
    if squares > 0.0 { sum * sum / squares } else { 0.0 }
}

/// mean of w r. Horvitz and Thompson (1952); unbiased where the log supports the target.
fn ips(name: &'static str, rows: &Contributions<'_>) -> Estimate {
    let each: Vec<f64> = rows.rewards.iter().zip(rows.weights).map(|(r, w)| w * r).collect();
    let ess = effective_sample_size(rows.weights.iter().copied());
    rows.estimate(name, &Spread::of(&each), Some(ess))
}

/// sum of w r over sum of w. Swaminathan and Joachims (2015), "The Self-Normalized Estimator for Counterfactual
/// Learning"; its spread by the delta method.
fn snips(name: &'static str, rows: &Contributions<'_>) -> Estimate {
    let ess = effective_sample_size(rows.weights.iter().copied());
    let total: f64 = rows.weights.iter().sum();
    let sum: f64 = rows.rewards.iter().zip(rows.weights).map(|(r, w)| w * r).sum();
    if total <= 0.0 {
        return rows.estimate(name, &Spread::unknown(), Some(0.0));
    }
    let (value, mean) = (sum / total, total / rows.weights.len() as f64);
    let each = rows.rewards.iter().zip(rows.weights);
    let each: Vec<f64> = each.map(|(r, w)| value + w * (r - value) / mean).collect();
    rows.estimate(name, &Spread::of(&each), Some(ess))
}

/// mean of m: the reward model alone. Beygelzimer and Langford (2009), "The Offset Tree"; biased where the
/// model is wrong. Its spread has that of the fit, and the bias that the log shows.
fn dm(name: &'static str, rows: &Contributions<'_>) -> Estimate {
    let value = interval::mean(&rows.fitted.expected);
    let moved = rows.fitted.expected.iter().zip(&rows.fitted.influence);
    let mut spread = Spread::of(&moved.map(|(m, fit)| m + fit).collect::<Vec<_>>());
    let corrections = rows.rewards.iter().zip(rows.weights).zip(&rows.fitted.taken);
    spread.value = value;
    spread.biased_by(&corrections.map(|((r, w), q)| w * (r - q)).collect::<Vec<_>>());
    rows.estimate(name, &spread, None)
}

/// mean of m + w (r - q). Dudík, Langford and Li (2014), "Doubly Robust Policy Evaluation and Optimization";
/// unbiased where the log supports the target, whatever the model.
fn dr(name: &'static str, rows: &Contributions<'_>) -> Estimate {
    let ess = effective_sample_size(rows.weights.iter().copied());
    rows.estimate(name, &Spread::of(&rows.corrected(|w| w)), Some(ess))
}

/// As [`dr`], but without the correction where w is above tau. Wang, Agarwal and Dudík (2017), "Optimal and Adaptive
/// Off-policy Evaluation in Contextual Bandits" (SWITCH-DR).
fn switch_dr(name: &'static str, rows: &Contributions<'_>) -> Estimate {
    shrunk(name, rows, &shrink::SWITCH)
}

/// As [`dr`], with weights lambda w / (w^2 + lambda). Su, Dimakopoulou, Krishnamurthy and Dudík (2020), "Doubly Robust
/// Off-policy Evaluation with Shrinkage" (optimistic shrinkage).
fn dros(name: &'static str, rows: &Contributions<'_>) -> Estimate {
    shrunk(name, rows, &shrink::OPTIMISTIC)
}

fn shrunk(name: &'static str, rows: &Contributions<'_>, family: &Family) -> Estimate {
    let setting = shrink::choose(rows, family);
    let weight = |w: f64| (family.weight)(w, setting);
    let mut spread = Spread::of(&rows.corrected(weight));
    let left = rows.rewards.iter().zip(rows.weights).zip(&rows.fitted.taken);
    spread.biased_by(&left.map(|((r, w), q)| (w - weight(*w)) * (r - q)).collect::<Vec<_>>());
    spread.no_surer_than(interval::variance_of_mean(&rows.corrected(|w| w)));
    let ess = effective_sample_size(rows.weights.iter().map(|w| weight(*w)));
    Estimate { setting: Some(setting), ..rows.estimate(name, &spread, Some(ess)) }
}

#[cfg(test)]
mod tests {
    use super::super::reward::Choice;
    use super::*;

    /// Two rows by hand: w = 2 and 0.5, r = 1 and 0, q = .5 and .2, m = .4 and .3.
    #[test]
    fn by_hand() {
        let fitted = Fitted {
            taken: vec![0.5, 0.2],
            expected: vec![0.4, 0.3],
            influence: vec![0.0, 0.0],
            choice: Choice::default(),
        };
        let rows = Contributions { rewards: &[1.0, 0.0], weights: &[2.0, 0.5], fitted: &fitted };
        let value = |name: &str| {
            let found = ESTIMATORS.iter().find(|it| it.name == name).expect("registered");
            (found.estimate)(found.name, &rows).value
        };
        let check = |name: &str, expected: f64| {
            assert!((value(name) - expected).abs() < 1e-12, "{name}: {}", value(name));
        };
        check("ips", 1.0);
        check("snips", 0.8);
        check("dm", 0.35);
        // .35 + (2 * .5 - .5 * .2) / 2
        check("dr", 0.8);
    }

    #[test]
    fn equal_weights_are_worth_their_number() {
        assert!((effective_sample_size([3.0; 7]) - 7.0).abs() < 1e-12);
        assert!((effective_sample_size([1.0, 0.0, 0.0]) - 1.0).abs() < 1e-12);
        assert!(effective_sample_size([0.0; 4]).abs() < 1e-12);
    }
}
