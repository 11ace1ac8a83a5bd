//! `nobishiro model nps`: the score of each group of answers, how sure it is, whether it moves, and what goes with
//! promoters.

mod drivers;
mod periods;
mod words;

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use models::nps::{RESPONSES_FEW, Responses};

use super::sheet::{File, Sheet};
use super::summary::Summary;
use super::table::{Column, Table};
pub use periods::Length;

/// Which columns say what.
#[derive(Debug, Clone)]
pub struct Columns {
    /// The answer, 0 to 10.
    pub score: String,
    /// What to group by.
    pub by: Option<String>,
    /// When it was given.
    pub at: Option<String>,
    /// How long a period is; chosen by how many answers there are where it is not said.
    pub period: Option<Length>,
    /// What was written beside it.
    pub comment: Option<String>,
    /// What may go with promoters; all columns that are not named otherwise where it is not said.
    pub attributes: Option<Vec<String>>,
    /// What is no attribute.
    pub ignore: Vec<String>,
}

/// The answers that were given, with the row of each.
pub(super) struct Answers {
    rows: Vec<usize>,
    scores: Vec<f64>,
}

/// Counts the answers of each group and of all, and says what goes with them.
pub fn run(file: &File, columns: &Columns) -> Result<(Table, Summary)> {
    let sheet = read(file, columns)?;
    let answers = answers(&sheet, &columns.score)?;
    let mut all = Responses::default();
    for score in &answers.scores {
        all.count(*score).context("an answer")?;
    }
    let groups = groups(&sheet, columns.by.as_deref(), &answers)?;
    let mut rows: Vec<(String, Responses)> = vec![("all".to_owned(), all)];
    rows.extend(groups);
    let mut summary = Summary::default()
        .with("responses", all.total())
        .with("unanswered", sheet.rows() - answers.rows.len())
        .with("nps", all.score())
        .with("interval", all.interval().map(|(lower, upper)| vec![lower, upper]))
        .with("warnings", warnings(&rows, &answers));
    if let Some(at) = &columns.at {
        summary = periods::say(summary, &sheet.days(at)?, columns.period, &answers);
    }
    summary = drivers::say(summary, &sheet, columns, &answers)?;
    Ok((table(&rows), summary))
}

fn read(file: &File, columns: &Columns) -> Result<Sheet> {
    let named = [Some(&columns.score), columns.by.as_ref(), columns.at.as_ref()];
    let mut wanted: Vec<&str> = Vec::new();
    let lists = [columns.attributes.as_deref(), Some(&columns.ignore)];
    let lists = lists.into_iter().flatten().flatten();
    for name in named.into_iter().flatten().chain(columns.comment.as_ref()).chain(lists) {
        file.position(name)?;
        if !wanted.contains(&name.as_str()) {
            wanted.push(name);
        }
    }
    if columns.attributes.is_none() {
        wanted.extend(file.columns().iter().map(String::as_str));
        let mut seen = std::collections::BTreeSet::new();
        wanted.retain(|name| seen.insert(*name));
    }
    file.read(&wanted)
}

fn answers(sheet: &Sheet, column: &str) -> Result<Answers> {
    let mut answers = Answers { rows: Vec::new(), scores: Vec::new() };
    for (row, score) in sheet.numbers(column)?.into_iter().enumerate() {
        let Some(score) = score else { continue };
        Responses::default().count(score).with_context(|| {
            format!("{}: an answer is a whole number from 0 to 10, not {score}", sheet.place(row))
        })?;
        answers.rows.push(row);
        answers.scores.push(score);
    }
    if answers.rows.is_empty() {
        bail!("no row has an answer in `{column}`: all {} are empty", sheet.rows());
    }
    Ok(answers)
}

fn groups(
    sheet: &Sheet,
    by: Option<&str>,
    answers: &Answers,
) -> Result<BTreeMap<String, Responses>> {
    let mut counted: BTreeMap<String, Responses> = BTreeMap::new();
    let Some(by) = by else { return Ok(counted) };
    let names = sheet.text(by)?;
    for (row, score) in answers.rows.iter().zip(&answers.scores) {
        if let Some(name) = &names[*row] {
            counted.entry(name.clone()).or_default().count(*score).context("an answer")?;
        }
    }
    Ok(counted)
}

fn warnings(rows: &[(String, Responses)], answers: &Answers) -> Vec<String> {
    let mut warnings = Vec::new();
    let (all, groups) = (rows[0].1, &rows[1..]);
    if all.total() < RESPONSES_FEW {
        warnings.push(format!(
            "{} answers are few: the score may be anywhere in its interval; below {RESPONSES_FEW} compare nothing with it",
            all.total()
        ));
    }
    let few = groups.iter().filter(|(_, it)| it.total() < RESPONSES_FEW).count();
    if few > 0 {
        warnings.push(format!(
            "{few} of {} groups have fewer than {RESPONSES_FEW} answers; look at their intervals, not at their scores",
            groups.len()
        ));
    }
    if answers.scores.iter().all(|score| *score <= 5.0) {
        warnings.push(
            "no answer is above 5: the question is asked on a scale from 0 to 10, and this looks like another".into(),
        );
    }
    warnings
}

fn table(rows: &[(String, Responses)]) -> Table {
    let count = |pick: fn(Responses) -> u64| -> Column {
        rows.iter()
            .map(|(_, it)| i64::try_from(pick(*it)).unwrap_or(i64::MAX))
            .collect::<Vec<_>>()
            .into()
    };
    let number = |pick: fn(Responses) -> Option<f64>| {
        Column::Number(rows.iter().map(|(_, it)| pick(*it)).collect())
    };
    Table::default()
        .with("group", rows.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>())
        .with("responses", count(Responses::total))
        .with("promoters", count(|it| it.promoters))
        .with("passives", count(|it| it.passives))
        .with("detractors", count(|it| it.detractors))
        .with("nps", number(Responses::score))
        .with("lower", number(|it| it.interval().map(|ends| ends.0)))
        .with("upper", number(|it| it.interval().map(|ends| ends.1)))
}
