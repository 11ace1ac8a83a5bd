//! The guard in front of every handler: looks the route up, asks who is there, checks forms, and writes the log.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts as _, MatchedPath, Path, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use store::{AuditRow, StoreError};

use super::again::{self, Pending};
use super::visitor::{self, Visitor};
use super::{Line, Need, csrf, find, login, secrets};
use crate::click::form;
use crate::error::Error;
use crate::frame::segment;
use crate::reader::Reader;
use crate::state::AppState;

/// What a handler wants written into the log besides the code of its route.
#[derive(Debug, Clone, Default)]
pub(crate) struct Note {
    /// The code in place of the route's.
    pub(crate) act: Option<&'static str>,
    /// Who, where that is not who asked.
    pub(crate) login: Option<String>,
    /// To what.
    pub(crate) target: Option<String>,
    /// More, as a code.
    pub(crate) detail: Option<String>,
    /// Whether it was refused although the answer is a page.
    pub(crate) refused: bool,
}

/// What a request is about.
#[derive(Debug, Default)]
struct About {
    account_id: Option<String>,
    play_id: Option<String>,
    workspace: Option<String>,
}

/// The layer. Nothing that is not in the table gets past it.
pub(crate) async fn guard(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let Some(path) = request.extensions().get::<MatchedPath>().cloned() else {
        return next.run(request).await;
    };
    let line = match find(request.method(), path.as_str()) {
        Ok(line) => line,
        Err(methods) if methods.is_empty() => {
            tracing::error!(path = path.as_str(), "a route is not in the table of routes");
            return Error::Page.into_response();
        }
        Err(methods) => return not_allowed(&methods),
    };
    if !line.path.starts_with("/w/") {
        return next.run(request).await;
    }
    match enter(&state, line, request, next).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

fn not_allowed(methods: &[&'static Method]) -> Response {
    let mut response = Error::Method.into_response();
    let mut names: Vec<&str> = methods.iter().map(|method| method.as_str()).collect();
    if names.contains(&"GET") {
        names.push("HEAD");
    }
    if let Ok(allowed) = HeaderValue::from_str(&names.join(",")) {
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    response
}

async fn enter(
    state: &AppState,
    line: &'static Line,
    request: Request,
    next: Next,
) -> Result<Response, Error> {
    let (mut parts, body) = request.into_parts();
    let about = about(&mut parts, state).await?;
    if about.workspace.as_deref() != Some(state.workspace.as_str()) {
        return Err(Error::Workspace);
    }
    let visitor = visitor(state, &parts.headers).await?;
    parts.extensions.insert(visitor.clone());
    let sends = line.method == Method::POST;
    let streams = line.takes_files() && is_multipart(&parts.headers);
    let (bytes, body) = if streams {
        if !form::is_ours(&parts.headers) {
            return Err(Error::Origin);
        }
        (Bytes::new(), body)
    } else if sends {
        let bytes = read(&parts, body).await?;
        (bytes.clone(), Body::from(bytes))
    } else {
        (Bytes::new(), Body::empty())
    };
    let asks = Asks { state, line, visitor, about, streams };
    let mut response = if let Some(stopped) = asks.stop(&parts, &bytes).await? {
        stopped
    } else {
        let response = next.run(Request::from_parts(parts.clone(), body)).await;
        // Work that goes from one to another takes the sight of its account along.
        if sends {
            state.forget_seen().await;
        }
        response
    };
    asks.log(&parts, &bytes, &mut response).await?;
    if response.extensions().get::<Visitor>().is_none() {
        response.extensions_mut().insert(asks.visitor);
    }
    Ok(response)
}

/// Who asks.
pub(crate) async fn visitor(state: &AppState, headers: &HeaderMap) -> Result<Visitor, Error> {
    if state.has_users().await? {
        Ok(visitor::of(state, headers).await?)
    } else if state.door.is_home(headers) {
        Ok(Visitor::Alone)
    } else {
        Err(Error::NoUsers)
    }
}

/// What the address names.
async fn about(parts: &mut Parts, state: &AppState) -> Result<About, Error> {
    let path: Path<Vec<(String, String)>> =
        Path::from_request_parts(parts, state).await.map_err(|_| Error::Page)?;
    let named = |name: &str| path.iter().find(|(key, _)| key == name).map(|(_, v)| v.clone());
    let query = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
    let answered = query.ok().and_then(|Query(query)| {
        query.into_iter().find(|(key, _)| key == "answered").map(|(_, value)| value)
    });
    Ok(About {
        account_id: named("account_id"),
        // What a page says was just answered must be seen, too.
        play_id: named("play_id").or(answered),
        workspace: named("workspace"),
    })
}

/// The body of a form that a page of ours sent.
async fn read(parts: &Parts, body: Body) -> Result<Bytes, Error> {
    if !form::is_ours(&parts.headers) {
        return Err(Error::Origin);
    }
    to_bytes(body, form::BYTES_MAX).await.map_err(|_| Error::TooLarge)
}

fn is_multipart(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("multipart/"))
}

/// A request at the guard.
struct Asks<'a> {
    state: &'a AppState,
    line: &'static Line,
    visitor: Visitor,
    about: About,
    /// Whether files come, which the handler reads: it checks the token, too.
    streams: bool,
}

impl Asks<'_> {
    /// The answer of a request that goes no further; none lets it pass.
    async fn stop(&self, parts: &Parts, bytes: &Bytes) -> Result<Option<Response>, Error> {
        let (state, line) = (self.state, self.line);
        if line.need == Need::Nothing {
            return Ok(None);
        }
        let sends = line.method == Method::POST;
        let here = parts.uri.path_and_query().map_or("", |here| here.as_str());
        let reader =
            Reader { visitor: self.visitor.clone(), ..Reader::of(&parts.uri, &parts.headers) };
        let pending = || Pending::of(here, form::fields(bytes));
        if matches!(self.visitor, Visitor::Nobody) {
            if !sends || self.streams {
                let to = format!("{}/login?next={}", state.base(), segment(here));
                return Ok(Some(Redirect::to(&to).into_response()));
            }
            return Ok(Some(login::ended(state, &reader, &parts.headers, pending())?));
        }
        let must_change = self.visitor.user().is_some_and(|user| user.must_change);
        if must_change && line.need != Need::SignedIn {
            let to = format!("{}/password", state.base());
            return Ok(Some(Redirect::to(&to).into_response()));
        }
        if !self.visitor.can(line.need) {
            return Ok(Some(Error::Forbidden.into_response()));
        }
        if let Some(unseen) = self.unseen().await? {
            return Ok(Some(unseen.into_response()));
        }
        let sent = form::fields(bytes);
        let token = sent.iter().find(|(name, _)| name == csrf::FIELD).map_or("", |(_, it)| it);
        if sends && !self.streams && !secrets::same(token, &state.form_token(&self.visitor)) {
            let page = again::page(state, &reader, &pending(), again::Why::Stale)?;
            return Ok(Some((StatusCode::CONFLICT, page).into_response()));
        }
        Ok(None)
    }

    /// Whether the address names what the reader does not see. It is as if it were not there.
    async fn unseen(&self) -> Result<Option<Error>, StoreError> {
        let (store, sight) = (&self.state.store, self.visitor.sight());
        if sight.is_whole() {
            return Ok(None);
        }
        if let Some(account_id) = &self.about.account_id {
            let seen = self.state.seen(&sight).await?;
            if !seen.is_some_and(|seen| seen.has(account_id)) {
                return Ok(Some(Error::Account));
            }
        }
        if let Some(play_id) = self.about.play_id.as_deref() {
            let account = match store.play_state(play_id).await? {
                Some(state) => Some(state.account_key),
                None => match store.current_run().await? {
                    Some(run) => store.play(&run.run_id, play_id).await?.map(|it| it.account_key),
                    None => None,
                },
            };
            let Some(account) = account else { return Ok(Some(Error::Play)) };
            if !store.sees(&sight, account).await? {
                return Ok(Some(Error::Play));
            }
        }
        Ok(None)
    }

    /// Writes what was done or refused. A page is not shown without its line; what is changed already is
    /// answered even if the line cannot be written.
    async fn log(
        &self,
        parts: &Parts,
        bytes: &Bytes,
        response: &mut Response,
    ) -> Result<(), StoreError> {
        let note = response.extensions_mut().remove::<Note>().unwrap_or_default();
        let status = response.status();
        let outcome = if status.is_server_error() {
            "failed"
        } else if status.is_client_error() || note.refused {
            "refused"
        } else {
            "done"
        };
        let signed = self.visitor.user().is_some() || note.login.is_some();
        let act = note.act.unwrap_or(self.line.act);
        // What is refused is written for every route; and where nobody signs in, there is nobody to name.
        let forbidden = status == StatusCode::FORBIDDEN && act.is_empty();
        let act = if forbidden { "page" } else { act };
        let alone = matches!(self.visitor, Visitor::Alone);
        if act.is_empty() || alone || (!signed && act != "login") {
            return Ok(());
        }
        let fields = form::fields(bytes);
        let field =
            |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, it)| it.clone());
        let code = |text: &String| text.len() <= 40 && text.bytes().all(|b| b.is_ascii_graphic());
        let about = self.about.account_id.clone().or_else(|| self.about.play_id.clone());
        let page = forbidden.then(|| self.line.path.clone());
        let row = AuditRow {
            number: 0,
            at_us: self.state.now().0,
            login: note.login.or_else(|| self.visitor.user().map(|user| user.login.clone())),
            act: act.to_owned(),
            target: note.target.or(about).or(page),
            detail: note.detail.or_else(|| field("act").filter(code)),
            outcome: outcome.to_owned(),
            address: self.state.door.address(parts),
        };
        match self.state.store.log(&row).await {
            Err(error) if self.line.method == Method::POST => {
                tracing::error!(%error, act, "what was done could not be written into the log");
                Ok(())
            }
            written => written,
        }
    }
}
