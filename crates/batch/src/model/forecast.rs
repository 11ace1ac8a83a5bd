//! `nobishiro model forecast`: when each usage series will reach its limit.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use domain::time::Day;
use models::forecast::{Chosen, Crossing, Kind, Reading, Settings, fit};

use super::sheet::{File, Sheet};
use super::summary::{Summary, Value};
use super::table::{Column, Table};

/// Which columns say what.
#[derive(Debug, Clone)]
pub struct Columns {
    /// Whose usage.
    pub account: String,
    /// Of what.
    pub metric: String,
    /// When.
    pub at: String,
    /// How much.
    pub value: String,
    /// How much is included; the last one given of a series counts.
    pub limit: String,
    /// `gauge` or `count`, by metric; gauge where there is no such column.
    pub kind: Option<String>,
}

/// Beyond two years a date says nothing.
const HORIZON_DAYS: f64 = 731.0;
/// A metric with so many series is judged by itself; the others of its kind together.
const OWN_SERIES: usize = 30;

/// One series of the file.
struct Line {
    account: String,
    metric: String,
    readings: Vec<Reading>,
    limit: Option<(Day, f64)>,
    kind: Kind,
    last: Day,
}

/// Fits the file's series and says when each reaches its limit, counted from its own last reading. The chance
/// within 90 days counts from the file's last day.
pub fn run(file: &File, columns: &Columns) -> Result<(Table, Summary)> {
    let (lines, left_out) = lines(file, columns)?;
    let groups = groups(lines.iter().map(|line| (line.metric.as_str(), line.kind == Kind::Count)));
    let as_of = lines.iter().map(|line| line.last).max();
    let mut chosen: BTreeMap<&str, Chosen> = BTreeMap::new();
    for (name, members) in &groups {
        let series: Vec<Vec<Reading>> =
            members.iter().map(|at| lines[*at].readings.clone()).collect();
        let settings = Settings { kind: lines[members[0]].kind, ..Settings::default() };
        chosen.insert(name, fit(&series, settings));
    }
    let mut found: Vec<(usize, Crossing)> = Vec::with_capacity(lines.len());
    for (name, members) in &groups {
        for at in members {
            let line = &lines[*at];
            let Some((_, limit)) = line.limit else { continue };
            let crossing = chosen[name.as_str()].crossing(&line.readings, limit, HORIZON_DAYS);
            found.extend(crossing.map(|crossing| (*at, crossing)));
        }
    }
    found.sort_by_key(|(at, _)| *at);
    let without_limit = lines.iter().filter(|line| line.limit.is_none()).count();
    let reached = found
        .iter()
        .filter(|(at, it)| lines[*at].limit.is_some() && it.quantile(0.1) == Some(0.0))
        .count();
    let summary = Summary::default()
        .with("series", lines.len())
        .with("as_of", as_of.map(|day| day.to_string()))
        .with("reached_already", reached)
        .with("series_without_limit", without_limit)
        .with("rows_without_value", left_out)
        .rows(
            "methods",
            &[
                "series_group",
                "readings_from",
                "method",
                "chosen",
                "cases",
                "loss_to_last_value",
                "cover_p10",
                "cover_p50",
                "cover_p90",
            ],
            judged(&chosen),
        );
    Ok((table(&lines, &found, as_of), summary))
}

fn judged(chosen: &BTreeMap<&str, Chosen>) -> Vec<Vec<Value>> {
    let rows =
        chosen.iter().flat_map(|(name, chosen)| chosen.judged().iter().map(move |row| (name, row)));
    rows.map(|(name, row)| {
        let [p10, p50, p90] = row.coverage;
        vec![
            (*name).into(),
            row.from.into(),
            row.method.into(),
            row.chosen.into(),
            row.cases.into(),
            row.loss.into(),
            p10.into(),
            p50.into(),
            p90.into(),
        ]
    })
    .collect()
}

fn table(lines: &[Line], found: &[(usize, Crossing)], as_of: Option<Day>) -> Table {
    let texts = |pick: fn(&Line) -> &String| -> Vec<String> {
        found.iter().map(|(at, _)| pick(&lines[*at]).clone()).collect()
    };
    let dates = |share: f64| -> Column {
        let date = |(at, crossing): &(usize, Crossing)| {
            #[expect(clippy::cast_possible_truncation, reason = "days within the horizon")]
            let days = crossing.quantile(share)?.ceil() as i32;
            Some(Day(lines[*at].last.0 + days).to_string())
        };
        Column::Text(found.iter().map(date).collect())
    };
    let soon = |(at, crossing): &(usize, Crossing)| {
        let since = as_of.map_or(0, |day| day.0 - lines[*at].last.0);
        crossing.within(f64::from(since) + 90.0)
    };
    Table::default()
        .with("account", texts(|line| &line.account))
        .with("metric", texts(|line| &line.metric))
        .with("crossing_p10", dates(0.1))
        .with("crossing_p50", dates(0.5))
        .with("crossing_p90", dates(0.9))
        .with("p_within_90d", found.iter().map(soon).collect::<Vec<f64>>())
}

/// Series that are judged together, by name: a metric, or the metrics of a kind with few series each. Each series
/// tells its metric, and whether it counts.
pub(crate) fn groups<'a>(
    series: impl Iterator<Item = (&'a str, bool)>,
) -> BTreeMap<String, Vec<usize>> {
    let mut by_metric: BTreeMap<(&str, bool), Vec<usize>> = BTreeMap::new();
    for (at, of) in series.enumerate() {
        by_metric.entry(of).or_default().push(at);
    }
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let single = by_metric.len() == 1;
    for ((metric, counts), members) in by_metric {
        let name = match (members.len() >= OWN_SERIES || single, counts) {
            (true, _) => metric.to_owned(),
            (false, true) => "(other counts)".to_owned(),
            (false, false) => "(other gauges)".to_owned(),
        };
        groups.entry(name).or_default().extend(members);
    }
    groups
}

/// The series in order of account and metric, and how many rows had no value.
fn lines(file: &File, columns: &Columns) -> Result<(Vec<Line>, usize)> {
    let Columns { account, metric, at, value, limit, kind } = columns;
    let mut wanted: Vec<&str> = vec![account, metric, at, value, limit];
    wanted.extend(kind.as_deref());
    wanted.sort_unstable();
    wanted.dedup();
    let sheet = file.read(&wanted)?;
    let (accounts, metrics) = (sheet.keys(account)?, sheet.keys(metric)?);
    let (days, values, limits) = (sheet.days(at)?, sheet.numbers(value)?, sheet.numbers(limit)?);
    let kinds = kinds(&sheet, kind.as_deref())?;
    let mut lines: BTreeMap<(String, String), Line> = BTreeMap::new();
    let mut left_out = 0;
    for (row, (account, metric)) in accounts.into_iter().zip(metrics).enumerate() {
        let Some(day) = days[row] else {
            bail!("{}: `{at}` is empty; fill it in or leave the row out", sheet.place(row));
        };
        let Some(value) = values[row] else {
            left_out += 1;
            continue;
        };
        let kind = kinds[row];
        if kind == Kind::Count && value < 0.0 {
            bail!("{}: a count cannot be below zero, but `{value}` stands there", sheet.place(row));
        }
        if limits[row].is_some_and(|limit| limit <= 0.0) {
            bail!(
                "{}: a limit is above zero; leave it empty where there is none",
                sheet.place(row)
            );
        }
        let line = lines.entry((account.clone(), metric.clone())).or_insert_with(|| Line {
            account,
            metric,
            readings: Vec::new(),
            limit: None,
            kind,
            last: day,
        });
        line.readings.push(Reading { day: f64::from(day.0), value });
        line.last = line.last.max(day);
        if let Some(limit) = limits[row]
            && line.limit.is_none_or(|(since, _)| day >= since)
        {
            line.limit = Some((day, limit));
        }
    }
    if lines.is_empty() {
        bail!("{}: no row has a value in `{value}`", file.name());
    }
    if lines.values().all(|line| line.limit.is_none()) {
        bail!(
            "{}: no row has a limit in `{limit}`; without one nothing can be reached",
            file.name()
        );
    }
    Ok((lines.into_values().collect(), left_out))
}

fn kinds(sheet: &Sheet, column: Option<&str>) -> Result<Vec<Kind>> {
    let Some(column) = column else { return Ok(vec![Kind::Gauge; sheet.rows()]) };
    let read = |(row, text): (usize, Option<String>)| match text.as_deref() {
        None | Some("gauge") => Ok(Kind::Gauge),
        Some("count") => Ok(Kind::Count),
        Some(other) => bail!("{}: `{column}` is gauge or count, not `{other}`", sheet.place(row)),
    };
    sheet.text(column)?.into_iter().enumerate().map(read).collect()
}
