//! The rows of an upload that were refused, with the values to be mended, and those taken with a warning.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use domain::words::Lang;
use serde_json::json;

use super::beside::{self, Refused, RefusedRow};
use super::upload::{self, IssueView};
use super::{about, job};
use crate::access::guard::Note;
use crate::access::secrets;
use crate::click::form::Form;
use crate::error::Error;
use crate::frame::{Frame, Place};
use crate::state::AppState;
use crate::words::data as say;
use crate::words::data::labels;
use crate::words::data::reasons::said;
use crate::words::{self, DataWords};

/// Rows a page: what is sent of them fits into a form.
const PAGE: usize = 20;
/// Characters of a value.
const VALUE_MAX: usize = 500;
/// Warnings that are listed.
const WARNINGS: u32 = 200;

struct FieldView {
    at: usize,
    title: String,
    value: String,
}

struct RowView {
    line: u32,
    issues: Vec<IssueView>,
    fields: Vec<FieldView>,
    /// The row's other values, to know it by.
    others: Vec<(String, String)>,
    readable: bool,
}

struct FileView {
    name: String,
    url: String,
    current: bool,
    count: usize,
}

struct WarningView {
    file: String,
    issue: IssueView,
}

#[derive(Template)]
#[template(path = "issues.html")]
struct IssuesPage {
    frame: Frame,
    w: &'static DataWords,
    title: String,
    heading: &'static str,
    /// Whether no row was refused, and some were taken with a warning.
    only_warned: bool,
    back: String,
    back_text: String,
    url: String,
    problem: Option<&'static str>,
    files: Vec<FileView>,
    file_no: i64,
    rejects: Option<String>,
    rows: Vec<RowView>,
    at_work: bool,
    gone: bool,
    range: String,
    previous: Option<String>,
    next: Option<String>,
    warnings: Vec<WarningView>,
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
    problem: Option<(&'static str, &Form)>,
) -> Result<Html<String>, Error> {
    let upload = upload::named(state, place).await?;
    let (lang, number) = (place.lang(), upload.upload_no);
    let folder = state.uploads.as_ref().and_then(|uploads| beside::folder(uploads, &upload));
    let all: Vec<Refused> = match &folder {
        Some(folder) => beside::read(folder, "refused.json").await.unwrap_or_default(),
        None => Vec::new(),
    };
    let asked = place.query("file").and_then(|file| file.parse::<i64>().ok());
    let here = all.iter().find(|it| Some(it.file) == asked).or(all.first());
    let url = format!("{}/issues", upload::url(&state.base(), number));
    let jobs = state.store.jobs_about(&about(number)).await?;
    let rows = here.map_or(&[][..], |it| &it.rows);
    let pages = rows.len().div_ceil(PAGE).max(1);
    let page = usize::try_from(place.page()).unwrap_or(1).min(pages);
    let first = (page - 1) * PAGE;
    let shown = &rows[first..rows.len().min(first + PAGE)];
    let file_no = here.map_or(0, |it| it.file);
    let to = |page: usize| format!("{url}?file={file_no}&page={page}");
    let columns = here.map_or(&[][..], |it| &it.columns);
    let (w, warnings) = (DataWords::of(lang), warnings(state, number, lang).await?);
    let none_refused = folder.is_some() && all.iter().all(|it| it.rows.is_empty());
    let only_warned = none_refused && !warnings.is_empty();
    let view = IssuesPage {
        frame: Frame::new(state, &place.reader, "data"),
        w,
        title: say::upload(lang, number),
        heading: if only_warned { w.warned } else { w.issues },
        only_warned,
        back: upload::url(&state.base(), number),
        back_text: say::back_to_upload(lang, number),
        problem: problem.map(|(problem, _)| problem),
        files: all
            .iter()
            .map(|it| FileView {
                name: it.name.clone(),
                url: format!("{url}?file={}", it.file),
                current: it.file == file_no,
                count: it.rows.len(),
            })
            .collect(),
        rejects: here
            .map(|_| format!("{}/rejects.csv?file={file_no}", upload::url(&state.base(), number))),
        rows: shown.iter().map(|row| row_view(row, columns, (problem, lang))).collect(),
        at_work: jobs.last().is_some_and(|job| job.state.is_open()),
        gone: folder.is_none(),
        range: range(lang, (first, shown.len()), rows.len()),
        previous: (page > 1).then(|| to(page - 1)),
        next: (page < pages).then(|| to(page + 1)),
        warnings,
        seen: jobs.last().map_or(0, |job| job.job_no),
        file_no,
        url,
    };
    Ok(Html(view.render()?))
}

fn range(lang: Lang, (first, here): (usize, usize), total: usize) -> String {
    if here == 0 || here == total {
        return String::new();
    }
    words::today::range(lang, first as u64 + 1, (first + here) as u64, total as u64)
}

fn row_view(
    row: &RefusedRow,
    columns: &[String],
    (typed, lang): (Option<(&'static str, &Form)>, Lang),
) -> RowView {
    let title = |at: usize| columns.get(at).cloned().unwrap_or_default();
    let field = |at: &usize| {
        let value = row.values.get(*at).cloned().unwrap_or_default();
        let name = field_name(row.line, *at);
        let typed = typed.map(|(_, form)| form.text(&name)).filter(|text| !text.is_empty());
        FieldView { at: *at, title: title(*at), value: typed.map_or(value, str::to_owned) }
    };
    let others = row
        .values
        .iter()
        .enumerate()
        .filter(|(at, value)| !row.fields.contains(at) && !value.is_empty());
    RowView {
        line: row.line,
        issues: row.issues.iter().map(|issue| IssueView::new(issue, lang)).collect(),
        fields: row.fields.iter().map(field).collect(),
        others: others.take(4).map(|(at, value)| (title(at), cut(value))).collect(),
        readable: !row.values.is_empty(),
    }
}

fn cut(value: &str) -> String {
    let short: String = value.chars().take(60).collect();
    if short.len() < value.len() { format!("{short}…") } else { short }
}

fn field_name(line: u32, at: usize) -> String {
    format!("v.{line}.{at}")
}

async fn warnings(state: &AppState, number: i64, lang: Lang) -> Result<Vec<WarningView>, Error> {
    let prefix = format!("upload-{number}/");
    let found = state.store.issues_of(&prefix, "warning", WARNINGS).await?;
    let view = |issue: store::RowIssue| WarningView {
        file: issue.file.rsplit('/').next().unwrap_or_default().to_owned(),
        issue: IssueView {
            line: u32::try_from(issue.line).unwrap_or(0),
            column: labels::column(lang, &issue.column),
            value: issue.value,
            reason: said(lang, &issue.reason),
        },
    };
    Ok(found.into_iter().map(view).collect())
}

/// Asks for the rows whose values were changed to be taken, and no others.
pub(crate) async fn mend(
    State(state): State<AppState>,
    place: Place,
    form: Form,
) -> Result<Response, Error> {
    let upload = upload::named(&state, &place).await?;
    let w = DataWords::of(place.lang());
    let Some(uploads) = &state.uploads else { return Err(Error::Page) };
    let Some(folder) = beside::folder(uploads, &upload) else {
        let page = draw(&state, &place, Some((w.gone, &form))).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    };
    let all: Vec<Refused> = beside::read(&folder, "refused.json").await.unwrap_or_default();
    let file: i64 = form.text("file").parse().unwrap_or(-1);
    let here = all.iter().find(|it| it.file == file);
    let rows = here.map_or_else(BTreeMap::new, |here| changed(here, &form));
    if rows.is_empty() {
        let page = draw(&state, &place, Some((w.unmended, &form))).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let rows: Vec<_> =
        rows.iter().map(|(line, values)| json!({ "line": line, "values": values })).collect();
    // The values are people's: they stand beside the files and go with them, not in the job.
    let name = format!("corrections-{}.json", secrets::form_token());
    let corrections = json!({ "file": file, "rows": rows }).to_string();
    let path = folder.join(&name);
    let written = tokio::task::spawn_blocking(move || std::fs::write(path, corrections)).await;
    if !matches!(written, Ok(Ok(()))) {
        let page = draw(&state, &place, Some((w.disk, &form))).await?;
        return Ok((StatusCode::INSUFFICIENT_STORAGE, page).into_response());
    }
    let asked = job::Ask {
        kind: job::MEND,
        about: &about(upload.upload_no),
        argument: json!({ "upload": upload.upload_no, "corrections": name }).to_string(),
        seen: form.text("seen"),
    };
    job::ask(&state, &place, asked).await?;
    let to = upload::url(&state.base(), upload.upload_no);
    let mut response = Redirect::to(&to).into_response();
    let target = Some(about(upload.upload_no));
    response.extensions_mut().insert(Note { target, ..Note::default() });
    Ok(response)
}

/// The rows of which a value was changed, each with its changed values.
fn changed(here: &Refused, form: &Form) -> BTreeMap<u32, Vec<(usize, String)>> {
    let mut rows: BTreeMap<u32, Vec<(usize, String)>> = BTreeMap::new();
    for row in &here.rows {
        for at in &row.fields {
            let name = field_name(row.line, *at);
            let Some((_, typed)) = form.fields().iter().find(|(field, _)| *field == name) else {
                continue;
            };
            let typed: String = typed.chars().take(VALUE_MAX).collect();
            if row.values.get(*at).is_some_and(|value| value.trim() != typed.trim()) {
                rows.entry(row.line).or_default().push((*at, typed));
            }
        }
    }
    rows
}
