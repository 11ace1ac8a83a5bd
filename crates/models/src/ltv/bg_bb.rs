//! BG/BB: customers who may buy once in each of some periods (a yearly donation, a weekly shop visit).
//!
//! Fader, Hardie and Shang (2010), "Customer-Base Analysis in a Discrete-Time Noncontractual Setting", eq. (5),
//! (7), (11) and (13): while alive one buys in a period with a probability that is beta(α, β) over customers; one
//! is gone before a period with a probability that is beta(γ, δ).

use crate::maximise::{Slope, inverse, maximise};
use crate::special::{ln_beta, ln_sum_exp};

/// Equal histories of customers over periods.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Periods {
    /// Periods with a purchase, x <= `recency`.
    pub frequency: u32,
    /// The last period with a purchase, t_x; 0 when there is none; <= `periods`.
    pub recency: u32,
    /// Periods in which one could buy, n.
    pub periods: u32,
    /// How many customers have this history, > 0.
    pub customers: f64,
}

/// α and β of buying, γ and δ of leaving.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BgBb {
    /// α, β, γ, δ, all > 0.
    pub parameters: [f64; 4],
    /// `None` where the data do not determine them.
    pub standard_errors: Option<[f64; 4]>,
    /// At the maximum.
    pub log_likelihood: f64,
}

/// Maximum likelihood; `None` where nobody bought, a history is impossible, or there is no maximum.
pub fn fit(histories: &[Periods]) -> Option<BgBb> {
    let possible = |it: &Periods| {
        it.frequency <= it.recency
            && it.recency <= it.periods
            && (it.frequency > 0) == (it.recency > 0)
            && it.customers > 0.0
    };
    if !histories.iter().all(possible) || histories.iter().all(|it| it.frequency == 0) {
        return None;
    }
    let f = |at: &[f64; 4]| slope(histories, at);
    let starts = [[1.0, 1.0, 0.7, 2.5], [0.5, 1.5, 0.5, 5.0], [2.0, 2.0, 2.0, 8.0]];
    let found = maximise(&f, &starts.map(|it| it.map(f64::ln)))?;
    let parameters = found.at.map(f64::exp);
    let standard_errors = inverse(&found.information)
        .map(|it| std::array::from_fn::<f64, 4, _>(|i| it[i][i].sqrt() * parameters[i]));
    let log_likelihood = log_likelihood(histories, &parameters);
    found.converged.then_some(BgBb { parameters, standard_errors, log_likelihood })
}

fn log_likelihood(histories: &[Periods], at: &[f64; 4]) -> f64 {
    histories.iter().map(|it| it.customers * ln_one(it, at)).sum()
}

/// By logarithms of parameters; four central differences, as there are few different histories.
fn slope(histories: &[Periods], at: &[f64; 4]) -> Slope<4> {
    let value = |at: &[f64; 4]| {
        let beyond: f64 = at.iter().map(|it| (it.abs() - 9.0).max(0.0).powi(2)).sum();
        log_likelihood(histories, &at.map(f64::exp)) - 5.0 * beyond
    };
    let gradient = std::array::from_fn(|i| {
        let beside = |by: f64| {
            let mut point = *at;
            point[i] += by;
            value(&point)
        };
        // Fourth order, so that the Hessian from these keeps six digits.
        let narrow = beside(1e-3) - beside(-1e-3);
        let wide = beside(2e-3) - beside(-2e-3);
        (8.0 * narrow - wide) / 12e-3
    });
    (value(at), gradient)
}

/// Eq. (5) for one customer: alive to the end, or gone after any of the periods since the last purchase.
fn ln_one(it: &Periods, &[alpha, beta, gamma, delta]: &[f64; 4]) -> f64 {
    let [x, last, n] = [it.frequency, it.recency, it.periods].map(f64::from);
    let base = ln_beta(alpha, beta) + ln_beta(gamma, delta);
    let mut terms = vec![ln_beta(alpha + x, beta + n - x) + ln_beta(gamma, delta + n) - base];
    for i in 0..it.periods - it.recency {
        let until = last + f64::from(i);
        let buying = ln_beta(alpha + x, beta + until - x);
        terms.push(buying + ln_beta(gamma + 1.0, delta + until) - base);
    }
    ln_sum_exp(&terms)
}

impl BgBb {
    /// P(alive in the period after the last), eq. (11).
    pub fn alive(&self, history: &Periods) -> f64 {
        self.ahead(history, 0.0, 1.0).exp()
    }

    /// Purchases expected in the next `periods`, eq. (13), summed period by period, which needs no case for
    /// γ = 1.
    pub fn expected(&self, history: &Periods, periods: u32) -> f64 {
        (1..=periods).map(|j| self.ahead(history, 1.0, f64::from(j)).exp()).sum()
    }

    /// ln P(alive in period n + j and, if `buys` is 1, buying there).
    fn ahead(&self, it: &Periods, buys: f64, j: f64) -> f64 {
        let [alpha, beta, gamma, delta] = self.parameters;
        let [x, n] = [it.frequency, it.periods].map(f64::from);
        ln_beta(alpha + x + buys, beta + n - x) - ln_beta(alpha, beta)
            + ln_beta(gamma, delta + n + j)
            - ln_beta(gamma, delta)
            - ln_one(it, &self.parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected counts of every history over four periods, so that the truth is the maximum.
    #[test]
    fn planted_parameters_are_recovered() {
        let truth = [1.2, 0.8, 0.7, 2.8];
        let mut histories = Vec::new();
        let ways = [
            [1.0, 0.0, 0.0, 0.0],
            [1.0, 1.0, 0.0, 0.0],
            [1.0, 2.0, 1.0, 0.0],
            [1.0, 3.0, 3.0, 1.0],
        ];
        let mut all = 0.0;
        for recency in 0..=4_u32 {
            for frequency in u32::from(recency > 0)..=recency {
                let mut it = Periods { frequency, recency, periods: 4, customers: 1.0 };
                // The last purchase is where it is; the others are anywhere before.
                let orders = if recency == 0 {
                    1.0
                } else {
                    ways[recency as usize - 1][frequency as usize - 1]
                };
                let share = orders * ln_one(&it, &truth).exp();
                all += share;
                it.customers = 10_000.0 * share;
                histories.push(it);
            }
        }
        assert!((all - 1.0).abs() < 1e-12, "the histories are all there are: {all}");
        let found = fit(&histories).expect("a fit");
        for i in 0..4 {
            assert!((found.parameters[i] / truth[i] - 1.0).abs() < 1e-3, "{found:?}");
        }
    }

    #[test]
    fn impossible_histories_have_no_fit() {
        let it = Periods { frequency: 3, recency: 2, periods: 6, customers: 1.0 };
        assert_eq!(fit(&[it]), None);
        assert_eq!(fit(&[Periods { frequency: 0, recency: 0, ..it }]), None);
    }
}
