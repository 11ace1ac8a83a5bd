//! Shrunken rates: success shares of many small groups, each pulled towards the whole by as much as
//! the groups differ less than chance would make them.

/// Successes among trials of one group; `successes <= trials`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Successes.
    pub successes: u64,
    /// Trials.
    pub trials: u64,
}

impl Count {
    /// Successes among trials; successes beyond the trials count as all of them.
    pub fn new(successes: u64, trials: u64) -> Self {
        Self { successes: successes.min(trials), trials }
    }
}

/// A beta distribution of rates: mean `a / (a + b)`, strength `a + b` in trials.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beta {
    /// Pseudo-successes, > 0.
    pub a: f64,
    /// Pseudo-failures, > 0.
    pub b: f64,
}

impl Beta {
    /// The beta of a mean in (0, 1) and a strength in trials.
    pub fn from_mean(mean: f64, strength: f64) -> Self {
        let mean = mean.clamp(1e-6, 1.0 - 1e-6);
        Self { a: mean * strength, b: (1.0 - mean) * strength }
    }

    /// The beta whose mean and standard deviation these are; a spread too wide for a unimodal
    /// distribution is narrowed to a strength of one trial.
    pub fn from_mean_sd(mean: f64, sd: f64) -> Self {
        let mean = mean.clamp(1e-6, 1.0 - 1e-6);
        let strength = mean * (1.0 - mean) / sd.max(1e-9).powi(2) - 1.0;
        Self::from_mean(mean, strength.max(1.0))
    }

    /// Expected rate, in (0, 1).
    pub fn mean(self) -> f64 {
        self.a / (self.a + self.b)
    }

    /// Standard deviation of the rate.
    pub fn sd(self) -> f64 {
        let s = self.a + self.b;
        (self.a * self.b / (s * s * (s + 1.0))).sqrt()
    }

    /// The distribution after seeing `count`.
    pub fn after(self, count: Count) -> Self {
        Self {
            a: self.a + count.successes as f64,
            b: self.b + (count.trials - count.successes) as f64,
        }
    }
}

/// Strengths beyond this say that the groups do not differ.
const STRENGTH_MAX: f64 = 1e5;
const STRENGTH_MIN: f64 = 0.5;

/// The distribution of rates among the groups, by empirical Bayes: the mean is `whole`'s mean after all
/// trials; the strength maximises the beta-binomial likelihood.
///
/// Source: Skellam (1948), "A probability distribution derived from the binomial distribution by
/// regarding the probability of success as variable between the sets of trials", eq. (5); one-dimensional
/// golden-section search over ln(strength) in [ln 0.5, ln 100,000] to 1e-6.
///
/// `whole` is the belief before any data. Groups without trials carry no information. With fewer than two
/// groups with trials the strength is ten trials: one group says nothing about how groups differ.
pub fn fit(groups: &[Count], whole: Beta) -> Beta {
    let total = groups
        .iter()
        .fold(Count::new(0, 0), |t, g| Count::new(t.successes + g.successes, t.trials + g.trials));
    let mean = whole.after(total).mean();
    let informative = groups.iter().filter(|g| g.trials > 0).count();
    if total.trials == 0 {
        return whole;
    }
    if informative < 2 {
        return Beta::from_mean(mean, 10.0);
    }
    let objective = |ln_strength: f64| {
        let beta = Beta::from_mean(mean, ln_strength.exp());
        groups.iter().map(|g| log_likelihood(*g, beta)).sum::<f64>()
    };
    Beta::from_mean(mean, golden_max(objective, STRENGTH_MIN.ln(), STRENGTH_MAX.ln()).exp())
}

/// ln P(successes | trials, beta) without the binomial coefficient, which no parameter moves.
fn log_likelihood(count: Count, beta: Beta) -> f64 {
    ln_rising(beta.a, count.successes) + ln_rising(beta.b, count.trials - count.successes)
        - ln_rising(beta.a + beta.b, count.trials)
}

/// ln of the rising factorial x (x+1) … (x+n-1): exact sums for small n, Stirling's series beyond.
fn ln_rising(x: f64, n: u64) -> f64 {
    if n <= 64 {
        return (0..n).map(|i| (x + i as f64).ln()).sum();
    }
    // Shift both ends above 16, where four terms of the series reach 1e-13.
    let shift = 16_u64;
    let head: f64 = (0..shift).map(|i| (x + i as f64).ln()).sum();
    head + ln_gamma_large(x + n as f64) - ln_gamma_large(x + shift as f64)
}

/// ln Γ(x) for x >= 16 (Abramowitz and Stegun 1964, 6.1.41).
fn ln_gamma_large(x: f64) -> f64 {
    let r = 1.0 / (x * x);
    (x - 0.5) * x.ln() - x
        + 0.5 * (2.0 * std::f64::consts::PI).ln()
        + (1.0 / 12.0 - r * (1.0 / 360.0 - r * (1.0 / 1260.0 - r / 1680.0))) / x
}

/// The argument of the maximum of a unimodal function on [low, high], to 1e-6.
fn golden_max(f: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut c, mut d) = (high - ratio * (high - low), low + ratio * (high - low));
    let (mut fc, mut fd) = (f(c), f(d));
    while high - low > 1e-6 {
        if fc >= fd {
            high = d;
            (d, fd) = (c, fc);
            c = high - ratio * (high - low);
            fc = f(c);
        } else {
            low = c;
            (c, fc) = (d, fd);
            d = low + ratio * (high - low);
            fd = f(d);
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat() -> Beta {
        Beta { a: 1.0, b: 1.0 }
    }

    #[test]
    fn rising_factorials_agree_across_the_switch() {
        for x in [0.3, 1.0, 7.5] {
            let exact: f64 = (0..200).map(|i| (x + f64::from(i)).ln()).sum();
            assert!((ln_rising(x, 200) - exact).abs() < 1e-9, "{x}");
        }
    }

    /// Published: Efron and Morris (1975), table 1, 18 batting averages over 45 at bats. Their
    /// James-Stein estimates shrink 18 players to a band of .05 around .265; the beta-binomial does too.
    #[test]
    fn batting_averages_shrink_as_published() {
        let hits = [18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7];
        let season = [
            0.346, 0.298, 0.276, 0.222, 0.273, 0.270, 0.263, 0.210, 0.269, 0.230, 0.264, 0.256,
            0.303, 0.264, 0.226, 0.286, 0.316, 0.200,
        ];
        let groups: Vec<Count> = hits.iter().map(|h| Count::new(*h, 45)).collect();
        let prior = fit(&groups, flat());
        let (mut raw, mut shrunk) = (0.0, 0.0);
        for (group, truth) in groups.iter().zip(season) {
            raw += (group.successes as f64 / 45.0 - truth).powi(2);
            shrunk += (prior.after(*group).mean() - truth).powi(2);
        }
        // They report a total squared error of .077 for the raw averages and .022 for the shrunken.
        assert!((raw - 0.077).abs() < 0.002, "raw {raw}");
        assert!(shrunk < 0.025, "shrunken {shrunk}");
    }

    #[test]
    fn planted_strength_is_recovered() {
        // Rates of 40 groups on a grid of beta(4, 12) quantiles, 500 trials each.
        let rates: Vec<f64> =
            (0..40).map(|i| 0.25 + 0.105 * normal_quantile((f64::from(i) + 0.5) / 40.0)).collect();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "rates are in 0..1"
        )]
        let groups: Vec<Count> = rates
            .iter()
            .map(|r| Count::new((r.clamp(0.01, 0.99) * 500.0).round() as u64, 500))
            .collect();
        let prior = fit(&groups, flat());
        assert!((prior.mean() - 0.25).abs() < 0.01, "{prior:?}");
        assert!((prior.sd() - 0.105).abs() < 0.02, "{}", prior.sd());
    }

    #[test]
    fn equal_groups_share_all_their_strength() {
        let groups = vec![Count::new(50, 100); 20];
        assert!(fit(&groups, flat()).a > 10_000.0);
    }

    #[test]
    fn nothing_seen_leaves_the_belief() {
        assert_eq!(fit(&[Count::new(0, 0)], flat()), flat());
    }

    /// Acklam's rational approximation is not needed: a coarse inverse is enough to plant rates.
    fn normal_quantile(p: f64) -> f64 {
        let t = (-2.0 * p.min(1.0 - p).ln()).sqrt();
        let z = t
            - (2.515_517 + 0.802_853 * t + 0.010_328 * t * t)
                / (1.0 + 1.432_788 * t + 0.189_269 * t * t + 0.001_308 * t * t * t);
        if p < 0.5 { -z } else { z }
    }
}
