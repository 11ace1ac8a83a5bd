//! States, steps, events and touches as rows of their tables.

use super::Touch;
use super::life::{Detail, PlayEvent, PlayState, Step};
use super::words::{EventKind, Handoff, Origin, Outcome, Phase, Stage, TouchKind};
use crate::sql::{Sort, Table};
use crate::value::{Fields, Row};

pub(super) const STATES: Table<'static> = Table {
    name: "play_states",
    columns: &[
        ("play_id", Sort::Text),
        ("account_key", Sort::Int),
        ("root_key", Sort::Int),
        ("contact_key", Sort::Int),
        ("offer_id", Sort::Text),
        ("product_id", Sort::Text),
        ("motion", Sort::Text),
        ("role", Sort::Text),
        ("owner", Sort::Text),
        ("origin", Sort::Text),
        ("state", Sort::Text),
        ("state_on", Sort::Text),
        ("hold_until", Sort::Text),
        ("reason_code", Sort::Text),
        ("note", Sort::Text),
        ("outcome", Sort::Text),
        ("amount_minor", Sort::Int),
        ("week", Sort::Text),
        ("effort_hours", Sort::Real),
        ("hours_left", Sort::Real),
        ("play_json", Sort::Text),
        ("events", Sort::Int),
        ("assigned", Sort::Text),
        ("phase", Sort::Text),
        ("deal_id", Sort::Text),
        ("handoff", Sort::Text),
        ("handoff_role", Sort::Text),
        ("handoff_rep", Sort::Text),
        ("handoff_due_us", Sort::Int),
    ],
    key: &["play_id"],
};

pub(super) const STEPS: Table<'static> = Table {
    name: "play_steps",
    columns: &[
        ("play_id", Sort::Text),
        ("place", Sort::Int),
        ("title_ja", Sort::Text),
        ("title_en", Sort::Text),
        ("hours", Sort::Real),
        ("due_week", Sort::Text),
        ("done_on", Sort::Text),
    ],
    key: &["play_id", "place"],
};

pub(super) const EVENTS: Table<'static> = Table {
    name: "play_events",
    columns: &[
        ("play_id", Sort::Text),
        ("seq", Sort::Int),
        ("kind", Sort::Text),
        ("at_us", Sort::Int),
        ("on_day", Sort::Text),
        ("by_rep", Sort::Text),
        ("detail", Sort::Text),
    ],
    key: &["play_id", "seq"],
};

pub(super) const TOUCHES: Table<'static> = Table {
    name: "touches",
    columns: &[
        ("play_id", Sort::Text),
        ("seq", Sort::Int),
        ("account_key", Sort::Int),
        ("contact_key", Sort::Int),
        ("channel", Sort::Text),
        ("product_id", Sort::Text),
        ("offer_id", Sort::Text),
        ("motion", Sort::Text),
        ("on_day", Sort::Text),
        ("kind", Sort::Text),
    ],
    key: &["play_id", "seq"],
};

pub(super) fn state_values(state: &PlayState) -> Row {
    vec![
        (&state.play_id).into(),
        state.account_key.into(),
        state.root_key.into(),
        state.contact_key.into(),
        (&state.offer_id).into(),
        state.product_id.as_ref().into(),
        (&state.motion).into(),
        (&state.role).into(),
        state.owner.as_ref().into(),
        state.origin.code().into(),
        state.state.code().into(),
        (&state.state_on).into(),
        state.hold_until.as_ref().into(),
        state.reason_code.as_ref().into(),
        state.note.as_ref().into(),
        state.outcome.map(Outcome::code).into(),
        state.amount_minor.into(),
        (&state.week).into(),
        state.effort_hours.into(),
        state.hours_left.into(),
        (&state.play_json).into(),
        state.events.into(),
        state.assigned.as_ref().into(),
        state.phase.map(Phase::code).into(),
        state.deal_id.as_ref().into(),
        state.handoff.map(Handoff::code).into(),
        state.handoff_role.as_ref().into(),
        state.handoff_rep.as_ref().into(),
        state.handoff_due_us.into(),
    ]
}

const WORD: &str = "only this module writes the word";

pub(super) fn state(row: Row) -> PlayState {
    let mut fields = Fields::of(row);
    PlayState {
        play_id: fields.text(),
        account_key: fields.int(),
        root_key: fields.int(),
        contact_key: fields.optional_int(),
        offer_id: fields.text(),
        product_id: fields.optional_text(),
        motion: fields.text(),
        role: fields.text(),
        owner: fields.optional_text(),
        origin: Origin::parse(&fields.text()).expect(WORD),
        state: Stage::parse(&fields.text()).expect(WORD),
        state_on: fields.text(),
        hold_until: fields.optional_text(),
        reason_code: fields.optional_text(),
        note: fields.optional_text(),
        outcome: fields.optional_text().map(|word| Outcome::parse(&word).expect(WORD)),
        amount_minor: fields.optional_int(),
        week: fields.text(),
        effort_hours: fields.real(),
        hours_left: fields.real(),
        play_json: fields.text(),
        events: fields.int(),
        assigned: fields.optional_text(),
        phase: fields.optional_text().map(|word| Phase::parse(&word).expect(WORD)),
        deal_id: fields.optional_text(),
        handoff: fields.optional_text().map(|word| Handoff::parse(&word).expect(WORD)),
        handoff_role: fields.optional_text(),
        handoff_rep: fields.optional_text(),
        handoff_due_us: fields.optional_int(),
    }
}

pub(super) fn step_values(play_id: &str, step: &Step) -> Row {
    vec![
        play_id.into(),
        step.place.into(),
        (&step.title_ja).into(),
        (&step.title_en).into(),
        step.hours.into(),
        (&step.due_week).into(),
        step.done_on.as_ref().into(),
    ]
}

/// The play and its step.
pub(super) fn step(row: Row) -> (String, Step) {
    let mut fields = Fields::of(row);
    let play_id = fields.text();
    let step = Step {
        place: fields.int(),
        title_ja: fields.text(),
        title_en: fields.text(),
        hours: fields.real(),
        due_week: fields.text(),
        done_on: fields.optional_text(),
    };
    (play_id, step)
}

pub(super) fn event_values(event: &PlayEvent) -> Row {
    let detail = serde_json::to_string(&event.detail).expect("texts and finite numbers");
    vec![
        (&event.play_id).into(),
        event.seq.into(),
        event.kind.code().into(),
        event.at_us.into(),
        (&event.on_day).into(),
        event.by_rep.as_ref().into(),
        detail.into(),
    ]
}

pub(super) fn event(row: Row) -> PlayEvent {
    let mut fields = Fields::of(row);
    PlayEvent {
        play_id: fields.text(),
        seq: fields.int(),
        kind: EventKind::parse(&fields.text()).expect(WORD),
        at_us: fields.int(),
        on_day: fields.text(),
        by_rep: fields.optional_text(),
        detail: serde_json::from_str::<Detail>(&fields.text()).expect("this module wrote it"),
    }
}

pub(super) fn touch_values(touch: &Touch) -> Row {
    vec![
        (&touch.play_id).into(),
        touch.seq.into(),
        touch.account_key.into(),
        touch.contact_key.into(),
        (&touch.channel).into(),
        touch.product_id.as_ref().into(),
        (&touch.offer_id).into(),
        (&touch.motion).into(),
        (&touch.on_day).into(),
        touch.kind.code().into(),
    ]
}

pub(super) fn touch(row: Row) -> Touch {
    let mut fields = Fields::of(row);
    Touch {
        play_id: fields.text(),
        seq: fields.int(),
        account_key: fields.int(),
        contact_key: fields.optional_int(),
        channel: fields.text(),
        product_id: fields.optional_text(),
        offer_id: fields.text(),
        motion: fields.text(),
        on_day: fields.text(),
        kind: TouchKind::parse(&fields.text()).expect(WORD),
    }
}
