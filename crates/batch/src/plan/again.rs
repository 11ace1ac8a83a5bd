//! The plan stage once more, from what a run was given.

use std::path::Path;

use anyhow::Result;
use decide::decision::{Decision, PoolUse};
use decide::plan::{Offers, Planner};
use decide::policy::Policy;
use models::parallel;

use super::inputs::{self, Frame, Given};

/// A run's plan to be made again, under its own policy or another.
#[derive(Debug, Clone, Copy)]
pub struct Again<'a> {
    /// The run's folder.
    pub folder: &'a Path,
    /// What the plan rested on.
    pub frame: &'a Frame,
    /// The policy.
    pub policy: &'a Policy,
}

/// The plan made again, in figures.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Made {
    /// Expected incremental profit of the chosen, minor units.
    pub total: f64,
    /// The bound, minor units.
    pub bound: f64,
    /// Hours by pool and week.
    pub pools: Vec<PoolUse>,
    /// Offers that could be made and that the run did not score.
    pub without_odds: Vec<(i64, String)>,
}

impl Again<'_> {
    /// Plans; `each` is given the decisions of a block of accounts, by account and offer.
    pub fn plan(self, mut each: impl FnMut(&[Vec<Decision>]) -> Result<()>) -> Result<Made> {
        let mut planner = Planner::new(self.frame.input(self.policy));
        let mut made = Made::default();
        for block in inputs::read_all(self.folder)? {
            let weighed = parallel::each(&block?, |given| {
                let candidates = given.candidates(self.frame, self.policy);
                let without: Vec<(i64, String)> = candidates
                    .without_odds
                    .into_iter()
                    .map(|offer| (given.facts.account.0, offer))
                    .collect();
                (planner.weigh(&Offers::new(&given.facts, candidates.scored)), without)
            });
            for (weighed, without) in weighed {
                planner.add(weighed);
                made.without_odds.extend(without);
            }
        }
        let arbitrated = planner.arbitrate();
        for block in inputs::read_all(self.folder)? {
            let decided = parallel::each(&block?, |given: &Given| {
                let candidates = given.candidates(self.frame, self.policy);
                arbitrated.decide(Offers::new(&given.facts, candidates.scored))
            });
            each(&decided)?;
        }
        made.total = arbitrated.total;
        made.bound = arbitrated.bound;
        made.pools = arbitrated.pools;
        Ok(made)
    }
}
