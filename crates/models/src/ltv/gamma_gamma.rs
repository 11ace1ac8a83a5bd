//! What a customer spends each time: Gamma-Gamma.
//!
//! Fader and Hardie (2013), "The Gamma-Gamma Model of Monetary Value", eq. (1a), (3) and (5): a purchase's
//! amount is gamma(p, ν) for a customer, ν is gamma(q, γ) over customers, and neither has to do with how
//! often one buys.

use crate::maximise::{Slope, inverse, maximise};
use crate::special::{digamma, ln_gamma};

/// The mean amount of some purchases of one customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spend {
    /// How many purchases the mean is of, x >= 1.
    pub purchases: u32,
    /// Mean amount a purchase, in any one currency, > 0.
    pub mean: f64,
}

/// A fitted model of amounts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GammaGamma {
    /// Shape p of a customer's amounts: the greater, the more alike they are.
    pub p: f64,
    /// Shape q of the customers' rates: the greater, the more alike customers are.
    pub q: f64,
    /// Scale γ, in the unit of the amounts.
    pub gamma: f64,
    /// Of p, q and γ; `None` where the data do not determine them.
    pub standard_errors: Option<[f64; 3]>,
    /// At the maximum.
    pub log_likelihood: f64,
}

/// What is known of one customer's amounts: beta-prime, as a compound of gammas.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wallet {
    /// Shape of an amount.
    pub p: f64,
    /// Shape of the customer's rate.
    pub q: f64,
    /// Scale, in the unit of the amounts.
    pub gamma: f64,
}

/// Why there is no model of amounts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Refusal {
    /// Fewer than ten customers with an amount that counts.
    FewSpenders(u64),
    /// Every customer's mean is this same amount: there is nothing to model, and nothing unsure.
    Constant(f64),
    /// q <= 1: the mean over all customers is infinite.
    NoMean,
    /// The search ended at no maximum.
    NoMaximum,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::FewSpenders(n) => {
                write!(
                    f,
                    "only {n} customers have repeat purchases with an amount above 0, at least 10 must"
                )
            }
            Self::Constant(amount) => write!(f, "every purchase costs the same, {amount}"),
            Self::NoMean => write!(
                f,
                "a few customers spend so much more than the others that no mean is defined (q <= 1); look \
                 for a wrong unit, or take the greatest customers out"
            ),
            Self::NoMaximum => write!(f, "the likelihood of the amounts has no maximum"),
        }
    }
}

/// Logarithms of the parameters are searched for in this range, with amounts in units of their mean.
const LN_RANGE: (f64, f64) = (-7.0, 9.0);
const SPRING: f64 = 10.0;

/// Maximum likelihood over the logarithms of p, q and γ. Spends without a purchase or with a mean that is
/// not above 0 are for the caller to leave out; here they count as not given.
pub fn fit(spends: &[Spend]) -> Result<GammaGamma, Refusal> {
    let sound = |it: &&Spend| it.purchases > 0 && it.mean > 0.0 && it.mean.is_finite();
    let spends: Vec<Spend> = spends.iter().filter(sound).copied().collect();
    if spends.len() < 10 {
        return Err(Refusal::FewSpenders(spends.len() as u64));
    }
    let n = spends.len() as f64;
    let unit = spends.iter().map(|it| it.mean).sum::<f64>() / n;
    let differs = |it: &Spend| (it.mean / unit - 1.0).abs() > 1e-9;
    if !spends.iter().any(differs) {
        return Err(Refusal::Constant(unit));
    }
    let table = Table::new(&spends, unit);
    let starts = [[6.0, 4.0, 0.5], [1.5, 3.0, 1.3], [20.0, 20.0, 1.0], [1.0, 1.5, 0.5]];
    let found = maximise(&|at: &[f64; 3]| table.penalised(at), &starts.map(|it| it.map(f64::ln)));
    let found = found.filter(|it| it.converged).ok_or(Refusal::NoMaximum)?;
    let [p, q, gamma] = found.at.map(f64::exp);
    if q <= 1.0 {
        return Err(Refusal::NoMean);
    }
    let scale = [p, q, gamma * unit];
    let inside = found.at.iter().all(|it| *it > LN_RANGE.0 + 1.0 && *it < LN_RANGE.1 - 1.0);
    let standard_errors = inverse(&found.information)
        .map(|it| std::array::from_fn::<f64, 3, _>(|i| it[i][i].sqrt()))
        .filter(|errors| inside && errors.iter().all(|it| *it < 2.0))
        .map(|errors| std::array::from_fn(|i| errors[i] * scale[i]));
    let log_likelihood = found.value - n * unit.ln();
    Ok(GammaGamma { p, q, gamma: gamma * unit, standard_errors, log_likelihood })
}

/// Spends with what does not change with the parameters, and the different numbers of purchases.
struct Table {
    /// x, z in units of the mean, the place of x.
    rows: Vec<(f64, f64, usize)>,
    purchases: Vec<f64>,
    /// Σ (x ln x), Σ (x ln z), Σ ln z, Σ x.
    sums: [f64; 4],
}

impl Table {
    fn new(spends: &[Spend], unit: f64) -> Self {
        let mut purchases: Vec<u32> = spends.iter().map(|it| it.purchases).collect();
        purchases.sort_unstable();
        purchases.dedup();
        let row = |it: &Spend| {
            let place = purchases.partition_point(|n| *n < it.purchases);
            (f64::from(it.purchases), it.mean / unit, place)
        };
        let rows: Vec<_> = spends.iter().map(row).collect();
        let mut sums = [0.0; 4];
        for (x, z, _) in &rows {
            let parts = [x * x.ln(), x * z.ln(), z.ln(), *x];
            sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
        }
        Self { rows, purchases: purchases.into_iter().map(f64::from).collect(), sums }
    }

    /// Eq. (1a) summed: ln Γ(px+q) - ln Γ(px) - ln Γ(q) + q ln γ + (px-1) ln z + px ln x - (px+q) ln(γ+xz).
    fn log_likelihood(&self, [p, q, gamma]: [f64; 3]) -> Slope<3> {
        let customers = self.rows.len() as f64;
        let of_purchases: Vec<[f64; 3]> = self
            .purchases
            .iter()
            .map(|x| {
                let (px, both) = (p * x, p * x + q);
                [ln_gamma(both) - ln_gamma(px), digamma(both), digamma(px)]
            })
            .collect();
        let [x_ln_x, x_ln_z, ln_z, _] = self.sums;
        let mut value = customers * (q * gamma.ln() - ln_gamma(q)) + p * (x_ln_z + x_ln_x) - ln_z;
        let mut slope =
            [x_ln_z + x_ln_x, customers * (gamma.ln() - digamma(q)), customers * q / gamma];
        for (x, z, place) in &self.rows {
            let [ln_ratio, psi_both, psi_px] = of_purchases[*place];
            let total = gamma + x * z;
            let ln_total = total.ln();
            value += ln_ratio - (p * x + q) * ln_total;
            slope[0] += x * (psi_both - psi_px - ln_total);
            slope[1] += psi_both - ln_total;
            slope[2] -= (p * x + q) / total;
        }
        (value, slope)
    }

    fn penalised(&self, at: &[f64; 3]) -> Slope<3> {
        let parameters = at.map(f64::exp);
        let (mut value, mut slope) = self.log_likelihood(parameters);
        for i in 0..3 {
            let beyond = (at[i] - LN_RANGE.1).max(0.0) - (LN_RANGE.0 - at[i]).max(0.0);
            value -= 0.5 * SPRING * beyond * beyond;
            slope[i] = slope[i] * parameters[i] - SPRING * beyond;
        }
        (value, slope)
    }
}

impl GammaGamma {
    /// What is known of a customer's amounts after these purchases; `None`: a customer like any other.
    pub fn wallet(&self, spend: Option<Spend>) -> Wallet {
        let sound = |it: &Spend| it.purchases > 0 && it.mean > 0.0 && it.mean.is_finite();
        let (x, total) = spend
            .filter(sound)
            .map_or((0.0, 0.0), |it| (f64::from(it.purchases), f64::from(it.purchases) * it.mean));
        Wallet { p: self.p, q: self.q + self.p * x, gamma: self.gamma + total }
    }
}

impl Wallet {
    /// The expected amount of a purchase: Fader and Hardie (2013), eq. (5).
    pub fn mean(&self) -> f64 {
        self.p * self.gamma / (self.q - 1.0)
    }

    /// P(all of `n` >= 1 purchases cost at most `amount` together): their sum over γ is beta-prime(pn, q).
    pub fn at_most(&self, amount: f64, n: f64) -> f64 {
        if amount <= 0.0 {
            return 0.0;
        }
        let share = (amount / (amount + self.gamma)).min(1.0);
        statrs::function::beta::checked_beta_reg(self.p * n, self.q, share).unwrap_or(1.0)
    }
}

/// Pearson's correlation of the number of purchases and their mean amount, which the model takes to be 0, and
/// its two-sided p-value by Fisher's z; `None` for fewer than four customers or where one does not vary.
pub fn correlation(spends: &[Spend]) -> Option<(f64, f64)> {
    let n = spends.len() as f64;
    let mean = |of: fn(&Spend) -> f64| spends.iter().map(of).sum::<f64>() / n;
    let (x_mean, z_mean) = (mean(|it| f64::from(it.purchases)), mean(|it| it.mean));
    let (mut xx, mut zz, mut xz) = (0.0, 0.0, 0.0);
    for it in spends {
        let (dx, dz) = (f64::from(it.purchases) - x_mean, it.mean - z_mean);
        xx += dx * dx;
        zz += dz * dz;
        xz += dx * dz;
    }
    if n < 4.0 || xx <= 0.0 || zz <= 0.0 {
        return None;
    }
    let r = (xz / (xx * zz).sqrt()).clamp(-1.0 + 1e-12, 1.0 - 1e-12);
    let z = r.atanh() * (n - 3.0).sqrt();
    Some((r, 2.0 * crate::special::normal_cdf(-z.abs())))
}

#[cfg(test)]
mod tests {
    use super::super::planted::Draws;
    use super::*;

    fn planted(customers: usize, [p, q, gamma]: [f64; 3]) -> Vec<Spend> {
        let mut draws = Draws::new(5);
        let mut one = |_| {
            let rate = draws.gamma(q, gamma);
            let purchases = 1.0 + (-(draws.uniform().ln()) * 2.0).floor().min(30.0);
            let total = draws.gamma(p * purchases, rate);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1..=31")]
            let count = purchases as u32;
            Spend { purchases: count, mean: total / purchases }
        };
        (0..customers).map(&mut one).collect()
    }

    #[test]
    fn planted_parameters_are_recovered() {
        for truth in [[6.0, 4.0, 15.0], [1.2, 2.5, 9000.0], [30.0, 12.0, 0.004]] {
            let found = fit(&planted(20_000, truth)).expect("a fit");
            let errors = found.standard_errors.expect("determined");
            for (i, value) in [found.p, found.q, found.gamma].into_iter().enumerate() {
                assert!((value - truth[i]).abs() < 4.0 * errors[i], "{truth:?} {found:?}");
            }
        }
    }

    #[test]
    fn the_gradient_is_the_slope() {
        let spends = planted(50, [2.0, 3.0, 10.0]);
        let table = Table::new(&spends, 1.0);
        let (_, slope) = table.log_likelihood([2.0, 3.0, 10.0]);
        for i in 0..3 {
            let beside = |by: f64| {
                let mut at = [2.0, 3.0, 10.0];
                at[i] += by;
                table.log_likelihood(at).0
            };
            let numeric = (beside(1e-5) - beside(-1e-5)) / 2e-5;
            assert!((slope[i] - numeric).abs() < 1e-5, "{i}: {} {numeric}", slope[i]);
        }
    }

    #[test]
    fn amounts_in_another_unit_are_the_same_amounts() {
        let spends = planted(500, [2.0, 3.0, 10.0]);
        let yen: Vec<Spend> =
            spends.iter().map(|it| Spend { mean: it.mean * 150.0, ..*it }).collect();
        let (a, b) = (fit(&spends).expect("a fit"), fit(&yen).expect("a fit"));
        assert!((a.p / b.p - 1.0).abs() < 1e-6 && (b.gamma / a.gamma / 150.0 - 1.0).abs() < 1e-6);
        assert!((a.log_likelihood - 500.0 * 150.0_f64.ln() - b.log_likelihood).abs() < 1e-6);
    }

    #[test]
    fn what_has_no_model_is_said() {
        let same = vec![Spend { purchases: 2, mean: 9.8 }; 30];
        assert!(matches!(fit(&same), Err(Refusal::Constant(it)) if (it - 9.8).abs() < 1e-9));
        assert_eq!(fit(&same[..9]), Err(Refusal::FewSpenders(9)));
        let free = vec![Spend { purchases: 2, mean: 0.0 }; 30];
        assert_eq!(fit(&free), Err(Refusal::FewSpenders(0)));
        // Quantiles of a Pareto distribution of index 1/2, which has no mean.
        let quantile = |i: i32| 5.0 * (1.0 - (f64::from(i) + 0.5) / 200.0).powi(-2);
        let wild: Vec<Spend> =
            (0..200).map(|i| Spend { purchases: 1, mean: quantile(i) }).collect();
        assert_eq!(fit(&wild), Err(Refusal::NoMean));
    }

    #[test]
    fn what_one_buys_pulls_the_mean_towards_it() {
        let model =
            GammaGamma { p: 6.0, q: 4.0, gamma: 15.0, standard_errors: None, log_likelihood: 0.0 };
        let of = |mean| model.wallet(Some(Spend { purchases: 3, mean })).mean();
        assert!((model.wallet(None).mean() - 30.0).abs() < 1e-12);
        assert!(of(10.0) < 15.0 && of(10.0) > 10.0 && of(100.0) > 80.0 && of(100.0) < 100.0);
    }
}
