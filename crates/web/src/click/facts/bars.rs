//! Stops, payments, partners, permissions and contacts of one account as of now: the same rows that the night reads,
//! through the same words.

use std::collections::BTreeMap;

use decide::card::AccountView;
use decide::facts::Ticket;
use decide::facts::bars::{
    Bars, Basis, Consent, Contacted, Lot, Permission, REACHES, REMEMBERED_DAYS, Reseller,
    Statement, Stop,
};
use decide::life::reasons::{self, Reason};
use decide::life::{self, UnderWay};
use domain::ids::{AccountKey, ContactKey, PlayId};
use domain::motion::{Channel, ContactRole, Motion};
use domain::time::Day;
use store::{MILLIONTHS, PlayState, StopKind};

use super::{Asked, Rows, touch};
use crate::error::Error;
use crate::record::Record;

/// What was read of the account already.
pub(super) struct Read<'a> {
    pub(super) keys: &'a BTreeMap<&'a str, (ContactKey, ContactRole)>,
    pub(super) subscriptions: Vec<Record>,
    pub(super) activities: Vec<Record>,
}

/// What guards alone ask of the account.
pub(super) async fn of(rows: &Rows<'_>, asked: Asked<'_>, read: Read<'_>) -> Result<Bars, Error> {
    let mut bars = Bars::default();
    let records = rows.records;
    if let Some(account) = rows.account() {
        let stopped = account.attribute("credit_stop");
        let (id, lifecycle) = (account.text("account_id"), account.some("lifecycle"));
        bars.credit_of_account(id, lifecycle.as_deref(), stopped.as_deref());
    }
    for row in &read.subscriptions {
        let active = super::contract(records, row).is_some_and(|contract| contract.active);
        if active {
            let later = row.day("ended_on").is_some();
            let status = row.some("status").filter(|_| !later);
            let sold_via = row.some("sold_via");
            let how = (status.as_deref(), sold_via.as_deref());
            bars.contract(row.text("subscription_id"), row.text("product_id"), how);
        }
    }
    said(rows, &read, &mut bars).await?;
    activities(rows, &read, &mut bars);
    for row in rows.by("account_links", "to_id").await? {
        if row.text("kind") == "reseller" {
            let source = format!("account_links {}", row.text("from_id"));
            bars.resellers.push(Reseller { source, product: None });
        }
    }
    permissions(rows, &read, &mut bars).await?;
    stops(rows, asked.key, &mut bars).await?;
    group(rows, asked, &mut bars).await?;
    lot(rows, asked.root, &mut bars).await?;
    if let Some((run_id, _)) = asked.night {
        let view = records.store.view(run_id, asked.key).await?;
        let view = view.and_then(|json| serde_json::from_str::<AccountView>(&json).ok());
        bars.bought = view
            .and_then(|view| view.bought)
            .and_then(|(order, on)| Some((order, Day::parse_iso(&on)?)));
    }
    bars.sort();
    Ok(bars)
}

async fn said(rows: &Rows<'_>, read: &Read<'_>, bars: &mut Bars) -> Result<(), Error> {
    let facts = rows.all("account_facts").await?;
    let statements: Vec<Statement<'_>> = facts
        .iter()
        .filter(|row| row.text("superseded_by").is_empty())
        .map(|row| Statement {
            fact: row.text("fact_id"),
            kind: row.text("kind"),
            value: row.text("value"),
            on: row.day("said_on"),
        })
        .collect();
    // Somebody of another account may be named, too.
    let only = statements.iter().filter(|row| row.kind == "only_contact");
    let mut named: BTreeMap<&str, ContactKey> = BTreeMap::new();
    for statement in only {
        let id = statement.value.trim();
        if let Some(key) = rows.records.store.contact_key_of(id).await? {
            named.insert(id, ContactKey(key));
        }
    }
    let contact_of =
        |id: &str| read.keys.get(id).map(|(key, _)| *key).or_else(|| named.get(id).copied());
    bars.hear(&statements, contact_of);
    Ok(())
}

fn activities(rows: &Rows<'_>, read: &Read<'_>, bars: &mut Bars) {
    let records = rows.records;
    for row in &read.activities {
        let Some(on) = records.day_of(row, "at") else { continue };
        let kind = row.text("kind");
        let grave = kind == "ticket" && Ticket::is_escalated(Some(row.text("priority")));
        if let Some(closed_on) = records.day_of(row, "closed_at").filter(|_| grave) {
            bars.solved(row.text("activity_id"), closed_on);
        }
        let began = row.text("direction") == "outbound" && REACHES.contains(&kind);
        let recent = records.as_of.is_none_or(|as_of| as_of.since(on).0 < REMEMBERED_DAYS);
        let who = read.keys.get(row.text("contact_id")).filter(|_| began && recent);
        if let Some((contact, _)) = who {
            let activity = row.text("activity_id").to_owned();
            bars.contacted.push(Contacted { activity, contact: *contact, on });
        }
    }
}

async fn permissions(rows: &Rows<'_>, read: &Read<'_>, bars: &mut Bars) -> Result<(), Error> {
    for (id, (contact, _)) in read.keys {
        for row in rows.records.of("permissions", "contact_id", id).await? {
            bars.permissions.push(Permission {
                contact: *contact,
                channel: Channel::parse(row.text("channel")),
                consent: Consent::parse(row.text("state")),
                basis: row.some("basis").as_deref().and_then(Basis::parse),
                on: row.day("on"),
                source: format!("permissions {id}"),
            });
        }
    }
    Ok(())
}

async fn stops(rows: &Rows<'_>, key: i64, bars: &mut Bars) -> Result<(), Error> {
    let last = rows.records.store.stops_of(key).await?.pop();
    if let Some(row) = last.filter(|row| row.kind == StopKind::Stop) {
        let reason = Reason::find(reasons::STOP, row.reason_code.as_deref().unwrap_or("other"));
        let as_of = rows.records.as_of;
        bars.stops.push(Stop {
            source: format!("sales_stops {}-{}", row.account_key, row.number),
            on: Day::parse_iso(&row.on_day).map(|on| as_of.map_or(on, |as_of| on.min(as_of))),
            until: row.until_day.as_deref().and_then(Day::parse_iso),
            reason: reason.map_or("other", |reason| reason.code),
            by: row.by_rep.as_deref().map(Into::into),
        });
    }
    Ok(())
}

/// Whether a play under way takes a place within the limits.
fn is_package(state: &PlayState) -> bool {
    let play = state.play();
    let work = UnderWay {
        play: state.play_id.as_str().into(),
        account: AccountKey(state.account_key),
        offer: None,
        motion: Motion::parse(&state.motion),
        title: domain::words::Words::default(),
        pool: String::new(),
        by_rep: Channel::parse(&play.channel).is_none_or(Channel::takes_hours),
        steps: Vec::new(),
        since: Day(0),
    };
    work.is_package()
}

/// What is under way, and packages to other accounts of the group.
async fn group(rows: &Rows<'_>, asked: Asked<'_>, bars: &mut Bars) -> Result<(), Error> {
    let store = rows.records.store;
    let states = store.under_way_of_group(asked.root).await?;
    let (ours, theirs): (Vec<_>, Vec<_>) = states
        .iter()
        .filter(|state| state.play_id != asked.play && is_package(state))
        .partition(|state| state.account_key == asked.key);
    let id = |state: &&PlayState| PlayId::from(state.play_id.as_str());
    bars.under_way = ours.iter().map(id).collect();
    let theirs: Vec<PlayId> = theirs.iter().map(id).collect();
    let touches: Vec<_> = store
        .touches_of_group(asked.root)
        .await?
        .iter()
        .filter(|row| row.account_key != asked.key)
        .filter_map(touch)
        .collect();
    bars.group = life::packages(&touches, &theirs, |_| true);
    Ok(())
}

async fn lot(rows: &Rows<'_>, root: i64, bars: &mut Bars) -> Result<(), Error> {
    let store = rows.records.store;
    bars.roots = u32::try_from(store.lots_count().await?).unwrap_or(u32::MAX);
    bars.lot = store.lot_of(root).await?.and_then(|lot| {
        let on = Day::parse_iso(&lot.drawn_on)?;
        Some(Lot { place: lot.place as f64 / MILLIONTHS as f64, on })
    });
    Ok(())
}
