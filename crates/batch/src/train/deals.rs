//! P(opportunity | approach) from outbound activities that speak of a product, and P(won | opportunity) from
//! closed deals by product, outcomes of plays among them. Open deals, and approaches too recent to tell, are censored and count as neither.

use std::collections::BTreeMap;

use decide::facts::{Outcome, Proposal};
use domain::time::Day;

use super::History;
use crate::known::Account;

/// The group of deals that name no product.
pub const NO_PRODUCT: &str = "";

/// Deals of the files and outcomes of plays.
fn chain(account: &Account) -> impl Iterator<Item = &Proposal> {
    account.proposals.iter().chain(&account.worked)
}

/// Won and closed deals by product.
pub fn won_by_product(history: History<'_>) -> BTreeMap<String, (u64, u64)> {
    let mut groups: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for deal in history.accounts.values().flat_map(chain) {
        if deal.outcome == Outcome::Open {
            continue;
        }
        let product = deal.product.as_ref().map_or(NO_PRODUCT, |id| id.as_str());
        let group = groups.entry(product.to_owned()).or_default();
        group.0 += u64::from(deal.outcome == Outcome::Won);
        group.1 += 1;
    }
    groups
}

/// Days within which a deal counts as the fruit of an approach.
const FRUIT_DAYS: i32 = 90;

/// Approaches that a deal for the same product followed within 90 days, and approaches at least that old, by
/// product. Approaches of one product within those days count once.
pub fn opened_by_product(history: History<'_>) -> BTreeMap<String, (u64, u64)> {
    let mut groups: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for account in history.accounts.values() {
        let mut approaches: Vec<_> = account.approaches.iter().collect();
        approaches.sort_by(|a, b| (&a.product, a.on).cmp(&(&b.product, b.on)));
        let mut last: Option<(&str, Day)> = None;
        for approach in approaches {
            let product = approach.product.as_str();
            let again =
                last.is_some_and(|(p, on)| p == product && approach.on.since(on).0 < FRUIT_DAYS);
            if again || history.as_of.since(approach.on).0 < FRUIT_DAYS {
                continue;
            }
            last = Some((product, approach.on));
            let opened = chain(account).any(|deal| {
                deal.product.as_ref() == Some(&approach.product)
                    && (0..=FRUIT_DAYS).contains(&deal.opened_on.since(approach.on).0)
            });
            let group = groups.entry(product.to_owned()).or_default();
            group.0 += u64::from(opened);
            group.1 += 1;
        }
    }
    groups
}

/// Deals that are themselves one digital approach each: we started them, through an offer that goes by mail
/// or prompt.
pub fn digital_approaches(history: History<'_>, digital_offers: &[String]) -> u64 {
    let deals = history.accounts.values().flat_map(|account| &account.proposals);
    let approached = deals.filter(|deal| {
        deal.approached == Some(true)
            && deal.outcome != Outcome::Open
            && deal
                .offer
                .as_ref()
                .is_some_and(|offer| digital_offers.iter().any(|o| o == offer.as_str()))
    });
    approached.count() as u64
}
