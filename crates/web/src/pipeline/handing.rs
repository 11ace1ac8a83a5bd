//! What one side hands to the other: the list of what waits, each with its context, and the form on a play's page.

use domain::time::Instant;
use domain::words::Lang;
use store::{Act, Handing, Handoff, PlayEvent, PlayState, effective};

use super::{moment, names_of};
use crate::access::Need;
use crate::click::form::Form;
use crate::error::Error;
use crate::frame::{Place, segment};
use crate::names::Names;
use crate::play;
use crate::show;
use crate::state::AppState;
use crate::words::pipeline as say;

/// A handoff that is not settled.
pub(crate) struct Waiting {
    pub(crate) account: String,
    pub(crate) account_url: String,
    pub(crate) title: String,
    pub(crate) url: String,
    pub(crate) seen: i64,
    /// Who gives it to whom.
    pub(crate) way: String,
    pub(crate) why: String,
    pub(crate) who: String,
    pub(crate) said: String,
    pub(crate) next_step: String,
    pub(crate) due: String,
    pub(crate) overdue: bool,
    /// Why it came back, where it did.
    pub(crate) returned: Option<String>,
    /// Whether it waits for an answer.
    pub(crate) waits: bool,
    /// Whether the reader may give that answer.
    pub(crate) answers: bool,
    /// Whose answer it waits for, as who handed it over reads it.
    pub(crate) awaits: String,
    /// Reasons to give it back.
    pub(crate) reasons: Vec<(&'static str, &'static str)>,
}

/// Whether the other side has had its time.
pub(crate) fn is_overdue(state: &PlayState, now: Instant) -> bool {
    state.handoff == Some(Handoff::Sent) && state.handoff_due_us.is_some_and(|due| due < now.0)
}

/// What waits, in the order given.
pub(super) async fn waiting(
    state: &AppState,
    place: &Place,
    handed: &[PlayState],
) -> Result<Vec<Waiting>, Error> {
    let names = names_of(state, handed).await?;
    let ids: Vec<String> = handed.iter().map(|it| it.play_id.clone()).collect();
    let events = state.store.events_of(&ids).await?;
    let desk = Desk { state, place, names: &names, now: moment(state).await? };
    let view = |it: &PlayState| {
        let events = events.get(&it.play_id).map_or(&[][..], Vec::as_slice);
        desk.waiting(it, events)
    };
    Ok(handed.iter().filter_map(view).collect())
}

/// The handoff of one play, if it is not settled.
pub(crate) async fn of_play(
    state: &AppState,
    (place, names): (&Place, &Names),
    (it, events): (&PlayState, &[PlayEvent]),
) -> Result<Option<Waiting>, Error> {
    if it.handoff.is_none() {
        return Ok(None);
    }
    let desk = Desk { state, place, names, now: moment(state).await? };
    Ok(desk.waiting(it, events))
}

struct Desk<'a> {
    state: &'a AppState,
    place: &'a Place,
    names: &'a Names,
    now: Instant,
}

impl Desk<'_> {
    fn waiting(&self, it: &PlayState, events: &[PlayEvent]) -> Option<Waiting> {
        let lang = self.place.lang();
        let live: Vec<&PlayEvent> = effective(events).collect();
        let (event, handing) = live.iter().rev().find_map(|event| match &event.detail.act {
            Some(Act::HandOff(handing)) => Some((event, handing)),
            _ => None,
        })?;
        let returned = live.iter().rev().find_map(|event| match &event.detail.act {
            Some(Act::GiveBack { reason_code, note }) => {
                let by = event.by_rep.as_ref().map(|rep| self.names.rep(rep));
                let said = [by.unwrap_or_default(), say::reason(lang, reason_code), note.clone()];
                Some(joined(lang, said))
            }
            _ => None,
        });
        let account = self.names.account(it.account_key);
        let base = self.state.base();
        let from = event.by_rep.as_ref().map(|rep| self.names.rep(rep)).unwrap_or_default();
        Some(Waiting {
            account: account.name.clone(),
            account_url: account.url(&base),
            title: play::title(&it.play(), lang),
            url: format!("{base}/plays/{}", segment(&it.play_id)),
            seen: it.events,
            way: self.way(&from, handing),
            why: say::reason(lang, &handing.reason_code),
            who: handing.who.clone(),
            said: handing.said.clone(),
            next_step: handing.next_step.clone(),
            due: handing.due_us.map_or_else(String::new, |due| self.moment(Instant(due))),
            overdue: is_overdue(it, self.now),
            returned: returned.filter(|_| it.handoff == Some(Handoff::Returned)),
            waits: it.handoff == Some(Handoff::Sent),
            answers: self.answers(event),
            awaits: say::awaits(lang, say::side(lang, &handing.to_role)),
            reasons: decide::handoff::RETURN
                .iter()
                .map(|reason| (reason.code, reason.get(lang)))
                .collect(),
        })
    }

    fn way(&self, from: &str, handing: &Handing) -> String {
        let to = handing.to_rep.as_ref().map(|rep| self.names.rep(rep)).unwrap_or_default();
        say::way(from, say::side(self.place.lang(), &handing.to_role), &to)
    }

    /// Whether the reader is of the side that answers: anybody but who handed it over, and a manager in any case.
    /// Where nobody signs in, nobody is known.
    fn answers(&self, event: &PlayEvent) -> bool {
        let visitor = &self.place.reader.visitor;
        let Some(user) = visitor.user() else { return true };
        let reader = user.rep_id.as_deref().unwrap_or(user.login.as_str());
        visitor.can(Need::Oversee) || event.by_rep.as_deref() != Some(reader)
    }

    fn moment(&self, at: Instant) -> String {
        let (zone, lang) = (&self.state.zone, self.place.lang());
        let (hour, minute) = zone.clock(at);
        let date = show::date(lang, zone.day_of(at));
        say::answer_by(lang, &date, &format!("{hour}:{minute:02}"))
    }
}

fn joined(lang: Lang, parts: [String; 3]) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(crate::words::either(lang, "・", ", ").as_str())
}

/// The form on a play's page, with what was typed.
#[derive(Default)]
pub(crate) struct HandForm {
    /// The sides, the other one chosen.
    pub(crate) sides: Vec<(&'static str, &'static str, bool)>,
    pub(crate) reps: Vec<(String, String, bool)>,
    pub(crate) reasons: Vec<(&'static str, &'static str, bool)>,
    pub(crate) who: String,
    pub(crate) said: String,
    pub(crate) next: String,
}

impl HandForm {
    /// For a play of a role.
    pub(crate) async fn read(
        state: &AppState,
        (lang, role): (Lang, &str),
        form: Option<&Form>,
    ) -> Result<Self, Error> {
        let text = |name| form.map_or("", |form| form.text(name));
        let other = match text("to_role") {
            "" if role == "CS" => "CIS",
            "" => "CS",
            typed => typed,
        };
        let reps = state.store.rep_names().await?.into_iter().map(|rep| {
            let chosen = rep.rep_id == text("to_rep");
            (rep.rep_id, rep.name, chosen)
        });
        let reasons = decide::handoff::HAND
            .iter()
            .map(|reason| (reason.code, reason.get(lang), reason.code == text("hand_reason")));
        Ok(Self {
            sides: ["CIS", "CS"].map(|it| (it, say::side(lang, it), it == other)).into(),
            reps: reps.collect(),
            reasons: reasons.collect(),
            who: text("who").to_owned(),
            said: text("said").to_owned(),
            next: text("next").to_owned(),
        })
    }
}
