//! Who is there and what they answered.

use std::collections::HashSet;

use domain::motion::ContactRole;
use domain::words::Lang;

use super::Room;
use crate::names::Who;
use crate::record::Record;
use crate::show;
use crate::words::{self, account as say};

/// Answers shown.
const SHOWN: usize = 6;

/// One contact.
pub(super) struct ContactView {
    pub(super) name: String,
    pub(super) role: String,
    pub(super) title: String,
    pub(super) phone: String,
    pub(super) email: String,
    pub(super) left: Option<String>,
}

/// One answer.
pub(super) struct SurveyView {
    pub(super) question: String,
    pub(super) score: String,
    pub(super) band: &'static str,
    pub(super) day: String,
    pub(super) who: Option<Who>,
    pub(super) comment: String,
    pub(super) source: String,
}

/// The person of that id among the account's contacts.
pub(super) fn person(lang: Lang, contacts: &[Record], id: &str) -> Option<Who> {
    let found = contacts.iter().find(|row| !id.is_empty() && row.text("contact_id") == id)?;
    let name = found.some("name").unwrap_or_else(|| id.to_owned());
    Some(Who { name, role: found.text("role").to_owned() }.in_words(lang))
}

/// Contacts who are there by role, then those who left.
pub(super) fn contacts(room: &Room, mut rows: Vec<Record>) -> Vec<ContactView> {
    let place = |row: &Record| {
        let role = ContactRole::parse(row.text("role")).unwrap_or(ContactRole::Other);
        (room.records.day(row, "left_on").is_some(), role)
    };
    rows.sort_by_cached_key(|row| (place(row), row.text("contact_id").to_owned()));
    let view = |row: &Record| {
        let left = room.records.day(row, "left_on");
        ContactView {
            name: row.some("name").unwrap_or_else(|| row.text("contact_id").to_owned()),
            role: words::role(room.lang, row.text("role")),
            title: row.text("title").to_owned(),
            phone: row.text("phone").to_owned(),
            email: row.text("email").to_owned(),
            left: left.map(|day| say::left_on(room.lang, &show::date(room.lang, day))),
        }
    };
    rows.iter().map(view).collect()
}

/// The latest answer of each contact to each question, newest first.
pub(super) fn surveys(room: &Room, mut rows: Vec<Record>, contacts: &[Record]) -> Vec<SurveyView> {
    rows.sort_by_key(|row| (std::cmp::Reverse(row.instant("at")), row.source()));
    let mut seen = HashSet::new();
    rows.retain(|row| {
        seen.insert((row.text("contact_id").to_owned(), row.text("question").to_owned()))
    });
    rows.iter().take(SHOWN).map(|row| survey(room, row, contacts)).collect()
}

fn survey(room: &Room, row: &Record, contacts: &[Record]) -> SurveyView {
    let score = row.number("score").unwrap_or(0.0);
    let question = row.text("question");
    let day = room.records.day_of(row, "at");
    SurveyView {
        question: say::question(room.lang, question),
        score: show::number(score, 1),
        band: if question == "nps" { say::nps_band(room.lang, score) } else { "" },
        day: day.map_or_else(String::new, |day| show::date(room.lang, day)),
        who: person(room.lang, contacts, row.text("contact_id")),
        comment: row.text("comment").to_owned(),
        source: words::source(room.lang, &row.source()),
    }
}
