//! The columns of a file as attributes that a model learns from, whatever they hold.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use models::learn::{Column, Frame, MISSING};

use super::sheet::{File, Kind, Sheet};

/// A text column with more different texts than this, and than half of its rows, is no category.
const TEXTS_MOST: usize = 20;

/// How a column is read.
#[derive(Debug, Clone)]
enum Form {
    Number,
    /// Days before the latest day of training.
    Day {
        latest: i32,
    },
    Levels(BTreeMap<String, u32>),
}

/// Which columns a model learns from and how, so that another file's are read alike.
#[derive(Debug, Clone)]
pub struct Attributes {
    forms: Vec<(String, Form)>,
    left_out: Vec<(String, &'static str)>,
}

impl Attributes {
    /// Looks at these columns in the rows that count. Columns that cannot say anything are left out.
    pub fn of(sheet: &Sheet, names: &[&str], rows: &[usize]) -> Result<Self> {
        let mut it = Self { forms: Vec::new(), left_out: Vec::new() };
        for name in names {
            match form(sheet, name, rows)? {
                Ok(form) => it.forms.push(((*name).to_owned(), form)),
                Err(why) => it.left_out.push(((*name).to_owned(), why)),
            }
        }
        Ok(it)
    }

    /// The columns that are learnt from.
    pub fn names(&self) -> Vec<&str> {
        self.forms.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The columns that are not, and why.
    pub fn left_out(&self) -> &[(String, &'static str)] {
        &self.left_out
    }

    /// Refuses a file that lacks columns.
    pub fn check(&self, file: &File) -> Result<()> {
        let known: BTreeSet<&str> = file.columns().iter().map(String::as_str).collect();
        let lacking: Vec<&str> =
            self.names().into_iter().filter(|name| !known.contains(name)).collect();
        if !lacking.is_empty() {
            let list = lacking.join(",");
            bail!(
                "{} has no column `{}`, which the model learns from; add it, or learn without: --ignore {list}",
                file.name(),
                lacking.join("`, `")
            );
        }
        Ok(())
    }

    /// These rows of a file as a frame.
    pub fn frame(&self, sheet: &Sheet, rows: &[usize]) -> Result<Frame> {
        let mut frame = Frame::new(rows.len());
        for (name, form) in &self.forms {
            frame = frame.with(match form {
                Form::Number => {
                    let values = sheet.numbers(name)?;
                    let value = |row: &usize| values[*row].unwrap_or(f64::NAN);
                    Column::Numbers(rows.iter().map(value).collect())
                }
                Form::Day { latest } => {
                    let days = sheet.days(name)?;
                    let before = |row: &usize| {
                        days[*row].map_or(f64::NAN, |day| f64::from(*latest) - f64::from(day.0))
                    };
                    Column::Numbers(rows.iter().map(before).collect())
                }
                Form::Levels(levels) => {
                    let texts = sheet.text(name)?;
                    let unseen = u32::try_from(levels.len()).unwrap_or(MISSING);
                    let code = |row: &usize| match &texts[*row] {
                        Some(text) => levels.get(text).copied().unwrap_or(unseen),
                        None => MISSING,
                    };
                    Column::Levels(rows.iter().map(code).collect())
                }
            });
        }
        Ok(frame)
    }
}

/// How a column is read, or why it says nothing.
fn form(sheet: &Sheet, name: &str, rows: &[usize]) -> Result<Result<Form, &'static str>> {
    const SAME: &str = "it has one value only";
    Ok(match sheet.kind(name)? {
        Kind::Empty => Err("it has no values"),
        Kind::Number => {
            let values = sheet.numbers(name)?;
            let known: Vec<f64> = rows.iter().filter_map(|row| values[*row]).collect();
            let first = known.first().map(|value| value.to_bits());
            if known.iter().all(|value| Some(value.to_bits()) == first) && known.len() == rows.len()
            {
                Err(SAME)
            } else if counts_rows(known) {
                Err("it numbers the rows")
            } else {
                Ok(Form::Number)
            }
        }
        Kind::Day => {
            let days = sheet.days(name)?;
            let known: Vec<i32> = rows.iter().filter_map(|row| days[*row]).map(|d| d.0).collect();
            match (known.iter().min(), known.iter().max()) {
                (Some(first), Some(latest)) if first < latest || known.len() < rows.len() => {
                    Ok(Form::Day { latest: *latest })
                }
                (None, _) => Err("it has no values"),
                _ => Err(SAME),
            }
        }
        Kind::Text => {
            let texts = sheet.text(name)?;
            let said: BTreeSet<&str> =
                rows.iter().filter_map(|row| texts[*row].as_deref()).collect();
            let empty = rows.iter().any(|row| texts[*row].is_none());
            if said.len() > TEXTS_MOST && 2 * said.len() > rows.len() {
                Err("most rows have a text of their own")
            } else if said.len() + usize::from(empty) < 2 {
                Err(SAME)
            } else {
                let pairs = said.into_iter().zip(0..);
                Ok(Form::Levels(pairs.map(|(text, code)| (text.to_owned(), code)).collect()))
            }
        }
    })
}

/// Whether these are the whole numbers from one on, in some order: an id, which tells nothing of a row.
#[expect(clippy::float_cmp, reason = "whole numbers")]
fn counts_rows(mut known: Vec<f64>) -> bool {
    known.sort_unstable_by(f64::total_cmp);
    known.len() > TEXTS_MOST
        && known.iter().all(|value| value.fract() == 0.0)
        && known.windows(2).all(|pair| pair[1] - pair[0] == 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_read_by_what_they_hold() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.csv");
        let mut text = "番号,種別,same,空,on,key,n\n".to_owned();
        for row in 0..40 {
            let kind = if row % 2 == 0 { "法人" } else { "個人" };
            text +=
                &format!("{row:03},{kind},x,,2026/01/{:02},k{row}-z,{}\n", row % 28 + 1, row * row);
        }
        std::fs::write(&path, text).expect("written");
        let file = File::open(&path).expect("a file");
        let sheet = file.read_all().expect("read");
        let names: Vec<&str> = file.columns().iter().map(String::as_str).collect();
        let rows: Vec<usize> = (0..40).collect();
        let found = Attributes::of(&sheet, &names, &rows).expect("attributes");
        assert_eq!(found.names(), ["種別", "on", "n"]);
        let left: Vec<&str> = found.left_out().iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(left, ["番号", "same", "空", "key"]);
        let frame = found.frame(&sheet, &[0, 1]).expect("a frame");
        assert_eq!(frame.columns()[1], Column::Numbers(vec![27.0, 26.0]));
        let other = folder.path().join("y.csv");
        std::fs::write(&other, "種別,n\n法人,1\n").expect("written");
        let said = found.check(&File::open(&other).expect("a file")).expect_err("lacks `on`");
        assert!(said.to_string().contains("--ignore on"), "{said}");
    }
}
