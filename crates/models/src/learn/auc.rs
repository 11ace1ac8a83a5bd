//! How well scores put ones before zeros.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The area under the ROC curve, with its uncertainty.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Auc {
    /// Probability that a one has a higher score than a zero, ties half; in [0, 1].
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Lower end of the 95 % interval, at least 0.
    pub lower: f64,
    /// Upper end of the 95 % interval, at most 1.
    pub upper: f64,
}

/// The area and its interval; `None` unless there is a one and a zero. `scores` must not be NaN; `target` is 0 or 1.
///
/// DeLong, DeLong and Clarke-Pearson (1988), "Comparing the Areas under Two or More Correlated ROC Curves", eq. 5,
/// by mid-ranks as in Sun and Xu (2014), eq. 9-11. Where the area is near 1 or the classes are tiny the estimated error
/// is too small (0 when all are in order), so at least that of Hanley and McNeil (1982), eq. 3, with the area pulled
/// toward .5 by half a pair, is taken.
pub fn delong(scores: &[f64], target: &[f64]) -> Option<Auc> {
    let Shares { above, under, value } = Shares::of(scores, target)?;
    let (m, n) = (above.len() as f64, under.len() as f64);
    let spread = |parts: &[f64]| {
        let free = (parts.len() as f64 - 1.0).max(1.0);
        parts.iter().map(|part| (part - value).powi(2)).sum::<f64>() / free / parts.len() as f64
    };
    let a = (value * m * n + 0.5) / (m * n + 1.0);
    let (q1, q2) = (a / (2.0 - a), 2.0 * a * a / (1.0 + a));
    let least = (a * (1.0 - a) + (m - 1.0) * (q1 - a * a) + (n - 1.0) * (q2 - a * a)) / (m * n);
    let few = m.min(n) < 30.0 || value > 0.99;
    let variance = (spread(&above) + spread(&under)).max(if few { least } else { 0.0 });
    Some(Auc::with_error(value, variance.max(0.0).sqrt()))
}

/// The same area where rows of one group are alike: its error is that of independent groups, at least DeLong's.
/// `group` has one value a row.
///
/// Obuchowski (1997), "Nonparametric Analysis of Clustered ROC Curve Data", eq. 4 and 5; with a group for each row it
/// is DeLong's.
pub fn delong_grouped(scores: &[f64], target: &[f64], group: &[usize]) -> Option<Auc> {
    let alone = delong(scores, target)?;
    let Shares { above, under, value } = Shares::of(scores, target)?;
    let (m, n) = (above.len() as f64, under.len() as f64);
    // By group: what its ones and its zeros are off the area, summed.
    let mut off: BTreeMap<usize, (Option<f64>, Option<f64>)> = BTreeMap::new();
    let (mut above, mut under) = (above.into_iter(), under.into_iter());
    for (y, group) in target.iter().zip(group) {
        let its = off.entry(*group).or_default();
        let (sum, share) =
            if *y > 0.5 { (&mut its.0, above.next()) } else { (&mut its.1, under.next()) };
        *sum = Some(sum.unwrap_or(0.0) + share.expect("a share for each row") - value);
    }
    let spread = |sums: Vec<f64>| {
        let groups = sums.len() as f64;
        groups / (groups - 1.0).max(1.0) * sums.iter().map(|sum| sum * sum).sum::<f64>()
    };
    let ones = spread(off.values().filter_map(|its| its.0).collect()) / (m * m);
    let zeros = spread(off.values().filter_map(|its| its.1).collect()) / (n * n);
    let groups = off.len() as f64;
    let both = off.values().filter_map(|its| Some(its.0? * its.1?)).sum::<f64>();
    let both = groups / (groups - 1.0).max(1.0) * both / (m * n);
    let error = (ones + zeros + 2.0 * both).max(0.0).sqrt().max(alone.standard_error);
    Some(Auc::with_error(value, error))
}

/// What the area is the mean of.
struct Shares {
    /// Of each one: the share of zeros below it, ties half; in the order of the rows.
    above: Vec<f64>,
    /// Of each zero: the share of ones above it.
    under: Vec<f64>,
    value: f64,
}

impl Shares {
    fn of(scores: &[f64], target: &[f64]) -> Option<Self> {
        let rows = |one: bool| -> Vec<f64> {
            let pairs = scores.iter().zip(target);
            pairs.filter(|(_, y)| (**y > 0.5) == one).map(|(score, _)| *score).collect()
        };
        let sorted = |values: &[f64]| {
            let mut values = values.to_vec();
            values.sort_unstable_by(f64::total_cmp);
            values
        };
        let (ones, zeros) = (rows(true), rows(false));
        if ones.is_empty() || zeros.is_empty() {
            return None;
        }
        let (m, n) = (ones.len() as f64, zeros.len() as f64);
        let (low, high) = (sorted(&zeros), sorted(&ones));
        let above: Vec<f64> = ones.iter().map(|score| below(&low, *score) / n).collect();
        let under: Vec<f64> = zeros.iter().map(|score| 1.0 - below(&high, *score) / m).collect();
        let value = above.iter().sum::<f64>() / m;
        Some(Self { above, under, value })
    }
}

impl Auc {
    /// The same area with its standard error so many times as large.
    #[must_use]
    pub fn widened(self, times: f64) -> Self {
        Self::with_error(self.value, self.standard_error * times)
    }

    fn with_error(value: f64, standard_error: f64) -> Self {
        let reach = 1.959_963_985 * standard_error;
        let (lower, upper) = ((value - reach).max(0.0), (value + reach).min(1.0));
        Self { value, standard_error, lower, upper }
    }
}

/// How many of a sorted list are below, those equal half.
fn below(sorted: &[f64], score: f64) -> f64 {
    let less = sorted.partition_point(|other| *other < score);
    let upto = sorted.partition_point(|other| *other <= score);
    (less + upto) as f64 / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: of the pairs of {.9, .4} with {.5, .4, .1} four are in order and one is tied.
    #[test]
    fn pairs_are_counted() {
        let auc = delong(&[0.9, 0.4, 0.5, 0.4, 0.1], &[1.0, 1.0, 0.0, 0.0, 0.0]).expect("both");
        assert!((auc.value - 4.5 / 6.0).abs() < 1e-12);
        assert!(auc.lower >= 0.0 && auc.upper == 1.0);
        assert_eq!(delong(&[0.1, 0.2], &[1.0, 1.0]), None);
    }

    /// DeLong's error by its definition, in a case without ties: the variance of each side's shares.
    #[test]
    fn the_error_is_delongs() {
        let scores: Vec<f64> = (0..100).map(|row| f64::from(row * 37 % 101)).collect();
        let target: Vec<f64> = (0..100).map(|row| f64::from(u8::from(row % 3 == 0))).collect();
        let auc = delong(&scores, &target).expect("both");
        let of = |one: f64| -> Vec<f64> {
            (0..100).filter(|row| target[*row] == one).map(|row| scores[row]).collect()
        };
        let (ones, zeros) = (of(1.0), of(0.0));
        let beats = |a: f64, b: f64| f64::from(u8::from(a > b));
        let v10: Vec<f64> = ones
            .iter()
            .map(|a| zeros.iter().map(|b| beats(*a, *b)).sum::<f64>() / zeros.len() as f64)
            .collect();
        let v01: Vec<f64> = zeros
            .iter()
            .map(|b| ones.iter().map(|a| beats(*a, *b)).sum::<f64>() / ones.len() as f64)
            .collect();
        let variance = |v: &[f64]| {
            let mean = v.iter().sum::<f64>() / v.len() as f64;
            v.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (v.len() as f64 - 1.0)
        };
        let expected = variance(&v10) / ones.len() as f64 + variance(&v01) / zeros.len() as f64;
        assert!((auc.standard_error - expected.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn rows_of_a_group_count_as_one() {
        let scores: Vec<f64> = (0..200).map(|row| f64::from(row * 37 % 211)).collect();
        let target: Vec<f64> = (0..200).map(|row| f64::from(u8::from(row % 3 == 0))).collect();
        let plain = delong(&scores, &target).expect("both");
        let own = delong_grouped(&scores, &target, &(0..200).collect::<Vec<_>>()).expect("both");
        assert!((plain.standard_error - own.standard_error).abs() < 1e-12);
        // Each row four times over tells nothing new: the error stays that of the rows once.
        let four = |values: &[f64]| values.iter().flat_map(|it| [*it; 4]).collect::<Vec<f64>>();
        let group: Vec<usize> = (0..800).map(|row| row / 4).collect();
        let copied = delong_grouped(&four(&scores), &four(&target), &group).expect("both");
        assert!((copied.value - plain.value).abs() < 1e-12);
        assert!((copied.standard_error / plain.standard_error - 1.0).abs() < 1e-9);
    }

    #[test]
    fn perfect_order_of_a_few_is_not_certain() {
        let auc = delong(&[3.0, 2.0, 1.0, 0.0], &[1.0, 1.0, 0.0, 0.0]).expect("both");
        assert!(auc.value > 0.999 && auc.lower < 0.95, "{auc:?}");
    }
}
