//! The same thing again, where the customer's rhythm says it is due (S105), with what the purchase history says
//! of it (S72). Persons and households shop by themselves.

use domain::motion::Motion;
use domain::probability::Estimate;
use domain::words::Words;

use super::{Generator, blank, price};
use crate::candidate::{Candidate, Evidence, PriceBasis, Recommendation, Recommended};
use crate::facts::Purchase;
use crate::look::Look;
use crate::phrases::{count, figure};
use crate::signals;

pub(super) const GENERATOR: Generator =
    Generator { code: "repeat", ja: "再購入", en: "Repeat purchase", cites: "S105", make };

fn make(look: &Look, recommendations: &[Recommendation]) -> Vec<Candidate> {
    if look.is_personal() {
        return Vec::new();
    }
    let said = |candidate: &mut Candidate, purchase: &Purchase| {
        let again =
            |it: &&Recommendation| it.kind == Recommended::Repeat && it.product == purchase.product;
        if let Some(recommendation) = recommendations.iter().find(again) {
            candidate.because.extend(recommendation.because.iter().cloned());
        }
    };
    let each = look.facts.purchases.iter();
    each.filter_map(|purchase| {
        let mut candidate = candidate(look, purchase)?;
        said(&mut candidate, purchase);
        Some(candidate)
    })
    .collect()
}

fn candidate(look: &Look, purchase: &Purchase) -> Option<Candidate> {
    signals::is_due(look, purchase)?;
    let product = look.product(&purchase.product).filter(|product| product.on_sale)?;
    let orders = f64::from(purchase.orders.max(1));
    let mut again = price::of(product, None, None);
    again.month = Estimate::known(0.0);
    if purchase.amount_minor > 0 {
        again.once = Estimate::known(purchase.amount_minor as f64 / orders);
        again.basis = PriceBasis::Own;
    } else {
        again.once = again.once.scaled((purchase.quantity / orders).max(1.0));
    }
    let mut candidate = blank(look, Motion::Repeat, format!("repeat:{}", product.id));
    price::put(look, &mut candidate, product, again);
    candidate.from_product = Some(product.id.clone());
    candidate.title =
        Words::new(format!("{} 再購入", product.name), format!("{} again", product.name));
    let pieces = figure(purchase.quantity / orders);
    let times = count(u64::from(purchase.orders));
    candidate.because.push(Evidence {
        words: Words::new(
            format!("{}を{times}回、1回平均{pieces}個ご購入です。", product.name),
            format!("{} was bought {times} times, {pieces} each time.", product.name),
        ),
        source: format!("orders {}", purchase.last_order),
        on: Some(purchase.last_on),
    });
    Some(candidate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Example, recommend};

    #[test]
    fn what_the_history_says_stands_beside_the_rhythm() {
        let example = Example::buyer();
        let said = |recommendations: &[Recommendation]| -> Vec<String> {
            let made = make(&example.look(), recommendations);
            assert_eq!(made.len(), 1, "only what is due");
            made[0].because.iter().map(|it| it.words.en.clone()).collect()
        };
        let rhythm = "GTX Basic was bought 4 times, 2 each time.";
        assert_eq!(said(&[]), [rhythm]);
        let again = Recommendation { kind: Recommended::Repeat, ..recommend("GTX-B", 0.4) };
        let never = Recommendation { kind: Recommended::Repeat, ..recommend("GTK", 0.9) };
        assert_eq!(said(&[never, again]), [rhythm, "bought together 12 times"]);
    }
}
