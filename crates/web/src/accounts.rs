//! The list of accounts, found by name.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use domain::canonical;
use domain::words::Lang;
use unicode_normalization::UnicodeNormalization;

use crate::error::Error;
use crate::frame::{Frame, Place, segment};
use crate::names::{Names, account_url};
use crate::record::Record;
use crate::state::{AppState, AtAccount};
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
    let all = read_all(&state).await?;
    let mut found: Vec<&Record> = matching(&all, &asked);
    if thin {
        let ids = state.thin_contacts().await?;
        found.retain(|record| ids.contains(record.text("account_id")));
    }
    let pages = found.len().div_ceil(PAGE).max(1);
    let page = usize::try_from(place.page()).unwrap_or(1).min(pages);
    let first = (page - 1) * PAGE;
    let here = &found[first..found.len().min(first + PAGE)];
    let url = |page: usize| page_url(&state.base(), &Filter { asked: &asked, thin }, page);
    let names = Names::of_reps(&state.store).await?;
    let list = List { lang, base: state.base(), names, parents: names_by_id(&all) };
    let plays = plays(&state).await?;
    let view = AccountsPage {
        frame: Frame::new(&state, &place.reader, "accounts"),
        w,
        total: say::total(lang, found.len()),
        rows: here.iter().map(|record| list.row(record, &plays)).collect(),
        empty: empty(w, (all.len(), found.len()), &Filter { asked: &asked, thin }),
        range: range(lang, (first, here.len()), found.len()),
        previous: (page > 1).then(|| url(page - 1)),
        next: (page < pages).then(|| url(page + 1)),
        asked,
        thin,
        thin_about: thin.then_some(w.thin_about),
    };
    Ok(Html(view.render()?))
}

/// All accounts, by name.
async fn read_all(state: &AppState) -> Result<Vec<Record>, Error> {
    let Some(entity) = canonical::entity("accounts") else { return Ok(Vec::new()) };
    let rows = state.store.read(entity).await?;
    let mut all: Vec<Record> = rows.into_iter().map(|row| Record::new(entity, row)).collect();
    all.sort_by_cached_key(|record| {
        (name(record).to_owned(), record.text("account_id").to_owned())
    });
    Ok(all)
}

fn name(record: &Record) -> &str {
    let name = record.text("name");
    if name.is_empty() { record.text("account_id") } else { name }
}

fn names_by_id(all: &[Record]) -> HashMap<&str, &str> {
    all.iter().map(|record| (record.text("account_id"), name(record))).collect()
}

fn matching<'a>(all: &'a [Record], asked: &str) -> Vec<&'a Record> {
    let asked = folded(asked);
    let holds = |record: &&Record| {
        let texts = ["name", "name_kana", "account_id"];
        asked.is_empty() || texts.iter().any(|column| folded(record.text(column)).contains(&asked))
    };
    all.iter().filter(holds).collect()
}

/// A text without the differences of width, case, kana and spaces.
fn folded(text: &str) -> String {
    let wide = text.nfkc().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace());
    wide.map(|c| match c {
        'ァ'..='ヶ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        _ => c,
    })
    .collect()
}

/// Plays by account id.
async fn plays(state: &AppState) -> Result<HashMap<String, AtAccount>, Error> {
    let Some(overview) = state.overview().await? else { return Ok(HashMap::new()) };
    let keys = state.store.all_account_keys().await?;
    let found = keys.into_iter().filter_map(|(key, id)| Some((id, *overview.accounts.get(&key)?)));
    Ok(found.collect())
}

/// What rows of the list are drawn with.
struct List<'a> {
    lang: Lang,
    base: String,
    names: Names,
    parents: HashMap<&'a str, &'a str>,
}

impl List<'_> {
    fn row(&self, record: &Record, plays: &HashMap<String, AtAccount>) -> AccountRow {
        let id = record.text("account_id");
        let parent = record.some("parent_id");
        let known = |parent: String| {
            self.parents.get(parent.as_str()).map_or(parent.clone(), |name| (*name).to_owned())
        };
        AccountRow {
            url: account_url(&self.base, id),
            name: name(record).to_owned(),
            parent: parent.map(known),
            kind: words::kind(self.lang, record.text("kind")),
            industry: record.text("industry").to_owned(),
            segment: record.text("segment").to_owned(),
            owner: record.some("owner").map_or_else(String::new, |rep| self.names.rep(&rep)),
            plays: plays.get(id).map(|at| (at.plays, at.best_rank)),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_case_and_kana_do_not_matter() {
        assert_eq!(folded("ミドリ ＡＢＣ"), folded("みどりabc"));
        assert_eq!(folded("ﾐﾄﾞﾘ"), "みどり");
        assert_ne!(folded("みどり"), folded("みとり"));
    }
}
