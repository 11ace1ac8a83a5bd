//! Who was treated and what came of it, in whichever words.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use crate::model::sheet::{Kind, Sheet};

/// Words for yes and their opposites, in lower case; numbers are compared as numbers.
const YES: &[&str] = &[
    "1",
    "true",
    "t",
    "yes",
    "y",
    "treated",
    "treatment",
    "treat",
    "test",
    "exposed",
    "はい",
    "有",
    "有り",
    "あり",
    "介入",
    "処置",
    "配信",
    "○",
];
const NO: &[&str] = &[
    "0",
    "false",
    "f",
    "no",
    "n",
    "control",
    "untreated",
    "ctrl",
    "holdout",
    "hold-out",
    "none",
    "unexposed",
    "いいえ",
    "無",
    "無し",
    "なし",
    "対照",
    "未配信",
    "×",
];

/// The values of a column and how often each stands there.
pub(in crate::model) fn values(texts: &[Option<String>]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for text in texts.iter().flatten() {
        *counts.entry(text.as_str()).or_insert(0) += 1;
    }
    counts
}

/// Up to ten of them, for messages.
pub(in crate::model) fn listed(values: &BTreeMap<&str, usize>) -> String {
    let some: Vec<String> =
        values.iter().take(10).map(|(value, rows)| format!("`{value}` ({rows} rows)")).collect();
    let more =
        if values.len() > 10 { format!(" and {} more", values.len() - 10) } else { String::new() };
    some.join(", ") + &more
}

pub(in crate::model) fn plain(value: &str) -> String {
    let lower = value.trim().to_lowercase();
    match lower.parse::<f64>() {
        Ok(number) => number.to_string(),
        Err(_) => lower,
    }
}

/// The one of two values that means yes, where the words tell.
pub(in crate::model) fn positive<'a>(values: &BTreeMap<&'a str, usize>) -> Option<&'a str> {
    let names: Vec<&str> = values.keys().copied().collect();
    let [a, b] = names[..] else { return None };
    let is = |value: &str, words: &[&str]| words.contains(&plain(value).as_str());
    match (is(a, YES) || is(b, NO), is(b, YES) || is(a, NO)) {
        (true, false) => Some(a),
        (false, true) => Some(b),
        _ => None,
    }
}

/// Who was treated.
#[derive(Debug)]
pub(super) struct Treatment {
    /// By row; `None` where it is not known.
    pub(super) of: Vec<Option<bool>>,
    /// The value that means treated.
    pub(super) treated: String,
    /// The other values.
    pub(super) others: Vec<String>,
}

impl Treatment {
    pub(super) fn read(sheet: &Sheet, column: &str, treated: Option<&str>) -> Result<Self> {
        let texts = sheet.text(column)?;
        let values = values(&texts);
        if values.is_empty() {
            bail!("`{column}` is empty in all rows, so that nobody's treatment is known");
        }
        if values.len() == 1 {
            bail!(
                "`{column}` is {} everywhere; an effect shows only beside rows without the treatment",
                listed(&values)
            );
        }
        let treated = match treated {
            Some(wanted) => {
                let same = |value: &&&str| **value == wanted || plain(value) == plain(wanted);
                let exact = values.keys().find(|value| **value == wanted);
                match exact.or_else(|| values.keys().find(same)) {
                    Some(value) => *value,
                    None => bail!(
                        "--treated: `{column}` is never `{wanted}`; it is {}",
                        listed(&values)
                    ),
                }
            }
            None => match positive(&values) {
                Some(value) => value,
                None => bail!(
                    "`{column}` is {}; say with --treated which of them is the treatment",
                    listed(&values)
                ),
            },
        };
        Ok(Self {
            of: texts.iter().map(|text| text.as_deref().map(|text| text == treated)).collect(),
            treated: treated.to_owned(),
            others: values.keys().filter(|it| **it != treated).map(|it| (*it).to_owned()).collect(),
        })
    }
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Outcome {
    /// By row; `None` where it is not known.
    pub(super) of: Vec<Option<f64>>,
    /// Whether it is 0 or 1 in all rows.
    pub(super) is_binary: bool,
    /// The word that counts as 1, where words stand there.
    pub(super) positive: Option<String>,
}

impl Outcome {
    pub(super) fn read(sheet: &Sheet, column: &str) -> Result<Self> {
        let kind = sheet.kind(column)?;
        if kind == Kind::Empty {
            bail!("`{column}` is empty in all rows, so that no outcome is known");
        }
        if kind == Kind::Number {
            let of = sheet.numbers(column)?;
            #[expect(clippy::float_cmp, reason = "whether all are exactly 0 or 1")]
            let is_binary = of.iter().flatten().all(|value| *value == 0.0 || *value == 1.0);
            return Ok(Self { of, is_binary, positive: None });
        }
        let texts = sheet.text(column)?;
        let values = values(&texts);
        let Some(positive) = positive(&values) else {
            bail!(
                "`{column}` is {}; an outcome is a number, or two words of which one plainly means yes, such as yes \
                 and no; write 1 and 0",
                listed(&values)
            );
        };
        let one = |text: &str| f64::from(u8::from(text == positive));
        Ok(Self {
            of: texts.iter().map(|text| text.as_deref().map(one)).collect(),
            is_binary: true,
            positive: Some(positive.to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: [&str; 2], expected: Option<&str>) {
        let texts = words.map(|word| Some(word.to_owned()));
        assert_eq!(positive(&values(&texts)), expected);
    }

    #[test]
    fn words_tell_who_was_treated() {
        check(["0", "1"], Some("1"));
        check(["1.0", "0.0"], Some("1.0"));
        check(["Control", "Womens E-Mail"], Some("Womens E-Mail"));
        check(["はい", "いいえ"], Some("はい"));
        check(["TRUE", "FALSE"], Some("TRUE"));
        check(["A", "B"], None);
        check(["Mens E-Mail", "Womens E-Mail"], None);
    }
}
