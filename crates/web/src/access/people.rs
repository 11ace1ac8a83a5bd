//! All that is held about one person: handed out, or erased. Whoever serves the workspace does the work, since it
//! reaches into the lake, which no page knows.

use std::future::Future;
use std::pin::Pin;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use domain::words::Lang;
use store::Found;

use super::guard::Note;
use crate::click::form::Form;
use crate::error::Error;
use crate::frame::{Frame, Place, segment};
use crate::register::Register;
use crate::state::AppState;
use crate::words::AccessWords;
use crate::words::access as say;

/// What an erasure did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erasure {
    /// Tables with rows that went and rows that lost what named the person.
    pub tables: Vec<(String, u64, u64)>,
    /// Files that were written anew.
    pub files: u64,
    /// Files that name the person and are not the program's to change.
    pub elsewhere: Vec<String>,
    /// Backups from before, with the time when they were made.
    pub backups: Vec<(String, String)>,
}

/// Why it was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeopleError {
    /// A night, an ingest or a backup is at work.
    Busy,
    /// The person is not there any more.
    Gone,
    /// Something else, for the log.
    Failed(String),
}

/// An answer of [`People`] that takes a while.
pub type Told<'a, T> = Pin<Box<dyn Future<Output = Result<T, PeopleError>> + Send + 'a>>;

/// Who hands out and erases what is held about a person.
pub trait People: Send + Sync + 'static {
    /// All that is held, as JSON.
    fn held(&self, person: Found) -> Told<'_, String>;
    /// Erases it; it does not come back with a later file.
    fn erase(&self, person: Found) -> Told<'_, Erasure>;
}

struct PersonView {
    kind: &'static str,
    kind_word: &'static str,
    id: String,
    name: String,
    account: String,
    account_url: Option<String>,
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    frame: Frame,
    w: &'static AccessWords,
    who: String,
    /// Whether somebody was looked for.
    asked: bool,
    /// Whether this server can do it.
    able: bool,
    problem: Option<String>,
    done: Option<Erasure>,
    found: Vec<PersonView>,
    honorific: &'static str,
}

/// The page, with whom the address asks for.
pub(crate) async fn page(
    State(state): State<AppState>,
    place: Place,
) -> Result<Html<String>, Error> {
    let who = place.query("who").unwrap_or_default().to_owned();
    draw(&state, &place, &who, (None, None)).await
}

async fn draw(
    state: &AppState,
    place: &Place,
    who: &str,
    (problem, done): (Option<String>, Option<Erasure>),
) -> Result<Html<String>, Error> {
    let found = if who.is_empty() { Vec::new() } else { state.store.find_person(who).await? };
    let (base, register) = (state.base(), state.register().await?);
    let page = PeoplePage {
        frame: Frame::new(state, &place.reader, "people"),
        w: AccessWords::of(place.lang()),
        asked: !who.is_empty() && done.is_none(),
        able: state.people.is_some(),
        who: if done.is_some() { String::new() } else { who.to_owned() },
        problem,
        done,
        found: found.into_iter().map(|it| view(it, (&base, place.lang()), &register)).collect(),
        honorific: crate::words::play::honorific(place.lang()),
    };
    Ok(Html(page.render()?))
}

fn view(found: Found, (base, lang): (&str, Lang), register: &Register) -> PersonView {
    let account = found.account_id.unwrap_or_default();
    PersonView {
        kind: found.kind.word(),
        kind_word: say::person_kind(lang, found.kind),
        name: found.name.unwrap_or_default(),
        account_url: (!account.is_empty())
            .then(|| format!("{base}/accounts/{}", segment(&account))),
        account: register.name(&account).map_or_else(|| account.clone(), str::to_owned),
        id: found.id,
    }
}

/// Hands out or erases.
pub(crate) async fn take(
    State(state): State<AppState>,
    place: Place,
    form: Form,
) -> Result<Response, Error> {
    let (lang, w) = (place.lang(), AccessWords::of(place.lang()));
    let id = form.text("id").to_owned();
    let found = state.store.find_person(&id).await?;
    let found = found.into_iter().find(|it| it.id == id && it.kind.word() == form.text("kind"));
    let act = if form.text("act") == "erase" { "person.erase" } else { "person.export" };
    let note = |target: Option<&str>| Note {
        act: Some(act),
        target: target.map(str::to_owned),
        detail: found.as_ref().map(|it| it.kind.word().to_owned()),
        ..Note::default()
    };
    let refuse = async |status: StatusCode, problem: &str| -> Result<Response, Error> {
        let said = (Some(problem.to_owned()), None);
        let mut response = (status, draw(&state, &place, &id, said).await?).into_response();
        response.extensions_mut().insert(note(None));
        Ok(response)
    };
    let (Some(person), Some(people)) = (found.clone(), state.people.clone()) else {
        return refuse(StatusCode::CONFLICT, w.person_gone).await;
    };
    let failed = |error: PeopleError| match error {
        PeopleError::Busy => (StatusCode::CONFLICT, w.person_busy),
        PeopleError::Gone => (StatusCode::CONFLICT, w.person_gone),
        PeopleError::Failed(error) => {
            tracing::error!(error, act, "what is held about a person could not be worked on");
            (StatusCode::INTERNAL_SERVER_ERROR, w.person_failed)
        }
    };
    match form.text("act") {
        "export" => match people.held(person).await {
            Ok(json) => {
                let mut response = json.into_response();
                let headers = response.headers_mut();
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
                let as_file = HeaderValue::from_static("attachment; filename=\"person.json\"");
                headers.insert(header::CONTENT_DISPOSITION, as_file);
                headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
                response.extensions_mut().insert(note(Some(&id)));
                Ok(response)
            }
            Err(error) => {
                let (status, problem) = failed(error);
                refuse(status, problem).await
            }
        },
        "erase" if form.text("confirm") != id => {
            refuse(StatusCode::UNPROCESSABLE_ENTITY, w.person_confirm_wrong).await
        }
        "erase" => match people.erase(person).await {
            Ok(done) => {
                let page = draw(&state, &place, "", (None, Some(done))).await?;
                let mut response = page.into_response();
                // Whom is not written: the line stays, and the person is erased.
                response.extensions_mut().insert(note(None));
                Ok(response)
            }
            Err(error) => {
                let (status, problem) = failed(error);
                refuse(status, problem).await
            }
        },
        _ => {
            refuse(StatusCode::UNPROCESSABLE_ENTITY, &crate::words::answers::unknown_act(lang))
                .await
        }
    }
}
