//! Making a plan out of what is there: asked for with a button, followed stage by stage.

use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use domain::words::Lang;
use serde_json::Value;
use store::JobRow;

use super::job::{self, JobView};
use crate::click::form::Form;
use crate::error::Error;
use crate::frame::{Frame, Place};
use crate::show;
use crate::state::AppState;
use crate::words::data as say;
use crate::words::{self, DataWords};

/// A plan that was made.
struct DoneView {
    as_of: String,
    said: String,
    notes: Vec<String>,
    stages: Vec<job::StageView>,
}

#[derive(Template)]
#[template(path = "plan.html")]
struct PlanPage {
    frame: Frame,
    w: &'static DataWords,
    url: String,
    job: Option<JobView>,
    done: Option<DoneView>,
    has_data: bool,
    has_run: bool,
    seen: i64,
}

/// The page.
pub(crate) async fn page(
    State(state): State<AppState>,
    place: Place,
) -> Result<Html<String>, Error> {
    let lang = place.lang();
    let last = state.store.latest_job(job::RUN).await?;
    let now_us = state.now().0;
    let job = last.as_ref().map(|job| JobView::new(job, now_us, lang));
    let is_done = job.as_ref().is_some_and(|job| job.code == "done");
    let page = PlanPage {
        frame: Frame::new(&state, &place.reader, "data"),
        w: DataWords::of(lang),
        url: state.base() + "/data/run",
        done: last.as_ref().filter(|_| is_done).map(|job| done(job, now_us, lang)),
        job: job.filter(|_| !is_done),
        has_data: !state.store.arrived().await?.is_empty(),
        has_run: state.store.current_run().await?.is_some(),
        seen: last.map_or(0, |job| job.job_no),
    };
    Ok(Html(page.render()?))
}

fn done(job: &JobRow, now_us: i64, lang: Lang) -> DoneView {
    let w = DataWords::of(lang);
    let result = job::result(job);
    let count = |key: &str| result[key].as_u64().unwrap_or(0);
    let mut notes: Vec<String> = Vec::new();
    let is = |key: &str| result[key].as_bool() == Some(true);
    notes.extend(is("other_day").then(|| w.other_day.to_owned()));
    notes.extend(is("no_hours").then(|| w.no_hours.to_owned()));
    let code = if lang == Lang::Ja { "ja" } else { "en" };
    let warnings = result["warnings"].as_array().into_iter().flatten();
    notes.extend(warnings.filter_map(|it: &Value| it[code].as_str()).map(str::to_owned));
    DoneView {
        as_of: words::today::as_of(
            lang,
            &show::iso_date(lang, result["as_of"].as_str().unwrap_or_default()),
        ),
        said: say::plan_said(lang, (count("accounts"), count("candidates"), count("plays"))),
        notes,
        stages: JobView::new(job, now_us, lang).stages,
    }
}

/// Asks for a plan, or for a broken one again.
pub(crate) async fn start(
    State(state): State<AppState>,
    place: Place,
    form: Form,
) -> Result<Response, Error> {
    if form.text("act") == "again" {
        let number: i64 = form.text("job").parse().unwrap_or(0);
        if let Some(job) = state.store.job(number).await?.filter(|job| job.kind == job::RUN) {
            job::again(&state, &place, &job).await?;
        }
    } else if !state.store.arrived().await?.is_empty() {
        let seen = form.text("seen");
        let argument = "{}".to_owned();
        job::ask(&state, &place, job::Ask { kind: job::RUN, about: "", argument, seen }).await?;
    }
    Ok(Redirect::to(&format!("{}/data/run", state.base())).into_response())
}
