//! What stands behind 「根拠を見る」: every statement with its rows and day, the parts of the value, the
//! other offers, and the checks.

use decide::card::{Card, Check, Compared, Line, Split};
use domain::time::Day;
use domain::words::Lang;
use store::PlayRow;

use crate::play::Desk;
use crate::show;
use crate::words::{self, PlayWords, either, play as say};

/// One statement.
pub(crate) struct LineView {
    pub(crate) text: String,
    pub(crate) source: String,
}

/// Statements under one heading.
pub(crate) struct Group {
    pub(crate) heading: &'static str,
    pub(crate) lines: Vec<LineView>,
}

/// One part of the value.
pub(crate) struct Part {
    pub(crate) label: &'static str,
    pub(crate) amount: String,
}

/// Other offers with one fate for one reason, each with its expected profit.
pub(crate) struct ComparedView {
    pub(crate) fate: String,
    pub(crate) reason: String,
    pub(crate) offers: Vec<(String, String)>,
}

/// One guard's answer.
#[derive(PartialEq)]
pub(crate) struct CheckView {
    pub(crate) says: String,
    pub(crate) code: String,
    pub(crate) reason: String,
}

/// The evidence of one play, ready to be drawn.
pub(crate) struct Evidence {
    pub(crate) groups: Vec<Group>,
    /// Whether expected profit is shown.
    pub(crate) profit: bool,
    /// It, or the band of priority in its place.
    pub(crate) expected: String,
    pub(crate) interval: String,
    pub(crate) parts: Vec<Part>,
    pub(crate) compared: Vec<ComparedView>,
    pub(crate) checks: Vec<CheckView>,
    pub(crate) all_pass: bool,
}

impl Evidence {
    /// The evidence of a row and its card.
    pub(crate) fn new(row: &PlayRow, card: &Card, desk: &Desk) -> Self {
        let w = PlayWords::of(desk.lang);
        let groups =
            [(w.why_now, &card.why_now), (w.why_this, &card.why_this), (w.how_known, &card.odds)];
        let groups = groups.into_iter().filter(|(_, lines)| !lines.is_empty());
        let low = desk.currency.display(row.lower_minor);
        let high = desk.currency.display(row.upper_minor);
        Self {
            groups: groups
                .map(|(heading, lines)| Group { heading, lines: line_views(lines, row, desk) })
                .collect(),
            profit: desk.profit,
            expected: if desk.profit {
                desk.currency.display(row.expected_minor)
            } else {
                say::priority(desk.lang, row.rank, desk.overview.plays_in_run)
            },
            interval: say::between(desk.lang, &low, &high),
            parts: if desk.profit { parts(&card.split, desk) } else { Vec::new() },
            compared: compared(&card.compared, desk),
            checks: checks(&card.checks, desk.lang),
            all_pass: card.checks.iter().all(|check| check.says == "allow"),
        }
    }

    /// How many statements it holds.
    pub(crate) fn len(&self) -> usize {
        self.groups.iter().map(|group| group.lines.len()).sum()
    }
}

/// Every statement once; where rows say the same, with the sources of all.
fn line_views(lines: &[Line], row: &PlayRow, desk: &Desk) -> Vec<LineView> {
    let mut views: Vec<LineView> = Vec::with_capacity(lines.len());
    for view in lines.iter().map(|line| line_view(line, row, desk)) {
        match views.iter_mut().find(|said| said.text == view.text) {
            Some(said) => {
                let sources = [said.source.as_str(), view.source.as_str()];
                said.source = sources.join(either(desk.lang, "、", "; ").as_str());
            }
            None => views.push(view),
        }
    }
    views
}

fn line_view(line: &Line, row: &PlayRow, desk: &Desk) -> LineView {
    let lang = desk.lang;
    let source = words::source(lang, &with_id(&line.source, row, desk));
    let day = line.on.as_deref().map(|on| short_iso(lang, on));
    let parts: Vec<String> =
        Some(source).filter(|source| !source.is_empty()).into_iter().chain(day).collect();
    let source = parts.join(either(lang, "、", ", ").as_str());
    LineView { text: line.said.get(lang).to_owned(), source }
}

/// Decisions know the account by its key only, people by its id; and the deals of a product by its id,
/// people by its name.
fn with_id(source: &str, row: &PlayRow, desk: &Desk) -> String {
    let product = source.strip_prefix("proposals ").zip(row.product_id.as_deref());
    if let Some((deals_of, product)) = product
        && deals_of == product
    {
        return format!("proposals {}", desk.names.product(product));
    }
    if source == format!("accounts {}", row.account_key) {
        return format!("accounts {}", desk.names.account(row.account_key).id);
    }
    source.to_owned()
}

/// A day without its weekday, for sources.
pub(crate) fn short_iso(lang: Lang, text: &str) -> String {
    Day::parse_iso(text).map_or_else(
        || text.to_owned(),
        |day| match lang {
            Lang::Ja => day.display_ja(),
            Lang::En => day.display_en(),
        },
    )
}

fn parts(split: &Split, desk: &Desk) -> Vec<Part> {
    let w = PlayWords::of(desk.lang);
    let all = [
        (w.acceptance, split.acceptance_minor),
        (w.retention, split.retention_minor),
        (w.incentive, split.incentive_minor),
        (w.effort, split.effort_minor),
    ];
    let amount = |minor| show::signed(desk.currency, minor);
    let there = all.into_iter().filter(|(_, minor)| *minor != 0);
    let parts: Vec<Part> =
        there.map(|(label, minor)| Part { label, amount: amount(minor) }).collect();
    // One part alone is the whole, which stands above it.
    if parts.len() > 1 { parts } else { Vec::new() }
}

/// In the order of the card, by the first offer of each reason.
fn compared(others: &[Compared], desk: &Desk) -> Vec<ComparedView> {
    let mut views: Vec<ComparedView> = Vec::new();
    for other in others {
        let (fate, reason) = (words::fate(desk.lang, &other.fate), other.said.get(desk.lang));
        let expected =
            if desk.profit { desk.currency.display(other.expected_minor) } else { String::new() };
        let offer = (other.title.get(desk.lang).to_owned(), expected);
        if let Some(view) = views.iter_mut().find(|view| view.fate == fate && view.reason == reason)
        {
            view.offers.push(offer);
        } else {
            let reason = reason.to_owned();
            views.push(ComparedView { fate, reason, offers: vec![offer] });
        }
    }
    views
}

/// Every guard's answer; those that say the same stand once.
fn checks(checks: &[Check], lang: Lang) -> Vec<CheckView> {
    let mut views: Vec<CheckView> = Vec::with_capacity(checks.len());
    for view in checks.iter().map(|check| check_view(check, lang)) {
        if !views.contains(&view) {
            views.push(view);
        }
    }
    views
}

fn check_view(check: &Check, lang: Lang) -> CheckView {
    let says = words::check_says(lang, &check.says);
    let says = match check.until.as_deref().map(|until| short_iso(lang, until)) {
        Some(until) => {
            either(lang, format!("{says}({until}まで)"), format!("{says} until {until}"))
        }
        None => says,
    };
    CheckView { says, code: check.says.clone(), reason: check.said.get(lang).to_owned() }
}
