//! Changing one's own password: after a first one that an administrator gave, before anything else.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use store::UserChange;

use super::guard::Note;
use super::secrets::{self, PASSWORD_MIN, password_fault};
use crate::click::form::Form;
use crate::error::Error;
use crate::frame::{Frame, Place};
use crate::state::AppState;
use crate::words::AccessWords;
use crate::words::access as say;

#[derive(Template)]
#[template(path = "own_password.html")]
struct PasswordPage {
    frame: Frame,
    w: &'static AccessWords,
    login: String,
    /// Whether nothing else can be done first.
    first: bool,
    rule: String,
    problem: Option<String>,
}

/// The form.
pub(crate) async fn page(
    State(state): State<AppState>,
    place: Place,
) -> Result<Html<String>, Error> {
    draw(&state, &place, None)
}

fn draw(state: &AppState, place: &Place, problem: Option<String>) -> Result<Html<String>, Error> {
    let user = place.reader.visitor.user().ok_or(Error::Forbidden)?;
    let page = PasswordPage {
        frame: Frame::new(state, &place.reader, ""),
        w: AccessWords::of(place.lang()),
        login: user.login.clone(),
        first: user.must_change,
        rule: say::password_rule(place.lang(), PASSWORD_MIN),
        problem,
    };
    Ok(Html(page.render()?))
}

/// Takes the new one; all sessions of the user end, this one too.
pub(crate) async fn change(
    State(state): State<AppState>,
    place: Place,
    form: Form,
) -> Result<Response, Error> {
    let (lang, w) = (place.lang(), AccessWords::of(place.lang()));
    let user = place.reader.visitor.user().ok_or(Error::Forbidden)?;
    let refuse = |problem: String| -> Result<Response, Error> {
        let page = draw(&state, &place, Some(problem))?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    let (old, new) = (form.raw("password"), form.raw("new_password"));
    let keys = [(store::Counted::Account, secrets::sha256(&format!("account {}", user.login)))];
    let now = state.now();
    if let Some(until_us) = state.store.attempt_login(&keys, now.0).await? {
        let seconds = (until_us - now.0).div_euclid(1_000_000) + 1;
        let at = state.zone.clock_text(domain::time::Instant(until_us));
        return refuse(say::wait(lang, seconds, &at));
    }
    if !secrets::verify(Some(user.password.clone()), old.to_owned()).await {
        return refuse(w.password_wrong.to_owned());
    }
    state.store.forgive_login(&keys).await?;
    if let Some(fault) = password_fault(&user.login, new) {
        return refuse(say::password_fault(lang, fault));
    }
    if new == old {
        return refuse(w.password_same.to_owned());
    }
    if new != form.raw("new_password_again") {
        return refuse(w.password_differs.to_owned());
    }
    let hash = secrets::hash(new.to_owned()).await;
    state.store.change_user(&user.login, &UserChange::Password(hash, false)).await?;
    let mut response = Redirect::to(&format!("{}/login", state.base())).into_response();
    let note = Note { target: Some(user.login.clone()), ..Note::default() };
    response.extensions_mut().insert(note);
    Ok(response)
}
