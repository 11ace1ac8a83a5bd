//! Off-policy evaluation: what another policy would have earned, from the log of the one that ran.
//!
//! A row of the log is a context in which the logging policy took an action with a known probability and a reward
//! came. The target policy would have taken each action with some probability. Six estimators of its expected reward
//! a row ([`estimator`]), with intervals ([`interval`]), a model of the reward for those that want one ([`reward`]),
//! and what the log can carry at all ([`support`]).
//!
//! No estimator sees a reward of an action that the log never took: all of them are as good as the log's support.

pub mod estimator;
pub mod interval;
pub mod policy;
pub mod reward;
pub mod shrink;
pub mod support;
mod sparse;
#[cfg(test)]
mod simulated;

use estimator::{Contributions, ESTIMATORS};
use policy::{Log, Policy};
use reward::RewardModel;
use support::Support;

/// One estimator's answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Its name: `ips`, `snips`, `dm`, `dr`, `switch-dr`, `dros`.
    pub name: &'static str,
    /// Expected reward a row under the target policy, in the reward's unit.
    pub value: f64,
    /// Standard error of the value, a bias that the log shows included.
    pub error: f64,
    /// Lower end of the interval of 95 %.
    pub lower: f64,
    /// Upper end of the interval of 95 %.
    pub upper: f64,
    /// Effective sample size of the weights it uses, in rows (Kish 1965); `None` where it uses none.
    pub ess: Option<f64>,
    /// The threshold or shrinkage that was chosen (tau, lambda); infinite means that nothing was cut.
    pub setting: Option<f64>,
}

/// What a log says of a target policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// One each, in the order of the registry.
    pub estimates: Vec<Estimate>,
    /// What the log can carry.
    pub support: Support,
    /// Which model of the reward was chosen.
    pub reward: reward::Choice,
}

/// Evaluates the target policy on the log.
///
/// `log` has at least [`policy::ROWS_MIN`] rows, rewards finite and not all the same, probabilities in (0, 1];
/// `target` has a distribution for each row that sums to one. `seed` draws the folds of the reward model.
pub fn evaluate(log: &Log, target: &Policy, seed: u64) -> Evaluation {
    let weights = target.weights(log);
    let fitted = RewardModel::choose(log, seed).cross_fit(log, target, seed);
    let rows = Contributions { rewards: &log.rewards, weights: &weights, fitted: &fitted };
    let estimates = ESTIMATORS.iter().map(|it| (it.estimate)(it.name, &rows)).collect();
    let support = Support::measure(log, target, &weights);
    Evaluation { estimates, support, reward: fitted.choice }
}

#[cfg(test)]
mod tests {
    use super::simulated::World;
    use super::*;

    /// Planted truth: in 500 logs of 600 rows each, intervals of 95 % hold the known value in 93 to 97 %.
    #[test]
    fn intervals_hold_the_truth_as_often_as_they_say() {
        let world = World::new(3);
        let mut held = vec![0_u32; ESTIMATORS.len()];
        for run in 0..500 {
            let (log, target) = world.draw(600, run);
            for (count, estimate) in held.iter_mut().zip(evaluate(&log, &target, 1).estimates) {
                *count += u32::from((estimate.lower..=estimate.upper).contains(&world.value));
            }
        }
        let names = ESTIMATORS.iter().map(|it| it.name);
        for (name, held) in names.zip(held) {
            assert!((465..=485).contains(&held), "{name}: {held} of 500");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_bits() {
        let (log, target) = World::new(5).draw(300, 1);
        assert_eq!(evaluate(&log, &target, 7), evaluate(&log, &target, 7));
    }

    /// A target that is the logging policy itself is worth what the log earned, whichever the estimator.
    #[test]
    fn the_logging_policy_is_worth_what_it_earned() {
        let world = World::new(4);
        let (log, _) = world.draw(2000, 1);
        let evaluation = evaluate(&log, &world.logging_policy(&log), 1);
        let mean = log.rewards.iter().sum::<f64>() / 2000.0;
        for estimate in evaluation.estimates {
            assert!((estimate.value - mean).abs() < 0.005, "{estimate:?} is not {mean}");
        }
        assert!((evaluation.support.ess - 2000.0).abs() < 1e-6);
    }
}
