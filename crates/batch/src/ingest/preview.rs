//! What would become of a file's first rows, and the rows at some lines as they stand in it.
//!
//! Nothing is stored: pages show it before a file is taken, and where rows of it were refused.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Result, bail};
use arrow::array::{Array as _, AsArray as _, RecordBatch};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use domain::canonical::{Column, Kind, entity};
use domain::money::Currency;
use domain::time::{Day, Instant, Zone};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::cells::{Around, texts};
use super::conform::Terms;
use super::convert::{Conversion, Converted, Rule};
use super::issues::{Issue, Severity};
use super::joins;
use super::lines::Lines;
use super::lookup::Lookups;
use super::mapping::{Mapping, Stated};
use super::plan::{self, FileJob, InputFile, Job, Other};
use super::reader::{RawBatch, shortened};
use super::sink::Canonical;
use super::verbs;

/// Rows that are looked at.
const ROWS: usize = 500;
/// Rows that are shown.
const SHOWN: usize = 5;
/// Issues that are shown.
const ISSUES: usize = 50;

/// What values are read under.
#[derive(Debug, Clone)]
pub struct Circumstances {
    /// The day on which it is done.
    pub today: Day,
    /// The workspace's currency.
    pub currency: Currency,
    /// The workspace's zone.
    pub zone: Zone,
}

/// What would become of the first rows of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Why it cannot be taken.
    pub error: Option<String>,
    /// Why it gives no rows of its own.
    pub left_out: Option<String>,
    /// Worth knowing about the file as a whole.
    pub notes: Vec<String>,
    /// The tables that its rows go into.
    pub tables: Vec<PreviewTable>,
}

/// The rows of one table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewTable {
    /// The table.
    pub table: String,
    /// Its columns that have values here.
    pub columns: Vec<String>,
    /// The first rows, as they would be taken.
    pub rows: Vec<Vec<String>>,
    /// Rows that were looked at.
    pub read: u64,
    /// How many of those would be refused.
    pub refused: u64,
    /// What is to be said about them.
    pub issues: Vec<IssueAt>,
}

/// Something about one row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueAt {
    /// Its line.
    pub line: u32,
    /// The column.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What is wrong, and how to mend it.
    pub reason: String,
    /// Whether the row is refused.
    pub refused: bool,
}

impl From<&Issue> for IssueAt {
    fn from(issue: &Issue) -> Self {
        Self {
            line: issue.line,
            column: issue.column.clone(),
            value: issue.value.clone(),
            reason: issue.reason.clone(),
            refused: issue.severity == Severity::Error,
        }
    }
}

/// Looks at the first rows of each file, in the order of the files.
pub fn preview(
    files: &[InputFile],
    mapping: Option<&Mapping>,
    around: &Circumstances,
) -> Vec<Preview> {
    let mut plan = plan::plan(files.to_vec(), mapping);
    let (lookups, unread) = joins::read(&plan.needs, files, mapping);
    plan.fail_joined_with(&unread);
    let lookups = Arc::new(lookups);
    let mut found: BTreeMap<String, Preview> = BTreeMap::new();
    for (file, other) in plan.others {
        let mut preview = Preview::default();
        match other {
            Other::Skipped(why) => preview.left_out = Some(why),
            Other::Lookup => preview.left_out = Some("only joined with other files".to_owned()),
            Other::Failed(error) => preview.error = Some(format!("{error:#}")),
        }
        found.insert(file.name, preview);
    }
    for job in plan.jobs {
        let Job::File(job) = job else { continue };
        let name = job.file.name.clone();
        let preview = of_file(*job, &lookups, around).unwrap_or_else(|error| Preview {
            error: Some(format!("{error:#}")),
            ..Preview::default()
        });
        found.insert(name, preview);
    }
    for (file, note) in plan.notes {
        found.entry(file).or_default().notes.push(note);
    }
    files.iter().map(|file| found.remove(&file.name).unwrap_or_default()).collect()
}

fn of_file(job: FileJob, lookups: &Arc<Lookups>, around: &Circumstances) -> Result<Preview> {
    let FileJob { file, source, stated, lets, into, wanted } = job;
    let (seen, terms) = terms(&stated, lookups, around);
    let rules: Vec<Rule> =
        into.into_iter().map(|into| Rule::new(into, &terms, FxHashSet::default())).collect();
    let mut conversion =
        Conversion { file: file.name.as_str().into(), around: seen, terms, lets, rules };
    let mut first = None;
    source.read(&wanted, &mut |raw| {
        first = Some(head(raw));
        false
    })?;
    let Some(raw) = first else { return Ok(Preview::default()) };
    let converted = conversion.batch(raw)?;
    let mut preview = Preview::default();
    for rule in &conversion.rules {
        let name = rule.into.entity.name;
        let part = PreviewTable {
            table: name.to_owned(),
            columns: rule.into.columns.iter().map(|(name, _)| (*name).to_owned()).collect(),
            read: rule.tally.rows_read,
            refused: rule.tally.refused,
            ..PreviewTable::default()
        };
        match preview.tables.iter_mut().find(|table| table.table == name) {
            Some(table) => table.refused += part.refused,
            None => preview.tables.push(part),
        }
    }
    for Converted { rows, issues } in converted {
        let Some(table) = preview.tables.iter_mut().find(|it| it.table == rows.entity.name) else {
            continue;
        };
        let room = ISSUES.saturating_sub(table.issues.len());
        table.issues.extend(issues.iter().take(room).map(IssueAt::from));
        let room = SHOWN.saturating_sub(table.rows.len());
        let shown =
            (0..rows.batch.num_rows().min(room)).map(|at| texts_of(&rows, table, (at, around)));
        let shown: Vec<Vec<String>> = shown.collect();
        table.rows.extend(shown);
    }
    Ok(preview)
}

/// The first rows of a batch.
fn head(raw: RawBatch) -> RawBatch {
    let rows = raw.batch.num_rows().min(ROWS);
    let last = if rows == 0 { u32::MAX } else { raw.lines.line(rows - 1) };
    let lines = match raw.lines {
        Lines::Each(mut lines) => {
            lines.truncate(rows);
            Lines::Each(lines)
        }
        from @ Lines::From(_) => from,
    };
    let bad = raw.bad.into_iter().filter(|bad| bad.line <= last).collect();
    RawBatch { batch: raw.batch.slice(0, rows), lines, bad, bytes_done: raw.bytes_done }
}

fn terms(stated: &Stated, lookups: &Arc<Lookups>, around: &Circumstances) -> (Around, Terms) {
    let zone = stated.zone.clone().unwrap_or_else(|| around.zone.clone());
    let terms = Terms {
        zone: zone.clone(),
        currency: stated.currency.unwrap_or(around.currency),
        workspace_currency: around.currency,
        versions_by_snapshot: false,
        today: around.today,
    };
    (Around { snapshot: stated.snapshot_on, zone, lookups: Arc::clone(lookups) }, terms)
}

/// A canonical row as people read it.
fn texts_of(
    rows: &Canonical,
    table: &PreviewTable,
    (row, around): (usize, &Circumstances),
) -> Vec<String> {
    let text = |name: &String| {
        let at = rows.entity.columns.iter().position(|column| column.name == name)?;
        text_of(&rows.batch, (at, &rows.entity.columns[at]), (row, around))
    };
    table.columns.iter().map(|name| text(name).unwrap_or_default()).collect()
}

fn text_of(
    batch: &RecordBatch,
    (at, column): (usize, &Column),
    (row, around): (usize, &Circumstances),
) -> Option<String> {
    let array = batch.column(at);
    if array.is_null(row) {
        return None;
    }
    let whole = || array.as_primitive_opt::<Int64Type>().map(|all| all.value(row));
    match column.kind {
        Kind::Amount => {
            let own = batch.column_by_name("currency").and_then(|c| c.as_string_opt::<i32>());
            let own = own.filter(|codes| codes.is_valid(row)).map(|codes| codes.value(row));
            let currency = own.and_then(Currency::parse).unwrap_or(around.currency);
            whole().map(|minor| currency.display(minor))
        }
        Kind::Instant => {
            let at = array.as_primitive_opt::<TimestampMicrosecondType>()?.value(row);
            Some(around.zone.clock_text(Instant(at)))
        }
        Kind::Flag => whole().map(|flag| if flag == 1 { "true" } else { "false" }.to_owned()),
        _ => Some(shortened(texts(&array.slice(row, 1)).value(0))),
    }
}

/// The table that a file is named after, if it has the columns.
pub(crate) fn canonical_table(file: &InputFile) -> Option<&'static str> {
    let table = entity(file.bare().split('.').next().unwrap_or_default())?;
    let plan = plan::plan(vec![file.clone()], None);
    plan.jobs.iter().any(|job| matches!(job, Job::File(_))).then_some(table.name)
}

/// Rows of a file as they stand in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawRows {
    /// The columns of the file.
    pub columns: Vec<String>,
    /// The lines asked for that could be read, each with its values.
    pub rows: BTreeMap<u32, Vec<String>>,
    /// Of which columns of the file each column of each table is made: table, column, positions.
    pub made_of: Vec<(String, String, Vec<usize>)>,
}

/// Reads the rows at some lines.
pub fn rows_at(
    file: &InputFile,
    mapping: Option<&Mapping>,
    lines: &BTreeSet<u32>,
) -> Result<RawRows> {
    let mut plan = plan::plan(vec![file.clone()], mapping);
    let job = plan.jobs.drain(..).find_map(|job| match job {
        Job::File(job) => Some(*job),
        Job::Inline(_) => None,
    });
    let Some(job) = job else { bail!("{} gives no rows", file.name) };
    let columns = job.source.columns().to_vec();
    let made_of = made_of(&job, &columns);
    let wanted: Vec<usize> = (0..columns.len()).collect();
    let mut rows: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    job.source.read(&wanted, &mut |raw| {
        let found: Vec<(usize, u32)> = (0..raw.batch.num_rows())
            .map(|row| (row, raw.lines.line(row)))
            .filter(|(_, line)| lines.contains(line))
            .collect();
        if !found.is_empty() {
            let cells: Vec<_> = raw.batch.columns().iter().map(texts).collect();
            for (row, line) in found {
                let text = |column: &arrow::array::StringArray| {
                    if column.is_null(row) { String::new() } else { column.value(row).to_owned() }
                };
                rows.insert(line, cells.iter().map(text).collect());
            }
        }
        rows.len() < lines.len()
    })?;
    Ok(RawRows { columns, rows, made_of })
}

fn made_of(job: &FileJob, columns: &[String]) -> Vec<(String, String, Vec<usize>)> {
    let lets: BTreeMap<&str, &Arc<dyn verbs::Verb>> =
        job.lets.iter().map(|(name, verb)| (name.as_str(), verb)).collect();
    let mut made = Vec::new();
    for rule in &job.into {
        for (name, verb) in &rule.columns {
            let mut found = BTreeSet::new();
            let mut open: Vec<&Arc<dyn verbs::Verb>> = vec![verb];
            let mut steps = 0;
            while let Some(verb) = open.pop() {
                steps += 1;
                verbs::walk(verb, &mut |part| {
                    for needed in part.columns() {
                        if let Some(at) = columns.iter().position(|column| *column == needed) {
                            found.insert(at);
                        } else if let Some(named) = lets.get(needed.as_str())
                            && steps < 100
                        {
                            open.push(named);
                        }
                    }
                });
            }
            let positions = found.into_iter().collect();
            made.push((rule.entity.name.to_owned(), (*name).to_owned(), positions));
        }
    }
    made
}
