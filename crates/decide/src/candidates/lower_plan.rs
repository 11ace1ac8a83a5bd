//! An honest smaller contract (S11, S12, S48): the next tier below, where usage of every limited metric
//! is well under that tier's own limit, today and by the forecast for the outcome window.

use domain::motion::{Form, Motion};
use domain::words::Words;

use super::{Generator, blank, price, smaller, title};
use crate::candidate::{Candidate, Evidence, PriceBasis, Recommendation};
use crate::catalogue::{Limit, Product, ProductKind};
use crate::facts::{Contract, Usage};
use crate::look::Look;
use crate::phrases::{figure, percent};

pub(super) const GENERATOR: Generator = Generator {
    code: "lower_plan",
    ja: "下位プラン",
    en: "Lower plan",
    cites: "S11 S12 S48 N4",
    make,
};

fn make(look: &Look, _: &[Recommendation]) -> Vec<Candidate> {
    smaller::contracts(look).filter_map(|contract| candidate(look, contract)).collect()
}

/// The plan of the same line on the tier below.
fn tier_below<'a>(look: &Look<'a>, held: &Product) -> Option<&'a Product> {
    let (line, tier) = (held.line.as_ref()?, held.tier?);
    look.catalogue
        .products
        .values()
        .filter(|p| p.on_sale && p.kind == ProductKind::Plan && p.line.as_ref() == Some(line))
        .filter(|p| p.tier.is_some_and(|t| t < tier))
        .max_by(|a, b| a.tier.cmp(&b.tier).then_with(|| b.id.cmp(&a.id)))
}

fn candidate(look: &Look, contract: &Contract) -> Option<Candidate> {
    let held = look.product(&contract.product).filter(|held| held.kind == ProductKind::Plan)?;
    let below = tier_below(look, held)?;
    let readings: Vec<(&Usage, f64)> = look
        .facts
        .usage
        .iter()
        .filter(|usage| usage.subscription == contract.subscription)
        .filter_map(|usage| Some((usage, limit_of(below, usage, contract)?)))
        .collect();
    let fits = |(usage, limit): &(&Usage, f64)| {
        let ahead = usage.reach.map_or(usage.value, |reach| reach.need);
        usage.value.max(usage.recent_mean).max(ahead) < look.policy.candidates.under_use * limit
    };
    if readings.is_empty() || !readings.iter().all(fits) {
        return None;
    }
    let paid = price::paid(look, contract)?;
    let mut down = price::of(below, contract.seats, price::discount(look, contract));
    down.month = price::less(down.month, paid);
    if down.basis == PriceBasis::Unknown || down.month.mean >= 0.0 {
        return None;
    }
    let offer = format!("downsell:{}:{}", contract.subscription, below.id);
    let mut candidate = blank(look, Motion::Downsell, offer);
    price::put(look, &mut candidate, below, down);
    candidate.form = Form::LowerPlan;
    candidate.from_product = Some(held.id.clone());
    candidate.subscription = Some(contract.subscription.clone());
    candidate.title = title(Some(&held.name), &below.name);
    for (usage, limit) in readings {
        let (value, top, share) =
            (figure(usage.value), figure(limit), percent(usage.value / limit));
        candidate.because.push(Evidence {
            words: Words::new(
                format!("{}は{value}で、{}の上限{top}の{share}です。", usage.metric, below.name),
                format!("{}: {value}, {share} of the {top} in {}.", usage.metric, below.name),
            ),
            source: format!("usage {} {}", usage.subscription, usage.metric),
            on: Some(usage.on),
        });
    }
    let less = -candidate.revenue_month_minor.mean;
    candidate.because.push(smaller::said_cost(contract, less, paid));
    Some(candidate)
}

/// The limit that a plan would set for a metric.
fn limit_of(plan: &Product, usage: &Usage, contract: &Contract) -> Option<f64> {
    let same = |limit: &&Limit| limit.metric == usage.metric && limit.window.is_none();
    let limit = plan.limits.iter().rfind(same)?;
    let seats = contract.seats.unwrap_or(1).max(1) as f64;
    let included = if limit.per_seat { limit.included * seats } else { limit.included };
    (included > 0.0).then_some(included)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::Example;
    use crate::facts::Reach;

    fn check(value: f64, need: f64, expected: &str) {
        let mut example = Example::company();
        let usage = &mut example.facts.usage[0];
        usage.value = value;
        usage.recent_mean = value;
        usage.reach = usage.reach.map(|reach| Reach { need, ..reach });
        let made = make(&example.look(), &[]);
        let said: Vec<_> = made
            .iter()
            .map(|c| {
                format!("{} {:.0} {}", c.offer, c.revenue_month_minor.mean, c.because[0].words.ja)
            })
            .collect();
        assert_eq!(said.join("\n"), expected);
    }

    #[test]
    fn s11_only_well_under_the_smaller_plan() {
        check(30.0, 30.0, "");
        check(
            20.0,
            24.0,
            "downsell:S1:KT-STD -30000 利用ユーザーは20で、勤怠 Standardの上限50の40 %です。",
        );
    }

    #[test]
    fn s11_not_to_who_will_need_more() {
        check(20.0, 26.0, "");
    }
}
