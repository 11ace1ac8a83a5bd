//! What a log can carry: how much of the target it has ever tried, on how many rows the answer rests, and how many
//! more it would take.

use super::estimator::effective_sample_size;
use super::interval::{mean, variance_of_mean};
use super::policy::{Log, Policy};

/// Rows, effectively, below which no answer is supported.
pub const ESS_MIN: f64 = 100.0;
/// The share of the target's probability that may lie on actions that the log never took.
pub const UNSUPPORTED_MAX: f64 = 0.05;
/// Standard errors that the mean weight may lie off one.
const MEAN_WEIGHT_ERRORS_MAX: f64 = 4.0;

/// What a log can carry of a target.
#[derive(Debug, Clone, PartialEq)]
pub struct Support {
    /// Rows of the log.
    pub rows: usize,
    /// Effective sample size of the importance weights, in rows (Kish 1965).
    pub ess: f64,
    /// Share of the target's probability on actions that the log took at least once in that position, 0..=1.
    pub overlap: f64,
    /// Actions with a probability under the target that the log never took in that position, most probable first.
    pub unsupported: Vec<Unsupported>,
    /// The largest weight.
    pub weight_max: f64,
    /// Share of the sum of the weights that the largest has.
    pub weight_max_share: f64,
    /// Mean weight: about one where logged probabilities are true and the target is supported.
    pub weight_mean: f64,
    /// Its standard error.
    pub weight_mean_error: f64,
    /// Why the log does not carry an answer; empty where it does.
    pub reasons: Vec<Reason>,
}

/// A part of the target of which the log says nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unsupported {
    /// The action.
    pub action: u32,
    /// The position.
    pub position: u32,
    /// Its share of the target's probability over all rows.
    pub share: f64,
}

/// Why an answer is refused.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reason {
    /// Too much of the target was never tried.
    NeverTried {
        /// The share of its probability.
        share: f64,
    },
    /// The weights leave too few rows.
    FewRows {
        /// Rows, effectively.
        ess: f64,
        /// Rows of such a log that would do.
        rows_needed: u64,
    },
    /// In some contexts the log never takes what the target would: the weights sum to less than the rows.
    MissingInContext {
        /// The mean weight.
        mean: f64,
    },
    /// The logged probabilities are smaller than what was done: the weights sum to more than the rows.
    ProbabilitiesTooSmall {
        /// The mean weight.
        mean: f64,
    },
}

impl Support {
    /// Measures it. `weights` are the target's over the logging policy's probabilities.
    pub fn measure(log: &Log, target: &Policy, weights: &[f64]) -> Self {
        let ess = effective_sample_size(weights.iter().copied());
        let unsupported = unsupported(log, target);
        let missing: f64 = unsupported.iter().map(|it| it.share).sum();
        let total: f64 = weights.iter().sum();
        let weight_max = weights.iter().copied().fold(0.0, f64::max);
        let mut support = Self {
            rows: log.rows(),
            ess,
            overlap: (1.0 - missing).clamp(0.0, 1.0),
            unsupported,
            weight_max,
            weight_max_share: if total > 0.0 { weight_max / total } else { 0.0 },
            weight_mean: mean(weights),
            weight_mean_error: variance_of_mean(weights).sqrt(),
            reasons: Vec::new(),
        };
        support.reasons = support.judge(missing);
        support
    }

    /// Whether the log carries an answer.
    pub fn is_enough(&self) -> bool {
        self.reasons.is_empty()
    }

    /// Rows of such a log with which the effective sample size would be that large; `None` where no row counts.
    pub fn rows_for_ess(&self, ess: f64) -> Option<u64> {
        (self.ess > 0.0).then(|| rows(self.rows as f64 * ess / self.ess))
    }

    /// Rows of such a log with which an interval's half-width of `now` would be `wanted`: it falls with the root.
    pub fn rows_for_half_width(&self, now: f64, wanted: f64) -> Option<u64> {
        let times = (now / wanted).powi(2);
        times.is_finite().then(|| rows(self.rows as f64 * times))
    }

    fn judge(&self, missing: f64) -> Vec<Reason> {
        let mut reasons = Vec::new();
        if missing > UNSUPPORTED_MAX {
            reasons.push(Reason::NeverTried { share: missing });
        }
        if self.ess < ESS_MIN {
            let rows_needed = self.rows_for_ess(ESS_MIN).unwrap_or(0);
            reasons.push(Reason::FewRows { ess: self.ess, rows_needed });
        }
        // A distance of a thousandth is none, however many rows there are.
        let off = self.weight_mean - self.overlap;
        let far = off.abs() > (MEAN_WEIGHT_ERRORS_MAX * self.weight_mean_error).max(0.02);
        if far && off < 0.0 && -off > UNSUPPORTED_MAX {
            reasons.push(Reason::MissingInContext { mean: self.weight_mean });
        }
        if far && off > 0.0 {
            reasons.push(Reason::ProbabilitiesTooSmall { mean: self.weight_mean });
        }
        reasons
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows, at least 0")]
fn rows(exact: f64) -> u64 {
    exact.ceil() as u64
}

fn unsupported(log: &Log, target: &Policy) -> Vec<Unsupported> {
    let at = |action: u32, position: u32| action as usize * log.position_count + position as usize;
    let mut taken = vec![false; log.action_count * log.position_count];
    for (action, position) in log.actions.iter().zip(&log.positions) {
        taken[at(*action, *position)] = true;
    }
    let mut shares = vec![0.0; taken.len()];
    for (row, position) in log.positions.iter().enumerate() {
        for (action, probability) in target.row(row) {
            let cell = at(action, *position);
            if !taken[cell] {
                shares[cell] += probability;
            }
        }
    }
    let mut found: Vec<Unsupported> = Vec::new();
    for (action, cells) in (0..).zip(shares.chunks(log.position_count)) {
        for (position, share) in (0..).zip(cells).filter(|(_, share)| **share > 0.0) {
            found.push(Unsupported { action, position, share: share / log.rows() as f64 });
        }
    }
    found.sort_by(|a, b| b.share.total_cmp(&a.share));
    found
}

#[cfg(test)]
mod tests {
    use super::super::policy::SparseRows;
    use super::*;

    /// Two actions of three taken with one half each; the target's probabilities as given.
    fn measure(rows: usize, target: &[f64]) -> Support {
        let actions: Vec<u32> = (0..rows).map(|row| u32::from(row % 2 == 1)).collect();
        let log = Log {
            actions,
            positions: vec![0; rows],
            rewards: vec![0.0; rows],
            probabilities: vec![0.5; rows],
            context: SparseRows::empty(rows),
            action_count: 3,
            position_count: 1,
        };
        let target = Policy::new(&[(0..).zip(target.iter().copied()).collect()], vec![0; rows]);
        let weights = target.weights(&log);
        Support::measure(&log, &target, &weights)
    }

    #[test]
    fn enough_is_enough() {
        let support = measure(1000, &[0.7, 0.3]);
        assert!(support.is_enough(), "{support:?}");
        assert!((support.overlap - 1.0).abs() < 1e-12);
        assert!((support.weight_mean - 1.0).abs() < 1e-12);
        // Weights 1.4 and 0.6: 1000 * 1 / 1.16.
        assert!((support.ess - 1000.0 / 1.16).abs() < 1e-9);
    }

    #[test]
    fn what_was_never_tried_is_named() {
        let support = measure(1000, &[0.5, 0.2, 0.3]);
        assert_eq!(support.unsupported.len(), 1);
        assert_eq!(support.unsupported[0].action, 2);
        assert!(matches!(support.reasons[..], [Reason::NeverTried { .. }]), "{support:?}");
    }

    #[test]
    fn few_rows_are_told_how_many_are_needed() {
        let support = measure(50, &[0.5, 0.5]);
        assert_eq!(support.reasons, [Reason::FewRows { ess: 50.0, rows_needed: 100 }]);
        assert_eq!(support.rows_for_half_width(0.2, 0.1), Some(200));
    }
}
