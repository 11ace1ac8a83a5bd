//! The data that come in by the browser: what is there, files to be brought, and what became of earlier ones.
//!
//! A page neither reads nor takes files: it stores them and asks for work, which a worker does. What that finds stands
//! beside the files, as JSON.

mod beside;
mod files;
mod incoming;
pub(crate) mod issues;
mod job;
mod names;
pub(crate) mod plan;
pub(crate) mod rejects;
mod sniff;
pub(crate) mod upload;

use std::collections::HashMap;
use std::path::PathBuf;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use domain::canonical::{self, Home};
use domain::time::Instant;
use domain::words::Lang;
use store::{JobRow, NewJob, UploadRow};

use crate::access::guard::Note;
use crate::error::Error;
use crate::frame::{Frame, Place};
use crate::show;
use crate::state::AppState;
use crate::steps::Steps;
use crate::words::DataWords;
use crate::words::data as say;
use crate::words::data::labels;
use files::Files;
use incoming::{Incoming, Stopped};

/// Uploads that are listed.
const LISTED: u32 = 30;

/// What uploads are held to.
#[derive(Debug, Clone)]
pub struct UploadRules {
    /// Bytes of one file.
    pub file_bytes_max: u64,
    /// Bytes of all files of an upload.
    pub total_bytes_max: u64,
    /// Files of an upload.
    pub files_max: usize,
    /// Days for which the files are kept.
    pub kept_days: u32,
    /// The endings of files that are read, without `.gz`.
    pub endings: &'static [&'static str],
}

/// Where uploads go.
#[derive(Debug, Clone)]
pub struct Uploads {
    /// The folder.
    pub dir: PathBuf,
    /// What they are held to.
    pub rules: UploadRules,
}

struct TableView {
    name: String,
    rows: String,
    files: String,
    latest: String,
}

struct PastView {
    url: String,
    number: i64,
    when: String,
    by: String,
    files: Vec<String>,
    more: usize,
    state: &'static str,
    code: &'static str,
}

struct FormView {
    accept: String,
    limits: String,
    kept: String,
}

#[derive(Template)]
#[template(path = "data.html")]
struct DataPage {
    frame: Frame,
    w: &'static DataWords,
    steps: Option<Steps>,
    problem: Option<String>,
    form: Option<FormView>,
    at_work: Vec<(String, String)>,
    tables: Vec<TableView>,
    past: Vec<PastView>,
    has_data: bool,
    has_run: bool,
    seen: i64,
}

/// The page.
pub(crate) async fn page(
    State(state): State<AppState>,
    place: Place,
) -> Result<Html<String>, Error> {
    draw(&state, &place, None).await
}

async fn draw(
    state: &AppState,
    place: &Place,
    problem: Option<String>,
) -> Result<Html<String>, Error> {
    let lang = place.lang();
    let tables = tables(state, lang).await?;
    let run = state.store.latest_job(job::RUN).await?;
    let page = DataPage {
        frame: Frame::new(state, &place.reader, "data"),
        w: DataWords::of(lang),
        steps: Steps::read(state, &place.reader).await?,
        problem,
        form: state.uploads.as_ref().map(|uploads| form(&uploads.rules, lang)),
        at_work: at_work(state, lang).await?,
        has_data: !tables.is_empty(),
        has_run: state.store.current_run().await?.is_some(),
        tables,
        past: past(state, lang).await?,
        seen: run.map_or(0, |job| job.job_no),
    };
    Ok(Html(page.render()?))
}

fn form(rules: &UploadRules, lang: Lang) -> FormView {
    let plain = rules.endings.iter().map(|ending| format!(".{ending}"));
    FormView {
        accept: plain.chain([".gz".to_owned()]).collect::<Vec<_>>().join(","),
        limits: say::limits(lang, (rules.file_bytes_max, rules.total_bytes_max), rules.files_max),
        kept: say::kept(lang, rules.kept_days),
    }
}

/// Work that waits or is under way: what, and where it can be followed.
async fn at_work(state: &AppState, lang: Lang) -> Result<Vec<(String, String)>, Error> {
    let w = DataWords::of(lang);
    let base = state.base();
    let view = |job: JobRow| (job::title(w, &job.kind).to_owned(), job::url(&base, &job));
    Ok(state.store.open_jobs().await?.into_iter().map(view).collect())
}

/// What is there, table by table.
async fn tables(state: &AppState, lang: Lang) -> Result<Vec<TableView>, Error> {
    let arrived: HashMap<String, store::Arrived> = state
        .store
        .arrived()
        .await?
        .into_iter()
        .map(|arrived| (arrived.entity.clone(), arrived))
        .collect();
    let mut views = Vec::new();
    for (code, _, _) in labels::TABLES {
        let Some(entity) = canonical::entity(code) else { continue };
        let rows = match entity.home {
            Home::Store => state.store.count(entity).await?,
            Home::Lake => {
                let files = state.store.lake_files(code).await?;
                files.iter().map(|file| u64::try_from(file.rows).unwrap_or(0)).sum()
            }
        };
        if rows == 0 {
            continue;
        }
        let from = arrived.get(code);
        views.push(TableView {
            name: labels::table(lang, code),
            rows: show::whole(rows),
            files: from.map_or_else(String::new, |from| show::whole(from.files)),
            latest: from
                .and_then(|from| from.latest_on.as_deref())
                .map_or_else(String::new, |day| show::iso_date(lang, day)),
        });
    }
    Ok(views)
}

/// The uploads so far, the latest first.
async fn past(state: &AppState, lang: Lang) -> Result<Vec<PastView>, Error> {
    let mut views = Vec::new();
    for upload in state.store.latest_uploads(LISTED).await? {
        let jobs = state.store.jobs_about(&about(upload.upload_no)).await?;
        let code = standing(&jobs, state.now().0);
        views.push(PastView {
            url: upload::url(&state.base(), upload.upload_no),
            number: upload.upload_no,
            when: when(state, lang, upload.at_us),
            by: uploader(state, upload.by_login.as_deref()).await?,
            more: upload.files.len().saturating_sub(3),
            files: upload.files.into_iter().take(3).map(|file| file.name).collect(),
            state: say::standing(lang, code),
            code,
        });
    }
    Ok(views)
}

/// Who uploaded it, by name while there is such a user.
async fn uploader(state: &AppState, login: Option<&str>) -> Result<String, Error> {
    let Some(login) = login else { return Ok(String::new()) };
    Ok(state.store.user(login).await?.map_or_else(|| login.to_owned(), |user| user.name))
}

/// A day and a time in the workspace's zone.
fn when(state: &AppState, lang: Lang, us: i64) -> String {
    let at = Instant(us);
    let (hour, minute) = state.zone.clock(at);
    format!("{} {hour:02}:{minute:02}", show::date(lang, state.zone.day_of(at)))
}

/// What jobs about an upload are about.
pub(crate) fn about(upload_no: i64) -> String {
    format!("upload {upload_no}")
}

/// Where an upload stands, as a code.
pub(crate) fn standing(jobs: &[JobRow], now_us: i64) -> &'static str {
    let Some(last) = jobs.last() else { return "refused" };
    let kind = if last.kind == job::LOOK { "look" } else { "take" };
    match job::state(last, now_us) {
        "waiting" | "running" => kind,
        "failed" => "failed",
        "broken" => "broken",
        _ if jobs.iter().any(|job| job.kind == job::TAKE && job::state(job, now_us) == "done") => {
            "taken"
        }
        _ => "looked",
    }
}

/// Takes files, and asks for them to be looked at.
pub(crate) async fn bring(
    State(state): State<AppState>,
    place: Place,
    mut files: Files,
) -> Result<Response, Error> {
    let (lang, w) = (place.lang(), DataWords::of(place.lang()));
    let Some(uploads) = state.uploads.clone() else { return Err(Error::Page) };
    let refuse = async |status: StatusCode, problem: String| -> Result<Response, Error> {
        let page = draw(&state, &place, Some(problem)).await?;
        Ok((status, page).into_response())
    };
    let mut incoming = match Incoming::begin(&uploads) {
        Ok(incoming) => incoming,
        Err(error) => {
            tracing::error!(%error, "no folder could be made for an upload");
            files.rest().await;
            return refuse(StatusCode::INSUFFICIENT_STORAGE, w.disk.to_owned()).await;
        }
    };
    let stopped = receive(&mut files, &mut incoming).await?;
    if let Some(stopped) = stopped {
        // Nothing is left on the disk while the rest is still being read.
        drop(incoming);
        files.rest().await;
        let sizes = (uploads.rules.file_bytes_max, uploads.rules.total_bytes_max);
        let (status, problem) = match stopped {
            Stopped::TooLarge(name) => {
                (StatusCode::PAYLOAD_TOO_LARGE, say::too_large(lang, &name, sizes))
            }
            Stopped::TooMany => {
                (StatusCode::PAYLOAD_TOO_LARGE, say::too_many(lang, uploads.rules.files_max))
            }
            Stopped::Gone => (StatusCode::BAD_REQUEST, w.broken_off.to_owned()),
            Stopped::Disk(error) => {
                tracing::error!(%error, "an upload could not be stored");
                (StatusCode::INSUFFICIENT_STORAGE, w.disk.to_owned())
            }
        };
        return refuse(status, problem).await;
    }
    if incoming.files.is_empty() {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, w.none_chosen.to_owned()).await;
    }
    match note(&state, &place, &mut incoming).await? {
        Ok(upload_no) => {
            let virus = incoming.files.iter().any(|it| it.refused.as_deref() == Some(sniff::VIRUS));
            let to = upload::url(&state.base(), upload_no);
            let mut response = Redirect::to(&to).into_response();
            response.extensions_mut().insert(Note {
                target: Some(about(upload_no)),
                detail: virus.then(|| sniff::VIRUS.to_owned()),
                refused: virus,
                ..Note::default()
            });
            Ok(response)
        }
        Err(error) => {
            tracing::error!(%error, "an upload could not be stored");
            refuse(StatusCode::INSUFFICIENT_STORAGE, w.disk.to_owned()).await
        }
    }
}

/// Reads the files; why it ended early, if it did.
async fn receive(files: &mut Files, incoming: &mut Incoming<'_>) -> Result<Option<Stopped>, Error> {
    loop {
        let field = match files.next().await {
            Ok(Some(field)) => field,
            Ok(None) => return Ok(None),
            Err(_) => return Ok(Some(Stopped::Gone)),
        };
        // A form without a chosen file sends one without a name.
        if field.file_name().is_none_or(str::is_empty) {
            continue;
        }
        if let Err(stopped) = incoming.take(field).await {
            return Ok(Some(stopped));
        }
    }
}

/// Notes an upload, and asks for its files to be looked at; the inner error is the disk's.
async fn note(
    state: &AppState,
    place: &Place,
    incoming: &mut Incoming<'_>,
) -> Result<std::io::Result<i64>, Error> {
    let folder = match incoming.keep() {
        Ok(folder) => folder,
        Err(error) => return Ok(Err(error)),
    };
    let by_login = place.reader.visitor.user().map(|user| user.login.clone());
    let upload = UploadRow {
        upload_no: 0,
        folder,
        at_us: state.now().0,
        by_login: by_login.clone(),
        files: incoming.files.clone(),
    };
    let upload_no = state.store.add_upload(&upload).await?;
    incoming.noted();
    if incoming.has_any() {
        let argument = serde_json::json!({ "upload": upload_no }).to_string();
        let ask = NewJob {
            kind: job::LOOK,
            about: &about(upload_no),
            argument: &argument,
            once: &format!("look {upload_no} 0"),
            by_login: by_login.as_deref(),
            asked_us: state.now().0,
        };
        state.store.ask_job(&ask).await?;
    }
    Ok(Ok(upload_no))
}
