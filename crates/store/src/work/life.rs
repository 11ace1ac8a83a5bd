//! A play's life as its events tell it: pure, so that an undo is the same story without one event.

use serde::{Deserialize, Serialize};

use super::words::{EventKind, Handoff, Origin, Outcome, Phase, Stage, TouchKind};
use crate::StoreError;
use crate::plays::PlayRow;

/// What somebody does with a play.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// Adds it; its steps. Written by [`Store::add_own_play`](crate::Store::add_own_play) alone.
    Own {
        /// What is to be done.
        steps: Vec<Step>,
    },
    /// Takes it on.
    Accept {
        /// What is to be done; steps that it has from an earlier time stay.
        steps: Vec<Step>,
    },
    /// Puts it off.
    Hold {
        /// The day on which it comes back, ISO.
        until: String,
        /// Why.
        reason_code: String,
        /// In the rep's words; may be empty.
        note: String,
    },
    /// Says that it is not a fit.
    Refuse {
        /// Why.
        reason_code: String,
        /// In the rep's words; may be empty.
        note: String,
    },
    /// Ends it with an outcome.
    Done {
        /// What came of it.
        outcome: Outcome,
        /// The amount won, minor units.
        amount_minor: Option<i64>,
        /// In the rep's words; may be empty.
        note: String,
    },
    /// Ends one of its steps.
    StepDone {
        /// The step's place, from 1.
        place: i64,
    },
    /// Notes something.
    Note {
        /// In the rep's words.
        note: String,
    },
    /// Ends it without an outcome.
    Close {
        /// Why.
        reason_code: String,
        /// In words; may be empty.
        note: String,
    },
    /// Opens it again.
    Reopen {
        /// In the rep's words; may be empty.
        note: String,
    },
    /// Gives it to another rep.
    Assign {
        /// The rep.
        to: String,
    },
    /// Moves it to another phase of the cycle.
    Phase {
        /// The phase.
        to: Phase,
    },
    /// Hands it to the other side, with what that side must know (S73).
    HandOff(Handing),
    /// Takes over what was handed.
    TakeOver {
        /// The rep who goes on with it.
        by: String,
    },
    /// Gives back what was handed.
    GiveBack {
        /// Why.
        reason_code: String,
        /// In the rep's words; may be empty.
        note: String,
    },
    /// Links it to a deal of the CRM.
    Link {
        /// The deal; none cuts the link.
        deal_id: Option<String>,
    },
}

/// A play on its way from one side to the other: customer success and inside sales.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Handing {
    /// The role that goes on with it.
    pub to_role: String,
    /// The rep, if it is one in particular.
    pub to_rep: Option<String>,
    /// Why.
    pub reason_code: String,
    /// With whom it was spoken of; may be empty.
    pub who: String,
    /// What was said.
    pub said: String,
    /// What is to be done next.
    pub next_step: String,
    /// Until when the other side answers, microseconds UTC; none: no limit.
    pub due_us: Option<i64>,
}

impl Act {
    /// What kind of event it makes.
    pub fn kind(&self) -> EventKind {
        match self {
            Self::Own { .. } => EventKind::Own,
            Self::Accept { .. } => EventKind::Accept,
            Self::Hold { .. } => EventKind::Hold,
            Self::Refuse { .. } => EventKind::Refuse,
            Self::Done { .. } => EventKind::Done,
            Self::StepDone { .. } => EventKind::StepDone,
            Self::Note { .. } => EventKind::Note,
            Self::Close { .. } => EventKind::Close,
            Self::Reopen { .. } => EventKind::Reopen,
            Self::Assign { .. } => EventKind::Assign,
            Self::Phase { .. } => EventKind::Phase,
            Self::HandOff(_) => EventKind::HandOff,
            Self::TakeOver { .. } => EventKind::TakeOver,
            Self::GiveBack { .. } => EventKind::GiveBack,
            Self::Link { .. } => EventKind::Link,
        }
    }

    /// Whether it can be done where the play stands.
    pub fn fits(&self, stage: Stage) -> bool {
        use Stage::{Accepted, Held, Open};
        match self {
            Self::Own { .. } => false,
            Self::Accept { .. } => matches!(stage, Open | Held),
            Self::Hold { .. } | Self::Refuse { .. } | Self::Done { .. } | Self::Close { .. } => {
                matches!(stage, Open | Accepted | Held)
            }
            Self::StepDone { .. } | Self::Phase { .. } => stage == Accepted,
            Self::Assign { .. }
            | Self::HandOff(_)
            | Self::TakeOver { .. }
            | Self::GiveBack { .. }
            | Self::Link { .. } => matches!(stage, Open | Accepted | Held),
            Self::Note { .. } => true,
            Self::Reopen { .. } => !matches!(stage, Open | Accepted),
        }
    }

    /// How it touches the customer, if it does.
    pub(super) fn touch(&self) -> Option<TouchKind> {
        match self {
            Self::Done { outcome: Outcome::Won, .. } => Some(TouchKind::Win),
            Self::Done { outcome: Outcome::Lost, .. } => Some(TouchKind::Rejection),
            Self::Own { .. } | Self::Accept { .. } | Self::Done { outcome: Outcome::None, .. } => {
                Some(TouchKind::Contact)
            }
            _ => None,
        }
    }
}

/// A step of a play: what is to be done, for how long, by when.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Step {
    /// Its place among the play's steps, from 1.
    pub place: i64,
    /// What is to be done, in Japanese.
    pub title_ja: String,
    /// What is to be done, in English.
    pub title_en: String,
    /// Hours of work.
    pub hours: f64,
    /// The Monday of the week in which it is due, ISO.
    pub due_week: String,
    /// The day on which it was done, ISO.
    pub done_on: Option<String>,
}

/// One event of a play.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayEvent {
    /// The play.
    pub play_id: String,
    /// Its number among the play's events, from 1.
    pub seq: i64,
    /// What happened.
    pub kind: EventKind,
    /// When, in microseconds since 1970 UTC. Nothing is decided by it.
    pub at_us: i64,
    /// The day in the workspace's zone, ISO.
    pub on_day: String,
    /// Who said he did it.
    pub by_rep: Option<String>,
    /// What exactly.
    pub detail: Detail,
}

/// What exactly happened.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detail {
    /// What was done; `None`: an undo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Act>,
    /// The number of the event that this one takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<i64>,
    /// The play as it was kept until this event, where the event brought a newer one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub play_before: Option<String>,
}

/// Where an answered play stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlayState {
    /// The play.
    pub play_id: String,
    /// The account.
    pub account_key: i64,
    /// The account's group root.
    pub root_key: i64,
    /// Whom to contact.
    pub contact_key: Option<i64>,
    /// The offer; empty for a rep's own play.
    pub offer_id: String,
    /// What the customer would newly hold.
    pub product_id: Option<String>,
    /// The motion's word.
    pub motion: String,
    /// The role that does it.
    pub role: String,
    /// The representative.
    pub owner: Option<String>,
    /// Who made it.
    pub origin: Origin,
    /// Where it stands.
    pub state: Stage,
    /// Since which day, ISO.
    pub state_on: String,
    /// When held: the day on which it comes back, ISO.
    pub hold_until: Option<String>,
    /// Why it is held, refused or closed.
    pub reason_code: Option<String>,
    /// What the rep wrote with the latest answer.
    pub note: Option<String>,
    /// When done: what came of it.
    pub outcome: Option<Outcome>,
    /// When won: the amount, minor units.
    pub amount_minor: Option<i64>,
    /// The Monday of its week, ISO.
    pub week: String,
    /// Hours of work.
    pub effort_hours: f64,
    /// Hours that are left.
    pub hours_left: f64,
    /// The play as it was shown when it was first answered, as JSON; see [`PlayState::play`].
    pub play_json: String,
    /// How many events it has: its version.
    pub events: i64,
    /// The rep to whom somebody gave it, if somebody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned: Option<String>,
    /// Where somebody put it in the cycle of the pipeline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// Its deal in the CRM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deal_id: Option<String>,
    /// A handoff that is not settled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handoff: Option<Handoff>,
    /// The role that the handoff waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handoff_role: Option<String>,
    /// The rep whom it waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handoff_rep: Option<String>,
    /// Until when it should be answered, microseconds UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handoff_due_us: Option<i64>,
}

impl PlayState {
    /// A run's play before anybody answered it.
    pub fn unanswered(play: &PlayRow) -> Self {
        Self {
            play_id: play.play_id.clone(),
            account_key: play.account_key,
            root_key: play.root_key,
            contact_key: play.contact_key,
            offer_id: play.offer_id.clone(),
            product_id: play.product_id.clone(),
            motion: play.motion.clone(),
            role: play.role.clone(),
            owner: play.owner.clone(),
            origin: Origin::Run,
            state: Stage::Open,
            state_on: String::new(),
            hold_until: None,
            reason_code: None,
            note: None,
            outcome: None,
            amount_minor: None,
            week: play.week.clone(),
            effort_hours: play.effort_hours,
            hours_left: 0.0,
            play_json: String::new(),
            events: 0,
            assigned: None,
            phase: None,
            deal_id: None,
            handoff: None,
            handoff_role: None,
            handoff_rep: None,
            handoff_due_us: None,
        }
    }

    /// The play as it was shown when it was first answered, in the hands of whom it was given to since.
    pub fn play(&self) -> PlayRow {
        let shown = self.shown();
        match &self.assigned {
            Some(rep) => PlayRow { owner: Some(rep.clone()), role: self.role.clone(), ..shown },
            None => shown,
        }
    }

    fn shown(&self) -> PlayRow {
        serde_json::from_str(&self.play_json).unwrap_or_else(|_| PlayRow {
            play_id: self.play_id.clone(),
            account_key: self.account_key,
            root_key: self.root_key,
            contact_key: self.contact_key,
            offer_id: self.offer_id.clone(),
            product_id: self.product_id.clone(),
            motion: self.motion.clone(),
            role: self.role.clone(),
            owner: self.owner.clone(),
            week: self.week.clone(),
            effort_hours: self.effort_hours,
            ..PlayRow::default()
        })
    }
}

/// The events that count: neither undone nor an undo.
pub fn effective(events: &[PlayEvent]) -> impl Iterator<Item = &PlayEvent> {
    let undone = |seq| events.iter().any(|event| event.detail.undoes == Some(seq));
    events.iter().filter(move |event| event.detail.act.is_some() && !undone(event.seq))
}

/// Where a play stands after its events, of which there is at least one, and its steps.
pub(super) fn tell(
    play: &PlayRow,
    play_json: String,
    events: &[PlayEvent],
) -> (PlayState, Vec<Step>) {
    let own = events.first().is_some_and(|event| event.kind == EventKind::Own);
    let mut state = PlayState {
        origin: if own { Origin::Own } else { Origin::Run },
        // A play of one's own that is taken back is gone; one of a run is open again.
        state: if own { Stage::Closed } else { Stage::Open },
        state_on: events.first().map(|event| event.on_day.clone()).unwrap_or_default(),
        play_json,
        events: events.last().map_or(0, |event| event.seq),
        ..PlayState::unanswered(play)
    };
    let mut steps = Vec::new();
    for event in effective(events) {
        apply(&mut state, &mut steps, event);
    }
    state.hours_left = hours_left(&state, &steps);
    (state, steps)
}

fn apply(state: &mut PlayState, steps: &mut Vec<Step>, event: &PlayEvent) {
    let Some(act) = &event.detail.act else { return };
    let stage = match act {
        Act::Own { steps: new } | Act::Accept { steps: new } => {
            if steps.is_empty() {
                steps.clone_from(new);
            }
            Stage::Accepted
        }
        Act::Hold { .. } => Stage::Held,
        Act::Refuse { .. } => Stage::Refused,
        Act::Done { .. } => Stage::Done,
        Act::Close { .. } => Stage::Closed,
        Act::Reopen { .. } if state.origin == Origin::Own => Stage::Accepted,
        Act::Reopen { .. } => Stage::Open,
        Act::StepDone { place } => {
            if let Some(step) = steps.iter_mut().find(|step| step.place == *place) {
                step.done_on = Some(event.on_day.clone());
            }
            return;
        }
        Act::Note { .. } => return,
        Act::Assign { .. }
        | Act::Phase { .. }
        | Act::HandOff(_)
        | Act::TakeOver { .. }
        | Act::GiveBack { .. }
        | Act::Link { .. } => {
            pass_on(state, act);
            return;
        }
    };
    if matches!(stage, Stage::Refused | Stage::Done | Stage::Closed) {
        settle(state, None);
    }
    state.state = stage;
    state.state_on.clone_from(&event.on_day);
    state.hold_until = None;
    (state.reason_code, state.outcome, state.amount_minor) = (None, None, None);
    let mut said = "";
    match act {
        Act::Hold { until, reason_code, note } => {
            state.hold_until = Some(until.clone());
            state.reason_code = Some(reason_code.clone());
            said = note;
        }
        Act::Refuse { reason_code, note } | Act::Close { reason_code, note } => {
            state.reason_code = Some(reason_code.clone());
            said = note;
        }
        Act::Done { outcome, amount_minor, note } => {
            (state.outcome, state.amount_minor) = (Some(*outcome), *amount_minor);
            said = note;
        }
        Act::Reopen { note } => said = note,
        _ => {}
    }
    state.note = (!said.is_empty()).then(|| said.to_owned());
}

/// Whose it is, where it stands in the cycle, which deal it is: nothing of that changes its state.
fn pass_on(state: &mut PlayState, act: &Act) {
    match act {
        Act::Assign { to } => {
            (state.owner, state.assigned) = (Some(to.clone()), Some(to.clone()));
        }
        Act::Phase { to } => state.phase = Some(*to),
        Act::HandOff(handing) => {
            state.handoff = Some(Handoff::Sent);
            state.handoff_role = Some(handing.to_role.clone());
            state.handoff_rep.clone_from(&handing.to_rep);
            state.handoff_due_us = handing.due_us;
        }
        Act::TakeOver { by } => {
            if let Some(role) = state.handoff_role.take() {
                state.role = role;
            }
            (state.owner, state.assigned) = (Some(by.clone()), Some(by.clone()));
            settle(state, None);
        }
        Act::GiveBack { .. } => settle(state, Some(Handoff::Returned)),
        Act::Link { deal_id } => state.deal_id.clone_from(deal_id),
        _ => {}
    }
}

/// Ends the waiting for the other side.
fn settle(state: &mut PlayState, handoff: Option<Handoff>) {
    state.handoff = handoff;
    (state.handoff_role, state.handoff_rep, state.handoff_due_us) = (None, None, None);
}

/// What is left of a play that is still to be worked: its open steps, or the whole where it has none.
fn hours_left(state: &PlayState, steps: &[Step]) -> f64 {
    match state.state {
        Stage::Refused | Stage::Done | Stage::Closed => 0.0,
        _ if steps.is_empty() => state.effort_hours,
        _ => steps.iter().filter(|step| step.done_on.is_none()).map(|step| step.hours).sum(),
    }
}

/// Refuses what cannot be done where the play stands.
pub(super) fn check(
    (state, handoff): (Stage, Option<Handoff>),
    steps: &[Step],
    act: &Act,
    play_id: &str,
) -> Result<(), StoreError> {
    let not_now = || StoreError::NotNow {
        play_id: play_id.to_owned(),
        state: state.code(),
        act: act.kind().code(),
    };
    if !act.fits(state) {
        return Err(not_now());
    }
    let waits = handoff == Some(Handoff::Sent);
    match act {
        Act::HandOff(_) if waits => Err(not_now()),
        Act::TakeOver { .. } | Act::GiveBack { .. } if !waits => Err(not_now()),
        Act::StepDone { place }
            if !steps.iter().any(|step| step.place == *place && step.done_on.is_none()) =>
        {
            Err(not_now())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
