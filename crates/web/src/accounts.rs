//! The list of accounts, found by name.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use domain::words::Lang;
use store::{AccountLine, AccountPlays};

use crate::error::Error;
use crate::frame::{Frame, Place, segment};
use crate::names::{Names, account_url};
use crate::register::Register;
use crate::state::AppState;
use crate::steps::Steps;
use crate::words::{self, AccountsWords, accounts as say};

/// Accounts on one page.
const PAGE: usize = 50;

/// One account in the list.
struct AccountRow {
    url: String,
    name: String,
    parent: Option<String>,
    kind: String,
    industry: String,
    segment: String,
    owner: String,
    plays: Option<(u64, i64)>,
}

#[derive(Template)]
#[template(path = "accounts.html")]
struct AccountsPage {
    frame: Frame,
    w: &'static AccountsWords,
    asked: String,
    thin: bool,
    thin_about: Option<&'static str>,
    total: String,
    rows: Vec<AccountRow>,
    empty: Option<&'static str>,
    steps: Option<Steps>,
    range: String,
    previous: Option<String>,
    next: Option<String>,
}

/// The page of all accounts, or of those whose name, reading or id holds what was asked.
pub(crate) async fn page(
    State(state): State<AppState>,
    place: Place,
) -> Result<Html<String>, Error> {
    let lang = place.lang();
    let w = AccountsWords::of(lang);
    let asked = place.query("q").unwrap_or("").to_owned();
    let thin = place.query("contact") == Some("thin");
    let register = state.register().await?;
    let mut found = register.matching(&asked);
    let seen = state.seen(&place.sight()).await?;
    if let Some(seen) = &seen {
        found.retain(|line| seen.has(&line.account_id));
    }
    if thin {
        let keys = state.thin_contacts().await?;
        found.retain(|line| line.account_key.is_some_and(|key| keys.contains(&key)));
    }
    let pages = found.len().div_ceil(PAGE).max(1);
    let page = usize::try_from(place.page()).unwrap_or(1).min(pages);
    let first = (page - 1) * PAGE;
    let here = &found[first..found.len().min(first + PAGE)];
    let url = |page: usize| page_url(&state.base(), &Filter { asked: &asked, thin }, page);
    let names = Names::of_reps(&state.store).await?;
    let list = List { lang, base: state.base(), names, register: &register };
    let plays = plays(&state, here).await?;
    let view = AccountsPage {
        frame: Frame::new(&state, &place.reader, "accounts"),
        w,
        total: say::total(lang, found.len()),
        rows: here.iter().map(|line| list.row(line, &plays)).collect(),
        empty: empty(
            w,
            (seen.map_or(register.len(), |seen| seen.len()), found.len()),
            &Filter { asked: &asked, thin },
        ),
        steps: if register.len() == 0 { Steps::read(&state, &place.reader).await? } else { None },
        range: range(lang, (first, here.len()), found.len()),
        previous: (page > 1).then(|| url(page - 1)),
        next: (page < pages).then(|| url(page + 1)),
        asked,
        thin,
        thin_about: thin.then_some(w.thin_about),
    };
    Ok(Html(view.render()?))
}

/// The plays of these accounts, by key.
async fn plays(
    state: &AppState,
    here: &[&AccountLine],
) -> Result<HashMap<i64, AccountPlays>, Error> {
    let Some(overview) = state.overview().await? else { return Ok(HashMap::new()) };
    let keys: Vec<i64> = here.iter().filter_map(|line| line.account_key).collect();
    let found = state.store.account_plays(&overview.run.run_id, &keys).await?;
    Ok(found.into_iter().map(|at| (at.account_key, at)).collect())
}

/// What rows of the list are drawn with.
struct List<'a> {
    lang: Lang,
    base: String,
    names: Names,
    register: &'a Register,
}

impl List<'_> {
    fn row(&self, line: &AccountLine, plays: &HashMap<i64, AccountPlays>) -> AccountRow {
        let known = |id: &str| self.register.name(id).unwrap_or(id).to_owned();
        let at = line.account_key.and_then(|key| plays.get(&key));
        AccountRow {
            url: account_url(&self.base, &line.account_id),
            name: line.name.clone(),
            parent: line.parent_id.as_deref().map(known),
            kind: words::kind(self.lang, line.kind.as_deref().unwrap_or_default()),
            industry: line.industry.clone().unwrap_or_default(),
            segment: line
                .segment
                .as_deref()
                .map_or_else(String::new, |it| say::segment(self.lang, it)),
            owner: line.owner.as_ref().map_or_else(String::new, |rep| self.names.rep(rep)),
            plays: at.map(|at| (at.plays, at.best_rank)),
        }
    }
}

/// What the list is narrowed by.
struct Filter<'a> {
    asked: &'a str,
    thin: bool,
}

fn page_url(base: &str, filter: &Filter<'_>, page: usize) -> String {
    let asked = match filter.asked {
        "" => String::new(),
        asked => format!("q={}&", segment(asked)),
    };
    let thin = if filter.thin { "contact=thin&" } else { "" };
    format!("{base}/accounts?{asked}{thin}page={page}")
}

fn range(lang: Lang, (first, here): (usize, usize), total: usize) -> String {
    if here == 0 || here == total {
        return String::new();
    }
    let (first, last) = (first as u64 + 1, (first + here) as u64);
    words::today::range(lang, first, last, total as u64)
}

fn empty(
    w: &AccountsWords,
    (all, found): (usize, usize),
    filter: &Filter<'_>,
) -> Option<&'static str> {
    match (all, found) {
        (0, _) => Some(w.empty),
        (_, 0) if filter.thin && filter.asked.is_empty() => Some(w.empty_thin),
        (_, 0) => Some(w.empty_search),
        _ => None,
    }
}
