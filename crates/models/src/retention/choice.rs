//! Which curve is believed.

use super::curve::{CURVES, Curve, Fitted, fit};
use super::{Risks, kaplan_meier};

/// A curve that was tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Fitted to all periods.
    pub fitted: Fitted,
    /// Akaike's criterion on all periods; less is better.
    pub aic: f64,
    /// Root mean squared error of survival in the last third of the periods, projected from those before;
    /// `None` with fewer than six periods.
    pub held_out_error: Option<f64>,
    /// How the curve misses what was observed, if it does.
    pub fault: Option<Fault>,
}

/// A curve that does not fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fault {
    /// The period after which it is furthest off.
    pub period: u32,
    /// Fitted less observed survival there.
    pub off: f64,
}

/// A curve further off than this somewhere, beyond what chance explains, is not the curve.
const OFF_MAX: f64 = 0.05;

/// Fits the curves asked for, the most believable first: those without a fault by their held-out error, by
/// Akaike's criterion where there are too few periods to hold out; then the others. Periods with fewer than two
/// at risk say nothing about a projection and are not held out.
pub fn choose(risks: &Risks, curves: &[Curve]) -> Vec<Choice> {
    let told = risks.at_risk.iter().take_while(|it| **it >= 2.0).count();
    let cut = told - told / 3;
    let mut tried: Vec<Choice> = curves
        .iter()
        .filter_map(|curve| {
            let fitted = fit(*curve, risks)?;
            let aic = 2.0 * (fitted.named().len() as f64 - fitted.log_likelihood);
            let held_out_error =
                if told >= 6 { held_out_error(*curve, risks, (cut, told)) } else { None };
            let fault = fault(&fitted, risks);
            Some(Choice { fitted, aic, held_out_error, fault })
        })
        .collect();
    let held_out = tried.iter().all(|it| it.held_out_error.is_some());
    let key = |it: &Choice| if held_out { it.held_out_error.unwrap_or(f64::MAX) } else { it.aic };
    tried.sort_by(|a, b| a.fault.is_some().cmp(&b.fault.is_some()).then(key(a).total_cmp(&key(b))));
    tried
}

fn held_out_error(curve: Curve, risks: &Risks, (cut, told): (usize, usize)) -> Option<f64> {
    let part = fit(curve, &risks.first(cut))?;
    let observed = kaplan_meier(risks, 0.8);
    let later = observed.get(cut + 1..=told)?;
    let squared = |it: &super::Survival| (part.survival(it.period, 0.8).share - it.share).powi(2);
    Some((later.iter().map(squared).sum::<f64>() / later.len() as f64).sqrt())
}

/// Where a curve is off by more than `OFF_MAX` and by more than three standard errors of what was observed.
fn fault(fitted: &Fitted, risks: &Risks) -> Option<Fault> {
    let three = 2.0 * crate::special::normal_cdf(3.0) - 1.0;
    let misses = kaplan_meier(risks, three).into_iter().filter_map(|it| {
        let share = fitted.survival(it.period, 0.8).share;
        let off = share - it.share;
        let beyond = share < it.lower || share > it.upper;
        (beyond && off.abs() > OFF_MAX).then_some(Fault { period: it.period, off })
    });
    misses.max_by(|a, b| a.off.abs().total_cmp(&b.off.abs()))
}

impl Curve {
    /// The family of a name.
    pub fn named(name: &str) -> Option<Self> {
        CURVES.iter().copied().find(|it| it.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_that_ages_is_told_from_one_that_does_not() {
        // Nobody leaves at first, then all of a sudden many: c > 1.
        let ages: Vec<f64> = (0..9).map(|t| 5e3 * (-0.01 * f64::from(t).powi(2)).exp()).collect();
        let risks = Risks::of_survivors(&ages).expect("sound");
        let found = choose(&risks, CURVES);
        assert_eq!(found[0].fitted.curve.name, "bdw", "{found:?}");
        assert!(found[0].held_out_error < found[1].held_out_error);
    }

    #[test]
    fn a_cliff_at_the_end_of_a_contract_is_a_fault() {
        let mut alive = vec![1000.0; 12];
        alive.extend([400.0; 6]);
        let found = choose(&Risks::of_survivors(&alive).expect("sound"), CURVES);
        assert!(found.iter().all(|it| it.fault.is_some()), "{found:?}");
    }
}
