//! `nobishiro model propensity`: how likely each row is a yes, and why.

mod said;
mod target;

use anyhow::{Context, Result, bail};
use models::learn::Frame;
use models::learn::learner::Contributions;
use models::propensity::{self, Alone, Propensity};

use super::attributes::Attributes;
use super::sheet::{File, Sheet};
use super::summary::Summary;
use super::table::Table;
use target::Target;

/// Reasons that a row is given at most.
const REASONS: usize = 3;
/// Log odds below which a column is no reason.
const REASON_LEAST: f64 = 0.05;
/// Characters of a value that a reason shows at most.
const VALUE_SHOWN: usize = 40;

/// Which columns say what.
#[derive(Debug, Clone)]
pub struct Columns {
    /// What is to be foretold, in two values.
    pub target: String,
    /// The value of it that counts as yes, where that is not plain.
    pub positive: Option<String>,
    /// What identifies a row of the file that is scored.
    pub id: Option<String>,
    /// What is not to be learnt from.
    pub ignore: Vec<String>,
}

/// Learns from one file and scores the rows of another.
pub fn run(
    (train, score): (&File, &File),
    columns: &Columns,
    seed: u64,
) -> Result<(Table, Summary)> {
    let learnt = Learnt::of(train, columns)?;
    learnt.attributes.check(score)?;
    let mut wanted = learnt.attributes.names();
    wanted.extend(columns.id.as_deref());
    let others = score.read(&wanted)?;
    let ids = match &columns.id {
        Some(id) => others.keys(id)?,
        None => (1..=others.rows()).map(|row| row.to_string()).collect(),
    };
    let all: Vec<usize> = (0..others.rows()).collect();
    let frame = learnt.attributes.frame(&learnt.sheet, &learnt.rows)?;
    let other_frame = learnt.attributes.frame(&others, &all)?;
    let model = propensity::train(&frame, &learnt.target.ones, seed)
        .with_context(|| format!("`{}` of {} cannot be learnt", columns.target, train.name()))?;
    let alone = propensity::alone(&frame, &learnt.target.ones, seed);
    let parts = model.contributions(&other_frame);
    let table = Table::default()
        .with("id", ids)
        .with("probability", model.predict(&other_frame))
        .with("reasons", reasons(&learnt.attributes, &others, &parts)?);
    Ok((table, said::summary(&learnt, &Found { model, alone, parts, scored: other_frame })))
}

/// What was learnt, for the summary.
struct Found {
    model: Propensity,
    alone: Vec<Alone>,
    parts: Contributions,
    scored: Frame,
}

/// What the training file holds.
struct Learnt {
    sheet: Sheet,
    attributes: Attributes,
    /// Rows with a target.
    rows: Vec<usize>,
    target: Target,
}

impl Learnt {
    fn of(train: &File, columns: &Columns) -> Result<Self> {
        train.position(&columns.target)?;
        for name in &columns.ignore {
            train.position(name).context("--ignore")?;
        }
        let sheet = train.read_all()?;
        let aside = |name: &&str| {
            *name == columns.target
                || columns.ignore.iter().any(|it| it == name)
                || columns.id.as_deref() == Some(*name)
        };
        let (target, rows) = Target::read(&sheet, &columns.target, columns.positive.as_deref())?;
        let names: Vec<&str> = train.columns().iter().map(String::as_str).collect();
        let names: Vec<&str> = names.into_iter().filter(|name| !aside(name)).collect();
        let attributes = Attributes::of(&sheet, &names, &rows)?;
        if attributes.names().is_empty() {
            let why = attributes.left_out().iter().map(|(name, why)| format!("`{name}`: {why}"));
            let why: Vec<String> = why.collect();
            bail!(
                "{} has no column to learn from beside `{}`{}{}",
                train.name(),
                columns.target,
                if why.is_empty() { "" } else { "; " },
                why.join("; ")
            );
        }
        Ok(Self { sheet, attributes, rows, target })
    }
}

/// The columns that say most of each row, with its values: "plan=Basic +0.8; seats=93 +0.5". The figures are log odds.
fn reasons(attributes: &Attributes, sheet: &Sheet, parts: &Contributions) -> Result<Vec<String>> {
    let names = attributes.names();
    let texts: Vec<Vec<Option<String>>> =
        names.iter().map(|name| sheet.text(name)).collect::<Result<_>>()?;
    let row_reasons = |row: usize| {
        let mut order: Vec<usize> = (0..names.len()).collect();
        let size = |column: &usize| parts.columns[*column][row].abs();
        order.retain(|column| size(column) >= REASON_LEAST);
        order.sort_by(|a, b| size(b).total_cmp(&size(a)).then(a.cmp(b)));
        let said = order.into_iter().take(REASONS).map(|column| {
            let value = texts[column][row].as_deref().map_or_else(|| "-".to_owned(), shown);
            format!("{}={value} {:+.2}", names[column], parts.columns[column][row])
        });
        said.collect::<Vec<_>>().join("; ")
    };
    Ok((0..sheet.rows()).map(row_reasons).collect())
}

/// A value, cut where it is long, on one line.
fn shown(value: &str) -> String {
    let line = value.replace(['\n', '\r'], " ");
    if line.chars().count() <= VALUE_SHOWN {
        return line;
    }
    line.chars().take(VALUE_SHOWN).chain(['…']).collect()
}
