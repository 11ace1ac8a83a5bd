//! What worked elsewhere in a group (S50, S69): measured results that may be shared, won deals, new contracts.

use std::collections::{BTreeMap, HashMap, HashSet};

use decide::facts::{Outcome, Success, Told};
use decide::signals::GroupSuccessPolicy;
use domain::time::Day;

use crate::known::Account;
use crate::snapshot::Snapshot;

/// Successes kept for an account: its newest.
const KEPT: usize = 10;

/// A success with the account that had it.
struct At {
    account: i64,
    success: Success,
}

pub(super) fn put(
    snapshot: &Snapshot,
    accounts: &mut BTreeMap<i64, Account>,
    policy: &GroupSuccessPolicy,
) {
    let mut members: HashMap<i64, usize> = HashMap::new();
    for account in accounts.values() {
        *members.entry(account.root).or_default() += 1;
    }
    let mut groups: HashMap<i64, Vec<At>> = HashMap::new();
    let mut tell = |account: &Account, success: Success| {
        if members.get(&account.root).is_some_and(|n| *n > 1) {
            groups.entry(account.root).or_default().push(At { account: account.key, success });
        }
    };
    let within = |on: Day, days: i32| (0..=days).contains(&snapshot.as_of.since(on).0);
    let mut own: BTreeMap<i64, Vec<Success>> = BTreeMap::new();
    for record in snapshot.table("results").iter() {
        // What nobody approved for others is not told to others.
        let shared = matches!(record.text("share_scope"), Some("group" | "public"));
        let approved = record.day("approved_on").filter(|on| *on <= snapshot.as_of);
        let account = snapshot.account(record.id("account_id")).and_then(|key| accounts.get(&key));
        let figures = record.number("before").zip(record.number("after"));
        if let (Some(on), Some(account), Some((before, after))) = (approved, account, figures) {
            let metric = record.id("metric").to_owned();
            let told = Told::Measured { metric, before, after };
            let source = format!("results {}", record.id("result_id"));
            let success = Success { product: record.id("product_id").into(), told, on, source };
            own.entry(account.key).or_default().push(success.clone());
            if shared && within(on, policy.result_days) {
                tell(account, success);
            }
        }
    }
    for account in accounts.values() {
        for success in adopted(account).filter(|it| within(it.on, policy.won_days)) {
            tell(account, success);
        }
    }
    for (key, mut measured) in own {
        measured.sort_by(|a, b| (b.on, &a.source).cmp(&(a.on, &b.source)));
        measured.truncate(KEPT);
        if let Some(account) = accounts.get_mut(&key) {
            account.occasions().measured = measured;
        }
    }
    for account in accounts.values_mut() {
        let Some(found) = groups.get(&account.root) else { continue };
        let successes = of_others(found, account.key);
        if !successes.is_empty() {
            account.occasions().successes = successes;
        }
    }
}

/// What an account chose: deals it won beyond keeping what it has, and new contracts.
fn adopted(account: &Account) -> impl Iterator<Item = Success> {
    let deals =
        account.proposals.iter().filter(|deal| deal.outcome == Outcome::Won && !deal.keeps());
    let deals = deals.filter_map(|deal| {
        Some(Success {
            product: deal.product.clone()?,
            told: Told::Won,
            on: deal.closed_on?,
            source: format!("proposals {}", deal.proposal),
        })
    });
    let contracts = account.contracts.iter().filter(|contract| contract.active);
    deals.chain(contracts.map(|contract| Success {
        product: contract.product.clone(),
        told: Told::Won,
        on: contract.started_on,
        source: format!("subscriptions {}", contract.subscription),
    }))
}

/// The newest success of each product at other accounts, measured ones first.
fn of_others(found: &[At], account: i64) -> Vec<Success> {
    let mut others: Vec<&Success> =
        found.iter().filter(|at| at.account != account).map(|at| &at.success).collect();
    others.sort_by(|a, b| {
        let won = |it: &Success| matches!(it.told, Told::Won);
        (won(a), b.on, &a.source).cmp(&(won(b), a.on, &b.source))
    });
    let mut products = HashSet::new();
    others.retain(|it| products.insert(&it.product));
    others.into_iter().take(KEPT).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s69_a_measured_result_speaks_before_a_newer_deal_and_never_to_its_own() {
        let at = |account: i64, on: i32, told: Told, source: &str| At {
            account,
            success: Success { product: "P".into(), told, on: Day(on), source: source.to_owned() },
        };
        let measured = Told::Measured { metric: "hours".to_owned(), before: 4.0, after: 1.0 };
        let found = [at(1, 5, measured, "results E1"), at(2, 9, Told::Won, "proposals P1")];
        let of = |account| {
            let told = of_others(&found, account);
            told.into_iter().map(|it| it.source).collect::<Vec<_>>().join(",")
        };
        assert_eq!(
            (of(3).as_str(), of(1).as_str(), of(2).as_str()),
            ("results E1", "proposals P1", "results E1")
        );
    }
}
