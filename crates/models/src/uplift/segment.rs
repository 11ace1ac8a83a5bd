//! What the interval of an effect says of a row.

use crate::learn::Task;

/// The level of each row's interval.
pub const ROW_LEVEL: f64 = 0.8;
/// How many standard errors such an interval reaches to either side (normal).
const REACH: f64 = 1.281_551_565_5;
/// Effects below this share of the outcome's standard deviation count as none: half of what Cohen (1988),
/// "Statistical Power Analysis for the Behavioral Sciences", section 2.2, calls a small effect.
pub const NEGLIGIBLE: f64 = 0.1;

/// What to do about a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment {
    /// The whole interval is above zero.
    Persuadable,
    /// The whole interval is below zero.
    SleepingDog,
    /// The interval is about zero and narrow, and the outcome comes anyway.
    SureThing,
    /// The interval is about zero and narrow, and the outcome does not come either way.
    LostCause,
    /// The interval is about zero and wide, or the effect cannot be told from the choice of whom to treat.
    Unclear,
}

impl Segment {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Persuadable => "persuadable",
            Self::SleepingDog => "sleeping dog",
            Self::SureThing => "sure thing",
            Self::LostCause => "lost cause",
            Self::Unclear => "unclear",
        }
    }
}

/// Where lines are drawn between segments.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lines {
    /// An effect that does not reach this is none; in the outcome's unit.
    pub(super) negligible: f64,
    /// An untreated outcome from here on comes anyway: one half for probabilities, else the mean of the untreated.
    pub(super) anyway: f64,
}

impl Lines {
    pub(super) fn of(outcome: &[f64], treated: &[bool], task: Task) -> Self {
        let n = outcome.len() as f64;
        let mean = outcome.iter().sum::<f64>() / n;
        let spread = (outcome.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / n).sqrt();
        let untreated = || outcome.iter().zip(treated).filter(|(_, t)| !**t).map(|(y, _)| *y);
        let control = untreated().sum::<f64>() / untreated().count().max(1) as f64;
        let anyway = if task == Task::Probability { 0.5 } else { control };
        Self { negligible: NEGLIGIBLE * spread, anyway }
    }

    /// By the interval of an effect and the expected outcome without treatment.
    pub(super) fn segment(&self, (lower, upper): (f64, f64), control: f64) -> Segment {
        if lower > 0.0 {
            Segment::Persuadable
        } else if upper < 0.0 {
            Segment::SleepingDog
        } else if lower < -self.negligible || upper > self.negligible {
            Segment::Unclear
        } else if control >= self.anyway {
            Segment::SureThing
        } else {
            Segment::LostCause
        }
    }
}

/// The interval of an effect by its standard error.
pub(super) fn around(effect: f64, standard_error: f64) -> (f64, f64) {
    (effect - REACH * standard_error, effect + REACH * standard_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_decide_not_signs() {
        let lines = Lines { negligible: 0.04, anyway: 0.5 };
        assert_eq!(lines.segment((0.01, 0.3), 0.1), Segment::Persuadable);
        assert_eq!(lines.segment((-0.3, -0.01), 0.9), Segment::SleepingDog);
        assert_eq!(lines.segment((-0.01, 0.3), 0.1), Segment::Unclear);
        assert_eq!(lines.segment((-0.01, 0.02), 0.9), Segment::SureThing);
        assert_eq!(lines.segment((-0.02, 0.01), 0.1), Segment::LostCause);
    }
}
