//! What the customer said of itself: what counts now by kind, what it took the place of, and the forms to write down
//! more (S20, S30, S71, S75).

use std::collections::BTreeMap;

use domain::words::Lang;

use super::Room;
use super::people::person;
use crate::click::note::Typed;
use crate::names::Who;
use crate::record::Record;
use crate::show;
use crate::words::{self, notes as say};

/// What the ids of statements begin with that were written down on a page: they say nothing to anybody.
const WRITTEN_HERE: &str = "note-";
/// Statements of one kind that are shown; earlier ones that still stand are folded.
const SHOWN: usize = 2;

/// One statement.
pub(super) struct NoteView {
    pub(super) id: String,
    pub(super) value: String,
    pub(super) on: String,
    pub(super) by: Option<Who>,
    pub(super) recorded_by: String,
    pub(super) source: String,
    /// The form that corrects it; none of what comes by file or another form only.
    pub(super) form: Option<FormView>,
    /// What it took the place of, the latest first.
    pub(super) before: Vec<String>,
}

/// Statements of one kind that count now, the latest first.
pub(super) struct KindView {
    pub(super) name: String,
    pub(super) notes: Vec<NoteView>,
    pub(super) earlier: Vec<NoteView>,
    /// Whether the fold stands open: a form in it was not taken.
    pub(super) open: bool,
}

/// A form with what stands in it.
pub(super) struct FormView {
    pub(super) open: bool,
    pub(super) problem: Option<String>,
    pub(super) replaces: String,
    pub(super) kinds: Vec<(&'static str, String, bool)>,
    pub(super) value: String,
    pub(super) said_on: String,
    pub(super) contacts: Vec<(String, String, bool)>,
}

/// The notes of an account.
pub(super) struct Notes {
    pub(super) kinds: Vec<KindView>,
    /// Kinds of a hearing that nobody has asked for yet.
    pub(super) missing: String,
    pub(super) form: FormView,
    pub(super) today: String,
}

/// The statements of an account, whatever their day: what somebody has just written is there.
pub(super) fn notes(
    room: &Room,
    rows: &[Record],
    (contacts, typed): (&[Record], Option<&Typed>),
    today: &str,
) -> Notes {
    let by_id: BTreeMap<&str, &Record> =
        rows.iter().map(|row| (row.text("fact_id"), row)).collect();
    let current = |row: &&Record| !by_id.contains_key(row.text("superseded_by"));
    let mut current: Vec<&Record> = rows.iter().filter(current).collect();
    current.sort_by(|a, b| {
        let day = b.text("said_on").cmp(a.text("said_on"));
        day.then_with(|| a.text("fact_id").cmp(b.text("fact_id")))
    });
    let desk = Desk { room, rows, contacts, typed, today };
    let kinds = say::all().filter_map(|kind| {
        let of = current.iter().filter(|row| row.text("kind") == kind);
        let mut notes: Vec<NoteView> = of.map(|row| desk.note(row)).collect();
        let earlier = notes.split_off(notes.len().min(SHOWN));
        let open = earlier.iter().any(|note| note.form.as_ref().is_some_and(|form| form.open));
        let name = say::kind(room.lang, kind);
        (!notes.is_empty()).then_some(KindView { name, notes, earlier, open })
    });
    let has = |kind: &str| current.iter().any(|row| row.text("kind") == kind);
    let missing: Vec<String> = say::HEARING
        .iter()
        .filter(|kind| !has(kind))
        .map(|kind| say::kind(room.lang, kind))
        .collect();
    Notes {
        kinds: kinds.collect(),
        missing: match missing.as_slice() {
            [] => String::new(),
            missing => say::missing(room.lang, missing),
        },
        form: desk.form(None),
        today: today.to_owned(),
    }
}

/// The row that a statement came with; none where it was written down on a page.
pub(super) fn source(lang: Lang, row: &Record) -> Option<String> {
    let came = !row.text("fact_id").starts_with(WRITTEN_HERE);
    came.then(|| words::source(lang, &row.source()))
}

/// What notes are drawn with.
struct Desk<'a> {
    room: &'a Room<'a>,
    rows: &'a [Record],
    contacts: &'a [Record],
    typed: Option<&'a Typed>,
    today: &'a str,
}

impl Desk<'_> {
    fn note(&self, row: &Record) -> NoteView {
        let lang = self.room.lang;
        let on = |row: &Record| show::iso_date(lang, row.text("said_on"));
        let editable = say::BY_HAND.contains(&row.text("kind"));
        let mut before: Vec<String> = Vec::new();
        let mut at = row.text("fact_id");
        // A circle ends where it closes.
        while before.len() < self.rows.len() {
            let of = |older: &&Record| older.text("superseded_by") == at;
            let Some(older) = self.rows.iter().find(of) else { break };
            before.push(say::before(lang, &on(older), older.text("value")));
            at = older.text("fact_id");
        }
        NoteView {
            id: row.text("fact_id").to_owned(),
            value: row.text("value").to_owned(),
            on: on(row),
            by: person(lang, self.contacts, row.text("said_by")),
            recorded_by: row
                .some("recorded_by")
                .map_or_else(String::new, |rep| say::recorded(lang, &self.room.names.rep(&rep))),
            source: source(lang, row).unwrap_or_default(),
            form: editable.then(|| self.form(Some(row))),
            before,
        }
    }

    /// The form of a new statement, or of one that takes the place of another; with what was typed, if it was into it.
    fn form(&self, of: Option<&Record>) -> FormView {
        let lang = self.room.lang;
        let replaces = of.map_or("", |row| row.text("fact_id"));
        let typed = self.typed.filter(|typed| typed.replaces == replaces);
        let text = |column: &str| of.map_or("", |row| row.text(column)).to_owned();
        let pick =
            |typed: Option<&String>, column: &str| typed.cloned().unwrap_or_else(|| text(column));
        let kind = pick(typed.map(|typed| &typed.kind), "kind");
        let by = pick(typed.map(|typed| &typed.said_by), "said_by");
        let there = |row: &&Record| row.text("left_on").is_empty() || row.text("contact_id") == by;
        let contact = |row: &Record| {
            let id = row.text("contact_id").to_owned();
            let name = row.some("name").unwrap_or_else(|| id.clone());
            let role = words::role(lang, row.text("role"));
            (id.clone(), format!("{role} {name}").trim().to_owned(), id == by)
        };
        FormView {
            open: typed.is_some(),
            problem: typed.map(|typed| typed.problem.clone()),
            replaces: replaces.to_owned(),
            kinds: say::BY_HAND
                .iter()
                .map(|code| (*code, say::kind(lang, code), *code == kind))
                .collect(),
            value: pick(typed.map(|typed| &typed.value), "value"),
            said_on: typed.map_or_else(|| self.today.to_owned(), |typed| typed.said_on.clone()),
            contacts: self.contacts.iter().filter(there).map(contact).collect(),
        }
    }
}
