//! How far running maxima were missed: what methods are judged by before the one that is used gets its own ranges.

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

#[cfg(test)]
mod tests {
    use super::*;

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
