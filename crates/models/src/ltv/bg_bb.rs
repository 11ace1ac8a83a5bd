//! BG/BB: customers who may buy once in each of some periods (a yearly donation, a weekly shop visit).
//!
//! Fader, Hardie and Shang (2010), "Customer-Base Analysis in a Discrete-Time Noncontractual Setting", eq. (5),
//! (7), (11) and (13): while alive one buys in a period with a probability that is beta(α, β) over customers; one
//! is gone before a period with a probability that is beta(γ, δ).

use super::fit::{Estimates, LN_RANGE, REPEATERS_MIN, Refusal, spread};
use super::predictive::Outlook;
use super::process::Parameters;
use crate::maximise::{Slope, Square, maximise};
use crate::parallel;
use crate::special::{ln_gamma, ln_sum_exp};

/// Equal histories of customers over periods.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Periods {
    /// Periods with a purchase, x <= `recency`.
    pub frequency: u32,
    /// The last period with a purchase, t_x; 0 when there is none; <= `periods`.
    pub recency: u32,
    /// Periods in which one could buy, n: those after the one with the first purchase.
    pub periods: u32,
    /// How many customers have this history, > 0.
    pub customers: f64,
}

impl Periods {
    /// Why this is no history; `None` when it is one.
    pub fn fault(&self) -> Option<&'static str> {
        match *self {
            Self { recency, periods, .. } if recency > periods => Some(
                "the recency is beyond the periods: the last purchase lies after the observation",
            ),
            Self { frequency, recency, .. } if frequency > recency => Some(
                "the frequency is beyond the recency: a period counts once, however much was bought",
            ),
            Self { frequency: 0, recency, .. } if recency > 0 => {
                Some("there is a recency, but no repeat purchase (frequency 0)")
            }
            Self { customers, .. } if customers.is_nan() || customers <= 0.0 => {
                Some("the number of customers is not above zero")
            }
            _ => None,
        }
    }
}

/// α and β of buying, γ and δ of leaving.
#[derive(Debug, Clone, PartialEq)]
pub struct BgBb {
    /// α, β, γ, δ, all > 0.
    pub parameters: Parameters,
    /// `None` where the data do not determine them.
    pub standard_errors: Option<[f64; 4]>,
    /// At the maximum.
    pub log_likelihood: f64,
    /// Parameters that the data push beyond every bound or leave open: places in `parameters`.
    pub undetermined: Vec<usize>,
    /// Of the parameters' logarithms.
    covariance: Option<Square<4>>,
}

/// The parameters' names, in their order.
pub const PARAMETERS: [&str; 4] = ["alpha", "beta", "gamma", "delta"];

/// Maximum likelihood. Refused where fewer than ten customers came back or the likelihood has no maximum;
/// `NoMaximum` also where a history has a [fault](Periods::fault).
pub fn fit(histories: &[Periods]) -> Result<BgBb, Refusal> {
    let sum = |of: &dyn Fn(&Periods) -> bool| -> f64 {
        histories.iter().filter(|it| of(it)).map(|it| it.customers).sum()
    };
    let (customers, repeaters) = (sum(&|_| true), sum(&|it| it.frequency > 0));
    if customers <= 0.0 {
        return Err(Refusal::NoCustomers);
    }
    if histories.iter().any(|it| it.fault().is_some()) {
        return Err(Refusal::NoMaximum);
    }
    if histories.iter().all(|it| it.periods == 0) {
        return Err(Refusal::NoPeriods);
    }
    if repeaters < REPEATERS_MIN {
        return Err(Refusal::FewRepeats {
            repeaters: whole(repeaters),
            customers: whole(customers),
        });
    }
    let f = |at: &[f64; 4]| slope(histories, at);
    let starts = [[1.0, 1.0, 0.7, 2.5], [0.5, 1.5, 0.5, 5.0], [2.0, 2.0, 2.0, 8.0]];
    let found = maximise(&f, &starts.map(|it| it.map(f64::ln)));
    let found = found.filter(|it| it.converged).ok_or(Refusal::NoMaximum)?;
    let Estimates { parameters, standard_errors, covariance, undetermined } = Estimates::of(&found);
    let log_likelihood = log_likelihood(histories, &parameters);
    Ok(BgBb { parameters, standard_errors, log_likelihood, undetermined, covariance })
}

fn whole(count: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a sum of counts, from 0 on"
    )]
    let whole = count.round() as u64;
    whole
}

/// Of all customers; histories are worked on in their order.
fn log_likelihood(histories: &[Periods], at: &Parameters) -> f64 {
    let longest = histories.iter().map(|it| it.periods).max().unwrap_or(0);
    let tables = Tables::of(at, longest);
    parallel::each(histories, |it| it.customers * tables.ln_one(it)).into_iter().sum()
}

/// By logarithms of parameters; four central differences, as there are few different histories.
fn slope(histories: &[Periods], at: &[f64; 4]) -> Slope<4> {
    let value = |at: &[f64; 4]| {
        let beyond = |it: &f64| (it - LN_RANGE.1).max(0.0) - (LN_RANGE.0 - it).max(0.0);
        let beyond: f64 = at.iter().map(|it| beyond(it).powi(2)).sum();
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

/// Logarithms of the gamma function at a parameter plus 0, 1, 2, …: all that the betas are made of.
struct Tables {
    alpha: Vec<f64>,
    beta: Vec<f64>,
    both: Vec<f64>,
    delta: Vec<f64>,
    all: Vec<f64>,
    /// At γ and γ + 1.
    gamma: [f64; 2],
    base: f64,
}

impl Tables {
    /// For histories and horizons of up to `longest` periods together.
    fn of(&[alpha, beta, gamma, delta]: &Parameters, longest: u32) -> Self {
        let of = |from: f64| (0..=longest + 1).map(|i| ln_gamma(from + f64::from(i))).collect();
        let mut it = Self {
            alpha: of(alpha),
            beta: of(beta),
            both: of(alpha + beta),
            delta: of(delta),
            all: of(gamma + delta),
            gamma: [ln_gamma(gamma), ln_gamma(gamma + 1.0)],
            base: 0.0,
        };
        it.base = it.buying(0, 0) + it.stayed(0);
        it
    }

    /// ln B(α + bought, β + lived - bought).
    fn buying(&self, bought: u32, lived: u32) -> f64 {
        let [bought, lived] = [bought, lived].map(|it| it as usize);
        self.alpha[bought] + self.beta[lived - bought] - self.both[lived]
    }

    /// ln B(γ, δ + lived): alive after so many periods.
    fn stayed(&self, lived: u32) -> f64 {
        self.gamma[0] + self.delta[lived as usize] - self.all[lived as usize]
    }

    /// ln B(γ + 1, δ + lived): gone after so many.
    fn left(&self, lived: u32) -> f64 {
        self.gamma[1] + self.delta[lived as usize] - self.all[lived as usize + 1]
    }

    /// Eq. (5) for one customer: alive to the end, or gone after any of the periods since the last purchase.
    fn ln_one(&self, it: &Periods) -> f64 {
        let Periods { frequency: x, recency, periods, .. } = *it;
        let mut terms = vec![self.buying(x, periods) + self.stayed(periods) - self.base];
        terms.extend(
            (recency..periods).map(|lived| self.buying(x, lived) + self.left(lived) - self.base),
        );
        ln_sum_exp(&terms)
    }
}

/// A history under parameters, to look ahead from.
struct Given<'a> {
    tables: &'a Tables,
    history: &'a Periods,
    /// Of the history.
    ln_one: f64,
}

impl<'a> Given<'a> {
    fn of(tables: &'a Tables, history: &'a Periods) -> Self {
        Self { tables, history, ln_one: tables.ln_one(history) }
    }

    /// P(a future of so many more purchases in so many more periods, and then `end`), given the history.
    fn ahead(&self, (bought, lived): (u32, u32), end: f64) -> f64 {
        let Periods { frequency, periods, .. } = *self.history;
        let buying = self.tables.buying(frequency + bought, periods + lived);
        (buying + end - self.tables.base - self.ln_one).exp()
    }

    /// P(just so many purchases, 1 or more, in the next `periods`): the customer stays for all of them, or leaves
    /// after some; in each case the purchases are binomial. The sum that eq. (12) is the closed form of.
    fn exactly(&self, bought: u32, periods: u32) -> f64 {
        let n = self.history.periods;
        // ln of how many ways there are to place the purchases in the periods lived.
        let mut ways = 0.0_f64;
        let mut sum = 0.0;
        for lived in bought..=periods {
            if lived > bought {
                ways += (f64::from(lived) / f64::from(lived - bought)).ln();
            }
            let stays = lived == periods;
            let tables = self.tables;
            let end = if stays { tables.stayed(n + lived) } else { tables.left(n + lived) };
            sum += self.ahead((bought, lived), end + ways);
        }
        sum
    }
}

impl BgBb {
    /// The names of the parameters that the data leave open.
    pub fn undetermined_names(&self) -> Vec<&'static str> {
        self.undetermined.iter().map(|i| PARAMETERS[*i]).collect()
    }

    /// P(alive in the period after the last), eq. (11).
    pub fn alive(&self, history: &Periods) -> f64 {
        let tables = Tables::of(&self.parameters, history.periods + 1);
        Given::of(&tables, history).ahead((0, 0), tables.stayed(history.periods + 1))
    }

    /// Purchases expected in the next `periods`, eq. (13), summed period by period, which needs no case for
    /// γ = 1.
    pub fn expected(&self, history: &Periods, periods: u32) -> f64 {
        let tables = Tables::of(&self.parameters, history.periods + periods);
        let given = Given::of(&tables, history);
        let bought = |j: u32| given.ahead((1, 1), tables.stayed(history.periods + j));
        (1..=periods).map(bought).sum()
    }

    /// What lies ahead of the customers of a history in the next `periods`: P(alive in the period after the last),
    /// expected purchases, and the distribution of their number, with the parameters' uncertainty (eight sigma
    /// points with the covariance of the estimate).
    pub fn outlook(&self, history: &Periods, periods: u32) -> Outlook {
        let points = spread(&self.parameters, self.covariance.as_ref());
        let mut tail = vec![0.0; periods as usize];
        for point in &points {
            let tables = Tables::of(point, history.periods + periods);
            let given = Given::of(&tables, history);
            let mut beyond = 0.0;
            for bought in (1..=periods).rev() {
                beyond += given.exactly(bought, periods);
                tail[bought as usize - 1] += beyond / points.len() as f64;
            }
        }
        let (alive, expected) = (self.alive(history), self.expected(history, periods));
        Outlook { alive, expected, tail }
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
                let share = orders * Tables::of(&truth, 4).ln_one(&it).exp();
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

    /// One customer's chances by adding up every life and every pattern of purchases for a grid of p and θ,
    /// with β = δ = 1 so that the densities are powers.
    #[test]
    fn an_outlook_is_that_of_every_life_added_up() {
        let fitted = BgBb {
            parameters: [2.0, 1.0, 3.0, 1.0],
            standard_errors: None,
            log_likelihood: 0.0,
            undetermined: Vec::new(),
            covariance: None,
        };
        let history = Periods { frequency: 2, recency: 3, periods: 5, customers: 1.0 };
        let (ahead, steps) = (3_i32, 1000_i32);
        let at = |i: i32| (f64::from(i) + 0.5) / f64::from(steps);
        // Density of p: 2 p; of θ: 3 θ².
        let moments = |k: i32, q: i32| -> f64 {
            (0..steps).map(|i| 2.0 * at(i).powi(1 + k) * (1.0 - at(i)).powi(q)).sum()
        };
        let lives = |gone: bool, lived: i32| -> f64 {
            let leaving = |theta: f64| if gone { theta } else { 1.0 };
            (0..steps)
                .map(|i| 3.0 * at(i).powi(2) * leaving(at(i)) * (1.0 - at(i)).powi(lived))
                .sum()
        };
        let past =
            [3, 4].map(|lived| moments(2, lived - 2) * lives(true, lived)).iter().sum::<f64>();
        let all = past + moments(2, 3) * lives(false, 5);
        let choose =
            |n: i32, k: i32| (1..=k).fold(1.0, |c, i| c * f64::from(n - k + i) / f64::from(i));
        let chance = |k: i32| -> f64 {
            let life = |lived: i32, gone: bool| {
                choose(lived, k) * moments(2 + k, 3 + lived - k) * lives(gone, 5 + lived)
            };
            ((k..ahead).map(|lived| life(lived, true)).sum::<f64>() + life(ahead, false)) / all
        };
        let outlook = fitted.outlook(&history, 3);
        let alive = moments(2, 3) * lives(false, 6) / all;
        assert!((outlook.alive - alive).abs() < 1e-5, "{outlook:?} {alive}");
        let mut tail = 0.0;
        for k in (1..=3).rev() {
            tail += chance(k);
            let found = outlook.tail[usize::try_from(k).expect("few") - 1];
            assert!((found - tail).abs() < 1e-5, "{k}: {found} {tail}");
        }
        // A sum of tails is a mean.
        assert!((outlook.tail.iter().sum::<f64>() - outlook.expected).abs() < 1e-9, "{outlook:?}");
    }

    #[test]
    fn what_cannot_be_fitted_is_refused() {
        let it = Periods { frequency: 3, recency: 2, periods: 6, customers: 100.0 };
        assert_eq!(fit(&[it]), Err(Refusal::NoMaximum));
        assert!(it.fault().is_some_and(|fault| fault.contains("counts once")));
        let never = Periods { frequency: 0, recency: 0, ..it };
        assert_eq!(fit(&[never]), Err(Refusal::FewRepeats { repeaters: 0, customers: 100 }));
        assert_eq!(fit(&[Periods { periods: 0, ..never }]), Err(Refusal::NoPeriods));
        assert_eq!(fit(&[]), Err(Refusal::NoCustomers));
    }

    /// Everybody buys in every period: nobody leaves and nobody differs. The parameters run away, what is expected
    /// does not.
    #[test]
    fn clockwork_leaves_parameters_open() {
        let it = Periods { frequency: 12, recency: 12, periods: 12, customers: 300.0 };
        let fitted = fit(&[it]).expect("a fit");
        assert!(!fitted.undetermined.is_empty() && fitted.standard_errors.is_none(), "{fitted:?}");
        assert!((fitted.expected(&it, 4) - 4.0).abs() < 0.1, "{}", fitted.expected(&it, 4));
    }
}
