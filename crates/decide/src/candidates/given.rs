//! Offers that people wrote down, with their own price and effort, where the account has what they start
//! from and not yet what they sell.

use domain::probability::Estimate;

use super::{Generator, blank, price, title};
use crate::candidate::{Candidate, Evidence, PriceBasis, Recommendation};
use crate::catalogue::{GivenOffer, PriceUnit};
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
    price::put(look, &mut candidate, product, priced);
    candidate.from_product.clone_from(&offer.from_product);
    candidate.subscription = from.map(|contract| contract.subscription.clone());
    candidate.title = title(None, &offer.name);
    if let Some(hours) = offer.effort_hours.filter(|_| look.facts.takes_hours()) {
        candidate.effort_hours = hours;
    }
    candidate.because.push(Evidence {
        words: domain::words::Words::new(
            format!("登録されたオファー「{}」の対象です。", offer.name),
            format!("The offer \"{}\" applies.", offer.name),
        ),
        source: format!("offers {}", offer.id),
        on: None,
    });
    Some(candidate)
}
