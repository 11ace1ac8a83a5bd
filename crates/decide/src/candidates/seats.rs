//! More seats, to the need that the night forecasts for the end of the outcome window (S4): its median.
//!
//! Only for metrics that count against seats, and up to what the plan allows: beyond that the next
//! plan is the answer. Where usage is near the limit without rising, the next block of seats.

use domain::motion::Motion;
use domain::probability::Estimate;
use domain::words::Words;

use super::{Generator, blank, price};
use crate::candidate::{Candidate, Evidence, PriceBasis, Recommendation};
use crate::facts::{Contract, Usage};
use crate::look::Look;
use crate::phrases::{figure, name};
use crate::signals::{self, Binding};

pub(super) const GENERATOR: Generator =
    Generator { code: "seats", ja: "利用数の追加", en: "More seats", cites: "S4 S36", make };

fn make(look: &Look, _: &[Recommendation]) -> Vec<Candidate> {
    let needs = look.facts.usage.iter().filter_map(|usage| need(look, usage));
    needs.filter_map(|(contract, usage, seats)| candidate(look, contract, usage, seats)).collect()
}

/// From this share of the limit on, a block of seats is offered though no growth is foreseen.
const FULL: f64 = 0.9;

/// The contract, and how many more seats the usage will need.
fn need<'a>(look: &Look<'a>, usage: &'a Usage) -> Option<(&'a Contract, &'a Usage, i64)> {
    let contract = look
        .facts
        .active_contracts()
        .find(|contract| contract.subscription == usage.subscription)?;
    let held = contract.seats.filter(|seats| *seats > 0)?;
    let limit = signals::binding(look, usage)?;
    let limits = look.product(&contract.product).map_or(&[][..], |product| &product.limits);
    let per_seat = limits.iter().any(|limit| limit.metric == usage.metric && limit.per_seat);
    let included = match limit {
        Binding::Seats(_) => 1.0,
        Binding::Plan(limit) if per_seat => limit / held as f64,
        Binding::Plan(_) => return None,
    };
    let forecast = usage.reach.map_or(usage.value, |reach| reach.need.max(usage.value));
    let mut more = whole(forecast / included) - held;
    if more <= 0 && usage.value >= FULL * limit.limit() {
        more = whole(held as f64 * look.policy.candidates.seats_block).max(1);
    }
    if let (Binding::Seats(_), Some(most)) = (limit, usage.limit) {
        more = more.min(whole(most) - held);
    }
    (more > 0).then_some((contract, usage, more))
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to a count of seats")]
fn whole(x: f64) -> i64 {
    (x - 1e-9).ceil().clamp(0.0, 1e9) as i64
}

fn candidate(look: &Look, contract: &Contract, usage: &Usage, more: i64) -> Option<Candidate> {
    let product = look.product(&contract.product)?;
    let held = contract.seats?;
    let mut more_price = price::of(product, Some(more), price::discount(look, contract));
    if let Some(mrr) = contract.mrr_minor {
        let change = price::seats_change(product, (held, held + more), mrr as f64);
        more_price.month = Estimate::known(change);
        more_price.basis = PriceBasis::Own;
    }
    let mut candidate = blank(look, Motion::Seats, format!("seats:{}", contract.subscription));
    price::put(look, &mut candidate, product, more_price);
    candidate.from_product = Some(product.id.clone());
    candidate.subscription = Some(contract.subscription.clone());
    let after = held + more;
    let called = name(look.catalogue, &contract.product);
    candidate.title = Words::new(
        format!("{called} {held} → {after}名分"),
        format!("{called} {held} → {after} seats"),
    );
    let value = figure(usage.value);
    candidate.because.push(Evidence {
        words: Words::new(
            format!("ご契約は{held}名分、利用は{value}です。{}日後までに{after}名分が必要になる見込みです(予測の中央値)。", look.policy.value.outcome_window_days),
            format!("{held} seats under contract, {value} in use; {after} are needed within {} days by the median of the forecast.", look.policy.value.outcome_window_days),
        ),
        source: format!("usage {} {}", usage.subscription, usage.metric),
        on: Some(usage.on),
    });
    Some(candidate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::Example;
    use crate::facts::Reach;

    fn check(held: i64, value: f64, need: f64, expected: &str) {
        let mut example = Example::company();
        example.facts.contracts[0].seats = Some(held);
        let usage = &mut example.facts.usage[0];
        usage.value = value;
        usage.reach = usage.reach.map(|reach| Reach { need, ..reach });
        let made = make(&example.look(), &[]);
        let said: Vec<_> = made
            .iter()
            .map(|c| format!("{} {:.0}", c.title.ja, c.revenue_month_minor.mean))
            .collect();
        assert_eq!(said.join("\n"), expected);
    }

    #[test]
    fn s14_a_volume_tier_reached_prices_every_seat() {
        let mut example = Example::company();
        example.facts.contracts[0].seats = Some(50);
        let usage = &mut example.facts.usage[0];
        usage.value = 46.0;
        usage.reach = usage.reach.map(|reach| Reach { need: 60.0, ..reach });
        let mut month = |from: i64| {
            let plan = example.catalogue.products.get_mut(&"KT-PRO".into()).expect("a plan");
            let band = |from, price_minor| crate::catalogue::Band { from, price_minor };
            plan.bands = vec![band(1, 780), band(from, 702)];
            make(&example.look(), &[])[0].revenue_month_minor.mean
        };
        // 60 seats at 1,560 each, or a tenth less: the customer's own unit price is 78,000 / 50.
        assert!((month(61) - 15_600.0).abs() < 1e-6);
        assert!((month(60) - (60.0 * 1_404.0 - 78_000.0)).abs() < 1e-6);
    }

    #[test]
    fn s4_to_the_forecast_need_within_the_plan() {
        // 55.1 are needed: 6 more of 50, at 78,000 / 50 a seat.
        check(50, 46.0, 55.1, "勤怠 Pro 50 → 56名分 9360");
        check(50, 46.0, 46.0, "勤怠 Pro 50 → 55名分 7800");
        check(50, 44.0, 44.0, "");
        check(50, 30.0, 20.0, "");
        check(50, 46.0, 400.0, "勤怠 Pro 50 → 100名分 78000");
        check(100, 98.0, 400.0, "");
    }
}
