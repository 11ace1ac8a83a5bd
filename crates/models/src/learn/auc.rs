//! How well scores put ones before zeros.

/// The area under the ROC curve, with its uncertainty.
#[derive(Debug, Clone, Copy, PartialEq)]
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
    let rows = |one: bool| -> Vec<f64> {
        let pairs = scores.iter().zip(target);
        let mut kept: Vec<f64> =
            pairs.filter(|(_, y)| (**y > 0.5) == one).map(|(score, _)| *score).collect();
        kept.sort_unstable_by(f64::total_cmp);
        kept
    };
    let (ones, zeros) = (rows(true), rows(false));
    let (m, n) = (ones.len() as f64, zeros.len() as f64);
    if ones.is_empty() || zeros.is_empty() {
        return None;
    }
    // Share of the other class that stands below each, ties half.
    let above: Vec<f64> = ones.iter().map(|score| below(&zeros, *score) / n).collect();
    let under: Vec<f64> = zeros.iter().map(|score| 1.0 - below(&ones, *score) / m).collect();
    let value = above.iter().sum::<f64>() / m;
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
    fn perfect_order_of_a_few_is_not_certain() {
        let auc = delong(&[3.0, 2.0, 1.0, 0.0], &[1.0, 1.0, 0.0, 0.0]).expect("both");
        assert!(auc.value > 0.999 && auc.lower < 0.95, "{auc:?}");
    }
}
