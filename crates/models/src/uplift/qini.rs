//! How well a ranking puts those first whom the treatment moves most.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::learn::folds::below;
use crate::parallel;

/// Who was treated, and what came of it; one a row.
#[derive(Debug, Clone, Copy)]
pub struct Outcomes<'a> {
    /// Whether the row was treated.
    pub treated: &'a [bool],
    /// Any finite number, higher is better; 0 or 1 where it is whether something happened.
    pub outcome: &'a [f64],
    /// Weight of each row in the mean of its arm, positive: 1 over the probability of the arm that it was in,
    /// where that differs between rows; `None` weighs all alike.
    pub weights: Option<&'a [f64]>,
}

/// Rows from the highest score to the lowest, equal ones together.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    order: Vec<u32>,
    /// Behind the last row of each group of equal scores.
    ends: Vec<u32>,
}

impl Ranking {
    /// Ranks by a score, which must not be NaN; fewer than 2^32 rows.
    pub fn of(scores: &[f64]) -> Self {
        let mut order: Vec<u32> = (0..=u32::MAX).take(scores.len()).collect();
        order.sort_by(|a, b| scores[*b as usize].total_cmp(&scores[*a as usize]).then(a.cmp(b)));
        let mut ends = Vec::new();
        for at in 1..=order.len() {
            let score = |at: usize| scores[order[at] as usize];
            #[expect(clippy::float_cmp, reason = "only equal scores are ties")]
            if at == order.len() || score(at) != score(at - 1) {
                ends.push(u32::try_from(at).expect("fewer than 2^32 rows"));
            }
        }
        Self { order, ends }
    }

    fn groups(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.order[start as usize..*end as usize])
    }
}

/// What is above a place in the ranking: treated, then not; weights and weighted outcomes.
#[derive(Debug, Clone, Copy, Default)]
struct Above {
    weight: [f64; 2],
    outcome: [f64; 2],
}

impl Above {
    /// Mean outcome of the treated less that of the others; 0 while one of them is missing.
    fn difference(&self) -> f64 {
        if self.weight[0] <= 0.0 || self.weight[1] <= 0.0 {
            return 0.0;
        }
        self.outcome[0] / self.weight[0] - self.outcome[1] / self.weight[1]
    }

    fn plus(&self, other: &Self, share: f64) -> Self {
        let both = |a: [f64; 2], b: [f64; 2]| [a[0] + share * b[0], a[1] + share * b[1]];
        Self { weight: both(self.weight, other.weight), outcome: both(self.outcome, other.outcome) }
    }
}

/// Goes down a ranking in which each row stands `count(row)` times, and tells `step` each share and Q there.
fn descend(
    outcomes: &Outcomes<'_>,
    ranking: &Ranking,
    count: impl Fn(usize) -> u32,
    mut step: impl FnMut(f64, f64),
) {
    let total: f64 = (0..outcomes.outcome.len()).map(|row| f64::from(count(row))).sum();
    let (mut above, mut rows) = (Above::default(), 0.0);
    step(0.0, 0.0);
    for group in ranking.groups() {
        let (mut here, mut copies) = (Above::default(), 0);
        for row in group {
            let row = *row as usize;
            let times = count(row);
            copies += times;
            let weight = f64::from(times) * outcomes.weights.map_or(1.0, |weights| weights[row]);
            let arm = usize::from(!outcomes.treated[row]);
            here.weight[arm] += weight;
            here.outcome[arm] += weight * outcomes.outcome[row];
        }
        for copy in 1..=copies {
            let so_far = above.plus(&here, f64::from(copy) / f64::from(copies));
            let share = (rows + f64::from(copy)) / total;
            step(share, share * so_far.difference());
        }
        above = above.plus(&here, 1.0);
        rows += f64::from(copies);
    }
}

fn area(outcomes: &Outcomes<'_>, ranking: &Ranking, count: impl Fn(usize) -> u32) -> f64 {
    let (mut area, mut last) = (0.0, (0.0, 0.0));
    descend(outcomes, ranking, count, |share, value| {
        area += (share - last.0) * (value + last.1) / 2.0;
        last = (share, value);
    });
    area - last.1 / 2.0
}

/// The Qini of a ranking, in the outcome's unit for each row of the whole: 0 for a random one.
///
/// Q(f) = f (mean outcome of the treated - mean outcome of the others, among the share f with the highest
/// scores); the integral of Q over f from 0 to 1 by trapezoids at every row, less Q(1) / 2. Each row of a group
/// of equal scores counts with the group's means. Where the top has rows of one arm only, Q is 0. After
/// Radcliffe (2007), "Using Control Groups to Target on Predicted Lift", whose counts are scaled by the arms'
/// sizes; here by means.
pub fn qini(outcomes: &Outcomes<'_>, ranking: &Ranking) -> f64 {
    area(outcomes, ranking, |_| 1)
}

/// Q at these shares (ascending, in 0..=1), read off the curve at the last row within.
pub fn curve(outcomes: &Outcomes<'_>, ranking: &Ranking, shares: &[f64]) -> Vec<f64> {
    let mut values = Vec::with_capacity(shares.len());
    let (mut wanted, mut last) = (shares.iter().peekable(), 0.0);
    descend(
        outcomes,
        ranking,
        |_| 1,
        |share, value| {
            while wanted.next_if(|it| **it < share - 1e-12).is_some() {
                values.push(last);
            }
            last = value;
        },
    );
    values.extend(wanted.map(|_| last));
    values
}

/// The Qini of several rankings on resampled rows: by replicate, then by ranking. Each replicate draws as many rows
/// as there are, with replacement, the same for all rankings, so that differences are paired.
///
/// Efron and Tibshirani (1993), "An Introduction to the Bootstrap", algorithm 6.1.
pub fn bootstrap(
    outcomes: &Outcomes<'_>,
    rankings: &[&Ranking],
    replicates: usize,
    seed: u64,
) -> Vec<Vec<f64>> {
    let rows = outcomes.outcome.len();
    parallel::pieces(replicates, |replicate| {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(replicate as u64);
        let mut counts = vec![0_u32; rows];
        (0..rows).for_each(|_| counts[below(&mut random, rows)] += 1);
        rankings.iter().map(|ranking| area(outcomes, ranking, |row| counts[row])).collect()
    })
}

/// The ends of the middle `level` (such as .95) of resampled values, by linear interpolation between order
/// statistics; NaN without values.
pub fn interval(mut values: Vec<f64>, level: f64) -> (f64, f64) {
    values.sort_unstable_by(f64::total_cmp);
    let Some(last) = values.len().checked_sub(1) else { return (f64::NAN, f64::NAN) };
    let at = |share: f64| {
        let place = share * last as f64;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a length"
        )]
        let below = place.floor() as usize;
        let above = (below + 1).min(last);
        values[below] + (place - place.floor()) * (values[above] - values[below])
    };
    (at((1.0 - level) / 2.0), at(f64::midpoint(1.0, level)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sixteen rows: the top half is moved, the lower half is not.
    fn half() -> (Vec<bool>, Vec<f64>, Vec<f64>) {
        let treated = (0..16).map(|row| row % 2 == 0).collect();
        let outcome = (0..16).map(|row| f64::from(u8::from(row < 8 && row % 2 == 0))).collect();
        (treated, outcome, (0..16).map(|row| f64::from(u8::from(row < 8))).collect())
    }

    fn of<'a>(treated: &'a [bool], outcome: &'a [f64]) -> Outcomes<'a> {
        Outcomes { treated, outcome, weights: None }
    }

    /// Q rises along the line f up to 1/2 and stays there: integral 1/8 + 1/4, less 1/4. Ties averaged: within
    /// the lower half of n rows each step has m = n/2 + k rows, of which the treated half has n/4 ones, so Q =
    /// m/n * (n/4)/(m/2).
    #[test]
    fn a_curve_by_hand() {
        let (treated, outcome, score) = half();
        let found = qini(&of(&treated, &outcome), &Ranking::of(&score));
        assert!((found - 0.125).abs() < 1e-12, "{found}");
        let upside = Ranking::of(&score.iter().map(|s| -s).collect::<Vec<_>>());
        let found = qini(&of(&treated, &outcome), &upside);
        // Q(f) = (f - 1/2) * (share of ones among the treated) for f > 1/2, which is again f - 1/2.
        assert!((found + 0.125).abs() < 1e-12, "{found}");
        let curve = curve(&of(&treated, &outcome), &Ranking::of(&score), &[0.0, 0.25, 0.5, 1.0]);
        assert_eq!(curve, [0.0, 0.25, 0.5, 0.5]);
    }

    #[test]
    fn a_constant_score_has_none() {
        let (treated, outcome, _) = half();
        let ranking = Ranking::of(&[3.0; 16]);
        assert!(qini(&of(&treated, &outcome), &ranking).abs() < 1e-15);
        for replicate in bootstrap(&of(&treated, &outcome), &[&ranking], 20, 1) {
            assert!(replicate[0].abs() < 1e-12);
        }
    }

    /// The order of rows within a group of equal scores changes nothing.
    #[test]
    fn ties_know_no_order() {
        let treated: Vec<bool> = (0..40).map(|row| row * 7 % 3 == 0).collect();
        let outcome: Vec<f64> = (0..40).map(|row| f64::from(row * 11 % 5)).collect();
        let score: Vec<f64> = (0..40).map(|row| f64::from(row % 4)).collect();
        let forth = qini(&of(&treated, &outcome), &Ranking::of(&score));
        let turn = |values: &[f64]| values.iter().rev().copied().collect::<Vec<_>>();
        let treated: Vec<bool> = treated.into_iter().rev().collect();
        let back = qini(&of(&treated, &turn(&outcome)), &Ranking::of(&turn(&score)));
        assert!((forth - back).abs() < 1e-12);
    }

    /// A weight of 2 is as good as the row twice, but for the place that the copy takes.
    #[test]
    fn weights_scale_within_an_arm() {
        let (treated, outcome, score) = half();
        let weights: Vec<f64> = treated.iter().map(|t| if *t { 3.0 } else { 0.5 }).collect();
        let weighed = Outcomes { weights: Some(&weights), ..of(&treated, &outcome) };
        let ranking = Ranking::of(&score);
        let plain = qini(&of(&treated, &outcome), &ranking);
        assert!((qini(&weighed, &ranking) - plain).abs() < 1e-12);
    }

    /// The spread of the resampled values is that of fresh samples: a score without relation, 400 rows.
    #[test]
    fn the_bootstrap_knows_the_spread() {
        let draw = |seed: u64| {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            let mut bits = |share: usize| below(&mut random, 100) < share;
            let treated: Vec<bool> = (0..400).map(|_| bits(50)).collect();
            let outcome: Vec<f64> = (0..400).map(|_| f64::from(u8::from(bits(30)))).collect();
            (treated, outcome)
        };
        let score: Vec<f64> = (0..400).map(f64::from).collect();
        let ranking = Ranking::of(&score);
        let spread = |values: &[f64]| {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
        };
        let fresh: Vec<f64> = (0..400)
            .map(|seed| {
                let (treated, outcome) = draw(seed);
                qini(&of(&treated, &outcome), &ranking)
            })
            .collect();
        let (treated, outcome) = draw(1000);
        let resampled: Vec<f64> = bootstrap(&of(&treated, &outcome), &[&ranking], 400, 3)
            .into_iter()
            .map(|values| values[0])
            .collect();
        let ratio = spread(&resampled) / spread(&fresh);
        assert!((0.8..1.25).contains(&ratio), "{ratio}");
        let (lower, upper) = interval(resampled, 0.95);
        assert!(lower < upper);
    }

    #[test]
    fn order_statistics_are_interpolated() {
        let values = (0..=100).map(f64::from).collect();
        let (lower, upper) = interval(values, 0.95);
        assert!((lower - 2.5).abs() < 1e-12 && (upper - 97.5).abs() < 1e-12);
    }
}
