//! What else a file says about an account, as one JSON object with sorted keys.

use std::fmt::Write as _;
use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray, StringBuilder};

use crate::ingest::cells::{Cells, text_at, texts};

/// One object a row; no value where none of the attributes has one.
pub(super) fn json(attributes: &[(String, Cells)], rows: usize) -> ArrayRef {
    let mut columns: Vec<(String, StringArray)> =
        attributes.iter().map(|(name, cells)| (quoted(name), texts(&cells.array))).collect();
    columns.sort_by(|a, b| a.0.cmp(&b.0));
    let mut out = StringBuilder::new();
    let mut object = String::new();
    for row in 0..rows {
        object.clear();
        for (name, texts) in &columns {
            let Some(text) = text_at(texts, row) else { continue };
            object.push(if object.is_empty() { '{' } else { ',' });
            let value = if is_plain(text) { text.to_owned() } else { quoted(text) };
            let _infallible = write!(object, "{name}:{value}");
        }
        if object.is_empty() {
            out.append_null();
        } else {
            object.push('}');
            out.append_value(&object);
        }
    }
    Arc::new(out.finish())
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Whether a text is a number or truth value that JSON writes the same way: no leading zeros (a code,
/// not a number) and no more digits than a float holds.
fn is_plain(text: &str) -> bool {
    if matches!(text, "true" | "false") {
        return true;
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    all_digits(whole) && all_digits(part) && !leading_zero && whole.len() + part.len() <= 16
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::AsArray as _;

    #[track_caller]
    fn check(attributes: &[(&str, &str)], expected: &str) {
        let attributes: Vec<_> = attributes
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Cells::constant(value, 1)))
            .collect();
        let array = json(&attributes, 1);
        assert_eq!(array.as_string::<i32>().iter().next().flatten().unwrap_or(""), expected);
    }

    #[test]
    fn keys_are_sorted_and_empty_values_left_out() {
        check(&[("b", "x"), ("a", "1.5"), ("c", " ")], r#"{"a":1.5,"b":"x"}"#);
    }
    #[test]
    fn codes_stay_texts() {
        check(
            &[("code", "007"), ("n", "0.5"), ("m", "-3"), ("kids", "3+")],
            r#"{"code":"007","kids":"3+","m":-3,"n":0.5}"#,
        );
    }
    #[test]
    fn quotes_are_escaped() {
        check(&[("a\"b", "x\"y")], r#"{"a\"b":"x\"y"}"#);
    }
    #[test]
    fn nothing_is_no_value() {
        check(&[], "");
    }
}
