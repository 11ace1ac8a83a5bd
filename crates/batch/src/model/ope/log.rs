//! The log: who was shown what with which probability, and what came of it.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail};
use models::ope::policy::{ROWS_MIN, SparseRows};

use super::super::sheet::{File, Sheet};
use super::{Columns, context};

/// The log as the file writes it.
pub(super) struct Logged {
    pub(super) file: String,
    pub(super) actions: Vec<String>,
    pub(super) positions: Option<Vec<String>>,
    pub(super) rewards: Vec<f64>,
    pub(super) probabilities: Vec<f64>,
    pub(super) context: SparseRows,
}

pub(super) fn read(file: &File, target: &File, columns: &Columns) -> Result<Logged> {
    let Columns { action, reward, probability, position, context } = columns;
    let mut wanted = vec![action.as_str(), reward, probability];
    wanted.extend(position.as_deref());
    for (at, name) in wanted.iter().enumerate() {
        if wanted[..at].contains(name) {
            bail!(
                "`{name}` is given for two things; action, reward, probability and position differ"
            );
        }
    }
    for name in context {
        // What comes after the action, or with it, explains nothing that was known before.
        if wanted.contains(&name.as_str()) {
            bail!(
                "--context names `{name}`, which is no context: it is the action, the reward, its \
                   probability or the position"
            );
        }
        wanted.push(name);
    }
    let sheet = file.read(&wanted)?;
    if sheet.rows() < ROWS_MIN {
        bail!("{} has {} rows; an evaluation needs at least {ROWS_MIN}", file.name(), sheet.rows());
    }
    if file.path() == target.path() {
        bail!(
            "--log and --target are the same file; the target has columns action and probability"
        );
    }
    Ok(Logged {
        file: file.name(),
        actions: sheet.keys(action)?,
        positions: position.as_ref().map(|name| sheet.keys(name)).transpose()?,
        rewards: rewards(&sheet, reward, &file.name())?,
        probabilities: probabilities(&sheet, probability)?,
        context: context::read(&sheet, context)?,
    })
}

fn rewards(sheet: &Sheet, column: &str, file: &str) -> Result<Vec<f64>> {
    let read = match flags(sheet, column)? {
        Some(flags) => flags,
        None => sheet.numbers(column)?,
    };
    let told = |(row, value): (usize, Option<f64>)| {
        value.with_context(|| {
            format!(
                "{}: the reward `{column}` is missing; write 0 where nothing came",
                sheet.place(row)
            )
        })
    };
    let rewards: Vec<f64> = read.into_iter().enumerate().map(told).collect::<Result<_>>()?;
    if rewards.iter().all(|reward| (reward - rewards[0]).abs() < f64::EPSILON) {
        bail!(
            "{file}: every reward in `{column}` is {}; where nothing differs there is nothing to evaluate. Is it \
             the right column, and are the rows without a reward in the log, too?",
            rewards[0]
        );
    }
    Ok(rewards)
}

/// Words for yes and no as one and zero, where a column has nothing else.
fn flags(sheet: &Sheet, column: &str) -> Result<Option<Vec<Option<f64>>>> {
    let texts = sheet.text(column)?;
    let said: BTreeSet<String> = texts.iter().flatten().map(|text| text.to_lowercase()).collect();
    let flag = |text: &str| match text {
        "true" | "yes" | "y" | "t" | "はい" | "有" => Some(1.0),
        "false" | "no" | "n" | "f" | "いいえ" | "無" => Some(0.0),
        _ => None,
    };
    if said.is_empty() || !said.iter().all(|text| flag(text).is_some()) {
        return Ok(None);
    }
    let read = |text: Option<String>| text.and_then(|text| flag(&text.to_lowercase()));
    Ok(Some(texts.into_iter().map(read).collect()))
}

fn probabilities(sheet: &Sheet, column: &str) -> Result<Vec<f64>> {
    let told = |(row, value): (usize, Option<f64>)| {
        let place = || sheet.place(row);
        let value = value.with_context(|| {
            format!("{}: `{column}` is missing; every logged action needs the probability with which it was \
                     taken", place())
        })?;
        if value == 0.0 {
            bail!(
                "{}: `{column}` is 0, but the action was taken. An action of probability zero cannot have been: \
                 log the probability at the moment of choice, or leave the row out",
                place()
            );
        }
        if !(0.0..=1.0).contains(&value) {
            bail!(
                "{}: `{column}` is {value}; a probability is above 0 and at most 1 (percentages: divide by 100)",
                place()
            );
        }
        Ok(value)
    };
    sheet.numbers(column)?.into_iter().enumerate().map(told).collect()
}
