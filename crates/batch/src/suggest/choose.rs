//! Which table each file is, and which of its columns is which.

use domain::canonical::{Entity, Kind, entity};

use super::dates;
use super::links::Link;
use super::names;
use super::recognise::{Field, RECOGNISERS, Recogniser};
use super::sample::{Column, Table};
use super::words;

/// A canonical column and the file's column for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Assigned {
    /// The canonical column.
    pub(super) column: &'static str,
    /// The position in the file.
    pub(super) at: usize,
    /// How well it fits: 1 by its name, more by its values too, less by a part of the name or values alone.
    pub(super) quality: f64,
}

/// How well a file fits a table.
#[derive(Debug, Clone)]
pub(super) struct Fit {
    /// The table.
    pub(super) recogniser: &'static Recogniser,
    /// The sum of what speaks for it.
    pub(super) score: f64,
    /// Its columns.
    pub(super) assigned: Vec<Assigned>,
}

/// What is known when a file is judged.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    /// The file's position.
    pub(super) table: usize,
    /// References between files.
    pub(super) links: &'a [Link],
    /// What the files were taken for so far.
    pub(super) roles: &'a [Option<&'static str>],
}

/// A fit below this is none.
const LEAST: f64 = 4.5;

/// What each file is, with the runner-up where it came close.
pub(super) fn choose(tables: &[Table], links: &[Link]) -> Vec<(Option<Fit>, Option<Fit>)> {
    let mut roles: Vec<Option<&'static str>> = vec![None; tables.len()];
    let mut fits = Vec::new();
    // References are read by what the files are, and files by what refers to them: twice settles it.
    for _ in 0..3 {
        fits = tables
            .iter()
            .enumerate()
            .map(|(at, table)| best(table, Around { table: at, links, roles: &roles }))
            .collect();
        let found: Vec<Option<&'static str>> = fits
            .iter()
            .map(|(best, _): &(Option<Fit>, Option<Fit>)| {
                best.as_ref().map(|fit| fit.recogniser.entity)
            })
            .collect();
        if found == roles {
            break;
        }
        roles = found;
    }
    fits
}

fn best(table: &Table, around: Around) -> (Option<Fit>, Option<Fit>) {
    let mut fits: Vec<Fit> = RECOGNISERS.iter().map(|r| fit(table, r, around)).collect();
    fits.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut fits = fits.into_iter().filter(|fit| fit.score >= LEAST);
    let best = fits.next();
    let second = fits.next().filter(|s| best.as_ref().is_some_and(|b| s.score > b.score - 1.5));
    (best, second)
}

/// How well a file fits a table.
pub(super) fn fit(table: &Table, recogniser: &'static Recogniser, around: Around) -> Fit {
    let mut pairs: Vec<(f64, usize, Assigned)> = Vec::new();
    for (order, field) in recogniser.fields.iter().enumerate() {
        for (at, column) in table.columns.iter().enumerate() {
            let quality = quality((recogniser, field), (table, column), (around, at));
            if quality > 0.0 {
                pairs.push((quality, order, Assigned { column: field.column, at, quality }));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.at.cmp(&b.2.at)));
    let mut assigned: Vec<Assigned> = Vec::new();
    for (_, _, pair) in pairs {
        if assigned.iter().all(|other| other.column != pair.column && other.at != pair.at) {
            assigned.push(pair);
        }
    }
    by_values(table, recogniser, &mut assigned);
    let stem = names::plain(table.file.split('.').next().unwrap_or_default());
    let named = recogniser.files.iter().filter(|word| stem.contains(*word));
    let mut score = named.map(|word| 3.0 + word.chars().count() as f64 / 10.0).fold(0.0, f64::max);
    for pair in &assigned {
        let weight =
            recogniser.fields.iter().find(|f| f.column == pair.column).map_or(1, |f| f.weight);
        score += f64::from(weight) * pair.quality.min(1.2);
    }
    score -= 6.0 * f64::from(missing(table, recogniser, &assigned));
    if recogniser.entity == "mrr_snapshots" && months(table).len() >= 3 {
        score += 4.0;
    }
    if recogniser.entity == "accounts" {
        let refer = around.links.iter().filter(|link| {
            link.telling
                && link.to.0 == around.table
                && assigned.iter().any(|a| a.column == "account_id" && a.at == link.to.1)
        });
        let mut from: Vec<usize> = refer.map(|link| link.from.0).collect();
        from.dedup();
        score += 2.0 * from.len().min(3) as f64;
    }
    Fit { recogniser, score, assigned }
}

/// How many required things are missing that nothing can stand in for.
fn missing(table: &Table, recogniser: &Recogniser, assigned: &[Assigned]) -> u32 {
    let place =
        |name: &str| assigned.iter().find(|a| a.column == name).map(|a| &table.columns[a.at]);
    let lacks = |name: &str| u32::from(place(name).is_none());
    // A key that most rows lack is none: the file shows a table rather than being one.
    let unique = |name: &str| {
        place(name)
            .is_some_and(|c| c.distinct.len() * 100 >= c.filled * 98 && c.filled * 2 >= table.rows)
    };
    match recogniser.entity {
        "accounts" => u32::from(!unique("account_id")),
        "products" => u32::from(!unique("product_id")),
        "reps" => u32::from(!unique("rep_id")),
        "usage" => {
            let whose = place("account_id").or_else(|| place("subscription_id")).is_none();
            let what = place("metric").is_none() && place("value").is_none();
            u32::from(whose) + u32::from(what) + lacks("at")
        }
        "subscriptions" => {
            let what = ["mrr", "product_id", "seats"].iter().all(|name| place(name).is_none());
            lacks("account_id") + lacks("started_on") + u32::from(what)
        }
        "activities" => lacks("account_id") + lacks("at"),
        "churn" => lacks("account_id") + lacks("date"),
        "proposals" => lacks("account_id") + lacks("opened_at") + u32::from(!unique("proposal_id")),
        "orders" => lacks("account_id") + lacks("ordered_at") + lacks("product_id"),
        "contacts" => lacks("account_id") + lacks("name"),
        "surveys" => lacks("account_id") + lacks("at") + lacks("score"),
        "mrr_snapshots" if months(table).len() >= 3 => lacks("account_id"),
        "mrr_snapshots" => lacks("account_id") + lacks("month") + lacks("mrr"),
        _ => 0,
    }
}

/// The columns whose titles are months and whose values are numbers.
pub(super) fn months(table: &Table) -> Vec<usize> {
    (0..table.columns.len())
        .filter(|at| {
            let column = &table.columns[*at];
            let digits = column.title.bytes().filter(u8::is_ascii_digit).count();
            digits >= 2
                && (column.numbers.is_some() || column.filled == 0)
                && dates::read(&[&column.title]).is_some()
        })
        .collect()
}

fn quality(
    (recogniser, field): (&Recogniser, &Field),
    (table, column): (&Table, &Column),
    (around, at): (Around, usize),
) -> f64 {
    let mut quality = by_name(field, &column.name.plain);
    let kind = entity(recogniser.entity).and_then(|e| e.column(field.column)).map(|c| c.kind);
    let own_key = entity(recogniser.entity)
        .is_some_and(|e: &Entity| e.key.first() == Some(&field.column))
        && matches!(kind, Some(Kind::Text));
    if own_key
        && quality == 0.0
        && ["id", "no", "code", "コード", "番号"].contains(&column.name.plain.as_str())
    {
        quality = 0.8;
    }
    if let Some(Kind::Ref(target)) = kind {
        let refers = around.links.iter().any(|link| {
            link.from == (around.table, at)
                && around.roles[link.to.0] == Some(target)
                && (link.telling || quality > 0.0)
        });
        quality = if refers { quality.max(0.7) + 0.5 } else { quality };
    }
    if quality == 0.0 || (table.rows > 0 && !fits(kind, field, column)) {
        return 0.0;
    }
    let alone = entity(recogniser.entity).is_some_and(|e| e.key.len() == 1);
    if own_key && alone && table.rows > 0 && !column.is_key() {
        quality *= if column.distinct.len() * 10 < column.filled * 9 { 0.4 } else { 0.8 };
    }
    quality
}

fn by_name(field: &Field, name: &str) -> f64 {
    let canonical = names::plain(field.column);
    if field.names.contains(&name) || canonical == name {
        return 1.0;
    }
    let long_enough = |known: &str| {
        if known.is_ascii() { known.len() >= 6 } else { known.chars().count() >= 2 }
    };
    let part = field
        .names
        .iter()
        .filter(|known| long_enough(known))
        .any(|known| name.ends_with(known) || (known.is_ascii() && name.starts_with(known)));
    if part { 0.6 } else { 0.0 }
}

/// Whether a column's values may be of a kind. A column without values may be anything, but is worth less.
fn fits(kind: Option<Kind>, field: &Field, column: &Column) -> bool {
    if column.filled == 0 {
        return true;
    }
    match kind {
        Some(Kind::Day | Kind::Instant) => column.dates.is_some(),
        Some(Kind::Whole(..)) if field.column == "term_months" => {
            let meant = words::meant("subscriptions", "term_months", &column.counted());
            meant.is_some_and(|meant| meant.unknown.len() * 2 <= column.distinct.len())
        }
        Some(Kind::Whole(..)) if field.column == "tier" || field.column == "line" => {
            column.numbers.as_ref().is_some_and(|n| n.whole)
        }
        Some(Kind::Whole(least, _)) => {
            column.numbers.as_ref().is_some_and(|n| n.whole && n.range.0 >= least as f64)
        }
        Some(Kind::Number(..) | Kind::Amount) => column.numbers.is_some(),
        Some(Kind::Flag) => {
            column.yes.is_some() || column.distinct.len() <= 2 && column.numbers.is_none()
        }
        Some(Kind::Currency) => column.distinct.iter().all(|code| code.len() == 3),
        Some(Kind::Word(_)) => column.distinct.len() <= 60 && column.dates.is_none(),
        Some(Kind::Ref(_)) => column.like_ids() && column.yes.is_none(),
        Some(Kind::Text) if field.column == "email" => column.like_mails(),
        Some(Kind::Text) => column.dates.is_none() || field.column == "subscription_id",
        None if field.column == "date" => column.dates.is_some(),
        None => true,
    }
}

/// What names do not tell: a key by being one, a date by being the only one.
fn by_values(table: &Table, recogniser: &Recogniser, assigned: &mut Vec<Assigned>) {
    let Some(entity) = entity(recogniser.entity) else { return };
    let free = |assigned: &[Assigned], at: usize| assigned.iter().all(|other| other.at != at);
    let key = entity.key.first().and_then(|key| entity.column(key));
    if let Some(key) = key.filter(|key| key.kind == Kind::Text)
        && assigned.iter().all(|other| other.column != key.name)
    {
        let unique = (0..table.columns.len()).find(|at| {
            let column = &table.columns[*at];
            let coded =
                |value: &String| value.is_ascii() && value.bytes().any(|b| b.is_ascii_digit());
            free(assigned, *at)
                && column.is_key()
                && column.like_ids()
                && column.distinct.iter().all(coded)
        });
        assigned.extend(unique.map(|at| Assigned { column: key.name, at, quality: 0.4 }));
    }
    let dated =
        entity.columns.iter().find(|c| c.required && matches!(c.kind, Kind::Day | Kind::Instant));
    if let Some(dated) = dated
        && assigned.iter().all(|other| other.column != dated.name)
    {
        let dates: Vec<usize> = (0..table.columns.len())
            .filter(|at| free(assigned, *at) && table.columns[*at].dates.is_some())
            .collect();
        if let [only] = dates[..] {
            assigned.push(Assigned { column: dated.name, at: only, quality: 0.4 });
        }
    }
}
