//! Fitting a process to histories by maximum likelihood, and saying when that cannot be done.

use super::histories::Histories;
use super::process::{Parameters, Process};
use crate::maximise::{Maximum, Slope, Square, inverse, maximise};

/// A fitted process.
#[derive(Debug, Clone)]
pub struct Fit {
    /// Which.
    pub process: &'static dyn Process,
    /// Its parameters, all > 0.
    pub parameters: Parameters,
    /// Their standard errors from the observed information; `None` where the data do not determine them.
    pub standard_errors: Option<[f64; 4]>,
    /// At the maximum.
    pub log_likelihood: f64,
    /// Of the parameters' logarithms.
    pub(super) covariance: Option<Square<4>>,
    /// Parameters that the data push beyond every bound or leave open: places in `parameters`. What the fit
    /// expects is sound nevertheless, as the likelihood no longer changes with them.
    pub undetermined: Vec<usize>,
}

/// Why there is no fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Refusal {
    /// Nobody to learn from.
    NoCustomers,
    /// Every first purchase is on the last day.
    NoTime,
    /// Nobody has had a period after the one with the first purchase.
    NoPeriods,
    /// Too few came back to tell a slow customer from a lost one.
    FewRepeats {
        /// Customers with a repeat purchase.
        repeaters: u64,
        /// All customers.
        customers: u64,
    },
    /// The search ended at no maximum.
    NoMaximum,
}

/// Fewer customers who came back than this determine no four parameters.
pub const REPEATERS_MIN: f64 = 10.0;

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoCustomers => write!(f, "there are no customers"),
            Self::NoTime => write!(f, "every customer's first purchase is on the last day"),
            Self::NoPeriods => write!(
                f,
                "no customer has had a whole period after the first purchase's; take shorter periods"
            ),
            Self::FewRepeats { repeaters: 0, customers } => {
                write!(f, "none of {customers} customers ever came back")
            }
            Self::FewRepeats { repeaters, customers } => {
                write!(
                    f,
                    "only {repeaters} of {customers} customers came back, at least {REPEATERS_MIN} must"
                )
            }
            Self::NoMaximum => write!(f, "the likelihood has no maximum that a search could find"),
        }
    }
}

/// Logarithms of parameters are searched for in this range; beyond it a weak spring pulls back, so that a
/// likelihood that only levels off has an end.
pub(super) const LN_RANGE: (f64, f64) = (-7.0, 9.0);
const SPRING: f64 = 10.0;

/// Beyond this many groups the neighbourhood of the maximum is looked for in a part of them.
const GROUPS_THINNED: usize = 3000;

/// Maximum likelihood over the logarithms of the parameters, from several starts.
pub fn fit(process: &'static dyn Process, histories: &Histories) -> Result<Fit, Refusal> {
    let totals = histories.totals();
    if histories.customers() == 0 {
        return Err(Refusal::NoCustomers);
    }
    if totals.mean_age <= 0.0 {
        return Err(Refusal::NoTime);
    }
    if totals.repeaters < REPEATERS_MIN {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count that is below ten"
        )]
        let repeaters = totals.repeaters as u64;
        return Err(Refusal::FewRepeats { repeaters, customers: histories.customers() as u64 });
    }
    let ln = |at: Parameters| at.map(f64::ln);
    let mut starts: Vec<[f64; 4]> = process.starts(&totals).into_iter().map(ln).collect();
    if histories.groups() > 2 * GROUPS_THINNED {
        let thin = histories.thinned(GROUPS_THINNED);
        let found = maximise(&|at| penalised(process, &thin, at), &starts);
        starts = vec![found.ok_or(Refusal::NoMaximum)?.at];
    }
    let found = maximise(&|at| penalised(process, histories, at), &starts);
    let found = found.filter(|it| it.converged).ok_or(Refusal::NoMaximum)?;
    let Estimates { parameters, standard_errors, covariance, undetermined } = Estimates::of(&found);
    let log_likelihood = process.log_likelihood(histories, &parameters).0;
    Ok(Fit { process, parameters, standard_errors, log_likelihood, covariance, undetermined })
}

/// What a maximum over logarithms of four parameters says of them.
pub(super) struct Estimates {
    pub(super) parameters: Parameters,
    /// None where the data do not determine all of them.
    pub(super) standard_errors: Option<[f64; 4]>,
    /// Of the logarithms.
    pub(super) covariance: Option<Square<4>>,
    pub(super) undetermined: Vec<usize>,
}

impl Estimates {
    /// A parameter is undetermined at the ends of the range, or where its logarithm's standard error is above 2.
    pub(super) fn of(found: &Maximum<4>) -> Self {
        let parameters = found.at.map(f64::exp);
        let covariance = inverse(&found.information);
        let errors = covariance.map(|it| std::array::from_fn::<f64, 4, _>(|i| it[i][i].sqrt()));
        let outside = |at: f64| at <= LN_RANGE.0 + 1.0 || at >= LN_RANGE.1 - 1.0;
        let open = |i: usize| outside(found.at[i]) || errors.is_none_or(|it| it[i] > 2.0);
        let undetermined: Vec<usize> = (0..4).filter(|i| open(*i)).collect();
        let standard_errors = errors
            .filter(|_| undetermined.is_empty())
            .map(|it| std::array::from_fn(|i| it[i] * parameters[i]));
        Self { parameters, standard_errors, covariance, undetermined }
    }
}

/// The log-likelihood by logarithms of parameters, with the spring at the ends of the range.
fn penalised(process: &dyn Process, histories: &Histories, at: &[f64; 4]) -> Slope<4> {
    let parameters = at.map(f64::exp);
    let (mut value, mut slope) = process.log_likelihood(histories, &parameters);
    for i in 0..4 {
        let beyond = (at[i] - LN_RANGE.1).max(0.0) - (LN_RANGE.0 - at[i]).max(0.0);
        value -= 0.5 * SPRING * beyond * beyond;
        slope[i] = slope[i] * parameters[i] - SPRING * beyond;
    }
    (value, slope)
}

impl Fit {
    /// The names of the parameters that the data leave open.
    pub fn undetermined_names(&self) -> Vec<&'static str> {
        self.undetermined.iter().map(|i| self.process.parameters()[*i]).collect()
    }

    /// See [`spread`].
    pub(super) fn spread(&self) -> Vec<Parameters> {
        spread(&self.parameters, self.covariance.as_ref())
    }
}

/// Eight sets of parameters with the mean and covariance of the estimate, on logarithms (sigma points: Julier
/// and Uhlmann 1997, eq. 12 without the central point); one set where there is no covariance. No logarithm moves
/// by more than 2.
pub(super) fn spread(parameters: &Parameters, covariance: Option<&Square<4>>) -> Vec<Parameters> {
    let lower = covariance.and_then(crate::maximise::cholesky);
    let Some(lower) = lower else { return vec![*parameters] };
    let mut points = Vec::with_capacity(8);
    for column in 0..4 {
        for sign in [1.0, -1.0] {
            points.push(std::array::from_fn(|i| {
                let by = sign * 2.0 * lower[i][column];
                parameters[i] * by.clamp(-2.0, 2.0).exp()
            }));
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::super::planted;
    use super::super::process::{PROCESSES, process};
    use super::super::{Histories, History};
    use super::*;

    /// Planted truth: from 20,000 customers each parameter comes back within four standard errors, and the
    /// true process has the highest likelihood of the three.
    #[test]
    fn planted_parameters_are_recovered() {
        let plan = planted::Plan { customers: 20_000, weeks: 78.0, ahead: 1.0, seed: 11 };
        for truth in PROCESSES {
            let at = planted::parameters(truth.name());
            let (histories, _) = planted::customers(truth.name(), &at, &plan);
            let grouped = Histories::new(&histories);
            let fitted = fit(*truth, &grouped).expect("a fit");
            let errors = fitted.standard_errors.expect("determined");
            for i in 0..4 {
                let off = (fitted.parameters[i] - at[i]).abs() / errors[i];
                assert!(off < 4.0, "{}: {:?} +- {errors:?}", truth.name(), fitted.parameters);
            }
            for other in PROCESSES {
                let its = fit(*other, &grouped).expect("a fit");
                assert!(its.log_likelihood <= fitted.log_likelihood + 1e-6, "{}", other.name());
            }
        }
    }

    #[test]
    fn the_number_of_customers_in_a_group_counts() {
        let plan = planted::Plan { customers: 500, weeks: 52.0, ahead: 1.0, seed: 3 };
        let (once, _) = planted::customers("bg-nbd", &planted::parameters("bg-nbd"), &plan);
        let twice: Vec<History> = once.iter().chain(&once).copied().collect();
        let bg = process("bg-nbd").expect("known");
        let a = fit(bg, &Histories::new(&once)).expect("a fit");
        let b = fit(bg, &Histories::new(&twice)).expect("a fit");
        for i in 0..4 {
            assert!((a.parameters[i] / b.parameters[i] - 1.0).abs() < 1e-3, "{a:?} {b:?}");
        }
        assert!((2.0 * a.log_likelihood - b.log_likelihood).abs() < 1e-5);
    }

    #[test]
    fn what_cannot_be_fitted_is_refused_in_words() {
        let once = History { frequency: 0, recency: 0.0, age: 20.0 };
        let back = History { frequency: 1, recency: 5.0, age: 20.0 };
        let today = History { frequency: 0, recency: 0.0, age: 0.0 };
        let mut few = vec![once; 90];
        few.extend([back; 9]);
        for it in PROCESSES {
            let said = |all: &[History]| match fit(*it, &Histories::new(all)) {
                Ok(_) => "a fit".to_owned(),
                Err(refusal) => refusal.to_string(),
            };
            assert_eq!(said(&[]), "there are no customers");
            assert_eq!(said(&[once; 50]), "none of 50 customers ever came back");
            assert_eq!(said(&[today; 50]), "every customer's first purchase is on the last day");
            assert_eq!(said(&few), "only 9 of 99 customers came back, at least 10 must");
        }
    }

    /// Everybody buys each week to the end: nobody drops out and nobody differs. The parameters run away,
    /// what is expected does not.
    #[test]
    fn clockwork_leaves_parameters_open_and_expectations_sound() {
        let all = vec![History { frequency: 20, recency: 20.0, age: 20.5 }; 200];
        let histories = Histories::new(&all);
        for it in PROCESSES {
            let fitted = fit(*it, &histories).expect("a fit");
            assert!(!fitted.undetermined.is_empty(), "{fitted:?}");
            let alive = it.alive(&fitted.parameters, &all[0]);
            let ahead = it.expected_if_alive(&fitted.parameters, &all[0], 10.0);
            assert!((alive * ahead - 9.7).abs() < 0.5, "{}: {}", it.name(), alive * ahead);
        }
    }
}
