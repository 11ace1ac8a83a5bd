//! What the lake tells timing rules: carts, counters against limits for each hour or day, and key persons whose use
//! has stopped.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use arrow::array::AsArray;
use datafusion::prelude::SessionContext;
use decide::catalogue::Catalogue;
use decide::facts::{Cart, Contract, Counter, Gone, Lost, Window};
use decide::signals::RulePolicy;
use domain::time::{Day, Days};

use crate::known::Account;
use crate::lake_facts::{Ask, condition, dates, ints, rows, texts};
use crate::tables::FromLake;

/// Days for which a counter's limit is looked at.
const COUNTED_DAYS: i32 = 30;
/// Carts kept for an account: its newest.
const CARTS_KEPT: usize = 5;
/// Days on which somebody has to have used it for a silence to say something.
const HABIT_DAYS: i64 = 5;
/// Days within which others must have used it for one person's silence to be that person's.
const OTHERS_DAYS: i32 = 30;

/// What the lake is asked with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen<'a> {
    pub(crate) ask: &'a Ask<'a>,
    pub(crate) rules: &'a RulePolicy,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) lake: &'a FromLake,
}

/// Fills in what the lake tells. The tables `usage`, `web_events` and `contact_accounts` are registered.
pub(crate) async fn put(
    ctx: &SessionContext,
    seen: Seen<'_>,
    accounts: &mut BTreeMap<i64, Account>,
) -> Result<()> {
    carts(ctx, seen, accounts).await?;
    counters(ctx, seen, accounts).await?;
    silent(ctx, seen, accounts).await
}

/// Carts and checkouts that no order followed, the newest of each product.
async fn carts(
    ctx: &SessionContext,
    seen: Seen<'_>,
    accounts: &mut BTreeMap<i64, Account>,
) -> Result<()> {
    let Seen { ask, rules, lake, .. } = seen;
    let before = ask.as_of.plus(Days(-rules.cart.days.saturating_add(1)));
    let sql = format!(
        "SELECT * FROM (
             SELECT COALESCE(w.account_key, c.account_key) AS account_key, w.event_id, w.product_id,
                    w.kind = 'checkout' AS checkout, civil_day(w.at) AS day, arrow_cast(w.at, 'Int64') AS moment
             FROM web_events w LEFT JOIN contact_accounts c ON c.contact_key = w.contact_key
             WHERE w.kind IN ('cart', 'checkout') AND w.product_id IS NOT NULL
               AND arrow_cast(w.at, 'Int64') > {} AND {})
         WHERE account_key IS NOT NULL
         ORDER BY account_key, moment DESC, event_id, product_id",
        ask.zone.end_of_day(before).0,
        condition(&Ask { only: None, ..ask.clone() }, "w.at"),
    );
    for batch in rows(ctx, "carts", &sql).await? {
        let (keys, days, flags) =
            (ints(&batch, 0)?, dates(&batch, 4)?, batch.column(3).as_boolean());
        let (ids, products) = (texts(&batch, 1)?, texts(&batch, 2)?);
        for row in 0..batch.num_rows() {
            let Some(account) = accounts.get_mut(&keys.value(row)) else { continue };
            let cart = Cart {
                id: ids.as_string::<i32>().value(row).to_owned(),
                product: products.as_string::<i32>().value(row).into(),
                on: Day(days.value(row)),
                checkout: flags.value(row),
            };
            let bought = lake.purchases.get(&account.key).into_iter().flatten();
            let ordered =
                bought.into_iter().any(|it| it.product == cart.product && it.last_on >= cart.on);
            let kept = &mut account.occasions().carts;
            let known = kept.iter().any(|other| other.product == cart.product);
            if !ordered && !known && kept.len() < CARTS_KEPT {
                kept.push(cart);
            }
        }
    }
    Ok(())
}

/// The limit for each hour or day that a contract's plan version sets for a metric.
fn limit(catalogue: &Catalogue, contract: &Contract, metric: &str) -> Option<(Window, f64)> {
    let product = catalogue.product(&contract.product)?;
    let of = |version: Option<&str>| {
        product.limits.iter().find_map(|limit| {
            let same = limit.metric == metric && limit.plan_version.as_deref() == version;
            let window = limit.window.filter(|_| same && limit.included > 0.0)?;
            let seats = contract.seats.unwrap_or(1).max(1) as f64;
            Some((window, if limit.per_seat { limit.included * seats } else { limit.included }))
        })
    };
    of(contract.plan_version.as_deref()).or_else(|| of(None))
}

/// One metric of one account, and of one contract where the readings name it.
type Key = (i64, String, String);

/// Counts held against limits for each hour or day; hours begin at whole hours of UTC.
async fn counters(
    ctx: &SessionContext,
    seen: Seen<'_>,
    accounts: &mut BTreeMap<i64, Account>,
) -> Result<()> {
    let Seen { ask, catalogue, .. } = seen;
    let limits = catalogue.products.values().flat_map(|product| &product.limits);
    let metrics: BTreeSet<&str> =
        limits.filter(|limit| limit.window.is_some()).map(|limit| limit.metric.as_str()).collect();
    if metrics.is_empty() {
        return Ok(());
    }
    let quoted: Vec<String> =
        metrics.iter().map(|metric| format!("'{}'", metric.replace('\'', "''"))).collect();
    let before = ask.as_of.plus(Days(-COUNTED_DAYS));
    let sql = format!(
        "SELECT account_key, metric, COALESCE(subscription_id, '') AS subscription_id, civil_day(at) AS day,
                arrow_cast(at, 'Int64') / 3600000000 AS hour, SUM(CAST(ROUND(value * 1000) AS BIGINT)) AS milli
         FROM usage WHERE kind = 'count' AND metric IN ({}) AND arrow_cast(at, 'Int64') > {} AND {}
         GROUP BY account_key, metric, COALESCE(subscription_id, ''), civil_day(at), arrow_cast(at, 'Int64') / 3600000000
         ORDER BY account_key, metric, subscription_id, day, hour",
        quoted.join(", "),
        ask.zone.end_of_day(before).0,
        condition(ask, "at"),
    );
    let mut hours: BTreeMap<Key, Vec<(Day, f64)>> = BTreeMap::new();
    for batch in rows(ctx, "counters", &sql).await? {
        let (keys, days, milli) = (ints(&batch, 0)?, dates(&batch, 3)?, ints(&batch, 5)?);
        let (metrics, subscriptions) = (texts(&batch, 1)?, texts(&batch, 2)?);
        for row in 0..batch.num_rows() {
            let metric = metrics.as_string::<i32>().value(row).to_owned();
            let subscription = subscriptions.as_string::<i32>().value(row).to_owned();
            let count = (Day(days.value(row)), milli.value(row) as f64 / 1000.0);
            hours.entry((keys.value(row), metric, subscription)).or_default().push(count);
        }
    }
    for ((key, metric, subscription), counts) in hours {
        let Some(account) = accounts.get_mut(&key) else { continue };
        let active = account.contracts.iter().filter(|it| it.active);
        let mut of_it =
            active.filter(|it| subscription.is_empty() || it.subscription.as_str() == subscription);
        let found =
            of_it.find_map(|it| Some((it.subscription.clone(), limit(catalogue, it, &metric)?)));
        let Some((subscription, (window, limit))) = found else { continue };
        if let Some((hits, top, last_on)) = hits(&counts, window, limit) {
            let counter = Counter { metric, subscription, window, limit, hits, top, last_on };
            account.occasions().counters.push(counter);
        }
    }
    Ok(())
}

/// How many windows reached the limit, the highest count, and the last day; of hours in the order of time.
fn hits(hours: &[(Day, f64)], window: Window, limit: f64) -> Option<(u32, f64, Day)> {
    let mut counts: Vec<(Day, f64)> = Vec::new();
    for (day, count) in hours {
        match counts.last_mut().filter(|(last, _)| window == Window::Day && last == day) {
            Some((_, sum)) => *sum += count,
            None => counts.push((*day, *count)),
        }
    }
    let reached: Vec<&(Day, f64)> =
        counts.iter().filter(|(_, count)| *count >= limit - 1e-9).collect();
    let last = reached.last()?.0;
    let top = counts.iter().map(|(_, count)| *count).fold(0.0, f64::max);
    Some((u32::try_from(reached.len()).unwrap_or(u32::MAX), top, last))
}

/// Key persons who used it on at least five days, and no longer do while others go on (N15).
async fn silent(
    ctx: &SessionContext,
    seen: Seen<'_>,
    accounts: &mut BTreeMap<i64, Account>,
) -> Result<()> {
    let Seen { ask, rules, .. } = seen;
    let sql = format!(
        "SELECT account_key, contact_key, MAX(civil_day(at)) AS last_on, COUNT(DISTINCT civil_day(at)) AS days
         FROM usage WHERE contact_key IS NOT NULL AND value > 0 AND {}
         GROUP BY account_key, contact_key ORDER BY account_key, contact_key",
        condition(ask, "at"),
    );
    let mut used: BTreeMap<i64, Vec<(i64, Day, i64)>> = BTreeMap::new();
    for batch in rows(ctx, "use by contact", &sql).await? {
        let (keys, contacts, last) = (ints(&batch, 0)?, ints(&batch, 1)?, dates(&batch, 2)?);
        let days = ints(&batch, 3)?;
        for row in 0..batch.num_rows() {
            let one = (contacts.value(row), Day(last.value(row)), days.value(row));
            used.entry(keys.value(row)).or_default().push(one);
        }
    }
    for (key, people) in used {
        let Some(account) = accounts.get_mut(&key) else { continue };
        let mut lost: Vec<Gone> = Vec::new();
        for contact in &account.contacts {
            let own = people.iter().find(|(who, ..)| *who == contact.contact.0);
            let Some((_, last, _)) = own.filter(|(_, _, days)| *days >= HABIT_DAYS) else {
                continue;
            };
            let others = people.iter().filter(|(who, ..)| *who != contact.contact.0);
            let go_on = others.map(|(_, last, _)| *last).max();
            let go_on = go_on.is_some_and(|on| ask.as_of.since(on).0 <= OTHERS_DAYS);
            if go_on && ask.as_of.since(*last).0 >= rules.key_person_gone.silent_days {
                lost.push(Gone {
                    contact: contact.contact,
                    role: contact.role,
                    lost: Lost::Silent,
                    on: *last,
                    source: "usage of contacts".to_owned(),
                });
            }
        }
        if !lost.is_empty() {
            let gone = &mut account.occasions().gone;
            lost.retain(|it| gone.iter().all(|known| known.contact != it.contact));
            gone.extend(lost);
            gone.sort_by(|a, b| (b.on, a.contact).cmp(&(a.on, b.contact)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s37_hours_and_days_are_counted_against_their_own_limit() {
        let hours = [(Day(1), 5.0), (Day(1), 6.0), (Day(2), 3.0), (Day(3), 7.0), (Day(3), 2.0)];
        assert_eq!(hits(&hours, Window::Hour, 6.0), Some((2, 7.0, Day(3))));
        assert_eq!(hits(&hours, Window::Day, 9.0), Some((2, 11.0, Day(3))));
        assert_eq!(hits(&hours, Window::Day, 11.5), None);
    }
}
