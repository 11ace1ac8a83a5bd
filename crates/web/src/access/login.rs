//! Signing in and out.

use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRequest as _, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use store::{AttemptKey, Counted, Session, User};

use super::again::{self, Pending, Why};
use super::guard::Note;
use super::visitor::{self, FORM, SESSION, Visitor, cookie, set_cookie};
use super::{csrf, secrets};
use crate::click::form::Form;
use crate::click::who;
use crate::error::Error;
use crate::frame::{Frame, Place};
use crate::reader::Reader;
use crate::state::AppState;
use crate::words::AccessWords;
use crate::words::access as say;

/// Characters of a login, at most.
pub const LOGIN_MAX: usize = 100;

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    frame: Frame,
    w: &'static AccessWords,
    problem: Option<String>,
    token: String,
    login: String,
    next: String,
    /// Where the waiting form goes; empty where none waits.
    to: String,
    carried: Vec<(String, String)>,
}

/// What was typed, or came along.
#[derive(Default)]
struct Typed {
    problem: Option<String>,
    login: String,
    next: String,
    pending: Option<Pending>,
}

/// The sign-in form, with the cookie that ties it to this browser.
fn draw(
    state: &AppState,
    reader: &Reader,
    headers: &HeaderMap,
    typed: Typed,
) -> Result<Response, Error> {
    let known = cookie(headers, FORM).filter(|token| is_token(token));
    let token = known.map_or_else(secrets::form_token, str::to_owned);
    let page = LoginPage {
        frame: Frame::new(state, reader, ""),
        w: AccessWords::of(reader.lang),
        problem: typed.problem,
        token: token.clone(),
        login: typed.login,
        next: typed.next,
        carried: typed.pending.as_ref().map_or_else(Vec::new, Pending::to_carry),
        to: typed.pending.map_or_else(String::new, |pending| pending.to),
    };
    let mut response = axum::response::Html(page.render()?).into_response();
    put_cookie(&mut response, &set_cookie(state, FORM, &token));
    Ok(response)
}

fn is_token(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn put_cookie(response: &mut Response, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// The form for somebody whose session ended while they typed: what was typed waits in it.
pub(super) fn ended(
    state: &AppState,
    reader: &Reader,
    headers: &HeaderMap,
    pending: Pending,
) -> Result<Response, Error> {
    let problem = Some(AccessWords::of(reader.lang).login_ended.to_owned());
    let mut response = draw(
        state,
        reader,
        headers,
        Typed { problem, pending: Some(pending), ..Typed::default() },
    )?;
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    Ok(response)
}

/// The form; who is signed in already goes on.
pub(crate) async fn page(
    State(state): State<AppState>,
    place: Place,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let next = place.query("next").unwrap_or_default().to_owned();
    if !matches!(place.reader.visitor, Visitor::Nobody) {
        return Ok(Redirect::to(&who::back(&state, &next)).into_response());
    }
    draw(&state, &place.reader, &headers, Typed { next, ..Typed::default() })
}

/// Takes name and password.
pub(crate) async fn enter(
    State(state): State<AppState>,
    place: Place,
    request: Request,
) -> Result<Response, Error> {
    let (parts, body) = request.into_parts();
    let form = Form::from_request(Request::from_parts(parts.clone(), body), &state).await?;
    let pending = Pending::carried(form.text("to"), form.fields());
    let login = form.narrow("login").to_lowercase();
    let typed = |problem: &str| Typed {
        problem: Some(problem.to_owned()),
        login: login.clone(),
        next: form.text("next").to_owned(),
        pending: pending.clone(),
    };
    let w = AccessWords::of(place.lang());
    let refuse = |status: StatusCode, problem: &str, note: Note| -> Result<Response, Error> {
        let mut page = draw(&state, &place.reader, &parts.headers, typed(problem))?;
        *page.status_mut() = status;
        page.extensions_mut().insert(note);
        Ok(page)
    };
    let token = cookie(&parts.headers, FORM).filter(|token| is_token(token));
    if !token.is_some_and(|token| secrets::same(token, form.text(csrf::FIELD))) {
        return refuse(StatusCode::CONFLICT, w.login_stale, Note::default());
    }
    let user = state.store.user(&login).await?.filter(|_| login.len() <= LOGIN_MAX * 4);
    let note = |detail: &str| Note {
        login: user.as_ref().map(|user| user.login.clone()),
        detail: Some(detail.to_owned()),
        ..Note::default()
    };
    let keys = keys(&state, &parts, &login);
    let now = state.now();
    if let Some(until_us) = state.store.attempt_login(&keys, now.0).await? {
        let seconds = (until_us - now.0).div_euclid(1_000_000) + 1;
        let at = state.zone.clock_text(domain::time::Instant(until_us));
        let mut page = refuse(
            StatusCode::TOO_MANY_REQUESTS,
            &say::wait(place.lang(), seconds, &at),
            note("throttled"),
        )?;
        page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        return Ok(page);
    }
    let may = user.as_ref().filter(|user| user.disabled_us.is_none());
    let password = form.raw("password").to_owned();
    if !secrets::verify(may.map(|user| user.password.clone()), password).await {
        let detail = match &user {
            None => "unknown",
            Some(user) if user.disabled_us.is_some() => "disabled",
            Some(_) => "password",
        };
        return refuse(StatusCode::UNAUTHORIZED, w.login_wrong, note(detail));
    }
    let Some(user) = user.clone() else { return Err(Error::Form) };
    state.store.forgive_login(&keys).await?;
    let note = note("password");
    let next = who::back(&state, form.text("next"));
    begin(&state, &place, &parts, Entered { user, next, pending, note }).await
}

/// Somebody whose password was right.
struct Entered {
    user: User,
    next: String,
    pending: Option<Pending>,
    note: Note,
}

/// Begins a session under a new token; an earlier one of this browser ends.
async fn begin(
    state: &AppState,
    place: &Place,
    parts: &Parts,
    entered: Entered,
) -> Result<Response, Error> {
    let now = state.now();
    let token = secrets::token();
    let session = Session {
        token_hash: secrets::sha256(&token),
        login: entered.user.login.clone(),
        csrf: secrets::form_token(),
        begun_us: now.0,
        seen_us: now.0,
    };
    let earlier = cookie(&parts.headers, SESSION).map(secrets::sha256);
    let ended = state.sessions.ended_us(now);
    state.store.begin_session(&session, earlier.as_deref(), ended).await?;
    let visitor = Visitor::User(Arc::new(visitor::signed(state, session, entered.user).await?));
    let mut response = match entered.pending {
        Some(pending) => {
            let reader = Reader { visitor: visitor.clone(), ..place.reader.clone() };
            again::page(state, &reader, &pending, Why::SignedIn)?.into_response()
        }
        None => Redirect::to(&entered.next).into_response(),
    };
    put_cookie(&mut response, &set_cookie(state, SESSION, &token));
    put_cookie(&mut response, &set_cookie(state, FORM, ""));
    response.extensions_mut().insert(visitor);
    response.extensions_mut().insert(entered.note);
    Ok(response)
}

/// What an attempt is counted for.
fn keys(state: &AppState, parts: &Parts, login: &str) -> Vec<AttemptKey> {
    let account = (Counted::Account, secrets::sha256(&format!("account {login}")));
    let address = state.door.address(parts);
    let address =
        address.map(|from| (Counted::Address, secrets::sha256(&format!("address {from}"))));
    [account].into_iter().chain(address).collect()
}

/// Ends the session, and has the browser forget what it kept of it.
pub(crate) async fn leave(
    State(state): State<AppState>,
    place: Place,
    _form: Form,
) -> Result<Response, Error> {
    if let Visitor::User(signed) = &place.reader.visitor {
        state.store.end_session(&signed.session.token_hash).await?;
    }
    let mut response = Redirect::to(&format!("{}/login", state.base())).into_response();
    put_cookie(&mut response, &set_cookie(&state, SESSION, ""));
    let forget = HeaderValue::from_static("\"cache\"");
    response.headers_mut().insert("clear-site-data", forget);
    Ok(response)
}
