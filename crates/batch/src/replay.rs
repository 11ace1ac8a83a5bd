//! A run's plan stage repeated from what the run was given: the same bytes, or what differs.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use arrow::array::RecordBatch;
use arrow::util::display::array_value_to_string;
use domain::money::Currency;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::artefact::{Rows, read_rows};
use crate::plan::again::Again;
use crate::plan::artefacts;
use crate::plan::inputs::{self, Frame};

/// What came of a replay.
#[derive(Debug, Clone, Serialize)]
pub struct Replayed {
    /// The run.
    pub run_id: String,
    /// Its day.
    pub as_of: String,
    /// The version that made the run.
    pub version: String,
    /// The version that repeated it.
    pub this_version: String,
    /// The run's policy: its published version.
    pub policy_version: Option<i64>,
    /// The run's seed.
    pub seed: u64,
    /// Decisions repeated.
    pub decisions: usize,
    /// Whether every byte is the same.
    pub same: bool,
    /// How many cells differ.
    pub differing: usize,
    /// What differs: the first thousand.
    pub differences: Vec<Difference>,
    /// One decision with its inputs, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<OfDecision>,
}

/// One cell that differs, or a row that only one of both has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The account's surrogate key.
    pub account_key: String,
    /// The offer.
    pub offer_id: String,
    /// Which column; empty where the whole row is missing on one side.
    pub column: String,
    /// As the run recorded it.
    pub recorded: String,
    /// As it is now.
    pub replayed: String,
}

/// One decision with its inputs.
#[derive(Debug, Clone, Serialize)]
pub struct OfDecision {
    /// As the run recorded it, by column.
    pub recorded: Map<String, Value>,
    /// As it is now, by column.
    pub replayed: Map<String, Value>,
    /// The account's facts.
    pub facts: Value,
    /// What was recommended to it.
    pub recommendations: Value,
    /// The offer's odds.
    pub odds: Value,
    /// Hours by week of the pools.
    pub staff: Value,
}

/// Cells that are listed.
const LISTED: usize = 1_000;

/// The file of a repeated plan while it is compared.
struct Beside(PathBuf);

impl Drop for Beside {
    fn drop(&mut self) {
        // What cannot be removed is overwritten by the next replay.
        let _ = fs::remove_file(&self.0);
    }
}

/// Repeats the plan of the run in this folder.
pub fn replay(runs: &Path, run_id: &str, decision: Option<&str>) -> Result<Replayed> {
    let folder = runs.join(run_id);
    let frame = Frame::read(&folder)?;
    let policy = frame.policy()?;
    let currency = Currency::parse(&frame.currency).context("the run has a currency")?;
    let recorded = folder.join("decisions.parquet");
    let beside = Beside(folder.join(format!("replayed.{}.parquet", std::process::id())));
    let mut decisions = 0;
    let schema = artefacts::decision_rows(&[], currency)?.schema();
    let mut rows = Rows::create(&beside.0, &schema)?;
    Again { folder: &folder, frame: &frame, policy: &policy }.plan(|decided| {
        decisions += decided.iter().map(Vec::len).sum::<usize>();
        rows.write(artefacts::decision_rows(decided, currency)?)
    })?;
    rows.finish()?;
    let same = same_bytes(&recorded, &beside.0)?;
    let mut replayed = Replayed {
        run_id: run_id.to_owned(),
        as_of: frame.as_of.to_string(),
        version: frame.version.clone(),
        this_version: env!("CARGO_PKG_VERSION").to_owned(),
        policy_version: frame.policy_version,
        seed: frame.seed,
        decisions,
        same,
        differing: 0,
        differences: Vec::new(),
        decision: None,
    };
    if !same {
        compare(&recorded, &beside.0, &mut replayed)?;
    }
    if let Some(play) = decision {
        replayed.decision = Some(of_decision(&folder, &frame, (play, &recorded, &beside.0))?);
    }
    Ok(replayed)
}

fn same_bytes(one: &Path, other: &Path) -> Result<bool> {
    let open = |path: &Path| -> Result<BufReader<File>> {
        let file =
            File::open(path).with_context(|| format!("could not read {}", path.display()))?;
        Ok(BufReader::with_capacity(1 << 20, file))
    };
    if fs::metadata(one).ok().map(|it| it.len()) != fs::metadata(other).ok().map(|it| it.len()) {
        return Ok(false);
    }
    let (one, other) = (open(one)?.bytes(), open(other)?.bytes());
    for (a, b) in one.zip(other) {
        if a? != b? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The rows of decisions as text, in the order of the file.
struct Cells {
    batches: Box<dyn Iterator<Item = Result<RecordBatch>>>,
    batch: Option<RecordBatch>,
    row: usize,
}

impl Cells {
    fn of(path: &Path) -> Result<Self> {
        Ok(Self { batches: Box::new(read_rows(path)?), batch: None, row: 0 })
    }

    /// The next row: names of columns with values; empty ones are missing.
    fn next(&mut self) -> Result<Option<Vec<(String, String)>>> {
        loop {
            if let Some(batch) = &self.batch
                && self.row < batch.num_rows()
            {
                let schema = batch.schema();
                let names = schema.fields().iter().map(|field| field.name().clone());
                let values = batch.columns().iter().map(|it| array_value_to_string(it, self.row));
                let cells = names.zip(values).map(|(name, value)| Ok((name, value?)));
                let cells = cells.collect::<Result<Vec<_>>>()?;
                self.row += 1;
                return Ok(Some(cells));
            }
            match self.batches.next() {
                Some(batch) => (self.batch, self.row) = (Some(batch?), 0),
                None => return Ok(None),
            }
        }
    }
}

fn cell<'a>(row: &'a [(String, String)], name: &str) -> &'a str {
    row.iter().find(|(column, _)| column == name).map_or("", |(_, value)| value)
}

fn place(row: &[(String, String)]) -> (i64, String) {
    let key = cell(row, "account_key").parse().unwrap_or(i64::MAX);
    (key, cell(row, "offer_id").to_owned())
}

/// Goes through both files side by side: they are sorted by account and offer.
fn compare(recorded: &Path, replayed: &Path, found: &mut Replayed) -> Result<()> {
    let (mut before, mut after) = (Cells::of(recorded)?, Cells::of(replayed)?);
    let (mut one, mut other) = (before.next()?, after.next()?);
    loop {
        let order = match (&one, &other) {
            (None, None) => return Ok(()),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(a), Some(b)) => place(a).cmp(&place(b)),
        };
        if let (Some(a), Some(b), true) = (&one, &other, order.is_eq()) {
            for ((column, was), (_, is)) in a.iter().zip(b).filter(|(a, b)| a != b) {
                found.differs(a, column, (was, is));
            }
        } else if let Some(row) = one.as_ref().filter(|_| order.is_lt()) {
            found.differs(row, "", (cell(row, "fate"), ""));
        } else if let Some(row) = other.as_ref().filter(|_| order.is_gt()) {
            found.differs(row, "", ("", cell(row, "fate")));
        }
        if order.is_le() {
            one = before.next()?;
        }
        if order.is_ge() {
            other = after.next()?;
        }
    }
}

impl Replayed {
    fn differs(&mut self, row: &[(String, String)], column: &str, (was, is): (&str, &str)) {
        self.differing += 1;
        if self.differences.len() < LISTED {
            self.differences.push(Difference {
                account_key: cell(row, "account_key").to_owned(),
                offer_id: cell(row, "offer_id").to_owned(),
                column: column.to_owned(),
                recorded: was.to_owned(),
                replayed: is.to_owned(),
            });
        }
    }
}

fn of_decision(
    folder: &Path,
    frame: &Frame,
    (play, recorded, replayed): (&str, &Path, &Path),
) -> Result<OfDecision> {
    let find = |path: &Path| -> Result<Option<Vec<(String, String)>>> {
        let mut cells = Cells::of(path)?;
        while let Some(row) = cells.next()? {
            if cell(&row, "play_id") == play {
                return Ok(Some(row));
            }
        }
        Ok(None)
    };
    let (was, is) = (find(recorded)?, find(replayed)?);
    let Some(any) = was.as_ref().or(is.as_ref()) else {
        bail!("the run decided nothing about a play `{play}`; `nobishiro plays` lists plays");
    };
    let (key, offer) = place(any);
    let given = inputs::read_one(folder, key)?
        .with_context(|| format!("inputs.parquet has no account {key}"))?;
    let odds = given.odds.iter().find(|(of, _)| *of == offer).map(|(_, odds)| odds.clone());
    let shown = |row: Option<Vec<(String, String)>>| -> Map<String, Value> {
        row.into_iter().flatten().map(|(name, value)| (name, Value::String(value))).collect()
    };
    Ok(OfDecision {
        recorded: shown(was),
        replayed: shown(is),
        facts: inputs::json(&given.facts),
        recommendations: inputs::json(&given.found),
        odds: inputs::json(&odds),
        staff: inputs::json(&frame.staff),
    })
}
