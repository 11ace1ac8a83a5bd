//! Touches on record: approaches with the product spoken of, routine calls and meetings, enquiries and tickets.

use domain::time::{Day, Days};

use super::Field;
use super::curve::logistic;
use super::firms::contact_id;
use super::life::Life;
use super::wares::WARES;
use crate::draw::Draw;
use crate::table::{Maybe, Table};
use crate::words;

/// One line of the diary.
struct Note {
    on: Day,
    kind: &'static str,
    ware: Option<usize>,
    inbound: bool,
    reaction: &'static str,
    subject: String,
}

/// The activities table.
pub(super) fn table(field: &Field, lives: &[Life]) -> Table {
    let mut table = Table::canonical("activities");
    for (at, life) in lives.iter().enumerate() {
        let mut draw = field.draw("market diary", at);
        let mut notes = notes(field, at, life, &mut draw);
        notes.sort_by_key(|note| note.on);
        for note in notes.iter().filter(|note| note.on <= field.options.as_of) {
            push(&mut table, field, at, (note, &mut draw));
        }
    }
    table
}

fn notes(field: &Field, at: usize, life: &Life, draw: &mut Draw) -> Vec<Note> {
    let digital = !field.firms[at].takes_hours();
    let approaches = life.approaches.iter().map(|approach| Note {
        on: approach.on,
        kind: if digital { "email" } else { "call" },
        ware: Some(approach.ware),
        inbound: false,
        reaction: approach.reaction,
        subject: format!("{}のご案内", WARES[approach.ware].name),
    });
    let mut notes: Vec<Note> = approaches.collect();
    for touch in &life.touches {
        let kind = if draw.chance(0.4) { "meeting" } else { "call" };
        let subject = "定例のご連絡".to_owned();
        let reaction = touch.reaction;
        notes.push(Note { on: touch.on, kind, ware: None, inbound: false, reaction, subject });
    }
    let asked = life.deals.iter().filter(|deal| !deal.approached);
    notes.extend(asked.map(|deal| Note {
        on: deal.opened,
        kind: "enquiry",
        ware: deal.offer.ware,
        inbound: true,
        reaction: "",
        subject: "お問い合わせ".to_owned(),
    }));
    // Tickets come more often from the dissatisfied.
    let often = 0.05 + 0.25 * logistic(-life.traits.satisfied - 0.5);
    let last = life.ended.unwrap_or(field.options.as_of);
    let mut day = life.started(field);
    while day < last {
        day = draw.after(day, (20, 40));
        if draw.chance(often) && day < last {
            let subject = draw.pick(&words::TICKETS).0.to_owned();
            notes.push(Note {
                on: day,
                kind: "ticket",
                ware: None,
                inbound: true,
                reaction: "",
                subject,
            });
        }
    }
    notes
}

fn push(table: &mut Table, field: &Field, at: usize, (note, draw): (&Note, &mut Draw)) {
    let firm = &field.firms[at];
    let hour = draw.office_hour(note.on);
    let closed = (note.inbound && note.on.plus(Days(5)) <= field.options.as_of)
        .then(|| format!("{}T18:00:00", note.on.plus(Days(3))));
    let status = match (note.inbound, &closed) {
        (false, _) => "",
        (true, Some(_)) => "closed",
        (true, None) => "open",
    };
    let place = if draw.chance(0.5) { 1 } else { 2 };
    let priority = if note.kind == "ticket" { "normal" } else { "" };
    table.push(&[
        ("activity_id", &format_args!("T{:07}", table.rows.len() + 1)),
        ("account_id", &firm.id),
        ("at", &hour),
        ("kind", &note.kind),
        ("contact_id", &contact_id(firm, place)),
        ("owner", &Maybe(firm.owner())),
        ("product_id", &Maybe(note.ware.map(|ware| WARES[ware].id))),
        ("direction", &if note.inbound { "inbound" } else { "outbound" }),
        ("status", &status),
        ("priority", &priority),
        ("reaction", &note.reaction),
        ("subject", &note.subject),
        ("closed_at", &Maybe(closed)),
    ]);
}
