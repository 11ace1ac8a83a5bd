//! A file that nobody mapped, as columns: text, numbers or days, whichever way the file writes them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use arrow::array::{Array, ArrayRef, AsArray as _, StringArray};
use arrow::compute::concat;
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};
use domain::time::{Day, Zone, parse_instant};

use crate::ingest::cells::{DAY_MICROS, text_at, texts};
use crate::ingest::decimal::{half_width, number};
use crate::ingest::lines::Lines;
use crate::ingest::nearest::did_you_mean;
use crate::ingest::reader::{self, Form, RawBatch, shortened};
use crate::ingest::verbs::time_format::TimeFormat;
use crate::suggest::{dates, numbers, shape};

/// Words that stand for "no value" wherever numbers or days are expected.
const BLANKS: &[&str] =
    &["n/a", "#n/a", "na", "null", "none", "nan", "nil", "-", "--", "—", "―", "ー", "unknown"];

/// A file whose header is known: CSV, TSV, XLSX, JSON Lines or Parquet, also gzipped.
#[derive(Debug)]
pub struct File {
    path: PathBuf,
    form: Form,
    columns: Vec<String>,
}

impl File {
    /// Finds the header, as `map suggest` does: below titles, of one or two lines, in any encoding.
    pub fn open(path: &Path) -> Result<Self> {
        if !path.is_file() {
            bail!("{} is not there, or is no file", path.display());
        }
        let form = match reader::peek(path, 40)? {
            Some(peek) => shape::form(&peek).0,
            None => Form::default(),
        };
        let columns = reader::open(path, &form)?.columns().to_vec();
        Ok(Self { path: path.to_owned(), form, columns })
    }

    /// The names of its columns, in order.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The file's name, for messages.
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The position of a column; the error names those that there are.
    pub fn position(&self, column: &str) -> Result<usize> {
        self.columns.iter().position(|name| name == column).with_context(|| {
            format!(
                "{} has no column `{column}`.{} Its columns are: {}",
                self.name(),
                did_you_mean(column, self.columns.iter().map(String::as_str)),
                self.columns.join(", ")
            )
        })
    }

    /// Reads these columns in parts, in the order of the file; `each` gets them in the order asked. A row that
    /// cannot be read ends it with an error that names the line.
    pub fn for_each(
        &self,
        columns: &[&str],
        mut each: impl FnMut(&Part) -> Result<()>,
    ) -> Result<()> {
        let wanted: Vec<usize> =
            columns.iter().map(|name| self.position(name)).collect::<Result<_>>()?;
        let source = reader::open(&self.path, &self.form)?;
        let mut outcome = Ok(());
        source.read(&wanted, &mut |raw| {
            outcome = self.sound(&raw).and_then(|()| {
                each(&Part { arrays: raw.batch.columns().to_vec(), lines: raw.lines })
            });
            outcome.is_ok()
        })?;
        outcome
    }

    fn sound(&self, raw: &RawBatch) -> Result<()> {
        match raw.bad.first() {
            Some(bad) => bail!("{}, line {}: {}", self.name(), bad.line, bad.reason),
            None => Ok(()),
        }
    }

    /// Reads these columns whole.
    pub fn read(&self, columns: &[&str]) -> Result<Sheet> {
        let mut parts: Vec<Vec<ArrayRef>> = vec![Vec::new(); columns.len()];
        let mut lines = Vec::new();
        self.for_each(columns, |part| {
            for (column, array) in parts.iter_mut().zip(&part.arrays) {
                column.push(array.clone());
            }
            let rows = part.arrays.first().map_or(0, Array::len);
            lines.extend(part.lines.to_vec(rows));
            Ok(())
        })?;
        if lines.is_empty() {
            bail!("{} has a header and no rows", self.name());
        }
        let mut named = Vec::with_capacity(columns.len());
        for (name, arrays) in columns.iter().zip(parts) {
            let arrays: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
            named.push(((*name).to_owned(), concat(&arrays)?));
        }
        Ok(Sheet { file: self.name(), columns: named, lines })
    }

    /// Reads every column whole.
    pub fn read_all(&self) -> Result<Sheet> {
        let columns: Vec<&str> = self.columns.iter().map(String::as_str).collect();
        self.read(&columns)
    }
}

/// Some rows of a file on their way.
#[derive(Debug, Clone)]
pub struct Part {
    /// The columns asked for: Utf8 in text formats, else one of the reader's native types.
    pub arrays: Vec<ArrayRef>,
    pub(crate) lines: Lines,
}

impl Part {
    /// The line of a row of this part, from 1; the row's number in Parquet.
    pub fn line(&self, row: usize) -> u32 {
        self.lines.line(row)
    }
}

/// Columns of a file in memory.
#[derive(Debug)]
pub struct Sheet {
    file: String,
    columns: Vec<(String, ArrayRef)>,
    lines: Vec<u32>,
}

impl Sheet {
    /// How many rows; at least one.
    pub fn rows(&self) -> usize {
        self.lines.len()
    }

    /// Where a row stands, for messages: "orders.csv, line 7".
    pub fn place(&self, row: usize) -> String {
        format!("{}, line {}", self.file, self.lines[row])
    }

    /// The names of the columns read.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    fn array(&self, column: &str) -> Result<&ArrayRef> {
        let found = self.columns.iter().find(|(name, _)| name == column);
        found.map(|(_, array)| array).with_context(|| format!("`{column}` was not read"))
    }

    /// The values as text without surrounding blanks; numbers and days of native formats as they print.
    pub fn text(&self, column: &str) -> Result<Vec<Option<String>>> {
        let texts = texts(self.array(column)?);
        Ok((0..texts.len()).map(|row| text_at(&texts, row).map(str::to_owned)).collect())
    }

    /// The values as text, where each row must have one.
    pub fn keys(&self, column: &str) -> Result<Vec<String>> {
        let values = self.text(column)?.into_iter().enumerate();
        let keyed = values.map(|(row, value)| {
            value.with_context(|| {
                format!("{}: `{column}` is empty; fill it in or leave the row out", self.place(row))
            })
        });
        keyed.collect()
    }

    /// What a column holds, by its values: flags, numbers, days, or text.
    pub fn kind(&self, column: &str) -> Result<Kind> {
        let array = self.array(column)?;
        Ok(match array.data_type() {
            DataType::Int64 | DataType::Float64 | DataType::Boolean => Kind::Number,
            DataType::Date32 | DataType::Timestamp(..) => Kind::Day,
            _ => {
                let texts = array.as_string::<i32>();
                let said = distinct(texts);
                let said: Vec<&str> = said.iter().map(String::as_str).collect();
                if said.is_empty() {
                    Kind::Empty
                } else if said.iter().all(|text| plain_number(text).is_some()) {
                    Kind::Number
                } else if dates::read(&said).is_some() {
                    Kind::Day
                } else if numbers::read(&said).is_some_and(|numbers| !numbers.open) {
                    Kind::Number
                } else {
                    Kind::Text
                }
            }
        })
    }

    /// The values as finite numbers; decimal comma, grouping and full-width digits are understood where the
    /// column as a whole is written so. Words for "no value" are missing. Anything else is an error that
    /// names file, line, column and value.
    pub fn numbers(&self, column: &str) -> Result<Vec<Option<f64>>> {
        let array = self.array(column)?;
        let finite = |value: Option<f64>| value.filter(|value| value.is_finite());
        match array.data_type() {
            DataType::Int64 => {
                let values = array.as_primitive::<Int64Type>().iter();
                return Ok(values.map(|value| value.map(|value| value as f64)).collect());
            }
            DataType::Float64 => {
                return Ok(array.as_primitive::<Float64Type>().iter().map(finite).collect());
            }
            DataType::Boolean => {
                let values = array.as_boolean().iter();
                return Ok(values
                    .map(|value| value.map(|value| f64::from(u8::from(value))))
                    .collect());
            }
            _ => {}
        }
        let texts = texts(array);
        let mut out = Vec::with_capacity(texts.len());
        for row in 0..texts.len() {
            let Some(text) = text_at(&texts, row).filter(|text| !is_blank(text)) else {
                out.push(None);
                continue;
            };
            let Some(number) = plain_number(text) else {
                // The first that is not written plainly has the whole column looked at.
                return self.by_manner(column, &texts, &Manner::of(&texts));
            };
            out.push(Some(number));
        }
        Ok(out)
    }

    fn by_manner(
        &self,
        column: &str,
        texts: &StringArray,
        manner: &Manner,
    ) -> Result<Vec<Option<f64>>> {
        let read = |row: usize| -> Result<Option<f64>> {
            let Some(text) = text_at(texts, row).filter(|text| !is_blank(text)) else {
                return Ok(None);
            };
            let value = manner.read(text).with_context(|| {
                format!(
                    "{}: `{column}` should be a number, but `{}` stands there",
                    self.place(row),
                    shortened(text)
                )
            })?;
            Ok(Some(value))
        };
        (0..texts.len()).map(read).collect()
    }

    /// The values as civil days, in whichever form the column writes them; times of day fall away. Where day
    /// and month could stand either way round, the day is taken to come first.
    pub fn days(&self, column: &str) -> Result<Vec<Option<Day>>> {
        let array = self.array(column)?;
        match array.data_type() {
            DataType::Date32 => {
                let values = array.as_primitive::<Date32Type>().iter();
                return Ok(values.map(|value| value.map(Day)).collect());
            }
            DataType::Timestamp(..) => {
                let day = |micros: i64| i32::try_from(micros.div_euclid(DAY_MICROS)).ok().map(Day);
                let values = array.as_primitive::<TimestampMicrosecondType>().iter();
                return Ok(values.map(|value| value.and_then(day)).collect());
            }
            _ => {}
        }
        let texts = texts(array);
        let said = distinct(&texts);
        let said: Vec<&str> = said.iter().map(String::as_str).collect();
        let forms: Vec<TimeFormat> = dates::read(&said)
            .map(|dates| dates.forms)
            .unwrap_or_default()
            .iter()
            .filter_map(|form| TimeFormat::parse(form).ok())
            .collect();
        let utc = Zone::named("UTC").context("the zone UTC is known")?;
        let read = |row: usize| -> Result<Option<Day>> {
            let Some(text) = text_at(&texts, row).filter(|text| !is_blank(text)) else {
                return Ok(None);
            };
            let plain = half_width(text);
            let iso = || parse_instant(&plain, &utc).map(|at| utc.day_of(at));
            let day = iso().or_else(|| {
                forms.iter().find_map(|form| form.read(&plain)).map(|moment| moment.day)
            });
            let day = day.with_context(|| {
                format!(
                    "{}: `{column}` should be a date, but `{}` stands there; write dates as 2026-01-31",
                    self.place(row),
                    shortened(text)
                )
            })?;
            Ok(Some(day))
        };
        (0..texts.len()).map(read).collect()
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Numbers, or true and false.
    Number,
    /// Days or times.
    Day,
    /// Anything else: categories or free text.
    Text,
    /// No value at all.
    Empty,
}

/// How a column writes its numbers where it does not write them plainly.
struct Manner {
    point: char,
    group: Option<char>,
}

impl Manner {
    fn of(texts: &StringArray) -> Self {
        let said = distinct(texts);
        let said: Vec<&str> = said.iter().map(String::as_str).collect();
        numbers::read(&said).map_or(Self { point: '.', group: Some(',') }, |numbers| Self {
            point: numbers.point,
            group: numbers.group,
        })
    }

    fn read(&self, text: &str) -> Option<f64> {
        let text = half_width(text);
        let mut rest = text.trim();
        let mut scale = 1.0;
        for sign in ["$", "¥", "€", "£", "円", "USD", "JPY", "EUR"] {
            rest =
                rest.strip_prefix(sign).or_else(|| rest.strip_suffix(sign)).unwrap_or(rest).trim();
        }
        if let Some(inner) = rest.strip_suffix('%') {
            (rest, scale) = (inner.trim(), 0.01);
        }
        let (negative, rest) = match rest.strip_prefix(['△', '▲', '−', '-']) {
            Some(inner) => (-1.0, inner),
            None => (1.0, rest),
        };
        let kept = rest.chars().filter(|c| Some(*c) != self.group && *c != ' ');
        let plain: String = kept.map(|c| if c == self.point { '.' } else { c }).collect();
        plain_number(&plain).map(|value| value * negative * scale)
    }
}

/// The numbers of a part of a column, written as [`Sheet::numbers`] understands them; else the first row that
/// has none, and what stands there.
pub(crate) fn loose_numbers(array: &ArrayRef) -> Result<Vec<Option<f64>>, (usize, String)> {
    match array.data_type() {
        DataType::Int64 => {
            let values = array.as_primitive::<Int64Type>().iter();
            Ok(values.map(|value| value.map(|value| value as f64)).collect())
        }
        DataType::Float64 => Ok(array.as_primitive::<Float64Type>().iter().collect()),
        _ => {
            let texts = texts(array);
            let mut manner: Option<Manner> = None;
            let mut read = |row: usize| {
                let Some(text) = text_at(&texts, row).filter(|text| !is_blank(text)) else {
                    return Ok(None);
                };
                let loosely = || manner.get_or_insert_with(|| Manner::of(&texts)).read(text);
                match plain_number(text).or_else(loosely) {
                    Some(value) => Ok(Some(value)),
                    None => Err((row, text.to_owned())),
                }
            };
            (0..texts.len()).map(&mut read).collect()
        }
    }
}

/// A number as programs write it: an optional sign, digits, a point, an exponent.
fn plain_number(text: &str) -> Option<f64> {
    let digits = text.bytes().any(|b| b.is_ascii_digit());
    let known = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E');
    (digits && text.bytes().all(known)).then(|| number(text)).flatten()
}

fn is_blank(text: &str) -> bool {
    text.len() <= 12 && BLANKS.contains(&text.to_lowercase().as_str())
}

/// Up to a few thousand different values, in order, without those that stand for nothing.
fn distinct(texts: &StringArray) -> Vec<String> {
    const MOST: usize = 5000;
    let mut said = std::collections::BTreeSet::new();
    for row in 0..texts.len() {
        if let Some(text) = text_at(texts, row).filter(|text| !is_blank(text)) {
            said.insert(text.to_owned());
            if said.len() >= MOST {
                break;
            }
        }
    }
    said.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(text: &str) -> Sheet {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.csv");
        std::fs::write(&path, text).expect("written");
        File::open(&path).and_then(|file| file.read_all()).expect("read")
    }

    #[track_caller]
    fn check_numbers(text: &str, expected: &str) {
        let said = match sheet(text).numbers("n") {
            Ok(values) => format!("{values:?}"),
            Err(error) => format!("{error:#}"),
        };
        assert_eq!(said, expected);
    }

    #[test]
    fn numbers_as_people_write_them() {
        check_numbers("a,n\nx,1\ny,-2.5e1\nz,\n", "[Some(1.0), Some(-25.0), None]");
        check_numbers("a,n\nx,\"1,234\"\ny,n/a\n", "[Some(1234.0), None]");
        check_numbers("a;n\nx;1,5\ny;2\n", "[Some(1.5), Some(2.0)]");
        check_numbers("a,n\nx,１２\ny,¥300\n", "[Some(12.0), Some(300.0)]");
        check_numbers(
            "a,n\nx,1\ny,two\n",
            "x.csv, line 3: `n` should be a number, but `two` stands there",
        );
    }

    #[track_caller]
    fn check_days(text: &str, expected: &[&str]) {
        let days = sheet(text).days("d").expect("days");
        let said: Vec<String> =
            days.iter().map(|d| d.map_or("-".into(), |d| d.to_string())).collect();
        assert_eq!(said, expected);
    }

    #[test]
    fn days_as_people_write_them() {
        check_days("d,x\n2024-03-01,1\n2024-03-02T10:00:00Z,2\n", &["2024-03-01", "2024-03-02"]);
        check_days("d,x\n25/03/2024,1\n01/04/2024,2\n", &["2024-03-25", "2024-04-01"]);
        check_days("d,x\n19970101,1\n,2\n", &["1997-01-01", "-"]);
    }

    #[test]
    fn kinds_are_told_apart() {
        let sheet = sheet("a,b,c,d\n1,x,2024-01-01,\n2,y,2024-01-02,\n");
        let kinds: Vec<Kind> =
            ["a", "b", "c", "d"].iter().map(|name| sheet.kind(name).expect("read")).collect();
        assert_eq!(kinds, [Kind::Number, Kind::Text, Kind::Day, Kind::Empty]);
    }

    #[test]
    fn a_wrong_column_is_named_with_the_nearest() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.csv");
        std::fs::write(&path, "customer,day\n1,2\n").expect("written");
        let error =
            File::open(&path).expect("opens").read(&["custmer"]).expect_err("no such column");
        assert_eq!(
            format!("{error:#}"),
            "x.csv has no column `custmer`. Did you mean `customer`? Its columns are: customer, day"
        );
    }
}
