//! The next plan of the line (S1, S3), for each paid plan under contract; and back to a former one (S12), where
//! the contract became smaller and the next plan is what it was.

use domain::motion::{Form, Motion};
use domain::probability::Estimate;
use domain::words::Words;

use super::{Generator, blank, price, title};
use crate::candidate::{Candidate, Evidence, PriceBasis, Recommendation};
use crate::catalogue::{Product, ProductKind};
use crate::facts::Contract;
use crate::look::Look;
use crate::phrases::add;

pub(super) const GENERATOR: Generator = Generator {
    code: "plan_up",
    ja: "上位プラン、縮小前のプランへの復帰",
    en: "Next plan; back to a former one",
    cites: "S1 S3 S12",
    make,
};

fn make(look: &Look, _: &[Recommendation]) -> Vec<Candidate> {
    let plans = look.facts.active_contracts().filter(|contract| !is_free(look, contract));
    plans.filter_map(|contract| to_next(look, contract, Form::NextPlan)).collect()
}

/// Whether nothing is paid for a plan, by its bill or by its list price.
pub(super) fn is_free(look: &Look, contract: &Contract) -> bool {
    let listed = || look.product(&contract.product).is_some_and(|plan| plan.price_minor == Some(0));
    contract.mrr_minor.map_or_else(listed, |mrr| mrr == 0)
}

/// From a plan under contract to the next of its line; from a free one to the first that costs something.
pub(super) fn to_next(look: &Look, contract: &Contract, form: Form) -> Option<Candidate> {
    let held = look.product(&contract.product).filter(|held| held.kind == ProductKind::Plan)?;
    let mut next = look.catalogue.next_tier(held)?;
    while form == Form::FreeToPaid && next.price_minor == Some(0) {
        next = look.catalogue.next_tier(next)?;
    }
    if look.owns(&next.id) {
        return None;
    }
    let mut up = price::of(next, contract.seats, price::discount(look, contract));
    match price::paid(look, contract) {
        Some(paid) => up.month = price::less(up.month, paid),
        None => up.basis = PriceBasis::Unknown,
    }
    if up.basis == PriceBasis::Unknown {
        up.month = Estimate::prior(0.0, 0.0);
    } else if up.month.mean <= 0.0 {
        return None;
    }
    let mut candidate = blank(look, Motion::PlanUp, format!("plan_up:{}", next.id));
    price::put(look, &mut candidate, next, up);
    candidate.form = form;
    candidate.from_product = Some(held.id.clone());
    candidate.subscription = Some(contract.subscription.clone());
    candidate.title = title(Some(&held.name), &next.name);
    candidate.because.push(Evidence {
        words: because(form, held, next),
        source: format!("subscriptions {}", contract.subscription),
        on: Some(contract.started_on),
    });
    back(&mut candidate, contract, next);
    Some(candidate)
}

fn because(form: Form, held: &Product, next: &Product) -> Words {
    let (held, next) = (&held.name, &next.name);
    if form == Form::FreeToPaid {
        return Words::new(
            format!("現在は無料の{held}をご利用です。{next}は同じ製品群の最初の有料プランです。"),
            format!("{held} is in use for free; {next} is the first paid plan of the line."),
        );
    }
    Words::new(
        format!("現在は{held}をご契約です。{next}は同じ製品群の一つ上のプランです。"),
        format!("{held} is under contract; {next} is the next plan of the line."),
    )
}

/// Says that the next plan is what was held before, if so.
fn back(candidate: &mut Candidate, contract: &Contract, next: &Product) {
    let Some(former) = contract.former.as_ref().filter(|former| former.product == next.id) else {
        return;
    };
    candidate.form = Form::WayBack;
    let mut words = Words::default();
    add(
        &mut words,
        &format!(
            "{}まで{}をご契約でした。縮小後の利用が戻っていれば、復帰をご提案できます。",
            former.until.display_ja(),
            next.name
        ),
        &format!(
            "{} was held until {}; where use has come back, so can the plan.",
            next.name,
            former.until.display_en()
        ),
    );
    let source = format!("subscriptions {}", contract.subscription);
    candidate.because.push(Evidence { words, source, on: Some(former.until) });
}

#[cfg(test)]
mod tests {
    use super::super::tests::forms;
    use crate::examples::{Example, day};
    use crate::facts::Former;

    fn check(example: &Example, expected: &str) {
        let made = super::make(&example.look(), &[]);
        assert_eq!(forms(&made), expected);
    }

    #[test]
    fn s1_s3_the_next_plan_of_the_line_at_the_customers_price() {
        check(&Example::company(), "next_plan plan_up:KT-ENT +40000/month +0 once Own");
        let mut highest = Example::company();
        highest.facts.contracts[0].product = "KT-ENT".into();
        check(&highest, "");
    }

    #[test]
    fn s12_the_way_back_up_after_a_smaller_contract() {
        let mut example = Example::company();
        let former = |product: &str| Former {
            product: product.into(),
            seats: Some(100),
            until: day("2025-10-01"),
        };
        example.facts.contracts[0].former = Some(former("KT-ENT"));
        check(&example, "way_back plan_up:KT-ENT +40000/month +0 once Own");
        example.facts.contracts[0].former = Some(former("KT-STD"));
        check(&example, "next_plan plan_up:KT-ENT +40000/month +0 once Own");
    }

    #[test]
    fn s3_not_where_nothing_more_would_be_paid() {
        let mut example = Example::company();
        example.facts.contracts[0].mrr_minor = Some(118_000);
        check(&example, "");
        example.facts.contracts[0].mrr_minor = Some(117_999);
        check(&example, "next_plan plan_up:KT-ENT +1/month +0 once Own");
    }
}
