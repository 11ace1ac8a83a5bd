//! How far a mean of contributions may lie from what it estimates.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// The share of intervals that should hold the truth.
pub const LEVEL: f64 = 0.95;

/// The mean, in the order of the rows; `NaN` without rows.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Variance of the mean of independent values, in their unit squared; infinite for fewer than two.
pub fn variance_of_mean(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return f64::INFINITY;
    }
    let (mean, n) = (mean(values), values.len() as f64);
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0) / n
}

/// The two-sided quantile of Student's t at [`LEVEL`], for any degrees of freedom of at least one.
pub fn quantile(degrees: f64) -> f64 {
    let share = 0.5 + LEVEL / 2.0;
    let normal = || Normal::standard().inverse_cdf(share);
    if degrees > 1e5 {
        return normal();
    }
    StudentsT::new(0.0, 1.0, degrees.max(1.0)).map_or_else(|_| normal(), |t| t.inverse_cdf(share))
}

/// An estimate with what its interval is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// The estimate.
    pub value: f64,
    /// Variance of the estimate.
    pub variance: f64,
    /// Squared bias that the log cannot rule out.
    pub bias_squared: f64,
    /// Third standardised moment of the contributions over the root of their number.
    skewness: f64,
    /// Degrees of freedom of the variance.
    degrees: f64,
}

impl Spread {
    /// The mean of independent contributions.
    pub fn of(each: &[f64]) -> Self {
        let (value, n) = (mean(each), each.len() as f64);
        let variance = variance_of_mean(each);
        let (mut second, mut third, mut fourth) = (0.0, 0.0, 0.0);
        for off in each.iter().map(|it| it - value) {
            second += off.powi(2);
            third += off.powi(3);
            fourth += off.powi(4);
        }
        let skewness = if second > 0.0 { third / second.powf(1.5) } else { 0.0 };
        // A variance's own precision, by Satterthwaite (1946), from the fourth moment: n for the normal.
        let kurtosis = if second > 0.0 { n * fourth / (second * second) } else { 3.0 };
        let degrees = (2.0 * n / (kurtosis - 1.0).max(1e-9)).clamp(1.0, (n - 1.0).max(1.0));
        Self { value, variance, bias_squared: 0.0, skewness, degrees }
    }

    /// Of nothing.
    pub fn unknown() -> Self {
        let (value, variance) = (f64::NAN, f64::NAN);
        Self { value, variance, bias_squared: 0.0, skewness: 0.0, degrees: 1.0 }
    }

    /// Adds the bias that `left_out` shows, the contributions that an unbiased estimate would have added: their mean
    /// squared.
    pub fn biased_by(&mut self, left_out: &[f64]) {
        self.bias_squared = mean(left_out).powi(2);
    }

    /// No surer than an unbiased estimate of this variance, on whose word a biased one was chosen.
    pub fn no_surer_than(&mut self, variance: f64) {
        self.bias_squared = self.bias_squared.max(variance - self.variance);
    }

    /// Root of variance and squared bias.
    pub fn error(&self) -> f64 {
        (self.variance + self.bias_squared).sqrt()
    }

    /// The interval at [`LEVEL`]: Student's t, with the skewness of the contributions taken out by Hall's monotone
    /// cubic transformation. Hall (1992), "On the Removal of Skewness by Transformation", with his a = 1/3 and
    /// b = 1/6; a bias widens both sides.
    pub fn interval(&self) -> (f64, f64) {
        let quantile = quantile(self.degrees);
        let error = self.error();
        let end = |x: f64| self.value - error * untransformed(x, self.skewness);
        (end(quantile), end(-quantile))
    }
}

/// T with T + skew (T^2 / 3 + 1 / 6) + skew^2 T^3 / 27 = x, where `skew` is the skewness over the root of n.
fn untransformed(x: f64, skew: f64) -> f64 {
    if skew.abs() < 1e-9 {
        return x;
    }
    let inner = 1.0 + skew * (x - skew / 6.0);
    3.0 * (inner.cbrt() - 1.0) / skew
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transformation_is_inverted() {
        for (t, skew) in [(1.5, 0.3), (-2.0, 0.2), (0.7, -0.4)] {
            let square = skew * (f64::powi(t, 2) / 3.0 + 1.0 / 6.0);
            let x = t + square + skew * skew * f64::powi(t, 3) / 27.0;
            assert!((untransformed(x, skew) - t).abs() < 1e-9);
        }
    }

    #[test]
    fn without_skewness_it_is_students() {
        // Variance of the mean of 1, 2, 3 is 1/3; t(0.975, 2) = 4.302652730.
        let spread = Spread { degrees: 2.0, ..Spread::of(&[1.0, 2.0, 3.0]) };
        let (lower, upper) = spread.interval();
        assert!((upper - lower - 2.0 * 4.302_652_73 / 3.0_f64.sqrt()).abs() < 1e-6);
    }

    #[test]
    fn quantiles_are_those_of_the_tables() {
        assert!((quantile(10.0) - 2.228_139).abs() < 1e-5);
        assert!((quantile(1e9) - 1.959_964).abs() < 1e-5);
    }
}
