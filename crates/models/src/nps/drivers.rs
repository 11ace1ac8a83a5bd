//! What goes with promoters against detractors: things that an answer has or has not (a word, a category), and
//! numbers. None of it says what causes what.

use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::gamma::ln_gamma;

/// In how many answers something is found, by who answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Found {
    /// Promoters' answers that have it.
    pub promoters: u64,
    /// Detractors' answers that have it.
    pub detractors: u64,
    /// Passives' answers that have it: they only tell how common it is.
    pub passives: u64,
}

impl Found {
    /// All answers that have it.
    pub fn total(self) -> u64 {
        self.promoters + self.passives + self.detractors
    }
}

/// How strongly something goes with promoters, above zero, or with detractors, below.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// Log of an odds ratio: of having the thing, shrunken; or for numbers of a promoter's being the larger one.
    pub log_odds: f64,
    /// In standard errors.
    pub z: f64,
    /// Chance of so large a z where nothing goes with anything, 0..=1.
    pub p_value: f64,
}

impl Effect {
    fn new(log_odds: f64, error: f64) -> Self {
        let z = if error > 0.0 { log_odds / error } else { 0.0 };
        Self { log_odds, z, p_value: (2.0 * Normal::standard().cdf(-z.abs())).min(1.0) }
    }
}

/// Strengths of the prior that are tried, in answers.
const STRENGTHS: [f64; 9] = [1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0, 10_000.0];

/// The log-odds ratio of each thing between promoters and detractors, both sides mixed with a prior at the thing's
/// share in all answers; its z-score. Monroe, Colaresi and Quinn (2008), "Fightin' Words" (informative Dirichlet prior), with
/// answers that have a word in place of its occurrences, so that one talkative answer is one. The prior's strength is
/// the one under which the counts are likeliest (beta-binomial; Casella 1985 on empirical Bayes).
///
/// `all`: how many answers there are, with and without. Things are in the order of `found`.
pub fn log_odds(found: &[Found], all: Found) -> Vec<Effect> {
    let likelihood = |strength: f64| -> f64 {
        let of = |it: &Found| {
            let share = share(*it, all);
            beta_binomial(it.promoters, all.promoters, strength, share)
                + beta_binomial(it.detractors, all.detractors, strength, share)
        };
        found.iter().map(of).sum()
    };
    let mut best = (STRENGTHS[0], f64::NEG_INFINITY);
    for strength in STRENGTHS {
        let likelihood = likelihood(strength);
        if likelihood > best.1 {
            best = (strength, likelihood);
        }
    }
    found.iter().map(|it| compared(*it, all, best.0)).collect()
}

/// The share of all answers that have it, never zero or one.
fn share(found: Found, all: Found) -> f64 {
    (found.total() as f64 + 0.5) / (all.total() as f64 + 1.0)
}

fn compared(found: Found, all: Found, strength: f64) -> Effect {
    let share = share(found, all);
    let side = |has: u64, of: u64| {
        let has_mixed = has as f64 + strength * share;
        let not = (of - has.min(of)) as f64 + strength * (1.0 - share);
        ((has_mixed / not).ln(), 1.0 / has_mixed + 1.0 / not)
    };
    let (promoters, of_promoters) = side(found.promoters, all.promoters);
    let (detractors, of_detractors) = side(found.detractors, all.detractors);
    Effect::new(promoters - detractors, (of_promoters + of_detractors).sqrt())
}

/// Log-likelihood of `has` of `of`, the share drawn from a beta distribution of that mean and strength, without the
/// number of ways, which is the same for every strength.
fn beta_binomial(has: u64, of: u64, strength: f64, share: f64) -> f64 {
    let (a, b) = (strength * share, strength * (1.0 - share));
    let (has, not) = (has as f64, (of - has.min(of)) as f64);
    ln_gamma(has + a) - ln_gamma(a) + ln_gamma(not + b) - ln_gamma(b) + ln_gamma(strength)
        - ln_gamma(has + not + strength)
}

/// How often a promoter has the larger number, as the log of its odds (0: as often as not). Mann and Whitney (1947),
/// ties counted half; the test with the variance corrected for ties (Lehmann 1975, "Nonparametrics", section 1.4).
///
/// `None` where either side has fewer than five numbers, or all are the same.
pub fn larger(promoters: &[f64], detractors: &[f64]) -> Option<Effect> {
    let (m, n) = (promoters.len() as f64, detractors.len() as f64);
    if promoters.len() < 5 || detractors.len() < 5 {
        return None;
    }
    let mut all: Vec<(f64, bool)> = promoters.iter().map(|value| (*value, true)).collect();
    all.extend(detractors.iter().map(|value| (*value, false)));
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut ranks, mut ties, mut before) = (0.0, 0.0, 0.0);
    for equal in all.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let size = equal.len() as f64;
        let theirs = equal.iter().filter(|it| it.1).count() as f64;
        ranks += theirs * (before + f64::midpoint(size, 1.0));
        ties += size * size * size - size;
        before += size;
    }
    let total = m + n;
    let share = (ranks - m * (m + 1.0) / 2.0) / (m * n);
    let variance = (total + 1.0 - ties / (total * (total - 1.0))) / (12.0 * m * n);
    if variance <= 0.0 {
        return None;
    }
    // A share of none or all is a half a comparison away from it.
    let kept = share.clamp(0.5 / (m * n), 1.0 - 0.5 / (m * n));
    let log_odds = (kept / (1.0 - kept)).ln();
    let errors = (share - 0.5) / variance.sqrt();
    let p_value = (2.0 * Normal::standard().cdf(-errors.abs())).min(1.0);
    Some(Effect { log_odds, z: errors, p_value })
}

/// The least share of false finds at which each would be among the finds, 0..=1, in the order of `p_values`.
/// Benjamini and Hochberg (1995), "Controlling the False Discovery Rate".
pub fn false_discovery(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*b].total_cmp(&p_values[*a]).then(b.cmp(a)));
    let mut adjusted = vec![1.0; p_values.len()];
    let (mut least, count) = (1.0_f64, p_values.len());
    for (from_last, at) in order.into_iter().enumerate() {
        least = least.min(p_values[at] * count as f64 / (count - from_last) as f64);
        adjusted[at] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Found = Found { promoters: 200, detractors: 100, passives: 100 };

    #[test]
    fn the_word_of_the_discontented_is_theirs() {
        let found = [
            Found { promoters: 4, detractors: 40, passives: 10 },
            Found { promoters: 60, detractors: 30, passives: 30 },
            Found { promoters: 50, detractors: 3, passives: 10 },
        ];
        let effects = log_odds(&found, ALL);
        assert!(effects[0].z < -4.0 && effects[2].z > 3.0, "{effects:?}");
        assert!(effects[1].z.abs() < 0.5, "{effects:?}");
    }

    #[test]
    fn a_rare_word_is_no_find() {
        let mut found = vec![Found { promoters: 100, detractors: 50, passives: 50 }; 20];
        found.push(Found { promoters: 2, detractors: 0, passives: 0 });
        let effects = log_odds(&found, ALL);
        assert!(effects[20].p_value > 0.1, "{:?}", effects[20]);
    }

    /// Nothing goes with anything: hardly ever is something found at a false discovery rate of a tenth.
    #[test]
    fn nothing_is_found_where_nothing_is() {
        let mut state = 1_u64;
        let mut draw = move |of: u64, share: f64| {
            let mut hits = 0;
            for _ in 0..of {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                hits += u64::from(((state >> 33) as f64) / f64::from(1_u32 << 31) < share);
            }
            hits
        };
        let mut finds = 0;
        for _ in 0..40 {
            let found: Vec<Found> = (1..60)
                .map(|at| {
                    let share = 0.3 / f64::from(at);
                    Found {
                        promoters: draw(200, share),
                        detractors: draw(100, share),
                        passives: draw(100, share),
                    }
                })
                .collect();
            let p_values: Vec<f64> = log_odds(&found, ALL).iter().map(|it| it.p_value).collect();
            finds += usize::from(false_discovery(&p_values).iter().any(|q| *q < 0.1));
        }
        assert!(finds <= 4, "{finds} of 40");
    }

    /// Mann and Whitney by hand: 1 2 4 5 6 against 0 3 3 3 3, U = 3 * 5 + 1 + 1 = 17 of 25.
    #[test]
    fn the_larger_by_hand() {
        let effect = larger(&[1.0, 2.0, 4.0, 5.0, 6.0], &[0.0, 3.0, 3.0, 3.0, 3.0]).expect("ten");
        assert!((effect.log_odds - (17.0_f64 / 8.0).ln()).abs() < 1e-12, "{effect:?}");
        // (11 - 60 / 90) / 300.
        let error = (10.333_333_333_f64 / 300.0).sqrt();
        assert!((effect.z - 0.18 / error).abs() < 1e-6, "{effect:?}");
        assert_eq!(larger(&[1.0; 9], &[1.0; 9]), None);
        assert_eq!(larger(&[1.0; 4], &[2.0; 9]), None);
    }

    /// The paper's own example has 15 p-values of which the four least are found at .05.
    #[test]
    fn benjamini_and_hochberg_s_example() {
        let p_values = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
            0.5719, 0.6528, 0.7590, 1.000,
        ];
        let found = false_discovery(&p_values).iter().filter(|q| **q <= 0.05).count();
        assert_eq!(found, 4);
    }
}
