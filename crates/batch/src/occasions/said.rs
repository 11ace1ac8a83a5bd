//! What hearings, talks and lost deals leave for later: the fiscal close, promised dates, changes of work, interest.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use decide::facts::approval::Process;
use decide::facts::{Fiscal, Heard, Outcome, Promise, Promised, Reaction, Shown, Topic};
use decide::signals::RulePolicy;
use domain::ids::ProductId;
use domain::time::Day;

use super::{approval, dates, first_from, owner};
use crate::known::{Account, HUMAN};
use crate::snapshot::{Record, Snapshot};

pub(super) fn put(snapshot: &Snapshot, accounts: &mut BTreeMap<i64, Account>, rules: &RulePolicy) {
    of_accounts(snapshot, accounts);
    of_facts(snapshot, accounts, rules);
    of_lost_deals(accounts, rules, snapshot.as_of);
    of_activities(snapshot, accounts, rules);
    of_surveys(snapshot, accounts, rules);
    settle(snapshot, accounts);
}

/// The closing month of the accounts file, unless it was confirmed later than the day.
fn of_accounts(snapshot: &Snapshot, accounts: &mut BTreeMap<i64, Account>) {
    for record in snapshot.table("accounts").iter() {
        let confirmed = record.day("fiscal_confirmed_on");
        let later = confirmed.is_some_and(|on| on > snapshot.as_of);
        let month = record.whole("fiscal_close_month").and_then(|month| i8::try_from(month).ok());
        let Some(month) = month.filter(|month| (1..=12).contains(month) && !later) else {
            continue;
        };
        let source = format!("accounts {}", record.id("account_id"));
        if let Some(account) = owner(snapshot, accounts, record) {
            account.occasions().fiscal = Some(Fiscal { month, source, on: confirmed });
        }
    }
}

/// Whether a promise may still count.
fn is_near(rules: &RulePolicy, as_of: Day, on: Day) -> bool {
    let policy = &rules.promised_date;
    (-policy.stands_days..=policy.lead_days).contains(&on.since(as_of).0)
}

fn of_facts(snapshot: &Snapshot, accounts: &mut BTreeMap<i64, Account>, rules: &RulePolicy) {
    let table = snapshot.table("account_facts");
    let known: HashSet<&str> = table.iter().map(|record| record.id("fact_id")).collect();
    let spoken_of = spoken_of(snapshot);
    for record in table.iter() {
        // What replaces it may not have been said yet.
        let superseded = record.text("superseded_by").is_some_and(|by| known.contains(by));
        let (Some(value), Some(on), false) =
            (record.text("value"), record.day("said_on"), superseded)
        else {
            continue;
        };
        let Some(account) = owner(snapshot, accounts, record) else { continue };
        let source = format!("account_facts {}", record.id("fact_id"));
        let product: Option<ProductId> = record.text("product_id").map(Into::into);
        let topic = match record.id("kind") {
            "fiscal_close" => {
                close(account, dates::month(value), (source, on));
                continue;
            }
            "promised_date" => {
                if let Some(day) =
                    dates::day(value).filter(|day| is_near(rules, snapshot.as_of, *day))
                {
                    let promised = Promised::Said;
                    let promise =
                        Promise { source, promised, on: day, since: on, product, kept_on: None };
                    account.occasions().promises.push(promise);
                }
                continue;
            }
            "decision_process" => {
                let row = (record.id("fact_id"), on);
                decides(account, approval::read(value, row, snapshot.currency));
                continue;
            }
            "issue" => Topic::Issue,
            "focus_business" => Topic::Focus,
            "outlook" => Topic::Outlook,
            "skilled_users" => Topic::Skilled,
            _ => continue,
        };
        if snapshot.as_of.since(on).0 <= rules.workflow_change.days {
            let product = product.or_else(|| named(&spoken_of, value));
            let fact = record.id("fact_id").to_owned();
            account.occasions().heard.push(Heard { fact, topic, on, product });
        }
    }
}

/// The newest word on the way that it decides stands; of one day the later row.
fn decides(account: &mut Account, process: Process) {
    let known = account.process.as_ref();
    if known.is_none_or(|known| (known.on, &known.fact) <= (process.on, &process.fact)) {
        account.process = Some(process);
    }
}

/// The newest word on the fiscal close stands.
fn close(account: &mut Account, month: Option<i8>, (source, on): (String, Day)) {
    let Some(month) = month else { return };
    let occasions = account.occasions();
    let known = occasions.fiscal.as_ref().and_then(|fiscal| fiscal.on);
    if known.is_none_or(|known| known <= on) {
        occasions.fiscal = Some(Fiscal { month, source, on: Some(on) });
    }
}

/// Up to this many products are looked for by name in what a customer said.
const NAMES: usize = 500;

/// Plans and options by name, the longest first.
fn spoken_of(snapshot: &Snapshot) -> Vec<(String, ProductId)> {
    let products = snapshot.table("products");
    let kinds = ["plan", "option", "service"];
    let named =
        products.iter().filter(|it| it.text("kind").is_some_and(|kind| kinds.contains(&kind)));
    let mut found: Vec<(String, ProductId)> = named
        .filter_map(|it| Some((it.text("name")?.to_lowercase(), it.id("product_id").into())))
        .filter(|(name, _)| name.chars().count() >= 3)
        .collect();
    if found.len() > NAMES {
        return Vec::new();
    }
    found.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
    found
}

fn named(products: &[(String, ProductId)], text: &str) -> Option<ProductId> {
    let text = text.to_lowercase();
    products.iter().find(|(name, _)| text.contains(name.as_str())).map(|(_, id)| id.clone())
}

/// A deal that was lost, with a next step on a later day.
fn of_lost_deals(accounts: &mut BTreeMap<i64, Account>, rules: &RulePolicy, as_of: Day) {
    for account in accounts.values_mut() {
        let mut found: Vec<Promise> = Vec::new();
        for deal in account.proposals.iter().filter(|deal| deal.outcome == Outcome::Lost) {
            let since = deal.closed_on.unwrap_or(deal.opened_on);
            let next = deal.next_step_on.filter(|on| *on > since && is_near(rules, as_of, *on));
            found.extend(next.map(|on| Promise {
                source: format!("proposals {}", deal.proposal),
                promised: Promised::Lost,
                on,
                since,
                product: deal.product.clone(),
                kept_on: None,
            }));
        }
        if !found.is_empty() {
            account.occasions().promises.extend(found);
        }
    }
}

fn of_activities(snapshot: &Snapshot, accounts: &mut BTreeMap<i64, Account>, rules: &RulePolicy) {
    for record in snapshot.table("activities").iter() {
        let Some(on) = record.day_of("at", &snapshot.zone) else { continue };
        let Some(account) = owner(snapshot, accounts, record) else { continue };
        let source = || format!("activities {}", record.id("activity_id"));
        let product: Option<ProductId> = record.text("product_id").map(Into::into);
        let next = record.day("next_on").filter(|next| *next > on);
        if let Some(next) = next.filter(|next| is_near(rules, snapshot.as_of, *next)) {
            account.occasions().promises.push(Promise {
                source: source(),
                promised: Promised::Next,
                on: next,
                since: on,
                product: product.clone(),
                kept_on: None,
            });
        }
        let good = record.text("reaction").is_some_and(|it| rules.positive_reaction.is_good(it));
        let fresh = snapshot.as_of.since(on).0 <= rules.positive_reaction.days;
        if let Some(product) = product.filter(|_| good && fresh) {
            let shown = Shown::Reaction;
            account.occasions().reactions.push(Reaction { source: source(), shown, on, product });
        }
    }
}

fn of_surveys(snapshot: &Snapshot, accounts: &mut BTreeMap<i64, Account>, rules: &RulePolicy) {
    for record in snapshot.table("surveys").iter() {
        let (Some("interest"), Some(product), Some(score), Some(on)) = (
            record.text("question"),
            record.text("product_id"),
            record.number("score"),
            record.day_of("at", &snapshot.zone),
        ) else {
            continue;
        };
        if snapshot.as_of.since(on).0 > rules.positive_reaction.days {
            continue;
        }
        let source = format!("surveys {}", record.id("response_id"));
        if let Some(account) = owner(snapshot, accounts, record) {
            let (shown, product) = (Shown::Interest(score), product.into());
            account.occasions().reactions.push(Reaction { source, shown, on, product });
        }
    }
}

/// Newest first and each once; and which promises were kept, by our contacts and deals.
fn settle(snapshot: &Snapshot, accounts: &mut BTreeMap<i64, Account>) {
    let mut ours = contacts(snapshot, accounts);
    for account in accounts.values_mut() {
        let Some(occasions) = account.occasions.as_deref_mut() else { continue };
        occasions.heard.sort_by(|a, b| (b.on, &a.fact).cmp(&(a.on, &b.fact)));
        let mut topics = BTreeSet::new();
        occasions.heard.retain(|it| topics.insert((it.topic, it.product.clone())));
        // The newest word on a product stands, whatever was said before.
        occasions.reactions.sort_by(|a, b| (b.on, &a.source).cmp(&(a.on, &b.source)));
        let mut products = HashSet::new();
        occasions.reactions.retain(|it| products.insert(it.product.clone()));
        if occasions.promises.is_empty() {
            continue;
        }
        let mut days = ours.remove(&account.key).unwrap_or_default();
        days.extend(account.proposals.iter().map(|deal| deal.opened_on));
        days.extend(account.touches.iter().map(|touch| touch.on));
        days.sort_unstable();
        for promise in &mut occasions.promises {
            promise.kept_on = first_from(&days, (promise.since, promise.on));
        }
        occasions.promises.sort_by(|a, b| (a.on, &a.source).cmp(&(b.on, &b.source)));
        // Of talks that were to follow the latest word counts.
        let latest = occasions.promises.iter().filter(|it| it.promised == Promised::Next);
        let latest = latest.max_by(|a, b| (a.since, &a.source).cmp(&(b.since, &b.source)));
        let latest = latest.map(|it| it.source.clone());
        occasions
            .promises
            .retain(|it| it.promised != Promised::Next || Some(&it.source) == latest.as_ref());
    }
}

/// Days on which we were in touch with accounts that were promised something.
fn contacts(snapshot: &Snapshot, accounts: &BTreeMap<i64, Account>) -> BTreeMap<i64, Vec<Day>> {
    let promised = |key: &i64| {
        let occasions = accounts.get(key).and_then(|account| account.occasions.as_deref());
        occasions.is_some_and(|occasions| !occasions.promises.is_empty())
    };
    let is_ours = |record: &Record<'_>| match record.text("direction") {
        Some("outbound") => record.id("kind") != "note",
        Some(_) => false,
        None => HUMAN.contains(&record.id("kind")),
    };
    let mut days: BTreeMap<i64, Vec<Day>> = BTreeMap::new();
    for record in snapshot.table("activities").iter().filter(is_ours) {
        let key = snapshot.account(record.id("account_id")).filter(promised);
        if let (Some(key), Some(on)) = (key, record.day_of("at", &snapshot.zone)) {
            days.entry(key).or_default().push(on);
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s49_the_longest_name_that_was_spoken_of_is_meant() {
        let products = [("勤怠 pro plus", "PLUS"), ("勤怠 pro", "PRO")]
            .map(|(name, id)| (name.to_owned(), ProductId::from(id)));
        assert_eq!(named(&products, "勤怠 Pro Plusの承認が遅い"), Some("PLUS".into()));
        assert_eq!(named(&products, "勤怠 Proの承認が遅い"), Some("PRO".into()));
        assert_eq!(named(&products, "承認が遅い"), None);
    }
}
