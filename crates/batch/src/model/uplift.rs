//! `nobishiro model uplift`: whom a treatment moves.

pub(super) mod arms;
mod said;

use anyhow::{Context, Result, bail};
use models::learn::Task;
pub use models::uplift::Assumption;
use models::uplift::{METHODS, Method, Options, Scored, Study, Trial};

use super::attributes::Attributes;
use super::sheet::{File, Sheet};
use super::summary::Summary;
use super::table::Table;
use arms::{Outcome, Treatment};

/// How often held-out rows are resampled.
const REPLICATES: usize = 500;
/// Pairs of halves for the intervals of rows.
const PAIRS: usize = 10;

/// Which columns say what.
#[derive(Debug, Clone)]
pub struct Columns {
    /// Who was treated.
    pub treatment: String,
    /// The value of it that means treated, where that is not plain.
    pub treated: Option<String>,
    /// What came of it.
    pub outcome: String,
    /// What identifies a row of the file that is scored.
    pub id: Option<String>,
    /// What is not to be learnt from.
    pub ignore: Vec<String>,
}

/// How to learn.
#[derive(Debug, Clone)]
pub struct Manner {
    /// One method by name; all are tried where it is not stated.
    pub method: Option<String>,
    /// How the treated were chosen.
    pub assumption: Assumption,
    /// Of all that is drawn.
    pub seed: u64,
}

/// The names of the methods.
pub fn methods() -> Vec<&'static str> {
    METHODS.iter().map(|(name, _)| *name).collect()
}

/// Learns from one file and scores the rows of another.
pub fn run(
    (train, score): (&File, &File),
    columns: &Columns,
    manner: &Manner,
) -> Result<(Table, Summary)> {
    let methods = chosen(manner)?;
    let learnt = Learnt::of(train, columns)?;
    learnt.attributes.check(score)?;
    let mut wanted = learnt.attributes.names();
    wanted.extend(columns.id.as_deref());
    if wanted.is_empty() {
        wanted.extend(score.columns().first().map(String::as_str));
    }
    let others = score.read(&wanted)?;
    let ids = ids(&others, columns.id.as_deref())?;
    let all: Vec<usize> = (0..others.rows()).collect();
    let other_frame = learnt.attributes.frame(&others, &all)?;
    let options = Options {
        methods,
        assumption: manner.assumption,
        replicates: REPLICATES,
        pairs: PAIRS,
        seed: manner.seed,
    };
    let frame = learnt.attributes.frame(&learnt.sheet, &learnt.rows)?;
    let trial = Trial {
        frame: &frame,
        treated: &learnt.treated,
        outcome: &learnt.outcome,
        task: learnt.task,
    };
    let study = Study::of(&trial, &options).with_context(|| {
        format!("{} does not show the effect of `{}`", train.name(), columns.treatment)
    })?;
    let scored = study.score(&other_frame);
    let summary = said::summary(&study, &learnt, &scored);
    Ok((table(ids, &scored), summary))
}

fn chosen(manner: &Manner) -> Result<Vec<Method>> {
    let Some(wanted) = &manner.method else {
        return Ok(METHODS.iter().map(|(_, method)| *method).collect());
    };
    let found = METHODS.iter().find(|(name, _)| name == wanted);
    let (_, method) = found.with_context(|| {
        format!("there is no method `{wanted}`; there are auto, {}", methods().join(", "))
    })?;
    Ok(vec![*method])
}

/// What the training file holds.
struct Learnt {
    sheet: Sheet,
    attributes: Attributes,
    /// Rows with a treatment and an outcome.
    rows: Vec<usize>,
    treated: Vec<bool>,
    outcome: Vec<f64>,
    task: Task,
    treatment: Treatment,
    outcomes: Outcome,
}

impl Learnt {
    fn of(train: &File, columns: &Columns) -> Result<Self> {
        let told = [&columns.treatment, &columns.outcome];
        if told[0] == told[1] {
            bail!("--treatment and --outcome are both `{}`; they are two columns", told[0]);
        }
        for name in told.into_iter().chain(&columns.ignore) {
            train.position(name)?;
        }
        let sheet = train.read_all()?;
        let treatment = Treatment::read(&sheet, &columns.treatment, columns.treated.as_deref())?;
        let outcomes = Outcome::read(&sheet, &columns.outcome)?;
        let both = |row: &usize| treatment.of[*row].is_some() && outcomes.of[*row].is_some();
        let rows: Vec<usize> = (0..sheet.rows()).filter(both).collect();
        let aside = |name: &str| {
            told.iter().any(|it| *it == name)
                || columns.ignore.iter().any(|it| it == name)
                || columns.id.as_deref() == Some(name)
        };
        let names: Vec<&str> =
            train.columns().iter().map(String::as_str).filter(|name| !aside(name)).collect();
        let attributes = Attributes::of(&sheet, &names, &rows)?;
        Ok(Self {
            treated: rows.iter().filter_map(|row| treatment.of[*row]).collect(),
            outcome: rows.iter().filter_map(|row| outcomes.of[*row]).collect(),
            task: if outcomes.is_binary { Task::Probability } else { Task::Value },
            sheet,
            attributes,
            rows,
            treatment,
            outcomes,
        })
    }
}

fn ids(sheet: &Sheet, id: Option<&str>) -> Result<Vec<String>> {
    match id {
        Some(id) => sheet.keys(id),
        None => Ok((1..=sheet.rows()).map(|row| row.to_string()).collect()),
    }
}

fn table(ids: Vec<String>, scored: &[Scored]) -> Table {
    let column = |of: fn(&Scored) -> f64| scored.iter().map(of).collect::<Vec<f64>>();
    Table::default()
        .with("id", ids)
        .with("uplift", column(|it| it.uplift))
        .with("p_treated", column(|it| it.treated))
        .with("p_control", column(|it| it.control))
        .with("segment", scored.iter().map(|it| it.segment.name().to_owned()).collect::<Vec<_>>())
}
