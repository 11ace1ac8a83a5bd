//! Stopping an account, and lifting the stop: a small form on its page.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use decide::life::reasons::{self, Reason};
use domain::words::Lang;
use store::{StopKind, StopRow};

use super::form::Form;
use super::sender;
use super::typed::{self, From};
use crate::account;
use crate::error::Error;
use crate::frame::{Place, segment};
use crate::show;
use crate::state::AppState;
use crate::words::answers as say;

/// What the account's page shows of stops.
#[derive(Debug, Clone, Default)]
pub(crate) struct StopView {
    /// Who stopped it when, why and until when; none where nobody did.
    pub(crate) said: Option<String>,
    /// What was written beside it.
    pub(crate) note: String,
    /// Reasons to choose from.
    pub(crate) reasons: Vec<(&'static str, &'static str)>,
    /// What was wrong with the form.
    pub(crate) problem: Option<String>,
}

impl StopView {
    /// The stop in force, from the rows of an account.
    pub(crate) fn of(lang: Lang, rows: &[StopRow], reps: impl Fn(&str) -> String) -> Self {
        let reasons = reasons::STOP.iter().map(|reason| (reason.code, reason.get(lang))).collect();
        let last = rows.last().filter(|row| row.kind == StopKind::Stop);
        let said = last.map(|row| {
            let code = row.reason_code.as_deref().unwrap_or("other");
            let reason = Reason::find(reasons::STOP, code).map_or("", |reason| reason.get(lang));
            let on = show::iso_date(lang, &row.on_day);
            let until = row.until_day.as_deref().map(|day| show::iso_date(lang, day));
            let by = row.by_rep.as_deref().map(&reps);
            say::stopped(lang, (&on, until.as_deref()), (reason, by.as_deref()))
        });
        let note = last.and_then(|row| row.note.clone()).unwrap_or_default();
        Self { said, note, reasons, problem: None }
    }
}

/// Takes the form.
pub(crate) async fn take(
    State(state): State<AppState>,
    place: Place,
    form: Form,
) -> Result<Response, Error> {
    let (by, today) = sender(&state, &place).await?;
    let key = state.store.account_key_of(&place.account_id).await?.ok_or(Error::Account)?;
    let lang = place.lang();
    let read = || -> Result<StopRow, String> {
        let kind = match form.text("act") {
            "stop" => StopKind::Stop,
            "lift" => StopKind::Lift,
            _ => return Err(say::unknown_act(lang)),
        };
        let note = typed::note(&form, lang)?;
        let stops = kind == StopKind::Stop;
        let until = match form.text("until") {
            text if text.is_empty() || !stops => None,
            _ => Some(typed::day(&form, "until", (lang, today, From::Tomorrow))?),
        };
        let reason = Reason::find(reasons::STOP, form.text("reason"));
        if stops && reason.is_none() {
            return Err(say::reason_missing(lang));
        }
        Ok(StopRow {
            account_key: key,
            number: 0,
            kind,
            on_day: today.to_string(),
            until_day: until.map(|until| until.to_string()),
            reason_code: reason.filter(|_| stops).map(|reason| reason.code.to_owned()),
            note: (!note.is_empty()).then_some(note),
            by_rep: by.rep_id.clone(),
            at_us: by.at_us,
        })
    };
    match read() {
        Ok(row) => {
            state.store.set_stop(&row).await?;
            let url = format!("{}/accounts/{}", state.base(), segment(&place.account_id));
            Ok(Redirect::to(&url).into_response())
        }
        Err(problem) => {
            let told = account::Told { stop: Some(problem), ..account::Told::default() };
            let page = account::draw(&state, &place, told).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}
