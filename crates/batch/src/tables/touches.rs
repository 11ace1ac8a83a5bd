//! `touches`: every contact with the customer but notes; `people`: contacts who have not left.

use std::collections::BTreeMap;

use anyhow::Result;
use arrow::array::RecordBatch;

use super::{batch, days, flags, text, whole};
use crate::known::{Account, HUMAN};
use crate::snapshot::Snapshot;

pub(super) const TOUCHES: (&str, &str) = ("touches", "account_key, day, kind, human");
pub(super) const PEOPLE: (&str, &str) = ("people", "account_key, contact_key");

pub(super) fn touches(snapshot: &Snapshot) -> Result<RecordBatch> {
    let found: Vec<(i64, i32, &str)> = snapshot
        .table("activities")
        .iter()
        .filter(|record| record.id("kind") != "note")
        .filter_map(|record| {
            let account = snapshot.account(record.id("account_id"))?;
            Some((account, record.day_of("at", &snapshot.zone)?.0, record.id("kind")))
        })
        .collect();
    batch(vec![
        ("account_key", whole(found.iter().map(|(key, _, _)| Some(*key)))),
        ("day", days(found.iter().map(|(_, day, _)| Some(*day)))),
        ("kind", text(found.iter().map(|(_, _, kind)| Some(*kind)))),
        ("human", flags(found.iter().map(|(_, _, kind)| HUMAN.contains(kind)))),
    ])
}

pub(super) fn people(accounts: &BTreeMap<i64, Account>) -> Result<RecordBatch> {
    let all = || accounts.values().flat_map(|a| a.contacts.iter().map(move |c| (a.key, c)));
    batch(vec![
        ("account_key", whole(all().map(|(key, _)| Some(key)))),
        ("contact_key", whole(all().map(|(_, contact)| Some(contact.contact.0)))),
    ])
}
