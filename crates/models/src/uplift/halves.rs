//! The chosen method on all rows, and on halves of them for the intervals.

use super::ground::{Dial, View};
use super::learner::{Effect, Ground, Method};
use super::study::fit_all;
use crate::learn::folds;
use crate::parallel;

/// Rows over which a fit's mean effect is taken.
const ANCHORS: usize = 5000;

/// What is to be fitted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan<'a> {
    pub(super) methods: &'a [Method],
    pub(super) which: &'a [usize],
    pub(super) pairs: usize,
    pub(super) seed: u64,
}

/// A fit, the mean of its effects over the rows of the trial, and the average effect in its rows.
#[derive(Debug)]
struct Anchored {
    effects: Vec<Effect>,
    mean: f64,
    average: f64,
}

impl Anchored {
    fn raw(&self, view: &View, which: &[usize]) -> Vec<f64> {
        let mut sum = vec![0.0; which.len()];
        for effect in &self.effects {
            let said = effect.uplift(view, which);
            sum.iter_mut().zip(said).for_each(|(sum, value)| *sum += value);
        }
        sum.iter_mut().for_each(|sum| *sum /= self.effects.len() as f64);
        sum
    }

    /// Effects whose mean over the trial is the average, and whose differences are scaled.
    fn uplift(&self, view: &View, which: &[usize], agreement: f64) -> Vec<f64> {
        let raw = self.raw(view, which);
        raw.into_iter().map(|value| self.average + agreement * (value - self.mean)).collect()
    }
}

/// The fit on all rows, and those on halves.
///
/// Halves of the rows are drawn in pairs that complement each other, and the method is fitted on each as it was
/// on the whole. The mean squared distance of halves' effects from the whole's is the variance of the whole's:
/// a half has twice the variance, and shares half of its errors with the whole. McCarthy (1969),
/// "Pseudo-Replication: Half Samples"; Politis, Romano and Wolf (1999), "Subsampling", eq. 2.2. What a penalty
/// takes from all fits alike is not in it.
#[derive(Debug)]
pub(super) struct Halves {
    whole: Anchored,
    halves: Vec<Anchored>,
}

impl Halves {
    pub(super) fn fit(ground: &Ground<'_>, plan: &Plan<'_>, scores: &[f64]) -> Self {
        let anchors: Vec<usize> =
            plan.which.iter().copied().step_by(plan.which.len() / ANCHORS + 1).collect();
        let anchored = |effects: Vec<Effect>, rows: &[usize]| {
            let average = rows.iter().map(|row| scores[*row]).sum::<f64>() / rows.len() as f64;
            let mut it = Anchored { effects, mean: 0.0, average };
            let raw = it.raw(&ground.view, &anchors);
            it.mean = raw.iter().sum::<f64>() / raw.len() as f64;
            it
        };
        let mut fitted = parallel::pieces(plan.methods.len(), |at| {
            let mut dial = [Dial::default()];
            let method = [plan.methods[at]];
            let effects = fit_all(ground, (&method, plan.which), &mut dial, plan.seed);
            let [dial] = dial;
            (effects, dial.chosen())
        });
        let effects = fitted.iter_mut().flat_map(|(effects, _)| effects.drain(..)).collect();
        let whole = anchored(effects, plan.which);
        let class: Vec<usize> =
            plan.which.iter().map(|row| usize::from(ground.treated[*row])).collect();
        let halves = parallel::pieces(2 * plan.pairs, |piece| {
            let pair = (piece / 2) as u64;
            let side = folds::stratified(&class, 2, plan.seed.wrapping_add(1 + pair));
            let places = plan.which.iter().zip(side);
            let rows: Vec<usize> =
                places.filter(|(_, side)| *side == piece % 2).map(|(row, _)| *row).collect();
            let mut dials: Vec<Dial> =
                fitted.iter().map(|(_, chosen)| Dial::repeating(chosen)).collect();
            let effects = fit_all(ground, (plan.methods, &rows), &mut dials, plan.seed);
            anchored(effects, &rows)
        });
        Self { whole, halves }
    }

    /// The effect of each row, and its standard error.
    pub(super) fn effects(
        &self,
        view: &View,
        which: &[usize],
        (average, agreement): (f64, f64),
    ) -> Vec<(f64, f64)> {
        let mut squares = vec![0.0; which.len()];
        let whole = self.whole.uplift(view, which, agreement);
        for said in
            parallel::pieces(self.halves.len(), |at| self.halves[at].uplift(view, which, agreement))
        {
            for ((square, said), whole) in squares.iter_mut().zip(said).zip(&whole) {
                *square += (said - whole).powi(2);
            }
        }
        let shift = average - self.whole.average;
        let n = self.halves.len().max(1) as f64;
        let pairs = whole.into_iter().zip(squares);
        pairs.map(|(whole, square)| (whole + shift, (square / n).sqrt())).collect()
    }
}
