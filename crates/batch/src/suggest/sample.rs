//! The columns of a file and enough of its rows to judge them by.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use rustc_hash::FxHashSet;

use super::dates::{self, Dates};
use super::names::{self, Name};
use super::numbers::{self, Numbers};
use super::shape;
use crate::ingest::cells::texts;
use crate::ingest::conform::kinds::flag_of;
use crate::ingest::decimal::half_width;
use crate::ingest::reader::{self, Form, encoding};

/// Rows that are looked at.
const ROWS: usize = 20_000;

/// Cells that are looked at; a file of many columns shows fewer rows.
const CELLS: usize = 1_000_000;

/// A file as it was looked at.
#[derive(Debug)]
pub(super) struct Table {
    /// Its name.
    pub(super) file: String,
    /// How it is read.
    pub(super) form: Form,
    /// What is worth saying about its form.
    pub(super) said: Vec<String>,
    /// Its columns.
    pub(super) columns: Vec<Column>,
    /// Rows looked at.
    pub(super) rows: usize,
    /// Whether those are all.
    pub(super) whole: bool,
}

/// A column as it was looked at.
#[derive(Debug)]
pub(super) struct Column {
    /// Its name in the file.
    pub(super) title: String,
    /// The name made comparable.
    pub(super) name: Name,
    /// The values, row by row, without surrounding blanks.
    pub(super) values: Vec<String>,
    /// The different values that say something, in half-width characters.
    pub(super) distinct: FxHashSet<String>,
    /// Words that stand for "no value", as `N/A`.
    pub(super) blanks: Vec<String>,
    /// Rows with a value.
    pub(super) filled: usize,
    /// Dates, if the values are.
    pub(super) dates: Option<Dates>,
    /// Numbers, if the values are.
    pub(super) numbers: Option<Numbers>,
    /// The word for yes, if the values are yes and no.
    pub(super) yes: Option<String>,
    /// Whether full-width letters or digits stand in it.
    pub(super) full_width: bool,
}

/// Words that stand for "no value".
const BLANKS: &[&str] =
    &["n/a", "#n/a", "na", "null", "none", "nan", "nil", "-", "--", "—", "―", "ー", "未設定"];

/// Looks at a file. A file that holds no table is an error that says so.
pub(super) fn look(path: &Path, file: &str) -> Result<Table> {
    let peek = reader::peek(path, 40)?;
    let (form, mut said) = match &peek {
        Some(peek) => shape::form(peek),
        None => (Form::default(), Vec::new()),
    };
    if let Some(encoding) =
        peek.as_ref().and_then(|peek| peek.encoding).filter(|e| *e != encoding_rs::UTF_8)
    {
        said.insert(0, format!("read as {}", encoding::shown(encoding)));
    }
    let source = reader::open(path, &form)?;
    let titles = source.columns().to_vec();
    let most = (CELLS / titles.len().max(1)).clamp(200, ROWS);
    let mut values: Vec<Vec<String>> = vec![Vec::new(); titles.len()];
    let (mut whole, mut unreadable) = (true, 0);
    let wanted: Vec<usize> = (0..titles.len()).collect();
    let read = source.read(&wanted, &mut |raw| {
        unreadable += raw.bad.len();
        let room = most - values.first().map_or(0, Vec::len);
        let rows = raw.batch.num_rows().min(room);
        whole &= rows == raw.batch.num_rows();
        for (at, array) in raw.batch.columns().iter().enumerate() {
            let texts = texts(array);
            let text = |row: usize| {
                if arrow::array::Array::is_null(&texts, row) { "" } else { texts.value(row).trim() }
            };
            values[at].extend((0..rows).map(|row| text(row).to_owned()));
        }
        whole
    });
    read.with_context(|| format!("reading {file}"))?;
    let rows = values.first().map_or(0, Vec::len);
    if titles.len() == 1 && rows > 0 && unreadable > rows {
        bail!("{file} holds no table: its lines have different numbers of fields");
    }
    if unreadable > 0 {
        said.push(format!("{unreadable} line(s) cannot be read and would be refused"));
    }
    let columns =
        titles.into_iter().zip(values).map(|(title, values)| column(title, values)).collect();
    Ok(Table { file: file.to_owned(), form, said, columns, rows, whole })
}

fn column(title: String, values: Vec<String>) -> Column {
    let mut blanks: Vec<String> = Vec::new();
    let mut distinct: FxHashSet<String> = FxHashSet::default();
    let (mut filled, mut full_width) = (0, false);
    for value in values.iter().filter(|value| !value.is_empty()) {
        if BLANKS.contains(&value.to_lowercase().as_str()) {
            if !blanks.contains(value) {
                blanks.push(value.clone());
            }
            continue;
        }
        filled += 1;
        let half = half_width(value);
        full_width |= half != *value;
        distinct.insert(half);
    }
    let mut said: Vec<&str> = distinct.iter().map(String::as_str).collect();
    said.sort_unstable();
    let yes =
        (said.len() <= 4 && !said.is_empty() && said.iter().all(|word| flag_of(word).is_some()))
            .then(|| said.iter().find(|word| flag_of(word) == Some(true)))
            .flatten()
            .and_then(|yes| values.iter().find(|value| half_width(value) == **yes))
            .cloned();
    blanks.sort_unstable();
    let dates = dates::read(&said).or_else(|| mostly_dates(&said, &values, filled));
    let numbers = if dates.is_some() { None } else { numbers::read(&said) };
    let name = names::read(&title);
    Column { title, name, values, distinct, blanks, filled, dates, numbers, yes, full_width }
}

/// Different values of a column that are looked at one by one.
const FEW: usize = 300;
/// Of a thousand rows, how many must hold a date.
const MOSTLY: usize = 950;

/// The dates of a column of which a few rows hold something else: slips that ingest will name row by row.
fn mostly_dates(said: &[&str], values: &[String], filled: usize) -> Option<Dates> {
    if said.len() > FEW {
        return None;
    }
    let good: Vec<&str> =
        said.iter().copied().filter(|value| dates::read(&[value]).is_some()).collect();
    let rows = values.iter().filter(|value| good.contains(&half_width(value).as_str())).count();
    if good.len() * 2 < said.len() || rows * 1000 < filled * MOSTLY {
        return None;
    }
    Some(Dates { per_mille: rows * 1000 / filled.max(1), ..dates::read(&good)? })
}

impl Column {
    /// Reads the values as dates, however few are: somebody says that they are.
    pub(super) fn take_for_dates(&mut self) {
        if self.dates.is_some() {
            return;
        }
        let said: Vec<&str> = self.distinct.iter().map(String::as_str).collect();
        let few = said.iter().copied().take(FEW * 10);
        let mut good: Vec<&str> = few.filter(|value| dates::read(&[value]).is_some()).collect();
        good.sort_unstable();
        let per_mille = good.len() * 1000 / said.len().max(1);
        self.dates = dates::read(&good).map(|dates| Dates { per_mille, ..dates });
    }

    /// Whether every row has a value of its own.
    pub(super) fn is_key(&self) -> bool {
        self.filled > 0 && self.distinct.len() == self.filled && self.filled == self.values.len()
    }

    /// Whether values look like ids: no dates, no decimals, not long texts.
    pub(super) fn like_ids(&self) -> bool {
        let numbers = self.numbers.as_ref();
        self.dates.is_none()
            && numbers
                .is_none_or(|n| n.whole && n.range.0 >= 0.0 && n.currency.is_none() && !n.percent)
            && self.distinct.iter().take(200).all(|value| value.chars().count() <= 60)
    }

    /// Whether most values hold an `@` with a name on each side.
    pub(super) fn like_mails(&self) -> bool {
        let mails = self.distinct.iter().filter(|value| {
            value.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
        });
        self.filled > 0 && mails.count() * 10 >= self.distinct.len() * 8
    }

    /// The different values with how often each stands, the most frequent first.
    pub(super) fn counted(&self) -> Vec<(&str, usize)> {
        let mut counts: rustc_hash::FxHashMap<&str, usize> = rustc_hash::FxHashMap::default();
        for value in &self.values {
            if !value.is_empty() && !self.blanks.contains(value) {
                *counts.entry(value).or_default() += 1;
            }
        }
        let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
        counts.sort_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
        counts
    }

    /// The share of rows with a value.
    pub(super) fn share_filled(&self) -> f64 {
        self.filled as f64 / self.values.len().max(1) as f64
    }
}
