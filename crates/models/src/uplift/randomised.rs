//! Whether the columns tell who was treated.

use super::crossfit::FOLDS_SHARE;
use crate::learn::auc::{Auc, delong};

/// Propensities between which both arms are common enough. Crump et al. (2009), "Dealing with Limited Overlap",
/// find that .1 to .9 is close to the best for many samples.
pub const OVERLAP: (f64, f64) = (0.1, 0.9);

/// Who was treated, as far as the columns tell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Randomised {
    /// How well held-out rows' columns tell the treated from the others; .5 is not at all. Its error allows for
    /// folds that learn from each other.
    pub auc: Auc,
    /// Share of the rows that were treated.
    pub share: f64,
    /// The propensities at the hundredth and at the ninety-ninth percentile.
    pub propensity: (f64, f64),
    /// Share of rows whose propensity is within [`OVERLAP`].
    pub overlap: f64,
}

impl Randomised {
    /// By propensities of rows that the model had not seen; `None` unless there are rows in both arms.
    pub(super) fn of(propensity: &[f64], treated: &[bool]) -> Option<Self> {
        let target: Vec<f64> = treated.iter().map(|it| f64::from(u8::from(*it))).collect();
        let auc = widened(delong(propensity, &target)?);
        let mut sorted = propensity.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let last = sorted.len() - 1;
        let within = sorted.iter().filter(|p| (OVERLAP.0..=OVERLAP.1).contains(*p)).count();
        Some(Self {
            auc,
            share: target.iter().sum::<f64>() / target.len() as f64,
            propensity: (sorted[last / 100], sorted[last - last / 100]),
            overlap: within as f64 / sorted.len() as f64,
        })
    }

    /// Whether the columns tell who was treated: the interval of the area lies above one half. Held-out rows of a
    /// random treatment tend to fall a little below it, which says nothing.
    pub fn is_predictable(&self) -> bool {
        self.auc.lower > 0.5
    }
}

/// An area of held-out predictions with the error that it has where the columns know nothing.
fn widened(auc: Auc) -> Auc {
    let standard_error = FOLDS_SHARE * auc.standard_error;
    let reach = FOLDS_SHARE * (auc.upper - auc.lower) / 2.0;
    Auc {
        standard_error,
        lower: (auc.value - reach).max(0.0),
        upper: (auc.value + reach).min(1.0),
        ..auc
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlap_and_area() {
        let treated: Vec<bool> = (0..200).map(|row| row % 2 == 0).collect();
        let told: Vec<f64> = (0..200).map(|row| if row % 2 == 0 { 0.95 } else { 0.2 }).collect();
        let found = Randomised::of(&told, &treated).expect("both arms");
        assert!(found.is_predictable() && (found.overlap - 0.5).abs() < 1e-12, "{found:?}");
        let flat = Randomised::of(&[0.5; 200], &treated).expect("both arms");
        assert!(!flat.is_predictable() && (flat.overlap - 1.0).abs() < 1e-12);
        assert_eq!(Randomised::of(&[0.5], &[true]), None);
    }
}
