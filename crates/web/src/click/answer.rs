//! An answer to a play: checked, written, and back to where it came from.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::time::Day;
use domain::words::Lang;
use store::{Act, Answer, PlayRow, PlayState, StoreError, Undo};

use super::form::Form;
use super::{by, guard, typed, who};
use crate::error::Error;
use crate::frame::{Place, segment};
use crate::pipeline::linking;
use crate::state::{AppState, Overview};
use crate::story::{self, Said};
use crate::words::{answers as say, night, pipeline};

/// A play with where it stands, whichever knows it: the current run, or an answer.
pub(crate) struct Known {
    pub(crate) row: PlayRow,
    pub(crate) state: Option<PlayState>,
    /// Whether the current run proposes it.
    pub(crate) proposed: bool,
}

impl Known {
    /// Finds the play that the address names.
    pub(crate) async fn find(
        state: &AppState,
        overview: Option<&Overview>,
        play_id: &str,
    ) -> Result<Self, Error> {
        let proposed = match overview {
            Some(overview) => state.store.play(&overview.run.run_id, play_id).await?,
            None => None,
        };
        let answered = state.store.play_state(play_id).await?;
        let kept = answered.as_ref().filter(|it| it.state != store::Stage::Open);
        // What somebody answered stays as it was shown; what is open is as the run proposes it.
        let mut row = kept
            .map(PlayState::play)
            .or_else(|| proposed.clone())
            .or_else(|| answered.as_ref().map(PlayState::play))
            .ok_or(Error::Play)?;
        if let Some(rep) = answered.as_ref().and_then(|state| state.assigned.clone()) {
            row.owner = Some(rep);
        }
        Ok(Self { row, state: answered, proposed: proposed.is_some() })
    }
}

/// Takes an answer.
pub(crate) async fn take(
    State(state): State<AppState>,
    place: Place,
    form: Form,
) -> Result<Response, Error> {
    let overview = state.overview().await?;
    let overview = overview.as_deref();
    let known = Known::find(&state, overview, &place.play_id).await?;
    let refused = match write(&state, &place, (&form, &known), overview).await? {
        Ok(()) => {
            let back = who::back(&state, sent(&place, &form, "back"));
            return Ok(Redirect::to(&with_flash(&back, &place.play_id)).into_response());
        }
        Err(refused) => refused,
    };
    // Read again: somebody else may have changed it.
    let known = Known::find(&state, overview, &place.play_id).await?;
    let said = Said { problem: Some(refused.1), form: Some(form) };
    let page = story::draw(&state, &place, known, said).await?;
    Ok((refused.0, page).into_response())
}

/// What the form says, else its address: lines of a long list carry it there, where it is shorter.
fn sent<'a>(place: &'a Place, form: &'a Form, name: &str) -> &'a str {
    match form.text(name) {
        "" => place.query(name).unwrap_or_default(),
        text => text,
    }
}

/// `…?answered=ID`: the next page says what was done, with an undo beside it.
fn with_flash(back: &str, play_id: &str) -> String {
    let (path, query) = back.split_once('?').unwrap_or((back, ""));
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("answered="));
    let mut query: Vec<String> = kept.map(str::to_owned).collect();
    query.push(format!("answered={}", segment(play_id)));
    format!("{path}?{}", query.join("&"))
}

/// Writes the answer; the inner error is for the reader.
async fn write(
    state: &AppState,
    place: &Place,
    asked: (&Form, &Known),
    overview: Option<&Overview>,
) -> Result<Result<(), (StatusCode, String)>, Error> {
    let (form, known) = asked;
    let lang = place.lang();
    let bad = |said: String| Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, said)));
    let Ok(expected) = sent(place, form, "seen").parse::<i64>() else {
        return bad(say::unknown_act(lang));
    };
    let by = by(state, place, overview);
    let written = if form.text("act") == "undo" {
        let play_id = known.row.play_id.clone();
        state.store.undo(&Undo { play_id, expected, by }).await
    } else {
        let today = state.today(overview);
        let act = match act(state, (form, place), known, (lang, today)).await? {
            Ok(act) => act,
            Err(said) => return bad(said),
        };
        if matches!(act, Act::Accept { .. })
            && let Some(held) = guard::held(state, &known.row, today).await?
        {
            return bad(say::held(lang, &held.said(lang)));
        }
        state.store.answer(&Answer { play: known.row.clone(), act, expected, by }).await
    };
    let conflict = |said: String| Ok(Err((StatusCode::CONFLICT, said)));
    match written {
        Ok(_) => Ok(Ok(())),
        Err(StoreError::Stale { .. }) => conflict(say::stale(lang)),
        Err(StoreError::NotNow { .. }) => conflict(say::not_now(lang)),
        Err(StoreError::NothingToUndo { .. } | StoreError::UnknownPlay { .. }) => {
            conflict(say::nothing_to_undo(lang))
        }
        Err(error) => Err(error.into()),
    }
}

/// What the form says should be done; the inner error is for the reader.
async fn act(
    state: &AppState,
    (form, place): (&Form, &Place),
    known: &Known,
    (lang, today): (Lang, Day),
) -> Result<Result<Act, String>, Error> {
    match form.text("act") {
        "hand_off" => {
            let (policy, _) = state.live_policy().await?;
            let due = decide::handoff::due(state.moment(today), &state.zone, &policy.handoff);
            Ok(typed::handing(form, lang, due.map(|due| due.0)))
        }
        // Who takes it over works on it from now on.
        "take_over" => Ok(match (&place.rep, place.reader.visitor.user()) {
            (Some(rep), _) => Ok(Act::TakeOver { by: rep.clone() }),
            (None, Some(_)) => Err(pipeline::no_rep(lang)),
            (None, None) => Err(pipeline::who_missing(lang)),
        }),
        "assign" => {
            let to = form.text("to_rep");
            let reps = state.store.rep_names().await?;
            Ok(match reps.iter().find(|rep| rep.rep_id == to) {
                Some(rep) => Ok(Act::Assign { to: rep.rep_id.clone() }),
                None => Err(night::rep_missing(lang)),
            })
        }
        "link" if !form.text("deal").is_empty() => {
            // Of this account's deals.
            let play = (&known.row, known.state.as_ref());
            let deals = linking::deals(state, (lang, today), play).await?;
            let known = deals.into_iter().find(|deal| deal.id == form.text("deal"));
            Ok(match known {
                Some(deal) => Ok(Act::Link { deal_id: Some(deal.id) }),
                None => Err(pipeline::deal_unknown(lang)),
            })
        }
        _ => Ok(typed::act(form, &known.row, (lang, state.currency, today))),
    }
}
