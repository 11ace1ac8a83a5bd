//! Pareto/NBD: a customer lives for an exponential time whose rate differs between customers (gamma).
//!
//! Schmittlein, Morrison and Colombo (1987), "Counting Your Customers: Who Are They and What Will They Do
//! Next?"; the likelihood as in Fader and Hardie (2005), "A Note on Deriving the Pareto/NBD Model and Related
//! Expressions", eq. (9) before the integral is written as a difference of two 2F1:
//!
//! ```text
//! L = Γ(r+x)/Γ(r) α^r β^s { (α+T)^-(r+x) (β+T)^-s + s ∫ from t_x to T of (α+y)^-(r+x) (β+y)^-(s+1) dy }
//! ```
//!
//! That difference cancels its own digits for long histories and needs α and β ordered. The integral has one
//! sign, no pole, and its gradient comes from the same nodes.

use std::sync::LazyLock;

use super::histories::{Group, Totals, sum_over};
use super::process::{Arrivals, PURCHASES_MAX, Parameters, Process, rate_starts};
use super::{Histories, History};
use crate::maximise::Slope;
use crate::special::{Quadrature, digamma, ln_gamma, one_less_exp_over};

static QUADRATURE: LazyLock<Quadrature> = LazyLock::new(Quadrature::new);

#[derive(Debug)]
pub(super) struct ParetoNbd;

/// s times the integral over (α+T)^-(r+x) (β+T)^-s, which are the odds of being gone, through its logarithm;
/// and its moments as shares of it.
struct Gone {
    /// Minus infinity when the last purchase is the end of observation.
    ln_odds: f64,
    /// Means over the time of dropping out y: ln(α+y), 1/(α+y), ln(β+y), 1/(β+y).
    means: [f64; 4],
}

/// x and the two times of a history.
#[derive(Clone, Copy)]
struct Span {
    x: f64,
    recency: f64,
    age: f64,
}

impl ParetoNbd {
    /// Gauss-Legendre on panels of u = ln(y + min(α, β)), in which the integrand is an exponential times a
    /// power whose singularities lie π from the real line.
    fn gone(at: &Parameters, span: Span) -> Gone {
        let [r, alpha, s, beta] = *at;
        let Span { x, recency, age } = span;
        let least = alpha.min(beta);
        let whole = ((age - recency) / (recency + least)).ln_1p();
        if whole <= 0.0 {
            return Gone { ln_odds: f64::NEG_INFINITY, means: [0.0; 4] };
        }
        let (ln_alpha, ln_beta) = ((alpha + recency).ln(), (beta + recency).ln());
        let panel = (16.0 / (r + x + s + 1.0)).min(2.5);
        let panels = (whole / panel).ceil().max(1.0);
        let (mut sum, mut means, mut from) = (0.0, [0.0; 4], 0.0);
        let length = whole / panels;
        while from < whole - 0.5 * length {
            let mut part = 0.0;
            for (place, weight) in QUADRATURE.nodes {
                let along = from + place * length;
                let grown = (recency + least) * along.exp();
                let y = grown - least;
                let (ln_a, ln_b) = ((alpha + y).ln(), (beta + y).ln());
                let mass = weight
                    * length
                    * grown
                    * (-(r + x) * (ln_a - ln_alpha) - (s + 1.0) * (ln_b - ln_beta)).exp();
                part += mass;
                let values = [ln_a, 1.0 / (alpha + y), ln_b, 1.0 / (beta + y)];
                means.iter_mut().zip(values).for_each(|(mean, value)| *mean += mass * value);
            }
            sum += part;
            if part < 1e-17 * sum {
                break;
            }
            from += length;
        }
        let ln_scale =
            (r + x) * ((alpha + age).ln() - ln_alpha) + s * ((beta + age).ln() - ln_beta) - ln_beta;
        Gone { ln_odds: (s * sum).ln() + ln_scale, means: means.map(|mean| mean / sum) }
    }
}

impl Process for ParetoNbd {
    fn name(&self) -> &'static str {
        "pareto-nbd"
    }

    fn parameters(&self) -> [&'static str; 4] {
        ["r", "alpha", "s", "beta"]
    }

    fn log_likelihood(&self, histories: &Histories, at: &Parameters) -> Slope<4> {
        let [r, alpha, s, beta] = *at;
        let rising: Vec<(f64, f64)> = histories
            .frequencies
            .iter()
            .map(|x| (ln_gamma(r + x) - ln_gamma(r), digamma(r + x) - digamma(r)))
            .collect();
        let add = |group: &Group, sum: &mut [f64; 5]| {
            let x = histories.frequencies[group.frequency as usize];
            let age = histories.weeks[group.age as usize];
            let span = Span { x, recency: histories.weeks[group.recency as usize], age };
            let Gone { ln_odds, means } = Self::gone(at, span);
            let (ln_rising, d_rising) = rising[group.frequency as usize];
            let (ln_a, ln_b) = ((alpha + age).ln(), (beta + age).ln());
            let gone = crate::special::sigmoid(ln_odds);
            let alive = 1.0 - gone;
            let value = ln_rising + r * alpha.ln() + s * beta.ln() - (r + x) * ln_a - s * ln_b
                + crate::special::ln_1p_exp(ln_odds);
            let slope = [
                d_rising + alpha.ln() - alive * ln_a - gone * means[0],
                r / alpha - (r + x) * (alive / (alpha + age) + gone * means[1]),
                beta.ln() - alive * ln_b + gone * (1.0 / s - means[2]),
                s / beta - alive * s / (beta + age) - gone * (s + 1.0) * means[3],
            ];
            sum[0] += group.customers * value;
            for (total, part) in sum[1..].iter_mut().zip(slope) {
                *total += group.customers * part;
            }
        };
        let [value, slope @ ..] = sum_over(&histories.groups, add);
        (value, slope)
    }

    fn starts(&self, totals: &Totals) -> Vec<Parameters> {
        let weeks = totals.mean_age.max(1e-3);
        let dropout = [(0.6, 0.5), (1.0, 2.0), (2.0, 1.0)];
        let rates = rate_starts(totals).into_iter().zip(dropout);
        rates.map(|((r, alpha), (s, times))| [r, alpha, s, times * weeks]).collect()
    }

    /// Fader and Hardie (2005), eq. (11), by the same integral.
    fn alive(&self, at: &Parameters, history: &History) -> f64 {
        let span =
            Span { x: f64::from(history.frequency), recency: history.recency, age: history.age };
        crate::special::sigmoid(-Self::gone(at, span).ln_odds)
    }

    /// Fader and Hardie (2005), eq. (22) given alive, continuous through s = 1.
    fn expected_if_alive(&self, at: &Parameters, history: &History, horizon: f64) -> f64 {
        let [r, alpha, s, beta] = *at;
        let (x, age) = (f64::from(history.frequency), history.age);
        let fade = (horizon / (beta + age)).ln_1p();
        (r + x) * (beta + age) / (alpha + age) * one_less_exp_over(s - 1.0, fade)
    }

    /// Arrivals over the time that is left to live, averaged over that time.
    fn tail_if_alive(
        &self,
        at: &Parameters,
        history: &History,
        horizon: f64,
        least: f64,
    ) -> Vec<f64> {
        let [r, alpha, s, beta] = *at;
        let rate = (r + f64::from(history.frequency), alpha + history.age);
        let scale = beta + history.age;
        let all = (horizon / scale).ln_1p();
        let mut spells: Vec<(f64, Arrivals)> = QUADRATURE
            .nodes
            .iter()
            .map(|(place, weight)| {
                let u = place * all;
                let lives = scale * u.exp_m1();
                (weight * all * s * (-s * u).exp(), Arrivals::new(rate, lives))
            })
            .collect();
        spells.push(((-s * all).exp(), Arrivals::new(rate, horizon)));
        // What the nodes miss of the time's distribution is small, and is shared out.
        let mass: f64 = spells.iter().map(|(weight, _)| weight).sum();
        let mut tail = Vec::new();
        for _ in 0..PURCHASES_MAX {
            let mut chance = 0.0;
            for (weight, arrivals) in &mut spells {
                chance += *weight * arrivals.next().unwrap_or(0.0);
            }
            tail.push(chance / mass);
            if chance <= least * mass {
                break;
            }
        }
        tail
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::hypergeometric;

    /// Fader and Hardie (2005): Pareto/NBD on CDNOW.
    const CDNOW: Parameters = [0.553_15, 10.576_33, 0.606_25, 11.671_50];

    fn history(frequency: u32, recency: f64, age: f64) -> History {
        History { frequency, recency, age }
    }

    /// The printed form: Fader and Hardie (2005), eq. (15) and (17), with a difference of two 2F1.
    fn printed(at: &Parameters, it: &History) -> f64 {
        let [r, alpha, s, beta] = *at;
        let x = f64::from(it.frequency);
        let rsx = r + s + x;
        let (most, gap) = (alpha.max(beta), (alpha - beta).abs());
        let second = if alpha >= beta { s + 1.0 } else { r + x };
        let part = |t: f64| {
            hypergeometric((rsx, second, rsx + 1.0), gap / (most + t)) / (most + t).powf(rsx)
        };
        let a0 = part(it.recency) - part(it.age);
        let alive = (alpha + it.age).powf(-(r + x)) * (beta + it.age).powf(-s);
        ln_gamma(r + x) - ln_gamma(r) + r * alpha.ln() + s * beta.ln() + (alive + s / rsx * a0).ln()
    }

    #[test]
    fn the_integral_is_the_difference_of_two_2f1() {
        for at in [CDNOW, [0.5, 12.0, 0.7, 3.0], [2.0, 1.0, 1.5, 40.0], [0.2, 30.0, 3.0, 0.5]] {
            for it in [history(0, 0.0, 39.0), history(3, 20.0, 30.0), history(12, 5.0, 60.0)] {
                let (value, _) = ParetoNbd.log_likelihood(&Histories::new(&[it]), &at);
                let other = printed(&at, &it);
                assert!(
                    (value - other).abs() < 1e-8 * other.abs(),
                    "{at:?} {it:?}: {value} {other}"
                );
            }
        }
    }

    #[test]
    fn long_histories_and_far_parameters_stay_finite() {
        for at in
            [[1e-3, 1e-3, 1e-3, 1e-3], [50.0, 2000.0, 5.0, 0.01], [0.01, 5000.0, 20.0, 5000.0]]
        {
            for it in [history(3000, 400.0, 500.0), history(0, 0.0, 0.0), history(1, 5.0, 5.0)] {
                let (value, slope) = ParetoNbd.log_likelihood(&Histories::new(&[it]), &at);
                assert!(value.is_finite() && slope.iter().all(|d| d.is_finite()), "{at:?} {it:?}");
                let alive = ParetoNbd.alive(&at, &it);
                assert!((0.0..=1.0).contains(&alive), "{at:?} {it:?} {alive}");
            }
        }
    }

    #[test]
    fn the_gradient_is_the_slope() {
        let all = [history(0, 0.0, 30.0), history(2, 30.0, 38.0), history(40, 11.0, 31.0)];
        let histories = Histories::new(&all);
        let (_, slope) = ParetoNbd.log_likelihood(&histories, &CDNOW);
        for i in 0..4 {
            let beside = |by: f64| {
                let mut at = CDNOW;
                at[i] += by;
                ParetoNbd.log_likelihood(&histories, &at).0
            };
            let numeric = (beside(1e-5) - beside(-1e-5)) / 2e-5;
            assert!((slope[i] - numeric).abs() < 1e-5, "{i}: {} {numeric}", slope[i]);
        }
    }

    #[test]
    fn tails_sum_to_the_expectation() {
        for s in [0.4, 1.0, 3.0] {
            let at = [1.3, 6.0, s, 9.0];
            let it = history(4, 12.0, 15.0);
            let sum: f64 = ParetoNbd.tail_if_alive(&at, &it, 20.0, 1e-14).iter().sum();
            let expected = ParetoNbd.expected_if_alive(&at, &it, 20.0);
            assert!((sum - expected).abs() < 1e-8, "{sum} {expected}");
        }
    }
}
