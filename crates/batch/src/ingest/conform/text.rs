//! Texts, ids and words.

use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, StringArray, StringBuilder};

use crate::ingest::cells::{BadCell, text_at, texts};
use crate::ingest::nearest::did_you_mean;

type Converted = (ArrayRef, Vec<BadCell>);

/// Texts without surrounding blanks; an empty one is no value. NUL characters, which no database
/// keeps, are taken out.
pub(super) fn trimmed(array: &ArrayRef) -> Converted {
    let texts = texts(array);
    if is_clean(&texts) {
        return (Arc::new(texts), Vec::new());
    }
    let mut out = StringBuilder::with_capacity(texts.len(), texts.value_data().len());
    for row in 0..texts.len() {
        match text_at(&texts, row) {
            Some(text) if text.contains('\0') => out.append_value(text.replace('\0', "")),
            text => out.append_option(text),
        }
    }
    (Arc::new(out.finish()), Vec::new())
}

/// Whether every text can stay as it is: the usual case, seen without touching each letter.
fn is_clean(texts: &StringArray) -> bool {
    let bytes = texts.value_data();
    let plain = |byte: u8| byte > b' ' && byte < 0x7f;
    let ends = texts.value_offsets().windows(2).enumerate().all(|(row, pair)| {
        let (start, end) = (pair[0].cast_unsigned() as usize, pair[1].cast_unsigned() as usize);
        if start == end {
            return texts.is_null(row);
        }
        plain(bytes[start]) && plain(bytes[end - 1])
    });
    ends && !bytes.contains(&0)
}

/// One of some words, in whatever case; anything else is not taken.
pub(super) fn words(array: &ArrayRef, words: &[&'static str]) -> Converted {
    let texts = texts(array);
    let mut bad = Vec::new();
    let mut out = StringBuilder::with_capacity(texts.len(), texts.len() * 8);
    for row in 0..texts.len() {
        let Some(text) = text_at(&texts, row) else {
            out.append_null();
            continue;
        };
        let word = words.iter().find(|word| word.eq_ignore_ascii_case(text));
        if word.is_none() {
            let near = did_you_mean(text, words.iter().copied());
            let reason = format!(
                "is not one of {}; write one of them, or translate it with `map` in a mapping.{near}",
                words.join(", ")
            );
            bad.push(BadCell { row, value: text.to_owned(), reason });
        }
        out.append_option(word);
    }
    (Arc::new(out.finish()), bad)
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::AsArray as _;

    #[track_caller]
    fn check(texts: &[Option<&str>], expected: &[Option<&str>]) {
        let array: ArrayRef = Arc::new(StringArray::from(texts.to_vec()));
        let (array, _) = trimmed(&array);
        assert_eq!(array.as_string::<i32>(), &StringArray::from(expected.to_vec()));
    }

    #[test]
    fn clean_texts_stay() {
        check(&[Some("a"), None, Some("b c")], &[Some("a"), None, Some("b c")]);
    }
    #[test]
    fn blanks_go_also_wide_ones() {
        check(
            &[Some(" a "), Some("\u{3000}伸\u{3000}"), Some("  ")],
            &[Some("a"), Some("伸"), None],
        );
    }
    #[test]
    fn empty_is_no_value() {
        check(&[Some("")], &[None]);
    }
    #[test]
    fn no_nul_comes_through() {
        check(&[Some("a\0b")], &[Some("ab")]);
    }
}
