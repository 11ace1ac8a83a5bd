//! The next step of each deal in progress (S108).
//!
//! The amount is the deal's own; of a product that is paid by month, year or seat it is the first year's
//! and counts a twelfth a month.

use domain::motion::Motion;
use domain::probability::Estimate;
use domain::words::Words;

use super::{Generator, blank, price};
use crate::candidate::{Candidate, Evidence, PriceBasis, Recommendation};
use crate::catalogue::PriceUnit;
use crate::facts::Proposal;
use crate::look::Look;
use crate::phrases::name;

pub(super) const GENERATOR: Generator = Generator {
    code: "advance",
    ja: "進行中の商談の次の一手",
    en: "Next step of a deal",
    cites: "S42 S108",
    make,
};

fn make(look: &Look, _: &[Recommendation]) -> Vec<Candidate> {
    look.facts.open_proposals().map(|deal| candidate(look, deal)).collect()
}

fn candidate(look: &Look, deal: &Proposal) -> Candidate {
    let mut candidate = blank(look, Motion::Advance, format!("advance:{}", deal.proposal));
    candidate.proposal = Some(deal.proposal.clone());
    candidate.product.clone_from(&deal.product);
    let product = deal.product.as_ref().and_then(|id| look.product(id));
    let mut priced = product.map_or(
        price::Price {
            month: Estimate::prior(0.0, 0.0),
            once: Estimate::prior(0.0, 0.0),
            basis: PriceBasis::Unknown,
        },
        |product| {
            let seats = look.contract_of(&product.id).and_then(|contract| contract.seats);
            price::of(product, seats, None)
        },
    );
    if let Some(amount) = deal.amount_minor.filter(|amount| *amount > 0) {
        let amount = amount as f64;
        let recurs = product.is_some_and(|product| product.price_unit != PriceUnit::Once);
        let (month, once) = if recurs { (amount / 12.0, 0.0) } else { (0.0, amount) };
        priced.month = Estimate::known(month);
        priced.once = Estimate::known(once);
        priced.basis = PriceBasis::Own;
    }
    candidate.revenue_month_minor = priced.month;
    candidate.once_minor = priced.once;
    candidate.price_basis = priced.basis;
    if let Some(rate) = product.and_then(|product| product.margin_rate) {
        candidate.margin_rate = rate;
    }
    let called = match &deal.product {
        Some(id) => name(look.catalogue, id).to_owned(),
        None => deal.proposal.to_string(),
    };
    candidate.title =
        Words::new(format!("{called}の商談を進める"), format!("Advance the deal for {called}"));
    candidate.because.push(Evidence {
        words: Words::new(
            format!("{called}の商談が{}に始まっています。", deal.opened_on.display_ja()),
            format!("The deal for {called} began on {}.", deal.opened_on.display_en()),
        ),
        source: format!("proposals {}", deal.proposal),
        on: Some(deal.opened_on),
    });
    candidate
}
