//! A dry run of a policy: the live run's inputs planned again under it, and what that changes.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use arrow::array::AsArray;
use arrow::datatypes::{Float64Type, Int64Type};
use decide::card::Said;
use decide::decision::Decision;
use decide::policy::{self, KeyChange, Policy};
use domain::money::Currency;
use domain::motion::{Fate, Motion};
use serde::Serialize;

use crate::artefact::read_rows;
use crate::plan::again::Again;
use crate::plan::inputs::Frame;

/// What a policy would change.
#[derive(Debug, Clone, Serialize)]
pub struct Trial {
    /// The run whose inputs were planned again.
    pub run_id: String,
    /// Its day.
    pub as_of: String,
    /// Keys that differ from the run's policy.
    pub keys: Vec<Key>,
    /// Of them, keys that are read before the plan stage: the dry run has the run's figures for them.
    pub before_the_plan: Vec<String>,
    /// Offers that could be made under the policy and that the run did not score.
    pub without_odds: usize,
    /// The run's plan.
    pub before: Figures,
    /// The plan under the policy.
    pub after: Figures,
    /// Plays that enter.
    pub enters: Vec<Moved>,
    /// Plays that leave.
    pub leaves: Vec<Moved>,
}

/// A key that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Key {
    /// The key with its section.
    pub key: String,
    /// In the run's policy.
    pub old: String,
    /// In the policy that is tried.
    pub new: String,
}

impl From<KeyChange> for Key {
    fn from(KeyChange { key, old, new }: KeyChange) -> Self {
        Self { key, old, new }
    }
}

/// A plan in figures.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Plays.
    pub plays: usize,
    /// Expected incremental profit, minor units.
    pub expected_minor: i64,
    /// Hours.
    pub hours: f64,
    /// Customers who are contacted.
    pub customers: usize,
    /// Contacts where a rep speaks.
    pub calls: usize,
    /// Mails and prompts.
    pub messages: usize,
}

/// A play that enters or leaves.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moved {
    /// The account's surrogate key.
    pub account_key: i64,
    /// The account's id; set by who knows it.
    pub account_id: String,
    /// The offer.
    pub offer_id: String,
    /// The play.
    pub play_id: String,
    /// Expected incremental profit, minor units.
    pub expected_minor: i64,
    /// Hours.
    pub hours: f64,
    /// What became of it under the policy: a fate's code, or `not_generated`.
    pub fate: String,
    /// Why.
    pub reason: Said,
}

/// Keys that features, training and scoring read, by their beginning.
const BEFORE_THE_PLAN: [&str; 12] = [
    "priors.",
    "value.margin",
    "value.outcome_window_days",
    "rules.limit_near.crossing_days",
    "rules.limit_near.rearm_days",
    "rules.limit_near.seat_metrics",
    "rules.enquiry.price_pages",
    "rules.enquiry.materials",
    "rules.enquiry.days",
    "rules.enquiry.web_days",
    "rules.just_bought.days",
    "candidates.recommendations",
];

/// A play that the run chose.
struct Chosen {
    play: String,
    expected_minor: i64,
    hours: f64,
}

/// Plans a run's inputs again under a policy's text.
pub fn dry_run(runs: &Path, run_id: &str, text: &str) -> Result<Trial> {
    let folder = runs.join(run_id);
    let frame = Frame::read(&folder)?;
    let tried = Policy { stopped: frame.stopped, ..Policy::parse(text)? };
    let keys: Vec<Key> = policy::diff(&frame.policy, text)?.into_iter().map(Key::from).collect();
    let currency = Currency::parse(&frame.currency).context("the run has a currency")?;
    let (mut chosen, before) = recorded(&folder)?;
    let mut trial = Trial {
        run_id: run_id.to_owned(),
        as_of: frame.as_of.to_string(),
        before_the_plan: keys.iter().map(|k| k.key.clone()).filter(|k| is_early(k)).collect(),
        keys,
        without_odds: 0,
        before,
        after: Figures::default(),
        enters: Vec::new(),
        leaves: Vec::new(),
    };
    let again = Again { folder: &folder, frame: &frame, policy: &tried };
    let made = again.plan(|decided| {
        for account in decided {
            trial.add(account, &mut chosen, currency);
        }
        Ok(())
    })?;
    trial.without_odds = made.without_odds.len();
    trial.leaves.extend(chosen.into_iter().map(|((account_key, offer_id), chosen)| {
        Moved {
            account_key,
            account_id: String::new(),
            offer_id,
            play_id: chosen.play,
            expected_minor: chosen.expected_minor,
            hours: chosen.hours,
            fate: "not_generated".to_owned(),
            reason: domain::words::Words::new(
                "このポリシーでは提案候補になりません。",
                "Under this policy it is no candidate.",
            )
            .into(),
        }
    }));
    for moved in [&mut trial.enters, &mut trial.leaves] {
        moved.sort_by(|a, b| {
            (b.expected_minor, a.account_key, &a.offer_id).cmp(&(
                a.expected_minor,
                b.account_key,
                &b.offer_id,
            ))
        });
    }
    Ok(trial)
}

fn is_early(key: &str) -> bool {
    BEFORE_THE_PLAN.iter().any(|early| key.starts_with(early))
}

/// What is chosen, by account and offer.
type ByOffer = BTreeMap<(i64, String), Chosen>;

/// What the run chose, by account and offer, and the same in figures.
fn recorded(folder: &Path) -> Result<(ByOffer, Figures)> {
    let (mut chosen, mut figures) = (BTreeMap::new(), Figures::default());
    let mut last = None;
    for batch in read_rows(&folder.join("decisions.parquet"))? {
        let batch = batch?;
        let column = |name: &str| {
            batch.column_by_name(name).with_context(|| format!("decisions.parquet lacks {name}"))
        };
        let keys = column("account_key")?.as_primitive::<Int64Type>();
        let (offers, motions) =
            (column("offer_id")?.as_string::<i32>(), column("motion")?.as_string::<i32>());
        let (plays, fates) =
            (column("play_id")?.as_string::<i32>(), column("fate")?.as_string::<i32>());
        let hours = column("effort_hours")?.as_primitive::<Float64Type>();
        let expected = column("expected_minor")?.as_primitive::<Int64Type>();
        for row in (0..batch.num_rows()).filter(|row| fates.value(*row) == Fate::Chosen.code()) {
            let (account, hours) = (keys.value(row), hours.value(row));
            let care = motions.value(row) == Motion::Care.code();
            let first = last.replace(account) != Some(account);
            figures.add((hours, hours > 0.0), (!care).then(|| expected.value(row)), first);
            let play = plays.value(row).to_owned();
            let it = Chosen { play, expected_minor: expected.value(row), hours };
            chosen.insert((account, offers.value(row).to_owned()), it);
        }
    }
    Ok((chosen, figures))
}

impl Figures {
    fn add(&mut self, (hours, by_rep): (f64, bool), expected_minor: Option<i64>, first: bool) {
        self.plays += 1;
        self.hours += hours;
        self.expected_minor += expected_minor.unwrap_or(0);
        self.customers += usize::from(first);
        *(if by_rep { &mut self.calls } else { &mut self.messages }) += 1;
    }
}

impl Trial {
    /// Takes in an account's decisions under the policy.
    fn add(
        &mut self,
        account: &[Decision],
        chosen: &mut BTreeMap<(i64, String), Chosen>,
        currency: Currency,
    ) {
        let mut first = true;
        for decision in account {
            let candidate = &decision.scored.candidate;
            let expected_minor = currency.round_expected(decision.value.eip.mean);
            let is = decision.fate == Fate::Chosen;
            if is {
                let (care, hours) = (candidate.motion == Motion::Care, candidate.effort_hours);
                self.after.add((hours, hours > 0.0), (!care).then_some(expected_minor), first);
                first = false;
            }
            let place = (candidate.account.0, candidate.offer.as_str().to_owned());
            let was = chosen.remove(&place).is_some();
            if was == is {
                continue;
            }
            let moved = Moved {
                account_key: place.0,
                account_id: String::new(),
                offer_id: place.1,
                play_id: decision.play.as_str().to_owned(),
                expected_minor,
                hours: candidate.effort_hours,
                fate: decision.fate.code().to_owned(),
                reason: (&decision.reason).into(),
            };
            if is { self.enters.push(moved) } else { self.leaves.push(moved) }
        }
    }
}
