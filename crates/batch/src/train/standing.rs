//! How far customers of a kind differ from the common rate: who looks after them, and how near they are to a limit.
//!
//! Standardised ratios in two steps, each drawn to 1 by a gamma prior of shape and rate k (Clayton and Kaldor 1987,
//! "Empirical Bayes Estimates of Age-Standardized Relative Risks for Use in Disease Mapping", eq. 3, with k stated
//! rather than fitted: there are two kinds a step, too few to fit it from):
//!
//! ```text
//! f = (events + k) / (expected + k),  sd(f) = sqrt(events + k) / (expected + k)
//! ```
//!
//! `expected` is what the common rates of the same products give over the same months. First by who looks after the
//! account (people, or nobody: persons, households and tech touch help themselves), over all months. Then, within each,
//! by nearness to a limit, over the months of which usage tells, beside what the first step expects.

use serde::{Deserialize, Serialize};

/// Events that the belief in "no difference" weighs as much as.
const BELIEF_EVENTS: f64 = 2.0;

/// Whose rate is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether people look after it.
    pub served: bool,
    /// Whether a limit is near, where usage tells.
    pub near: Option<bool>,
}

/// Events beside those that the common rate expects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Beside {
    /// Events.
    pub events: u64,
    /// Months at risk, or trials.
    pub trials: u64,
    /// Events expected at the common rate.
    pub expected: f64,
}

impl Beside {
    /// Adds events among trials at a common rate.
    pub fn add(&mut self, (events, trials): (u64, u64), rate: f64) {
        self.events += events;
        self.trials += trials;
        self.expected += rate * trials as f64;
    }

    /// The ratio and its standard deviation; exactly 1 where nothing was ever at risk.
    pub fn factor(&self) -> (f64, f64) {
        if self.trials == 0 {
            return (1.0, 0.0);
        }
        let weight = self.expected + BELIEF_EVENTS;
        let events = self.events as f64 + BELIEF_EVENTS;
        (events / weight, events.sqrt() / weight)
    }
}

/// Events and months at risk of one product: by nobody and by people looked after; each below a limit, near one, and
/// where nothing tells.
pub type Ways = [[(u64, u64); 3]; 2];

/// The place of the months that lie below a limit, near one, or nowhere known.
pub fn place(near: Option<bool>) -> usize {
    near.map_or(2, usize::from)
}

/// The ratios of one motion.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Standings {
    /// By who looks after it: nobody, people.
    pub served: [Beside; 2],
    /// The same, below a limit and near one, beside what `served` expects.
    pub near: [[Beside; 2]; 2],
}

/// What a standing changes: the ratio, its standard deviation, and the counts behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Whose.
    pub standing: Standing,
    /// The ratio to the common rate, and its standard deviation.
    pub factor: (f64, f64),
    /// By who looks after it.
    pub served: Beside,
    /// By nearness, where usage tells.
    pub near: Option<Beside>,
}

impl Standings {
    /// Fits the months of several products, each with its common rate.
    pub fn fit<'a>(products: impl Iterator<Item = (&'a Ways, f64)> + Clone) -> Self {
        let mut fitted = Self::default();
        for (ways, rate) in products.clone() {
            for (sum, cells) in fitted.served.iter_mut().zip(ways) {
                for cell in cells {
                    sum.add(*cell, rate);
                }
            }
        }
        for (ways, rate) in products {
            for (by, cells) in ways.iter().enumerate() {
                let rate = rate * fitted.served[by].factor().0;
                for (sum, cell) in fitted.near[by].iter_mut().zip(cells) {
                    sum.add(*cell, rate);
                }
            }
        }
        fitted
    }

    /// What a standing changes.
    pub fn change(&self, standing: Standing) -> Change {
        let by = usize::from(standing.served);
        let served = self.served[by];
        let near = standing.near.map(|near| self.near[by][usize::from(near)]);
        let (first, second) = (served.factor(), near.map_or((1.0, 0.0), |near| near.factor()));
        let mean = first.0 * second.0;
        let relative = (first.1 / first.0).hypot(second.1 / second.0);
        Change { standing, factor: (mean, mean * relative), served, near }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways(nobody: [(u64, u64); 3], people: [(u64, u64); 3]) -> Ways {
        [nobody, people]
    }

    fn factor(standings: &Standings, served: bool, near: Option<bool>) -> f64 {
        standings.change(Standing { served, near }).factor.0
    }

    #[test]
    fn without_months_nothing_differs() {
        let none = Standings::fit(std::iter::empty());
        assert_eq!(none.change(Standing { served: true, near: Some(true) }).factor, (1.0, 0.0));
    }

    #[test]
    fn planted_ratios_are_recovered() {
        // The common rate is 2 %. Who has nobody takes 3 % a month, near a limit 12 %; who has people 1 % whatever the usage.
        let planted = ways(
            [(2_000, 100_000), (1_200, 10_000), (0, 0)],
            [(900, 90_000), (100, 10_000), (500, 50_000)],
        );
        let found = Standings::fit([(&planted, 0.02)].into_iter());
        for (served, near, expected) in [
            (false, Some(true), 6.0),
            (false, Some(false), 1.0),
            (true, Some(true), 0.5),
            (true, Some(false), 0.5),
            (true, None, 0.5),
        ] {
            let ratio = factor(&found, served, near);
            assert!((ratio / expected - 1.0).abs() < 0.03, "{served} {near:?}: {ratio}");
        }
    }

    #[test]
    fn few_events_are_drawn_to_no_difference() {
        // One event where .2 were expected is five times as many, and hardly tells anything.
        let rare = ways([(0, 0), (1, 10), (0, 0)], [(0, 0); 3]);
        let found = Standings::fit([(&rare, 0.02)].into_iter());
        let ratio = factor(&found, false, Some(true));
        assert!((1.0..2.0).contains(&ratio), "{ratio}");
        let spread = found.change(Standing { served: false, near: Some(true) }).factor.1;
        assert!(spread > 0.5 * ratio, "{spread}");
    }
}
