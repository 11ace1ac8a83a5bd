//! What is settled between files: the order of day and month, the currency, ids that mean different things.

use std::collections::BTreeMap;

use super::dates::{day_first, turned};
use super::draft::{Draft, Whole, column_of};
use super::links::Link;
use super::sample::Table;

/// Decides the order of day and month where a column's values leave it open, by its neighbours; what remains
/// open is told.
pub(super) fn dates(tables: &mut [Table]) -> Vec<String> {
    let decided = |tables: &[Table], at: Option<usize>| -> Option<bool> {
        let chosen = tables.iter().enumerate().filter(|(i, _)| at.is_none_or(|at| at == *i));
        let columns = chosen.flat_map(|(_, table)| &table.columns);
        let dates =
            columns.filter_map(|column| column.dates.as_ref()).filter(|dates| !dates.either_way);
        let orders: Vec<bool> = dates
            .flat_map(|dates| &dates.forms)
            .filter(|form| turned(form).is_some())
            .map(|form| day_first(form))
            .collect();
        let first = orders.first().copied()?;
        orders.iter().all(|order| *order == first).then_some(first)
    };
    let orders: Vec<Option<bool>> = (0..tables.len())
        .map(|at| decided(tables, Some(at)).or_else(|| decided(tables, None)))
        .collect();
    let mut checks = Vec::new();
    for (table, order) in tables.iter_mut().zip(orders) {
        for column in &mut table.columns {
            let Some(dates) = column.dates.as_mut().filter(|dates| dates.either_way) else {
                continue;
            };
            let Some(order) = order else {
                checks.push(format!(
                    "{}: `{}` may be day-month or month-day; no value tells, so the day is read first",
                    table.file, column.title
                ));
                continue;
            };
            dates.either_way = false;
            for form in &mut dates.forms {
                if day_first(form) != order
                    && let Some(other) = turned(form)
                {
                    *form = other;
                }
            }
        }
    }
    checks
}

/// The currency that headers and signs state, if they agree.
pub(super) fn currency(whole: &Whole, checks: &mut Vec<String>) -> Option<(&'static str, String)> {
    let mut stated: BTreeMap<&'static str, String> = BTreeMap::new();
    for table in whole.tables {
        for column in &table.columns {
            let signs = column.numbers.as_ref().and_then(|numbers| numbers.currency);
            let source = format!("`{}` of {}", column.title, table.file);
            if let Some(code) = signs.or(column.name.currency.filter(|_| column.numbers.is_some()))
            {
                stated.entry(code).or_insert(source);
            }
        }
    }
    if stated.len() > 1 {
        let shown: Vec<String> = stated.iter().map(|(code, at)| format!("{code} ({at})")).collect();
        checks.push(format!(
            "amounts are in several currencies: {}; state `currency` for each [[file]]",
            shown.join(", ")
        ));
        return None;
    }
    stated.into_iter().next()
}

/// Files of one table whose ids are the same for different things, and references that fit several files.
#[expect(clippy::too_many_lines, reason = "one pass over pairs of tables, told step by step")]
pub(super) fn collisions(whole: &Whole, links: &[Link], drafts: &mut [Draft]) -> Vec<String> {
    let mut checks = Vec::new();
    for (later, table) in whole.tables.iter().enumerate() {
        let Some(fit) = &whole.fits[later] else { continue };
        let key = fit.assigned.iter().find(|pair| {
            pair.column == format!("{}_id", fit.recogniser.entity.trim_end_matches('s'))
                || pair.column == "activity_id"
                || pair.column == "rep_id"
        });
        let Some(key) = key.map(|pair| &table.columns[pair.at]) else { continue };
        for earlier in 0..later {
            let Some(other) = whole.fits[earlier]
                .as_ref()
                .filter(|f| f.recogniser.entity == fit.recogniser.entity)
            else {
                continue;
            };
            let other_table = &whole.tables[earlier];
            let Some(other_key) = other
                .assigned
                .iter()
                .find(|p| {
                    Some(p.column)
                        == fit
                            .assigned
                            .iter()
                            .find(|o| table.columns[o.at].title == key.title)
                            .map(|o| o.column)
                })
                .map(|p| &other_table.columns[p.at])
            else {
                continue;
            };
            let told = ["name", "account_id", "subject"].iter().find_map(|name| {
                Some((column_of(table, fit, name)?, column_of(other_table, other, name)?))
            });
            let Some((mine, theirs)) = told else { continue };
            let known: BTreeMap<&str, &str> = other_key
                .values
                .iter()
                .map(String::as_str)
                .zip(theirs.values.iter().map(String::as_str))
                .collect();
            let same: Vec<bool> = key
                .values
                .iter()
                .zip(&mine.values)
                .filter_map(|(id, name)| known.get(id.as_str()).map(|n| *n == name))
                .collect();
            let differ = same.iter().filter(|same| !**same).count();
            if same.len() >= 2 && differ * 2 > same.len() {
                let why = format!(
                    "{} of its ids are also in {}, but `{}` differs in {differ} of them: the same ids for \
                     different things. Put something before the ids of one file, as {{ concat = [{{ const = \
                     \"b\" }}, …], separator = \"-\" }}",
                    same.len(),
                    other_table.file,
                    mine.title
                );
                checks.push(format!("{} is left out: {why}", table.file));
                drafts[later] =
                    Draft { said: table.said.clone(), skip: Some(why), ..Draft::default() };
            }
        }
    }
    for (at, table) in whole.tables.iter().enumerate() {
        for (column, it) in table.columns.iter().enumerate() {
            let mut to: Vec<usize> =
                links.iter().filter(|l| l.from == (at, column)).map(|l| l.to.0).collect();
            to.dedup();
            let entities: std::collections::BTreeSet<&str> = to
                .iter()
                .filter_map(|t| whole.fits[*t].as_ref())
                .map(|f| f.recogniser.entity)
                .collect();
            if entities.len() > 1 {
                let files: Vec<&str> = to.iter().map(|t| whole.tables[*t].file.as_str()).collect();
                checks.push(format!(
                    "{}: the values of `{}` are ids in each of {}; its name decides",
                    table.file,
                    it.title,
                    files.join(", ")
                ));
            }
        }
    }
    checks
}
