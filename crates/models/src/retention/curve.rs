//! Survival explained by customers who differ: it can look ahead.
//!
//! Fader and Hardie (2007), "How to Project Customer Retention", eq. (5) and (6): each customer leaves with a
//! constant probability each period, which is beta(α, β) over customers (shifted beta-geometric, sBG). Fader,
//! Hardie, Liu, Davin and Steenburgh (2018), "'How to Project Customer Retention' Revisited: The Role of Duration
//! Dependence", eq. (7): a customer's own probability may rise (c > 1) or fall (c < 1) with time (beta-discrete
//! Weibull, BdW), S(t) = B(α, β + t^c) / B(α, β), which is the sBG at c = 1.

use super::{Risks, Survival};
use crate::maximise::{Maximum, Slope, Square, inverse, maximise};
use crate::special::{ln_gamma, normal_quantile};

/// A family of survival curves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Curve {
    /// Its name on the command line.
    pub name: &'static str,
    /// Whether c is free; otherwise 1.
    weibull: bool,
}

/// Every family, the simpler first.
pub const CURVES: &[Curve] =
    &[Curve { name: "sbg", weibull: false }, Curve { name: "bdw", weibull: true }];

/// A fitted curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// Which family.
    pub curve: Curve,
    /// α, β and c, all > 0.
    pub parameters: [f64; 3],
    /// Of those that are free; `None` where the data do not determine them.
    pub standard_errors: Option<Vec<f64>>,
    /// At the maximum.
    pub log_likelihood: f64,
    /// Of the logarithms of α, β and c.
    covariance: Option<Square<3>>,
}

const LN_RANGE: (f64, f64) = (-7.0, 9.0);
const SPRING: f64 = 10.0;

/// ln S(t) for t >= 0.
fn ln_survival(&[alpha, beta, c]: &[f64; 3], t: f64) -> f64 {
    if t <= 0.0 {
        return 0.0;
    }
    let u = t.powf(c);
    // Stirling cancels its own digits where t^c is huge; there the ratio of gammas is a power (Tricomi 1951).
    let ratio = if u > 1e7 {
        -alpha * (u + beta + 0.5 * (alpha - 1.0)).ln()
    } else {
        ln_gamma(beta + u) - ln_gamma(alpha + beta + u)
    };
    (ratio + ln_gamma(alpha + beta) - ln_gamma(beta)).min(0.0)
}

/// The share of customers still there after `t` periods, 0..=1, for alpha, beta and c, all > 0: eq. (6) of Fader and
/// Hardie (2007) and eq. (7) of Fader et al. (2018), between whole periods by the same formula.
pub fn share(parameters: &[f64; 3], t: f64) -> f64 {
    ln_survival(parameters, t).exp()
}

/// The likelihood of what was lost each period among those at risk: Fader and Hardie (2007), appendix B,
/// for cohorts that enter and leave observation at any time.
fn log_likelihood(risks: &Risks, at: &[f64; 3]) -> f64 {
    let (mut sum, mut before, mut t) = (0.0, 0.0, 0.0);
    for (at_risk, lost) in risks.at_risk.iter().zip(&risks.lost) {
        t += 1.0;
        let now = ln_survival(at, t);
        let kept = (now - before).min(-1e-15);
        sum += (at_risk - lost) * kept + lost * (-kept.exp_m1()).ln();
        before = now;
    }
    sum
}

/// By logarithms of the free parameters; central differences of fourth order, as there are few periods.
fn slope<const N: usize>(risks: &Risks, at: &[f64; N]) -> Slope<N> {
    let value = |at: &[f64; N]| {
        let beyond = |it: &f64| (it - LN_RANGE.1).max(0.0) + (LN_RANGE.0 - it).max(0.0);
        let spring: f64 = at.iter().map(|it| beyond(it).powi(2)).sum();
        log_likelihood(risks, &whole(at)) - 0.5 * SPRING * spring
    };
    let gradient = std::array::from_fn(|i| {
        let beside = |by: f64| {
            let mut point = *at;
            point[i] += by;
            value(&point)
        };
        let (narrow, wide) = (beside(1e-3) - beside(-1e-3), beside(2e-3) - beside(-2e-3));
        (8.0 * narrow - wide) / 12e-3
    });
    (value(at), gradient)
}

/// α, β and c from the logarithms of the free ones.
fn whole<const N: usize>(at: &[f64; N]) -> [f64; 3] {
    std::array::from_fn(|i| at.get(i).map_or(1.0, |ln| ln.exp()))
}

/// Maximum likelihood; `None` where the search ends at no maximum, or there are fewer periods with a loss or
/// survivors than parameters.
pub fn fit(curve: Curve, risks: &Risks) -> Option<Fitted> {
    if risks.periods() < if curve.weibull { 3 } else { 2 } {
        return None;
    }
    if curve.weibull {
        let starts = [[0.7, 1.5, 1.0], [0.5, 1.5, 1.5], [2.0, 8.0, 0.7], [5.0, 50.0, 1.0]];
        let found = maximise(&|at: &[f64; 3]| slope(risks, at), &starts.map(|it| it.map(f64::ln)));
        found.and_then(|it| fitted(curve, risks, &it))
    } else {
        let starts = [[0.7, 1.5], [2.0, 8.0], [0.5, 0.5], [5.0, 50.0]];
        let found = maximise(&|at: &[f64; 2]| slope(risks, at), &starts.map(|it| it.map(f64::ln)));
        found.and_then(|it| fitted(curve, risks, &it))
    }
}

fn fitted<const N: usize>(curve: Curve, risks: &Risks, found: &Maximum<N>) -> Option<Fitted> {
    if !found.converged {
        return None;
    }
    let parameters = whole(&found.at);
    let free = inverse(&found.information);
    let inside = found.at.iter().all(|it| *it > LN_RANGE.0 + 1.0 && *it < LN_RANGE.1 - 1.0);
    let standard_errors = free
        .map(|it| (0..N).map(|i| it[i][i].sqrt()).collect::<Vec<f64>>())
        .filter(|errors| inside && errors.iter().all(|it| *it < 2.0))
        .map(|errors| errors.iter().zip(parameters).map(|(error, it)| error * it).collect());
    let entry = |of: &Square<N>, i: usize, j: usize| if i < N && j < N { of[i][j] } else { 0.0 };
    let covariance =
        free.map(|it| std::array::from_fn(|i| std::array::from_fn(|j| entry(&it, i, j))));
    let log_likelihood = log_likelihood(risks, &parameters);
    Some(Fitted { curve, parameters, standard_errors, log_likelihood, covariance })
}

/// A residual lifetime is summed over at most so many periods.
const PERIODS_MAX: u32 = 1_000_000;

impl Fitted {
    /// The free parameters with their names.
    pub fn named(&self) -> Vec<(&'static str, f64)> {
        let free = if self.curve.weibull { 3 } else { 2 };
        ["alpha", "beta", "c"].into_iter().zip(self.parameters).take(free).collect()
    }

    /// The share still there after `period`s, with an interval at `level` that holds the parameters'
    /// uncertainty (delta method on ln(-ln S)), not that of who happens to be in a small cohort.
    pub fn survival(&self, period: u32, level: f64) -> Survival {
        let t = f64::from(period);
        let share = ln_survival(&self.parameters, t).exp();
        if period == 0 || share <= 0.0 || share >= 1.0 {
            return Survival { period, share, lower: share, upper: share };
        }
        let scale = |at: &[f64; 3]| (-ln_survival(at, t)).ln();
        let gradient: [f64; 3] = std::array::from_fn(|i| {
            let beside = |by: f64| {
                let mut at = self.parameters;
                at[i] *= by.exp();
                scale(&at)
            };
            (beside(1e-4) - beside(-1e-4)) / 2e-4
        });
        let variance = self.covariance.map_or(0.0, |it| {
            let row = |i: usize| (0..3).map(|j| it[i][j] * gradient[j]).sum::<f64>();
            (0..3).map(|i| gradient[i] * row(i)).sum::<f64>().max(0.0)
        });
        let width = (normal_quantile(0.5 + level / 2.0) * variance.sqrt()).exp();
        Survival { period, share, lower: share.powf(width), upper: share.powf(1.0 / width) }
    }

    /// Discounted expected residual lifetime (DERL), in periods: the renewals to come of a customer who has made
    /// `renewals` and is about to decide on the next, at a discount `rate` a period: the sum over
    /// t > renewals of S(t) / S(renewals) / (1 + rate)^(t - renewals - 1). `None` where it has no end.
    ///
    /// Fader and Hardie (2010), "Customer-Base Valuation in a Contractual Setting: The Perils of Ignoring
    /// Heterogeneity", eq. (6).
    pub fn residual_lifetime(&self, renewals: u32, rate: f64) -> Option<f64> {
        let ln_from = ln_survival(&self.parameters, f64::from(renewals));
        let mut sum = 0.0;
        for ahead in 0..PERIODS_MAX {
            let t = f64::from(renewals) + f64::from(ahead) + 1.0;
            let discount = -rate.ln_1p() * f64::from(ahead);
            let term = (ln_survival(&self.parameters, t) - ln_from + discount).exp();
            sum += term;
            if term < 1e-13 * sum {
                return Some(sum);
            }
            // A tail that has not fallen below a thousandth of a period by now sums to no end.
            if ahead == 50_000 && rate <= 0.0 && term > 1e-3 / t {
                return None;
            }
        }
        (rate > 0.0).then_some(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts that follow the curve exactly: the truth is the maximum.
    #[test]
    fn planted_curves_are_recovered() {
        for truth in [[0.668, 3.806, 1.0], [0.26, 1.72, 1.58], [2.0, 20.0, 0.7]] {
            let alive: Vec<f64> =
                (0..10).map(|t| 1e5 * ln_survival(&truth, f64::from(t)).exp()).collect();
            let risks = Risks::of_survivors(&alive).expect("sound");
            let found = fit(CURVES[1], &risks).expect("a fit");
            for (value, planted) in found.parameters.iter().zip(truth) {
                assert!((value / planted - 1.0).abs() < 1e-3, "{truth:?} {found:?}");
            }
            let simple = fit(CURVES[0], &risks).expect("a fit");
            let loses = found.log_likelihood - simple.log_likelihood;
            assert!(loses > -1e-6 && (loses < 1e-3) == ((truth[2] - 1.0).abs() < 1e-9), "{loses}");
        }
    }

    /// Customers who enter observation late and leave it early: the same curve.
    #[test]
    fn truncation_and_censoring_do_not_bend_the_curve() {
        use super::super::Spell;
        let mut draws = crate::ltv::planted::Draws::new(21);
        let (truth, mut spells) = ([0.9, 4.0, 1.0], Vec::new());
        for i in 0..60_000_u32 {
            let u = draws.uniform().ln();
            let lost = (1..200).find(|t| ln_survival(&truth, f64::from(*t)) < u).unwrap_or(200);
            let (entered, end) = (i % 5, 6 + i % 7);
            let spell = Spell { entered, until: lost.min(end), lost: lost <= end };
            spells.push(spell);
        }
        let found = fit(CURVES[0], &Risks::of_spells(&spells).expect("sound")).expect("a fit");
        let errors = found.standard_errors.clone().expect("determined");
        for i in 0..2 {
            assert!((found.parameters[i] - truth[i]).abs() < 4.0 * errors[i], "{found:?}");
        }
    }

    #[test]
    fn a_constant_rate_has_a_geometric_lifetime() {
        // α and β so large that everybody leaves with the same probability, 1 in 5.
        let alive: Vec<f64> = (0..8).map(|t| 1e4 * 0.8_f64.powi(t)).collect();
        let found = fit(CURVES[0], &Risks::of_survivors(&alive).expect("sound")).expect("a fit");
        assert!(found.standard_errors.is_none(), "{found:?}");
        let expected = 0.8 / (1.0 - 0.8 / 1.1);
        let lifetime = found.residual_lifetime(3, 0.1).expect("an end");
        assert!((lifetime / expected - 1.0).abs() < 0.01, "{lifetime} {expected}");
    }

    #[test]
    fn without_discount_a_heavy_tail_has_no_end() {
        let it = Fitted {
            curve: CURVES[0],
            parameters: [0.668, 3.806, 1.0],
            standard_errors: None,
            log_likelihood: 0.0,
            covariance: None,
        };
        assert_eq!(it.residual_lifetime(7, 0.0), None);
    }
}
