//! What the plan stage of a run was given: `plan.json` for the run as a whole, and `inputs.parquet` with a row per
//! account: its facts, what was recommended to it, and the odds of its candidates.
//!
//! Candidates themselves are not kept: `decide` makes the same ones again of the same facts. Neither are the words
//! of people: a rep's own play has no title here.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::Int64Type;
use decide::candidate::{Odds, Recommendation, Scored};
use decide::candidates;
use decide::catalogue::Catalogue;
use decide::facts::AccountFacts;
use decide::life::Lives;
use decide::look::Look;
use decide::plan::PlanInput;
use decide::policy::Policy;
use domain::time::Day;

use super::keep::{self, Keep};
use super::pools::Staff;
use crate::artefact::{Rows, read_key, read_rows, write_bytes};

/// What the plan of a run rests on beside its accounts.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// The program's version.
    pub version: String,
    /// The day.
    pub as_of: Day,
    /// The seed of every draw.
    pub seed: u64,
    /// The workspace's currency.
    pub currency: String,
    /// The policy's text.
    pub policy: String,
    /// The policy's published version; none of a text that never was published.
    pub policy_version: Option<i64>,
    /// Since when offers were stopped.
    pub stopped: Option<Day>,
    /// Who plans hours.
    pub staff: Staff,
    /// What could be offered.
    pub catalogue: Catalogue,
    /// The plan before, and people's answers.
    pub lives: Lives,
}

keep::fields! {
    Frame {
        version, as_of, seed, currency, policy, policy_version, stopped, staff, catalogue, lives,
    }
}

impl Frame {
    /// The policy of the run.
    pub fn policy(&self) -> Result<Policy> {
        let policy = Policy::parse(&self.policy)
            .context("the run's policy is not one that this program reads")?;
        Ok(Policy { stopped: self.stopped, ..policy })
    }

    /// What the plan is made from, under this policy.
    pub fn input<'a>(&'a self, policy: &'a Policy) -> PlanInput<'a> {
        PlanInput {
            as_of: self.as_of,
            policy,
            catalogue: &self.catalogue,
            pools: self.staff.pools(policy, self.as_of),
            seed: self.seed,
            lives: self.lives.clone(),
        }
    }

    /// Whether no pool has an hour in the weeks ahead.
    pub fn has_no_hours(&self, policy: &Policy) -> bool {
        let pools = self.staff.pools(policy, self.as_of);
        pools.iter().flat_map(|pool| &pool.weeks).all(|(_, hours)| *hours <= 0.0)
    }

    /// `plan.json`.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let mut kept = self.clone();
        for work in kept.lives.under_way.iter_mut().filter(|work| work.offer.is_none()) {
            work.title = domain::words::Words::default();
        }
        write_bytes(&folder.join("plan.json"), keep::text(&kept).as_bytes())
    }

    /// Reads it back.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("plan.json");
        let text = std::fs::read_to_string(&path).with_context(|| {
            format!(
                "could not read {}: the run is of an earlier version, or its folder is gone; `nobishiro run` makes a new one",
                path.display()
            )
        })?;
        keep::parse(&text).with_context(|| format!("{} is damaged", path.display()))
    }
}

/// One account as the plan was given it.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// Its facts.
    pub facts: AccountFacts,
    /// What was recommended to it.
    pub found: Vec<Recommendation>,
    /// The odds of each candidate, by offer.
    pub odds: Vec<(String, Odds)>,
}

/// The candidates of an account with their odds.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidates {
    /// With odds.
    pub scored: Vec<Scored>,
    /// Offers that the run did not score.
    pub without_odds: Vec<String>,
}

impl Given {
    /// The account as the rules look at it.
    pub fn look<'a>(&'a self, frame: &'a Frame, policy: &'a Policy) -> Look<'a> {
        Look { facts: &self.facts, catalogue: &frame.catalogue, policy, as_of: frame.as_of }
    }

    /// The candidates again.
    pub fn candidates(&self, frame: &Frame, policy: &Policy) -> Candidates {
        let mut all = Candidates { scored: Vec::new(), without_odds: Vec::new() };
        for candidate in candidates::generate(&self.look(frame, policy), &self.found) {
            let odds = self.odds.iter().find(|(offer, _)| offer == candidate.offer.as_str());
            match odds {
                Some((_, odds)) => all.scored.push(Scored { candidate, odds: odds.clone() }),
                None => all.without_odds.push(candidate.offer.as_str().to_owned()),
            }
        }
        // Packages have the odds of their parts.
        let packages = candidates::packages(&self.look(frame, policy), &all.scored);
        all.scored.extend(packages);
        all
    }
}

/// The odds of single candidates, by offer.
pub fn odds(scored: &[Scored]) -> Vec<(String, Odds)> {
    let odds = |s: &Scored| (s.candidate.offer.as_str().to_owned(), s.odds.clone());
    scored.iter().filter(|scored| scored.candidate.parts.is_empty()).map(odds).collect()
}

const FILE: &str = "inputs.parquet";
const COLUMNS: [&str; 4] = ["account_key", "facts", "recommendations", "odds"];
/// Accounts of a row group: what a reader of one account decompresses.
const GROUP_ROWS: usize = 1_024;

/// Begins `inputs.parquet`.
pub fn begin(folder: &Path) -> Result<Rows> {
    Rows::in_groups(&folder.join(FILE), &rows(&[])?.schema(), GROUP_ROWS)
}

/// One account as a row of it.
pub struct Row {
    account: i64,
    texts: [String; 3],
}

impl Row {
    /// What the plan is given of an account.
    pub fn of(given: &Given) -> Self {
        let Given { facts, found, odds } = given;
        let texts = [keep::text(facts), keep::text(found), keep::text(odds)];
        Self { account: facts.account.0, texts }
    }
}

/// Accounts as rows of it, by key.
pub fn rows(rows: &[Row]) -> Result<RecordBatch> {
    let keys: Int64Array = rows.iter().map(|row| Some(row.account)).collect();
    let text = |at: usize| -> ArrayRef {
        Arc::new(rows.iter().map(|row| Some(&row.texts[at])).collect::<StringArray>())
    };
    let columns: [ArrayRef; 4] = [Arc::new(keys), text(0), text(1), text(2)];
    let columns = COLUMNS.into_iter().zip(columns).map(|(name, array)| (name, array, false));
    Ok(RecordBatch::try_from_iter_with_nullable(columns)?)
}

/// One account of a run; none where the run did not know it.
pub fn read_one(folder: &Path, account: i64) -> Result<Option<Given>> {
    Ok(again(&read_key(&folder.join(FILE), account)?)?.pop())
}

/// Every account of a run in blocks, by key.
pub fn read_all(folder: &Path) -> Result<impl Iterator<Item = Result<Vec<Given>>> + use<>> {
    let batches = read_rows(&folder.join(FILE))?;
    Ok(batches.map(|batch| again(&batch?)))
}

/// Every account of a group, by key.
pub fn read_group(folder: &Path, root: i64) -> Result<Vec<Given>> {
    let mut group = Vec::new();
    for block in read_all(folder)? {
        group.extend(block?.into_iter().filter(|given| given.facts.root.0 == root));
    }
    Ok(group)
}

fn again(batch: &RecordBatch) -> Result<Vec<Given>> {
    let keys = batch.column(0).as_primitive::<Int64Type>();
    let text = |i: usize| batch.column(i).as_string::<i32>();
    let (facts, found, odds) = (text(1), text(2), text(3));
    let places: Vec<usize> = (0..batch.num_rows()).collect();
    let read = models::parallel::each(&places, |row| {
        let row = *row;
        let damaged = || format!("inputs.parquet is damaged at account {}", keys.value(row));
        let given = || -> Result<Given> {
            Ok(Given {
                facts: keep::parse(facts.value(row))?,
                found: keep::parse(found.value(row))?,
                odds: keep::parse(odds.value(row))?,
            })
        };
        given().with_context(damaged)
    });
    read.into_iter().collect()
}

/// A part of an account's inputs as JSON, for people to read.
pub fn json<T: Keep>(it: &T) -> serde_json::Value {
    serde_json::from_str(&keep::text(it)).expect("what is kept is JSON")
}
