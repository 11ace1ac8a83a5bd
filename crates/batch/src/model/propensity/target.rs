//! A column of two values, in whichever words.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use crate::model::sheet::Sheet;
use crate::model::uplift::arms;

/// Words that stand for "not known" beside two values.
const UNKNOWN: &[&str] =
    &["n/a", "#n/a", "na", "null", "nan", "nil", "-", "--", "—", "?", "不明", "未回答"];

/// What is to be foretold.
#[derive(Debug)]
pub(super) struct Target {
    /// 1 for the positive value, else 0; rows without a value are left out.
    pub(super) ones: Vec<f64>,
    /// The value that counts as yes.
    pub(super) positive: String,
    /// The other one.
    pub(super) negative: String,
    /// Why it is that one.
    pub(super) because: &'static str,
}

impl Target {
    /// The target and the rows that have one.
    pub(super) fn read(
        sheet: &Sheet,
        column: &str,
        positive: Option<&str>,
    ) -> Result<(Self, Vec<usize>)> {
        let unknown = |text: &String| UNKNOWN.contains(&text.to_lowercase().as_str());
        let texts: Vec<Option<String>> =
            sheet.text(column)?.into_iter().map(|text| text.filter(|it| !unknown(it))).collect();
        let values = alike(arms::values(&texts));
        match values.len() {
            0 => bail!("`{column}` is empty in all rows, so that there is nothing to learn from"),
            1 => bail!(
                "`{column}` is {} everywhere; rows with the other outcome are needed to tell them apart",
                arms::listed(&values)
            ),
            2 => {}
            _ => bail!(
                "`{column}` has {} different values, {}; a target has two, such as yes and no: join or leave out the \
                 others",
                values.len(),
                arms::listed(&values)
            ),
        }
        let (yes, because) = choose(&values, column, positive)?;
        let no = values.keys().find(|value| **value != yes).copied().unwrap_or_default();
        let key = arms::plain(yes);
        let mut rows = Vec::new();
        let mut ones = Vec::new();
        for (row, text) in texts.iter().enumerate() {
            if let Some(text) = text {
                rows.push(row);
                ones.push(f64::from(u8::from(arms::plain(text) == key)));
            }
        }
        Ok((Self { ones, positive: yes.to_owned(), negative: no.to_owned(), because }, rows))
    }
}

/// Values that differ in writing only (1 and 1.0, Yes and yes) counted together, under the first of them.
fn alike(values: BTreeMap<&str, usize>) -> BTreeMap<&str, usize> {
    let mut first: BTreeMap<String, &str> = BTreeMap::new();
    let mut counts = BTreeMap::new();
    for (value, rows) in values {
        let name = *first.entry(arms::plain(value)).or_insert(value);
        *counts.entry(name).or_insert(0) += rows;
    }
    counts
}

/// The value that counts as yes, and why.
fn choose<'a>(
    values: &BTreeMap<&'a str, usize>,
    column: &str,
    wanted: Option<&str>,
) -> Result<(&'a str, &'static str)> {
    if let Some(wanted) = wanted {
        let same = |value: &&&str| arms::plain(value) == arms::plain(wanted);
        return match values.keys().find(same) {
            Some(value) => Ok((*value, "stated")),
            None => {
                bail!("--positive: `{column}` is never `{wanted}`; it is {}", arms::listed(values))
            }
        };
    }
    let numbers: Option<Vec<(f64, &str)>> = values
        .keys()
        .map(|value| arms::plain(value).parse::<f64>().ok().map(|number| (number, *value)))
        .collect();
    if let Some(numbers) = numbers {
        let larger = numbers.into_iter().max_by(|a, b| a.0.total_cmp(&b.0));
        return Ok((larger.map(|(_, value)| value).unwrap_or_default(), "the larger"));
    }
    if let Some(value) = arms::positive(values) {
        return Ok((value, "by its word"));
    }
    let rarer = values.iter().min_by_key(|(value, rows)| (**rows, **value));
    let rarer = rarer.map(|(value, _)| *value).unwrap_or_default();
    Ok((rarer, "the rarer of the two; --positive states another"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sheet::File;

    #[track_caller]
    fn check(cells: &[&str], wanted: Option<&str>, expected: Result<(&str, usize), &str>) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.csv");
        std::fs::write(&path, format!("n,y\n1,{}\n", cells.join("\n1,"))).expect("written");
        let sheet = File::open(&path).and_then(|file| file.read_all()).expect("read");
        match (Target::read(&sheet, "y", wanted), expected) {
            (Ok((found, rows)), Ok((positive, ones))) => {
                assert_eq!(found.positive, positive);
                assert_eq!(found.ones.iter().filter(|it| **it > 0.5).count(), ones);
                assert_eq!(rows.len(), found.ones.len());
            }
            (Err(error), Err(words)) => assert!(error.to_string().contains(words), "{error}"),
            (found, _) => panic!("{found:?}"),
        }
    }

    #[test]
    fn two_values_in_any_words() {
        check(&["yes", "no", "", "no"], None, Ok(("yes", 1)));
        check(&["はい", "いいえ", "はい"], None, Ok(("はい", 2)));
        check(&["TRUE", "FALSE", "true"], None, Ok(("TRUE", 2)));
        check(&["1", "0", "1.0", "n/a"], None, Ok(("1", 2)));
        check(&["2", "1", "1"], None, Ok(("2", 1)));
        check(&["stayed", "left", "stayed"], None, Ok(("left", 1)));
        check(&["stayed", "left", "stayed"], Some("stayed"), Ok(("stayed", 2)));
    }

    #[test]
    fn what_is_no_target_is_refused() {
        check(&["", "-"], None, Err("empty in all rows"));
        check(&["yes", "yes"], None, Err("everywhere"));
        check(&["a", "b", "c"], None, Err("3 different values"));
        check(&["a", "b"], Some("c"), Err("never `c`"));
    }
}
