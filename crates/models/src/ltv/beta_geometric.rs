//! BG/NBD and MBG/NBD: a customer may drop out after each purchase, with a probability that differs
//! between customers (beta).
//!
//! Fader, Hardie and Lee (2005), "Counting Your Customers the Easy Way: An Alternative to the Pareto/NBD
//! Model", eq. (6), (7), (10); Batislam, Denizel and Filiztekin (2007), "Empirical validation and comparison
//! of models for customer base analysis", where one may drop out after the first purchase too. With m = x
//! (BG) or x + 1 (MBG) the two share all formulas:
//!
//! ```text
//! ln L = ln Γ(r+x)/Γ(r) + r ln α + ln B(a,b+m)/B(a,b) - (r+x) ln(α+T) + ln(1 + e^δ)
//! δ    = ln a/(b+m-1) + (r+x) ln (α+T)/(α+t_x),   absent for x = 0 under BG
//! P(alive) = 1 / (1 + e^δ);   given alive, the dropout probability is beta(a, b+m)
//! ```

use super::histories::{Group, Totals, sum_over};
use super::process::{Arrivals, PURCHASES_MAX, Parameters, Process, rate_starts};
use super::{Histories, History};
use crate::maximise::Slope;
use crate::special::{TERMS_MAX, digamma, ln_1p_exp, ln_gamma, one_less_exp_over, sigmoid};

/// The two of them: they differ in when the first chance to drop out comes.
#[derive(Debug)]
pub(super) struct BetaGeometric {
    name: &'static str,
    /// Chances to drop out before the first repeat purchase.
    early: f64,
}

impl BetaGeometric {
    pub(super) const BG_NBD: Self = Self { name: "bg-nbd", early: 0.0 };
    pub(super) const MBG_NBD: Self = Self { name: "mbg-nbd", early: 1.0 };

    /// ln of the odds of having dropped out; minus infinity where nobody can have.
    fn ln_odds_gone(&self, at: &Parameters, history: &History) -> f64 {
        let [r, alpha, a, b] = *at;
        let x = f64::from(history.frequency);
        let chances = x + self.early;
        if chances < 0.5 {
            return f64::NEG_INFINITY;
        }
        let waited = ((history.age - history.recency) / (alpha + history.recency)).ln_1p();
        (a / (b + chances - 1.0)).ln() + (r + x) * waited
    }
}

/// What the likelihood needs of a frequency, for given parameters.
struct OfFrequency {
    shape: f64,
    /// ln Γ(r+x)/Γ(r) + r ln α + ln B(a,b+m)/B(a,b), and its derivatives.
    common: f64,
    d_common: [f64; 4],
    /// ln a/(b+m-1), and its derivative by b; none where nobody can have dropped out.
    ln_odds: Option<(f64, f64)>,
}

/// What it needs of a time: ln(α+t) and 1/(α+t).
struct OfWeeks {
    ln: f64,
    inverse: f64,
}

impl BetaGeometric {
    fn of_frequency(&self, at: &Parameters, x: f64) -> OfFrequency {
        let [r, alpha, a, b] = *at;
        let chances = x + self.early;
        let ln_beta_ratio =
            ln_gamma(b + chances) - ln_gamma(b) - ln_gamma(a + b + chances) + ln_gamma(a + b);
        let psi_ab = digamma(a + b);
        let psi_abm = digamma(a + b + chances);
        OfFrequency {
            shape: r + x,
            common: ln_gamma(r + x) - ln_gamma(r) + r * alpha.ln() + ln_beta_ratio,
            d_common: [
                digamma(r + x) - digamma(r) + alpha.ln(),
                r / alpha,
                psi_ab - psi_abm,
                digamma(b + chances) - digamma(b) + psi_ab - psi_abm,
            ],
            ln_odds: (chances > 0.5)
                .then(|| ((a / (b + chances - 1.0)).ln(), -1.0 / (b + chances - 1.0))),
        }
    }
}

impl Process for BetaGeometric {
    fn name(&self) -> &'static str {
        self.name
    }

    fn parameters(&self) -> [&'static str; 4] {
        ["r", "alpha", "a", "b"]
    }

    fn log_likelihood(&self, histories: &Histories, at: &Parameters) -> Slope<4> {
        let [_, alpha, a, _] = *at;
        let by_frequency: Vec<OfFrequency> =
            histories.frequencies.iter().map(|x| self.of_frequency(at, *x)).collect();
        let by_weeks: Vec<OfWeeks> = histories
            .weeks
            .iter()
            .map(|t| OfWeeks { ln: (alpha + t).ln(), inverse: 1.0 / (alpha + t) })
            .collect();
        let add = |group: &Group, sum: &mut [f64; 5]| {
            let f = &by_frequency[group.frequency as usize];
            let age = &by_weeks[group.age as usize];
            let mut value = f.common - f.shape * age.ln;
            let mut slope = f.d_common;
            slope[0] -= age.ln;
            slope[1] -= f.shape * age.inverse;
            if let Some((ln_odds, d_b)) = f.ln_odds {
                let recency = &by_weeks[group.recency as usize];
                let delta = ln_odds + f.shape * (age.ln - recency.ln);
                let gone = sigmoid(delta);
                value += ln_1p_exp(delta);
                slope[0] += gone * (age.ln - recency.ln);
                slope[1] += gone * f.shape * (age.inverse - recency.inverse);
                slope[2] += gone / a;
                slope[3] += gone * d_b;
            }
            sum[0] += group.customers * value;
            for (total, part) in sum[1..].iter_mut().zip(slope) {
                *total += group.customers * part;
            }
        };
        let [value, slope @ ..] = sum_over(&histories.groups, add);
        (value, slope)
    }

    fn starts(&self, totals: &Totals) -> Vec<Parameters> {
        let rates = rate_starts(totals);
        let dropout = [(0.8, 2.5), (0.3, 3.0), (2.0, 2.0)];
        rates.into_iter().zip(dropout).map(|((r, alpha), (a, b))| [r, alpha, a, b]).collect()
    }

    fn alive(&self, at: &Parameters, history: &History) -> f64 {
        sigmoid(-self.ln_odds_gone(at, history))
    }

    /// Fader, Hardie and Lee (2005), eq. (10), after Euler's transformation of 2F1, with the pole at a = 1
    /// taken out: with R = r+x, B = b+m, z = t/(α+T+t), C = a+B-1,
    /// E = C (1 - (1-z)^(a-1))/(a-1) - (1-z)^(a-1) Σ_k (C-R)_k (a)_(k-1) / ((C+1)_(k-1) k!) z^k.
    fn expected_if_alive(&self, at: &Parameters, history: &History, horizon: f64) -> f64 {
        let [r, alpha, a, b] = *at;
        let x = f64::from(history.frequency);
        let (shape, stay) = (r + x, b + x + self.early);
        let share = horizon / (alpha + history.age + horizon);
        let bound = a + stay - 1.0;
        let mut term = (bound - shape) * share;
        let mut sum = term;
        for step in 1..TERMS_MAX {
            let step = f64::from(step);
            let ratio =
                (bound - shape + step) * (a + step - 1.0) / ((bound + step) * (step + 1.0)) * share;
            term *= ratio;
            sum += term;
            if term.abs() <= 1e-16 * sum.abs() && ratio.abs() < 1.0 {
                break;
            }
        }
        let fade = -(-share).ln_1p();
        let first = bound * one_less_exp_over(a - 1.0, fade);
        (first - (-(a - 1.0) * fade).exp() * sum).max(0.0)
    }

    /// n purchases need n arrivals, and no dropout at the n - 1 before the last.
    fn tail_if_alive(
        &self,
        at: &Parameters,
        history: &History,
        horizon: f64,
        least: f64,
    ) -> Vec<f64> {
        let [r, alpha, a, b] = *at;
        let x = f64::from(history.frequency);
        let stay = b + x + self.early;
        let mut still = 1.0;
        let mut tail = Vec::new();
        let arrivals = Arrivals::new((r + x, alpha + history.age), horizon);
        for (done, arrive) in (0..PURCHASES_MAX).zip(arrivals) {
            let chance = arrive * still;
            tail.push(chance);
            if chance <= least {
                break;
            }
            still *= (stay + f64::from(done)) / (a + stay + f64::from(done));
        }
        tail
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::hypergeometric;

    /// The paper's parameters for CDNOW.
    const CDNOW: Parameters = [0.242_594_5, 4.413_601_9, 0.792_919_9, 2.425_888_1];

    fn history(frequency: u32, recency: f64, age: f64) -> History {
        History { frequency, recency, age }
    }

    /// Fader, Hardie and Lee (2005), the worked customer: ln L -9.4596 (eq. 6), P(alive) .7266, and 1.2260
    /// purchases in the next 39 weeks.
    #[test]
    fn the_paper_s_customer() {
        let it = history(2, 30.43, 38.86);
        let bg = BetaGeometric::BG_NBD;
        let (value, _) = bg.log_likelihood(&Histories::new(&[it]), &CDNOW);
        assert!((value + 9.4596).abs() < 1e-3, "{value}");
        let alive = bg.alive(&CDNOW, &it);
        assert!((alive - 0.7266).abs() < 5e-4, "{alive}");
        let expected = alive * bg.expected_if_alive(&CDNOW, &it, 39.0);
        assert!((expected - 1.226).abs() < 1e-3, "{expected}");
    }

    #[test]
    fn the_transformed_series_is_equation_10() {
        for a in [0.3, 0.999_999, 1.2, 2.5] {
            for (x, age, horizon) in [(0, 10.0, 5.0), (3, 20.0, 52.0), (20, 8.0, 3.0)] {
                let at = [0.6, 5.0, a, 1.7];
                let it = history(x, age * 0.7, age);
                let (shape, stay) = (0.6 + f64::from(x), 1.7 + f64::from(x));
                let share = horizon / (5.0 + age + horizon);
                let series = hypergeometric((shape, stay, a + stay - 1.0), share);
                let fade = ((5.0 + age) / (5.0 + age + horizon)).powf(shape);
                let printed = (a + stay - 1.0) / (a - 1.0) * (1.0 - fade * series);
                let found = BetaGeometric::BG_NBD.expected_if_alive(&at, &it, horizon);
                // Near the pole the printed form loses digits.
                assert!((found / printed - 1.0).abs() < 1e-6, "a {a}, x {x}: {found} {printed}");
            }
        }
    }

    #[test]
    fn tails_sum_to_the_expectation() {
        for process in [BetaGeometric::BG_NBD, BetaGeometric::MBG_NBD] {
            for a in [0.4, 1.0, 3.0] {
                let at = [1.3, 6.0, a, 2.0];
                let it = history(4, 12.0, 15.0);
                let tail = process.tail_if_alive(&at, &it, 20.0, 1e-14);
                let sum: f64 = tail.iter().sum();
                let expected = process.expected_if_alive(&at, &it, 20.0);
                assert!((sum - expected).abs() < 1e-8, "{sum} {expected}");
            }
        }
    }

    #[test]
    fn the_gradient_is_the_slope() {
        let all = [history(0, 0.0, 30.0), history(2, 30.0, 38.0), history(9, 11.0, 31.0)];
        let histories = Histories::new(&all);
        for process in [BetaGeometric::BG_NBD, BetaGeometric::MBG_NBD] {
            let (_, slope) = process.log_likelihood(&histories, &CDNOW);
            for i in 0..4 {
                let beside = |by: f64| {
                    let mut at = CDNOW;
                    at[i] += by;
                    process.log_likelihood(&histories, &at).0
                };
                let numeric = (beside(1e-5) - beside(-1e-5)) / 2e-5;
                assert!((slope[i] - numeric).abs() < 1e-6, "{i}: {} {numeric}", slope[i]);
            }
        }
    }

    #[test]
    fn one_time_buyers_are_alive_under_bg_only() {
        let it = history(0, 0.0, 30.0);
        assert!(BetaGeometric::BG_NBD.alive(&CDNOW, &it) >= 1.0);
        let mbg = BetaGeometric::MBG_NBD.alive(&CDNOW, &it);
        assert!(mbg > 0.1 && mbg < 0.9, "{mbg}");
    }
}
