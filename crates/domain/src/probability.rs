//! Probabilities and estimates that say how sure they are and where they come from (N13).

/// A number in 0..=1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Probability(f64);

impl Probability {
    /// `None` outside 0..=1 and for NaN.
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Self(value))
    }

    /// The nearest probability; NaN becomes 0.
    pub fn clamped(value: f64) -> Self {
        Self(if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) })
    }

    /// The number itself.
    pub fn get(self) -> f64 {
        self.0
    }
}

/// How a term of an expected value is known. Ordered from least to most certain, so that the
/// provenance of a product of terms is the least of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provenance {
    /// A stated prior (仮定値).
    Prior,
    /// Estimated from this workspace's own observations (推定).
    Estimated,
    /// Measured by an experiment (実験で測定).
    Experiment,
}

impl Provenance {
    /// `prior`, `estimated` or `experiment`, as in exports.
    pub fn code(self) -> &'static str {
        match self {
            Self::Prior => "prior",
            Self::Estimated => "estimated",
            Self::Experiment => "experiment",
        }
    }

    /// Reads what `code` wrote.
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "prior" => Some(Self::Prior),
            "estimated" => Some(Self::Estimated),
            "experiment" => Some(Self::Experiment),
            _ => None,
        }
    }
}

/// The normal distribution's 90 % quantile.
pub const Z_90: f64 = 1.281_551_565_544_6;

/// A mean with its standard deviation, where it comes from, and how many observations stand behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The expected value; unit as said where it is used.
    pub mean: f64,
    /// Standard deviation of the estimate, same unit, 0 or more.
    pub sd: f64,
    /// How it is known.
    pub provenance: Provenance,
    /// Observations behind it; 0 for a prior.
    pub n: u64,
}

impl Estimate {
    /// A stated prior with its spread.
    pub fn prior(mean: f64, sd: f64) -> Self {
        Self { mean, sd, provenance: Provenance::Prior, n: 0 }
    }

    /// An estimate from `n` observations.
    pub fn estimated(mean: f64, sd: f64, n: u64) -> Self {
        Self { mean, sd, provenance: Provenance::Estimated, n }
    }

    /// A quantity known exactly from the data (a contract's price): no spread.
    pub fn known(mean: f64) -> Self {
        Self { mean, sd: 0.0, provenance: Provenance::Estimated, n: 1 }
    }

    /// The product of two independent estimates.
    ///
    /// Variance of a product (Goodman 1960, eq. 2): m1² s2² + m2² s1² + s1² s2².
    pub fn times(self, other: Self) -> Self {
        let variance = (self.mean * other.sd).powi(2)
            + (other.mean * self.sd).powi(2)
            + (self.sd * other.sd).powi(2);
        Self {
            mean: self.mean * other.mean,
            sd: variance.sqrt(),
            provenance: self.provenance.min(other.provenance),
            n: match (self.n, other.n) {
                (0, n) | (n, 0) => n,
                (a, b) => a.min(b),
            },
        }
    }

    /// Multiplied by a number that is known.
    pub fn scaled(self, factor: f64) -> Self {
        Self { mean: self.mean * factor, sd: self.sd * factor.abs(), ..self }
    }

    /// The central 80 % interval under a normal approximation.
    pub fn interval_80(self) -> (f64, f64) {
        let half = Z_90 * self.sd;
        (self.mean - half, self.mean + half)
    }

    /// The central 80 % interval of a share, within 0..=1: normal on the logit scale, where the spread is
    /// `sd / (mean (1 - mean))` by the delta method. A mean at or beyond 0 or 1 is that bound without spread.
    ///
    /// Source: Agresti (2002), "Categorical Data Analysis", 3.1.6 and 14.1 (intervals on the logit scale).
    pub fn share_80(self) -> (f64, f64) {
        let mean = Probability::clamped(self.mean).get();
        let variance = mean * (1.0 - mean);
        if variance <= 0.0 {
            return (mean, mean);
        }
        let centre = (mean / (1.0 - mean)).ln();
        let half = Z_90 * self.sd / variance;
        let share = |logit: f64| 1.0 / (1.0 + (-logit).exp());
        (share(centre - half), share(centre + half))
    }

    /// The central 80 % interval of an amount that cannot be negative: the quantiles of the log-normal
    /// distribution with this mean and standard deviation; the upper one is at least the mean. `None` for a
    /// mean that is not positive.
    ///
    /// Source: Johnson, Kotz and Balakrishnan (1994), "Continuous Univariate Distributions 1", chapter 14.
    pub fn positive_80(self) -> Option<(f64, f64)> {
        if self.mean <= 0.0 {
            return None;
        }
        let log_variance = (1.0 + (self.sd / self.mean).powi(2)).ln();
        let median = self.mean * (-log_variance / 2.0).exp();
        let factor = (Z_90 * log_variance.sqrt()).exp();
        Some((median / factor, (median * factor).max(self.mean)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probability_is_between_zero_and_one() {
        assert_eq!(Probability::new(1.5), None);
        assert_eq!(Probability::new(f64::NAN), None);
        assert_eq!(Probability::clamped(f64::NAN).get().to_bits(), 0.0_f64.to_bits());
        assert_eq!(Probability::clamped(7.0).get().to_bits(), 1.0_f64.to_bits());
    }

    #[test]
    fn a_product_is_as_certain_as_its_weakest_term() {
        let product = Estimate::prior(0.1, 0.05).times(Estimate::estimated(0.5, 0.1, 40));
        assert_eq!(product.provenance, Provenance::Prior);
        assert!((product.mean - 0.05).abs() < 1e-12);
        let expected =
            ((0.1_f64 * 0.1).powi(2) + (0.5_f64 * 0.05).powi(2) + (0.005_f64).powi(2)).sqrt();
        assert!((product.sd - expected).abs() < 1e-12);
        assert_eq!(product.n, 40);
    }

    #[test]
    fn an_interval_holds_eighty_percent() {
        let (low, high) = Estimate::estimated(10.0, 2.0, 9).interval_80();
        assert!((low - 7.4369).abs() < 1e-3 && (high - 12.5631).abs() < 1e-3);
    }

    #[test]
    fn a_share_stays_between_zero_and_one() {
        for (mean, sd) in [(0.03, 0.015), (0.1, 0.2), (0.98, 0.05), (0.5, 3.0)] {
            let (low, high) = Estimate::prior(mean, sd).share_80();
            assert!(0.0 <= low && low <= mean && mean <= high && high <= 1.0, "{mean} {sd}");
        }
        // Where the spread is small it is the normal interval.
        let (low, high) = Estimate::prior(0.4, 0.001).share_80();
        assert!((low - 0.398_718).abs() < 1e-5 && (high - 0.401_282).abs() < 1e-5);
        assert_eq!(Estimate::known(1.0).share_80(), (1.0, 1.0));
        assert_eq!(Estimate::known(0.0).share_80(), (0.0, 0.0));
    }

    #[test]
    fn a_positive_amount_has_a_positive_interval() {
        // Mean 100, sd 100: sigma^2 = ln 2, median 70.71; 70.71 / e^(1.2816 * .8326) = 24.33, times it 205.5.
        let (low, high) = Estimate::prior(100.0, 100.0).positive_80().expect("positive");
        assert!((low - 24.33).abs() < 0.01 && (high - 205.51).abs() < 0.05, "{low} {high}");
        assert_eq!(Estimate::prior(0.0, 1.0).positive_80(), None);
        let (low, high) = Estimate::prior(1.0, 1_000.0).positive_80().expect("positive");
        assert!(low >= 0.0 && high >= 1.0, "{low} {high}");
    }
}
