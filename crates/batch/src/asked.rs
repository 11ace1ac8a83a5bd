//! What customers asked for and whether we answered (S104), what they have just decided (S39, S40), and which
//! contacts without a product were made by someone who sells.

use std::collections::{BTreeMap, HashSet};

use decide::facts::{Asked, Commitment, Committed, Enquiry, Outcome, Ticket};
use decide::signals::RulePolicy;
use domain::time::Day;

use crate::known::{Account, HUMAN};
use crate::snapshot::{Record, Snapshot};
use crate::tables::FromLake;
use crate::web_facts::Visit;

/// Decisions kept for an account: its newest.
const COMMITMENTS_KEPT: usize = 3;

/// Fills in enquiries and sales contacts of every account, from entities and visits.
pub fn put(
    accounts: &mut BTreeMap<i64, Account>,
    snapshot: &Snapshot,
    visits: Vec<Visit>,
    rules: &RulePolicy,
) {
    sales_contacts(snapshot, accounts);
    enquiries(snapshot, accounts, (visits, rules.enquiry.days));
}

/// Outbound contacts that name no product, by someone whose role is to sell: not CS, and not unknown.
fn sales_contacts(snapshot: &Snapshot, accounts: &mut BTreeMap<i64, Account>) {
    let reps = snapshot.table("reps");
    let sellers: HashSet<&str> = reps
        .iter()
        .filter(|rep| matches!(rep.text("role"), Some("CIS" | "AM" | "partner" | "partner_sales")))
        .map(|rep| rep.id("rep_id"))
        .collect();
    for record in snapshot.table("activities").iter() {
        let sells = record.text("direction") == Some("outbound")
            && record.text("product_id").is_none()
            && matches!(record.id("kind"), "call" | "meeting" | "visit" | "email")
            && record.text("owner").is_some_and(|owner| sellers.contains(owner));
        if !sells {
            continue;
        }
        if let (Some(day), Some(account)) =
            (record.day_of("at", &snapshot.zone), of(snapshot, accounts, record))
        {
            account.sales_contacts.push(day);
        }
    }
}

fn of<'a>(
    snapshot: &Snapshot,
    accounts: &'a mut BTreeMap<i64, Account>,
    record: Record<'_>,
) -> Option<&'a mut Account> {
    snapshot.account(record.id("account_id")).and_then(|key| accounts.get_mut(&key))
}

/// An enquiry with its moment, in microseconds.
struct Open {
    at: i64,
    enquiry: Enquiry,
}

fn enquiries(
    snapshot: &Snapshot,
    accounts: &mut BTreeMap<i64, Account>,
    (visits, days): (Vec<Visit>, i32),
) {
    let mut open: BTreeMap<i64, Vec<Open>> = BTreeMap::new();
    for record in snapshot.table("activities").iter() {
        let Some(key) = snapshot.account(record.id("account_id")) else { continue };
        if let Some(found) = enquiry(snapshot, record)
            && accounts.contains_key(&key)
            && snapshot.as_of.since(found.enquiry.on).0 <= days
        {
            open.entry(key).or_default().push(found);
        }
    }
    for visit in visits.into_iter().filter(|visit| accounts.contains_key(&visit.account)) {
        let Visit { account, asked, product, on, at, id } = visit;
        let enquiry = Enquiry { id, asked, on, product, answered_on: None };
        open.entry(account).or_default().push(Open { at, enquiry });
    }
    answer(snapshot, &mut open);
    for (key, found) in open {
        let account = accounts.get_mut(&key).expect("only known accounts are kept");
        account.enquiries = settle(found);
    }
}

/// What a row asks for, and when it was closed.
fn enquiry(snapshot: &Snapshot, record: Record<'_>) -> Option<Open> {
    let asked = match record.id("kind") {
        "enquiry" => Asked::Enquiry,
        "quote_request" => Asked::Quote,
        _ => return None,
    };
    if record.text("direction") == Some("outbound") {
        return None;
    }
    let on = record.day_of("at", &snapshot.zone)?;
    let closed = record.day_of("closed_at", &snapshot.zone);
    let over = Ticket::is_over(record.text("status")).then_some(on);
    let enquiry = Enquiry {
        id: record.id("activity_id").to_owned(),
        asked,
        on,
        product: record.text("product_id").map(Into::into),
        answered_on: closed.or(over),
    };
    Some(Open { at: record.whole("at")?, enquiry })
}

/// How exactly an answer must come after an enquiry.
#[derive(Debug, Clone, Copy)]
enum Exact {
    /// On its day: deals are often dated without an hour.
    Day,
    /// After its moment.
    Moment,
}

/// Closes each enquiry by the first contact of ours after it, or the first deal from its day on.
fn answer(snapshot: &Snapshot, open: &mut BTreeMap<i64, Vec<Open>>) {
    let mut close = |record: Record<'_>, at: &str, exact: Exact| {
        let Some(found) = snapshot.account(record.id("account_id")).and_then(|k| open.get_mut(&k))
        else {
            return;
        };
        let (Some(moment), Some(day)) = (record.whole(at), record.day_of(at, &snapshot.zone))
        else {
            return;
        };
        for one in found {
            let after = match exact {
                Exact::Day => day >= one.enquiry.on,
                Exact::Moment => moment >= one.at,
            };
            if after {
                let earlier = one.enquiry.answered_on.map_or(day, |on| on.min(day));
                one.enquiry.answered_on = Some(earlier);
            }
        }
    };
    for record in snapshot.table("activities").iter() {
        let (kind, direction) = (record.id("kind"), record.text("direction"));
        let ours = match direction {
            Some("outbound") => kind != "note",
            Some(_) => false,
            None => HUMAN.contains(&kind),
        };
        if ours {
            close(record, "at", Exact::Moment);
        }
    }
    for record in snapshot.table("proposals").iter() {
        close(record, "opened_at", Exact::Day);
    }
}

/// By day and id. Of visits that ask for the same, only the first that is unanswered stands, so that coming
/// back makes no second play.
fn settle(mut found: Vec<Open>) -> Vec<Enquiry> {
    found.sort_by(|a, b| (a.at, &a.enquiry.id).cmp(&(b.at, &b.enquiry.id)));
    let mut kept: Vec<Enquiry> = Vec::with_capacity(found.len());
    for Open { enquiry, .. } in found {
        let seen = matches!(enquiry.asked, Asked::Prices | Asked::Material)
            && kept.iter().any(|other| {
                other.asked == enquiry.asked
                    && other.product == enquiry.product
                    && other.answered_on.is_none()
            });
        if !seen {
            kept.push(enquiry);
        }
    }
    kept
}

/// Fills in every account's latest decisions: won deals, new and renewed contracts, and first orders of a
/// product, of the last days.
pub fn commitments(
    snapshot: &Snapshot,
    accounts: &mut BTreeMap<i64, Account>,
    lake: &FromLake,
    rules: &RulePolicy,
) {
    let days = |committed| match committed {
        Committed::Bought => rules.just_bought.days,
        Committed::Renewed => rules.continued.days,
    };
    let fresh = |day: Day, committed: Committed| {
        (0..=days(committed)).contains(&snapshot.as_of.since(day).0)
    };
    for account in accounts.values_mut() {
        for deal in account.proposals.iter().filter(|deal| deal.outcome == Outcome::Won) {
            let on = deal.closed_on.unwrap_or(deal.opened_on);
            let committed = match deal.kind.as_deref() {
                Some("renewal" | "save") => Committed::Renewed,
                Some("downsell") => continue,
                _ => Committed::Bought,
            };
            let source = format!("proposals {}", deal.proposal);
            if fresh(on, committed) {
                let product = deal.product.clone();
                account.commitments.push(Commitment { committed, on, product, source });
            }
        }
        for bought in lake.purchases.get(&account.key).into_iter().flatten() {
            if fresh(bought.first_on, Committed::Bought) {
                account.commitments.push(Commitment {
                    committed: Committed::Bought,
                    on: bought.first_on,
                    product: Some(bought.product.clone()),
                    source: format!("orders of {}", bought.product),
                });
            }
        }
    }
    for record in snapshot.table("subscriptions").iter() {
        for (on, committed) in
            contracted(record).into_iter().filter(|(on, committed)| fresh(*on, *committed))
        {
            let source = format!("subscriptions {}", record.id("subscription_id"));
            let product = Some(record.id("product_id").into());
            if let Some(account) = of(snapshot, accounts, record) {
                account.commitments.push(Commitment { committed, on, product, source });
            }
        }
    }
    for account in accounts.values_mut() {
        account.commitments = newest(std::mem::take(&mut account.commitments));
    }
}

/// The decisions that a contract's version tells of.
fn contracted(record: Record<'_>) -> Vec<(Day, Committed)> {
    let mut told = Vec::new();
    if let Some(on) = record.day("effective_on").or(record.day("started_on")) {
        match record.text("change_kind") {
            Some("renew") => told.push((on, Committed::Renewed)),
            Some("new" | "expand") => told.push((on, Committed::Bought)),
            None if record.day("started_on") == Some(on) => told.push((on, Committed::Bought)),
            _ => {}
        }
    }
    told.extend(record.day("renewal_confirmed_on").map(|on| (on, Committed::Renewed)));
    told
}

/// Newest first, each decision about a product once.
fn newest(mut all: Vec<Commitment>) -> Vec<Commitment> {
    all.sort_by(|a, b| (b.on, &a.source, a.committed).cmp(&(a.on, &b.source, b.committed)));
    let mut kept: Vec<Commitment> = Vec::new();
    for made in all {
        let known = kept.iter().any(|k| k.committed == made.committed && k.product == made.product);
        if !known && kept.len() < COMMITMENTS_KEPT {
            kept.push(made);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(id: &str, at: i64, answered: Option<i32>) -> Open {
        let enquiry = Enquiry {
            id: id.to_owned(),
            asked: Asked::Prices,
            on: Day(i32::try_from(at).expect("small")),
            product: None,
            answered_on: answered.map(Day),
        };
        Open { at, enquiry }
    }

    #[test]
    fn s104_coming_back_to_the_same_page_is_one_enquiry() {
        let found = vec![asked("W3", 12, None), asked("W1", 5, Some(6)), asked("W2", 9, None)];
        let ids: Vec<_> = settle(found).into_iter().map(|e| e.id).collect();
        assert_eq!(ids, ["W1", "W2"], "the first that nobody has answered stands");
    }

    #[test]
    fn s40_a_decision_told_by_deal_and_contract_is_one() {
        let made = |on: i32, product: &str, source: &str| Commitment {
            committed: Committed::Bought,
            on: Day(on),
            product: Some(product.into()),
            source: source.to_owned(),
        };
        let kept = newest(vec![
            made(3, "A", "proposals P1"),
            made(5, "A", "subscriptions S1"),
            made(4, "B", "orders O1"),
        ]);
        let said: Vec<_> = kept.iter().map(|c| (c.on.0, c.source.as_str())).collect();
        assert_eq!(said, [(5, "subscriptions S1"), (4, "orders O1")]);
    }
}
