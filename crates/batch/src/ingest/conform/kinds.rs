//! Numbers, flags and currencies, and the table of which kind is read how.

use std::sync::Arc;

use arrow::array::{
    Array as _, ArrayRef, AsArray as _, Float64Builder, Int64Array, Int64Builder, StringBuilder,
};
use arrow::datatypes::{DataType, Int64Type};
use domain::canonical::Kind;
use domain::money::Currency;
use domain::time::Zone;

use super::{text, time};
use crate::ingest::cells::{BadCell, text_at, texts};
use crate::ingest::decimal;

type Converted = (ArrayRef, Vec<BadCell>);

/// Values as a kind other than an amount.
pub(super) fn convert(kind: Kind, array: &ArrayRef, zone: &Zone) -> Converted {
    match kind {
        Kind::Text | Kind::Ref(_) => text::trimmed(array),
        Kind::Word(words) => text::words(array, words),
        Kind::Whole(least, most) => whole(array, least, most),
        Kind::Number(least, most) => number(array, least, most),
        Kind::Day => {
            let (days, bad) = time::days(array, zone);
            (Arc::new(days), bad)
        }
        Kind::Instant => time::instants(array, zone),
        Kind::Flag => flag(array),
        Kind::Currency => currency(array),
        Kind::Amount => (arrow::array::new_null_array(&DataType::Int64, array.len()), Vec::new()),
    }
}

fn whole(array: &ArrayRef, least: i64, most: i64) -> Converted {
    if array.data_type() == &DataType::Int64 {
        let numbers = array.as_primitive::<Int64Type>();
        if numbers.iter().flatten().all(|number| (least..=most).contains(&number)) {
            return (Arc::clone(array), Vec::new());
        }
    }
    let texts = texts(array);
    let mut bad = Vec::new();
    let mut out = Int64Builder::with_capacity(texts.len());
    for row in 0..texts.len() {
        let Some(text) = text_at(&texts, row) else {
            out.append_null();
            continue;
        };
        let number = whole_of(text).filter(|number| (least..=most).contains(number));
        if number.is_none() {
            let reason = format!("is not a whole number from {least} to {most}; correct it");
            bad.push(BadCell { row, value: text.to_owned(), reason });
        }
        out.append_option(number);
    }
    (Arc::new(out.finish()), bad)
}

fn whole_of(text: &str) -> Option<i64> {
    let number = |text: &str| decimal::Decimal::parse(text).and_then(|number| number.minor(0));
    number(text).or_else(|| number(&decimal::plain(text)))
}

fn number(array: &ArrayRef, least: f64, most: f64) -> Converted {
    let fits = |number: f64| (least..=most).contains(&number);
    let native = matches!(array.data_type(), DataType::Int64 | DataType::Float64);
    if native {
        let (numbers, _) = crate::ingest::expression::numbers(array, None);
        if numbers.iter().flatten().all(fits) {
            return (Arc::new(numbers), Vec::new());
        }
    }
    let texts = texts(array);
    let mut bad = Vec::new();
    let mut out = Float64Builder::with_capacity(texts.len());
    for row in 0..texts.len() {
        let Some(text) = text_at(&texts, row) else {
            out.append_null();
            continue;
        };
        let number = decimal::number(text).filter(|number| fits(*number));
        if number.is_none() {
            let reason = format!("is not a number from {least} to {most}; correct it");
            bad.push(BadCell { row, value: text.to_owned(), reason });
        }
        out.append_option(number);
    }
    (Arc::new(out.finish()), bad)
}

/// Words and marks that mean yes and no wherever they stand.
const YES: &[&str] = &["true", "yes", "1", "y", "t", "はい", "有", "有り", "あり", "○", "〇", "◯"];
const NO: &[&str] = &["false", "no", "0", "n", "f", "いいえ", "無", "無し", "なし", "×", "✕", "✗"];

/// What such a word means.
pub(crate) fn flag_of(text: &str) -> Option<bool> {
    let text = decimal::half_width(text).to_lowercase();
    if YES.contains(&text.as_str()) {
        return Some(true);
    }
    NO.contains(&text.as_str()).then_some(false)
}

fn flag(array: &ArrayRef) -> Converted {
    if let Some(flags) = array.as_boolean_opt() {
        let flags: Int64Array = flags.iter().map(|flag| flag.map(i64::from)).collect();
        return (Arc::new(flags), Vec::new());
    }
    let texts = texts(array);
    let mut bad = Vec::new();
    let mut out = Int64Builder::with_capacity(texts.len());
    for row in 0..texts.len() {
        let Some(text) = text_at(&texts, row) else {
            out.append_null();
            continue;
        };
        let flag = flag_of(text).map(i64::from);
        if flag.is_none() {
            let reason = "is neither true nor false; write one of them, or state the words in a \
                          mapping: `parse = { true = [\"Y\"], false = [\"N\"] }`";
            bad.push(BadCell { row, value: text.to_owned(), reason: reason.to_owned() });
        }
        out.append_option(flag);
    }
    (Arc::new(out.finish()), bad)
}

fn currency(array: &ArrayRef) -> Converted {
    let texts = texts(array);
    let mut bad = Vec::new();
    let mut out = StringBuilder::with_capacity(texts.len(), texts.len() * 3);
    let mut last: Option<(String, Option<Currency>)> = None;
    for row in 0..texts.len() {
        let Some(text) = text_at(&texts, row) else {
            out.append_null();
            continue;
        };
        let known = match &last {
            Some((code, known)) if code == text => *known,
            _ => Currency::parse(&text.to_ascii_uppercase()),
        };
        last = Some((text.to_owned(), known));
        if let Some(currency) = known {
            out.append_value(currency.code());
        } else {
            let reason = "is not a currency; write its ISO 4217 code, as JPY";
            bad.push(BadCell { row, value: text.to_owned(), reason: reason.to_owned() });
            out.append_null();
        }
    }
    (Arc::new(out.finish()), bad)
}
