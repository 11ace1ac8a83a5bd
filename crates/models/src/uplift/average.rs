//! The effect on all, and how far predicted differences hold on held-out rows.

use super::learner::Ground;

/// The average effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Average {
    /// In the outcome's unit.
    pub effect: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Mean outcome of the treated less that of the others, as they come.
    pub naive: f64,
    /// Mean outcome without and with treatment, as they come.
    pub means: [f64; 2],
    /// The doubly robust score of each row that was learnt from; 0 for the others.
    pub(super) scores: Vec<f64>,
}

impl Average {
    /// The 95 % interval (normal).
    pub fn interval(&self) -> (f64, f64) {
        let reach = 1.959_963_985 * self.standard_error;
        (self.effect - reach, self.effect + reach)
    }
}

/// Mean outcome without and with treatment, as they come.
fn means(ground: &Ground<'_>) -> [f64; 2] {
    [false, true].map(|treated| {
        let pairs = || ground.outcome.iter().zip(ground.treated).filter(|(_, it)| **it == treated);
        pairs().map(|(outcome, _)| outcome).sum::<f64>() / pairs().count().max(1) as f64
    })
}

/// What is expected of each row without and with treatment if the effect is the same for all. Where the propensity is
/// known, the average effect is right with any expectation; this one is near enough to be precise.
pub(super) fn level_arms(ground: &Ground<'_>) -> [Vec<f64>; 2] {
    let [without, with] = means(ground);
    let expected = ground.view.expected.iter().zip(&ground.view.propensity);
    let both = expected.map(|(expected, share)| {
        let control = expected - share * (with - without);
        (control, control + with - without)
    });
    let (without, with) = both.unzip();
    [without, with]
}

/// The mean of the doubly robust scores of these rows, by what is expected of rows without and with treatment,
/// of which no row knows its own outcome. Chernozhukov et al. (2018), "Double/Debiased Machine Learning", eq.
/// 5.3.
pub(super) fn average(ground: &Ground<'_>, which: &[usize], arms: &[Vec<f64>; 2]) -> Average {
    let mut scores = vec![0.0; ground.outcome.len()];
    which.iter().for_each(|row| scores[*row] = ground.score(*row, [arms[0][*row], arms[1][*row]]));
    let n = which.len() as f64;
    let effect = which.iter().map(|row| scores[*row]).sum::<f64>() / n;
    let squares: f64 = which.iter().map(|row| (scores[*row] - effect).powi(2)).sum();
    let means = means(ground);
    Average {
        effect,
        standard_error: (squares / n / (n - 1.0)).sqrt(),
        naive: means[1] - means[0],
        means,
        scores,
    }
}

/// How much of the predicted differences between effects shows on held-out rows: the slope of the effect on the
/// prediction, kept within 0 and 1. `effects` has one value for each of `which`, less its fold's mean. The best
/// linear predictor of Chernozhukov, Demirer, Duflo and Fernández-Val (2018), "Generic Machine Learning
/// Inference", eq. 3.1.
pub(super) fn agreement(
    ground: &Ground<'_>,
    which: &[usize],
    effects: &[f64],
    average: f64,
) -> f64 {
    let (mut both, mut square) = (0.0, 0.0);
    for (row, effect) in which.iter().zip(effects) {
        let surprise = f64::from(u8::from(ground.treated[*row])) - ground.view.propensity[*row];
        let beyond = ground.outcome[*row] - ground.view.expected[*row] - surprise * average;
        both += surprise * effect * beyond;
        square += (surprise * effect).powi(2);
    }
    if square > 0.0 { (both / square).clamp(0.0, 1.0) } else { 0.0 }
}
