//! A play of a rep's own: the form, and what is done with it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use decide::card::{Card, Said, Split};
use domain::time::Day;
use domain::words::Lang;
use store::{OwnPlay, PlayRow, Step, StoreError};

use super::by;
use super::form::Form;
use super::typed::{self, From};
use super::who::Who;
use crate::error::Error;
use crate::frame::{Frame, Place, segment};
use crate::record::{Record, Records};
use crate::state::AppState;
use crate::words::{AnswerWords, answers as say};

/// Characters of a title.
const TITLE_MAX: usize = 200;
/// Hours of one play.
const HOURS_MAX: f64 = 200.0;

struct ContactChoice {
    id: String,
    name: String,
    selected: bool,
}

#[derive(Template)]
#[template(path = "own.html")]
struct OwnPage {
    frame: Frame,
    who: Who,
    a: &'static AnswerWords,
    problem: Option<String>,
    account: String,
    account_name: Option<String>,
    title: String,
    due: String,
    today: String,
    hours: String,
    note: String,
    contacts: Vec<ContactChoice>,
}

/// The empty form, or one for the account that the address names.
pub(crate) async fn page(
    State(state): State<AppState>,
    place: Place,
) -> Result<Html<String>, Error> {
    let account = place.query("account").unwrap_or_default().to_owned();
    draw(&state, &place, &account, (None, None)).await
}

/// Adds the play, or shows the form again with what is wrong.
pub(crate) async fn add(
    State(state): State<AppState>,
    place: Place,
    form: Form,
) -> Result<Response, Error> {
    let own = match read(&state, &place, &form).await? {
        Ok(own) => own,
        Err(problem) => {
            let said = (Some(problem), Some(&form));
            let page = draw(&state, &place, form.text("account"), said).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let url = format!("{}/plays/{id}?answered={id}", state.base(), id = segment(&own.id()));
    match state.store.add_own_play(&own).await {
        // The same form twice is the same play: both lead to it.
        Ok(_) | Err(StoreError::Stale { .. }) => Ok(Redirect::to(&url).into_response()),
        Err(error) => Err(error.into()),
    }
}

/// The form as a play; the inner error is for the reader.
async fn read(
    state: &AppState,
    place: &Place,
    form: &Form,
) -> Result<Result<OwnPlay, String>, Error> {
    let lang = place.lang();
    let overview = state.overview().await?;
    let today = state.today(overview.as_deref());
    let Some((account_key, account)) = account(state, place, form.text("account")).await? else {
        return Ok(Err(say::account_unknown(lang, form.text("account"))));
    };
    let root_key = root_of(state, account_key, account.text("account_id")).await?;
    let contact = form.text("contact");
    let contact_key = match contact {
        "" => None,
        id => state.store.contact_key_of(id).await?,
    };
    let read = || -> Result<(String, Day, f64, String), String> {
        let title = form.text("title").to_owned();
        if title.is_empty() || title.chars().count() > TITLE_MAX {
            return Err(say::title_wrong(lang, TITLE_MAX));
        }
        let due = typed::day(form, "due", (lang, today, From::Today))?;
        let hours = form.narrow("hours").replace(',', "").parse::<f64>();
        let hours = hours.ok().filter(|hours| *hours > 0.0 && *hours <= HOURS_MAX);
        let hours = hours.ok_or_else(|| say::hours_wrong(lang))?;
        Ok((title, due, hours, typed::note(form, lang)?))
    };
    let (title, due, hours, note) = match read() {
        Ok(read) => read,
        Err(problem) => return Ok(Err(problem)),
    };
    let by = by(state, place, overview.as_deref());
    let week = due.monday().to_string();
    let step = Step {
        place: 1,
        title_ja: title.clone(),
        title_en: title.clone(),
        hours,
        due_week: week.clone(),
        done_on: None,
    };
    let play = PlayRow {
        account_key,
        root_key,
        contact_key,
        owner: place.rep.clone(),
        week,
        effort_hours: hours,
        due: Some(due.to_string()),
        ..row(&title, &note)
    };
    let play = PlayRow { role: side_of(state, place).await?.unwrap_or(play.role), ..play };
    Ok(Ok(OwnPlay { play, title, steps: vec![step], by }))
}

/// The side of the rep who adds it, where it is one of the two.
async fn side_of(state: &AppState, place: &Place) -> Result<Option<String>, Error> {
    let reps = state.store.rep_names().await?;
    let rep = reps.into_iter().find(|rep| Some(&rep.rep_id) == place.rep.as_ref());
    Ok(rep.and_then(|rep| rep.role).filter(|role| matches!(role.as_str(), "CS" | "CIS")))
}

/// What every play of a rep's own says, whoever adds it.
pub fn row(title: &str, note: &str) -> PlayRow {
    PlayRow {
        motion: "own".to_owned(),
        role: "CS".to_owned(),
        provenance: "own".to_owned(),
        why_now_ja: note.to_owned(),
        why_now_en: note.to_owned(),
        card: card(title),
        ..PlayRow::default()
    }
}

fn card(title: &str) -> String {
    let said = Said { ja: title.to_owned(), en: title.to_owned() };
    let card = Card {
        title: said.clone(),
        revenue_month_minor: 0,
        kept_month_minor: 0,
        once_minor: 0,
        price_basis: "own".to_owned(),
        why_now: Vec::new(),
        why_this: Vec::new(),
        odds: Vec::new(),
        split: Split {
            acceptance_minor: 0,
            retention_minor: 0,
            incentive_minor: 0,
            effort_minor: 0,
        },
        checks: Vec::new(),
        compared: Vec::new(),
        next_step: said,
        steps: Vec::new(),
        from_product: None,
        subscription: None,
    };
    serde_json::to_string(&card).expect("a card is made of strings and numbers")
}

/// The account of that id, or the only one of that name, with its row, if the reader sees it.
async fn account(
    state: &AppState,
    place: &Place,
    asked: &str,
) -> Result<Option<(i64, Record)>, Error> {
    let records = Records { store: &state.store, zone: &state.zone, as_of: None };
    if asked.is_empty() {
        return Ok(None);
    }
    let mut found = records.of("accounts", "account_id", asked).await?;
    if found.is_empty() {
        found = records.of("accounts", "name", asked).await?;
    }
    if let Some(seen) = state.seen(&place.sight()).await? {
        found.retain(|row| seen.has(row.text("account_id")));
    }
    let [account] = &found[..] else { return Ok(None) };
    let ids = [account.text("account_id").to_owned()];
    let key = state.store.account_keys(&ids).await?.pop();
    Ok(key.map(|key| (key, account.clone())))
}

/// The key of an account's group root; a circle of parents ends where it closes.
pub async fn root_of(state: &AppState, account_key: i64, account_id: &str) -> Result<i64, Error> {
    const DEPTH_MAX: usize = 20;
    let records = Records { store: &state.store, zone: &state.zone, as_of: None };
    let mut at = account_id.to_owned();
    for _ in 0..DEPTH_MAX {
        let Some(row) = records.of("accounts", "account_id", &at).await?.pop() else { break };
        let parent = row.some("merged_into").or_else(|| row.some("parent_id"));
        let Some(parent) = parent else { break };
        at = parent;
    }
    Ok(state.store.account_key_of(&at).await?.unwrap_or(account_key))
}

async fn draw(
    state: &AppState,
    place: &Place,
    asked: &str,
    said: (Option<String>, Option<&Form>),
) -> Result<Html<String>, Error> {
    let (problem, form) = said;
    let overview = state.overview().await?;
    let today = state.today(overview.as_deref());
    let account = account(state, place, asked).await?.map(|(_, row)| row);
    let text = |name| form.map_or("", |form| form.text(name)).to_owned();
    let contacts = match &account {
        Some(row) => {
            contacts(state, row.text("account_id"), (&text("contact"), place.lang())).await?
        }
        None => Vec::new(),
    };
    let page = OwnPage {
        frame: Frame::new(state, &place.reader, ""),
        who: Who::read(state, place).await?,
        a: AnswerWords::of(place.lang()),
        problem,
        account: account.as_ref().map_or(asked, |row| row.text("account_id")).to_owned(),
        account_name: account.as_ref().and_then(|row| row.some("name")),
        title: text("title"),
        due: text("due"),
        today: today.to_string(),
        hours: text("hours"),
        note: text("note"),
        contacts,
    };
    Ok(Html(page.render()?))
}

async fn contacts(
    state: &AppState,
    account_id: &str,
    chosen: (&str, Lang),
) -> Result<Vec<ContactChoice>, Error> {
    let records = Records { store: &state.store, zone: &state.zone, as_of: None };
    let mut rows = records.of("contacts", "account_id", account_id).await?;
    rows.retain(|row| row.text("left_on").is_empty());
    rows.sort_by_key(|row| row.text("contact_id").to_owned());
    let choice = |row: &Record| {
        let id = row.text("contact_id").to_owned();
        let role = crate::words::role(chosen.1, row.text("role"));
        let name = row.some("name").unwrap_or_else(|| id.clone());
        ContactChoice { selected: id == chosen.0, name: format!("{role} {name}"), id }
    };
    Ok(rows.iter().map(choice).collect())
}
