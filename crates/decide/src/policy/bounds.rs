//! Bounds that a policy keeps beside the ranges of its single keys: what a rule needs to be able to fire, and what
//! one key says of another.

use super::Policy;

/// A bound: the key that is named when it does not hold, whether it holds, and what the key must be.
pub(super) type Bound = (&'static str, bool, &'static str);

/// Every bound.
pub(super) fn all(policy: &Policy) -> Vec<Bound> {
    let mut bounds = single(policy);
    bounds.extend(between(policy));
    bounds
}

fn single(policy: &Policy) -> Vec<Bound> {
    let (rules, guards) = (&policy.rules, &policy.guards);
    let not_negative = |x: f64| x.is_finite() && x >= 0.0;
    vec![
        ("limits.days", policy.limits.days <= 3_650, "1 to 3650"),
        ("value.outcome_window_days", policy.value.outcome_window_days <= 3_650, "1 to 3650"),
        ("hours.per_rep_week", policy.hours.per_rep_week <= 168.0, "0 to 168, the hours of a week"),
        (
            "candidates.under_use",
            (0.0..=1.0).contains(&policy.candidates.under_use),
            "between 0 and 1",
        ),
        (
            "candidates.terms_months",
            policy.candidates.terms_months.iter().all(|months| *months <= 120),
            "1 to 120",
        ),
        (
            "rules.limit_near.crossing_days",
            (0..=3_650).contains(&rules.limit_near.crossing_days),
            "0 to 3650",
        ),
        (
            "rules.referral.promoter_min",
            (9..=10).contains(&rules.referral.promoter_min),
            "9 or 10: who answered with less is no promoter",
        ),
        (
            "rules.referral.success_days",
            (0..=3_650).contains(&rules.referral.success_days),
            "0 to 3650",
        ),
        ("rules.referral.rest_days", (0..=3_650).contains(&rules.referral.rest_days), "0 to 3650"),
        (
            "rules.referral.rise",
            rules.referral.rise.is_finite() && rules.referral.rise > 0.0,
            "more than 0",
        ),
        ("rules.renewal.open_days", (0..=3_650).contains(&rules.renewal.open_days), "0 to 3650"),
        ("rules.renewal.start_by_days", rules.renewal.start_by_days >= 0, "0 or more"),
        ("rules.dormant.days", rules.dormant.days > 0, "more than 0"),
        (
            "rules.cadence.min_orders",
            rules.cadence.min_orders >= 2,
            "2 or more: one order has no rhythm",
        ),
        ("rules.cadence.overdue_gaps", not_negative(rules.cadence.overdue_gaps), "0 or more"),
        ("rules.open_deal.stalled_days", rules.open_deal.stalled_days >= 0, "0 or more"),
        ("guards.loyalty.detractor_max", guards.loyalty.detractor_max <= 10, "0 to 10"),
        ("guards.cool_down.days", guards.cool_down.days > 0, "more than 0"),
    ]
}

fn between(policy: &Policy) -> Vec<Bound> {
    let health = &policy.health.weights;
    let weights = [
        health.usage,
        health.trend,
        health.nps,
        health.tickets,
        health.contact,
        health.contract,
        health.spend,
        health.orders,
    ];
    vec![
        (
            "priors.churn.mean",
            policy.priors.churn.mean < 1.0,
            "less than 1: with 1 no customer would be left to plan for",
        ),
        (
            "rules.limit_near.rearm_days",
            rules_rearm(policy),
            "at most 3650 together with rules.limit_near.crossing_days",
        ),
        (
            "health.weights.usage",
            weights.iter().sum::<f64>() > 0.0,
            "more than 0, or another of health.weights: with none there is no score",
        ),
    ]
}

fn rules_rearm(policy: &Policy) -> bool {
    let near = &policy.rules.limit_near;
    near.crossing_days.checked_add(near.rearm_days).is_some_and(|days| days <= 3_650)
}
