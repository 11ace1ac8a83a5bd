//! Options and services of a line that the customer holds, and does not have yet (S6).

use domain::motion::Motion;
use domain::words::Words;

use super::{Generator, blank, leading, price, title};
use crate::candidate::{Candidate, Evidence, Recommendation};
use crate::catalogue::{PriceUnit, Product, ProductKind};
use crate::look::Look;
use crate::phrases::name;

pub(super) const GENERATOR: Generator =
    Generator { code: "option", ja: "オプション", en: "Add-on option", cites: "S6 S8", make };

/// Whether a product adds to a line that an account holds.
pub(super) fn adds_to_held_line(look: &Look, product: &Product) -> bool {
    matches!(product.kind, ProductKind::Option | ProductKind::Service)
        && product.line.as_deref().is_some_and(|line| look.holds_line(line))
}

fn make(look: &Look, _: &[Recommendation]) -> Vec<Candidate> {
    let products = look.catalogue.products.values();
    products
        .filter(|product| product.on_sale && adds_to_held_line(look, product))
        .filter(|product| look.is_new(&product.id))
        .filter_map(|product| candidate(look, product))
        .collect()
}

fn candidate(look: &Look, product: &Product) -> Option<Candidate> {
    let contract = leading(look, product.line.as_deref())?;
    let mut candidate = blank(look, Motion::Option, format!("option:{}", product.id));
    let seats = contract.seats.filter(|_| product.price_unit == PriceUnit::SeatMonth);
    price::put(look, &mut candidate, product, price::of(product, seats, None));
    candidate.from_product = Some(contract.product.clone());
    candidate.subscription = Some(contract.subscription.clone());
    candidate.title = title(None, &product.name);
    let main = name(look.catalogue, &contract.product);
    candidate.because.push(Evidence {
        words: Words::new(
            format!("{main}をご契約で、{}はまだご利用いただいていません。", product.name),
            format!("{main} is under contract; {} is not in use yet.", product.name),
        ),
        source: format!("subscriptions {}", contract.subscription),
        on: Some(contract.started_on),
    });
    Some(candidate)
}

#[cfg(test)]
mod tests {
    use super::super::tests::forms;
    use crate::examples::Example;

    #[test]
    fn s6_options_of_a_held_line_that_are_not_held() {
        let mut example = Example::company();
        let check = |example: &Example, expected: &str| {
            assert_eq!(forms(&super::make(&example.look(), &[])), expected);
        };
        check(&example, "add_on option:OP-SSO +20000/month +0 once List");
        let option = example.catalogue.products.get_mut(&"OP-SSO".into()).expect("sold");
        option.line = Some("経費".to_owned());
        check(&example, "");
        let option = example.catalogue.products.get_mut(&"OP-SSO".into()).expect("sold");
        option.line = Some("勤怠".to_owned());
        let mut held = example.facts.contracts[0].clone();
        (held.subscription, held.product) = ("S2".into(), "OP-SSO".into());
        example.facts.contracts.push(held);
        check(&example, "");
    }
}
