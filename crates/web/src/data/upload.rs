//! One upload: what became of each file, the mapping to be checked, and what was taken.

mod mapped;
mod taken;

use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use domain::words::Lang;
use serde_json::json;
use store::{JobRow, UploadFile, UploadRow};

use super::beside::{self, Look};
use super::job::{self, JobView};
use super::{about, uploader, when};
use crate::access::guard::Note;
use crate::click::form::Form;
use crate::error::Error;
use crate::frame::{Frame, Place};
use crate::state::AppState;
use crate::words::DataWords;
use crate::words::data as say;
pub(super) use mapped::IssueView;
use mapped::{Mapped, choices};
use taken::Taken;

/// A file that was refused: its name, and why.
struct RefusedView {
    name: String,
    size: String,
    why: String,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a part that is shown or not")]
#[derive(Template)]
#[template(path = "upload.html")]
struct UploadPage {
    frame: Frame,
    w: &'static DataWords,
    title: String,
    url: String,
    when: String,
    by: String,
    refused: Vec<RefusedView>,
    job: Option<JobView>,
    /// The files with their mappings, while they are to be checked.
    mapped: Vec<Mapped>,
    can_take: bool,
    /// Whether contracts are among them, so that the day of their state matters.
    dated: bool,
    taken: Option<Taken>,
    mended: Option<String>,
    gone: bool,
    seen: i64,
    run_seen: i64,
    has_run: bool,
}

/// The address of an upload.
pub(crate) fn url(base: &str, upload_no: i64) -> String {
    format!("{base}/data/uploads/{upload_no}")
}

/// The upload that the address names.
pub(super) async fn named(state: &AppState, place: &Place) -> Result<UploadRow, Error> {
    let number: i64 = place.named("upload").parse().map_err(|_| Error::Upload)?;
    state.store.upload(number).await?.ok_or(Error::Upload)
}

/// The page.
pub(crate) async fn page(
    State(state): State<AppState>,
    place: Place,
) -> Result<Html<String>, Error> {
    let upload = named(&state, &place).await?;
    let lang = place.lang();
    let jobs = state.store.jobs_about(&about(upload.upload_no)).await?;
    let now_us = state.now().0;
    let done = |kind: &str| {
        jobs.iter().rev().find(|job| job.kind == kind && job::state(job, now_us) == "done")
    };
    let last = jobs.last();
    let job = last.map(|job| JobView::new(job, now_us, lang));
    let job = job.filter(|view| view.is_open() || view.has_failed());
    let folder = state.uploads.as_ref().and_then(|uploads| beside::folder(uploads, &upload));
    let here = url(&state.base(), upload.upload_no);
    let is_mend = |job: &&JobRow| job.kind == job::MEND && job::state(job, now_us) == "done";
    let mends: Vec<&JobRow> = jobs.iter().filter(is_mend).collect();
    let taken = done(job::TAKE).map(|job| Taken::new(job, &mends, (&here, lang)));
    let is_open = job.as_ref().is_some_and(JobView::is_open);
    let mut mapped = Vec::new();
    // What was taken with a wrong mapping is taken again with another: the rows replace each other.
    let again = place.query("again").is_some();
    if let Some(folder) = folder.as_ref().filter(|_| (taken.is_none() || again) && !is_open) {
        let look: Look = beside::read(folder, "look.json").await.unwrap_or_default();
        mapped = look.files.into_iter().map(|file| Mapped::new(file, &upload, lang)).collect();
    }
    let mend = jobs.last().filter(|job| job.kind == job::MEND).map(job::result);
    let page = UploadPage {
        frame: Frame::new(&state, &place.reader, "data"),
        w: DataWords::of(lang),
        title: say::upload(lang, upload.upload_no),
        url: here,
        when: when(&state, lang, upload.at_us),
        by: uploader(&state, upload.by_login.as_deref()).await?,
        refused: upload.files.iter().filter_map(|file| refused(file, lang)).collect(),
        can_take: mapped.iter().any(Mapped::can_be_taken),
        dated: mapped.iter().any(Mapped::has_contracts),
        mapped,
        mended: mend
            .and_then(|it| Some(say::mended(lang, it["mended"].as_u64()?, it["left"].as_u64()?))),
        gone: folder.is_none() && upload.files.iter().any(|file| file.refused.is_none()),
        taken,
        seen: last.map_or(0, |job| job.job_no),
        run_seen: state.store.latest_job(job::RUN).await?.map_or(0, |job| job.job_no),
        has_run: state.store.current_run().await?.is_some(),
        job,
    };
    Ok(Html(page.render()?))
}

fn refused(file: &UploadFile, lang: Lang) -> Option<RefusedView> {
    let code = file.refused.as_deref()?;
    Some(RefusedView {
        name: file.name.clone(),
        size: say::size(u64::try_from(file.bytes).unwrap_or(0)),
        why: say::refusal(lang, code),
    })
}

/// Looks again with what was chosen, takes the files, or starts broken work again.
pub(crate) async fn act(
    State(state): State<AppState>,
    place: Place,
    form: Form,
) -> Result<Response, Error> {
    let upload = named(&state, &place).await?;
    let number = upload.upload_no;
    let kind = match form.text("act") {
        "look" => job::LOOK,
        "take" => job::TAKE,
        _ => "",
    };
    if form.text("act") == "again" {
        let jobs = state.store.jobs_about(&about(number)).await?;
        let asked: i64 = form.text("job").parse().unwrap_or(0);
        if let Some(job) = jobs.iter().find(|job| job.job_no == asked) {
            job::again(&state, &place, job).await?;
        }
    } else if !kind.is_empty() && is_fresh(&state, number, form.text("seen")).await? {
        let folder = state.uploads.as_ref().and_then(|uploads| beside::folder(uploads, &upload));
        let look: Look = match &folder {
            Some(folder) => beside::read(folder, "look.json").await.unwrap_or_default(),
            None => Look::default(),
        };
        let mut argument = json!({ "upload": number, "choices": choices(&form, &look) });
        let day = form.text("snapshot_on");
        if domain::time::Day::parse_iso(day).is_some() {
            argument["snapshot_on"] = day.into();
        }
        let asked = job::Ask {
            kind,
            about: &about(number),
            argument: argument.to_string(),
            seen: form.text("seen"),
        };
        job::ask(&state, &place, asked).await?;
    }
    // Looked at again after it was taken, the mapping stays open.
    let open = if kind == job::LOOK { "?again=1" } else { "" };
    let to = format!("{}{open}", url(&state.base(), number));
    let mut response = Redirect::to(&to).into_response();
    response.extensions_mut().insert(Note { target: Some(about(number)), ..Note::default() });
    Ok(response)
}

/// Whether nothing was asked for since the page was drawn: an old page takes nothing again.
async fn is_fresh(state: &AppState, upload_no: i64, seen: &str) -> Result<bool, Error> {
    let jobs: Vec<JobRow> = state.store.jobs_about(&about(upload_no)).await?;
    Ok(jobs.last().is_some_and(|job| job.job_no.to_string() == seen))
}
