//! What the snapshot says of each account, typed: contracts in their effective version, deals, answers,
//! tickets, contacts, touches, group and owner. Features and facts both start here.

mod activities;
mod attributes;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use decide::eligibility::Value;
use decide::facts::approval::Process;
use decide::facts::bars::{Basis, Consent, Permission, Reseller, Statement};
use decide::facts::{
    Bars, Commitment, Contact, Contract, Enquiry, Former, Occasions, Outcome, Proposal, Refusal,
    Survey, Ticket,
};
use decide::life::{Level, Touch};
use domain::ids::{ContactKey, ProductId, RepId};
use domain::motion::{AccountKind, Channel, ContactRole, TouchModel};
use domain::time::{Day, Days};

use crate::score::catalogue;
use crate::snapshot::{Record, Snapshot};

use attributes::bars_of;

pub(crate) use activities::HUMAN;
pub use activities::Reaction;
pub(crate) use attributes::attributes;

/// One account with everything the store's entities say of it.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its key.
    pub key: i64,
    /// Its id in the files.
    pub id: String,
    /// The root of its group.
    pub root: i64,
    /// Its parent, if it has one.
    pub parent: Option<i64>,
    /// What it is.
    pub kind: AccountKind,
    /// How it is looked after.
    pub touch: TouchModel,
    /// Its segment.
    pub segment: Option<String>,
    /// Who owns it.
    pub owner: Option<RepId>,
    /// First day as a customer, as far as entities say.
    pub since: Option<Day>,
    /// Contracts in the version effective as of the day.
    pub contracts: Vec<Contract>,
    /// Deals.
    pub proposals: Vec<Proposal>,
    /// The latest answer per contact and question, newest first.
    pub surveys: Vec<Survey>,
    /// Open tickets.
    pub tickets: Vec<Ticket>,
    /// Every answer to the NPS question: day and score, oldest first.
    pub nps: Vec<(Day, f32)>,
    /// Every ticket: the day it was opened and the day it was over, in the order of days.
    pub ticket_spans: Vec<(Day, Option<Day>)>,
    /// Contacts who have not left.
    pub contacts: Vec<Contact>,
    /// Who reports to whom, of contacts who have not left.
    pub reports_to: BTreeMap<ContactKey, ContactKey>,
    /// How people's plays touched it, by day and play.
    pub touches: Vec<Touch>,
    /// Outcomes of plays as deals, but for those that the files record.
    pub worked: Vec<Proposal>,
    /// Offers that a rep marked as not a fit for a reason that lasts, by day and play.
    pub refusals: Vec<Refusal>,
    /// Levels that were crossed until the night before.
    pub levels: Vec<Level>,
    /// Approaches on record: outbound activities that speak of a product.
    pub approaches: Vec<Approach>,
    /// Days of outbound contacts by someone who sells that name no product.
    pub sales_contacts: Vec<Day>,
    /// Outbound calls, meetings, visits and mails, with how the customer reacted.
    pub spoken: Vec<(Day, Reaction)>,
    /// What it asked for, by day and id.
    pub enquiries: Vec<Enquiry>,
    /// Its latest decisions to buy or to go on, newest first.
    pub commitments: Vec<Commitment>,
    /// Dated things that only timing rules read.
    pub occasions: Option<Box<Occasions>>,
    /// What it said of the way that it decides.
    pub process: Option<Process>,
    /// What guards alone ask.
    pub bars: Bars,
    /// The last call, meeting, visit or hearing.
    pub last_human_touch: Option<Day>,
    /// The last dated thing that the store's entities tell of it.
    pub last_event: Option<Day>,
    /// Columns of the accounts file that the offers' eligibility asks for.
    pub attributes: BTreeMap<String, Value>,
    /// Of a department: products that other accounts of its group hold, and how many accounts do.
    pub group_holds: BTreeMap<ProductId, u32>,
}

impl Account {
    /// Its dated things, to add to them.
    pub(crate) fn occasions(&mut self) -> &mut Occasions {
        self.occasions.get_or_insert_default()
    }
}

/// One approach: we spoke of a product, whether or not a deal followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approach {
    /// When.
    pub on: Day,
    /// Of which product.
    pub product: ProductId,
    /// Whether a person spoke, rather than a mail or a prompt.
    pub by_people: bool,
}

/// Entities of which nothing is read once accounts are made: those with many rows an account.
pub const CONSUMED: &[&str] =
    &["activities", "surveys", "contacts", "permissions", "account_facts"];

/// Every account of the snapshot by key.
pub fn accounts(snapshot: &Snapshot) -> BTreeMap<i64, Account> {
    let mut accounts = rows(snapshot);
    contracts(snapshot, &mut accounts);
    proposals(snapshot, &mut accounts);
    let roles = contacts(snapshot, &mut accounts);
    surveys(snapshot, &mut accounts, &roles);
    activities::read(snapshot, &mut accounts);
    team(snapshot, &mut accounts);
    said(snapshot, &mut accounts);
    partners(snapshot, &mut accounts);
    permissions(snapshot, &mut accounts);
    groups(&mut accounts);
    for account in accounts.values_mut() {
        account.bars.sort();
        let first_contract = account.contracts.iter().map(|c| c.started_on).min();
        let first_won = account
            .proposals
            .iter()
            .filter(|p| p.outcome == Outcome::Won)
            .filter_map(|p| p.closed_on)
            .min();
        account.since = [account.since, first_contract, first_won].into_iter().flatten().min();
    }
    accounts
}

fn rows(snapshot: &Snapshot) -> BTreeMap<i64, Account> {
    let table = snapshot.table("accounts");
    let asked = catalogue::attributes_asked(snapshot);
    let parents = parents(snapshot);
    table
        .iter()
        .filter_map(|record| {
            let id = record.id("account_id");
            let key = snapshot.account(id)?;
            let root = root_of(id, &parents);
            Some((
                key,
                Account {
                    key,
                    id: id.to_owned(),
                    root: snapshot.account(root).unwrap_or(key),
                    parent: record.text("parent_id").and_then(|parent| snapshot.account(parent)),
                    kind: record
                        .text("kind")
                        .and_then(AccountKind::parse)
                        .unwrap_or(AccountKind::Company),
                    touch: record
                        .text("touch_model")
                        .and_then(TouchModel::parse)
                        .unwrap_or(TouchModel::Low),
                    segment: record.text("segment").map(str::to_owned),
                    owner: record.text("owner").map(RepId::from),
                    since: record.day("acquired_on"),
                    contracts: Vec::new(),
                    proposals: Vec::new(),
                    surveys: Vec::new(),
                    tickets: Vec::new(),
                    nps: Vec::new(),
                    ticket_spans: Vec::new(),
                    contacts: Vec::new(),
                    reports_to: BTreeMap::new(),
                    touches: Vec::new(),
                    worked: Vec::new(),
                    refusals: Vec::new(),
                    levels: Vec::new(),
                    approaches: Vec::new(),
                    sales_contacts: Vec::new(),
                    spoken: Vec::new(),
                    enquiries: Vec::new(),
                    commitments: Vec::new(),
                    occasions: None,
                    process: None,
                    bars: bars_of(record),
                    last_human_touch: None,
                    last_event: None,
                    attributes: attributes(record, &asked),
                    group_holds: BTreeMap::new(),
                },
            ))
        })
        .collect()
}

/// Tells each department what others of its group hold.
fn groups(accounts: &mut BTreeMap<i64, Account>) {
    let mut held: BTreeMap<i64, BTreeMap<ProductId, BTreeSet<i64>>> = BTreeMap::new();
    let departments: BTreeSet<i64> = accounts
        .values()
        .filter(|account| account.kind == AccountKind::Department)
        .map(|account| account.root)
        .collect();
    for account in accounts.values().filter(|account| departments.contains(&account.root)) {
        let group = held.entry(account.root).or_default();
        for contract in account.contracts.iter().filter(|contract| contract.active) {
            group.entry(contract.product.clone()).or_default().insert(account.key);
        }
    }
    for account in accounts.values_mut() {
        if account.kind != AccountKind::Department {
            continue;
        }
        let others = |holders: &BTreeSet<i64>| {
            u32::try_from(holders.iter().filter(|key| **key != account.key).count()).unwrap_or(0)
        };
        let group = held.get(&account.root).into_iter().flatten();
        let told = group.map(|(product, holders)| (product.clone(), others(holders)));
        account.group_holds = told.filter(|(_, holders)| *holders > 0).collect();
    }
}

/// The account above each: what it was merged into, else its parent. Nothing else decides about groups.
pub(crate) fn parents(snapshot: &Snapshot) -> HashMap<&str, &str> {
    let rows = snapshot.table("accounts").iter();
    rows.filter_map(|r| Some((r.id("account_id"), r.text("merged_into").or(r.text("parent_id"))?)))
        .collect()
}

/// Follows parents to the top; a cycle that slipped in ends where it closes.
pub(crate) fn root_of<'a>(id: &'a str, parents: &HashMap<&'a str, &'a str>) -> &'a str {
    let mut at = id;
    for _ in 0..parents.len() {
        match parents.get(at) {
            Some(parent) if *parent != id => at = parent,
            _ => break,
        }
    }
    at
}

fn of<'a>(
    snapshot: &Snapshot,
    accounts: &'a mut BTreeMap<i64, Account>,
    record: Record<'_>,
) -> Option<&'a mut Account> {
    snapshot.account(record.id("account_id")).and_then(|key| accounts.get_mut(&key))
}

fn contracts(snapshot: &Snapshot, accounts: &mut BTreeMap<i64, Account>) {
    // Rows are in key order, so the last version of a subscription that counts as of the day wins.
    let mut latest: BTreeMap<&str, Record<'_>> = BTreeMap::new();
    let mut formers: BTreeMap<&str, (Former, Option<i64>)> = BTreeMap::new();
    let table = snapshot.table("subscriptions");
    for record in table.iter() {
        let id = record.id("subscription_id");
        if let Some(before) = latest.insert(id, record) {
            remember_former(&mut formers, id, (before, record));
        }
    }
    for (subscription, record) in latest {
        let Some(started_on) = record.day("started_on").or(record.day("effective_on")) else {
            continue;
        };
        let ended_on = record.day("ended_on");
        let status = record.text("status");
        let over = ended_on.is_some() || matches!(status, Some("cancelled" | "ended"));
        let notice_given = (status == Some("cancel_requested"))
            .then(|| record.day("effective_on").unwrap_or(started_on));
        let renews_on = record.day("renews_on");
        let notice = record.whole("notice_days").and_then(|days| i32::try_from(days).ok());
        let deadline = renews_on.zip(notice).map(|(renews, notice)| renews.plus(Days(-notice)));
        let contract = Contract {
            subscription: subscription.into(),
            product: record.id("product_id").into(),
            seats: record.whole("seats"),
            mrr_minor: snapshot.amount(record, "mrr"),
            discount_rate: record.number("discount_rate"),
            term_months: record.whole("term_months"),
            started_on,
            renews_on,
            cancel_deadline: record.day("cancel_deadline").or(deadline).or(renews_on),
            cancel_notice_on: record.day("cancel_notice_on").or(notice_given),
            active: !over && started_on <= snapshot.as_of,
            ended_on,
            plan_version: record.text("plan_version").map(str::to_owned),
            reduction_allowed: record.flag("reduction_allowed"),
            former: formers.remove(subscription).map(|(former, _)| former),
        };
        let how = (status, record.text("sold_via"));
        if let Some(account) = of(snapshot, accounts, record) {
            if contract.active {
                account.bars.contract(subscription, record.id("product_id"), how);
            }
            account.contracts.push(contract);
        }
    }
}

/// Keeps the larger form of a contract line that became smaller (S12), until it pays as much again.
fn remember_former<'a>(
    formers: &mut BTreeMap<&'a str, (Former, Option<i64>)>,
    id: &'a str,
    (before, after): (Record<'a>, Record<'a>),
) {
    let of = |column| before.whole(column).zip(after.whole(column));
    let fell = |column| of(column).is_some_and(|(before, after)| after < before);
    let other = before.id("product_id") != after.id("product_id");
    let smaller =
        after.text("change_kind") == Some("contract") || fell("seats") || (other && fell("mrr"));
    let back =
        |paid: Option<i64>| paid.zip(after.whole("mrr")).is_some_and(|(paid, now)| now >= paid);
    if formers.get(id).is_some_and(|(_, paid)| back(*paid)) {
        formers.remove(id);
    }
    let Some(until) = after.day("effective_on").filter(|_| smaller) else { return };
    let former =
        Former { product: before.id("product_id").into(), seats: before.whole("seats"), until };
    formers.entry(id).or_insert((former, before.whole("mrr")));
}

fn proposals(snapshot: &Snapshot, accounts: &mut BTreeMap<i64, Account>) {
    let mut newest: BTreeMap<i64, (Day, RepId)> = BTreeMap::new();
    for record in snapshot.table("proposals").iter() {
        let Some(opened_on) = record.day_of("opened_at", &snapshot.zone) else { continue };
        let closed_on = record.day_of("closed_at", &snapshot.zone);
        let outcome = match (record.text("outcome"), closed_on) {
            (Some("won"), _) => Outcome::Won,
            (Some("lost"), _) => Outcome::Lost,
            // Closed, but nobody wrote how: it is not open, and says nothing of how often deals are won.
            (_, Some(_)) => continue,
            _ => Outcome::Open,
        };
        let owner = record.text("owner").map(RepId::from);
        let proposal = Proposal {
            proposal: record.id("proposal_id").into(),
            product: record.text("product_id").map(Into::into),
            offer: record.text("offer_id").map(Into::into),
            opened_on,
            closed_on,
            outcome,
            stage: record.text("stage").map(str::to_owned),
            next_step_on: record.day("next_step_on"),
            amount_minor: snapshot.amount(record, "amount"),
            approached: record.flag("approached"),
            owner: owner.clone(),
            kind: record.text("type").map(str::to_owned),
        };
        if let Some(account) = of(snapshot, accounts, record) {
            account.last_event = account.last_event.max(Some(opened_on)).max(closed_on);
            if let Some(owner) = owner {
                remember(&mut newest, account.key, closed_on.unwrap_or(opened_on), owner);
            }
            account.proposals.push(proposal);
        }
    }
    for record in snapshot.table("activities").iter() {
        let day = record.day_of("at", &snapshot.zone);
        if let (Some(day), Some(owner), Some(account)) =
            (day, record.text("owner"), of(snapshot, accounts, record))
        {
            remember(&mut newest, account.key, day, owner.into());
        }
    }
    for (key, (_, owner)) in newest {
        let account = accounts.get_mut(&key).expect("only known accounts are remembered");
        account.owner.get_or_insert(owner);
    }
}

/// Keeps the owner of the newest row, the greater id on the same day, whatever the order of rows.
fn remember(newest: &mut BTreeMap<i64, (Day, RepId)>, key: i64, day: Day, owner: RepId) {
    let seen = newest.entry(key).or_insert_with(|| (day, owner.clone()));
    if (day, &owner) > (seen.0, &seen.1) {
        *seen = (day, owner);
    }
}

fn contacts(
    snapshot: &Snapshot,
    accounts: &mut BTreeMap<i64, Account>,
) -> HashMap<i64, ContactRole> {
    let mut roles = HashMap::new();
    for record in snapshot.table("contacts").iter() {
        let Some(key) = snapshot.contact_keys.get(record.id("contact_id")).copied() else {
            continue;
        };
        let role = record.text("role").and_then(ContactRole::parse).unwrap_or(ContactRole::Other);
        roles.insert(key, role);
        if record.day("left_on").is_some() {
            continue;
        }
        if let Some(account) = of(snapshot, accounts, record) {
            account.contacts.push(Contact { contact: ContactKey(key), role });
            let above = record.text("reports_to").and_then(|id| snapshot.contact_keys.get(id));
            account.reports_to.extend(above.map(|above| (ContactKey(key), ContactKey(*above))));
        }
    }
    roles
}

fn surveys(
    snapshot: &Snapshot,
    accounts: &mut BTreeMap<i64, Account>,
    roles: &HashMap<i64, ContactRole>,
) {
    let mut latest: BTreeMap<(i64, i64, String), Survey> = BTreeMap::new();
    for record in snapshot.table("surveys").iter() {
        let (Some(on), Some(score)) = (record.day_of("at", &snapshot.zone), record.number("score"))
        else {
            continue;
        };
        let Some(account) = of(snapshot, accounts, record) else { continue };
        account.last_event = account.last_event.max(Some(on));
        let Some(question) = question(record, score) else { continue };
        if question == "nps" {
            #[expect(clippy::cast_possible_truncation, reason = "a score from 0 to 10")]
            account.nps.push((on, score as f32));
        }
        let contact =
            record.text("contact_id").and_then(|id| snapshot.contact_keys.get(id)).copied();
        let survey = Survey {
            response: record.id("response_id").to_owned(),
            contact: contact.map(ContactKey),
            role: contact.and_then(|key| roles.get(&key)).copied(),
            question: question.to_owned(),
            score,
            on,
        };
        let slot = (account.key, contact.unwrap_or(-1), survey.question.clone());
        match latest.get(&slot) {
            Some(seen) if (seen.on, &seen.response) >= (survey.on, &survey.response) => {}
            _ => {
                latest.insert(slot, survey);
            }
        }
    }
    for ((key, _, _), survey) in latest {
        accounts.get_mut(&key).expect("only known accounts answered").surveys.push(survey);
    }
    for account in accounts.values_mut() {
        account.surveys.sort_by(|a, b| (b.on, &b.response).cmp(&(a.on, &a.response)));
        account.nps.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    }
}

/// The question that a survey's row answers; none where the answer is not one to it.
pub(crate) fn question(record: Record<'_>, score: f64) -> Option<&str> {
    // The NPS question goes from 0 to 10: a higher answer was to another one, or is a slip.
    let beyond = score > 10.0;
    let question = record.text("question").unwrap_or(if beyond { "csat" } else { "nps" });
    (question != "nps" || !beyond).then_some(question)
}

/// What was said of accounts, but for what something else took the place of.
fn said(snapshot: &Snapshot, accounts: &mut BTreeMap<i64, Account>) {
    let mut rows: BTreeMap<i64, Vec<Statement<'_>>> = BTreeMap::new();
    for record in snapshot.table("account_facts").iter() {
        let Some(key) = snapshot.account(record.id("account_id")) else { continue };
        if record.text("superseded_by").is_none() {
            rows.entry(key).or_default().push(Statement {
                fact: record.id("fact_id"),
                kind: record.id("kind"),
                value: record.id("value"),
                on: record.day("said_on"),
            });
        }
    }
    let contact_of = |id: &str| snapshot.contact_keys.get(id).copied().map(ContactKey);
    for (key, rows) in rows {
        if let Some(account) = accounts.get_mut(&key) {
            account.bars.hear(&rows, contact_of);
        }
    }
}

/// Accounts that are a partner's customers.
fn partners(snapshot: &Snapshot, accounts: &mut BTreeMap<i64, Account>) {
    for record in snapshot.table("account_links").iter().filter(|row| row.id("kind") == "reseller")
    {
        let customer = snapshot.account(record.id("to_id"));
        if let Some(account) = customer.and_then(|key| accounts.get_mut(&key)) {
            let source = format!("account_links {}", record.id("from_id"));
            account.bars.resellers.push(Reseller { source, product: None });
        }
    }
}

/// The permissions of contacts who have not left.
fn permissions(snapshot: &Snapshot, accounts: &mut BTreeMap<i64, Account>) {
    let at: HashMap<i64, i64> = accounts
        .values()
        .flat_map(|account| account.contacts.iter().map(|it| (it.contact.0, account.key)))
        .collect();
    for record in snapshot.table("permissions").iter() {
        let contact = snapshot.contact_keys.get(record.id("contact_id")).copied();
        let account = contact.and_then(|contact| accounts.get_mut(at.get(&contact)?));
        if let (Some(contact), Some(account)) = (contact, account) {
            account.bars.permissions.push(Permission {
                contact: ContactKey(contact),
                channel: Channel::parse(record.id("channel")),
                consent: Consent::parse(record.id("state")),
                basis: record.text("basis").and_then(Basis::parse),
                on: record.day("on"),
                source: format!("permissions {}", record.id("contact_id")),
            });
        }
    }
}

/// The team member who sells to the account stands before `accounts.owner`.
fn team(snapshot: &Snapshot, accounts: &mut BTreeMap<i64, Account>) {
    let mut best: BTreeMap<i64, (u8, RepId)> = BTreeMap::new();
    for record in snapshot.table("account_team").iter() {
        if record.day("until_on").is_some_and(|until| until < snapshot.as_of) {
            continue;
        }
        let Some(key) = snapshot.account(record.id("account_id")) else { continue };
        let rank = match record.id("role") {
            "CIS" => 0,
            "AM" => 1,
            "CS" => 2,
            _ => 3,
        };
        let member = (rank, RepId::from(record.id("rep_id")));
        let seen = best.entry(key).or_insert_with(|| member.clone());
        if member < *seen {
            *seen = member;
        }
    }
    for (key, (_, rep)) in best {
        if let Some(account) = accounts.get_mut(&key) {
            account.owner = Some(rep);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_stop_at_the_top_and_in_a_cycle() {
        let parents = HashMap::from([("c", "b"), ("b", "a"), ("x", "y"), ("y", "x")]);
        assert_eq!(root_of("c", &parents), "a");
        assert_eq!(root_of("a", &parents), "a");
        assert_eq!(root_of("x", &parents), "y");
    }

    #[test]
    fn the_newest_deal_names_the_owner_whatever_the_order() {
        let days = [Day(1), Day(5), Day(5), Day(3)];
        let reps = ["a", "b", "c", "d"];
        for turn in 0..4 {
            let mut newest = BTreeMap::new();
            for i in 0..4 {
                let at = (i + turn) % 4;
                remember(&mut newest, 7, days[at], reps[at].into());
            }
            assert_eq!(newest[&7], (Day(5), RepId::from("c")));
        }
    }
}
