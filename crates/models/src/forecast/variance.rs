//! What a forecast's error is made of: its size at each distance, series by series, as a sum of parts that a file's
//! held-out ends weigh.
//!
//! A reading misses its expected course by its own noise and by what all readings ahead share: a level, a slope and a
//! bend that were not known. The variance of the shared part is that of the linear model's prediction (Harvey 1989,
//! section 4.6), with a weight for each term, so that a short or ragged series is less sure than a long one.

use super::curve::Curve;
use super::methods::Pool;
use super::series::{Kind, Series};

/// What is known of how sure a series is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Facts {
    /// The noise of one reading, in the readings' transform.
    pub(super) noise: f64,
    /// The usual distance between readings, days.
    pub(super) step: f64,
    /// How many readings.
    readings: f64,
    /// Degrees of freedom of the noise.
    pub(super) free: f64,
    /// The sampling variance of its own slope a day.
    own: f64,
    /// Days from the middle of the readings to the last.
    behind: f64,
    /// What is unknown of its slope beside those of the other series.
    pooled: f64,
}

/// Parts of the shared error's variance.
const SHARED: usize = 6;
/// Where among them a level that wanders stands.
const WANDERING: usize = 1;
/// And of a reading's own noise.
const PARTS: usize = 7;

/// How much each part counts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Weights {
    shared: [f64; SHARED],
    /// Of a reading's own noise.
    pub(super) reading: f64,
}

/// One held-out error, or the difference of two that follow each other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    parts: [f64; PARTS],
    square: f64,
}

impl Facts {
    pub(super) fn of(series: &Series, curve: &Curve, pool: &Pool) -> Self {
        let n = series.len() as f64;
        let noise = match &curve.season {
            None => noise(series, pool),
            Some(season) => {
                let mut plain = series.clone();
                for reading in &mut plain.readings {
                    *reading = season.without(*reading);
                }
                plain.noise = super::series::noise(&plain.readings, plain.kind);
                noise(&plain, pool)
            }
        };
        let mean = series.readings.iter().map(|it| it.day).sum::<f64>() / n;
        let spread: f64 = series.readings.iter().map(|it| (it.day - mean).powi(2)).sum();
        let level = series.readings.iter().map(|it| it.value.abs()).sum::<f64>() / n;
        let between = pool.between * level.max(noise).powi(2);
        // One reading more, a step away, than there are: a single one has no slope, but an uncertainty.
        let own = noise.powi(2) / (spread + 0.5 * series.step.powi(2)).max(1e-9);
        let pooled = between * own / (between + own).max(1e-300);
        Self {
            noise,
            step: series.step,
            readings: n,
            free: free(n) + pool.alike,
            own,
            behind: series.last().day - mean,
            pooled,
        }
    }

    fn parts(&self, curve: &Curve, days: f64) -> [f64; SHARED] {
        let (square, far) = (self.noise.powi(2), days.powi(2));
        let steps = days / self.step;
        [
            square,
            square * steps,
            // A line of least squares turns about the middle of its readings (Draper and Smith 1998, eq. 1.4.10).
            square / self.readings + self.own * (self.behind + days).powi(2),
            self.pooled * far,
            curve.risen(days).powi(2),
            square * steps.powi(2) / self.readings,
        ]
    }
}

/// The series' own noise beside the usual one of the file, which counts like so many readings as noises differ little
/// between series (Smyth 2004, eq. 3); a series that never moved has a tenth of the file's.
pub(super) fn noise(series: &Series, pool: &Pool) -> f64 {
    let n = series.len() as f64;
    let level = series.readings.iter().map(|it| it.value.abs()).sum::<f64>() / n;
    let usual = match series.kind {
        Kind::Gauge => pool.noise.sqrt() * level.max(series.noise),
        Kind::Count => pool.moves,
    };
    let free = free(n);
    let drawn = (free * series.noise.powi(2) + pool.alike * usual.powi(2)) / (free + pool.alike);
    drawn.sqrt().max(0.1 * pool.moves)
}

/// Degrees of freedom of so many readings' noise: second differences share readings.
fn free(readings: f64) -> f64 {
    0.5 * (readings - 2.0).max(0.0)
}

impl Seen {
    /// An error at a distance.
    pub(super) fn error(facts: &Facts, curve: &Curve, days: f64, error: f64) -> Self {
        let mut parts = [0.0; PARTS];
        parts[..SHARED].copy_from_slice(&facts.parts(curve, days));
        parts[SHARED] = facts.noise.powi(2);
        Self { parts, square: error.powi(2) }
    }

    /// The change from one error to the next, which leaves what the two share.
    pub(super) fn change(facts: &Facts, days: f64, change: f64) -> Self {
        let mut parts = [0.0; PARTS];
        parts[WANDERING] = facts.noise.powi(2) * days / facts.step;
        parts[SHARED] = 2.0 * facts.noise.powi(2);
        Self { parts, square: change.powi(2) }
    }

    fn size(&self, weights: &[f64; PARTS]) -> f64 {
        self.parts.iter().zip(weights).map(|(part, weight)| part * weight).sum::<f64>().max(1e-300)
    }
}

/// What is believed before any end was seen.
const BELIEF: [f64; PARTS] = [0.25, 0.05, 0.1, 0.9, 0.02, 0.2, 1.0];
/// Errors that the belief counts like.
const BELIEVED: usize = 16;
/// Degrees of freedom of Student's distribution: a few wild ends must not make all others uncertain.
const FREEDOM: f64 = 5.0;
/// Student's squared scale that fits normal errors of variance 1 best.
const NORMAL: f64 = 0.73;
const ROUNDS: usize = 200;
/// Errors that weights are fitted on; of more, every so manieth.
const MOST: usize = 3_000;

impl Weights {
    /// Likeliest weights of the variance's parts, none below zero (the multiplicative steps of Zhou, Hu, Zhou and
    /// Lange 2019, eq. 5, for Student's distribution as in Lange, Little and Taylor 1989).
    pub(super) fn of(seen: &[Seen]) -> Self {
        let stride = seen.len().div_ceil(MOST).max(1);
        let mut rows: Vec<Seen> = seen.iter().step_by(stride).copied().collect();
        let mean = rows.iter().fold([0.0; PARTS], |mut sum, row| {
            sum.iter_mut().zip(row.parts).for_each(|(sum, part)| *sum += part / rows.len() as f64);
            sum
        });
        let believed = Seen { parts: mean, square: 0.0 };
        let mut weights = BELIEF.map(|weight| weight * NORMAL);
        let square = believed.size(&weights);
        rows.extend(std::iter::repeat_n(Seen { square, ..believed }, BELIEVED));
        for _ in 0..ROUNDS {
            let (mut up, mut down) = ([0.0; PARTS], [0.0; PARTS]);
            for row in &rows {
                let size = row.size(&weights);
                let trust = (FREEDOM + 1.0) / (FREEDOM + row.square / size);
                let pull = trust * row.square / (size * size);
                for (at, part) in row.parts.iter().enumerate() {
                    up[at] += pull * part;
                    down[at] += part / size;
                }
            }
            for (weight, (up, down)) in weights.iter_mut().zip(up.iter().zip(down)) {
                if down > 0.0 {
                    *weight *= up / down;
                }
            }
        }
        let mut shared = [0.0; SHARED];
        shared.copy_from_slice(&weights[..SHARED]);
        Self { shared: shared.map(|it| it / NORMAL), reading: weights[SHARED] / NORMAL }
    }

    /// The standard deviation of what all readings ahead share, so many days ahead.
    pub(super) fn shared(&self, facts: &Facts, curve: &Curve, days: f64) -> f64 {
        let parts = facts.parts(curve, days);
        parts.iter().zip(self.shared).map(|(part, weight)| part * weight).sum::<f64>().sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::series::Reading;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    /// Box and Muller (1958).
    fn normal(random: &mut ChaCha8Rng) -> f64 {
        let mut uniform = || (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        let (a, b) = (uniform(), uniform());
        (-2.0 * (1.0 - a).ln()).sqrt() * (std::f64::consts::TAU * b).cos()
    }

    #[test]
    fn what_errors_are_made_of_is_found() {
        let readings: Vec<Reading> = (0..10)
            .map(|at| Reading { day: f64::from(at) * 30.0, value: f64::from(at % 3) })
            .collect();
        let series = Series::new(&readings, Kind::Gauge).expect("readings");
        let curve = Curve::flat(1.0);
        let facts = Facts::of(&series, &curve, &Pool::of(&[&series]));
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let mut found = |walk: f64, own: f64| {
            let mut seen = Vec::new();
            for _ in 0..400 {
                let (mut level, mut before) = (0.0, None);
                for step in 1..=8 {
                    level += walk * facts.noise * normal(&mut random);
                    let error = level + own * facts.noise * normal(&mut random);
                    let days = 30.0 * f64::from(step);
                    if let Some(earlier) = before {
                        seen.push(Seen::change(&facts, 30.0, error - earlier));
                    }
                    before = Some(error);
                    seen.push(Seen::error(&facts, &curve, days, error));
                }
            }
            let weights = Weights::of(&seen);
            let far = weights.shared(&facts, &curve, 240.0) / facts.noise;
            (weights.reading, far)
        };
        // Noise alone; and a walk of half a noise a step, after eight steps 1.41.
        let (reading, far) = found(0.0, 1.0);
        assert!((0.85..1.15).contains(&reading) && far < 0.4, "{reading} {far}");
        let (reading, far) = found(0.5, 1.0);
        assert!((0.8..1.2).contains(&reading) && (1.1..1.7).contains(&far), "{reading} {far}");
    }

    #[test]
    fn a_noise_is_drawn_to_the_usual_as_far_as_noises_are_alike() {
        let series = |size: f64| {
            let readings: Vec<Reading> = (0..12)
                .map(|at| Reading {
                    day: f64::from(at) * 30.0,
                    value: 100.0 + size * f64::from((at * 7) % 5),
                })
                .collect();
            Series::new(&readings, Kind::Gauge).expect("readings")
        };
        let all: Vec<Series> = (0..30).map(|_| series(1.0)).collect();
        let pool = Pool::of(&all.iter().collect::<Vec<_>>());
        let wild = series(8.0);
        let alike = noise(&wild, &pool) / wild.noise;
        let differing: Vec<Series> = (0..30).map(|at| series(1.5_f64.powi(at % 8))).collect();
        let pool = Pool::of(&differing.iter().collect::<Vec<_>>());
        let own = noise(&wild, &pool) / wild.noise;
        assert!(alike < 0.6 && own > 0.8, "{alike} {own}");
    }
}
