//! Offers that people wrote down, with their own price and effort, where the account has what they start
//! from and not yet what they sell.
//!
//! Of another line that is paid by seat, what counts is at most the list price of the seats that such a customer takes,
//! with what the offer completes: nobody pays more for a set than for its parts.

use domain::probability::Estimate;

use super::{Generator, blank, cross_sell, price, title};
use crate::candidate::{Candidate, Evidence, PriceBasis, Recommendation};
use crate::catalogue::{GivenOffer, PriceUnit, Product};
use crate::look::Look;

pub(super) const GENERATOR: Generator = Generator {
    code: "given",
    ja: "登録されたオファー",
    en: "Given offers",
    cites: "S10 S14 S16",
    make,
};

fn make(look: &Look, _: &[Recommendation]) -> Vec<Candidate> {
    look.catalogue.offers.iter().filter_map(|offer| candidate(look, offer)).collect()
}

fn candidate(look: &Look, offer: &GivenOffer) -> Option<Candidate> {
    let product = look.product(offer.product.as_ref()?)?;
    let has = |id| look.facts.holds(id) || look.bought_on(id).is_some();
    let starts = offer.from_product.as_ref().is_none_or(has);
    if !offer.motion.sells() || !starts || !product.on_sale || !look.is_new(&product.id) {
        return None;
    }
    let from = offer.from_product.as_ref().and_then(|id| look.contract_of(id));
    let mut candidate = blank(look, offer.motion, offer.id.as_str().to_owned());
    let mut priced = price::of(product, from.and_then(|contract| contract.seats), None);
    if let Some(amount) = offer.price_minor {
        let amount = amount as f64;
        let once = product.price_unit == PriceUnit::Once;
        let (month, once) = if once { (0.0, amount) } else { (amount, 0.0) };
        priced.month = Estimate::known(month);
        priced.once = Estimate::known(once);
        priced.basis = PriceBasis::List;
    }
    if let (domain::motion::Motion::PlanUp, Some(contract)) = (offer.motion, from) {
        match price::paid(look, contract) {
            Some(paid) => priced.month = price::less(priced.month, paid),
            None => priced.basis = PriceBasis::Unknown,
        }
    }
    let bound = bound(look, offer, product).filter(|_| from.is_none());
    let bound = bound.filter(|(parts, _)| parts.mean < priced.month.mean);
    if let Some((parts, _)) = &bound {
        priced.month = *parts;
    }
    price::put(look, &mut candidate, product, priced);
    candidate.from_product.clone_from(&offer.from_product);
    candidate.subscription = from.map(|contract| contract.subscription.clone());
    candidate.title = title(None, &offer.name);
    if let Some(hours) = offer.effort_hours.filter(|_| look.facts.takes_hours()) {
        candidate.effort_hours = hours;
    }
    candidate.goes_with.clone_from(&offer.complements);
    candidate.because.push(Evidence {
        words: domain::words::Words::new(
            format!("登録されたオファー「{}」の対象です。", offer.name),
            format!("The offer \"{}\" applies.", offer.name),
        ),
        source: format!("offers {}", offer.id),
        on: None,
    });
    candidate.because.extend(bound.map(|(_, because)| because));
    Some(candidate)
}

/// The list price a month of an offer's parts, for the seats that such a customer takes, with how they are known.
fn bound(look: &Look, offer: &GivenOffer, product: &Product) -> Option<(Estimate, Evidence)> {
    let need = cross_sell::need(look, product)?;
    let main = price::of(product, Some(need.seats), None);
    let others = offer.complements.iter().map(|id| {
        let part = price::of(look.product(id)?, Some(need.seats), None);
        (part.basis != PriceBasis::Unknown).then_some(part.month.mean)
    });
    let others: Option<Vec<f64>> = others.collect();
    let (main, others) = (need.spread(main.month), others?.iter().sum::<f64>());
    let because = need.because;
    (main.mean > 0.0).then_some((Estimate { mean: main.mean + others, ..main }, because))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::Example;
    use domain::motion::Motion;

    /// Monthly revenue of a set for the expenses line at a price, for a customer of 100 seats.
    fn month(price: i64, complements: &[&str]) -> f64 {
        let mut example = Example::company();
        example.catalogue.offers.push(GivenOffer {
            product: Some("EX-LIGHT".into()),
            price_minor: Some(price),
            complements: complements.iter().map(|id| (*id).into()).collect(),
            ..GivenOffer::new("SET", Motion::Bundle, "経費セット")
        });
        make(&example.look(), &[])[0].revenue_month_minor.mean
    }

    #[test]
    fn a_set_counts_at_most_what_its_parts_cost_for_such_a_customer() {
        // Thirty seats, the most the plan allows, at 350.
        assert!((month(70_000, &[]) - 10_500.0).abs() < 1e-9);
        assert!((month(9_000, &[]) - 9_000.0).abs() < 1e-9);
        assert!((month(70_000, &["OP-SSO"]) - 30_500.0).abs() < 1e-9);
        assert!((month(70_000, &["unheard of"]) - 70_000.0).abs() < 1e-9);
    }
}
