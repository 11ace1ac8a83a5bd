//! The latest touches and tickets.

use super::Room;
use super::people::person;
use crate::names::Who;
use crate::record::Record;
use crate::show;
use crate::words;

/// Activities shown.
const SHOWN: usize = 12;
/// Characters of a text that stands in for a missing subject.
const EXCERPT: usize = 80;

/// One touch or ticket.
pub(super) struct ActivityView {
    pub(super) day: String,
    pub(super) kind: String,
    pub(super) state: String,
    pub(super) open: bool,
    pub(super) what: String,
    pub(super) with: Option<Who>,
    pub(super) owner: String,
    pub(super) source: String,
}

/// The latest activities as of the day, newest first.
pub(super) fn recent(room: &Room, mut rows: Vec<Record>, contacts: &[Record]) -> Vec<ActivityView> {
    rows.sort_by_key(|row| (std::cmp::Reverse(row.instant("at")), row.source()));
    rows.iter().take(SHOWN).map(|row| view(room, row, contacts)).collect()
}

fn view(room: &Room, row: &Record, contacts: &[Record]) -> ActivityView {
    let day = room.records.day_of(row, "at");
    let open = row.text("kind") == "ticket" && room.records.day_of(row, "closed_at").is_none();
    ActivityView {
        day: day.map_or_else(String::new, |day| show::date(room.lang, day)),
        kind: words::activity_kind(room.lang, row.text("kind")),
        state: state(room, row, open),
        open,
        what: what(row),
        with: person(room.lang, contacts, row.text("contact_id")),
        owner: row.some("owner").map_or_else(String::new, |rep| room.names.rep(&rep)),
        source: words::source(room.lang, &row.source()),
    }
}

fn state(room: &Room, row: &Record, open: bool) -> String {
    if row.text("kind") != "ticket" {
        return String::new();
    }
    let state = words::ticket_state(room.lang, open);
    let priority = row.some("priority").map(|code| words::priority(room.lang, &code));
    let parts: Vec<String> = [Some(state), priority].into_iter().flatten().collect();
    parts.join(words::either(room.lang, "・", ", ").as_str())
}

fn what(row: &Record) -> String {
    row.some("subject").unwrap_or_else(|| {
        let body = row.text("body");
        let mut excerpt: String = body.chars().take(EXCERPT).collect();
        if excerpt.len() < body.len() {
            excerpt.push('…');
        }
        excerpt
    })
}
