//! Writing down what a customer said: a small form on the account's page.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::canonical;
use domain::time::Day;
use domain::words::Lang;
use store::{Note, Noted, Store, Value};

use super::form::Form;
use super::sender;
use super::typed;
use crate::account::{self, Told};
use crate::error::Error;
use crate::frame::{Place, segment};
use crate::record::{Record, Records};
use crate::state::AppState;
use crate::words::answers;
use crate::words::notes as say;

/// Characters of a statement.
const VALUE_MAX: usize = 2_000;

/// What was typed and not taken, with why.
#[derive(Debug, Clone, Default)]
pub(crate) struct Typed {
    /// The statement whose form it was; empty: a new one.
    pub(crate) replaces: String,
    pub(crate) kind: String,
    pub(crate) value: String,
    pub(crate) said_on: String,
    pub(crate) said_by: String,
    pub(crate) problem: String,
}

/// Takes the form.
pub(crate) async fn take(
    State(state): State<AppState>,
    place: Place,
    form: Form,
) -> Result<Response, Error> {
    let (by, today) = sender(&state, &place).await?;
    let lang = place.lang();
    let entity = canonical::entity("accounts").expect("accounts are canonical");
    let id = Value::from(place.account_id.as_str());
    if state.store.read_where(entity, "account_id", &id).await?.is_empty() {
        return Err(Error::Account);
    }
    let said_by = said_by(&state, &place, form.text("said_by")).await?;
    let note = read(&form, (lang, today)).map(|note| Note {
        account_id: place.account_id.clone(),
        said_by,
        recorded_by: by.rep_id,
        ..note
    });
    let (problem, replaces) = match note {
        Err(problem) => (problem, form.text("replaces").to_owned()),
        Ok(note) => match state.store.note(&note).await? {
            Noted::Taken(id) => {
                let account = segment(&place.account_id);
                let url = format!("{}/accounts/{account}#{}", state.base(), segment(&id));
                return Ok(Redirect::to(&url).into_response());
            }
            Noted::Changed => {
                let newest = newest(&state.store, form.text("replaces")).await?;
                (say::changed(lang), newest)
            }
        },
    };
    let text = |name| form.text(name).to_owned();
    let typed = Typed {
        replaces,
        kind: text("kind"),
        value: text("value"),
        said_on: text("said_on"),
        said_by: text("said_by"),
        problem,
    };
    let told = Told { note: Some(typed), ..Told::default() };
    let page = account::draw(&state, &place, told).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// The form as a statement, without who and whose.
fn read(form: &Form, (lang, today): (Lang, Day)) -> Result<Note, String> {
    let kind = form.text("kind");
    if !say::BY_HAND.contains(&kind) {
        return Err(say::kind_missing(lang));
    }
    let value = form.text("value");
    if value.is_empty() {
        return Err(say::value_missing(lang));
    }
    if value.chars().count() > VALUE_MAX {
        return Err(answers::note_too_long(lang, VALUE_MAX));
    }
    let value = match kind {
        "promised_date" => typed::any_day(&form.narrow("value"))
            .ok_or_else(|| say::promise_is_no_day(lang))?
            .to_string(),
        _ => value.to_owned(),
    };
    let text = form.narrow("said_on");
    if text.is_empty() {
        return Err(answers::date_missing(lang));
    }
    let said_on = typed::any_day(&text).ok_or_else(|| answers::date_unknown(lang, &text))?;
    if said_on > today {
        return Err(say::said_later(lang, &crate::show::date(lang, today)));
    }
    let replaces = form.text("replaces");
    Ok(Note {
        kind: kind.to_owned(),
        value,
        said_on: said_on.to_string(),
        replaces: (!replaces.is_empty()).then(|| replaces.to_owned()),
        ..Note::default()
    })
}

/// The contact, if it is one of the account's.
async fn said_by(state: &AppState, place: &Place, id: &str) -> Result<Option<String>, Error> {
    if id.is_empty() {
        return Ok(None);
    }
    let records = Records { store: &state.store, zone: &state.zone, as_of: None };
    let found = records.of("contacts", "account_id", &place.account_id).await?;
    Ok(found.iter().any(|row| row.text("contact_id") == id).then(|| id.to_owned()))
}

/// The statement that stands in the place of one now; itself where nothing does, and nothing where it is gone.
async fn newest(store: &Store, id: &str) -> Result<String, Error> {
    const STEPS_MAX: usize = 100;
    let entity = canonical::entity("account_facts").expect("account_facts are canonical");
    let mut at = id.to_owned();
    for _ in 0..STEPS_MAX {
        let row = store.read_where(entity, "fact_id", &Value::from(&at)).await?.pop();
        let Some(row) = row.map(|row| Record::new(entity, row)) else { return Ok(String::new()) };
        match row.some("superseded_by") {
            Some(next) => at = next,
            None => break,
        }
    }
    Ok(at)
}
