//! Work under way in the cycle key man, hypothesis, proposal, verification, won or lost (S16, S78), split into
//! customer success and inside sales (S73), as a board or a list; and what one side hands to the other.

mod card;
pub(crate) mod handing;
pub(crate) mod linking;

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use domain::time::{Day, Days, Instant};
use domain::words::Lang;
use store::{Handoff, Outcome, Phase, PipelineFilter, PlayState, Side, Sight, Stage};

use crate::access::Need;
use crate::answered::Flash;
use crate::click::who::Who;
use crate::error::Error;
use crate::frame::{Frame, Place, segment};
use crate::names::Names;
use crate::state::AppState;
use crate::steps::Steps;
use crate::words::pipeline as say;
use crate::words::{AnswerWords, PipelineWords};
use card::{Card, Table};
use handing::{Waiting, waiting};

/// Plays under way that are read at once.
const UNDER_WAY: u64 = 400;
/// Ended plays that are read at once.
const ENDED: u64 = 60;
/// Cards of a column.
const CARDS: usize = 25;
/// Days back of won, lost and done.
const LATELY: i32 = 90;
/// Handoffs on the page.
const HANDOFFS: u64 = 200;

/// A link to another part of the page.
struct Tab {
    label: String,
    url: String,
    current: bool,
}

/// One column of the board.
struct Column {
    title: String,
    count: usize,
    cards: Vec<Card>,
    more: Option<String>,
}

#[derive(Template)]
#[template(path = "pipeline.html")]
struct PipelinePage {
    frame: Frame,
    w: &'static PipelineWords,
    a: &'static AnswerWords,
    who: Who,
    flash: Option<Flash>,
    tabs: Vec<Tab>,
    views: Vec<Tab>,
    /// Hidden fields of the filter: which side, which view.
    kept: [(&'static str, &'static str); 2],
    owners: Vec<(String, String, bool)>,
    columns: Vec<Column>,
    /// Whether the columns stand beside one another.
    board: bool,
    /// How many columns there are, for the style sheet.
    wide: usize,
    handoffs: Option<Vec<Waiting>>,
    empty: Option<&'static str>,
    steps: Option<Steps>,
    note: Option<String>,
    /// Whether the reader may change anything.
    acts: bool,
    back: String,
}

/// Which part of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Sales,
    Success,
    Handoffs,
}

impl Part {
    fn of(code: Option<&str>) -> Self {
        match code {
            Some("cs") => Self::Success,
            Some("handoffs") => Self::Handoffs,
            _ => Self::Sales,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Sales => "cis",
            Self::Success => "cs",
            Self::Handoffs => "handoffs",
        }
    }
}

/// What the reader asked to see.
struct Asked {
    part: Part,
    board: bool,
    owner: Option<String>,
    /// Which accounts the reader sees.
    sight: Sight,
}

impl Asked {
    fn of(place: &Place) -> Self {
        Self {
            part: Part::of(place.query("side")),
            board: place.query("view") != Some("list"),
            owner: place.query("owner").map(str::to_owned),
            sight: place.sight(),
        }
    }

    /// The same of another part or view.
    fn other(&self, part: Part, board: bool) -> Self {
        Self { part, board, owner: self.owner.clone(), sight: self.sight.clone() }
    }

    fn url(&self, base: &str) -> String {
        let view = if self.board { "board" } else { "list" };
        let owner = self.owner.as_ref();
        let owner = owner.map_or_else(String::new, |owner| format!("&owner={}", segment(owner)));
        format!("{base}/pipeline?side={}&view={view}{owner}", self.part.code())
    }

    fn side(&self) -> Side {
        if self.part == Part::Success { Side::Success } else { Side::Sales }
    }
}

/// The page.
pub(crate) async fn page(
    State(state): State<AppState>,
    place: Place,
) -> Result<Html<String>, Error> {
    let lang = place.lang();
    let w = PipelineWords::of(lang);
    let asked = Asked::of(&place);
    let base = state.base();
    let handed = state.store.handoffs(&asked.sight, HANDOFFS).await?;
    let (work, note) = match asked.part {
        Part::Handoffs => (Vec::new(), None),
        _ => work(&state, &asked, lang).await?,
    };
    let columns = columns(&state, (&asked, lang), &work).await?;
    let handoffs = match asked.part {
        Part::Handoffs => Some(waiting(&state, &place, &handed).await?),
        _ => None,
    };
    let empty = match &handoffs {
        Some(waiting) if waiting.is_empty() => Some(w.empty_handoffs),
        None if work.is_empty() => Some(w.empty),
        _ => None,
    };
    let page = PipelinePage {
        frame: Frame::new(&state, &place.reader, "pipeline"),
        w,
        a: AnswerWords::of(lang),
        who: Who::read(&state, &place).await?,
        flash: Flash::read(&state.store, place.query("answered"), (lang, &base)).await?,
        tabs: tabs(&state, (&asked, lang), (&handed, moment(&state).await?)),
        views: views(&asked, &base, w),
        kept: [("side", asked.part.code()), ("view", if asked.board { "board" } else { "list" })],
        owners: owners(&state, asked.owner.as_deref()).await?,
        wide: columns.len(),
        columns,
        board: asked.board,
        handoffs,
        steps: if empty.is_some() { Steps::read(&state, &place.reader).await? } else { None },
        empty,
        note,
        acts: place.reader.visitor.can(Need::Work),
        back: place.back.clone(),
    };
    Ok(Html(page.render()?))
}

/// The side's work under way and what ended lately; and what is said where that is not all.
async fn work(
    state: &AppState,
    asked: &Asked,
    lang: Lang,
) -> Result<(Vec<PlayState>, Option<String>), Error> {
    let overview = state.overview().await?;
    let since = state.today(overview.as_deref()).plus(Days(-LATELY));
    let filter = |stages: &[Stage], since: Option<Day>, limit| PipelineFilter {
        side: asked.side(),
        owner: asked.owner.clone(),
        stages: stages.to_vec(),
        since: since.map(|day| day.to_string()),
        sight: asked.sight.clone(),
        limit,
    };
    let (mut found, total) =
        state.store.pipeline(&filter(&[Stage::Accepted], None, UNDER_WAY)).await?;
    let note = (total > UNDER_WAY).then(|| say::first(lang, found.len(), total));
    let ended = filter(&[Stage::Done], Some(since), ENDED);
    found.extend(state.store.pipeline(&ended).await?.0);
    Ok((found, note))
}

/// Where a play stands in the cycle: where somebody put it, else by what it has. The next step of a deal is a
/// proposal already; who has somebody to speak with has a hypothesis to form; the rest look for that person.
pub(crate) fn phase(state: &PlayState) -> Phase {
    state.phase.unwrap_or(match (state.motion.as_str(), state.contact_key) {
        ("advance", _) => Phase::Proposal,
        (_, Some(_)) => Phase::Hypothesis,
        (_, None) => Phase::KeyMan,
    })
}

/// The columns of a side: the cycle of inside sales, or how far customer success has come with the steps.
async fn columns(
    state: &AppState,
    (asked, lang): (&Asked, Lang),
    work: &[PlayState],
) -> Result<Vec<Column>, Error> {
    if asked.part == Part::Handoffs {
        return Ok(Vec::new());
    }
    let w = PipelineWords::of(lang);
    let table = Table::read(state, lang, work).await?;
    let mut columns: Vec<(String, Vec<&PlayState>)> = match asked.part {
        Part::Success => [w.to_start, w.doing, w.done].map(|it| (it.to_owned(), Vec::new())).into(),
        _ => Phase::ALL
            .iter()
            .map(|it| say::phase(lang, *it))
            .chain([w.won.to_owned(), w.lost.to_owned()])
            .map(|title| (title, Vec::new()))
            .collect(),
    };
    for it in work {
        let place = match (asked.part, it.state) {
            (Part::Success, Stage::Done) => 2,
            (Part::Success, _) => usize::from(table.has_begun(it)),
            (_, Stage::Done) if it.outcome == Some(Outcome::Won) => Phase::ALL.len(),
            (_, Stage::Done) if it.outcome == Some(Outcome::Lost) => Phase::ALL.len() + 1,
            (_, Stage::Done) => continue,
            _ => Phase::ALL.iter().position(|known| *known == phase(it)).unwrap_or(0),
        };
        columns[place].1.push(it);
    }
    let most = if asked.board { CARDS } else { usize::MAX };
    let column = |(title, found): (String, Vec<&PlayState>)| Column {
        title,
        count: found.len(),
        more: (found.len() > most).then(|| say::more(lang, (found.len() - most) as u64)),
        cards: found.into_iter().take(most).map(|it| table.card(it)).collect(),
    };
    Ok(columns.into_iter().map(column).collect())
}

/// Now as answers are dated: where the data are old, the run's day.
pub(crate) async fn moment(state: &AppState) -> Result<Instant, Error> {
    let overview = state.overview().await?;
    Ok(state.moment(state.today(overview.as_deref())))
}

fn tabs(
    state: &AppState,
    (asked, lang): (&Asked, Lang),
    (handed, now): (&[PlayState], Instant),
) -> Vec<Tab> {
    let w = PipelineWords::of(lang);
    let sent = handed.iter().filter(|it| it.handoff == Some(Handoff::Sent));
    let overdue = sent.clone().filter(|it| handing::is_overdue(it, now)).count();
    let labels = [
        (Part::Sales, w.sales.to_owned()),
        (Part::Success, w.success.to_owned()),
        (Part::Handoffs, say::waiting(lang, sent.count(), overdue)),
    ];
    let tab = |(part, label)| Tab {
        label,
        url: asked.other(part, asked.board).url(&state.base()),
        current: part == asked.part,
    };
    labels.into_iter().map(tab).collect()
}

fn views(asked: &Asked, base: &str, w: &'static PipelineWords) -> Vec<Tab> {
    if asked.part == Part::Handoffs {
        return Vec::new();
    }
    let view = |(board, label): (bool, &str)| Tab {
        label: label.to_owned(),
        url: asked.other(asked.part, board).url(base),
        current: board == asked.board,
    };
    [(true, w.board), (false, w.list)].into_iter().map(view).collect()
}

async fn owners(
    state: &AppState,
    chosen: Option<&str>,
) -> Result<Vec<(String, String, bool)>, Error> {
    let reps = state.store.rep_names().await?.into_iter().map(|rep| {
        let is = Some(rep.rep_id.as_str()) == chosen;
        (rep.rep_id, rep.name, is)
    });
    Ok(reps.collect())
}

/// Names of these plays' accounts, people and reps.
async fn names_of(state: &AppState, work: &[PlayState]) -> Result<Names, Error> {
    let rows: Vec<store::PlayRow> = work.iter().map(PlayState::play).collect();
    Ok(Names::of_plays(&state.store, &rows).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S16, S78: where nobody said, a play stands where what it has puts it.
    #[test]
    fn s78_a_play_begins_where_what_it_has_puts_it() {
        assert_eq!(phase(&taken("plan_up", None)), Phase::KeyMan);
        assert_eq!(phase(&taken("plan_up", Some(1))), Phase::Hypothesis);
        assert_eq!(phase(&taken("advance", None)), Phase::Proposal);
        let put = PlayState { phase: Some(Phase::Verification), ..taken("advance", None) };
        assert_eq!(phase(&put), Phase::Verification);
    }

    fn taken(motion: &str, contact_key: Option<i64>) -> PlayState {
        let motion = motion.to_owned();
        let play = store::PlayRow { motion, contact_key, ..store::PlayRow::default() };
        PlayState { state: Stage::Accepted, ..PlayState::unanswered(&play) }
    }
}
