//! Key persons who can no longer be spoken to (N15): who left, whose mail comes back. Whose use stopped, the lake tells.

use std::collections::{BTreeMap, HashMap};

use decide::facts::{Gone, Lost};
use decide::signals::RulePolicy;
use domain::ids::ContactKey;
use domain::motion::ContactRole;
use domain::time::Day;

use super::owner;
use crate::known::Account;
use crate::snapshot::{Record, Snapshot};

/// Words for mail that came back.
const BOUNCED: &[&str] =
    &["bounced", "bounce", "undelivered", "undeliverable", "不達", "未達", "配信エラー"];

pub(super) fn put(snapshot: &Snapshot, accounts: &mut BTreeMap<i64, Account>, rules: &RulePolicy) {
    let days = rules.key_person_gone.days;
    let fresh = |on: Day| (0..=days).contains(&snapshot.as_of.since(on).0);
    let mut roles: HashMap<&str, ContactRole> = HashMap::new();
    let table = snapshot.table("contacts");
    for record in table.iter() {
        let role = record.text("role").and_then(ContactRole::parse).unwrap_or(ContactRole::Other);
        roles.insert(record.id("contact_id"), role);
        let Some(on) = record.day("left_on").filter(|on| fresh(*on)) else { continue };
        lose(snapshot, accounts, (record, record.id("contact_id")), (role, Lost::Left, on));
    }
    for (contact, (record, on)) in bounced(snapshot) {
        let role = roles.get(contact).copied().unwrap_or(ContactRole::Other);
        if fresh(on) {
            lose(snapshot, accounts, (record, contact), (role, Lost::Bounced, on));
        }
    }
}

fn lose(
    snapshot: &Snapshot,
    accounts: &mut BTreeMap<i64, Account>,
    (record, contact): (Record<'_>, &str),
    (role, lost, on): (ContactRole, Lost, Day),
) {
    let Some(key) = snapshot.contact_keys.get(contact).copied().map(ContactKey) else { return };
    let source = match lost {
        Lost::Bounced => format!("activities {}", record.id("activity_id")),
        Lost::Left | Lost::Silent => format!("contacts {contact}"),
    };
    let Some(account) = owner(snapshot, accounts, record) else { return };
    let gone = &mut account.occasions().gone;
    if gone.iter().all(|it| it.contact != key) {
        gone.push(Gone { contact: key, role, lost, on, source });
        gone.sort_by(|a, b| (b.on, a.contact).cmp(&(a.on, b.contact)));
    }
}

/// The first mail that came back since the contact was last heard of, by contact.
fn bounced(snapshot: &Snapshot) -> BTreeMap<&str, (Record<'_>, Day)> {
    let table = snapshot.table("activities");
    let came_back = |record: &Record<'_>| {
        let status = record.text("status").map(|it| it.trim().to_lowercase());
        record.id("kind") == "email" && status.is_some_and(|it| BOUNCED.contains(&it.as_str()))
    };
    let mut heard: HashMap<&str, i64> = HashMap::new();
    for record in table.iter().filter(|record| !came_back(record)) {
        // A mail of ours that did not come back says nothing of who reads it.
        let spoke = record.text("direction") != Some("outbound") || record.id("kind") != "email";
        if let (true, Some(contact), Some(at)) =
            (spoke, record.text("contact_id"), record.whole("at"))
        {
            let last = heard.entry(contact).or_insert(at);
            *last = (*last).max(at);
        }
    }
    let mut found: BTreeMap<&str, (Record<'_>, Day)> = BTreeMap::new();
    for record in table.iter().filter(came_back) {
        let (Some(contact), Some(at), Some(on)) =
            (record.text("contact_id"), record.whole("at"), record.day_of("at", &snapshot.zone))
        else {
            continue;
        };
        if heard.get(contact).is_some_and(|last| *last > at) {
            continue;
        }
        let first = found.entry(contact).or_insert((record, on));
        if on < first.1 {
            *first = (record, on);
        }
    }
    found
}
