//! The facts of one account as of now, for the guards: read from the store when somebody clicks.
//!
//! What the night alone can know is left out: purchases, usage and the chance of leaving.

mod bars;

use std::collections::{BTreeMap, BTreeSet};

use decide::catalogue::{Catalogue, PriceUnit, Product, ProductKind};
use decide::facts::{AccountFacts, Contact, Contract, Outcome, Proposal, Refusal, Survey, Ticket};
use decide::life::{Touch, TouchKind};
use domain::canonical;
use domain::ids::{AccountKey, ContactKey, ProductId, RepId};
use domain::motion::{AccountKind, Channel, ContactRole, Motion, TouchModel};
use domain::time::{Day, Days};
use store::{PlayStateFilter, Stage, Value};

use crate::error::Error;
use crate::record::{Record, Records};

/// Whose facts, and for which play.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    /// The account.
    pub(super) key: i64,
    /// The root of its group.
    pub(super) root: i64,
    /// The play: what it did itself does not count against it.
    pub(super) play: &'a str,
    /// The current run and its day.
    pub(super) night: Option<(&'a str, Day)>,
}

/// The facts of an account as of now.
pub(super) async fn of(records: &Records<'_>, asked: Asked<'_>) -> Result<AccountFacts, Error> {
    let key = asked.key;
    let mut facts = AccountFacts::nothing(AccountKey(key));
    facts.root = AccountKey(asked.root);
    let Some(name) = records.store.account_names(&[key]).await?.pop() else { return Ok(facts) };
    let rows = Rows::of(records, &name.account_id).await?;
    if let Some(account) = rows.account() {
        facts.kind = AccountKind::parse(account.text("kind")).unwrap_or(AccountKind::Company);
        facts.touch = TouchModel::parse(account.text("touch_model")).unwrap_or(TouchModel::Low);
    }
    let subscriptions = newest(rows.all("subscriptions").await?);
    facts.contracts = subscriptions.iter().filter_map(|row| contract(records, row)).collect();
    let deals = rows.all("proposals").await?;
    facts.proposals = deals.iter().filter_map(|row| proposal(records, row)).collect();
    let touches = records.store.touches_of(key).await?;
    let touches = touches.iter().filter(|touch| touch.play_id != asked.play);
    facts.touches = touches.filter_map(touch).collect();
    facts.refusals = refusals(records, key, asked.night.map(|(_, day)| day)).await?;
    let activities = rows.all("activities").await?;
    facts.tickets = activities.iter().filter_map(|row| ticket(records, row)).collect();
    let (contacts, surveys) = (rows.all("contacts").await?, rows.all("surveys").await?);
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
    facts.owner = owner(records, &rows, (&deals, &activities)).await?;
    facts.bars =
        bars::of(&rows, asked, bars::Read { keys: &keys, subscriptions, activities }).await?;
    Ok(facts)
}

/// The rows of an account, and of those that it stands for.
pub(super) struct Rows<'a> {
    pub(super) records: &'a Records<'a>,
    /// The account's own row, then those of the merged.
    pub(super) accounts: Vec<Record>,
    pub(super) ids: Vec<String>,
}

impl<'a> Rows<'a> {
    async fn of(records: &'a Records<'a>, id: &str) -> Result<Self, Error> {
        let mut accounts = records.of("accounts", "account_id", id).await?;
        accounts.extend(records.of("accounts", "merged_into", id).await?);
        let mut ids = vec![id.to_owned()];
        ids.extend(accounts.iter().skip(1).map(|row| row.text("account_id").to_owned()));
        Ok(Self { records, accounts, ids })
    }

    pub(super) fn account(&self) -> Option<&Record> {
        self.accounts.first()
    }

    /// The rows of an entity that are theirs.
    pub(super) async fn all(&self, entity: &str) -> Result<Vec<Record>, Error> {
        self.by(entity, "account_id").await
    }

    /// The rows of an entity whose column names one of them.
    pub(super) async fn by(
        &self,
        entity: &str,
        column: &'static str,
    ) -> Result<Vec<Record>, Error> {
        let mut found = Vec::new();
        for id in &self.ids {
            found.extend(self.records.of(entity, column, id).await?);
        }
        Ok(found)
    }
}

/// Who owns the account, as the night says it: who sells to it in the team, else its owner, else whoever has the newest
/// deal or activity.
async fn owner(
    records: &Records<'_>,
    rows: &Rows<'_>,
    (deals, activities): (&[Record], &[Record]),
) -> Result<Option<RepId>, Error> {
    let team = rows.all("account_team").await?;
    let over = |row: &&Record| {
        row.day("until_on").zip(records.as_of).is_some_and(|(until, as_of)| until < as_of)
    };
    let rank = |row: &Record| match row.text("role") {
        "CIS" => 0,
        "AM" => 1,
        "CS" => 2,
        _ => 3,
    };
    let member = team.iter().filter(|row| !over(row)).map(|row| (rank(row), row.text("rep_id")));
    if let Some((_, rep)) = member.min() {
        return Ok(Some(rep.into()));
    }
    if let Some(owner) = rows.account().and_then(|account| account.some("owner")) {
        return Ok(Some(owner.as_str().into()));
    }
    let of_deals = deals.iter().filter_map(|row| {
        let day = records.day_of(row, "closed_at").or(records.day_of(row, "opened_at"))?;
        Some((day, row.some("owner")?))
    });
    let of_activities =
        activities.iter().filter_map(|row| Some((records.day_of(row, "at")?, row.some("owner")?)));
    Ok(of_deals.chain(of_activities).max().map(|(_, owner)| owner.as_str().into()))
}

/// A touch of a customer by a play, as the night counts it.
pub(super) fn touch(touch: &store::Touch) -> Option<Touch> {
    let by_rep = Channel::parse(&touch.channel).is_none_or(Channel::takes_hours);
    Some(Touch {
        play: touch.play_id.as_str().into(),
        on: Day::parse_iso(&touch.on_day)?,
        kind: match touch.kind {
            store::TouchKind::Contact => TouchKind::Contact,
            store::TouchKind::Rejection => TouchKind::Rejection,
            store::TouchKind::Win => TouchKind::Win,
        },
        offer: Some(touch.offer_id.as_str()).filter(|offer| !offer.is_empty()).map(Into::into),
        product: touch.product_id.as_deref().map(ProductId::from),
        motion: Motion::parse(&touch.motion),
        by_rep,
        contact: touch.contact_key.map(ContactKey),
    })
}

/// Each contract line in the version that counts as of the day.
fn newest(rows: Vec<Record>) -> Vec<Record> {
    let mut newest: BTreeMap<String, Record> = BTreeMap::new();
    for row in rows {
        let id = row.text("subscription_id").to_owned();
        let older = newest.get(&id).map(|known| known.text("effective_on").to_owned());
        if older.is_none_or(|known| *known <= *row.text("effective_on")) {
            newest.insert(id, row);
        }
    }
    newest.into_values().collect()
}

fn contract(records: &Records, row: &Record) -> Option<Contract> {
    let effective_on = records.day(row, "effective_on");
    let started_on = records.day(row, "started_on").or(effective_on)?;
    let ended_on = records.day(row, "ended_on");
    // What ends later has not ended, whatever its status says by then.
    let later = ended_on.is_none() && row.day("ended_on").is_some();
    let status = if later { "" } else { row.text("status") };
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
        active: ended_on.is_none()
            && !matches!(status, "cancelled" | "ended")
            && records.as_of.is_none_or(|as_of| started_on <= as_of),
        ended_on,
        plan_version: row.some("plan_version"),
        reduction_allowed: None,
        former: None,
    })
}

fn proposal(records: &Records, row: &Record) -> Option<Proposal> {
    let opened_on = records.day_of(row, "opened_at")?;
    let closed_on = records.day_of(row, "closed_at");
    // What closes later is open, whatever its outcome will be.
    let later = closed_on.is_none() && row.whole("closed_at").is_some();
    let outcome = match (if later { "" } else { row.text("outcome") }, closed_on) {
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
        approached: row.whole("approached").map(|flag| flag != 0),
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

/// Whether a ticket is over as of the day.
fn is_over(records: &Records, row: &Record) -> bool {
    let closed = records.day_of(row, "closed_at").is_some();
    let later = !closed && row.whole("closed_at").is_some();
    closed || (!later && Ticket::is_over(Some(row.text("status"))))
}

fn ticket(records: &Records, row: &Record) -> Option<Ticket> {
    let opened_on = records.day_of(row, "at")?;
    let over = is_over(records, row);
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
    offered: &[&ProductId],
) -> Result<Catalogue, Error> {
    let mut catalogue = Catalogue::default();
    let Some(products) = canonical::entity("products") else { return Ok(catalogue) };
    let deals = facts.proposals.iter().filter_map(|deal| deal.product.clone());
    let held = facts.contracts.iter().map(|contract| contract.product.clone());
    let sold = facts.bars.resellers.iter().filter_map(|reseller| reseller.product.clone());
    let wanted: BTreeSet<ProductId> =
        deals.chain(held).chain(sold).chain(offered.iter().copied().cloned()).collect();
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
            bands: Vec::new(),
            recurring_month_minor: None,
            limits: Vec::new(),
            active_until: None,
            on_sale: true,
        };
        catalogue.products.insert(id, product);
    }
    Ok(catalogue)
}
