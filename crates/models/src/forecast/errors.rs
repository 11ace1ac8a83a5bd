//! How far running maxima were missed, and what that says of the first passage of a limit.

use super::curve::Curve;
use super::series::median;

/// One miss on a held-out end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Miss {
    /// How far ahead, in steps of the series.
    pub steps: f64,
    /// Actual less expected running maximum, over the series' noise.
    pub scaled: f64,
}

/// The distribution of misses, scaled by the series' noise and by how they grow with distance.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// A miss at distance h is about `exp(growth.0) * h^growth.1` times the noise.
    growth: (f64, f64),
    /// Scaled misses in ascending order, by how far ahead: near, middle, far.
    sorted: [Vec<f64>; 3],
}

/// Distances up to which a miss is near, and middle, in steps.
const NEAR: f64 = 2.5;
const MIDDLE: f64 = 6.5;
/// So few misses of one distance are put together with the others.
const FEW: usize = 60;

/// Quantiles of the standard normal distribution at (i + 1/2) / 20: what is believed before any miss is seen.
const BELIEF: [f64; 20] = [
    -1.960, -1.440, -1.150, -0.935, -0.755, -0.598, -0.454, -0.319, -0.189, -0.063, 0.063, 0.189,
    0.319, 0.454, 0.598, 0.755, 0.935, 1.150, 1.440, 1.960,
];

impl Spread {
    /// From misses; without any, a normal distribution that grows with the square root of the distance.
    pub fn of(misses: &[Miss]) -> Self {
        let growth = growth(misses);
        let scale = |miss: &Miss| miss.scaled / size(growth, miss.steps);
        let group = |keep: &dyn Fn(f64) -> bool| -> Vec<f64> {
            let found: Vec<f64> =
                misses.iter().filter(|miss| keep(miss.steps)).map(scale).collect();
            let found = if found.len() < FEW { misses.iter().map(scale).collect() } else { found };
            sorted(found)
        };
        let near = |steps: f64| steps <= NEAR;
        let middle = |steps: f64| steps > NEAR && steps <= MIDDLE;
        let far = |steps: f64| steps > MIDDLE;
        Self { growth, sorted: [group(&near), group(&middle), group(&far)] }
    }

    fn at(&self, steps: f64) -> &[f64] {
        &self.sorted[if steps <= NEAR {
            0
        } else if steps <= MIDDLE {
            1
        } else {
            2
        }]
    }

    /// The quantile of a miss `steps` ahead, over the series' noise.
    pub fn quantile(&self, share: f64, steps: f64) -> f64 {
        let sorted = self.at(steps);
        // Between the order statistics, each in the middle of its share (Hyndman and Fan 1996, definition 5).
        let place = (share * sorted.len() as f64 - 0.5).clamp(0.0, sorted.len() as f64 - 1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "within the list by the clamp"
        )]
        let low = place as usize;
        let high = (low + 1).min(sorted.len() - 1);
        let part = place - low as f64;
        (sorted[low] * (1.0 - part) + sorted[high] * part) * size(self.growth, steps)
    }

    /// P(a miss `steps` ahead is at least `scaled`), the miss over the series' noise.
    fn at_least(&self, scaled: f64, steps: f64) -> f64 {
        let sorted = self.at(steps);
        let x = scaled / size(self.growth, steps);
        let above = sorted.partition_point(|it| *it < x);
        let n = sorted.len() as f64;
        // The inverse of the quantile: the same line between order statistics.
        let rank = if above == 0 {
            0.0
        } else if above == sorted.len() {
            n
        } else {
            let (low, high) = (sorted[above - 1], sorted[above]);
            let part = if high > low { (x - low) / (high - low) } else { 0.5 };
            above as f64 - 0.5 + part
        };
        1.0 - rank / n
    }
}

fn sorted(mut found: Vec<f64>) -> Vec<f64> {
    found.extend(BELIEF);
    found.sort_by(f64::total_cmp);
    found
}

fn size(growth: (f64, f64), steps: f64) -> f64 {
    (growth.0 + growth.1 * steps.max(0.05).ln()).exp()
}

/// The line of log size on log distance, by the median size at each whole distance; a few distances are drawn to the square root.
fn growth(misses: &[Miss]) -> (f64, f64) {
    let mut by_distance: std::collections::BTreeMap<u32, Vec<f64>> =
        std::collections::BTreeMap::new();
    for miss in misses {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small positive number of steps"
        )]
        let whole = miss.steps.round().clamp(1.0, 1e6) as u32;
        by_distance.entry(whole).or_default().push(miss.scaled.abs());
    }
    let points: Vec<(f64, f64, f64)> = by_distance
        .iter()
        .filter_map(|(steps, sizes)| {
            let middle = median(sizes)? * 1.4826;
            Some((f64::from(*steps).ln(), middle.max(1e-3).ln(), sizes.len() as f64))
        })
        .collect();
    let weights: f64 = points.iter().map(|it| it.2).sum();
    if weights <= 0.0 {
        return (0.0, 0.5);
    }
    let mean_x = points.iter().map(|it| it.0 * it.2).sum::<f64>() / weights;
    let mean_y = points.iter().map(|it| it.1 * it.2).sum::<f64>() / weights;
    let sxx: f64 = points.iter().map(|it| it.2 * (it.0 - mean_x).powi(2)).sum();
    let sxy: f64 = points.iter().map(|it| it.2 * (it.0 - mean_x) * (it.1 - mean_y)).sum();
    // Ten misses' worth of belief in the square root.
    let slope = ((sxy + 10.0 * 0.5) / (sxx + 10.0)).clamp(0.0, 1.5);
    let trust = weights / (weights + 10.0);
    (trust * (mean_y - slope * mean_x), slope)
}

/// When a limit is reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossing {
    /// Days ahead with the chance that the limit has been reached by then; both ascend.
    reached: Vec<(f64, f64)>,
}

impl Crossing {
    /// Already reached.
    pub fn already() -> Self {
        Self { reached: vec![(0.0, 1.0)] }
    }

    /// The chance of each day from the expected course, its spread and the series' noise.
    pub(super) fn of(curve: &Curve, ahead: Ahead<'_>, limit: f64) -> Self {
        let mut reached = Vec::new();
        let (mut highest, mut chance) = (f64::NEG_INFINITY, 0.0_f64);
        let mut steps = 0.0;
        while steps * ahead.step < ahead.horizon {
            // Day by day at first, then coarser: far crossings are known to a month at best.
            steps += if steps < 24.0 { 1.0 } else { (steps / 24.0).floor() };
            let day = steps * ahead.step;
            highest = highest.max(curve.at(day));
            chance = chance.max(ahead.spread.at_least((limit - highest) / ahead.noise, steps));
            reached.push((day, chance));
        }
        Self { reached }
    }

    /// The chance that it is reached within so many days.
    pub fn within(&self, days: f64) -> f64 {
        let mut before = (0.0, 0.0);
        for point in &self.reached {
            if point.0 >= days {
                let part =
                    if point.0 > before.0 { (days - before.0) / (point.0 - before.0) } else { 1.0 };
                return before.1 + part.clamp(0.0, 1.0) * (point.1 - before.1);
            }
            before = *point;
        }
        before.1
    }

    /// Days until the chance has grown to `share`; `None` beyond the horizon.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let mut before = (0.0, 0.0);
        for point in &self.reached {
            if point.1 >= share {
                let part = if point.1 > before.1 {
                    (share - before.1) / (point.1 - before.1)
                } else {
                    1.0
                };
                return Some(before.0 + part * (point.0 - before.0));
            }
            before = *point;
        }
        None
    }
}

/// How far one looks ahead, and how sure one is there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ahead<'a> {
    /// The usual distance between readings, days.
    pub(super) step: f64,
    /// The series' noise.
    pub(super) noise: f64,
    /// Beyond so many days nothing is said.
    pub(super) horizon: f64,
    /// How far the method misses.
    pub(super) spread: &'a Spread,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ahead(spread: &Spread) -> Ahead<'_> {
        Ahead { step: 30.0, noise: 1.0, horizon: 730.0, spread }
    }

    #[test]
    fn a_line_reaches_its_limit_when_it_should() {
        let spread = Spread::of(&[]);
        let curve = Curve { slope: 0.1, ..Curve::flat(90.0) };
        let crossing = Crossing::of(&curve, ahead(&spread), 105.0);
        let days = crossing.quantile(0.5).expect("within two years");
        assert!((130.0..170.0).contains(&days), "{days}");
        let (early, late) = (crossing.quantile(0.1), crossing.quantile(0.9));
        assert!(early < Some(days) && late > Some(days), "{early:?} {late:?}");
        assert!((crossing.within(days) - 0.5).abs() < 0.02);
    }

    #[test]
    fn a_flat_series_far_below_never_does() {
        let spread = Spread::of(&[]);
        let crossing = Crossing::of(&Curve::flat(10.0), ahead(&spread), 100.0);
        assert_eq!(crossing.quantile(0.1), None);
        assert!(crossing.within(90.0) < 0.01);
        assert_eq!(Crossing::already().quantile(0.1), Some(0.0));
    }

    #[test]
    fn misses_that_grow_straight_are_seen_to() {
        let misses: Vec<Miss> = (1..=10)
            .flat_map(|h| {
                (0..40).map(move |i| Miss {
                    steps: f64::from(h),
                    scaled: f64::from(h) * (f64::from(i) - 19.5) / 10.0,
                })
            })
            .collect();
        let spread = Spread::of(&misses);
        assert!((0.85..1.05).contains(&spread.growth.1), "{:?}", spread.growth);
        let (near, far) = (spread.quantile(0.9, 2.0), spread.quantile(0.9, 8.0));
        assert!((3.0..5.0).contains(&(far / near)), "{near} {far}");
    }
}
