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

/// Another offer and its fate.
pub(crate) struct ComparedView {
    pub(crate) title: String,
    pub(crate) fate: String,
    pub(crate) expected: String,
    pub(crate) reason: String,
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
                .map(|(heading, lines)| Group {
                    heading,
                    lines: lines.iter().map(|line| line_view(line, row, desk)).collect(),
                })
                .collect(),
            expected: desk.currency.display(row.expected_minor),
            interval: say::between(desk.lang, &low, &high),
            parts: parts(&card.split, desk),
            compared: card.compared.iter().map(|other| compared(other, desk)).collect(),
            checks: checks(&card.checks, desk.lang),
            all_pass: card.checks.iter().all(|check| check.says == "allow"),
        }
    }

    /// How many statements it holds.
    pub(crate) fn len(&self) -> usize {
        self.groups.iter().map(|group| group.lines.len()).sum()
    }
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

/// Decisions know the account by its key only; people by its id.
fn with_id(source: &str, row: &PlayRow, desk: &Desk) -> String {
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
    all.into_iter().map(|(label, minor)| Part { label, amount: amount(minor) }).collect()
}

fn compared(other: &Compared, desk: &Desk) -> ComparedView {
    ComparedView {
        title: other.title.get(desk.lang).to_owned(),
        fate: words::fate(desk.lang, &other.fate),
        expected: desk.currency.display(other.expected_minor),
        reason: other.said.get(desk.lang).to_owned(),
    }
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
