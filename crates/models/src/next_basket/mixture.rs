//! One choice model over what all sources say: which of the candidates will be in the next basket.
//!
//! A conditional logit (McFadden 1974, "Conditional logit analysis of qualitative choice behavior", equation
//! 12): the chance of a candidate is proportional to exp(utility), utility being a weighted sum of features,
//! with weights of their own for habits and for new items. A customer's basket is taken as so many single
//! choices, each of equal weight within the basket, so that every customer counts the same.

use super::slate::{Candidate, Kind, Slate};
use crate::parallel;

/// What speaks for a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Voice {
    /// The customer's own orders.
    Personal,
    /// Customers alike.
    Neighbours,
    /// Items bought together with the customer's.
    Together,
    /// Items that follow the customer's last ones.
    Then,
    /// What everybody buys.
    Popular,
}

/// Whose voice each feature is: first those of habits, then those of new items.
const VOICES: [Voice; FEATURES] = {
    use Voice::{Neighbours, Personal, Popular, Then, Together};
    let mut voices = [Personal; FEATURES];
    let shared =
        [Neighbours, Neighbours, Neighbours, Together, Together, Then, Popular, Popular, Popular];
    let mut at = 0;
    while at < SHARED {
        (voices[at], voices[HABIT + at]) = (shared[at], shared[at]);
        at += 1;
    }
    voices
};
/// Features that every candidate has, and how many a habit has in all.
pub(super) const SHARED: usize = 9;
pub(super) const HABIT: usize = SHARED + 8;
pub(super) const FEATURES: usize = HABIT + SHARED;

pub(super) type Vector = [f64; FEATURES];

/// Where a kind's features stand among all.
pub(super) fn span(candidate: &Candidate) -> std::ops::Range<usize> {
    if candidate.habit.is_some() { 0..HABIT } else { HABIT..FEATURES }
}

/// The features of a candidate, zero for those of the other kind.
pub(super) fn features(slate: &Slate, candidate: &Candidate) -> Vector {
    let ln = |value: f32, least: f32| f64::from((value + least).ln());
    let shared = [
        ln(candidate.grouped, 1e-4),
        ln(candidate.faded, 1e-4),
        ln(candidate.uptakes, 1e-4),
        ln(candidate.ever, 1e-3),
        ln(candidate.together, 1e-3),
        ln(candidate.then, 1e-3),
        ln(candidate.lately, 1e-5),
        ln(candidate.popular, 1e-5),
        ln(candidate.uptake, 1e-5),
    ];
    let mut all = [0.0; FEATURES];
    let Some(habit) = candidate.habit else {
        all[HABIT..].copy_from_slice(&shared);
        return all;
    };
    let orders = slate.orders as f32;
    let own = [
        ln(habit.count as f32, 0.0),
        ln(habit.rate, 1e-3),
        ln(habit.count as f32 / orders, 1e-3),
        ln(orders - habit.last as f32, 0.0),
        f64::from(habit.due(slate.orders).min(4.0)),
        1.0,
        ln(orders, 0.0),
        f64::from((slate.loyalty / (1.0 - slate.loyalty)).ln()),
    ];
    all[..SHARED].copy_from_slice(&shared);
    all[SHARED..HABIT].copy_from_slice(&own);
    all
}

/// A slate and which of its candidates came, for learning.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// What came into question.
    pub slate: Slate,
    /// Of each candidate, whether it was in the basket.
    pub hits: Vec<bool>,
    /// How many items of the basket, candidates or not, had been bought before; 0 where not asked for.
    pub came_before: usize,
    /// How many had not.
    pub came_new: usize,
}

impl Answered {
    /// How many items of a kind were in the basket.
    pub fn came(&self, kind: Kind) -> usize {
        match kind {
            Kind::Any => self.came_before + self.came_new,
            Kind::Repeat => self.came_before,
            Kind::New => self.came_new,
        }
    }
}

/// Weights over standardised features.
#[derive(Debug, Clone, PartialEq)]
pub struct Mixture {
    pub(super) weights: Vector,
    pub(super) centre: Vector,
    pub(super) scale: Vector,
}

impl Mixture {
    pub(super) fn standardised(&self, slate: &Slate, candidate: &Candidate) -> Vector {
        let mut x = features(slate, candidate);
        for at in span(candidate) {
            x[at] = (x[at] - self.centre[at]) / self.scale[at];
        }
        x
    }

    /// A candidate's utility: any finite number, comparable within a slate.
    pub fn utility(&self, slate: &Slate, candidate: &Candidate) -> f64 {
        let x = self.standardised(slate, candidate);
        span(candidate).map(|at| self.weights[at] * x[at]).sum()
    }

    /// What each voice adds to a candidate's utility, over a candidate of its kind with mean features.
    pub fn voices(&self, slate: &Slate, candidate: &Candidate) -> Vec<(Voice, f64)> {
        let x = self.standardised(slate, candidate);
        let mut said: Vec<(Voice, f64)> = Vec::new();
        for at in span(candidate) {
            let adds = self.weights[at] * x[at];
            match said.iter_mut().find(|(voice, _)| *voice == VOICES[at]) {
                Some((_, sum)) => *sum += adds,
                None => said.push((VOICES[at], adds)),
            }
        }
        said
    }

    /// The mean log-likelihood a customer; customers none of whose candidates came say nothing.
    pub fn log_likelihood(&self, answered: &[&Answered], threads: usize) -> f64 {
        let each = parallel::map(
            answered.len(),
            threads,
            || (),
            |(), at| {
                let Answered { slate, hits, .. } = answered[at];
                let utilities: Vec<f64> =
                    slate.candidates.iter().map(|it| self.utility(slate, it)).collect();
                let came: Vec<f64> = utilities
                    .iter()
                    .zip(hits)
                    .filter(|(_, hit)| **hit)
                    .map(|(it, _)| *it)
                    .collect();
                let mean = came.iter().sum::<f64>() / came.len() as f64;
                (!came.is_empty()).then(|| mean - log_sum(&utilities))
            },
        );
        let told: Vec<f64> = each.into_iter().flatten().collect();
        told.iter().sum::<f64>() / told.len().max(1) as f64
    }
}

/// ln of the sum of exponentials, without overflow.
pub fn log_sum(values: &[f64]) -> f64 {
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    most + values.iter().map(|value| (value - most).exp()).sum::<f64>().ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::next_basket::lesson::Lesson;
    use crate::next_basket::personal::Habit;

    fn candidate(item: u32, habit: bool) -> Candidate {
        let habit = habit.then_some(Habit { item, count: 1, first: 0, last: 0, rate: 1.0 });
        let (own, grouped, faded, uptakes) = (0.0, 0.1, 0.1, 0.1);
        let (ever, together, then) = (0.1, 0.1, 0.1);
        let (lately, popular, uptake) = (0.1, 0.1, 0.1);
        Candidate {
            item,
            habit,
            own,
            grouped,
            faded,
            uptakes,
            ever,
            together,
            then,
            lately,
            popular,
            uptake,
        }
    }

    /// One habit and two new items that nothing tells apart, of which one came.
    fn answered(came: usize) -> Answered {
        let candidates = vec![candidate(0, true), candidate(1, false), candidate(2, false)];
        let habits = Vec::new();
        let slate = Slate { customer: 0, orders: 1, basket: 1.0, loyalty: 0.5, habits, candidates };
        let hits = (0..3).map(|at| at == came).collect();
        Answered {
            slate,
            hits,
            came_before: usize::from(came == 0),
            came_new: usize::from(came > 0),
        }
    }

    #[test]
    fn the_chances_are_those_that_were_seen() {
        // The habit came six times of ten, each new item twice: utilities differ by ln 3.
        let told: Vec<Answered> =
            [0, 0, 0, 0, 0, 0, 1, 1, 2, 2].into_iter().map(answered).collect();
        let told: Vec<&Answered> = told.iter().collect();
        let it = Lesson::of(&told, 1).expect("some came").learn(1e-6, None);
        let slate = &told[0].slate;
        let utilities: Vec<f64> =
            slate.candidates.iter().map(|candidate| it.utility(slate, candidate)).collect();
        assert!((utilities[0] - utilities[1] - 3.0_f64.ln()).abs() < 1e-3, "{utilities:?}");
        assert!((utilities[1] - utilities[2]).abs() < 1e-9, "{utilities:?}");
        let expected = 0.6 * 0.6_f64.ln() + 0.4 * 0.2_f64.ln();
        assert!((it.log_likelihood(&told, 2) - expected).abs() < 1e-6);
    }

    #[test]
    fn what_parts_those_that_came_gets_a_weight() {
        let told: Vec<Answered> = (0..40)
            .map(|n| {
                let mut one = answered(1 + n % 2);
                one.slate.candidates[1 + n % 2].faded = 0.3;
                one
            })
            .collect();
        let told: Vec<&Answered> = told.iter().collect();
        let it = Lesson::of(&told, 1).expect("some came").learn(1.0, None);
        let voices = it.voices(&told[0].slate, &told[0].slate.candidates[1]);
        let loudest = voices.iter().max_by(|a, b| a.1.total_cmp(&b.1)).expect("voices");
        assert_eq!(loudest.0, Voice::Neighbours, "{voices:?}");
        assert!(Lesson::of(&[], 1).is_none());
    }

    #[test]
    fn sums_of_exponentials_do_not_overflow() {
        assert!((log_sum(&[1000.0, 1000.0]) - 1000.0 - 2.0_f64.ln()).abs() < 1e-9);
    }
}
