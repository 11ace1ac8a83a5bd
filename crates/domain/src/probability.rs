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
        let half = 1.281_551_565_544_6 * self.sd;
        (self.mean - half, self.mean + half)
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
}
