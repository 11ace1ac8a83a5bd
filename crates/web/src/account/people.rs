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

/// Who is asked for those who decide, the first one first.
const ASKED: [ContactRole; 4] =
    [ContactRole::Champion, ContactRole::KeyPerson, ContactRole::User, ContactRole::Other];

/// One contact.
pub(super) struct ContactView {
    /// How many stand above, as far as is known.
    pub(super) depth: usize,
    pub(super) name: String,
    pub(super) role: String,
    /// Whether the role decides or drives.
    pub(super) key: bool,
    pub(super) title: String,
    pub(super) phone: String,
    pub(super) email: String,
    pub(super) left: Option<String>,
    /// The latest NPS answer.
    pub(super) nps: String,
    pub(super) source: String,
}

/// The account's people.
#[derive(Default)]
pub(super) struct People {
    /// Who reports to whom, from the top down; then those who left.
    pub(super) chart: Vec<ContactView>,
    /// Who decides and the way there, or whom to ask (S19, S76).
    pub(super) way: String,
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

/// The organisation as far as it is known: those who are there from the top down, siblings by role; then who left.
pub(super) fn people(room: &Room, mut rows: Vec<Record>, answers: &[Record]) -> People {
    let role = |row: &Record| ContactRole::parse(row.text("role")).unwrap_or(ContactRole::Other);
    rows.sort_by_cached_key(|row| (role(row), row.text("contact_id").to_owned()));
    let is_there = |row: &&Record| room.records.day(row, "left_on").is_none();
    let there: Vec<&Record> = rows.iter().filter(is_there).collect();
    let mut chart = Vec::new();
    let mut seen = HashSet::new();
    let above = |row: &Record| {
        let boss = row.text("reports_to");
        there.iter().any(|other| other.text("contact_id") == boss && !boss.is_empty())
    };
    let tops = there.iter().filter(|row| !above(row));
    // Whoever hangs in a circle stands at the top.
    for top in tops.chain(&there) {
        let mut stack = vec![(*top, 0)];
        while let Some((row, depth)) = stack.pop() {
            let id = row.text("contact_id");
            if !seen.insert(id.to_owned()) {
                continue;
            }
            chart.push(contact(room, row, (depth, answers)));
            let below = there.iter().rev().filter(|other| other.text("reports_to") == id);
            stack.extend(below.map(|other| (*other, (depth + 1).min(7))));
        }
    }
    let gone = rows.iter().filter(|row| !is_there(row));
    chart.extend(gone.map(|row| contact(room, row, (0, answers))));
    People { chart, way: way(room, &there) }
}

fn contact(room: &Room, row: &Record, (depth, answers): (usize, &[Record])) -> ContactView {
    let left = room.records.day(row, "left_on");
    let id = row.text("contact_id");
    let of = |answer: &&Record| answer.text("contact_id") == id && answer.text("question") == "nps";
    let nps = answers.iter().filter(of).max_by_key(|answer| answer.instant("at"));
    ContactView {
        depth,
        name: row.some("name").unwrap_or_else(|| id.to_owned()),
        role: words::role(room.lang, row.text("role")),
        key: ContactRole::parse(row.text("role")).is_some_and(ContactRole::decides),
        title: row.text("title").to_owned(),
        phone: row.text("phone").to_owned(),
        email: row.text("email").to_owned(),
        left: left.map(|day| say::left_on(room.lang, &show::date(room.lang, day))),
        nps: nps.map_or_else(String::new, |answer| nps_said(room, answer)),
        source: words::source(room.lang, &row.source()),
    }
}

fn nps_said(room: &Room, answer: &Record) -> String {
    let score = answer.number("score").map_or_else(String::new, |score| show::number(score, 1));
    let day = room.records.day_of(answer, "at");
    say::nps_of(room.lang, &score, &day.map_or_else(String::new, |day| show::date(room.lang, day)))
}

/// Who decides and the way there; where nobody who decides is known, whom to ask. As the night finds it.
fn way(room: &Room, there: &[&Record]) -> String {
    let role = |row: &Record| ContactRole::parse(row.text("role")).unwrap_or(ContactRole::Other);
    let decides = |row: &Record| {
        matches!(
            role(row),
            ContactRole::DecisionMaker | ContactRole::BudgetOwner | ContactRole::Executive
        )
    };
    let name = |row: &Record| row.some("name").unwrap_or_else(|| row.text("contact_id").to_owned());
    let mut asked: Vec<&&Record> = there.iter().filter(|row| ASKED.contains(&role(row))).collect();
    asked.sort_by_key(|row| ASKED.iter().position(|known| *known == role(row)));
    if !there.iter().any(|row| decides(row)) {
        return asked
            .first()
            .map_or_else(String::new, |row| say::nobody_decides(room.lang, &name(row)));
    }
    for from in asked {
        let mut path: Vec<&Record> = vec![from];
        while let Some(last) = path.last().filter(|_| path.len() <= there.len()) {
            let boss = last.text("reports_to");
            let Some(next) = there.iter().find(|row| row.text("contact_id") == boss) else { break };
            path.push(*next);
            if decides(next) {
                let names: Vec<String> = path.iter().map(|row| name(row)).collect();
                return say::way(room.lang, &names);
            }
        }
    }
    String::new()
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
