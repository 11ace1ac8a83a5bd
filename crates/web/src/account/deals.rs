//! Deals in progress, and what became of those that closed (S32, S106).

use super::Room;
use crate::record::Record;
use crate::show;
use crate::words::{self, account as say};

/// One open deal.
pub(super) struct DealView {
    pub(super) what: String,
    pub(super) stage: String,
    pub(super) opened: String,
    pub(super) close: String,
    pub(super) amount: String,
    pub(super) owner: String,
    pub(super) next: String,
    pub(super) source: String,
}

/// Closed deals shown.
const CLOSED: usize = 10;

/// One closed deal.
pub(super) struct ClosedView {
    pub(super) what: String,
    pub(super) outcome: String,
    pub(super) won: bool,
    pub(super) closed: String,
    pub(super) amount: String,
    pub(super) reason: String,
    pub(super) owner: String,
    pub(super) source: String,
}

/// The deals that had closed by the day, the latest first.
pub(super) fn closed(room: &Room, rows: &[Record]) -> Vec<ClosedView> {
    let mut rows: Vec<&Record> = rows.iter().filter(|row| !is_open(room, row)).collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(row.instant("closed_at")), row.source()));
    let view = |row: &&Record| {
        let closed = room.records.day_of(row, "closed_at");
        let product = row.some("product_id").map(|id| room.names.product(&id));
        ClosedView {
            what: product.unwrap_or_else(|| row.text("proposal_id").to_owned()),
            outcome: say::deal_closed(room.lang, row.text("outcome")),
            won: row.text("outcome") == "won",
            closed: closed.map_or_else(String::new, |day| show::date(room.lang, day)),
            amount: row.amount("amount", room.currency).unwrap_or_default(),
            reason: row.text("reason").to_owned(),
            owner: row.some("owner").map_or_else(String::new, |rep| room.names.rep(&rep)),
            source: words::source(room.lang, &row.source()),
        }
    };
    rows.iter().take(CLOSED).map(view).collect()
}

/// The deals that are open as of the day, newest first.
pub(super) fn open(room: &Room, mut rows: Vec<Record>) -> Vec<DealView> {
    rows.retain(|row| is_open(room, row));
    rows.sort_by_key(|row| (std::cmp::Reverse(row.instant("opened_at")), row.source()));
    rows.iter().map(|row| view(room, row)).collect()
}

fn is_open(room: &Room, row: &Record) -> bool {
    match row.instant("closed_at") {
        Some(_) => room.records.day_of(row, "closed_at").is_none(),
        None => !matches!(row.text("outcome"), "won" | "lost"),
    }
}

fn view(room: &Room, row: &Record) -> DealView {
    let date = |column| row.day(column).map(|day| show::date(room.lang, day));
    let opened = room.records.day_of(row, "opened_at");
    let step = row.some("next_step").into_iter().chain(date("next_step_on"));
    let product = row.some("product_id").map(|id| room.names.product(&id));
    DealView {
        what: product.unwrap_or_else(|| row.text("proposal_id").to_owned()),
        stage: row.text("stage").to_owned(),
        opened: opened.map_or_else(String::new, |day| show::date(room.lang, day)),
        close: date("expected_close_on").unwrap_or_default(),
        amount: row.amount("amount", room.currency).unwrap_or_default(),
        owner: row.some("owner").map_or_else(String::new, |rep| room.names.rep(&rep)),
        next: step.collect::<Vec<_>>().join(" "),
        source: words::source(room.lang, &row.source()),
    }
}
