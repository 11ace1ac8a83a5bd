//! The running maximum ahead: how likely it stays below a limit, step by step.
//!
//! What all readings ahead share is integrated over its normal distribution; given that, readings are independent, so
//! that the chance of all of them staying below is a product. The result is recalibrated by where held-out maxima fell
//! (Kuleshov, Fenner and Ermon 2018, section 3; conformal predictive distributions: Vovk et al. 2017).

use std::sync::LazyLock;

use super::curve::Curve;
use super::series::{Kind, STEADY};
use super::variance::{Facts, Weights};

/// Values of what readings share, in standard deviations, with their weights: the trapezoidal rule of the normal
/// distribution, which far out is as exact as in the middle.
struct Nodes([(f64, f64); NODES]);

const NODES: usize = 19;
/// From one node to the next.
const APART: f64 = 0.4;

impl Nodes {
    fn get() -> &'static Self {
        static OF: LazyLock<Nodes> = LazyLock::new(|| {
            let middle = f64::midpoint(0.0, NODES as f64 - 1.0);
            let mut nodes = [(0.0, 0.0); NODES];
            for (at, node) in nodes.iter_mut().enumerate() {
                let z = APART * (at as f64 - middle);
                *node = (z, (-0.5 * z * z).exp());
            }
            let sum: f64 = nodes.iter().map(|node| node.1).sum();
            nodes.iter_mut().for_each(|node| node.1 /= sum);
            Nodes(nodes)
        });
        &OF
    }
}

/// What is to come of one series.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outlook<'a> {
    pub(super) kind: Kind,
    /// The last reading, in its own unit.
    pub(super) last: f64,
    pub(super) curve: &'a Curve,
    pub(super) facts: &'a Facts,
    pub(super) weights: &'a Weights,
}

/// The running maximum's way below a limit.
pub(super) struct Walk<'a> {
    outlook: Outlook<'a>,
    law: Law,
    limit: f64,
    /// What readings share, in standard deviations, with its weight.
    nodes: [(f64, f64); NODES],
    now: Stand,
    before: Stand,
}

/// Where a walk stands.
#[derive(Debug, Clone, Copy)]
struct Stand {
    steps: f64,
    /// The mean of the reading there, and the deviation of what it shares with the others.
    reading: (f64, f64),
    /// How far below the limit it is, in its own standard deviations, by what is shared.
    score: [f64; NODES],
    /// The chance that no reading so far has reached the limit, by what is shared.
    below: [f64; NODES],
}

impl<'a> Outlook<'a> {
    /// Along a limit, in the readings' own unit.
    pub(super) fn walk(self, limit: f64) -> Walk<'a> {
        let Self { kind, facts, weights, .. } = self;
        let variance = weights.reading * facts.noise.powi(2);
        let (limit, law) = match kind {
            Kind::Gauge => {
                let over = 1.0 / variance.sqrt().max(1e-300);
                (limit, Law::Student { over, free: facts.free })
            }
            // Counts are whole: 40 is reached where a smooth law passes 39.5.
            Kind::Count => (limit.ceil() - 0.5, Law::count(limit.ceil() - 0.5, 4.0 * variance)),
        };
        let nodes = Nodes::get().0.map(|(z, weight)| (fat(z, facts.free), weight));
        let reading = (self.last, 0.0);
        let start =
            Stand { steps: 0.0, reading, score: [f64::INFINITY; NODES], below: [1.0; NODES] };
        Walk { outlook: self, law, limit, nodes, now: start, before: start }
    }

    /// The highest of the means of some readings after `from`, and how many with that mean are as likely to stay below
    /// a limit as all of them: what recurs must not be met on its low days only.
    fn together(self, from: f64, readings: f64) -> (f64, f64) {
        let Self { curve, facts, weights, .. } = self;
        let over = 1.0 / (weights.reading.sqrt() * facts.noise).max(1e-300);
        let (mut highest, mut count) = (f64::NEG_INFINITY, 0.0);
        // Two deviations below the limit, one more of d makes it exp(-2 d - d^2 / 2) times as likely to be passed.
        let rarer = |apart: f64| (-apart * over * (2.0 + 0.5 * apart * over)).exp();
        let mut ahead = 1.0;
        while ahead < readings + 0.5 {
            let mean = curve.at((from + ahead) * facts.step);
            if mean > highest {
                count = 1.0 + count * rarer(mean - highest);
                highest = mean;
            } else {
                count += rarer(highest - mean);
            }
            ahead += 1.0;
        }
        (highest, count)
    }

    /// P(every reading until then is below the limit), before recalibration.
    pub(super) fn below(self, limit: f64, days: f64) -> f64 {
        self.way(days).below(limit)
    }

    /// The steps until a day, which are the same whatever the limit.
    pub(super) fn way(self, days: f64) -> Way<'a> {
        let until = days / self.facts.step;
        let (mut at, mut steps) = (0.0, Vec::new());
        while at < until - 1e-9 {
            let step = self.step(at, until);
            at = step.steps;
            steps.push(step);
        }
        Way { outlook: self, steps }
    }

    /// The step that begins after so many, but not beyond `most`.
    fn step(self, from: f64, most: f64) -> Step {
        let Self { curve, facts, weights, .. } = self;
        // Step by step at first, then coarser: far crossings are known to a month at best.
        let readings = (from / 12.0).floor().max(1.0).min(most - from);
        let day = (from + readings) * facts.step;
        let shared = weights.shared(facts, curve, day);
        let (mean, readings) = if readings > 1.0 && curve.season.is_some() {
            self.together(from, readings)
        } else {
            (curve.at(day), readings)
        };
        Step { day, steps: day / facts.step, reading: (mean, shared), readings }
    }
}

/// Steps ahead of one series.
pub(super) struct Way<'a> {
    outlook: Outlook<'a>,
    steps: Vec<Step>,
}

/// One step ahead.
#[derive(Debug, Clone, Copy)]
struct Step {
    /// Where it ends, in days and in steps.
    day: f64,
    steps: f64,
    /// The mean of the reading there, and the deviation of what it shares with the others.
    reading: (f64, f64),
    /// So many readings with that mean are in it.
    readings: f64,
}

impl Way<'_> {
    /// P(every reading on it is below the limit), before recalibration.
    pub(super) fn below(&self, limit: f64) -> f64 {
        let mut walk = self.outlook.walk(limit);
        for step in &self.steps {
            walk.take(step);
        }
        walk.chance()
    }
}

impl Walk<'_> {
    /// Goes on by a step; returns the day.
    pub(super) fn step(&mut self) -> f64 {
        self.before = self.now;
        let step = self.outlook.step(self.now.steps, f64::INFINITY);
        self.take(&step);
        step.day
    }

    fn take(&mut self, step: &Step) {
        let (mean, shared) = step.reading;
        self.now.steps = step.steps;
        self.now.reading = step.reading;
        // The more is shared, the nearer the limit: below what is surely not reached, nothing is.
        for at in (0..NODES).rev() {
            if self.now.below[at] < GONE {
                continue;
            }
            let score = self.law.score(self.limit, mean + self.nodes[at].0 * shared);
            if score >= FROM {
                self.now.score[..=at].fill(score);
                break;
            }
            self.now.score[at] = score;
            self.now.below[at] *= several(normal(score), step.readings);
        }
    }

    /// P(neither a reading nor the line between the last two has reached the limit by a quarter, half or three quarters
    /// of the last step), with the day.
    pub(super) fn between(&self, part: &Part) -> (f64, f64) {
        let (from, to) = (&self.before, &self.now);
        let share = part.share;
        let day = (from.steps + share * (to.steps - from.steps)) * self.outlook.facts.step;
        let mix = |from: f64, to: f64| (1.0 - share) * from + share * to;
        let mean = mix(from.reading.0, to.reading.0);
        let shared = mix(from.reading.1, to.reading.1);
        let mut sum = 0.0;
        for (at, (z, weight)) in self.nodes.into_iter().enumerate() {
            let below = from.below[at];
            if below < GONE {
                continue;
            }
            // The last known reading is no draw: only the next one's noise is in the line.
            let noise = if from.steps > 0.0 { part.noise } else { share };
            let score = self.law.score_of(self.limit - mean - z * shared, noise);
            if score > SURE {
                sum += weight * below;
                continue;
            }
            sum += weight
                * below
                * if from.steps > 0.0 {
                    (part.both(from.score[at], score) / normal(from.score[at]).max(GONE)).min(1.0)
                } else {
                    normal(score)
                };
        }
        (day, sum)
    }

    /// Whether the last step led from one reading to the next.
    pub(super) fn is_single(&self) -> bool {
        self.now.steps - self.before.steps < 1.5
    }

    pub(super) fn steps(&self) -> f64 {
        self.now.steps
    }

    /// P(no reading so far has reached the limit).
    pub(super) fn chance(&self) -> f64 {
        self.now.below.iter().zip(self.nodes).map(|(below, (_, weight))| below * weight).sum()
    }
}

/// The chance that so many readings with this chance each all stay below.
fn several(chance: f64, readings: f64) -> f64 {
    let passed = (1.0 - chance) * readings;
    if readings == 1.0 {
        chance
    } else if passed < 1e-4 {
        // The power's first terms, exact to 1e-12.
        1.0 - passed + 0.5 * passed * (passed - (1.0 - chance))
    } else {
        (readings * chance.ln()).exp()
    }
}

/// A smaller chance counts no more.
const GONE: f64 = 1e-9;
/// A limit so many deviations off is not reached.
const SURE: f64 = 4.5;

/// A part of the way from one reading to the next.
pub(super) struct Part {
    share: f64,
    /// The line's own deviation there, over that of a reading.
    noise: f64,
    /// Of the angles whose sine goes up to the line's correlation with the earlier reading: the sine, one over twice
    /// the squared cosine, and the weight; by Gauss and Legendre with three nodes.
    angles: [(f64, f64, f64); 3],
}

impl Part {
    fn new(share: f64) -> Self {
        let noise = (share * share + (1.0 - share) * (1.0 - share)).sqrt();
        let most = ((1.0 - share) / noise).asin();
        let nodes = [(0.112_701_665, 5.0 / 18.0), (0.5, 4.0 / 9.0), (0.887_298_335, 5.0 / 18.0)];
        let angles = nodes.map(|(place, weight): (f64, f64)| {
            let angle = place * most;
            let over = 0.5 / angle.cos().powi(2);
            (angle.sin(), over, weight * most / std::f64::consts::TAU)
        });
        Self { share, noise, angles }
    }

    /// A quarter, half and three quarters of the way.
    pub(super) fn all() -> &'static [Self; 3] {
        static PARTS: LazyLock<[Part; 3]> = LazyLock::new(|| [0.25, 0.5, 0.75].map(Part::new));
        &PARTS
    }

    /// P(two normal numbers so correlated are both below) (Drezner and Wesolowsky 1990, eq. 3).
    fn both(&self, a: f64, b: f64) -> f64 {
        let apart = normal(a) * normal(b);
        if a.abs() > 6.0 || b.abs() > 6.0 {
            return apart;
        }
        let (squares, twice) = (a * a + b * b, 2.0 * a * b);
        let more = self
            .angles
            .iter()
            .map(|(sine, over, weight)| weight * (-(squares - twice * sine) * over).exp());
        apart + more.sum::<f64>()
    }
}

/// How one reading lies about its mean.
#[derive(Debug, Clone, Copy)]
enum Law {
    /// Student's distribution: the noise is known from so many readings only.
    Student { over: f64, free: f64 },
    /// Poisson with the variance `scale` times the mean, against one limit: one over the gamma time's mean for a mean of
    /// one, the ninth of its shape's inverse from one, and one over the ninth's root.
    Count { scale: f64, per: f64, middle: f64, over: f64 },
}

impl Law {
    fn count(limit: f64, scale: f64) -> Self {
        // A Poisson number is at most k where a gamma time of shape k + 1 is later than its mean; the cube root of that
        // time is nearly normal (Wilson and Hilferty 1931).
        let shape = limit.max(0.0) / scale + 0.5;
        let ninth = 1.0 / (9.0 * shape);
        Self::Count {
            scale,
            per: 1.0 / (scale * shape),
            middle: 1.0 - ninth,
            over: 1.0 / ninth.sqrt(),
        }
    }

    /// The normal deviation that is as likely not exceeded as the limit by a reading with this mean in the readings'
    /// transform.
    fn score(self, limit: f64, mean: f64) -> f64 {
        match self {
            Self::Student { .. } => self.score_of(limit - mean, 1.0),
            Self::Count { scale, per, middle, over } => {
                // No count is below zero.
                if limit <= 0.0 {
                    return f64::NEG_INFINITY;
                }
                let mean = (mean.max(0.0).powi(2) - STEADY + 0.25 * scale).max(0.02);
                (middle - cube_root(mean * per)) * over
            }
        }
    }

    /// The same for what lies so far above the mean, where the deviation is that of a reading times `noise`.
    fn score_of(self, above: f64, noise: f64) -> f64 {
        match self {
            Self::Student { over, free } => {
                let t = above * over / noise;
                // Abramowitz and Stegun (1964), eq. 26.7.8.
                t * (1.0 - 0.25 / free) / (1.0 + t * t / (2.0 * free)).sqrt()
            }
            Self::Count { scale, .. } => above / (0.5 * scale.sqrt() * noise),
        }
    }
}

/// The value of Student's distribution as far out as this one of the normal (Abramowitz and Stegun 1964, eq. 26.7.5).
fn fat(z: f64, free: f64) -> f64 {
    z * (1.0 + (z * z + 1.0) / (4.0 * free))
}

/// To nine digits, for positive numbers: from a third of the exponent, and Halley's step twice.
fn cube_root(x: f64) -> f64 {
    let mut root = f64::from_bits(x.to_bits() / 3 + 0x2A9F_7893_0000_0000);
    for _ in 0..2 {
        let cube = root * root * root;
        root *= (cube + 2.0 * x) / (2.0 * cube + x);
    }
    root
}

/// Where the normal distribution is tabled: from so far below the middle, so many values a deviation.
const FROM: f64 = 6.0;
const A_DEVIATION: f64 = 16.0;
const TABLED: usize = 193;

/// The normal distribution and its density over a deviation's values, by value.
static NORMAL: LazyLock<Box<[(f64, f64); TABLED]>> = LazyLock::new(|| {
    Box::new(std::array::from_fn(|at| {
        let x = at as f64 / A_DEVIATION - FROM;
        let density = (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt();
        (crate::special::normal_cdf(x), density / A_DEVIATION)
    }))
});

/// The normal distribution, to seven digits: between two tabled values by Hermite's cubic.
fn normal(x: f64) -> f64 {
    let place = (x + FROM) * A_DEVIATION;
    if place <= 0.0 {
        return 0.0;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "above zero, and cut at the end of the table"
    )]
    let at = place as usize;
    if at >= TABLED - 1 {
        return 1.0;
    }
    let ((from, rises), (to, rising)) = (NORMAL[at], NORMAL[at + 1]);
    let part = place - at as f64;
    let rest = 1.0 - part;
    let between = rest * rises - part * rising + (part - rest) * (to - from);
    rest * from + part * to + part * rest * between
}

/// Where held-out maxima fell in what was said of them, by how far ahead: near, middle, far; ascending.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fallen {
    pub(super) sorted: [Vec<f64>; 3],
}

/// Distances up to which a maximum is near, and middle, in steps.
const NEAR: f64 = 2.5;
const MIDDLE: f64 = 6.5;
/// So few maxima of one distance are put together with the others.
const FEW: usize = 60;
/// Evenly spread places that the belief in what is said counts like.
const BELIEVED: u32 = 20;

impl Fallen {
    /// From the steps ahead, and the place of the maximum that came in the distribution that was said.
    pub(super) fn of(places: &[(f64, f64)]) -> Self {
        let group = |keep: fn(f64) -> bool| -> Vec<f64> {
            let near: Vec<f64> = places.iter().filter(|it| keep(it.0)).map(|it| it.1).collect();
            let mut found =
                if near.len() < FEW { places.iter().map(|it| it.1).collect() } else { near };
            found.extend((0..BELIEVED).map(|at| (f64::from(at) + 0.5) / f64::from(BELIEVED)));
            found.sort_by(f64::total_cmp);
            thinned(&found)
        };
        Self {
            sorted: [
                group(|steps| steps <= NEAR),
                group(|steps| steps > NEAR && steps <= MIDDLE),
                group(|steps| steps > MIDDLE),
            ],
        }
    }

    /// The chance that came, for one that was said.
    pub(super) fn came(&self, said: f64, steps: f64) -> f64 {
        let sorted = &self.sorted[if steps <= NEAR {
            0
        } else if steps <= MIDDLE {
            1
        } else {
            2
        }];
        let above = sorted.partition_point(|it| *it < said);
        let n = sorted.len() as f64;
        // Between the order statistics, each in the middle of its share (Hyndman and Fan 1996, definition 5); outside
        // of them down to no chance, and up to all of it.
        let (low, from) =
            if above == 0 { (0.0, 0.0) } else { (sorted[above - 1], above as f64 - 0.5) };
        let (high, to) =
            if above == sorted.len() { (1.0, n) } else { (sorted[above], above as f64 + 0.5) };
        let part = if high > low { ((said - low) / (high - low)).clamp(0.0, 1.0) } else { 0.5 };
        (from + part * (to - from)) / n
    }
}

/// Every so manieth of ascending places, each in the middle of those it stands for: more would be no finer.
fn thinned(sorted: &[f64]) -> Vec<f64> {
    const MOST: usize = 400;
    if sorted.len() <= MOST {
        return sorted.to_vec();
    }
    (0..MOST).map(|at| sorted[(2 * at + 1) * sorted.len() / (2 * MOST)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::normal_cdf;

    #[test]
    fn the_distributions_are_those_of_the_tables() {
        for x in [-4.0, -1.3, 0.0, 0.4, 2.5] {
            assert!((normal(x) - normal_cdf(x)).abs() < 1e-7, "{x}");
        }
        // Student's distribution with ten degrees of freedom at 1.812: .95.
        let law = Law::Student { over: 1.0, free: 10.0 };
        assert!((normal(law.score(1.812, 0.0)) - 0.95).abs() < 1e-3);
        assert!((fat(1.645, 10.0) - 1.812).abs() < 0.02);
        // Poisson with mean 3, at most 4: .8153; the steadied mean of one is 3 - 1/4 + 3/8.
        let mean = (3.0_f64 - 0.25 + STEADY).sqrt();
        let law = Law::count(4.5, 1.0);
        assert!((normal(law.score(4.5, mean)) - 0.8153).abs() < 2e-3);
        assert!(normal(Law::count(-0.5, 1.0).score(-0.5, mean)) == 0.0);
        for x in [1e-6, 0.02, 1.0, 7.3, 1e5_f64] {
            assert!((cube_root(x) / x.cbrt() - 1.0).abs() < 1e-8, "{x}");
        }
    }

    #[test]
    fn two_correlated_numbers_are_both_below() {
        // At the middle: 1/4 and the arcsine of the correlation over a whole turn (Sheppard 1899).
        for part in Part::all() {
            let correlation: f64 = (1.0 - part.share) / part.noise;
            let exact = 0.25 + correlation.asin() / std::f64::consts::TAU;
            assert!((part.both(0.0, 0.0) - exact).abs() < 1e-9);
            // One that is surely below says nothing.
            assert!((part.both(5.9, 0.7) - normal(0.7)).abs() < 1e-3);
        }
    }

    #[test]
    fn places_that_fall_evenly_change_nothing() {
        let even: Vec<(f64, f64)> =
            (0..200).map(|at| (1.0, (f64::from(at) + 0.5) / 200.0)).collect();
        let fallen = Fallen::of(&even);
        for said in [0.0, 0.03, 0.5, 0.9, 1.0] {
            assert!((fallen.came(said, 1.0) - said).abs() < 0.01, "{said}");
        }
        // Maxima that were always high: a half that was said came never.
        let high: Vec<(f64, f64)> =
            even.iter().map(|(steps, at)| (*steps, 0.5 + 0.5 * at)).collect();
        assert!(Fallen::of(&high).came(0.5, 1.0) < 0.06);
    }
}
