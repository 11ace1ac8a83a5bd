//! Cells of the mapping language: a column, with what is needed to read its values.

use domain::canonical::{Kind, entity};

use super::sample::Column;
use super::words;

/// A cell and what a person should know about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    /// Its text in the mapping.
    pub(super) text: String,
    /// The comment behind it.
    pub(super) comment: Option<String>,
    /// Whether a person should look at it.
    pub(super) check: bool,
}

impl Cell {
    /// A cell that speaks for itself.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), comment: None, check: false }
    }

    /// The same with a comment.
    pub(super) fn because(self, comment: impl Into<String>) -> Self {
        Self { comment: Some(comment.into()), ..self }
    }

    /// The same with a comment that asks for a look.
    pub(super) fn check(self, comment: impl Into<String>) -> Self {
        Self { comment: Some(comment.into()), check: true, ..self }
    }
}

/// A text in quotes.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

/// A fixed value.
pub(super) fn constant(text: &str) -> Cell {
    Cell::new(format!("{{ const = {} }}", quoted(text)))
}

/// The cell that gives a column of a file to a canonical column, read from `named` (the column itself, or
/// another verb that gives it).
pub(super) fn cell(column: &Column, table: &str, canonical: &str, named: Option<&str>) -> Cell {
    let kind = entity(table).and_then(|e| e.column(canonical)).map(|c| c.kind);
    let mut comments: Vec<String> = Vec::new();
    let mut check = false;
    let mut map: Vec<(String, String)> =
        column.blanks.iter().map(|blank| (blank.clone(), String::new())).collect();
    let mut otherwise = None;
    let is_list = matches!(kind, Some(Kind::Word(_))) || canonical == "term_months";
    if let Some(meant) = words::meant(table, canonical, &column.counted()).filter(|_| is_list) {
        map.extend(meant.map);
        if !meant.unknown.is_empty() {
            let shown: Vec<&str> = meant.unknown.iter().take(5).map(String::as_str).collect();
            let what =
                meant.otherwise.map_or("left empty".to_owned(), |word| format!("taken as {word}"));
            comments.push(format!("not known, {what}: {}", shown.join(", ")));
            check = meant.otherwise.is_none();
            if meant.otherwise.is_none() {
                map.extend(meant.unknown.iter().map(|word| (word.clone(), String::new())));
            }
        }
        otherwise = meant.otherwise;
    }
    let parse = match kind {
        Some(Kind::Day | Kind::Instant) => dates(column, &mut comments, &mut check),
        Some(Kind::Amount | Kind::Number(..) | Kind::Whole(..)) if !is_list => {
            numbers(column, &mut comments, &mut check)
        }
        Some(Kind::Ref(_)) if column.full_width => Some("{ width = \"half\" }".to_owned()),
        Some(Kind::Text) if column.full_width && canonical.ends_with("_id") => {
            Some("{ width = \"half\" }".to_owned())
        }
        _ => None,
    };
    let mut parts =
        vec![named.map_or_else(|| format!("column = {}", quoted(&column.title)), str::to_owned)];
    if !map.is_empty() {
        let pairs: Vec<String> =
            map.iter().map(|(from, to)| format!("{} = {}", quoted(from), quoted(to))).collect();
        parts.push(format!("map = {{ {} }}", pairs.join(", ")));
        parts.extend(otherwise.map(|word| format!("otherwise = {}", quoted(word))));
    }
    parts.extend(parse.map(|parse| format!("parse = {parse}")));
    let text = match &parts[..] {
        [_] if named.is_none() => quoted(&column.title),
        _ => format!("{{ {} }}", parts.join(", ")),
    };
    let comment = (!comments.is_empty()).then(|| comments.join("; "));
    with_unit(column, Cell { text, comment, check }, kind)
}

/// The sum where the name says that values stand for more: 千円 are thousands.
fn with_unit(column: &Column, cell: Cell, kind: Option<Kind>) -> Cell {
    if column.name.times == 1 || kind != Some(Kind::Amount) {
        return cell;
    }
    let times = column.name.times;
    Cell::new(format!("{{ calc = {} }}", quoted(&format!("`{}` * {times}", column.title))))
        .check(format!("`{}` says that its values stand for {times} each", column.title))
}

fn dates(column: &Column, comments: &mut Vec<String>, check: &mut bool) -> Option<String> {
    let dates = column.dates.as_ref()?;
    if dates.either_way {
        comments.push(format!(
            "day and month could be the other way round: no value is above 12 (read as {})",
            dates.forms.join(", ")
        ));
        *check = true;
    }
    if dates.per_mille < 1000 {
        let tenths = 1000 - dates.per_mille;
        comments.push(format!("{}.{} % of the values are no date", tenths / 10, tenths % 10));
    }
    match &dates.forms[..] {
        [] => None,
        [one] => Some(quoted(one)),
        many => {
            let forms: Vec<String> = many.iter().map(|form| quoted(form)).collect();
            Some(format!("[{}]", forms.join(", ")))
        }
    }
}

fn numbers(column: &Column, comments: &mut Vec<String>, check: &mut bool) -> Option<String> {
    let numbers = column.numbers.as_ref()?;
    if numbers.open {
        comments
            .push(format!("`{}` before three digits is read as the decimal sign", numbers.point));
        *check = true;
    }
    if numbers.plain {
        return None;
    }
    let mut parts = vec![format!("decimal = {}", quoted(&numbers.point.to_string()))];
    parts.extend(numbers.group.map(|group| format!("group = {}", quoted(&group.to_string()))));
    Some(format!("{{ {} }}", parts.join(", ")))
}
