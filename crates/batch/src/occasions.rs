//! Dated things that only timing rules read, from entities and lake, as of a day: trials, fiscal closes, promised
//! dates, success elsewhere in the group, key persons who are gone, carts, counters.
//!
//! Free text stays in the store: what is kept of a hearing is its kind, its day and the product that it is about.

mod approval;
mod dates;
mod group;
mod people;
mod said;
pub(crate) mod seen;

use std::collections::BTreeMap;

use decide::facts::{Closing, NewMetric, Occasions, Outcome, PeerUse, Trial, Usage};
use decide::policy::Policy;
use domain::time::{Day, Days};

use crate::known::Account;
use crate::snapshot::{Record, Snapshot};
use crate::tables::UsageMonths;
use crate::train::peers::Peers;

/// Fills in what entities tell, of all accounts: groups are looked at as a whole.
pub fn put(accounts: &mut BTreeMap<i64, Account>, snapshot: &Snapshot, policy: &Policy) {
    let rules = &policy.rules;
    trials(snapshot, accounts);
    closings(snapshot, accounts);
    said::put(snapshot, accounts, rules);
    people::put(snapshot, accounts, rules);
    group::put(snapshot, accounts, &rules.group_success);
}

/// The last day on which anybody answered the NPS question.
pub fn nps_asked_on(accounts: &BTreeMap<i64, Account>) -> Option<Day> {
    accounts.values().filter_map(|account| account.nps.last().map(|(on, _)| *on)).max()
}

/// What an account's facts say, with what usage tells beside its peers'.
pub fn of(
    account: &Account,
    (usage, months): (&[Usage], &[UsageMonths]),
    peers: &Peers,
    nps_asked_on: Option<Day>,
) -> Occasions {
    let kept = account.occasions.as_deref().cloned().unwrap_or_default();
    Occasions {
        peers: usage.iter().filter_map(|usage| beside(account, usage, peers)).collect(),
        new_metrics: new_metrics(usage, months),
        nps_asked_on,
        ..kept
    }
}

/// How others on the same product use a metric, at this account's size.
fn beside(account: &Account, usage: &Usage, peers: &Peers) -> Option<PeerUse> {
    let contract = account.contracts.iter().find(|it| it.subscription == usage.subscription)?;
    let (median, n) = peers.of(usage, contract.seats)?;
    let (metric, subscription) = (usage.metric.clone(), usage.subscription.clone());
    Some(PeerUse { metric, subscription, median, n })
}

/// Days between an account's first reading of anything and that of a metric that was taken up later.
const LATER_DAYS: i32 = 60;

/// Metrics that were taken up after others: of an account that begins, none is new.
fn new_metrics(usage: &[Usage], months: &[UsageMonths]) -> Vec<NewMetric> {
    let begun = months.iter().map(|it| it.first_on).min();
    let pairs = usage.iter().zip(months).filter(|(usage, months)| usage.metric == months.metric);
    pairs
        .filter(|(_, months)| begun.is_some_and(|on| months.first_on.since(on).0 >= LATER_DAYS))
        .map(|(usage, months)| NewMetric {
            metric: usage.metric.clone(),
            subscription: usage.subscription.clone(),
            first_on: months.first_on,
        })
        .collect()
}

/// The account that a row belongs to.
fn owner<'a>(
    snapshot: &Snapshot,
    accounts: &'a mut BTreeMap<i64, Account>,
    record: Record<'_>,
) -> Option<&'a mut Account> {
    snapshot.account(record.id("account_id")).and_then(|key| accounts.get_mut(&key))
}

/// Contracts that are on trial in the version effective as of the day.
fn trials(snapshot: &Snapshot, accounts: &mut BTreeMap<i64, Account>) {
    let mut latest: BTreeMap<&str, Record<'_>> = BTreeMap::new();
    let table = snapshot.table("subscriptions");
    for record in table.iter() {
        latest.insert(record.id("subscription_id"), record);
    }
    for (subscription, record) in latest {
        let tried = matches!(record.text("status"), None | Some("trial"));
        let Some(ends_on) = record.day("trial_ends_on").filter(|_| tried) else { continue };
        let ended = record.day("ended_on").is_some_and(|on| on < ends_on);
        if let Some(account) = owner(snapshot, accounts, record).filter(|_| !ended) {
            let product = record.id("product_id").into();
            let subscription = subscription.into();
            account.occasions().trials.push(Trial { subscription, product, ends_on });
        }
    }
}

/// When open deals are expected to close.
fn closings(snapshot: &Snapshot, accounts: &mut BTreeMap<i64, Account>) {
    for record in snapshot.table("proposals").iter() {
        let Some(on) = record.day("expected_close_on").filter(|on| *on >= snapshot.as_of) else {
            continue;
        };
        let proposal = record.id("proposal_id").into();
        let Some(account) = owner(snapshot, accounts, record) else { continue };
        let open = account
            .proposals
            .iter()
            .any(|deal| deal.outcome == Outcome::Open && deal.proposal == proposal);
        if open {
            account.occasions().closings.push(Closing { proposal, on });
        }
    }
}

/// The first day from a week before `on`, and after `since`, among sorted days.
fn first_from(days: &[Day], (since, on): (Day, Day)) -> Option<Day> {
    days.iter().copied().find(|day| *day > since && *day >= on.plus(Days(-7)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse_iso(text).expect("a day")
    }

    fn usage(metric: &str, first_on: &str) -> (Usage, UsageMonths) {
        let usage = Usage {
            metric: metric.to_owned(),
            subscription: "S1".into(),
            product: "P".into(),
            limit: None,
            value: 1.0,
            on: day("2026-03-01"),
            reach: None,
            earlier_mean: None,
            recent_mean: 1.0,
        };
        let months = UsageMonths {
            metric: metric.to_owned(),
            limit: None,
            first_on: day(first_on),
            points: Vec::new(),
        };
        (usage, months)
    }

    #[test]
    fn s49_a_metric_is_new_where_others_were_read_sixty_days_before() {
        let new = |second: &str| {
            let (usage, months): (Vec<_>, Vec<_>) =
                [usage("users", "2025-12-01"), usage("api", second)].into_iter().unzip();
            new_metrics(&usage, &months).len()
        };
        assert_eq!(new("2026-01-29"), 0);
        assert_eq!(new("2026-01-30"), 1);
    }

    #[test]
    fn s107_a_promise_is_kept_from_a_week_before_its_day_on() {
        let kept =
            |contact: &str| first_from(&[day(contact)], (day("2026-01-10"), day("2026-04-01")));
        assert_eq!(kept("2026-03-24"), None);
        assert_eq!(kept("2026-03-25"), Some(day("2026-03-25")));
        let same_day = first_from(&[day("2026-03-30")], (day("2026-03-30"), day("2026-04-01")));
        assert_eq!(same_day, None, "the talk that promised it");
    }
}
