//! One column of values under way from a file to a canonical table, and the rows they belong to.

use std::sync::Arc;

use anyhow::Result;
use arrow::array::{
    Array, ArrayRef, AsArray as _, BooleanArray, RecordBatch, StringArray, StringBuilder,
};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};
use domain::time::{Day, Zone};
use rustc_hash::FxHashMap;

use super::lookup::Lookups;

/// Values of one of the reader's types; a null or an empty text is "no value".
#[derive(Debug, Clone)]
pub struct Cells {
    /// One value a row.
    pub array: ArrayRef,
    /// Values that a verb could not work with; the array has no value there. In order of rows.
    pub bad: Vec<BadCell>,
}

/// A value that could not be worked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadCell {
    /// The row's position in the batch.
    pub row: usize,
    /// What stands in the file.
    pub value: String,
    /// Why it does not do and how to mend it: continues "`value` …".
    pub reason: String,
}

impl From<ArrayRef> for Cells {
    fn from(array: ArrayRef) -> Self {
        Self { array, bad: Vec::new() }
    }
}

impl Cells {
    /// The same text for every row.
    pub fn constant(text: &str, rows: usize) -> Self {
        let array: ArrayRef =
            Arc::new(StringArray::from_iter_values(std::iter::repeat_n(text, rows)));
        Self::from(array)
    }

    /// No value in any row.
    pub fn nothing(rows: usize) -> Self {
        Self::from(arrow::array::new_null_array(&DataType::Utf8, rows))
    }
}

/// What verbs know beside the rows.
#[derive(Debug, Clone)]
pub struct Around {
    /// The day of which the file tells the state.
    pub snapshot: Option<Day>,
    /// The zone of times without an offset.
    pub zone: Zone,
    /// The files that others are joined with.
    pub lookups: Arc<Lookups>,
}

/// The rows that verbs work on: the file's columns and the mapping's named values.
#[derive(Debug)]
pub struct Rows<'a> {
    /// The columns.
    pub batch: &'a RecordBatch,
    /// Bad cells of the named values.
    pub bad: &'a FxHashMap<String, Vec<BadCell>>,
    /// What else is known.
    pub around: &'a Around,
}

impl Rows<'_> {
    /// How many rows.
    pub fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A column by name.
    pub fn column(&self, name: &str) -> Result<Cells> {
        let Some(array) = self.batch.column_by_name(name) else {
            anyhow::bail!("there is no column `{name}` among the rows");
        };
        let bad = self.bad.get(name).cloned().unwrap_or_default();
        Ok(Cells { array: Arc::clone(array), bad })
    }
}

/// The values as text: whole numbers and decimals plainly, days and times as ISO 8601, flags as
/// `true` and `false`.
pub(crate) fn texts(array: &ArrayRef) -> StringArray {
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().clone(),
        DataType::Int64 => whole_texts(array),
        DataType::Float64 => {
            array.as_primitive::<Float64Type>().iter().map(|v| v.map(|v| v.to_string())).collect()
        }
        DataType::Boolean => array.as_boolean().iter().map(|v| v.map(|v| v.to_string())).collect(),
        DataType::Date32 => array
            .as_primitive::<Date32Type>()
            .iter()
            .map(|v| v.map(|day| Day(day).to_string()))
            .collect(),
        DataType::Timestamp(_, zone) => {
            let mark = if zone.is_some() { "Z" } else { "" };
            array
                .as_primitive::<TimestampMicrosecondType>()
                .iter()
                .map(|v| v.map(|micros| civil_text(micros, mark)))
                .collect()
        }
        _ => StringArray::new_null(array.len()),
    }
}

/// Whole numbers as text, without a formatter's cost: ids of large files come this way.
fn whole_texts(array: &ArrayRef) -> StringArray {
    let numbers = array.as_primitive::<Int64Type>();
    let mut out = StringBuilder::with_capacity(numbers.len(), numbers.len() * 10);
    let mut digits = [0_u8; 20];
    for number in numbers {
        let Some(number) = number else {
            out.append_null();
            continue;
        };
        let mut left = number.unsigned_abs();
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + u8::try_from(left % 10).unwrap_or(0);
            left /= 10;
            if left == 0 {
                break;
            }
        }
        if number < 0 {
            at -= 1;
            digits[at] = b'-';
        }
        out.append_value(std::str::from_utf8(&digits[at..]).unwrap_or("0"));
    }
    out.finish()
}

fn civil_text(micros: i64, mark: &str) -> String {
    let day = Day(i32::try_from(micros.div_euclid(DAY_MICROS)).unwrap_or(0));
    let in_day = micros.rem_euclid(DAY_MICROS);
    let (seconds, fraction) = (in_day / 1_000_000, in_day % 1_000_000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if fraction == 0 {
        return format!("{day}T{hour:02}:{minute:02}:{second:02}{mark}");
    }
    format!("{day}T{hour:02}:{minute:02}:{second:02}.{fraction:06}{mark}")
}

/// Microseconds in a civil day of 24 hours.
pub(crate) const DAY_MICROS: i64 = 86_400_000_000;

/// The text of a row without surrounding blanks; `None` when there is no value.
pub(crate) fn text_at(texts: &StringArray, row: usize) -> Option<&str> {
    let text = if texts.is_null(row) { "" } else { texts.value(row).trim() };
    (!text.is_empty()).then_some(text)
}

/// Whether each row has a value.
pub(crate) fn present(array: &ArrayRef) -> BooleanArray {
    if let Some(texts) = array.as_string_opt::<i32>() {
        return (0..texts.len()).map(|row| Some(text_at(texts, row).is_some())).collect();
    }
    (0..array.len()).map(|row| Some(array.is_valid(row))).collect()
}

/// The bad cells of several columns together, in order of rows.
pub(crate) fn merged(bad: impl IntoIterator<Item = Vec<BadCell>>) -> Vec<BadCell> {
    let mut all: Vec<BadCell> = bad.into_iter().flatten().collect();
    all.sort_by_key(|cell| cell.row);
    all
}
