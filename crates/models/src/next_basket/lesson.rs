//! Learns a mixture's weights from slates whose baskets came.

use super::mixture::{Answered, FEATURES, HABIT, Mixture, SHARED, Vector, features, log_sum, span};
use super::slate::Candidate;
use crate::parallel;

/// Answers made ready to learn from, again and again.
#[derive(Debug)]
pub struct Lesson {
    told: Vec<Told>,
    /// No weights yet; mean and spread of the features.
    standard: Mixture,
    threads: usize,
}

/// One customer's candidates: of each, whether it is a habit and whether it came, and its features.
type Told = Vec<(bool, bool, [f32; HABIT])>;

impl Lesson {
    /// Customers none of whose candidates came say nothing. `None` without any who do.
    pub fn of(answered: &[&Answered], threads: usize) -> Option<Self> {
        let answered: Vec<&Answered> =
            answered.iter().copied().filter(|one| one.hits.contains(&true)).collect();
        if answered.is_empty() {
            return None;
        }
        let standard = standard(&answered);
        let told = parallel::map(
            answered.len(),
            threads,
            || (),
            |(), at| {
                let Answered { slate, hits, .. } = answered[at];
                let row = |(it, came): (&Candidate, &bool)| {
                    let x = standard.standardised(slate, it);
                    let mut row = [0.0; HABIT];
                    for (value, at) in row.iter_mut().zip(span(it)) {
                        *value = single(x[at]);
                    }
                    (it.habit.is_some(), *came, row)
                };
                slate.candidates.iter().zip(hits).map(row).collect()
            },
        );
        Some(Self { told, standard, threads })
    }

    /// The maximum of the log-likelihood less `ridge`/2 x squared weights, by Newton's method from the weights
    /// of `start`.
    pub fn learn(&self, ridge: f64, start: Option<&Mixture>) -> Mixture {
        let mut weights = start.map_or([0.0; FEATURES], |start| start.weights);
        let mut now = self.derivatives(&weights, ridge);
        for _ in 0..STEPS {
            let Some(step) = solve(&now.curvature, &now.slope) else { break };
            let mut share = 1.0;
            let (tried, there) = loop {
                let mut tried = weights;
                for (weight, step) in tried.iter_mut().zip(&step) {
                    *weight += share * step;
                }
                let there = self.derivatives(&tried, ridge);
                if there.value >= now.value || share < 1e-3 {
                    break (tried, there);
                }
                share /= 2.0;
            };
            let gained = there.value - now.value;
            if gained < 0.0 {
                break;
            }
            (weights, now) = (tried, there);
            if gained < 1e-6 * self.told.len() as f64 {
                break;
            }
        }
        Mixture { weights, ..self.standard.clone() }
    }

    fn derivatives(&self, weights: &Vector, ridge: f64) -> Derivatives {
        let each = parallel::map(
            self.told.len(),
            self.threads,
            || (),
            |(), at| derivative(&self.told[at], weights),
        );
        let mut sum = Derivatives::zero();
        for one in each {
            sum.add(&one);
        }
        for at in 0..FEATURES {
            sum.value -= ridge / 2.0 * weights[at] * weights[at];
            sum.slope[at] -= ridge * weights[at];
            sum.curvature[at][at] += ridge;
        }
        sum
    }
}

#[expect(clippy::cast_possible_truncation, reason = "standardised features need no more precision")]
fn single(value: f64) -> f32 {
    value as f32
}

/// No weights, and each feature's mean and spread over the candidates that have it.
fn standard(answered: &[&Answered]) -> Mixture {
    let (mut count, mut sum, mut square) = ([0.0; FEATURES], [0.0; FEATURES], [0.0; FEATURES]);
    for one in answered {
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
    Mixture { weights: [0.0; FEATURES], centre, scale }
}

fn derivative(told: &Told, weights: &Vector) -> Derivatives {
    let span = |habit: bool| if habit { (0, HABIT) } else { (HABIT, SHARED) };
    let utilities: Vec<f64> = told
        .iter()
        .map(|(habit, _, x)| {
            let (start, length) = span(*habit);
            (0..length).map(|i| weights[start + i] * f64::from(x[i])).sum()
        })
        .collect();
    let total = log_sum(&utilities);
    let hits = told.iter().filter(|(_, came, _)| *came).count() as f64;
    let mut it = Derivatives::zero();
    let mut mean = [0.0; FEATURES];
    for ((habit, came, x), utility) in told.iter().zip(utilities) {
        let chance = (utility - total).exp();
        let (start, length) = span(*habit);
        for i in 0..length {
            let weighed = chance * f64::from(x[i]);
            mean[start + i] += weighed;
            for j in 0..=i {
                it.curvature[start + i][start + j] += weighed * f64::from(x[j]);
            }
            if *came {
                it.slope[start + i] += f64::from(x[i]) / hits;
            }
        }
        if *came {
            it.value += (utility - total) / hits;
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
