//! A process of buying and dropping out: what every model of repeat purchases must be able to say.

use super::beta_geometric::BetaGeometric;
use super::histories::Totals;
use super::pareto::ParetoNbd;
use super::{Histories, History};
use crate::maximise::Slope;

/// Four positive parameters of customers' differences; their names are [`Process::parameters`].
pub type Parameters = [f64; 4];

/// Purchases at random while alive, at a rate that differs between customers (gamma), and a silent end.
pub trait Process: Sync + std::fmt::Debug {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// The parameters' names, in the order of [`Parameters`]. The first two are always the shape r and the
    /// scale alpha (weeks) of the purchase rates.
    fn parameters(&self) -> [&'static str; 4];

    /// The log-likelihood of all histories and its gradient by the parameters.
    fn log_likelihood(&self, histories: &Histories, at: &Parameters) -> Slope<4>;

    /// Where a search for the maximum may begin.
    fn starts(&self, totals: &Totals) -> Vec<Parameters>;

    /// The probability, in 0..=1, that a customer with this history is alive at its end.
    fn alive(&self, at: &Parameters, history: &History) -> f64;

    /// Purchases expected in the `horizon` weeks after the end of the history by a customer who is alive
    /// there; finite, 0 or more.
    fn expected_if_alive(&self, at: &Parameters, history: &History, horizon: f64) -> f64;

    /// P(at least n purchases in the `horizon` weeks after) of a customer who is alive, for n = 1, 2, …,
    /// down to and with the first that is at most `least`.
    fn tail_if_alive(
        &self,
        at: &Parameters,
        history: &History,
        horizon: f64,
        least: f64,
    ) -> Vec<f64>;
}

/// Every process, in the order in which ties between them are broken.
pub const PROCESSES: &[&dyn Process] =
    &[&BetaGeometric::BG_NBD, &BetaGeometric::MBG_NBD, &ParetoNbd];

/// The process of a name.
pub fn process(name: &str) -> Option<&'static dyn Process> {
    PROCESSES.iter().copied().find(|it| it.name() == name)
}

/// No tail is followed beyond this many purchases.
pub(super) const PURCHASES_MAX: u32 = 20_000;

/// The rates of the histories as they stand, as starts for r and alpha: from customers who hardly differ
/// to customers who differ widely.
pub(super) fn rate_starts(totals: &Totals) -> Vec<(f64, f64)> {
    let weeks = (totals.mean_age).max(1e-3);
    let per_customer = (totals.repeats / totals.customers.max(1.0)).max(1e-3);
    [0.3, 1.0, 3.0].map(|r| (r, (r * weeks / per_customer).clamp(1e-2, 1e5))).to_vec()
}

/// Tails of the negative binomial: P(M >= n) for n = 1, 2, … of a Poisson count over `spell` weeks whose
/// rate is gamma with this shape and scale.
#[derive(Debug, Clone)]
pub(super) struct Arrivals {
    shape: f64,
    ln_step: f64,
    ln_pmf: f64,
    seen: f64,
    n: f64,
}

impl Arrivals {
    pub(super) fn new((shape, scale): (f64, f64), spell: f64) -> Self {
        let ln_step = (spell / (scale + spell)).ln();
        Self { shape, ln_step, ln_pmf: -(spell / scale).ln_1p() * shape, seen: 0.0, n: 0.0 }
    }
}

impl Iterator for Arrivals {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        self.seen += self.ln_pmf.exp();
        self.ln_pmf += ((self.shape + self.n) / (self.n + 1.0)).ln() + self.ln_step;
        self.n += 1.0;
        Some((1.0 - self.seen).max(0.0))
    }
}
