//! How long customers under contract stay, period by period.
//!
//! What was observed is summed up in [`Risks`]: how many were at risk of leaving in each period, and how many
//! left. [`kaplan_meier`] reads survival off them as it was; the [`Curve`]s explain it by differences between
//! customers and so can look ahead.

mod risks;
mod kaplan_meier;
mod curve;
mod choice;

pub use choice::{Choice, Fault, choose};
pub use curve::{CURVES, Curve, Fitted, fit, share};
pub use kaplan_meier::kaplan_meier;
pub use risks::{Refusal, Risks, Spell};

/// The share of customers still there after a period, with an interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Survival {
    /// Periods since the start, 0 when all are there.
    pub period: u32,
    /// Share still there, 0..=1.
    pub share: f64,
    /// Lower end of the interval.
    pub lower: f64,
    /// Upper end of the interval.
    pub upper: f64,
}
