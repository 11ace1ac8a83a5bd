//! P(opportunity | approach) from outbound activities that speak of a product, and P(won | opportunity) from
//! closed deals by product, outcomes of plays among them. Open deals, and approaches too recent to tell, are censored and count as neither.

use std::collections::BTreeMap;

use decide::candidates::REFERRAL;
use decide::catalogue::ProductKind;
use decide::facts::{Outcome, Proposal};
use domain::ids::ProductId;
use domain::time::Day;

use super::nearness::{Nearness, group};
use super::standing::Beside;
use super::{History, Rates};
use crate::known::Account;

/// The group of deals that name no product.
pub const NO_PRODUCT: &str = "";

/// Deals of the files and outcomes of plays.
pub(super) fn chain(account: &Account) -> impl Iterator<Item = &Proposal> {
    account.proposals.iter().chain(&account.worked)
}

/// Won and closed deals by product.
pub fn won_by_product(history: History<'_>) -> BTreeMap<String, (u64, u64)> {
    let mut groups: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for deal in history.accounts.values().flat_map(chain) {
        if deal.outcome == Outcome::Open || !is_offer(deal) {
            continue;
        }
        let product = deal.product.as_ref().map_or(NO_PRODUCT, |id| id.as_str());
        let group = groups.entry(product.to_owned()).or_default();
        group.0 += u64::from(deal.outcome == Outcome::Won);
        group.1 += 1;
    }
    groups
}

/// Whether a deal is of the kind that offers open: first contracts, mere renewals and rescues are won at other
/// rates, and so is who answers a request for a referral. Deals without a type count.
pub(super) fn is_offer(deal: &Proposal) -> bool {
    let referral = deal.offer.as_ref().is_some_and(|offer| offer.as_str() == REFERRAL);
    !referral && !matches!(deal.kind.as_deref(), Some("new" | "renewal" | "save"))
}

/// Won and closed deals to save a contract that was to end: they are won at another rate than offers.
pub fn saved(history: History<'_>) -> (u64, u64) {
    let saves = history
        .accounts
        .values()
        .flat_map(chain)
        .filter(|deal| deal.outcome != Outcome::Open && deal.kind.as_deref() == Some("save"));
    saves.fold((0, 0), |(won, closed), deal| {
        (won + u64::from(deal.outcome == Outcome::Won), closed + 1)
    })
}

/// Days within which a deal counts as the fruit of an approach.
pub(super) const FRUIT_DAYS: i32 = 90;

/// Approaches at least 90 days old, and whether a deal for the same product followed within those days. Approaches of
/// one product within those days count once; a deal that the customer began itself is no fruit.
///
/// A deal that we began without such an activity on record is an approach that opened one. It counts only
/// where activities are recorded at all, since deals alone know nothing of approaches that came to nothing, and
/// not where it is itself one of many mailings. First contracts, renewals and rescues are no offers: they would
/// count as approaches that always opened a deal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fruits<'a>(Vec<Fruit<'a>>);

/// One approach, and whether a deal followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fruit<'a> {
    pub(super) account: i64,
    pub(super) product: &'a ProductId,
    pub(super) on: Day,
    /// Whether a person spoke.
    pub(super) by_people: bool,
    pub(super) opened: bool,
}

impl<'a> Fruits<'a> {
    /// Of every account.
    pub fn of(history: History<'a>, digital_offers: &[String]) -> Self {
        let mut fruits = Vec::new();
        if history.accounts.values().all(|account| account.approaches.is_empty()) {
            return Self(fruits);
        }
        for (key, account) in history.accounts {
            for (product, on, by_people) in approaches(account, digital_offers) {
                if history.as_of.since(on).0 < FRUIT_DAYS {
                    continue;
                }
                let opened = chain(account).any(|deal| {
                    deal.approached != Some(false)
                        && is_offer(deal)
                        && deal.product.as_ref() == Some(product)
                        && (0..=FRUIT_DAYS).contains(&deal.opened_on.since(on).0)
                });
                fruits.push(Fruit { account: *key, product, on, by_people, opened });
            }
        }
        Self(fruits)
    }

    /// Each, by account.
    pub(super) fn each(&self) -> impl Iterator<Item = &Fruit<'a>> {
        self.0.iter()
    }

    /// Opened and made, by product: of those in which a person spoke, or of mails.
    pub fn by_product(&self, by_people: bool) -> BTreeMap<String, (u64, u64)> {
        let mut groups: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for fruit in self.0.iter().filter(|fruit| fruit.by_people == by_people) {
            let group = groups.entry(fruit.product.to_string()).or_default();
            group.0 += u64::from(fruit.opened);
            group.1 += 1;
        }
        groups
    }

    /// Those about a plan, below a limit of its line and near one, beside what the plans' own rates expect; where no
    /// usage tells, an approach counts in neither.
    pub fn by_nearness(&self, history: History<'a>, rates: &Rates) -> [Beside; 2] {
        let mut found = [Beside::default(); 2];
        for fruits in self.0.chunk_by(|a, b| a.account == b.account) {
            let nearness = Nearness::of(&history, fruits[0].account);
            for fruit in fruits.iter().filter(|fruit| fruit.by_people) {
                let product = history.catalogue.product(fruit.product);
                let plan = product.filter(|product| product.kind == ProductKind::Plan);
                if let Some(near) = plan.and_then(|plan| nearness.on(group(plan), fruit.on)) {
                    let rate = rates.of(fruit.product.as_str()).estimate.mean;
                    found[usize::from(near)].add((u64::from(fruit.opened), 1), rate);
                }
            }
        }
        found
    }
}

/// Whether an offer is among these, which are in order.
fn is_among(offers: &[String], offer: &str) -> bool {
    offers.binary_search_by(|other| other.as_str().cmp(offer)).is_ok()
}

/// Product and day of each approach of an account, and whether a person spoke: activities, and deals that we began.
fn approaches<'a>(
    account: &'a Account,
    digital_offers: &[String],
) -> Vec<(&'a ProductId, Day, bool)> {
    let digital = |deal: &Proposal| {
        deal.offer.as_ref().is_some_and(|offer| is_among(digital_offers, offer.as_str()))
    };
    let began = account
        .proposals
        .iter()
        .filter(|deal| deal.approached == Some(true) && is_offer(deal) && !digital(deal));
    let deals = began.filter_map(|deal| Some((deal.product.as_ref()?, deal.opened_on, true)));
    let spoken = account.approaches.iter().map(|a| (&a.product, a.on, a.by_people));
    let mut all: Vec<(&ProductId, Day, bool)> = deals.chain(spoken).collect();
    all.sort_unstable();
    let mut kept: Vec<(&ProductId, Day, bool)> = Vec::with_capacity(all.len());
    for (product, on, by_people) in all {
        let again =
            kept.last().is_some_and(|last| last.0 == product && on.since(last.1).0 <= FRUIT_DAYS);
        if !again {
            kept.push((product, on, by_people));
        }
    }
    kept
}

/// Deals that are themselves one digital approach each: we started them, through an offer that goes by mail
/// or prompt.
pub fn digital_approaches(history: History<'_>, digital_offers: &[String]) -> u64 {
    let deals = history.accounts.values().flat_map(|account| &account.proposals);
    let approached = deals.filter(|deal| {
        deal.approached == Some(true)
            && deal.outcome != Outcome::Open
            && deal.offer.as_ref().is_some_and(|offer| is_among(digital_offers, offer.as_str()))
    });
    approached.count() as u64
}
