//! What every smaller form of a contract shares (S11): it is allowed, notice can still be given, and idle use.

use domain::probability::Estimate;
use domain::words::Words;

use super::blank;
use crate::candidate::{Candidate, Evidence, PriceBasis};
use crate::facts::{Contract, Usage};
use crate::look::Look;
use crate::phrases::{figure, percent};
use domain::motion::{Form, Motion};

/// The active contracts that may still be made smaller: not forbidden, and the cancel deadline is not over.
pub(super) fn contracts<'a>(look: &Look<'a>) -> impl Iterator<Item = &'a Contract> {
    let as_of = look.as_of;
    look.facts.active_contracts().filter(move |contract| {
        let in_time = contract.cancel_deadline.is_none_or(|day| day >= as_of);
        contract.reduction_allowed != Some(false) && in_time
    })
}

/// The readings of a contract.
pub(super) fn usage<'a>(look: &Look<'a>, contract: &Contract) -> Vec<&'a Usage> {
    let of = |usage: &&Usage| usage.subscription == contract.subscription;
    look.facts.usage.iter().filter(of).collect()
}

/// Whether use of the last ninety days is under the policy's share of that of the ninety days before; none before
/// and none now is idle too.
pub(super) fn is_idle(look: &Look, usage: &Usage) -> bool {
    usage.recent_mean <= look.policy.candidates.idle_use * usage.earlier_mean.unwrap_or(0.0)
}

/// Idle use in words.
pub(super) fn said_idle(usage: &Usage) -> Evidence {
    let metric = &usage.metric;
    let (recent, earlier) = (figure(usage.recent_mean), figure(usage.earlier_mean.unwrap_or(0.0)));
    Evidence {
        words: Words::new(
            format!("{metric}は直近90日の平均が{recent}で、その前の90日は{earlier}でした。"),
            format!(
                "{metric}: {recent} on average in the last 90 days, {earlier} in the 90 before."
            ),
        ),
        source: format!("usage {} {metric}", usage.subscription),
        on: Some(usage.on),
    }
}

/// A smaller form of a contract for so much less a month.
pub(super) fn candidate(
    look: &Look,
    contract: &Contract,
    (form, offer): (Form, String),
    less: f64,
) -> Candidate {
    let mut candidate = blank(look, Motion::Downsell, offer);
    candidate.form = form;
    candidate.from_product = Some(contract.product.clone());
    candidate.subscription = Some(contract.subscription.clone());
    candidate.revenue_month_minor = Estimate::known(-less);
    candidate.price_basis = PriceBasis::Own;
    let product = look.product(&contract.product);
    candidate.margin_rate =
        product.and_then(|product| product.margin_rate).unwrap_or(look.policy.value.margin);
    candidate
}

/// What a smaller form costs, and from when it counts.
pub(super) fn said_cost(contract: &Contract, less: f64, paid: f64) -> Evidence {
    let share = percent(if paid > 0.0 { less / paid } else { 0.0 });
    let (ja, en) = contract.renews_on.map_or_else(Default::default, |day| {
        (
            format!("、{}の更新から", day.display_ja()),
            format!(" from the renewal on {} on", day.display_en()),
        )
    });
    Evidence {
        words: Words::new(
            format!("ご契約の月額は{share}下がります{ja}。残りの契約は続きます。"),
            format!("The contract costs {share} less a month{en}; the rest goes on."),
        ),
        source: format!("subscriptions {}", contract.subscription),
        on: contract.cancel_deadline,
    }
}
