//! P(takes it within the window | left alone): first acquisitions without a deal or mailing before.
//!
//! At risk: accounts that were customers when the window began, did not have the product, and were not
//! approached in the window or the 90 days before it. Taken: those that bought or contracted the product in
//! the window without a deal for it.

use std::collections::BTreeMap;

use domain::time::{Day, Days};

use super::History;
use crate::known::Account;

/// Products looked at: beyond these the rarest share the whole's rate.
const PRODUCTS_MAX: usize = 20_000;

/// Takers and accounts at risk, by product.
pub fn taken_by_product(history: History<'_>) -> BTreeMap<String, (u64, u64)> {
    let start = history.as_of.plus(Days(-history.window_days));
    let quiet_from = start.plus(Days(-90));
    let mut at_risk = 0_u64;
    let mut had: BTreeMap<&str, u64> = BTreeMap::new();
    let mut taken: BTreeMap<&str, u64> = BTreeMap::new();
    for (key, account) in history.accounts {
        let acquired = acquisitions(history, *key, account);
        let first = acquired.values().min().copied();
        let customer =
            account.since.into_iter().chain(first).min().is_some_and(|since| since <= start);
        if !customer || approached(account, quiet_from) {
            continue;
        }
        at_risk += 1;
        for (product, day) in acquired {
            if day <= start {
                *had.entry(product).or_default() += 1;
            } else if !account
                .proposals
                .iter()
                .any(|deal| deal.product.as_ref().is_some_and(|p| p.as_str() == product))
            {
                *taken.entry(product).or_default() += 1;
            }
        }
    }
    let mut counts: Vec<(u64, &str)> =
        had.iter().map(|(p, n)| (*n + taken.get(p).copied().unwrap_or(0), *p)).collect();
    counts.extend(taken.iter().filter(|(p, _)| !had.contains_key(*p)).map(|(p, n)| (*n, *p)));
    counts.sort_by(|a, b| b.cmp(a));
    counts.truncate(PRODUCTS_MAX);
    counts
        .into_iter()
        .map(|(_, product)| {
            let trials = at_risk - had.get(product).copied().unwrap_or(0);
            (product.to_owned(), (taken.get(product).copied().unwrap_or(0), trials))
        })
        .collect()
}

/// The first day of each product at an account.
fn acquisitions<'a>(
    history: History<'a>,
    key: i64,
    account: &'a Account,
) -> BTreeMap<&'a str, Day> {
    let bought = history
        .lake
        .purchases
        .get(&key)
        .into_iter()
        .flatten()
        .map(|p| (p.product.as_str(), p.first_on));
    let held = account.contracts.iter().map(|c| (c.product.as_str(), c.started_on));
    let mut first = BTreeMap::new();
    for (product, day) in bought.chain(held) {
        let seen = first.entry(product).or_insert(day);
        *seen = (*seen).min(day);
    }
    first
}

fn approached(account: &Account, from: Day) -> bool {
    account.proposals.iter().any(|deal| deal.approached == Some(true) && deal.opened_on >= from)
        || account.touches.iter().any(|touch| touch.on >= from)
        || account.approaches.iter().any(|approach| approach.on >= from)
}
