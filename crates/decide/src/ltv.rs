//! What a customer is expected to be worth when it is left as it is (S84).
//!
//! ```text
//! LTV(T) = sum over t = 1..T of M * S(t) / (1 + d)^(t / 12)
//! ```
//!
//! | here | formula | unit | range |
//! |---|---|---|---|
//! | `monthly_margin_minor` | M | minor units a month, at today's level | more than 0 |
//! | survival of the churn model | S(t) | probability | 0..=1 |
//! | `value.discount` | d | share a year | 0.. |
//! | `value.horizon_months` | T at most | months | 1.. |
//!
//! Within the outcome window S falls evenly to one less the chance to leave; after it S goes on as
//! [`alive_after`](crate::facts::AccountFacts::alive_after) says. The range comes from the 80 % range of that chance; the
//! margin is taken as it is. Nothing is said of an account without a margin or without a chance to leave. Source: Gupta,
//! Lehmann and Stuart (2004), "Valuing Customers", eq. (1), with a survival curve in the place of a constant retention.

use crate::look::Look;

/// Mean days of a month.
const MONTH_DAYS: f64 = 365.25 / 12.0;

/// Cumulative discounted margin by the end of each month ahead, minor units.
#[derive(Debug, Clone, PartialEq)]
pub struct Worth {
    /// Lower end of the 80 % range, mean, upper end.
    pub months: Vec<[f64; 3]>,
}

/// The worth of an account over the policy's horizon.
pub fn worth(look: &Look) -> Option<Worth> {
    let (facts, policy) = (look.facts, &look.policy.value);
    let churn = facts.churn?;
    let margin = facts.monthly_margin_minor;
    if !(margin.is_finite() && margin > 0.0) {
        return None;
    }
    let (least, most) = churn.share_80();
    let leaves = [most, churn.mean.clamp(0.0, 1.0), least];
    let window = (f64::from(policy.outcome_window_days) / MONTH_DAYS).round().max(1.0);
    let mut sums = [0.0; 3];
    let months = (1..=policy.horizon_months).map(|month| {
        let at = f64::from(month);
        let discounted = margin * (1.0 + policy.discount).powf(-at / 12.0);
        for (sum, leaves) in sums.iter_mut().zip(leaves) {
            *sum += discounted * alive(1.0 - leaves, (at, window), &facts.alive_after);
        }
        sums
    });
    Some(Worth { months: months.collect() })
}

/// The share still there after so many months, of whom `stays` are there at the window's end.
fn alive(stays: f64, (at, window): (f64, f64), alive_after: &[f64]) -> f64 {
    if at <= window {
        return stays.powf(at / window);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few months")]
    let after = (at - window).round() as usize;
    let told = |place: usize| alive_after.get(place).map(|share| share.clamp(0.0, 1.0));
    let last = alive_after.len();
    let share = told(after - 1).unwrap_or_else(|| {
        // What is not told goes on as in the last month that is.
        let Some(end) = last.checked_sub(1).and_then(told) else { return 1.0 };
        let before = last.checked_sub(2).and_then(told).unwrap_or(1.0);
        let pace = if before > 0.0 { (end / before).min(1.0) } else { 0.0 };
        end * pace.powi(i32::try_from(after - last).unwrap_or(i32::MAX))
    });
    stays * share
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::Example;
    use domain::probability::Estimate;

    /// Cumulative margin after a month, at the end of the window, at the end.
    fn worth_of(churn: f64, alive_after: &[f64], discount: f64) -> [f64; 3] {
        let mut example = Example::company();
        example.facts.churn = Some(Estimate::known(churn));
        example.facts.alive_after = alive_after.to_vec();
        example.facts.monthly_margin_minor = 100.0;
        example.policy.value.discount = discount;
        let worth = worth(&example.look()).expect("a worth");
        [0, 5, 23].map(|month: usize| worth.months[month][1])
    }

    #[test]
    fn s84_who_stays_is_worth_its_margin() {
        let all = worth_of(0.0, &[], 0.0);
        assert!(all.iter().zip([100.0, 600.0, 2_400.0]).all(|(is, of)| (is - of).abs() < 1e-9));
    }

    #[test]
    fn s84_a_month_ahead_is_worth_less() {
        // 100 / 1.21^(1/12), and the sum of a geometric series over two years.
        let [first, _, all] = worth_of(0.0, &[], 0.21);
        let q = 1.21_f64.powf(-1.0 / 12.0);
        assert!((first - 100.0 * q).abs() < 1e-9);
        assert!((all - 100.0 * q * (1.0 - q.powi(24)) / (1.0 - q)).abs() < 1e-6);
    }

    #[test]
    fn s84_who_leaves_is_worth_what_came_before() {
        // Half are gone at the end of six months, evenly; afterwards a tenth of the rest goes each month.
        let after: Vec<f64> = (1..=3).map(|month| 0.9_f64.powi(month)).collect();
        let [first, window, all] = worth_of(0.5, &after, 0.0);
        let q = 0.5_f64.powf(1.0 / 6.0);
        assert!((first - 100.0 * q).abs() < 1e-9);
        assert!((window - 100.0 * q * (1.0 - q.powi(6)) / (1.0 - q)).abs() < 1e-9);
        let rest: f64 = (1..=18).map(|month| 50.0 * 0.9_f64.powi(month)).sum();
        assert!((all - window - rest).abs() < 1e-6, "it goes on as in the last month told");
        assert!(worth_of(1.0, &[], 0.0).iter().all(|sum| sum.abs() < 1e-9));
    }

    #[test]
    fn s84_the_range_holds_the_mean() {
        let mut example = Example::company();
        example.facts.churn = Some(Estimate::prior(0.2, 0.1));
        let worth = worth(&example.look()).expect("a worth");
        assert!(worth.months.iter().all(|[low, mean, high]| low < mean && mean < high));
        assert!(worth.months.windows(2).all(|pair| pair[0][1] < pair[1][1]));
    }

    #[test]
    fn s84_without_margin_or_chance_nothing_is_said() {
        let mut example = Example::company();
        example.facts.monthly_margin_minor = 0.0;
        assert_eq!(worth(&example.look()), None);
        let mut example = Example::company();
        example.facts.churn = None;
        assert_eq!(worth(&example.look()), None);
    }
}
