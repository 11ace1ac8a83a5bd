//! Where plays stand, as lines and pages show it: state, forms, and what was just done.

use std::collections::HashMap;

use decide::life::reasons;
use domain::words::Lang;
use store::{Outcome, PlayRow, PlayState, Stage, Store, StoreError};

use crate::access::Need;
use crate::frame::{Place, segment};
use crate::play::Desk;
use crate::show;
use crate::words::answers as say;

/// Where answered plays stand, by id.
#[derive(Debug, Default)]
pub(crate) struct Answered(HashMap<String, PlayState>);

impl Answered {
    /// Where these plays stand.
    pub(crate) async fn of(store: &Store, rows: &[PlayRow]) -> Result<Self, StoreError> {
        let ids: Vec<String> = rows.iter().map(|row| row.play_id.clone()).collect();
        Ok(Self::known(store.states_of(&ids).await?))
    }

    /// Those that have been read already.
    pub(crate) fn known(states: Vec<PlayState>) -> Self {
        Self(states.into_iter().map(|state| (state.play_id.clone(), state)).collect())
    }

    pub(crate) fn get(&self, play_id: &str) -> Option<&PlayState> {
        self.0.get(play_id)
    }
}

/// What can be chosen in the forms.
pub(crate) struct Choices {
    pub(crate) hold: Vec<(&'static str, &'static str)>,
    pub(crate) refuse: Vec<(&'static str, &'static str)>,
    pub(crate) outcomes: Vec<(&'static str, String)>,
    /// The first day until which a play can be put off, ISO.
    pub(crate) tomorrow: String,
    /// The page to come back to, as a value in a query.
    pub(crate) back_query: String,
}

impl Choices {
    /// Of a reader who may answer.
    pub(crate) fn of(desk: &Desk, place: &Place) -> Option<Self> {
        place.reader.visitor.can(Need::Work).then(|| Self::new(desk, &place.back))
    }

    pub(crate) fn new(desk: &Desk, back: &str) -> Self {
        Self {
            tomorrow: desk.today.plus(domain::time::Days(1)).to_string(),
            ..Self::sample(desk.lang, back)
        }
    }

    /// Without a day from which on a play can be put off.
    pub(crate) fn sample(lang: Lang, back: &str) -> Self {
        Self {
            hold: say::choices(lang, reasons::HOLD),
            refuse: say::choices(lang, reasons::REFUSE),
            outcomes: say::outcomes(lang),
            tomorrow: String::new(),
            back_query: segment(back),
        }
    }
}

/// One play's state and what can be done with it.
#[expect(clippy::struct_excessive_bools, reason = "each is a form that is shown or not")]
pub(crate) struct AnswerView {
    /// Its page.
    pub(crate) url: String,
    /// Its version.
    pub(crate) seen: i64,
    /// Where it stands; empty where nobody answered.
    pub(crate) state: String,
    pub(crate) code: &'static str,
    /// What was said with the answer: until when, why, how much, the note.
    pub(crate) details: Vec<String>,
    pub(crate) can_accept: bool,
    /// Whether it can be put off, refused and ended.
    pub(crate) can_end: bool,
    pub(crate) can_reopen: bool,
    /// Whether a rep added it.
    pub(crate) own: bool,
}

impl AnswerView {
    /// Of a play that stands there.
    pub(crate) fn new(row: &PlayRow, desk: &Desk) -> Self {
        let state = desk.answered.get(&row.play_id);
        let over = state.is_some_and(|state| is_over(state, &desk.overview.run.as_of));
        let stage = state.map_or(Stage::Open, |state| state.state);
        let stage = if over { Stage::Open } else { stage };
        Self {
            url: format!("{}/plays/{}", desk.base, segment(&row.play_id)),
            seen: state.map_or(0, |state| state.events),
            state: match state {
                Some(state) if stage != Stage::Open => {
                    let day = show::iso_date(desk.lang, &state.state_on);
                    say::since(desk.lang, stage, &day)
                }
                _ => String::new(),
            },
            code: stage.code(),
            details: match state {
                Some(_) if over => vec![say::hold_over(desk.lang)],
                Some(state) => details(state, desk),
                None => Vec::new(),
            },
            can_accept: matches!(stage, Stage::Open | Stage::Held),
            can_end: matches!(stage, Stage::Open | Stage::Held | Stage::Accepted),
            can_reopen: !matches!(stage, Stage::Open | Stage::Accepted),
            own: state.is_some_and(|state| state.origin == store::Origin::Own),
        }
    }
}

impl AnswerView {
    /// Whether nothing is left to do, so that a rank would mean nothing.
    pub(crate) fn has_ended(&self) -> bool {
        self.can_reopen && !self.can_end
    }
}

/// Whether a play was put off until a day that the run has seen.
fn is_over(state: &PlayState, as_of: &str) -> bool {
    state.state == Stage::Held && state.hold_until.as_deref().is_some_and(|until| until <= as_of)
}

fn details(state: &PlayState, desk: &Desk) -> Vec<String> {
    let lang = desk.lang;
    let mut parts: Vec<String> = Vec::new();
    let day = |text: &String| say::until(lang, &show::iso_date(lang, text));
    parts.extend(state.hold_until.as_ref().map(day));
    parts.extend(state.reason_code.as_ref().map(|code| say::reason(lang, code)));
    let won = state.amount_minor.filter(|_| state.outcome == Some(Outcome::Won));
    let won = won.map(|minor| say::won(lang, &desk.currency.display(minor)));
    parts.extend(won.or_else(|| state.outcome.map(|outcome| say::outcome(lang, outcome))));
    if state.state == Stage::Accepted && state.hours_left > 0.0 {
        parts.push(say::hours_left(lang, &show::number(state.hours_left, 1)));
    }
    parts.extend(state.note.clone());
    parts
}

/// What was just done, with an undo beside it.
pub(crate) struct Flash {
    pub(crate) text: String,
    pub(crate) url: String,
    pub(crate) seen: i64,
    /// Nothing is left to take back after an undo.
    pub(crate) can_undo: bool,
}

impl Flash {
    /// Of the play that the address names as just answered.
    pub(crate) async fn read(
        store: &Store,
        play_id: Option<&str>,
        desk: (Lang, &str),
    ) -> Result<Option<Self>, StoreError> {
        let (lang, base) = desk;
        let Some(play_id) = play_id else { return Ok(None) };
        let Some(state) = store.play_state(play_id).await? else { return Ok(None) };
        let events = store.play_events(play_id).await?;
        let Some(last) = events.last() else { return Ok(None) };
        let row = state.play();
        let account = store.account_names(&[row.account_key]).await?.pop();
        let account = account.map_or_else(String::new, |account| account.name);
        let title = crate::play::title(&row, lang);
        Ok(Some(Self {
            text: say::flash(lang, last.kind, format!("{account} {title}").trim()),
            url: format!("{base}/plays/{}", segment(play_id)),
            seen: state.events,
            can_undo: last.detail.undoes.is_none(),
        }))
    }
}
