//! One choice model over what all sources say: which of the candidates will be in the next basket.
//!
//! A conditional logit (McFadden 1974, "Conditional logit analysis of qualitative choice behavior", equation
//! 12): the chance of a candidate is proportional to exp(utility), utility being a weighted sum of features,
//! with weights of their own for habits and for new items. A customer's basket is taken as so many single
//! choices, each of equal weight within the basket, so that every customer counts the same.

use super::parallel;
use super::slate::{Candidate, Kind, Slate};

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
const SHARED: usize = 9;
const HABIT: usize = SHARED + 8;
const FEATURES: usize = HABIT + SHARED;

type Vector = [f64; FEATURES];

/// Where a kind's features stand among all.
fn span(candidate: &Candidate) -> std::ops::Range<usize> {
    if candidate.habit.is_some() { 0..HABIT } else { HABIT..FEATURES }
}

/// The features of a candidate, zero for those of the other kind.
fn features(slate: &Slate, candidate: &Candidate) -> Vector {
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
    weights: Vector,
    centre: Vector,
    scale: Vector,
}

impl Mixture {
    /// The maximum of the mean log-likelihood a customer less `ridge`/2 x squared weights / customers.
    /// Customers none of whose candidates came say nothing. `None` without any who do.
    pub fn fit(answered: &[&Answered], ridge: f64, threads: usize) -> Option<Self> {
        let told: Vec<&Answered> =
            answered.iter().copied().filter(|one| one.hits.contains(&true)).collect();
        if told.is_empty() {
            return None;
        }
        let mut it = Self::standard(&told);
        let mut now = it.derivatives(&told, ridge, threads);
        for _ in 0..STEPS {
            let Some(step) = solve(&now.curvature, &now.slope) else { break };
            let mut share = 1.0;
            let next = loop {
                let mut tried = it.clone();
                for (weight, step) in tried.weights.iter_mut().zip(&step) {
                    *weight += share * step;
                }
                let there = tried.derivatives(&told, ridge, threads);
                if there.value >= now.value || share < 1e-3 {
                    break (tried, there);
                }
                share /= 2.0;
            };
            let gained = next.1.value - now.value;
            if gained < 0.0 {
                break;
            }
            (it, now) = next;
            if gained < 1e-7 * told.len() as f64 {
                break;
            }
        }
        Some(it)
    }

    /// No weights, and each feature's mean and spread over the candidates that have it.
    fn standard(told: &[&Answered]) -> Self {
        let (mut count, mut sum, mut square) = ([0.0; FEATURES], [0.0; FEATURES], [0.0; FEATURES]);
        for one in told {
            for candidate in &one.slate.candidates {
                let x = features(&one.slate, candidate);
                for at in span(candidate) {
                    count[at] += 1.0;
                    sum[at] += x[at];
                    square[at] += x[at] * x[at];
                }
            }
        }
        let (mut centre, mut scale) = ([0.0; FEATURES], [1.0; FEATURES]);
        for at in 0..FEATURES {
            let n = f64::max(count[at], 1.0);
            let mean = sum[at] / n;
            let spread = (square[at] / n - mean * mean).max(0.0).sqrt();
            // What does not vary is the constant of its kind.
            if spread > 1e-9 {
                (centre[at], scale[at]) = (mean, spread);
            }
        }
        Self { weights: [0.0; FEATURES], centre, scale }
    }

    fn standardised(&self, slate: &Slate, candidate: &Candidate) -> Vector {
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

    /// The mean log-likelihood of customers at these weights; for choosing the ridge.
    pub fn log_likelihood(&self, answered: &[&Answered], threads: usize) -> f64 {
        let told: Vec<&Answered> =
            answered.iter().copied().filter(|one| one.hits.contains(&true)).collect();
        self.derivatives(&told, 0.0, threads).value / told.len().max(1) as f64
    }

    fn derivatives(&self, told: &[&Answered], ridge: f64, threads: usize) -> Derivatives {
        let each = parallel::map(told.len(), threads, || (), |(), at| self.derivative(told[at]));
        let mut sum = Derivatives::zero();
        for one in each {
            sum.add(&one);
        }
        for at in 0..FEATURES {
            sum.value -= ridge / 2.0 * self.weights[at] * self.weights[at];
            sum.slope[at] -= ridge * self.weights[at];
            sum.curvature[at][at] += ridge;
        }
        sum
    }

    fn derivative(&self, one: &Answered) -> Derivatives {
        let slate = &one.slate;
        let rows: Vec<Vector> =
            slate.candidates.iter().map(|it| self.standardised(slate, it)).collect();
        let dot = |x: &Vector| x.iter().zip(&self.weights).map(|(x, w)| x * w).sum::<f64>();
        let utilities: Vec<f64> = rows.iter().map(dot).collect();
        let total = log_sum(&utilities);
        let hits = one.hits.iter().filter(|hit| **hit).count() as f64;
        let mut it = Derivatives::zero();
        let mut mean = [0.0; FEATURES];
        for (at, x) in rows.iter().enumerate() {
            let chance = (utilities[at] - total).exp();
            let span = span(&slate.candidates[at]);
            for i in span.clone() {
                mean[i] += chance * x[i];
                let weighed = chance * x[i];
                for j in span.start..=i {
                    it.curvature[i][j] += weighed * x[j];
                }
            }
            if one.hits[at] {
                it.value += (utilities[at] - total) / hits;
                for i in span {
                    it.slope[i] += x[i] / hits;
                }
            }
        }
        for i in 0..FEATURES {
            it.slope[i] -= mean[i];
            for j in 0..=i {
                it.curvature[i][j] -= mean[i] * mean[j];
            }
        }
        it
    }
}

/// Newton steps at most; the likelihood is concave and a handful do.
const STEPS: usize = 30;

/// Value, slope, and the lower half of the negative curvature.
struct Derivatives {
    value: f64,
    slope: Vector,
    curvature: Box<[Vector; FEATURES]>,
}

impl Derivatives {
    fn zero() -> Self {
        Self {
            value: 0.0,
            slope: [0.0; FEATURES],
            curvature: Box::new([[0.0; FEATURES]; FEATURES]),
        }
    }

    fn add(&mut self, other: &Self) {
        self.value += other.value;
        for i in 0..FEATURES {
            self.slope[i] += other.slope[i];
            for j in 0..=i {
                self.curvature[i][j] += other.curvature[i][j];
            }
        }
    }
}

/// ln of the sum of exponentials, without overflow.
pub fn log_sum(values: &[f64]) -> f64 {
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    most + values.iter().map(|value| (value - most).exp()).sum::<f64>().ln()
}

/// Solves a symmetric positive definite system, of which the lower half is given, by Cholesky's
/// decomposition. `None` where it is not positive definite.
fn solve(lower: &[Vector; FEATURES], right: &Vector) -> Option<Vector> {
    let mut root = Box::new([[0.0; FEATURES]; FEATURES]);
    for i in 0..FEATURES {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| root[i][k] * root[j][k]).sum();
            let rest = lower[i][j] - known;
            if i == j {
                if rest <= 1e-12 {
                    return None;
                }
                root[i][i] = rest.sqrt();
            } else {
                root[i][j] = rest / root[j][j];
            }
        }
    }
    let mut x = *right;
    for i in 0..FEATURES {
        let known: f64 = (0..i).map(|k| root[i][k] * x[k]).sum();
        x[i] = (x[i] - known) / root[i][i];
    }
    for i in (0..FEATURES).rev() {
        let known: f64 = (i + 1..FEATURES).map(|k| root[k][i] * x[k]).sum();
        x[i] = (x[i] - known) / root[i][i];
    }
    Some(x)
}
