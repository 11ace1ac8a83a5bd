//! Accounts that look like one company under several ids (名寄せ): proposed with reasons, never merged
//! silently (S19).
//!
//! A pair is looked at when the two share something rare: a corporate number, a name without its legal form,
//! its reading, a mail or web domain, or how the name begins or ends. Each likeness has a chance that the two
//! are one; together they are as likely as not all wrong. People, households and departments are left out:
//! they share names and domains without being one.

mod blocks;
mod verdict;
mod likeness;
mod normal;

pub use verdict::{Decided, confirm, reject, undo};

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Context, Result};
use decide::card::Said;
use domain::canonical::entity;
use serde::Serialize;
use store::Store;

use crate::snapshot::{Record, Table};
use likeness::Likeness;
use normal::Name;

/// Pairs less likely than this are not proposed.
pub const SCORE_MIN: f64 = 0.6;

/// Two accounts that look like one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair {
    /// The one that would be merged: it says less of itself.
    pub account_id: String,
    /// Its name.
    pub name: String,
    /// The one that would stand for both.
    pub into_id: String,
    /// Its name.
    pub into_name: String,
    /// How likely the two are one, 0 to 1.
    pub score: f64,
    /// Why, the strongest first.
    pub reasons: Vec<Said>,
}

/// Everything that looks like one company.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Proposed {
    /// Pairs, the likeliest first.
    pub pairs: Vec<Pair>,
    /// The same as groups of ids, each in order.
    pub groups: Vec<Vec<String>>,
}

/// What is compared of one account.
#[derive(Debug)]
struct Company {
    id: String,
    shown: String,
    name: Name,
    kana: String,
    number: String,
    country: String,
    domains: BTreeSet<String>,
    /// Values that it has: of two the richer one stays.
    told: usize,
}

/// The pairs that nobody has decided on yet.
pub async fn propose(store: &Store) -> Result<Proposed> {
    let table = |name: &'static str| async move {
        let known = entity(name).with_context(|| format!("{name} are canonical"))?;
        anyhow::Ok(Table::new(known, store.read(known).await?))
    };
    let (accounts, contacts) = (table("accounts").await?, table("contacts").await?);
    let placeholders = entity("accounts").context("accounts are canonical")?;
    let placeholders: BTreeSet<String> =
        store.placeholder_ids(placeholders).await?.into_iter().collect();
    let decided: BTreeSet<(String, String)> = store
        .verdicts()
        .await?
        .into_iter()
        .map(|verdict| (verdict.first_id, verdict.second_id))
        .collect();
    let companies = companies(&accounts, &contacts, &placeholders);
    let mut pairs = Vec::new();
    let roots = parents(&accounts);
    for (one, other) in blocks::candidates(&companies) {
        let (a, b) = (&companies[one], &companies[other]);
        let known = if a.id < b.id { (&a.id, &b.id) } else { (&b.id, &a.id) };
        if decided.contains(&(known.0.clone(), known.1.clone())) || related(&roots, a, b) {
            continue;
        }
        let likeness = Likeness::of(a, b);
        if likeness.score >= SCORE_MIN {
            pairs.push(pair(a, b, &likeness));
        }
    }
    pairs.sort_by(|x, y| {
        y.score
            .total_cmp(&x.score)
            .then_with(|| (&x.account_id, &x.into_id).cmp(&(&y.account_id, &y.into_id)))
    });
    let groups = groups(&pairs);
    Ok(Proposed { pairs, groups })
}

fn companies(accounts: &Table, contacts: &Table, placeholders: &BTreeSet<String>) -> Vec<Company> {
    let mut domains: HashMap<&str, BTreeSet<String>> = HashMap::new();
    for contact in contacts.iter() {
        if let Some(domain) = contact.text("email").and_then(normal::mail_domain) {
            domains.entry(contact.id("account_id")).or_default().insert(domain);
        }
    }
    let company = |record: Record<'_>| {
        let id = record.id("account_id");
        let kind = record.text("kind").unwrap_or("company");
        let alone = matches!(kind, "person" | "household" | "department");
        if alone || record.text("merged_into").is_some() || placeholders.contains(id) {
            return None;
        }
        let shown = record.text("name").unwrap_or(id);
        let mut domains = domains.remove(id).unwrap_or_default();
        domains.extend(record.text("external_url").and_then(normal::web_domain));
        let told = accounts_columns().filter(|c| record.value(c) != &store::Value::Null).count();
        Some(Company {
            id: id.to_owned(),
            shown: shown.to_owned(),
            name: Name::of(if shown == id { "" } else { shown }),
            kana: Name::of(record.id("name_kana")).core,
            number: normal::digits(record.id("corporate_number")),
            country: record.id("country").to_lowercase(),
            domains,
            told,
        })
    };
    accounts.iter().filter_map(company).collect()
}

fn accounts_columns() -> impl Iterator<Item = &'static str> {
    entity("accounts").into_iter().flat_map(|accounts| accounts.columns).map(|column| column.name)
}

/// The parent of each account that has one.
fn parents(accounts: &Table) -> HashMap<String, String> {
    accounts
        .iter()
        .filter_map(|r| Some((r.id("account_id").to_owned(), r.text("parent_id")?.to_owned())))
        .collect()
}

/// Whether the files say that they are two: parent and child, or children of one parent.
fn related(parents: &HashMap<String, String>, a: &Company, b: &Company) -> bool {
    let (of_a, of_b) = (parents.get(&a.id), parents.get(&b.id));
    of_a == Some(&b.id) || of_b == Some(&a.id) || (of_a.is_some() && of_a == of_b)
}

/// The poorer one goes into the richer one, the later id into the earlier among equals.
fn pair(a: &Company, b: &Company, likeness: &Likeness) -> Pair {
    let a_stays = (a.told, &b.id) > (b.told, &a.id);
    let (into, gone) = if a_stays { (a, b) } else { (b, a) };
    Pair {
        account_id: gone.id.clone(),
        name: gone.shown.clone(),
        into_id: into.id.clone(),
        into_name: into.shown.clone(),
        score: (likeness.score * 1000.0).round() / 1000.0,
        reasons: likeness.reasons.iter().map(Into::into).collect(),
    }
}

/// The least id of the group of `id`.
fn top<'a>(root: &BTreeMap<&'a str, &'a str>, id: &'a str) -> &'a str {
    let mut at = id;
    while let Some(next) = root.get(at).filter(|next| **next != at) {
        at = next;
    }
    at
}

/// Accounts tied by pairs, each group and the list of groups in order.
fn groups(pairs: &[Pair]) -> Vec<Vec<String>> {
    let mut root: BTreeMap<&str, &str> = BTreeMap::new();
    for pair in pairs {
        let (a, b) = (pair.account_id.as_str(), pair.into_id.as_str());
        let (of_a, of_b) = (top(&root, a), top(&root, b));
        let least = of_a.min(of_b);
        for id in [a, b, of_a, of_b] {
            root.insert(id, least);
        }
    }
    let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for id in root.keys() {
        groups.entry(top(&root, id)).or_default().push((*id).to_owned());
    }
    groups.into_values().collect()
}

/// Whether two names have nothing in common that a new spelling, form or addition would leave.
pub(crate) fn unlike_names(one: &str, other: &str) -> bool {
    let (one, other) = (Name::of(one).core, Name::of(other).core);
    // A letter or two say nothing, a character or two do.
    let tells = |name: &str| name.chars().count() >= if name.is_ascii() { 4 } else { 2 };
    tells(&one)
        && tells(&other)
        && !one.contains(&other)
        && !other.contains(&one)
        && strsim::jaro_winkler(&one, &other) < UNLIKE_BELOW
}

/// Names less alike than this (Jaro-Winkler) are those of different things.
const UNLIKE_BELOW: f64 = 0.7;
