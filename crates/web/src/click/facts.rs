//! The facts of one account as of now, for the guards: read from the store when somebody clicks.
//!
//! What the night alone can know is left out: purchases, usage and the chance of leaving.

use std::collections::{BTreeMap, BTreeSet};

use decide::catalogue::{Catalogue, PriceUnit, Product, ProductKind};
use decide::facts::{AccountFacts, Contact, Contract, Outcome, Proposal, Refusal, Survey, Ticket};
use domain::canonical;
use domain::ids::{AccountKey, ContactKey, ProductId};
use domain::motion::{AccountKind, ContactRole};
use domain::time::{Day, Days};
use store::{PlayStateFilter, Stage, Touch, TouchKind, Value};

use crate::error::Error;
use crate::record::{Record, Records};

/// The facts of the account with this key.
///
/// `night` is the day of the current run.
pub(super) async fn of(
    records: &Records<'_>,
    key: i64,
    night: Option<Day>,
) -> Result<AccountFacts, Error> {
    let mut facts = AccountFacts::nothing(AccountKey(key));
    let Some(name) = records.store.account_names(&[key]).await?.pop() else { return Ok(facts) };
    let id = name.account_id.as_str();
    if let Some(account) = records.of("accounts", "account_id", id).await?.pop() {
        facts.kind = AccountKind::parse(account.text("kind")).unwrap_or(AccountKind::Company);
    }
    let rows = async |entity| records.of(entity, "account_id", id).await;
    facts.contracts = contracts(records, rows("subscriptions").await?);
    let deals = rows("proposals").await?;
    facts.proposals = deals.iter().filter_map(|row| proposal(records, row)).collect();
    let touches = records.store.touches_of(key).await?;
    facts.proposals.extend(touches.iter().filter_map(answered));
    facts.refusals = refusals(records, key, night).await?;
    let tickets = rows("activities").await?;
    facts.tickets = tickets.iter().filter_map(|row| ticket(records, row)).collect();
    let (contacts, surveys) = (rows("contacts").await?, rows("surveys").await?);
    let mut keys: BTreeMap<&str, (ContactKey, ContactRole)> = BTreeMap::new();
    for row in &contacts {
        let contact = row.text("contact_id");
        if let Some(key) = records.store.contact_key_of(contact).await? {
            let role = ContactRole::parse(row.text("role")).unwrap_or(ContactRole::Other);
            keys.insert(contact, (ContactKey(key), role));
            if records.day(row, "left_on").is_none() {
                facts.contacts.push(Contact { contact: ContactKey(key), role });
            }
        }
    }
    facts.surveys = latest(surveys.iter().filter_map(|row| survey(records, row, &keys)));
    Ok(facts)
}

/// Each contract line in the version that counts as of the day.
fn contracts(records: &Records, rows: Vec<Record>) -> Vec<Contract> {
    let mut newest: BTreeMap<String, Record> = BTreeMap::new();
    for row in rows {
        let id = row.text("subscription_id").to_owned();
        let older = newest.get(&id).map(|known| known.text("effective_on").to_owned());
        if older.is_none_or(|known| *known <= *row.text("effective_on")) {
            newest.insert(id, row);
        }
    }
    newest.values().filter_map(|row| contract(records, row)).collect()
}

fn contract(records: &Records, row: &Record) -> Option<Contract> {
    let effective_on = records.day(row, "effective_on");
    let started_on = records.day(row, "started_on").or(effective_on)?;
    let ended_on = records.day(row, "ended_on");
    let status = row.text("status");
    let renews_on = row.day("renews_on");
    let notice = row.whole("notice_days").and_then(|days| i32::try_from(days).ok());
    let deadline = renews_on.zip(notice).map(|(renews, notice)| renews.plus(Days(-notice)));
    let asked = (status == "cancel_requested").then(|| effective_on.unwrap_or(started_on));
    Some(Contract {
        subscription: row.text("subscription_id").into(),
        product: row.text("product_id").into(),
        seats: row.whole("seats"),
        mrr_minor: row.whole("mrr"),
        discount_rate: row.number("discount_rate"),
        term_months: row.whole("term_months"),
        started_on,
        renews_on,
        cancel_deadline: row.day("cancel_deadline").or(deadline).or(renews_on),
        cancel_notice_on: records.day(row, "cancel_notice_on").or(asked),
        active: ended_on.is_none() && !matches!(status, "cancelled" | "ended"),
        ended_on,
        plan_version: row.some("plan_version"),
    })
}

fn proposal(records: &Records, row: &Record) -> Option<Proposal> {
    let opened_on = records.day_of(row, "opened_at")?;
    let closed_on = records.day_of(row, "closed_at");
    let outcome = match (row.text("outcome"), closed_on) {
        ("won", _) => Outcome::Won,
        ("lost", _) => Outcome::Lost,
        // Closed, but nobody wrote how.
        (_, Some(_)) => return None,
        _ => Outcome::Open,
    };
    Some(Proposal {
        proposal: row.text("proposal_id").into(),
        product: row.some("product_id").map(ProductId::new),
        offer: row.some("offer_id").map(|offer| offer.as_str().into()),
        opened_on,
        closed_on,
        outcome,
        stage: row.some("stage"),
        next_step_on: row.day("next_step_on"),
        amount_minor: row.whole("amount"),
        approached: None,
        owner: None,
        kind: row.some("type"),
    })
}

/// What was marked as not a fit since the night: it knew the others, and what the data showed of them.
async fn refusals(
    records: &Records<'_>,
    key: i64,
    night: Option<Day>,
) -> Result<Vec<Refusal>, Error> {
    let since = night.map(|day| day.to_string()).unwrap_or_default();
    let filter = PlayStateFilter {
        account_key: Some(key),
        stages: vec![Stage::Refused],
        limit: REFUSALS_MAX,
        ..PlayStateFilter::default()
    };
    let (states, _) = records.store.play_states(&filter).await?;
    let ours = states.into_iter().filter(|state| state.state_on >= since);
    let read = ours.filter_map(|state| {
        Some(Refusal {
            on: Day::parse_iso(&state.state_on)?,
            offer: Some(state.offer_id.as_str()).filter(|offer| !offer.is_empty())?.into(),
            product: state.product_id.as_deref().map(ProductId::from),
            reason: state.reason_code?,
            play: state.play_id.as_str().into(),
        })
    });
    Ok(read.collect())
}

/// Refusals of one account that are looked at, the latest.
const REFUSALS_MAX: u64 = 500;

/// What a customer answered to a play, as the guards count it: like a deal that was closed.
fn answered(touch: &Touch) -> Option<Proposal> {
    let on = Day::parse_iso(&touch.on_day)?;
    let outcome = match touch.kind {
        TouchKind::Rejection => Outcome::Lost,
        TouchKind::Win => Outcome::Won,
        TouchKind::Contact => return None,
    };
    Some(Proposal {
        proposal: touch.play_id.as_str().into(),
        product: touch.product_id.as_deref().map(ProductId::from),
        offer: Some(touch.offer_id.as_str()).filter(|offer| !offer.is_empty()).map(Into::into),
        opened_on: on,
        closed_on: Some(on),
        outcome,
        stage: None,
        next_step_on: None,
        amount_minor: None,
        approached: Some(true),
        owner: None,
        kind: None,
    })
}

fn ticket(records: &Records, row: &Record) -> Option<Ticket> {
    let opened_on = records.day_of(row, "at")?;
    let closed = records.day_of(row, "closed_at").is_some();
    let over = closed || Ticket::is_over(Some(row.text("status")));
    (row.text("kind") == "ticket" && !over).then(|| Ticket {
        activity: row.text("activity_id").to_owned(),
        opened_on,
        escalated: Ticket::is_escalated(Some(row.text("priority"))),
    })
}

fn survey(
    records: &Records,
    row: &Record,
    contacts: &BTreeMap<&str, (ContactKey, ContactRole)>,
) -> Option<Survey> {
    let (on, score) = (records.day_of(row, "at")?, row.number("score")?);
    // The NPS question goes from 0 to 10: a higher answer was to another one, or is a slip.
    let beyond = score > 10.0;
    let question = row.some("question");
    let question = question.unwrap_or_else(|| if beyond { "csat" } else { "nps" }.to_owned());
    if question == "nps" && beyond {
        return None;
    }
    let who = contacts.get(row.text("contact_id"));
    Some(Survey {
        response: row.text("response_id").to_owned(),
        contact: who.map(|(contact, _)| *contact),
        role: who.map(|(_, role)| *role),
        question,
        score,
        on,
    })
}

/// The latest answer of each contact to each question, newest first.
fn latest(surveys: impl Iterator<Item = Survey>) -> Vec<Survey> {
    let mut newest: BTreeMap<(Option<ContactKey>, String), Survey> = BTreeMap::new();
    for survey in surveys {
        let slot = (survey.contact, survey.question.clone());
        let newer = newest
            .get(&slot)
            .is_none_or(|seen| (seen.on, &seen.response) < (survey.on, &survey.response));
        if newer {
            newest.insert(slot, survey);
        }
    }
    let mut surveys: Vec<Survey> = newest.into_values().collect();
    surveys.sort_by(|a, b| (b.on, &b.response).cmp(&(a.on, &a.response)));
    surveys
}

/// The products that the guards name or compare: those of deals and contracts, and the one offered.
pub(super) async fn catalogue(
    records: &Records<'_>,
    facts: &AccountFacts,
    offered: Option<&ProductId>,
) -> Result<Catalogue, Error> {
    let mut catalogue = Catalogue::default();
    let Some(products) = canonical::entity("products") else { return Ok(catalogue) };
    let deals = facts.proposals.iter().filter_map(|deal| deal.product.clone());
    let held = facts.contracts.iter().map(|contract| contract.product.clone());
    let wanted: BTreeSet<ProductId> = deals.chain(held).chain(offered.cloned()).collect();
    for id in wanted {
        let is = Value::Text(id.to_string());
        let Some(row) = records.store.read_where(products, "product_id", &is).await?.pop() else {
            continue;
        };
        let row = Record::new(products, row);
        let product = Product {
            id: id.clone(),
            name: row.some("name").unwrap_or_else(|| id.to_string()),
            kind: ProductKind::Item,
            line: row.some("line"),
            tier: None,
            price_minor: None,
            price_unit: PriceUnit::Once,
            implied_month_minor: None,
            seat_share: None,
            margin_rate: None,
            limits: Vec::new(),
            active_until: None,
            on_sale: true,
        };
        catalogue.products.insert(id, product);
    }
    Ok(catalogue)
}
