//! Days on which reps are away: entered, listed, removed; the next night plans without them.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use domain::canonical;
use domain::time::Day;
use domain::words::Lang;
use store::LeaveRow;

use crate::click::form::Form;
use crate::click::sender;
use crate::click::typed::{self, From};
use crate::click::who::Who;
use crate::error::Error;
use crate::frame::{Frame, Place};
use crate::names::Names;
use crate::record::Record;
use crate::show;
use crate::state::AppState;
use crate::words::night as say;
use crate::words::{AbsenceWords, AnswerWords};

/// One absence.
struct Row {
    rep: String,
    from: String,
    until: String,
    source: String,
    by: String,
    /// The number of one that was entered.
    number: Option<i64>,
    /// By what it is sorted.
    key: (Day, String),
}

/// What was just done, with its number for the undo.
struct Done {
    text: String,
    number: i64,
    /// Whether the undo removes it again.
    entered: bool,
}

#[derive(Template)]
#[template(path = "absences.html")]
struct AbsencePage {
    frame: Frame,
    w: &'static AbsenceWords,
    a: &'static AnswerWords,
    who: Who,
    problem: Option<String>,
    done: Option<Done>,
    reps: Vec<(String, String, bool)>,
    from: String,
    until: String,
    rows: Vec<Row>,
}

/// The list and the form.
pub(crate) async fn page(
    State(state): State<AppState>,
    place: Place,
) -> Result<Html<String>, Error> {
    draw(&state, &place, (None, None)).await
}

/// Enters, removes or brings back.
pub(crate) async fn take(
    State(state): State<AppState>,
    place: Place,
    form: Form,
) -> Result<Response, Error> {
    let (by, today) = sender(&state, &place).await?;
    let number = form.text("number").parse::<i64>().unwrap_or(0);
    let written = match form.text("act") {
        "remove" => {
            let removed = Some((by.on_day.as_str(), by.rep_id.as_deref()));
            state.store.remove_leave(number, removed).await?;
            Ok(format!("?removed={number}"))
        }
        "restore" => {
            state.store.remove_leave(number, None).await?;
            Ok(format!("?entered={number}"))
        }
        _ => enter(&state, &place, (&form, by, today)).await?,
    };
    match written {
        Ok(query) => {
            let url = format!("{}/night/absences{query}", state.base());
            Ok(Redirect::to(&url).into_response())
        }
        Err(problem) => {
            let page = draw(&state, &place, (Some(problem), Some(&form))).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// Enters what the form says; the inner error is for the reader.
async fn enter(
    state: &AppState,
    place: &Place,
    (form, by, today): (&Form, store::By, Day),
) -> Result<Result<String, String>, Error> {
    let lang = place.lang();
    let rep = form.text("rep");
    if !state.store.rep_names().await?.iter().any(|known| known.rep_id == rep) {
        return Ok(Err(say::rep_missing(lang)));
    }
    let read = || -> Result<(Day, Day), String> {
        let from = typed::day(form, "from", (lang, today, From::Lately))?;
        let until = match form.text("until") {
            "" => from,
            _ => typed::day(form, "until", (lang, today, From::Lately))?,
        };
        if until < from { Err(say::until_first(lang)) } else { Ok((from, until)) }
    };
    let (from, until) = match read() {
        Ok(days) => days,
        Err(problem) => return Ok(Err(problem)),
    };
    let leave = LeaveRow {
        rep_id: rep.to_owned(),
        from_on: from.to_string(),
        until_on: until.to_string(),
        entered_on: by.on_day,
        entered_by: by.rep_id,
        ..LeaveRow::default()
    };
    state.store.enter_leave(&leave).await?;
    // The same form twice is the same absence: both lead to it.
    let same = |row: &LeaveRow| {
        (&row.rep_id, &row.from_on, &row.until_on)
            == (&leave.rep_id, &leave.from_on, &leave.until_on)
    };
    let number = state.store.leaves().await?.iter().find(|row| same(row)).map_or(0, |r| r.leave_no);
    Ok(Ok(format!("?entered={number}")))
}

async fn draw(
    state: &AppState,
    place: &Place,
    (problem, form): (Option<String>, Option<&Form>),
) -> Result<Html<String>, Error> {
    let lang = place.lang();
    let overview = state.overview().await?;
    let today = state.today(overview.as_deref());
    let names = Names::of_reps(&state.store).await?;
    let chosen = form.map_or("", |form| form.text("rep"));
    let reps = state.store.rep_names().await?.into_iter().map(|rep| {
        let is = rep.rep_id == chosen;
        (rep.rep_id, rep.name, is)
    });
    let text = |name| form.map_or("", |form| form.text(name)).to_owned();
    let page = AbsencePage {
        frame: Frame::new(state, &place.reader, "night"),
        w: AbsenceWords::of(lang),
        a: AnswerWords::of(lang),
        who: Who::read(state, place).await?,
        problem,
        done: done(state, place, &names).await?,
        reps: reps.collect(),
        from: text("from"),
        until: text("until"),
        rows: rows(state, today, (lang, &names)).await?,
    };
    Ok(Html(page.render()?))
}

async fn done(state: &AppState, place: &Place, names: &Names) -> Result<Option<Done>, Error> {
    let lang = place.lang();
    let asked = place.query("entered").map(|number| (number, true));
    let Some((number, entered)) = asked.or(place.query("removed").map(|number| (number, false)))
    else {
        return Ok(None);
    };
    let Ok(number) = number.parse() else { return Ok(None) };
    // What came of it since is on the list.
    let leave = state.store.leave(number).await?;
    let Some(leave) = leave.filter(|leave| leave.removed_on.is_none() == entered) else {
        return Ok(None);
    };
    let date = |day: &str| show::iso_date(lang, day);
    let days = (date(&leave.from_on), date(&leave.until_on));
    let text = say::absent(lang, entered, &names.rep(&leave.rep_id), (&days.0, &days.1));
    Ok(Some(Done { text, number, entered }))
}

/// The absences that are not over, those of files too, by their first day.
async fn rows(
    state: &AppState,
    today: Day,
    (lang, names): (Lang, &Names),
) -> Result<Vec<Row>, Error> {
    let w = AbsenceWords::of(lang);
    let row = |rep: &str, (from, until): (Day, Day), source: &str| Row {
        rep: names.rep(rep),
        from: show::date(lang, from),
        until: show::date(lang, until),
        source: source.to_owned(),
        by: String::new(),
        number: None,
        key: (from, rep.to_owned()),
    };
    let mut rows = Vec::new();
    for leave in state.store.leaves().await? {
        let days = Day::parse_iso(&leave.from_on).zip(Day::parse_iso(&leave.until_on));
        let Some(days) = days.filter(|(_, until)| *until >= today) else { continue };
        rows.push(Row {
            by: leave.entered_by.as_ref().map_or_else(String::new, |rep| names.rep(rep)),
            number: Some(leave.leave_no),
            ..row(&leave.rep_id, days, w.entered)
        });
    }
    if let Some(absences) = canonical::entity("absences") {
        for values in state.store.read(absences).await? {
            let record = Record::new(absences, values);
            let days = record.day("from_on").zip(record.day("until_on"));
            let Some(days) = days.filter(|(_, until)| *until >= today) else { continue };
            rows.push(row(record.text("rep_id"), days, w.file));
        }
    }
    rows.sort_by(|a, b| (&a.key, a.number).cmp(&(&b.key, b.number)));
    Ok(rows)
}
