//! The map of who has what: group by company by department by product, to click through to plays (N11, S28, S50).

pub(crate) mod index;
mod grid;

use std::collections::HashSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::State as Extract;
use axum::response::Html;
use decide::whitespace::State;
use domain::words::Lang;

use self::grid::{ColumnView, Grid, GroupView, LineHead};
use self::index::{MapIndex, Narrow, Owner};
use crate::error::Error;
use crate::frame::{Frame, Place, segment};
use crate::names::{Names, account_url};
use crate::show;
use crate::state::{AppState, Seen};
use crate::steps::Steps;
use crate::words::whitespace::{self as say, WhitespaceWords};

/// Accounts on one page.
const PAGE: usize = 25;
/// Columns on one page.
const COLUMNS: usize = 14;
/// Stands in addresses for accounts without an owner.
const NOBODY: &str = "(none)";

/// One choice of a filter.
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) selected: bool,
}

/// One state as the legend tells it.
struct Key {
    class: &'static str,
    shape: &'static str,
    word: String,
    about: &'static str,
}

#[derive(Template)]
#[template(path = "whitespace.html")]
struct WhitespacePage {
    frame: Frame,
    w: &'static WhitespaceWords,
    as_of: String,
    total: String,
    asked: String,
    group: Option<(String, String)>,
    group_id: String,
    lines: Vec<Choice>,
    states: Vec<Choice>,
    owners: Vec<Choice>,
    filtered: bool,
    keys: Vec<Key>,
    heads: Vec<LineHead>,
    columns: Vec<ColumnView>,
    groups: Vec<GroupView>,
    left_out: Option<String>,
    empty: Option<&'static str>,
    steps: Option<Steps>,
    range: String,
    columns_range: String,
    previous: Option<String>,
    next: Option<String>,
    columns_previous: Option<String>,
    columns_next: Option<String>,
}

/// What the reader asked to see.
struct Asked<'a> {
    q: &'a str,
    group: &'a str,
    line: &'a str,
    state: Option<State>,
    owner: &'a str,
}

impl<'a> Asked<'a> {
    fn of(place: &'a Place) -> Self {
        let text = |name| place.query(name).unwrap_or_default();
        let state = State::parse(text("state"));
        let [q, group, line, owner] = ["q", "group", "line", "owner"].map(text);
        Self { q, group, line, state, owner }
    }

    fn owner(&self) -> Owner<'a> {
        match self.owner {
            "" => Owner::Any,
            NOBODY => Owner::Nobody,
            rep => Owner::Rep(rep),
        }
    }

    fn is_any(&self) -> bool {
        let texts = [self.q, self.group, self.line, self.owner];
        self.state.is_some() || texts.iter().any(|text| !text.is_empty())
    }

    /// The address of another part of the same map.
    fn url(&self, base: &str, (page, columns): (usize, usize)) -> String {
        let state = self.state.map_or("", State::code);
        let pairs = [
            ("q", self.q),
            ("group", self.group),
            ("line", self.line),
            ("state", state),
            ("owner", self.owner),
        ];
        let kept = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let kept = kept.map(|(name, value)| format!("{name}={}", segment(value)));
        let columns = (columns > 1).then(|| format!("cols={columns}"));
        let query: Vec<String> = kept.chain(columns).chain([format!("page={page}")]).collect();
        format!("{base}/whitespace?{}", query.join("&"))
    }
}

/// The page of the map.
pub(crate) async fn page(
    Extract(state): Extract<AppState>,
    place: Place,
) -> Result<Html<String>, Error> {
    let asked = Asked::of(&place);
    let seen = state.seen(&place.sight()).await?;
    let index = index_of(&state, seen.as_ref()).await?;
    let of = Of { state: &state, index: &index, seen: seen.as_ref() };
    let overview = state.overview().await?;
    let run_id = overview.as_ref().map_or("", |overview| &overview.run.run_id);
    let lines = grid::lines(&index.columns);
    let looked: Vec<usize> = grid::looked(&lines, asked.line);
    let narrow = Narrow {
        roots: of.roots(&asked).await?,
        columns: &looked,
        state: asked.state,
        owner: asked.owner(),
    };
    let found = index.narrowed(&narrow);
    let shown = grid::shown(&lines, asked.line, COLUMNS);
    let part = |name: &str, of: usize| {
        let asked = place.query(name).and_then(|page| page.parse().ok()).unwrap_or(1);
        usize::clamp(asked, 1, of.max(1))
    };
    let (pages, parts) = (found.len().div_ceil(PAGE), shown.len().div_ceil(COLUMNS));
    let (page, cols) = (part("page", pages), part("cols", parts));
    let here = &found[(page - 1) * PAGE..found.len().min(page * PAGE)];
    let drawn = &shown[(cols - 1) * COLUMNS..shown.len().min(cols * COLUMNS)];
    let mut names = Names::of_reps(&state.store).await?;
    let lang = place.lang();
    let profit = place.reader.visitor.sees_profit();
    let mut grid =
        Grid { state: &state, lang, index: &index, names: &mut names, columns: drawn, profit };
    let groups = grid.groups(run_id, here).await?;
    let (columns, heads) = (grid.columns(&found).await?, grid.heads(asked.line));
    let (base, total) = (state.base(), found.len());
    let url = |page: usize, cols: usize| asked.url(&base, (page, cols));
    let group = match asked.group {
        "" => None,
        id => of.group_name(&base, id).await?,
    };
    let view = WhitespacePage {
        frame: Frame::new(&state, &place.reader, "whitespace"),
        w: WhitespaceWords::of(lang),
        as_of: overview
            .as_ref()
            .map_or_else(String::new, |it| say::as_of(lang, &show::iso_date(lang, &it.run.as_of))),
        total: say::total(lang, total),
        asked: asked.q.to_owned(),
        group,
        group_id: asked.group.to_owned(),
        lines: line_choices(&lines, &names, asked.line),
        states: state_choices(asked.state, lang),
        owners: owner_choices(&index, &names, (asked.owner, lang)),
        filtered: asked.is_any(),
        keys: keys(lang),
        heads,
        columns,
        groups,
        left_out: left_out(&index, lang),
        empty: empty(overview.is_some(), &index, total, lang),
        steps: if overview.is_none() { Steps::read(&state, &place.reader).await? } else { None },
        range: say::range(lang, ((page - 1) * PAGE, here.len()), total),
        columns_range: say::columns(lang, ((cols - 1) * COLUMNS, drawn.len()), shown.len()),
        previous: (page > 1).then(|| url(page - 1, cols)),
        next: (page < pages).then(|| url(page + 1, cols)),
        columns_previous: (cols > 1).then(|| url(page, cols - 1)),
        columns_next: (cols < parts).then(|| url(page, cols + 1)),
    };
    Ok(Html(view.render()?))
}

/// The current run's map, or as much of it as somebody sees.
async fn index_of(state: &AppState, seen: Option<&Seen>) -> Result<Arc<MapIndex>, Error> {
    let index = state.map_index().await?.unwrap_or_default();
    Ok(match seen {
        Some(seen) => seen.map_of(&index).await,
        None => index,
    })
}

/// The map of whom.
struct Of<'a> {
    state: &'a AppState,
    index: &'a MapIndex,
    /// The accounts that the reader sees; none where all are seen.
    seen: Option<&'a Seen>,
}

impl Of<'_> {
    fn sees(&self, account_key: i64) -> bool {
        self.seen.is_none_or(|seen| seen.has_key(account_key))
    }

    /// The groups that hold what was asked for; none where nothing was. What is not seen is not found, but for the
    /// root, which heads the rows that are.
    async fn roots(&self, asked: &Asked<'_>) -> Result<Option<HashSet<i64>>, Error> {
        let known = |key: i64| {
            let root = self.index.root(key)?;
            (self.sees(key) || root == key).then_some(root)
        };
        if !asked.group.is_empty() {
            let key = self.state.store.account_key_of(asked.group).await?;
            return Ok(Some(key.and_then(known).into_iter().collect()));
        }
        if asked.q.is_empty() {
            return Ok(None);
        }
        let register = self.state.register().await?;
        let found = register.matching(asked.q).into_iter();
        Ok(Some(found.filter_map(|line| known(line.account_key?)).collect()))
    }

    /// The name and page of the account whose group is shown; of none that is not seen.
    async fn group_name(&self, base: &str, id: &str) -> Result<Option<(String, String)>, Error> {
        let key = self.state.store.account_key_of(id).await?;
        let Some(key) = key.filter(|key| self.sees(*key)) else { return Ok(None) };
        let names = Names::of_accounts(&self.state.store, &[key]).await?;
        Ok(Some((names.account(key).name.clone(), account_url(base, id))))
    }
}

fn line_choices(lines: &[grid::Line], names: &Names, asked: &str) -> Vec<Choice> {
    let choice = |line: &grid::Line| Choice {
        value: line.key.clone(),
        label: line.label(names),
        selected: line.key == asked,
    };
    lines.iter().map(choice).collect()
}

fn state_choices(asked: Option<State>, lang: Lang) -> Vec<Choice> {
    let choice = |state: State| Choice {
        value: state.code().to_owned(),
        label: say::state(lang, state),
        selected: asked == Some(state),
    };
    State::ALL.into_iter().map(choice).collect()
}

fn owner_choices(index: &MapIndex, names: &Names, (asked, lang): (&str, Lang)) -> Vec<Choice> {
    let mut choices: Vec<Choice> = index
        .owners
        .iter()
        .map(|(rep, accounts)| Choice {
            value: rep.to_string(),
            label: say::owner(lang, &names.rep(rep), *accounts),
            selected: asked == &**rep,
        })
        .collect();
    if index.unowned {
        let label = WhitespaceWords::of(lang).unassigned.to_owned();
        choices.push(Choice { value: NOBODY.to_owned(), label, selected: asked == NOBODY });
    }
    choices
}

fn keys(lang: Lang) -> Vec<Key> {
    let w = WhitespaceWords::of(lang);
    let about = |state| match state {
        State::Owned => w.owned_about,
        State::InProgress => w.in_progress_about,
        State::Blocked => w.blocked_about,
        State::Gap => w.gap_about,
        State::NotEligible => w.not_eligible_about,
    };
    let key = |state: State| Key {
        class: say::class(state),
        shape: say::shape(state),
        word: say::state(lang, state),
        about: about(state),
    };
    State::ALL.into_iter().map(key).collect()
}

fn left_out(index: &MapIndex, lang: Lang) -> Option<String> {
    let first = index.columns.first()?;
    let n = u64::try_from(first.left_out).ok().filter(|n| *n > 0)?;
    Some(say::left_out(lang, n, index.columns.len()))
}

fn empty(run: bool, index: &MapIndex, found: usize, lang: Lang) -> Option<&'static str> {
    let w = WhitespaceWords::of(lang);
    match (run, index.columns.is_empty(), found) {
        (false, _, _) => Some(w.no_run),
        (_, true, _) => Some(w.no_products),
        (_, _, 0) => Some(w.nothing_found),
        _ => None,
    }
}
