//! A world whose values are known: few contexts, so that the truth is a sum.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::policy::{Log, Policy, SparseRows};

const CONTEXTS: usize = 6;
const ACTIONS: usize = 5;

/// Chances of a reward, and two policies that look at the context.
pub(super) struct World {
    chance: Vec<Vec<f64>>,
    logging: Vec<Vec<f64>>,
    target: Vec<Vec<f64>>,
    /// The target's expected reward.
    pub(super) value: f64,
}

fn unit(draws: &mut ChaCha8Rng) -> f64 {
    (draws.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// About standard normal.
fn noise(draws: &mut ChaCha8Rng) -> f64 {
    (0..12).map(|_| unit(draws)).sum::<f64>() - 6.0
}

fn softmax(scores: &[f64]) -> Vec<f64> {
    let raised: Vec<f64> = scores.iter().map(|score| score.exp()).collect();
    let total: f64 = raised.iter().sum();
    raised.into_iter().map(|it| it / total).collect()
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let mut draws = ChaCha8Rng::seed_from_u64(seed);
        let (mut chance, mut logging, mut target) = (Vec::new(), Vec::new(), Vec::new());
        let action: Vec<f64> = (0..ACTIONS).map(|_| 0.6 * noise(&mut draws)).collect();
        for _ in 0..CONTEXTS {
            let scores: Vec<f64> =
                action.iter().map(|it| it - 1.2 + 0.4 * noise(&mut draws)).collect();
            let lean = |times: f64, draws: &mut ChaCha8Rng| {
                softmax(
                    &scores.iter().map(|it| times * it + 0.5 * noise(draws)).collect::<Vec<_>>(),
                )
            };
            logging.push(lean(0.0, &mut draws));
            target.push(lean(1.2, &mut draws));
            chance.push(scores.iter().map(|it| 1.0 / (1.0 + (-it).exp())).collect::<Vec<_>>());
        }
        let dot = |a: &Vec<f64>, b: &Vec<f64>| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let value = chance.iter().zip(&target).map(|(c, t)| dot(c, t)).sum::<f64>();
        Self { value: value / CONTEXTS as f64, chance, logging, target }
    }

    /// A log of so many rows, and the target on it.
    pub(super) fn draw(&self, rows: usize, run: u64) -> (Log, Policy) {
        let mut draws = ChaCha8Rng::seed_from_u64(1000 + run);
        let mut log = Log {
            actions: Vec::new(),
            positions: vec![0; rows],
            rewards: Vec::new(),
            probabilities: Vec::new(),
            context: SparseRows::new(CONTEXTS),
            action_count: ACTIONS,
            position_count: 1,
        };
        for _ in 0..rows {
            let context =
                (0..CONTEXTS).find(|at| unit(&mut draws) * ((CONTEXTS - at) as f64) < 1.0);
            let context = context.unwrap_or(CONTEXTS - 1);
            let (mut left, mut action) = (unit(&mut draws), 0);
            while action + 1 < ACTIONS && left >= self.logging[context][action] {
                left -= self.logging[context][action];
                action += 1;
            }
            log.context.push([(u32::try_from(context).expect("few"), 1.0)]);
            log.actions.push(u32::try_from(action).expect("few"));
            log.probabilities.push(self.logging[context][action]);
            let reward = unit(&mut draws) < self.chance[context][action];
            log.rewards.push(f64::from(u8::from(reward)));
        }
        let target = Self::policy(&self.target, &log);
        (log, target)
    }

    /// The policy that wrote the log.
    pub(super) fn logging_policy(&self, log: &Log) -> Policy {
        Self::policy(&self.logging, log)
    }

    fn policy(shares: &[Vec<f64>], log: &Log) -> Policy {
        let of = |row: &Vec<f64>| (0..).zip(row.iter().copied()).collect::<Vec<(u32, f64)>>();
        let distributions: Vec<Vec<(u32, f64)>> = shares.iter().map(of).collect();
        let context = |row: usize| log.context.row(row).next().map_or(0, |(column, _)| column);
        Policy::new(&distributions, (0..log.rows()).map(context).collect())
    }
}
