//! Fewer seats (S11): where those in use, today, of late and by the forecast, with some to spare, are well under those
//! paid for.

use domain::motion::Form;
use domain::words::Words;

use super::{Generator, price, smaller};
use crate::candidate::{Candidate, Evidence, Recommendation};
use crate::facts::Contract;
use crate::look::Look;
use crate::phrases::{figure, name};

pub(super) const GENERATOR: Generator = Generator {
    code: "fewer_seats",
    ja: "利用数の削減",
    en: "Fewer seats",
    cites: "S11 S12 S48 N4",
    make,
};

fn make(look: &Look, _: &[Recommendation]) -> Vec<Candidate> {
    smaller::contracts(look).filter_map(|contract| candidate(look, contract)).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to a count of seats")]
fn whole(x: f64) -> i64 {
    (x - 1e-9).ceil().clamp(1.0, 1e9) as i64
}

fn candidate(look: &Look, contract: &Contract) -> Option<Candidate> {
    let policy = &look.policy.candidates;
    let held = contract.seats.filter(|seats| *seats > 1)?;
    let metrics = &look.policy.rules.limit_near.seat_metrics;
    let mut usage = smaller::usage(look, contract).into_iter();
    let usage = usage.find(|usage| metrics.contains(&usage.metric))?;
    let ahead = usage.reach.map_or(usage.value, |reach| reach.need);
    let used = usage.value.max(usage.recent_mean).max(ahead);
    if used >= policy.seats_use * held as f64 {
        return None;
    }
    let after = whole(used * (1.0 + policy.seats_spare));
    let paid = price::paid(look, contract)?;
    let product = look.product(&contract.product)?;
    let less = -price::seats_change(product, (held, after), paid);
    if after >= held || less <= 0.0 {
        return None;
    }
    let offer = format!("downsell:{}:seats", contract.subscription);
    let mut candidate = smaller::candidate(look, contract, (Form::FewerSeats, offer), less);
    let called = name(look.catalogue, &contract.product);
    candidate.product = Some(contract.product.clone());
    candidate.title = Words::new(
        format!("{called} {held} → {after}名分"),
        format!("{called} {held} → {after} seats"),
    );
    let (value, spare) = (figure(used), figure(policy.seats_spare * 100.0));
    candidate.because.push(Evidence {
        words: Words::new(
            format!("ご契約{held}名分のうち、必要なのは多くて{value}名分です。{spare} %の余裕を見て{after}名分をご提案します。"),
            format!("Of {held} seats {value} are needed at most; {after} leave {spare} % to spare."),
        ),
        source: format!("usage {} {}", usage.subscription, usage.metric),
        on: Some(usage.on),
    });
    candidate.because.push(smaller::said_cost(contract, less, paid));
    Some(candidate)
}

#[cfg(test)]
mod tests {
    use super::super::tests::forms;
    use crate::examples::{Example, day};
    use crate::facts::Reach;

    fn used(value: f64) -> Example {
        let mut example = Example::company();
        let usage = &mut example.facts.usage[0];
        (usage.value, usage.recent_mean) = (value, value);
        usage.reach = usage.reach.map(|reach| Reach { need: value, ..reach });
        example
    }

    #[track_caller]
    fn check(example: &Example, expected: &str) {
        assert_eq!(forms(&super::make(&example.look(), &[])), expected);
    }

    #[test]
    fn s11_only_well_under_the_seats_paid_for() {
        check(&used(70.0), "");
        // 69.9 with a tenth to spare are 77 of 100.
        check(&used(69.9), "fewer_seats downsell:S1:seats -17940/month +0 once Own");
        check(&used(20.0), "fewer_seats downsell:S1:seats -60840/month +0 once Own");
        let mut grows = used(20.0);
        let usage = &mut grows.facts.usage[0];
        usage.reach = usage.reach.map(|reach| Reach { need: 70.0, ..reach });
        check(&grows, "");
    }

    #[test]
    fn s11_while_notice_can_be_given_and_the_contract_allows_it() {
        let mut example = used(20.0);
        example.facts.contracts[0].cancel_deadline = Some(day("2026-03-11"));
        check(&example, "");
        example.facts.contracts[0].cancel_deadline = Some(day("2026-03-12"));
        check(&example, "fewer_seats downsell:S1:seats -60840/month +0 once Own");
        example.facts.contracts[0].reduction_allowed = Some(false);
        check(&example, "");
    }
}
