//! Giving plays of one rep to another, many at once, with an undo; what the receiver has left stands beside.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use domain::words::Lang;
use store::{Assignment, PlayFilter, PlayRow, PlayState, PlayStateFilter, Stage};

use super::hours::{self, Free};
use crate::click::form::Form;
use crate::click::sender;
use crate::click::who::Who;
use crate::error::Error;
use crate::frame::{Frame, Place, segment};
use crate::names::Names;
use crate::play;
use crate::show;
use crate::state::AppState;
use crate::words::answers;
use crate::words::night as say;
use crate::words::{AnswerWords, ReassignWords};

/// Plays of one form.
const PLAYS_MAX: usize = 200;
/// Stands in addresses for plays without an owner.
const NOBODY: &str = "(none)";

struct Row {
    /// The play and its version, as the form sends them.
    value: String,
    marked: bool,
    account: String,
    title: String,
    url: String,
    state: String,
    week: String,
    due: String,
    hours: String,
}

/// A choice of a rep.
struct RepChoice {
    id: String,
    label: String,
    chosen: bool,
}

/// What was just done.
struct Done {
    text: Vec<String>,
    /// The batch, while it can be taken back.
    batch: Option<String>,
}

#[derive(Template)]
#[template(path = "reassign.html")]
struct ReassignPage {
    frame: Frame,
    w: &'static ReassignWords,
    a: &'static AnswerWords,
    who: Who,
    problem: Option<String>,
    done: Option<Done>,
    owners: Vec<RepChoice>,
    from: String,
    receivers: Vec<RepChoice>,
    rows: Vec<Row>,
    empty: Option<&'static str>,
}

/// The plays of the rep whom the address names.
pub(crate) async fn page(
    State(state): State<AppState>,
    place: Place,
) -> Result<Html<String>, Error> {
    let from = place.query("from").or(place.query("owner")).unwrap_or_default().to_owned();
    draw(&state, &place, (&from, None), None).await
}

/// Gives the marked plays, or takes a batch back.
pub(crate) async fn take(
    State(state): State<AppState>,
    place: Place,
    form: Form,
) -> Result<Response, Error> {
    let (by, _) = sender(&state, &place).await?;
    let from = form.text("from").to_owned();
    let url =
        |query: String| format!("{}/night/reassign?from={}{query}", state.base(), segment(&from));
    if form.text("act") == "undo" {
        let back = state.store.undo_batch(form.text("batch"), &by).await?;
        let query = format!("&undone={}&stayed={}", back.moved.len(), back.stayed.len());
        return Ok(Redirect::to(&url(query)).into_response());
    }
    match marked(&state, &form, place.lang()).await? {
        Ok((to, plays)) => {
            let done = state.store.assign(&Assignment { to, plays, by }).await?;
            let query = format!("&batch={}&stayed={}", done.batch, done.stayed.len());
            Ok(Redirect::to(&url(query)).into_response())
        }
        Err(problem) => {
            let page = draw(&state, &place, (&from, Some(&form)), Some(problem)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// To whom, and which plays in which version; the inner error is for the reader.
async fn marked(
    state: &AppState,
    form: &Form,
    lang: Lang,
) -> Result<Result<(String, Vec<(PlayRow, i64)>), String>, Error> {
    let to = form.text("to").to_owned();
    if !state.store.rep_names().await?.iter().any(|rep| rep.rep_id == to) {
        return Ok(Err(say::rep_missing(lang)));
    }
    if to == form.text("from") {
        return Ok(Err(say::same_rep(lang)));
    }
    // In one order and each once, so that the same marks are the same batch.
    let marks: BTreeMap<String, i64> = form
        .all("play")
        .filter_map(|value| {
            let (id, seen) = value.rsplit_once('.')?;
            Some((id.to_owned(), seen.parse().ok()?))
        })
        .collect();
    if marks.is_empty() {
        return Ok(Err(say::none_marked(lang)));
    }
    if marks.len() > PLAYS_MAX {
        return Ok(Err(say::too_many(lang, PLAYS_MAX)));
    }
    let ids: Vec<String> = marks.keys().cloned().collect();
    let mut plays: HashMap<String, PlayRow> = HashMap::new();
    if let Some(overview) = state.overview().await? {
        let found = state.store.plays_by_id(&overview.run.run_id, &ids).await?;
        plays.extend(found.into_iter().map(|play| (play.play_id.clone(), play)));
    }
    for kept in state.store.states_of(&ids).await? {
        if kept.state != Stage::Open || !plays.contains_key(&kept.play_id) {
            plays.insert(kept.play_id.clone(), kept.play());
        }
    }
    let known = marks.into_iter().filter_map(|(id, seen)| Some((plays.remove(&id)?, seen)));
    Ok(Ok((to, known.collect())))
}

async fn draw(
    state: &AppState,
    place: &Place,
    (from, form): (&str, Option<&Form>),
    problem: Option<String>,
) -> Result<Html<String>, Error> {
    let lang = place.lang();
    let w = ReassignWords::of(lang);
    let mut names = Names::of_reps(&state.store).await?;
    let found = if from.is_empty() { Vec::new() } else { plays_of(state, from).await? };
    let rows: Vec<PlayRow> = found.iter().map(|(row, _)| row.clone()).collect();
    names.learn_plays(&state.store, &rows).await?;
    let free = free(state).await?;
    let to = form.map_or("", |form| form.text("to"));
    let marks: BTreeSet<&str> = form.into_iter().flat_map(|form| form.all("play")).collect();
    let list = List { lang, base: state.base(), names: &names, marks: &marks };
    let page = ReassignPage {
        frame: Frame::new(state, &place.reader, "night"),
        w,
        a: AnswerWords::of(lang),
        who: Who::read(state, place).await?,
        problem,
        done: done(state, place, (&free, &names)).await?,
        owners: owners(state, from, lang).await?,
        from: from.to_owned(),
        receivers: receivers(state, (from, to), (lang, &free)).await?,
        empty: match (from.is_empty(), rows.is_empty()) {
            (true, _) => Some(w.choose_from),
            (false, true) => Some(w.empty),
            (false, false) => None,
        },
        rows: found.iter().map(|(row, kept)| list.row(row, kept.as_ref())).collect(),
    };
    Ok(Html(page.render()?))
}

/// What each pool has left.
async fn free(state: &AppState) -> Result<BTreeMap<String, Free>, Error> {
    let Some(overview) = state.overview().await? else { return Ok(BTreeMap::new()) };
    let run = &overview.run.run_id;
    let rows = state.store.pool_weeks(run).await?;
    Ok(hours::free(&rows, &state.store.moved(run).await?))
}

/// The plays of a rep that are not over: those of the run by rank, then the rep's other work.
async fn plays_of(
    state: &AppState,
    from: &str,
) -> Result<Vec<(PlayRow, Option<PlayState>)>, Error> {
    let owner = Some(if from == NOBODY { String::new() } else { from.to_owned() });
    let limit = PLAYS_MAX as u64;
    let mut rows = Vec::new();
    if let Some(overview) = state.overview().await? {
        let filter = PlayFilter { owner: owner.clone(), limit, ..PlayFilter::default() };
        rows = state.store.plays_page(&overview.run.run_id, &filter).await?.0;
    }
    let work = PlayStateFilter {
        stages: vec![Stage::Accepted, Stage::Held],
        owner,
        limit,
        ..PlayStateFilter::default()
    };
    let ids: Vec<String> = rows.iter().map(|row| row.play_id.clone()).collect();
    let kept = state.store.states_of(&ids).await?;
    let mut kept: HashMap<String, PlayState> =
        kept.into_iter().map(|state| (state.play_id.clone(), state)).collect();
    let mut found: Vec<(PlayRow, Option<PlayState>)> = rows
        .into_iter()
        .map(|row| {
            let state = kept.remove(&row.play_id);
            (row, state)
        })
        .collect();
    for state in state.store.play_states(&work).await?.0 {
        if !ids.contains(&state.play_id) {
            found.push((state.play(), Some(state)));
        }
    }
    let over =
        |state: &PlayState| matches!(state.state, Stage::Done | Stage::Refused | Stage::Closed);
    found.retain(|(_, state)| !state.as_ref().is_some_and(over));
    found.truncate(PLAYS_MAX);
    Ok(found)
}

/// What lines are drawn with.
struct List<'a> {
    lang: Lang,
    base: String,
    names: &'a Names,
    marks: &'a BTreeSet<&'a str>,
}

impl List<'_> {
    fn row(&self, row: &PlayRow, kept: Option<&PlayState>) -> Row {
        let seen = kept.map_or(0, |state| state.events);
        let value = format!("{}.{seen}", row.play_id);
        let account = self.names.account(row.account_key);
        let stage = kept.map_or(Stage::Open, |state| state.state);
        let hours = match kept {
            Some(state) if stage == Stage::Accepted => state.hours_left,
            _ => row.effort_hours,
        };
        let date = |text: &str| show::iso_date(self.lang, text);
        Row {
            marked: self.marks.contains(value.as_str()),
            value,
            account: account.name.clone(),
            title: play::title(row, self.lang),
            url: format!("{}/plays/{}", self.base, segment(&row.play_id)),
            state: answers::stage(self.lang, stage),
            week: date(&row.week),
            due: row.due.as_deref().map_or_else(String::new, date),
            hours: say::hours(self.lang, hours),
        }
    }
}

async fn owners(state: &AppState, from: &str, lang: Lang) -> Result<Vec<RepChoice>, Error> {
    let reps = state.store.rep_names().await?.into_iter().map(|rep| RepChoice {
        chosen: rep.rep_id == from,
        id: rep.rep_id,
        label: rep.name,
    });
    let nobody = RepChoice {
        id: NOBODY.to_owned(),
        label: crate::words::NightWords::of(lang).nobody.to_owned(),
        chosen: from == NOBODY,
    };
    Ok(reps.chain([nobody]).collect())
}

async fn receivers(
    state: &AppState,
    (from, to): (&str, &str),
    (lang, free): (Lang, &BTreeMap<String, Free>),
) -> Result<Vec<RepChoice>, Error> {
    let reps = state.store.rep_names().await?;
    let choice = |rep: store::RepName| RepChoice {
        chosen: rep.rep_id == to,
        label: match free.get(&rep.rep_id) {
            Some(free) => say::receiver(lang, &rep.name, free.first, free.all),
            None => rep.name,
        },
        id: rep.rep_id,
    };
    Ok(reps.into_iter().filter(|rep| rep.rep_id != from).map(choice).collect())
}

/// What the address says was done.
async fn done(
    state: &AppState,
    place: &Place,
    (free, names): (&BTreeMap<String, Free>, &Names),
) -> Result<Option<Done>, Error> {
    let lang = place.lang();
    let number = |name| place.query(name).and_then(|text| text.parse::<usize>().ok()).unwrap_or(0);
    let stayed = Some(number("stayed")).filter(|n| *n > 0).map(|n| say::stayed(lang, n));
    if place.query("undone").is_some() {
        let text = vec![say::taken_back(lang, number("undone"))];
        return Ok(Some(Done { text: text.into_iter().chain(stayed).collect(), batch: None }));
    }
    let Some(batch) = place.query("batch") else { return Ok(None) };
    let plays = state.store.batch(batch).await?;
    let mut text = Vec::new();
    let ids: Vec<String> = plays.iter().map(|(play, _)| play.clone()).collect();
    let kept = state.store.states_of(&ids).await?;
    let to = kept.iter().find_map(|state| state.assigned.clone());
    if let Some(rep) = &to {
        let name = names.rep(rep);
        text.push(say::given(lang, &name, plays.len()));
        let over = free.get(rep).map_or(0.0, |free| -free.all);
        text.extend((over >= 0.05).then(|| say::too_much(lang, &name, over)));
    }
    text.extend(stayed);
    let batch = to.map(|_| batch.to_owned());
    Ok((!text.is_empty()).then_some(Done { text, batch }))
}
