//! The log, and the policy to evaluate, as numbers.

pub use super::sparse::SparseRows;

/// Fewer rows than this say nothing: the reward model's folds would be empty and every interval a guess.
pub const ROWS_MIN: usize = 20;

/// What the logging policy did and got, one entry a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Log {
    /// The action taken, below `action_count`.
    pub actions: Vec<u32>,
    /// The position in which it was shown, below `position_count`; all zero where there is only one.
    pub positions: Vec<u32>,
    /// The reward that came; finite.
    pub rewards: Vec<f64>,
    /// The logging policy's probability of the action taken, in (0, 1].
    pub probabilities: Vec<f64>,
    /// What was known when the action was taken; as many rows.
    pub context: SparseRows,
    /// How many actions there are, those included that only the target takes.
    pub action_count: usize,
    /// How many positions there are; at least one.
    pub position_count: usize,
}

impl Log {
    /// How many rows.
    pub fn rows(&self) -> usize {
        self.rewards.len()
    }
}

/// Distributions over actions, and which of them each row of a log has.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    starts: Vec<usize>,
    actions: Vec<u32>,
    probabilities: Vec<f64>,
    of_row: Vec<u32>,
}

impl Policy {
    /// From distributions (action, probability; no action twice) and the number of each row's.
    ///
    /// # Panics
    /// When a row names a distribution that is not there: a fault of the caller.
    pub fn new(distributions: &[Vec<(u32, f64)>], of_row: Vec<u32>) -> Self {
        assert!(of_row.iter().all(|it| (*it as usize) < distributions.len()));
        let mut starts = vec![0];
        let (mut actions, mut probabilities) = (Vec::new(), Vec::new());
        for distribution in distributions {
            // What has no probability plays no part in any sum.
            for (action, probability) in distribution.iter().filter(|it| it.1 > 0.0) {
                actions.push(*action);
                probabilities.push(*probability);
            }
            starts.push(actions.len());
        }
        Self { starts, actions, probabilities, of_row }
    }

    /// The actions that the target may take in a row, each with its probability.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (u32, f64)> + '_ {
        let of = self.of_row[row] as usize;
        let at = self.starts[of]..self.starts[of + 1];
        self.actions[at.clone()].iter().copied().zip(self.probabilities[at].iter().copied())
    }

    /// The target's probability of each action taken over the logging policy's.
    pub fn weights(&self, log: &Log) -> Vec<f64> {
        let weight = |row: usize| {
            let taken = self.row(row).find(|(action, _)| *action == log.actions[row]);
            taken.map_or(0.0, |(_, probability)| probability / log.probabilities[row])
        };
        (0..log.rows()).map(weight).collect()
    }
}
