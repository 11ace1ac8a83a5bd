//! Contracts out of month-end sheets, for companies that have nothing else (S25).
//!
//! A product is held in a month when its revenue there is above zero. From one sheet to the next a higher
//! or lower amount is a new version, and an account that is in no later sheet has left with the first
//! sheet that lacks it. A sheet with fewer than half of the contracts of the one before is taken to be
//! cut short: what it lacks goes on. Where an account has subscriptions too, those count alone.

use std::collections::{BTreeMap, BTreeSet};

use domain::canonical::entity;
use domain::time::Day;
use store::{Row, Store, Value};

use crate::snapshot::Table;

/// What became of the month-end sheets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SheetUse {
    /// Accounts whose contracts come from the sheets.
    pub accounts: u64,
    /// Accounts whose sheets are left aside, because they have subscriptions.
    pub left_aside: u64,
    /// Months whose sheet seems cut short.
    pub cut_short: Vec<Day>,
}

/// What one line of a sheet says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Held {
    mrr: i64,
    seats: Option<i64>,
}

/// How the ids of derived contracts begin.
pub(crate) const SHEET_PREFIX: &str = "sheet:";

/// Account and product.
type Key<'a> = (&'a str, &'a str);

/// The sheet of one month.
#[derive(Default)]
struct Sheet<'a> {
    /// Its lines, also of accounts that it does not count for.
    lines: usize,
    /// What counts.
    held: BTreeMap<Key<'a>, Held>,
}

/// The state of one contract line while the sheets go by.
struct Line {
    id: String,
    started_on: Day,
    last: Held,
}

/// Adds the derived contracts to the subscriptions.
pub(crate) fn add(tables: &mut BTreeMap<&'static str, Table>) -> SheetUse {
    let sheet = &tables["mrr_snapshots"];
    if sheet.is_empty() {
        return SheetUse::default();
    }
    let contracted: BTreeSet<&str> =
        tables["subscriptions"].iter().map(|r| r.id("account_id")).collect();
    let mut months: BTreeMap<Day, Sheet<'_>> = BTreeMap::new();
    let (mut taken, mut aside) = (BTreeSet::new(), BTreeSet::new());
    for record in sheet.iter() {
        let (Some(month), Some(mrr)) = (record.day("month"), record.whole("mrr")) else { continue };
        let account = record.id("account_id");
        let of_month = months.entry(month.month_start()).or_default();
        of_month.lines += 1;
        if contracted.contains(account) {
            aside.insert(account);
            continue;
        }
        taken.insert(account);
        let held = Held { mrr, seats: record.whole("seats") };
        of_month.held.insert((account, record.id("product_id")), held);
    }
    let (derived, cut_short) = versions(&months);
    let told = SheetUse { accounts: taken.len() as u64, left_aside: aside.len() as u64, cut_short };
    let table = tables.get_mut("subscriptions").expect("subscriptions are a table");
    let key = [table.at("subscription_id"), table.at("effective_on")];
    let mut rows = table.take();
    rows.extend(derived);
    let text = |row: &Row, at: usize| match &row[at] {
        Value::Text(text) => text.clone(),
        _ => String::new(),
    };
    rows.sort_by_cached_key(|row| key.map(|at| text(row, at)));
    table.put(rows);
    told
}

/// The rows of every version, and the months that are cut short.
fn versions(months: &BTreeMap<Day, Sheet<'_>>) -> (Vec<Row>, Vec<Day>) {
    let mut rows = Vec::new();
    let mut cut_short = Vec::new();
    let mut lines: BTreeMap<Key<'_>, Line> = BTreeMap::new();
    let mut last_lines = 0;
    for (month, Sheet { lines: listed, held: sheet }) in months {
        let whole = listed * 2 >= last_lines;
        if whole {
            last_lines = *listed;
        } else {
            cut_short.push(*month);
        }
        for (key, held) in sheet.iter().filter(|(_, held)| held.mrr > 0) {
            match lines.get_mut(key) {
                Some(line) if line.last == *held => continue,
                Some(line) => line.last = *held,
                None => {
                    let (year, number, _) = month.ymd();
                    let id = format!("{SHEET_PREFIX}{}/{}/{year:04}-{number:02}", key.0, key.1);
                    lines.insert(*key, Line { id, started_on: *month, last: *held });
                }
            }
            rows.push(row(*key, &lines[key], *month, None));
        }
        let gone: Vec<Key<'_>> = lines
            .keys()
            .filter(|key| sheet.get(*key).map_or(whole, |held| held.mrr <= 0))
            .copied()
            .collect();
        for key in gone {
            let line = lines.remove(&key).expect("it was listed just now");
            rows.push(row(key, &line, *month, Some(*month)));
        }
    }
    (rows, cut_short)
}

fn row(key: Key<'_>, line: &Line, from: Day, ended_on: Option<Day>) -> Row {
    let known = entity("subscriptions").expect("subscriptions are canonical");
    let value = |column: &str| -> Value {
        match column {
            "subscription_id" => (&line.id).into(),
            "account_id" => key.0.into(),
            "product_id" => key.1.into(),
            "effective_on" => from.to_string().into(),
            "started_on" => line.started_on.to_string().into(),
            "seats" => line.last.seats.into(),
            "mrr" => line.last.mrr.into(),
            "ended_on" => ended_on.map(|day| day.to_string()).into(),
            "status" => (if ended_on.is_some() { "ended" } else { "active" }).into(),
            _ => Value::Null,
        }
    };
    Store::columns(known).into_iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Derives contracts from lines `account product month mrr seats`, and shows each version.
    fn check(lines: &[&str], subscribed: &[&str], expected: &[&str]) -> SheetUse {
        let table = |name: &str, rows: Vec<Vec<(&str, Value)>>| {
            let known = entity(name).expect("canonical");
            let columns = Store::columns(known);
            let row = |given: Vec<(&str, Value)>| {
                columns
                    .iter()
                    .map(|c| {
                        given.iter().find(|(n, _)| n == c).map_or(Value::Null, |(_, v)| v.clone())
                    })
                    .collect()
            };
            Table::new(known, rows.into_iter().map(row).collect())
        };
        let sheet = lines.iter().map(|line| {
            let parts: Vec<&str> = line.split(' ').collect();
            let number = |at: usize| parts.get(at).map(|n| n.parse::<i64>().expect("a number"));
            vec![
                ("account_id", parts[0].into()),
                ("product_id", parts[1].into()),
                ("month", format!("{}-01", parts[2]).into()),
                ("mrr", number(3).into()),
                ("seats", number(4).into()),
            ]
        });
        let subscribed = subscribed
            .iter()
            .map(|id| vec![("subscription_id", (*id).into()), ("account_id", (*id).into())]);
        let mut tables = BTreeMap::from([
            ("mrr_snapshots", table("mrr_snapshots", sheet.collect())),
            ("subscriptions", table("subscriptions", subscribed.collect())),
        ]);
        let told = add(&mut tables);
        let shown: Vec<String> = tables["subscriptions"]
            .iter()
            .filter(|r| r.id("subscription_id").starts_with("sheet:"))
            .map(|r| {
                let mrr = r.whole("mrr").unwrap_or(0);
                let end = r.text("ended_on").map_or(String::new(), |end| format!(" ended {end}"));
                format!("{} {} {mrr}{end}", r.id("subscription_id"), r.id("effective_on"))
            })
            .collect();
        assert_eq!(shown, expected);
        told
    }

    #[test]
    fn changes_between_months_are_versions() {
        check(
            &["A P 2026-01 100", "A P 2026-02 100", "A P 2026-03 150", "A P 2026-04 0"],
            &[],
            &[
                "sheet:A/P/2026-01 2026-01-01 100",
                "sheet:A/P/2026-01 2026-03-01 150",
                "sheet:A/P/2026-01 2026-04-01 150 ended 2026-04-01",
            ],
        );
    }

    #[test]
    fn who_is_in_no_later_sheet_has_left_and_may_come_back() {
        check(
            &[
                "A P 2026-01 100",
                "B P 2026-01 5",
                "B P 2026-02 5",
                "A P 2026-03 90",
                "B P 2026-03 5",
            ],
            &[],
            &[
                "sheet:A/P/2026-01 2026-01-01 100",
                "sheet:A/P/2026-01 2026-02-01 100 ended 2026-02-01",
                "sheet:A/P/2026-03 2026-03-01 90",
                "sheet:B/P/2026-01 2026-01-01 5",
            ],
        );
    }

    #[test]
    fn a_sheet_cut_short_ends_nothing() {
        let told = check(
            &["A P 2026-01 1", "B P 2026-01 2", "C P 2026-01 3", "A P 2026-02 1"],
            &[],
            &[
                "sheet:A/P/2026-01 2026-01-01 1",
                "sheet:B/P/2026-01 2026-01-01 2",
                "sheet:C/P/2026-01 2026-01-01 3",
            ],
        );
        assert_eq!(told.cut_short, [Day::from_ymd(2026, 2, 1).expect("a day")]);
    }

    #[test]
    fn subscriptions_win() {
        let told =
            check(&["A P 2026-01 1", "B P 2026-01 2"], &["A"], &["sheet:B/P/2026-01 2026-01-01 2"]);
        assert_eq!((told.accounts, told.left_aside), (1, 1));
    }
}
