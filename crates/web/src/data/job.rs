//! Work that was asked for, as pages show it: how far it has come, what is safe, and what can be done.

use domain::words::Lang;
use serde_json::Value;
use store::{JobRow, JobState, NewJob};

use super::upload;
use crate::error::Error;
use crate::frame::Place;
use crate::state::AppState;
use crate::words::DataWords;
use crate::words::data as say;

/// Looking at files.
pub(super) const LOOK: &str = "look";
/// Taking them.
pub(super) const TAKE: &str = "take";
/// Taking rows that were mended.
pub(super) const MEND: &str = "mend";
/// Making a plan.
pub(super) const RUN: &str = "run";

/// How long work may wait before the page says that no worker may be there.
const LATE_US: i64 = 20_000_000;

/// One stage of it.
pub(super) struct StageView {
    pub(super) name: String,
    pub(super) time: String,
    pub(super) now: bool,
}

/// One job.
pub(super) struct JobView {
    pub(super) number: i64,
    /// `waiting`, `running`, `done`, `failed` or `broken`.
    pub(super) code: &'static str,
    pub(super) title: &'static str,
    pub(super) text: &'static str,
    pub(super) lines: Vec<String>,
    pub(super) stages: Vec<StageView>,
    pub(super) error: Option<String>,
}

impl JobView {
    /// Of a job at this moment.
    pub(super) fn new(job: &JobRow, now_us: i64, lang: Lang) -> Self {
        let w = DataWords::of(lang);
        let code = state(job, now_us);
        let progress: Value = job
            .progress
            .as_deref()
            .and_then(|it| serde_json::from_str(it).ok())
            .unwrap_or_default();
        let waits = progress["waits"].as_bool() == Some(true);
        let late = code == "waiting" && now_us.saturating_sub(job.asked_us) > LATE_US;
        let (title, text) = match code {
            "failed" => (w.failed, w.failed_safe),
            "broken" if matches!(job.kind.as_str(), TAKE | MEND) => (w.broken, w.broken_take),
            "broken" => (w.broken, w.broken_safe),
            "waiting" if late => (self::title(w, &job.kind), w.late),
            "waiting" => (self::title(w, &job.kind), w.waiting),
            _ if waits => (self::title(w, &job.kind), w.busy),
            _ => (self::title(w, &job.kind), w.running),
        };
        let end_us = job.ended_us.filter(|_| code != "running").unwrap_or(now_us);
        Self {
            number: job.job_no,
            code,
            title,
            text,
            lines: of_file(&progress["file"], lang).into_iter().collect(),
            stages: stages(&progress["stages"], (end_us, code == "running"), lang),
            error: (code == "failed").then(|| {
                let result = result(job);
                result["error"].as_str().unwrap_or_default().to_owned()
            }),
        }
    }

    /// Whether something is still to come, so that the page looks again.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.code, "waiting" | "running")
    }

    /// Whether it can be asked for again.
    pub(super) fn has_failed(&self) -> bool {
        matches!(self.code, "failed" | "broken")
    }
}

fn of_file(file: &Value, lang: Lang) -> Option<String> {
    let name = file["name"].as_str()?;
    let number = |key: &str| file[key].as_u64().unwrap_or(0);
    let percent = (number("bytes_done") * 100 / number("bytes_total").max(1)).min(100);
    Some(say::of_file(lang, name, number("rows"), percent))
}

fn stages(stages: &Value, (end_us, running): (i64, bool), lang: Lang) -> Vec<StageView> {
    let stages: Vec<(&str, i64)> = stages
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|stage| Some((stage["code"].as_str()?, stage["begun_us"].as_i64()?)))
        .collect();
    let view = |(at, (code, begun)): (usize, &(&str, i64))| {
        let until = stages.get(at + 1).map_or(end_us, |(_, next)| *next);
        StageView {
            name: say::stage(lang, code),
            time: say::seconds(lang, until - begun),
            now: running && at + 1 == stages.len(),
        }
    };
    stages.iter().enumerate().map(view).collect()
}

/// Where a job stands at a moment: one whose worker is silent has broken off.
pub(super) fn state(job: &JobRow, now_us: i64) -> &'static str {
    if job.is_silent(now_us) { JobState::Broken.code() } else { job.state.code() }
}

/// What came of a job.
pub(super) fn result(job: &JobRow) -> Value {
    job.result.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// What a job does.
pub(super) fn title(w: &'static DataWords, kind: &str) -> &'static str {
    match kind {
        LOOK => w.look_title,
        TAKE => w.take_title,
        MEND => w.mend_title,
        _ => w.run_title,
    }
}

/// Where a job can be followed.
pub(super) fn url(base: &str, job: &JobRow) -> String {
    match job.about.strip_prefix("upload ").and_then(|number| number.parse().ok()) {
        Some(number) => upload::url(base, number),
        None => format!("{base}/data/run"),
    }
}

/// Work to be asked for: its kind, what it is about, and how, as JSON.
pub(super) struct Ask<'a> {
    pub(super) kind: &'a str,
    pub(super) about: &'a str,
    pub(super) argument: String,
    /// The last job that the page showed: the same button pressed twice asks once.
    pub(super) seen: &'a str,
}

/// Asks for work in the name of the reader.
pub(super) async fn ask(state: &AppState, place: &Place, ask: Ask<'_>) -> Result<i64, Error> {
    let by = place.reader.visitor.user().map(|user| user.login.clone());
    let new = NewJob {
        kind: ask.kind,
        about: ask.about,
        argument: &ask.argument,
        once: &format!("{} {} {}", ask.kind, ask.about, ask.seen),
        by_login: by.as_deref(),
        asked_us: state.now().0,
    };
    Ok(state.store.ask_job(&new).await?.0)
}

/// Asks for the same work again, if it failed or broke off.
pub(super) async fn again(state: &AppState, place: &Place, job: &JobRow) -> Result<(), Error> {
    if !matches!(self::state(job, state.now().0), "failed" | "broken") {
        return Ok(());
    }
    let seen = format!("again {}", job.job_no);
    let asked =
        Ask { kind: &job.kind, about: &job.about, argument: job.argument.clone(), seen: &seen };
    ask(state, place, asked).await.map(|_| ())
}
