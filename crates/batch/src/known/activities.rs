//! What was done with accounts: who was spoken to, how they reacted, and tickets.

use std::collections::BTreeMap;

use decide::facts::Ticket;
use decide::facts::bars::{Contacted, REACHES, REMEMBERED_DAYS};
use domain::ids::ContactKey;

use super::{Account, Approach, of};
use crate::snapshot::Snapshot;

/// An activity that is a mail.
const MAIL: &str = "email";

/// Activities in which a person spoke with the customer (S101).
pub(crate) const HUMAN: &[&str] = &["call", "meeting", "visit", "hearing", "event"];

/// How a customer reacted to being spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    /// Gladly.
    Good,
    /// Not at all gladly.
    Bad,
    /// Neither, or nobody wrote it down.
    Plain,
}

impl Reaction {
    /// Words for a good reaction.
    const GOOD: &[&str] = &["positive", "good", "好意的", "良い", "良好", "前向き"];
    /// Words for a bad one.
    const BAD: &[&str] = &["negative", "bad", "否定的", "悪い", "不満", "消極的"];

    fn of(text: Option<&str>) -> Self {
        let word = text.map(|text| text.trim().to_lowercase());
        match word.as_deref() {
            Some(word) if Self::GOOD.contains(&word) => Self::Good,
            Some(word) if Self::BAD.contains(&word) => Self::Bad,
            _ => Self::Plain,
        }
    }
}

/// Reads the activities.
pub(super) fn read(snapshot: &Snapshot, accounts: &mut BTreeMap<i64, Account>) {
    for record in snapshot.table("activities").iter() {
        let Some(on) = record.day_of("at", &snapshot.zone) else { continue };
        let kind = record.id("kind");
        let Some(account) = of(snapshot, accounts, record) else { continue };
        account.last_event = account.last_event.max(Some(on));
        if let (Some("outbound"), Some(product)) =
            (record.text("direction"), record.text("product_id"))
        {
            let by_people = kind != MAIL;
            account.approaches.push(Approach { on, product: product.into(), by_people });
        }
        let began = record.text("direction") == Some("outbound") && REACHES.contains(&kind);
        if began {
            account.spoken.push((on, Reaction::of(record.text("reaction"))));
        }
        if HUMAN.contains(&kind) {
            account.last_human_touch = account.last_human_touch.max(Some(on));
        }
        let closed_on = record.day_of("closed_at", &snapshot.zone);
        let over = record.whole("closed_at").is_some() || Ticket::is_over(record.text("status"));
        if kind == "ticket" {
            // Over without a day: it counts as raised, and as open on no day.
            account.ticket_spans.push((on, closed_on.or(over.then_some(on))));
        }
        let grave = kind == "ticket" && Ticket::is_escalated(record.text("priority"));
        if let Some(closed_on) = closed_on.filter(|_| grave) {
            account.bars.solved(record.id("activity_id"), closed_on);
        }
        let who = record.text("contact_id").filter(|_| began);
        let who = who.and_then(|id| snapshot.contact_keys.get(id)).copied();
        if let Some(who) = who.filter(|_| snapshot.as_of.since(on).0 < REMEMBERED_DAYS) {
            let (activity, contact) = (record.id("activity_id").to_owned(), ContactKey(who));
            account.bars.contacted.push(Contacted { activity, contact, on });
        }
        if kind == "ticket" && !over {
            account.tickets.push(Ticket {
                activity: record.id("activity_id").to_owned(),
                opened_on: on,
                escalated: Ticket::is_escalated(record.text("priority")),
            });
        }
    }
    for account in accounts.values_mut() {
        account.ticket_spans.sort_unstable();
    }
}
