//! Customers made up by the processes themselves, for tests that know the truth.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::History;
use super::process::Parameters;
use crate::special::normal_quantile;

/// How many customers are watched for how long.
pub(crate) struct Plan {
    pub(crate) customers: usize,
    /// The longest age.
    pub(crate) weeks: f64,
    /// Weeks after the history.
    pub(crate) ahead: f64,
    pub(crate) seed: u64,
}

/// Parameters at which each process is planted.
pub(crate) fn parameters(process: &str) -> Parameters {
    match process {
        "pareto-nbd" => [0.8, 8.0, 0.7, 14.0],
        _ => [0.8, 8.0, 0.8, 2.5],
    }
}

pub(crate) struct Draws(ChaCha8Rng);

impl Draws {
    pub(crate) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// In (0, 1).
    pub(crate) fn uniform(&mut self) -> f64 {
        ((self.0.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    pub(crate) fn exponential(&mut self, rate: f64) -> f64 {
        -self.uniform().ln() / rate
    }

    /// Marsaglia and Tsang (2000), with their boost below 1.
    pub(crate) fn gamma(&mut self, shape: f64, rate: f64) -> f64 {
        if shape < 1.0 {
            let boost = self.uniform().powf(1.0 / shape);
            return self.gamma(shape + 1.0, rate) * boost;
        }
        let d = shape - 1.0 / 3.0;
        loop {
            let z = normal_quantile(self.uniform());
            let v = (1.0 + z / (9.0 * d).sqrt()).powi(3);
            if v > 0.0 && self.uniform().ln() < 0.5 * z * z + d - d * v + d * v.ln() {
                return d * v / rate;
            }
        }
    }

    fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (x, y) = (self.gamma(a, 1.0), self.gamma(b, 1.0));
        x / (x + y)
    }
}

/// Histories, and each customer's purchases in the weeks ahead.
pub(crate) fn customers(process: &str, at: &Parameters, plan: &Plan) -> (Vec<History>, Vec<f64>) {
    let mut draws = Draws::new(plan.seed);
    let (mut histories, mut ahead) = (Vec::new(), Vec::new());
    for _ in 0..plan.customers {
        let age = plan.weeks * (0.6 + 0.4 * draws.uniform());
        let rate = draws.gamma(at[0], at[1]);
        let mut end = f64::INFINITY;
        let mut chance = 0.0;
        if process == "pareto-nbd" {
            let leaving = draws.gamma(at[2], at[3]);
            end = draws.exponential(leaving);
        } else {
            chance = draws.beta(at[2], at[3]);
        }
        let mut history = History { frequency: 0, recency: 0.0, age };
        let (mut t, mut later) = (0.0, 0.0);
        let mut gone = process == "mbg-nbd" && draws.uniform() < chance;
        while !gone {
            t += draws.exponential(rate);
            if t > end || t > age + plan.ahead {
                break;
            }
            if t <= age {
                history.frequency += 1;
                history.recency = t;
            } else {
                later += 1.0;
            }
            gone = draws.uniform() < chance;
        }
        histories.push(history);
        ahead.push(later);
    }
    (histories, ahead)
}
