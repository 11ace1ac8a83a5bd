//! `nobishiro model nps`: the score of each group of answers.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use models::nps::Responses;

use super::sheet::File;
use super::summary::Summary;
use super::table::{Column, Table};

/// Which columns say what.
#[derive(Debug, Clone)]
pub struct Columns {
    /// The answer, 0 to 10.
    pub score: String,
    /// What to group by.
    pub by: Option<String>,
}

/// Counts the answers of each group, and of all.
pub fn run(file: &File, columns: &Columns) -> Result<(Table, Summary)> {
    let wanted: Vec<&str> = [Some(&columns.score), columns.by.as_ref()]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let sheet = file.read(&wanted)?;
    let groups = match &columns.by {
        Some(by) => sheet.text(by)?,
        None => vec![None; sheet.rows()],
    };
    let mut counted: BTreeMap<String, Responses> = BTreeMap::new();
    let mut all = Responses::default();
    let mut unanswered: usize = 0;
    for (row, (score, group)) in sheet.numbers(&columns.score)?.into_iter().zip(groups).enumerate()
    {
        let Some(score) = score else {
            unanswered += 1;
            continue;
        };
        let refused = || {
            format!("{}: an answer is a whole number from 0 to 10, not {score}", sheet.place(row))
        };
        all.count(score).with_context(refused)?;
        if let Some(group) = group {
            counted.entry(group).or_default().count(score).with_context(refused)?;
        }
    }
    let mut rows: Vec<(String, Responses)> = vec![("all".to_owned(), all)];
    rows.extend(counted);
    let count = |pick: fn(Responses) -> u64| -> Column {
        rows.iter()
            .map(|(_, it)| i64::try_from(pick(*it)).unwrap_or(i64::MAX))
            .collect::<Vec<_>>()
            .into()
    };
    let table = Table::default()
        .with("group", rows.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>())
        .with("responses", count(Responses::total))
        .with("promoters", count(|it| it.promoters))
        .with("passives", count(|it| it.passives))
        .with("detractors", count(|it| it.detractors))
        .with("nps", Column::Number(rows.iter().map(|(_, it)| it.score()).collect()));
    let summary = Summary::default()
        .with("responses", all.total())
        .with("unanswered", unanswered)
        .with("nps", all.score());
    Ok((table, summary))
}
