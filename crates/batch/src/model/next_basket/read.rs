//! Order lines of any file as a history, with the names that its positions stand for.

use anyhow::{Context, Result, bail};
use domain::time::Day;
use models::next_basket::history::{Clock, History, Line};
use rustc_hash::FxHashMap;

use super::Columns;
use crate::model::sheet::{File, Kind, Sheet};

/// A history and its names.
#[derive(Debug)]
pub(super) struct Orders {
    pub(super) history: History,
    /// Customers' ids, ascending as text.
    pub(super) customers: Vec<String>,
    /// Items' ids, ascending as text.
    pub(super) items: Vec<String>,
    /// How many lines the file has.
    pub(super) rows: usize,
    /// How many of them lack customer, order or item.
    pub(super) left_out: usize,
    /// Where the first of those stands.
    pub(super) left_out_first: Option<String>,
}

/// Reads the three columns; a line that lacks one of them is left out and counted.
pub(super) fn orders(file: &File, columns: &Columns) -> Result<Orders> {
    let Columns { customer, order, item } = columns;
    for (flag, other, one, two) in [
        ("--customer", "--order", customer, order),
        ("--customer", "--item", customer, item),
        ("--order", "--item", order, item),
    ] {
        if one == two {
            bail!("{flag} and {other} both name the column `{one}`; they must be two columns");
        }
    }
    let sheet = file.read(&[customer, order, item])?;
    let (clock, times) = times(&sheet, order)?;
    let (customers, whose) = named(sheet.text(customer)?);
    let (items, what) = named(sheet.text(item)?);
    let mut lines = Vec::with_capacity(sheet.rows());
    let mut left_out_first = None;
    for row in 0..sheet.rows() {
        match (whose[row], times[row], what[row]) {
            (Some(customer), Some(order), Some(item)) => lines.push(Line { customer, order, item }),
            _ if left_out_first.is_none() => left_out_first = Some(sheet.place(row)),
            _ => {}
        }
    }
    if lines.is_empty() {
        bail!(
            "{}: no line has all of `{customer}`, `{order}` and `{item}`; fill them in or name other columns",
            file.name()
        );
    }
    let left_out = sheet.rows() - lines.len();
    let history = History::of(lines, clock);
    Ok(Orders { history, customers, items, rows: sheet.rows(), left_out, left_out_first })
}

/// The different names, ascending, and of each row the position of its name.
fn named(values: Vec<Option<String>>) -> (Vec<String>, Vec<Option<u32>>) {
    let mut seen: FxHashMap<String, u32> = FxHashMap::default();
    let mut rows: Vec<Option<u32>> = Vec::with_capacity(values.len());
    for value in values {
        rows.push(value.map(|value| {
            let next = u32::try_from(seen.len()).expect("fewer rows than a file can have lines");
            *seen.entry(value).or_insert(next)
        }));
    }
    let mut names: Vec<(String, u32)> = seen.into_iter().collect();
    names.sort_unstable();
    let mut place = vec![0_u32; names.len()];
    for ((_, met), at) in names.iter().zip(0_u32..) {
        place[*met as usize] = at;
    }
    let rows = rows.into_iter().map(|row| row.map(|met| place[met as usize])).collect();
    (names.into_iter().map(|(name, _)| name).collect(), rows)
}

type Times = Vec<Option<i64>>;

/// When each line was bought. Whole numbers that all read as days written 20260131 are days.
fn times(sheet: &Sheet, column: &str) -> Result<(Clock, Times)> {
    match sheet.kind(column)? {
        Kind::Empty => bail!("`{column}` has no value in any row; --order wants numbers or dates"),
        Kind::Number => {
            let values = sheet.text(column)?;
            if values.iter().flatten().all(|value| is_written_day(value))
                && let Ok(times) = days(sheet, column)
            {
                return Ok((Clock::Days, times));
            }
            match exact(&values) {
                Some(times) => Ok((Clock::Sequence, times)),
                None => Ok((Clock::Sequence, ranks(&sheet.numbers(column)?))),
            }
        }
        Kind::Day | Kind::Text => {
            let times = days(sheet, column).context(
                "--order wants a number that grows or a date, since orders are never sorted as text",
            )?;
            Ok((Clock::Days, times))
        }
    }
}

fn days(sheet: &Sheet, column: &str) -> Result<Times> {
    let days = sheet.days(column)?.into_iter();
    Ok(days.map(|day| day.map(|Day(days)| i64::from(days))).collect())
}

/// Eight digits with a year, a month and a day that there can be.
fn is_written_day(text: &str) -> bool {
    let Ok(number) = text.parse::<u32>() else { return false };
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    text.len() == 8
        && (1900..2100).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
}

/// Whole numbers to the last digit: ids of baskets can be too long for a floating point number.
fn exact(values: &[Option<String>]) -> Option<Times> {
    let read = |value: &Option<String>| match value {
        None => Some(None),
        Some(text) => text.parse::<i64>().ok().map(Some),
    };
    values.iter().map(read).collect()
}

/// Of each number its rank among the different ones.
fn ranks(values: &[Option<f64>]) -> Times {
    let mut sorted: Vec<f64> = values.iter().copied().flatten().collect();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    let rank = |value: f64| sorted.partition_point(|other| *other < value);
    values.iter().map(|it| it.map(|value| i64::try_from(rank(value)).unwrap_or(i64::MAX))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.csv");
        std::fs::write(&path, text).expect("written");
        let columns = Columns { customer: "c".into(), order: "o".into(), item: "i".into() };
        let said = match File::open(&path).and_then(|file| orders(&file, &columns)) {
            Err(error) => format!("{error:#}"),
            Ok(it) => {
                let of = |customer: usize| -> Vec<Vec<&str>> {
                    let baskets = 0..it.history.orders(customer);
                    let names = |order: usize| {
                        let items = it.history.basket(customer, order).iter();
                        items.map(|item| it.items[*item as usize].as_str()).collect()
                    };
                    baskets.map(names).collect()
                };
                let all: Vec<_> = (0..it.history.customers()).map(of).collect();
                format!("{:?} {:?} {all:?} -{}", it.history.clock(), it.customers, it.left_out)
            }
        };
        assert_eq!(said, expected);
    }

    #[test]
    fn orders_are_numbers_or_dates_never_text() {
        check(
            "c,o,i\n007,10,a\n007,9,b\n007,10,c\n",
            r#"Sequence ["007"] [[["b"], ["a", "c"]]] -0"#,
        );
        check("c,o,i\nx,1.5,a\nx,1.25,b\n", r#"Sequence ["x"] [[["b"], ["a"]]] -0"#);
        check(
            "c,o,i\nx,9007199254740993,a\nx,9007199254740992,b\n",
            r#"Sequence ["x"] [[["b"], ["a"]]] -0"#,
        );
        check("c,o,i\nx,20240131,a\nx,20231231,b\n", r#"Days ["x"] [[["b"], ["a"]]] -0"#);
        check("c,o,i\nx,1/2/2024,a\nx,31/1/2024,b\n", r#"Days ["x"] [[["b"], ["a"]]] -0"#);
        check(
            "c,o,i\nx,2024-01-02T09:00:00,a\nx,2024-01-02T18:30:00,b\n",
            r#"Days ["x"] [[["a", "b"]]] -0"#,
        );
        check(
            "c,o,i\nx,A-10,a\nx,A-9,b\n",
            "--order wants a number that grows or a date, since orders are never sorted as text: x.csv, line 2: \
             `o` should be a date, but `A-10` stands there; write dates as 2026-01-31",
        );
    }

    #[test]
    fn lines_that_lack_something_are_counted() {
        check("c,o,i\nx,1,a\n,1,b\nx,,c\nx,1,\n", r#"Sequence ["x"] [[["a"]]] -3"#);
        check(
            "c,o,i\n,1,b\nx,2,\n",
            "x.csv: no line has all of `c`, `o` and `i`; fill them in or name other columns",
        );
        check("c,o,i\nx,,b\ny,,c\n", "`o` has no value in any row; --order wants numbers or dates");
    }
}
