//! What a customer would pay: its own unit price and discount, else list price, else the price that
//! other bills imply, else unknown and counted as nothing.

use domain::probability::Estimate;

use crate::candidate::{Candidate, Evidence, PriceBasis};
use crate::catalogue::{PriceUnit, Product};
use crate::facts::Contract;
use crate::look::Look;

/// A price a month and once, minor units.
#[derive(Debug, Clone, Copy)]
pub(super) struct Price {
    pub(super) month: Estimate,
    pub(super) once: Estimate,
    pub(super) basis: PriceBasis,
}

/// A product's price for so many seats, with the customer's discount where one is known.
pub(super) fn of(product: &Product, seats: Option<i64>, discount: Option<f64>) -> Price {
    let zero = Estimate::known(0.0);
    let keep = 1.0 - discount.unwrap_or(0.0).clamp(0.0, 1.0);
    let basis = if discount.is_some() { PriceBasis::Own } else { PriceBasis::List };
    let listed = product.unit_price_minor(seats.unwrap_or(1).max(1));
    if let Some(price) = listed.filter(|_| product.price_unit != PriceUnit::Usage) {
        let price = price as f64 * keep;
        let (month, once) = match product.price_unit {
            PriceUnit::Once => (0.0, price),
            PriceUnit::Year => (price / 12.0, 0.0),
            PriceUnit::SeatMonth => (price * seats.unwrap_or(1).max(1) as f64, 0.0),
            PriceUnit::Month | PriceUnit::Usage => (price, 0.0),
        };
        return Price { month: Estimate::known(month), once: Estimate::known(once), basis };
    }
    match (product.implied_month_minor, product.price_unit) {
        (Some(implied), PriceUnit::Once) => {
            Price { month: zero, once: implied, basis: PriceBasis::Implied }
        }
        (Some(implied), PriceUnit::SeatMonth) => {
            let month = implied.scaled(seats.unwrap_or(1).max(1) as f64);
            Price { month, once: zero, basis: PriceBasis::Implied }
        }
        (Some(implied), _) => Price { month: implied, once: zero, basis: PriceBasis::Implied },
        (None, _) => {
            let nothing = Estimate::prior(0.0, 0.0);
            Price { month: nothing, once: nothing, basis: PriceBasis::Unknown }
        }
    }
}

/// The change of what is paid a month when seats go from one count to another: the customer's own unit price, times
/// how the list's volume tiers (S14) price the two counts.
pub(super) fn seats_change(product: &Product, (held, after): (i64, i64), paid: f64) -> f64 {
    let unit = |seats| product.unit_price_minor(seats).filter(|price| *price > 0);
    let tier = match (unit(held), unit(after)) {
        (Some(held), Some(after)) => after as f64 / held as f64,
        _ => 1.0,
    };
    paid / held.max(1) as f64 * tier * after as f64 - paid
}

/// The customer's discount: stated, else what its bill is below the list price.
pub(super) fn discount(look: &Look, contract: &Contract) -> Option<f64> {
    contract.discount_rate.or_else(|| {
        let listed = of(look.product(&contract.product)?, contract.seats, None);
        let paid = contract.mrr_minor? as f64;
        let known = listed.basis == PriceBasis::List && listed.month.mean > 0.0 && paid > 0.0;
        known.then(|| (1.0 - paid / listed.month.mean).clamp(0.0, 0.95))
    })
}

/// What the customer pays a month for a contract: its bill, else the list price.
pub(super) fn paid(look: &Look, contract: &Contract) -> Option<f64> {
    contract.mrr_minor.map(|mrr| mrr as f64).or_else(|| {
        let listed = of(look.product(&contract.product)?, contract.seats, contract.discount_rate);
        (listed.basis != PriceBasis::Unknown).then_some(listed.month.mean)
    })
}

/// An estimate less a known amount.
pub(super) fn less(estimate: Estimate, known: f64) -> Estimate {
    Estimate { mean: estimate.mean - known, ..estimate }
}

/// Puts a product with its price and margin into a candidate.
pub(super) fn put(look: &Look, candidate: &mut Candidate, product: &Product, price: Price) {
    candidate.product = Some(product.id.clone());
    candidate.revenue_month_minor = price.month;
    candidate.once_minor = price.once;
    candidate.price_basis = price.basis;
    candidate.margin_rate = product.margin_rate.unwrap_or(look.policy.value.margin);
}

/// How the price is known, where it is not the customer's own.
pub(crate) fn said(candidate: &Candidate) -> Option<Evidence> {
    let (ja, en) = match candidate.price_basis {
        PriceBasis::Own => return None,
        PriceBasis::List => ("金額は定価によります。", "The amount is by list price.".to_owned()),
        PriceBasis::Implied => (
            "定価が未登録のため、金額はほかのお客様の請求額から推定しています。",
            "No list price is recorded; the amount is estimated from other customers' bills."
                .to_owned(),
        ),
        PriceBasis::Unknown => (
            "価格が未登録のため、金額は見込みに含めていません。",
            "No price is recorded; no amount is counted.".to_owned(),
        ),
    };
    let source = candidate.product.as_ref().map_or_else(String::new, |id| format!("products {id}"));
    Some(Evidence { words: domain::words::Words::new(ja, en), source, on: None })
}
