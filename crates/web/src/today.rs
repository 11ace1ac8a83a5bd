//! The worklist: what to do now, in order, each line with its reason.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use decide::card::AccountView;
use domain::motion::{Fate, Motion};
use domain::time::{Day, Days};
use domain::words::Lang;
use store::{FateCount, PlayFilter, PlayRow, PlayStateFilter, Sight, Stage};

use crate::access::Need;
use crate::answered::{Answered, Choices, Flash};
use crate::changes::Changes;
use crate::click::who::Who;
use crate::error::Error;
use crate::frame::{Frame, Place, segment};
use crate::names::Names;
use crate::natural::Natural;
use crate::play::{Desk, PlayView};
use crate::saved::{self, Saved};
use crate::show;
use crate::state::{AppState, Overview};
use crate::steps::Steps;
use crate::totals::Totals;
use crate::words::today::{self as say, Summary};
use crate::words::{self, AnswerWords, PlayWords, TodayWords, play};

/// Lines on one page.
const PAGE: u64 = 25;
/// Lines of one page that carry their evidence and their forms; those of the others are drawn when they are
/// asked for, so that the page stays light.
const PANELS: usize = 4;
/// Stands in addresses for plays without an owner.
const NOBODY: &str = "(none)";

/// One choice of a filter.
pub(crate) struct Choice {
    value: String,
    label: String,
    selected: bool,
}

/// What was not proposed, by reason.
struct FateView {
    fate: String,
    reason: String,
    candidates: String,
    accounts: String,
    url: Option<String>,
}

/// One of the lists.
struct Tab {
    label: String,
    url: String,
    current: bool,
}

/// Where one is in a long list.
struct Paging {
    range: String,
    previous: Option<String>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "today.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a part that is shown or not")]
struct TodayPage {
    frame: Frame,
    w: &'static TodayWords,
    p: &'static PlayWords,
    a: &'static AnswerWords,
    choices: Option<Choices>,
    who: Who,
    flash: Option<Flash>,
    /// Why nothing is offered, while offers are stopped.
    stopped: Option<String>,
    changes: Option<Changes>,
    tabs: Vec<Tab>,
    /// Whether the list is the run's, not of answered plays.
    proposals: bool,
    honorific: &'static str,
    as_of: String,
    summary: Vec<String>,
    held: String,
    owners: Vec<Choice>,
    motions: Vec<Choice>,
    roles: Vec<Choice>,
    dues: Vec<Choice>,
    saved: Vec<Saved>,
    /// The filter as an address has it.
    query: String,
    /// Where the marked owner's plays are given to others.
    reassign: String,
    /// Formats of task files, each with its address.
    tasks: Vec<(&'static str, String)>,
    keys: String,
    filtered: bool,
    plays: Vec<PlayView>,
    paging: Paging,
    fates: Vec<FateView>,
    /// Whether not all accounts are seen, so that not all candidates are counted.
    narrowed: bool,
    /// Whether the reader may add plays.
    acts: bool,
    /// Whether the reader may give plays to others and see what the night left out.
    oversees: bool,
    empty: Vec<String>,
    tax_unstated: bool,
    natural: Option<Natural>,
    manager: Option<Totals>,
}

#[derive(Template)]
#[template(path = "no_run.html")]
struct NoRunPage {
    frame: Frame,
    steps: Option<Steps>,
    w: &'static TodayWords,
}

/// What the reader asked to see.
pub(crate) struct Asked {
    show: Show,
    owner: Option<String>,
    motion: Option<String>,
    role: Option<String>,
    /// Due within so many days.
    due: Option<String>,
    page: u64,
    /// Which accounts the reader sees.
    sight: Sight,
    /// Lines at once.
    limit: u64,
    /// The day of the run: what was put off until then is open again.
    as_of: String,
    /// The lines that were opened, the newest first.
    opened: Vec<String>,
}

impl Asked {
    pub(crate) fn of(place: &Place, as_of: &str) -> Self {
        let text = |name| place.query(name).map(str::to_owned);
        Self {
            show: Show::of(place.query("show")),
            owner: text("owner"),
            motion: text("motion"),
            role: text("role"),
            due: text("due"),
            page: place.page(),
            sight: place.sight(),
            limit: PAGE,
            as_of: as_of.to_owned(),
            opened: place
                .query("open")
                .map(|ids| ids.split(',').take(PANELS).map(str::to_owned).collect())
                .unwrap_or_default(),
        }
    }

    fn filter(&self) -> PlayFilter {
        PlayFilter {
            owner: self.owner.clone().map(|rep| if rep == NOBODY { String::new() } else { rep }),
            motion: self.motion.clone(),
            role: self.role.clone(),
            due_by: self.due_by(),
            open_again_on: Some(self.as_of.clone()),
            sight: self.sight.clone(),
            offset: (self.page - 1) * self.limit,
            limit: self.limit,
        }
    }

    /// The same as one page of so many lines.
    pub(crate) fn whole(self, limit: u64) -> Self {
        Self { page: 1, limit, ..self }
    }

    /// The filter as an address has it, without the page.
    fn query(&self) -> String {
        let show = (self.show != Show::Open).then(|| format!("show={}", self.show.code()));
        let named = [
            ("owner", &self.owner),
            ("motion", &self.motion),
            ("role", &self.role),
            ("due", &self.due),
        ];
        let kept = named.into_iter().filter_map(|(name, value)| {
            value.as_ref().map(|value| format!("{name}={}", segment(value)))
        });
        show.into_iter().chain(kept).collect::<Vec<_>>().join("&")
    }

    fn is_narrowed(&self) -> bool {
        [&self.owner, &self.motion, &self.role, &self.due].iter().any(|it| it.is_some())
    }

    /// The last day of the days asked for.
    fn due_by(&self) -> Option<String> {
        let days: i32 = self.due.as_deref()?.parse().ok()?;
        let as_of = Day::parse_iso(&self.as_of)?;
        Some(as_of.plus(Days(days.clamp(0, 366))).to_string())
    }

    fn states(&self) -> PlayStateFilter {
        let PlayFilter { owner, sight, offset, limit, .. } = self.filter();
        PlayStateFilter {
            stages: self.show.stages().to_vec(),
            owner,
            sight,
            offset,
            limit,
            open_again_on: Some(self.as_of.clone()),
            account_key: None,
        }
    }

    /// This page with one more line opened.
    fn opening(&self, base: &str, play_id: &str) -> String {
        let others = self.opened.iter().map(String::as_str).filter(|id| *id != play_id);
        let ids: Vec<String> =
            [play_id].into_iter().chain(others).take(PANELS).map(segment).collect();
        format!("{}&open={}", self.url(base, self.page), ids.join(","))
    }

    fn url(&self, base: &str, page: u64) -> String {
        let query = self.query();
        let and = if query.is_empty() { "" } else { "&" };
        format!("{base}/today?page={page}{and}{query}")
    }
}

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Show {
    Open,
    Accepted,
    Held,
    Done,
}

impl Show {
    const ALL: [Self; 4] = [Self::Open, Self::Accepted, Self::Held, Self::Done];

    fn of(code: Option<&str>) -> Self {
        Self::ALL.into_iter().find(|show| Some(show.code()) == code).unwrap_or(Self::Open)
    }

    fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Held => "held",
            Self::Done => "done",
        }
    }

    fn stages(self) -> &'static [Stage] {
        match self {
            Self::Open => &[],
            Self::Accepted => &[Stage::Accepted],
            Self::Held => &[Stage::Held],
            Self::Done => &[Stage::Done, Stage::Refused, Stage::Closed],
        }
    }

    fn label(self, a: &'static AnswerWords) -> &'static str {
        match self {
            Self::Open => a.show_open,
            Self::Accepted => a.show_accepted,
            Self::Held => a.show_held,
            Self::Done => a.show_done,
        }
    }
}

/// The lines that were asked for, where they stand, and how many there are in all where that is known with them.
pub(crate) async fn lines(
    state: &AppState,
    run: &str,
    asked: &Asked,
) -> Result<(Vec<PlayRow>, Answered, Option<u64>), Error> {
    if asked.show == Show::Open {
        let rows = state.store.open_plays(run, &asked.filter()).await?;
        let answered = Answered::of(&state.store, &rows).await?;
        return Ok((rows, answered, None));
    }
    let (states, total) = state.store.play_states(&asked.states()).await?;
    let rows = states.iter().map(|state| PlayRow { rank: 0, ..state.play() }).collect();
    Ok((rows, Answered::known(states), Some(total)))
}

/// Open plays that a filter finds: where nothing narrows them, those of the run without the answered ones.
async fn open_total(
    state: &AppState,
    overview: &Overview,
    filter: &PlayFilter,
) -> Result<u64, Error> {
    let PlayFilter { owner, motion, role, due_by, .. } = filter;
    let is_narrowed = [owner, motion, role, due_by].iter().any(|it| it.is_some());
    let run = &overview.run.run_id;
    if is_narrowed || state.store.offers_stopped().await?.is_some() {
        return Ok(state.store.open_plays_total(run, filter).await?);
    }
    let answered = state.store.answered_plays(run, filter).await?;
    Ok(overview.counts.plays.saturating_sub(answered))
}

async fn tabs(
    state: &AppState,
    (overview, asked, total): (&Overview, &Asked, u64),
    frame: &Frame,
    lang: Lang,
) -> Result<Vec<Tab>, Error> {
    let a = AnswerWords::of(lang);
    // Open plays of the marked owner, whatever else narrows the list.
    let of_owner = PlayFilter { motion: None, role: None, due_by: None, ..asked.filter() };
    let open = if asked.show == Show::Open && of_owner == asked.filter() {
        total
    } else {
        open_total(state, overview, &of_owner).await?
    };
    let all = PlayStateFilter { stages: Vec::new(), ..asked.states() };
    let counts = state.store.stage_counts(&all).await?;
    let mut tabs = Vec::new();
    for show in Show::ALL {
        let owner = asked.owner.as_ref().map(|owner| format!("owner={}", segment(owner)));
        let list = (show != Show::Open).then(|| format!("show={}", show.code()));
        let query: Vec<String> = list.into_iter().chain(owner).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        let n: u64 = if show == Show::Open {
            open
        } else {
            show.stages().iter().filter_map(|stage| counts.get(stage)).sum()
        };
        let label = format!("{} {}", show.label(a), show::whole(n));
        let url = format!("{}{mark}{}", frame.url("today"), query.join("&"));
        tabs.push(Tab { label, url, current: show == asked.show });
    }
    Ok(tabs)
}

/// The worklist's page.
pub(crate) async fn page(
    State(state): State<AppState>,
    place: Place,
) -> Result<Html<String>, Error> {
    let frame = Frame::new(&state, &place.reader, "today");
    let (lang, currency) = (place.lang(), state.currency);
    let w = TodayWords::of(lang);
    let Some(overview) = state.overview_for(&place.sight()).await? else {
        let steps = Steps::read(&state, &place.reader).await?;
        return Ok(Html(NoRunPage { frame, steps, w }.render()?));
    };
    let asked = Asked::of(&place, &overview.run.as_of);
    let run = &overview.run.run_id;
    let (rows, answered, total) = lines(&state, run, &asked).await?;
    let total = match total {
        Some(total) => total,
        None => open_total(&state, &overview, &asked.filter()).await?,
    };
    let names = Names::of_plays(&state.store, &rows).await?;
    let base = state.base();
    let desk = Desk::new(&state, &place, (&base, &names), (&overview, &answered));
    let (fates, accounts) = (&overview.fates, overview.accounts);
    let stop = state.store.offers_stopped().await?;
    let summary = summary(&overview);
    let visitor = &place.reader.visitor;
    let (oversees, is_open) = (visitor.can(Need::Oversee), asked.show == Show::Open);
    let unasked = is_open && stop.is_none();
    let page = TodayPage {
        a: AnswerWords::of(lang),
        choices: Choices::of(&desk, &place),
        who: Who::read(&state, &place).await?,
        flash: Flash::read(&state.store, place.query("answered"), (lang, &base)).await?,
        stopped: stop.as_ref().map(|stop| say::stopped(lang, stop)),
        changes: Changes::read(&state.store, &overview, (lang, &base)).await?,
        tabs: tabs(&state, (&overview, &asked, total), &frame, lang).await?,
        proposals: is_open,
        frame,
        w,
        p: PlayWords::of(lang),
        honorific: play::honorific(lang),
        as_of: say::as_of(lang, &show::iso_date(lang, &overview.run.as_of)),
        held: summary.held(lang),
        summary: summary.line(lang),
        owners: owners(&overview, &names, &asked, lang),
        motions: motions(&overview, &asked, lang),
        roles: roles(&asked, lang),
        dues: dues(&asked, lang),
        saved: saved::read(&state, &place).await?,
        reassign: reassign_url(&base, asked.owner.as_deref()),
        tasks: crate::tasks::urls(&base, &asked.query()),
        query: asked.query(),
        keys: crate::assets::keys_path(),
        filtered: asked.is_narrowed(),
        paging: paging(&asked, &base, (rows.len() as u64, total), lang),
        fates: if is_open { fate_views(fates, (lang, &base), oversees) } else { Vec::new() },
        empty: if overview.counts.plays == 0 { empty(fates, accounts, lang) } else { Vec::new() },
        tax_unstated: rows.iter().any(|row| !has_tax(&overview, row)),
        natural: natural(&state, &overview, (&base, lang), unasked).await?,
        manager: Totals::of(&overview.run.summary, currency, lang).filter(|_| is_open && oversees),
        narrowed: !place.sight().is_whole(),
        acts: visitor.can(Need::Work),
        oversees,
        plays: panels(&asked, &base, with_standing(&state, (&overview, lang), &rows, &desk).await?),
    };
    Ok(Html(page.render()?))
}

/// Who will likely buy unasked, where that is wanted.
async fn natural(
    state: &AppState,
    overview: &Overview,
    desk: (&str, Lang),
    wanted: bool,
) -> Result<Option<Natural>, Error> {
    Ok(if wanted { Natural::of(&state.store, overview, desk).await? } else { None })
}

/// The lines, each with how it goes with its account as the run found it.
async fn with_standing(
    state: &AppState,
    (overview, lang): (&Overview, Lang),
    rows: &[PlayRow],
    desk: &Desk<'_>,
) -> Result<Vec<PlayView>, Error> {
    let keys: std::collections::BTreeSet<i64> = rows.iter().map(|row| row.account_key).collect();
    let keys: Vec<i64> = keys.into_iter().collect();
    let views = state.store.views_of(&overview.run.run_id, &keys).await?;
    let views: HashMap<i64, Vec<String>> =
        views.into_iter().map(|(key, json)| (key, standing(&json, lang))).collect();
    let view = |row: &PlayRow| PlayView {
        standing: views.get(&row.account_key).cloned().unwrap_or_default(),
        ..PlayView::new(row, desk)
    };
    Ok(rows.iter().map(view).collect())
}

/// The lines that were opened have their panels in the page, and so do the first of the others.
fn panels(asked: &Asked, base: &str, mut plays: Vec<PlayView>) -> Vec<PlayView> {
    let is_opened = |play: &PlayView| asked.opened.contains(&play.anchor);
    let mut left = PANELS.saturating_sub(plays.iter().filter(|play| is_opened(play)).count());
    for play in &mut plays {
        play.is_open = is_opened(play);
        if !play.is_open && left > 0 {
            left -= 1;
        } else if !play.is_open {
            play.elsewhere = Some(asked.opening(base, &play.anchor));
        }
    }
    plays
}

/// Health and the latest NPS of an account's view.
fn standing(json: &str, lang: Lang) -> Vec<String> {
    let Ok(view) = serde_json::from_str::<AccountView>(json) else { return Vec::new() };
    let health = view.health.map(|it| say::health(lang, it.score, it.said.get(lang)));
    let nps = view.features.iter().find(|feature| feature.name == "nps_latest");
    let nps = nps.map(|feature| feature.text.get(lang)).filter(|text| !text.is_empty());
    health.into_iter().chain(nps.map(|text| format!("NPS {text}"))).collect()
}

fn reassign_url(base: &str, owner: Option<&str>) -> String {
    let from = owner.map_or_else(String::new, |owner| format!("?from={}", segment(owner)));
    format!("{base}/night/reassign{from}")
}

fn roles(asked: &Asked, lang: Lang) -> Vec<Choice> {
    let choice = |role: &str| Choice {
        value: role.to_owned(),
        label: words::pipeline::side(lang, role).to_owned(),
        selected: asked.role.as_deref() == Some(role),
    };
    ["CIS", "CS"].map(choice).into()
}

fn dues(asked: &Asked, lang: Lang) -> Vec<Choice> {
    let choice = |days: i32| Choice {
        value: days.to_string(),
        label: say::due_within(lang, days),
        selected: asked.due.as_deref() == Some(&*days.to_string()),
    };
    [7, 14, 30].map(choice).into()
}

fn summary(overview: &Overview) -> Summary {
    let held =
        overview.fates.iter().filter(|count| is_held(&count.fate)).map(|count| count.candidates);
    Summary {
        plays: overview.counts.plays,
        hours: overview.counts.hours,
        held: held.sum(),
        accounts: overview.accounts,
    }
}

fn is_held(fate: &str) -> bool {
    matches!(Fate::parse(fate), Some(Fate::Held | Fate::Blocked))
}

fn has_tax(overview: &Overview, row: &PlayRow) -> bool {
    let product = row.product_id.as_ref();
    row.revenue_month_minor == 0 || product.is_some_and(|id| overview.taxes.contains_key(id))
}

fn owners(overview: &Overview, names: &Names, asked: &Asked, lang: Lang) -> Vec<Choice> {
    let choice = |(rep, n): (&String, &u64)| {
        let unassigned = rep.is_empty();
        let value = if unassigned { NOBODY } else { rep };
        let name =
            if unassigned { PlayWords::of(lang).unassigned.to_owned() } else { names.rep(rep) };
        Choice {
            value: value.to_owned(),
            label: words::either(lang, format!("{name}({n}件)"), format!("{name} ({n})")),
            selected: asked.owner.as_deref() == Some(value),
        }
    };
    let mut choices: Vec<Choice> = overview.counts.owners.iter().map(choice).collect();
    choices.sort_by(|a, b| (&a.label, &a.value).cmp(&(&b.label, &b.value)));
    choices
}

fn motions(overview: &Overview, asked: &Asked, lang: Lang) -> Vec<Choice> {
    let known = Motion::ALL.iter().filter_map(|motion| {
        let (code, n) = overview.counts.motions.get_key_value(motion.code())?;
        let word = words::motion(lang, code);
        Some(Choice {
            value: code.clone(),
            label: words::either(lang, format!("{word}({n}件)"), format!("{word} ({n})")),
            selected: asked.motion.as_ref() == Some(code),
        })
    });
    known.collect()
}

/// Where the reader is; `rows` are those on this page and those in all.
fn paging(asked: &Asked, base: &str, rows: (u64, u64), lang: Lang) -> Paging {
    let (here, total) = rows;
    let before = (asked.page - 1) * PAGE;
    let range = match here {
        0 => String::new(),
        _ => say::range(lang, before + 1, before + here, total),
    };
    let last = total.div_ceil(PAGE).max(1);
    Paging {
        range,
        previous: (asked.page > 1).then(|| asked.url(base, (asked.page - 1).min(last))),
        next: (before + here < total && here > 0).then(|| asked.url(base, asked.page + 1)),
    }
}

/// What was not proposed; the list behind each line is a manager's.
fn fate_views(counts: &[FateCount], (lang, base): (Lang, &str), oversees: bool) -> Vec<FateView> {
    let others = counts.iter().filter(|it| Fate::parse(&it.fate) != Some(Fate::Chosen));
    let view = |count: &FateCount| FateView {
        fate: words::fate(lang, &count.fate),
        reason: words::either(lang, &count.reason_ja, say::capital(&count.reason_en)),
        candidates: show::count(count.candidates),
        accounts: show::count(count.accounts),
        url: crate::night::list_url(count, base).filter(|_| oversees),
    };
    others.map(view).collect()
}

/// Why there is nothing, and what would fill it.
fn empty(fates: &[FateCount], accounts: u64, lang: Lang) -> Vec<String> {
    let w = TodayWords::of(lang);
    if accounts == 0 {
        return vec![w.no_accounts.to_owned()];
    }
    let mut counts: Vec<&FateCount> = fates.iter().filter(|count| count.candidates > 0).collect();
    if counts.is_empty() {
        return vec![w.no_candidates.to_owned()];
    }
    counts.sort_by_key(|count| (std::cmp::Reverse(count.candidates), count.reason_code.clone()));
    let reasons = counts.iter().take(3).map(|count| {
        let reason = words::either(lang, &count.reason_ja, &count.reason_en);
        say::because(lang, count.candidates, &reason, &words::fate(lang, &count.fate))
    });
    reasons.chain([w.empty_fill.to_owned()]).collect()
}
