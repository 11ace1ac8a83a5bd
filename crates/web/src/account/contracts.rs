//! What the account holds: each contract line in the version that counts as of the day.

use std::collections::BTreeMap;

use domain::time::{Day, Days};

use super::Room;
use crate::record::Record;
use crate::show;
use crate::words::{self, either, play};

/// One contract line.
pub(super) struct ContractView {
    pub(super) product: String,
    pub(super) version: String,
    pub(super) seats: String,
    pub(super) mrr: String,
    pub(super) state: String,
    pub(super) active: bool,
    pub(super) renews: String,
    pub(super) deadline: String,
    pub(super) left: String,
    pub(super) source: String,
    pub(super) since: String,
}

/// Active lines first, then by id.
pub(super) fn contracts(room: &Room, rows: Vec<Record>) -> Vec<ContractView> {
    let mut latest: BTreeMap<String, Record> = BTreeMap::new();
    for row in rows {
        let id = row.text("subscription_id").to_owned();
        let newer = latest
            .get(&id)
            .is_none_or(|known| known.text("effective_on") <= row.text("effective_on"));
        if newer {
            latest.insert(id, row);
        }
    }
    let mut views: Vec<ContractView> = latest.values().map(|row| view(room, row)).collect();
    views.sort_by_key(|view| !view.active);
    views
}

fn view(room: &Room, row: &Record) -> ContractView {
    let state = state(room, row);
    let active = !matches!(state.as_str(), "ended" | "cancelled" | "future");
    let deadline = if active { deadline(row) } else { None };
    let left = deadline.zip(room.records.as_of).map(|(day, as_of)| day.since(as_of).0);
    let date = |day: Option<Day>| day.map_or_else(String::new, |day| show::date(room.lang, day));
    let amount = row.amount("mrr", room.currency);
    ContractView {
        product: room.names.product(row.text("product_id")),
        version: row.text("plan_version").to_owned(),
        seats: row.whole("seats").map_or_else(String::new, show::count),
        mrr: amount.unwrap_or_default(),
        state: words::renewal(room.lang, &state),
        active,
        renews: date(row.day("renews_on").filter(|_| active)),
        deadline: date(deadline),
        left: left.map_or_else(String::new, |days| play::days_left(room.lang, days)),
        source: words::source(room.lang, &row.source()),
        since: since(room, row),
    }
}

/// `2025年4月1日から`.
fn since(room: &Room, row: &Record) -> String {
    let Some(day) = row.day("started_on") else { return String::new() };
    match room.records.day(row, "ended_on") {
        Some(end) => either(
            room.lang,
            format!("{}〜{}", day.display_ja(), end.display_ja()),
            format!("{} – {}", day.display_en(), end.display_en()),
        ),
        None => either(
            room.lang,
            format!("{}から", day.display_ja()),
            format!("since {}", day.display_en()),
        ),
    }
}

/// The state by dates, or by the column where there is no date.
fn state(room: &Room, row: &Record) -> String {
    let as_of = room.records.as_of;
    if row.day("started_on").zip(as_of).is_some_and(|(start, as_of)| start > as_of) {
        return "future".to_owned();
    }
    if room.records.day(row, "ended_on").is_some() {
        return "ended".to_owned();
    }
    if room.records.day(row, "cancel_notice_on").is_some() {
        return "cancel_requested".to_owned();
    }
    let ends_later = row.day("ended_on").is_some();
    row.some("status").filter(|_| !ends_later).unwrap_or_else(|| "active".to_owned())
}

/// The deadline given, else renewal minus notice.
fn deadline(row: &Record) -> Option<Day> {
    row.day("cancel_deadline").or_else(|| {
        let notice = i32::try_from(row.whole("notice_days")?).ok()?;
        Some(row.day("renews_on")?.plus(Days(-notice)))
    })
}
