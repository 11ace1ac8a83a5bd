//! The time line: every touch, ticket, answer, deal, change of contract and statement, the latest first (S33, S35, S98).

use domain::time::Day;
use store::{PlayState, Stage};

use super::people::person;
use super::{Room, notes};
use crate::frame::segment;
use crate::names::Who;
use crate::record::Record;
use crate::show;
use crate::words::{self, account as say, answers};

/// Entries on one page.
const PAGE: usize = 20;
/// Characters of a text that stands in for a missing subject.
const EXCERPT: usize = 80;

/// One entry.
pub(super) struct TouchView {
    day: Option<Day>,
    /// The moment within the day.
    at_us: i64,
    pub(super) on: String,
    pub(super) kind: String,
    pub(super) state: String,
    pub(super) open: bool,
    pub(super) what: String,
    pub(super) url: Option<String>,
    pub(super) with: Option<Who>,
    pub(super) owner: String,
    pub(super) source: String,
}

/// One page of the time line.
#[derive(Default)]
pub(super) struct Touches {
    pub(super) entries: Vec<TouchView>,
    pub(super) range: String,
    pub(super) newer: Option<String>,
    pub(super) older: Option<String>,
}

/// The rows that it is made of.
pub(super) struct Rows<'a> {
    pub(super) activities: &'a [Record],
    pub(super) surveys: &'a [Record],
    pub(super) proposals: &'a [Record],
    pub(super) subscriptions: &'a [Record],
    pub(super) facts: &'a [Record],
    pub(super) answered: &'a [PlayState],
    pub(super) contacts: &'a [Record],
}

/// One page of everything that happened as of the day, the latest first.
pub(super) fn touches(room: &Room, rows: &Rows<'_>, page: Option<&str>) -> Touches {
    let mut all: Vec<TouchView> =
        rows.activities.iter().map(|it| activity(room, it, rows)).collect();
    all.extend(rows.surveys.iter().map(|it| survey(room, it, rows)));
    all.extend(rows.proposals.iter().flat_map(|it| deal(room, it)));
    all.extend(rows.subscriptions.iter().map(|it| version(room, it)));
    all.extend(rows.facts.iter().map(|it| fact(room, it, rows)));
    all.extend(
        rows.answered.iter().filter(|it| it.state != Stage::Open).map(|it| answer(room, it)),
    );
    all.sort_by(|a, b| {
        (b.day, b.at_us).cmp(&(a.day, a.at_us)).then_with(|| a.source.cmp(&b.source))
    });
    let (total, pages) = (all.len(), all.len().div_ceil(PAGE).max(1));
    let page = page.and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, pages);
    let first = (page - 1) * PAGE;
    let entries: Vec<TouchView> = all.into_iter().skip(first).take(PAGE).collect();
    let url =
        |page: usize| format!("{}/accounts/{}?touches={page}#touches", room.base, segment(room.id));
    Touches {
        range: words::whitespace::range(room.lang, (first, entries.len()), total),
        newer: (page > 1).then(|| url(page - 1)),
        older: (page < pages).then(|| url(page + 1)),
        entries,
    }
}

/// An entry without anything but its day and source.
fn entry(room: &Room, day: Option<Day>, row: &Record) -> TouchView {
    TouchView {
        day,
        at_us: 0,
        on: day.map_or_else(String::new, |day| show::date(room.lang, day)),
        kind: String::new(),
        state: String::new(),
        open: false,
        what: String::new(),
        url: None,
        with: None,
        owner: String::new(),
        source: words::source(room.lang, &row.source()),
    }
}

fn activity(room: &Room, row: &Record, rows: &Rows<'_>) -> TouchView {
    let open = row.text("kind") == "ticket" && room.records.day_of(row, "closed_at").is_none();
    TouchView {
        at_us: row.instant("at").map_or(0, |at| at.0),
        kind: words::activity_kind(room.lang, row.text("kind")),
        state: state(room, row, open),
        open,
        what: what(row),
        with: person(room.lang, rows.contacts, row.text("contact_id")),
        owner: row.some("owner").map_or_else(String::new, |rep| room.names.rep(&rep)),
        ..entry(room, room.records.day_of(row, "at"), row)
    }
}

fn state(room: &Room, row: &Record, open: bool) -> String {
    if row.text("kind") != "ticket" {
        return String::new();
    }
    let state = words::ticket_state(room.lang, open);
    let priority = row.some("priority").map(|code| words::priority(room.lang, &code));
    let parts: Vec<String> = [Some(state), priority].into_iter().flatten().collect();
    parts.join(words::either(room.lang, "・", ", ").as_str())
}

fn what(row: &Record) -> String {
    row.some("subject").unwrap_or_else(|| excerpt(row.text("body")))
}

fn excerpt(text: &str) -> String {
    let mut excerpt: String = text.chars().take(EXCERPT).collect();
    if excerpt.len() < text.len() {
        excerpt.push('…');
    }
    excerpt
}

fn survey(room: &Room, row: &Record, rows: &Rows<'_>) -> TouchView {
    let question = say::question(room.lang, row.text("question"));
    let score = row.number("score").map_or_else(String::new, |score| show::number(score, 1));
    let comment = excerpt(row.text("comment"));
    TouchView {
        at_us: row.instant("at").map_or(0, |at| at.0),
        kind: words::either(room.lang, "アンケート", "Survey"),
        what: format!("{question} {score} {comment}").trim_end().to_owned(),
        with: person(room.lang, rows.contacts, row.text("contact_id")),
        ..entry(room, room.records.day_of(row, "at"), row)
    }
}

/// Its opening, and its closing where it has closed.
fn deal(room: &Room, row: &Record) -> Vec<TouchView> {
    let product = row.some("product_id").map(|id| room.names.product(&id));
    let product = product.unwrap_or_else(|| row.text("proposal_id").to_owned());
    let owner = row.some("owner").map_or_else(String::new, |rep| room.names.rep(&rep));
    let opened = TouchView {
        at_us: row.instant("opened_at").map_or(0, |at| at.0),
        kind: words::either(room.lang, "商談開始", "Deal opened"),
        what: product.clone(),
        owner: owner.clone(),
        ..entry(room, room.records.day_of(row, "opened_at"), row)
    };
    let closed = room.records.day_of(row, "closed_at").map(|day| TouchView {
        at_us: row.instant("closed_at").map_or(0, |at| at.0),
        kind: say::deal_closed(room.lang, row.text("outcome")),
        what: [product, row.text("reason").to_owned()].join(" ").trim_end().to_owned(),
        owner,
        ..entry(room, Some(day), row)
    });
    [opened].into_iter().chain(closed).collect()
}

fn version(room: &Room, row: &Record) -> TouchView {
    let product = room.names.product(row.text("product_id"));
    let seats = row.whole("seats").map(|n| say::seats(room.lang, n));
    let amount = row.amount("mrr", room.currency);
    let amount = amount.map(|amount| words::play::a_month(room.lang, &amount));
    let parts: Vec<String> = [Some(product), seats, amount].into_iter().flatten().collect();
    TouchView {
        kind: words::either(room.lang, "契約", "Contract"),
        what: parts.join(" "),
        ..entry(room, row.day("effective_on").or_else(|| row.day("started_on")), row)
    }
}

fn fact(room: &Room, row: &Record, rows: &Rows<'_>) -> TouchView {
    let kind = words::notes::kind(room.lang, row.text("kind"));
    TouchView {
        kind: words::either(
            room.lang,
            format!("ヒアリング({kind})"),
            format!("Interview ({kind})"),
        ),
        what: excerpt(row.text("value")),
        with: person(room.lang, rows.contacts, row.text("said_by")),
        owner: row.some("recorded_by").map_or_else(String::new, |rep| room.names.rep(&rep)),
        source: notes::source(room.lang, row)
            .unwrap_or_else(|| words::source(room.lang, "account_facts")),
        ..entry(room, row.day("said_on"), row)
    }
}

fn answer(room: &Room, state: &PlayState) -> TouchView {
    let play = state.play();
    let card = serde_json::from_str::<decide::card::Card>(&play.card).ok();
    let title = card.map_or_else(
        || words::motion(room.lang, &state.motion),
        |card| card.title.get(room.lang).to_owned(),
    );
    let outcome = state.outcome.map(|outcome| answers::outcome(room.lang, outcome));
    let reason = state.reason_code.as_deref().map(|code| answers::reason(room.lang, code));
    let detail: Vec<String> = outcome.into_iter().chain(reason).collect();
    let day = Day::parse_iso(&state.state_on);
    TouchView {
        day,
        at_us: 0,
        on: day.map_or_else(String::new, |day| show::date(room.lang, day)),
        kind: words::either(room.lang, "提案への回答", "Answer to a play"),
        state: answers::stage(room.lang, state.state),
        open: false,
        what: format!("{title} {}", detail.join(" ")).trim_end().to_owned(),
        url: Some(format!("{}/plays/{}", room.base, segment(&state.play_id))),
        with: None,
        owner: state.owner.as_ref().map_or_else(String::new, |rep| room.names.rep(rep)),
        source: words::either(room.lang, "提案の記録", "record of plays"),
    }
}
