//! What an approach does to staying: the effect of being approached, whatever is offered, on still being a customer at
//! the end of the outcome window (N3).
//!
//! Each customer and window of the past is one trial of a sequence (Hernán and Robins 2016, "Using Big Data to Emulate
//! a Target Trial When a Randomized Trial Is Not Available"): a coin decides, before anything is looked at, whether the
//! window gives a row of the day of its first approach, or of a day drawn from it before which it had none. So whoever
//! stayed long enough to be approached is not compared with those who did not. What was known at the beginning of the day
//! stands in the row; later approaches may come to either. Reps choose whom they approach, so the effect is adjusted
//! for what the row knows (`models::uplift`, R- and DR-learner), and rows that have no counterpart are left out.
//!
//! The average is drawn toward none by [`BELIEF`]. Where neither it nor any difference between customers can be told
//! from nothing, nothing is counted.

mod said;

use std::collections::BTreeMap;

use anyhow::Result;
use decide::candidate::Evidence;
use decide::facts::Proposal;
use domain::probability::Estimate;
use domain::time::{Day, Days};
use models::learn::Task;
use models::uplift::{
    Assumption, METHODS, Method, Options, Scored, Study, Trial, Unusable, Verdict,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::History;
use super::deals::is_offer;
use super::learned::Ground;
use super::leaving;
use super::moment::{Asked, Cell, Held};
use super::profile::Profiles;
use super::rows::{Case, Encoder, Rows};
use crate::known::Account;
use crate::registry::{self, Card};
use crate::tables::takes_hours;

/// Its name in the registry.
pub const CONTACT: &str = "contact";

/// Rows that are learnt from at most.
const ROWS_MOST: usize = 20_000;
/// Customers who stayed and who left that are needed, each.
const EACH_NEEDED: usize = 50;
/// Windows of the past at most.
const WINDOWS: i32 = 8;
/// Of eight windows so many may give a row with an approach: most have none.
const COIN: u8 = 5;
/// Spread of the average effect that is believed before any data, around none: Ascarza (2018), "Retention Futility",
/// finds effects of a campaign on leaving within two to four months of less than .05 to either side.
const BELIEF: f64 = 0.05;
/// How often held-out rows are resampled, and pairs of halves for the intervals.
const REPLICATES: (usize, usize) = (200, 5);
/// Ways of learning that allow for how the approached were chosen.
const WAYS: [&str; 4] = ["r-linear", "dr-linear", "r-boosted", "dr-boosted"];
/// The column beside those of the models of leaving.
const SINCE: &str = "days_since_approach";

/// What is looked at.
#[derive(Debug, Clone, Copy)]
struct Past<'a> {
    history: History<'a>,
    profiles: &'a Profiles,
    seed: i64,
}

/// What an approach does to staying.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Effects {
    /// On all: change of the chance to stay, and its standard error.
    average: (f64, f64),
    /// Where it differs between customers, by account; who has no counterpart in the past is not among them.
    accounts: Option<BTreeMap<i64, (f64, f64)>>,
    rows: u64,
    approached: u64,
    /// Of those approached, by mail and by people: of customers who are reached by one of them alone, the other tells
    /// nothing.
    #[serde(default)]
    ways: [u64; 2],
    /// Whether the columns tell who was approached, so that it was allowed for.
    adjusted: bool,
}

impl Effects {
    /// Of one account; none where nothing can be told of it, or of the way in which it is spoken to.
    pub fn of(
        &self,
        account: &Account,
        (as_of, window): (Day, i32),
    ) -> Option<(Estimate, Evidence)> {
        if self.ways[usize::from(takes_hours(account))] < EACH_NEEDED as u64 {
            return None;
        }
        let (mean, sd) = match &self.accounts {
            None => self.average,
            Some(accounts) => *accounts.get(&account.key)?,
        };
        let estimate = Estimate::estimated(mean, sd, self.rows);
        let words = said::effect(self, &estimate, window);
        let source = format!("model {CONTACT}: activities, proposals and subscriptions");
        Some((estimate, Evidence { words, source, on: Some(as_of) }))
    }
}

/// Trains it and puts it into the run's folder; none where there is nothing to count.
pub fn train(ground: &Ground<'_>) -> Result<(Option<Effects>, Card)> {
    let past = Past { history: ground.history, profiles: ground.profiles, seed: ground.seed };
    let (found, card) = known(past);
    registry::remove_artefact(ground.folder, CONTACT)?;
    let effects = match found {
        Some(effects) => Some(registry::write_artefact(ground.folder, CONTACT, &effects)?),
        None => None,
    };
    Ok((effects, card))
}

/// What is known of it, and of how many in which way.
fn known(past: Past<'_>) -> (Option<Effects>, Card) {
    let (rows, approached) = rows(past);
    let treated: Vec<bool> = approached.iter().map(Option::is_some).collect();
    let (mut found, card) = effects(past, (&rows, &treated));
    if let Some(effects) = &mut found {
        for by_people in approached.into_iter().flatten() {
            effects.ways[usize::from(by_people)] += 1;
        }
    }
    (found, card)
}

fn effects(past: Past<'_>, (rows, treated): (&Rows<'_>, &[bool])) -> (Option<Effects>, Card) {
    let card = said::begin(past, (rows, treated));
    let stayed = rows.cases.len() - rows.positives();
    if stayed.min(rows.positives()) < EACH_NEEDED {
        return (None, said::lacks(card, (rows.positives(), stayed)));
    }
    let learnt = match Learnt::of((rows, treated), past.seed.unsigned_abs()) {
        Ok(learnt) => learnt,
        Err(why) => return (None, said::unusable(card, &why)),
    };
    let Learnt { study, encoder } = &learnt;
    let average = drawn(study.average.effect, study.average.standard_error);
    let differs = study.verdict == Verdict::Heterogeneous;
    let card = said::found(card, study, average);
    let (low, high) = study.average.interval();
    if !differs && low <= 0.0 && high >= 0.0 {
        return (None, said::nothing(card, study));
    }
    let accounts = differs.then(|| tonight(past, (study, encoder), average.0));
    let effects = Effects {
        average,
        accounts,
        rows: rows.cases.len() as u64,
        approached: treated.iter().filter(|it| **it).count() as u64,
        ways: [0; 2],
        adjusted: study.adjusted,
    };
    (Some(effects), said::used(card, study, average))
}

/// An average drawn toward none: the posterior of a normal mean (Gelman et al. 2013, "Bayesian Data Analysis", eq.
/// 2.10).
fn drawn(mean: f64, error: f64) -> (f64, f64) {
    let weight = BELIEF.powi(2) / (BELIEF.powi(2) + error.powi(2));
    (weight * mean, weight.sqrt() * error)
}

/// A study with how its columns are read.
struct Learnt {
    study: Study,
    encoder: Encoder,
}

impl Learnt {
    fn of((rows, treated): (&Rows<'_>, &[bool]), seed: u64) -> Result<Self, Unusable> {
        let (encoder, _) = rows.encoder();
        let all: Vec<usize> = (0..rows.cases.len()).collect();
        let frame = rows.frame(&encoder, &all);
        let outcome: Vec<f64> = rows.target().into_iter().map(|left| 1.0 - left).collect();
        let trial = Trial { frame: &frame, treated, outcome: &outcome, task: Task::Probability };
        let ways = METHODS.iter().filter(|(name, _)| WAYS.contains(name));
        let methods: Vec<Method> = ways.map(|(_, method)| *method).collect();
        let (replicates, pairs) = REPLICATES;
        let assumption = Assumption::ByColumns;
        let options = Options { methods, assumption, replicates, pairs, seed };
        Ok(Self { study: Study::of(&trial, &options)?, encoder })
    }
}

/// What an approach now would do to each customer of whom the past can tell.
fn tonight(
    past: Past<'_>,
    (study, encoder): (&Study, &Encoder),
    average: f64,
) -> BTreeMap<i64, (f64, f64)> {
    let history = past.history;
    let tomorrow = history.as_of.plus(Days(1));
    let (mut keys, mut cells) = (Vec::new(), Vec::new());
    for account in history.accounts.values() {
        if Held::on(history.versions, account.key, tomorrow).main().is_some() {
            keys.push(account.key);
            cells.push(row(past, &Asked::tomorrow(history, account), account, tomorrow));
        }
    }
    let places = encoder.places(columns(past).map(|(name, _)| name));
    let scored = study.score(&encoder.frame_of(&cells, &places));
    let shift = average - study.average.effect;
    let told = keys.into_iter().zip(scored).filter(|(_, it)| it.has_counterpart);
    told.map(|(key, it)| (key, (it.uplift + shift, spread(&it)))).collect()
}

/// The standard error behind an 80 % interval.
fn spread(scored: &Scored) -> f64 {
    (scored.interval.1 - scored.interval.0) / (2.0 * domain::probability::Z_90)
}

fn columns(past: Past<'_>) -> impl Iterator<Item = (&str, bool)> {
    leaving::columns(past.profiles).chain([(SINCE, false)])
}

/// What was known of an account at the beginning of a day.
fn row<'a>(past: Past<'a>, asked: &Asked<'a>, account: &'a Account, day: Day) -> Vec<Cell<'a>> {
    let mut cells = asked.facts(day);
    cells.extend(past.profiles.of(account.key));
    let last = approaches(account).map(|(on, _)| on).filter(|on| *on < day).max();
    cells.push(last.map_or(Cell::Missing, |last| Cell::Number(f64::from(day.since(last).0))));
    cells
}

/// Days on which we approached an account, and whether a person spoke: by activities and plays that spoke of a product,
/// and by deals that we began.
fn approaches(account: &Account) -> impl Iterator<Item = (Day, bool)> {
    let began = |deal: &&Proposal| deal.approached == Some(true) && is_offer(deal);
    let deals = account.proposals.iter().filter(began);
    let spoken = account.approaches.iter().map(|it| (it.on, it.by_people));
    spoken.chain(deals.map(|deal| (deal.opened_on, takes_hours(account))))
}

/// The trials of the past, and by whom each row was approached, if it was: by people or by mail.
fn rows<'a>(past: Past<'a>) -> (Rows<'a>, Vec<Option<bool>>) {
    let history = past.history;
    let trials = |account: &'a Account| {
        let days = leaving::windows(&history, WINDOWS);
        // Of the latest window not every outcome is known yet.
        days.into_iter().skip(1).filter_map(move |start| trial(past, account, start))
    };
    let each = history.accounts.values().flat_map(|account| {
        trials(account).map(move |(case, _)| (case.draw(past.seed), account.key))
    });
    let mut drawn: Vec<(u64, i64)> = each.collect();
    drawn.sort_unstable();
    drawn.truncate(ROWS_MOST);
    drawn.sort_unstable_by_key(|(draw, key)| (*key, *draw));
    let mut found = Rows::new(columns(past));
    let mut treated = Vec::new();
    for account in history.accounts.values() {
        let mut asked = None;
        for (case, approached) in trials(account) {
            if drawn
                .binary_search_by_key(&(account.key, case.draw(past.seed)), |it| (it.1, it.0))
                .is_err()
            {
                continue;
            }
            let asked = asked.get_or_insert_with(|| Asked::of(history, account));
            let day = case.on.plus(Days(1));
            found.push(case, row(past, asked, account, day));
            treated.push(approached);
        }
    }
    (found, treated)
}

/// The row that a window gives, if any: its case begins at the end of the day before.
fn trial<'a>(past: Past<'a>, account: &'a Account, start: Day) -> Option<(Case<'a>, Option<bool>)> {
    let days = past.history.window_days.max(1);
    let [coin, rest @ ..] = draw(past.seed, account.key, start);
    let within = |on: &Day| *on > start && *on <= start.plus(Days(days));
    let (day, approached) = if coin % 8 < COIN {
        let (day, by_people) = approaches(account).filter(|(on, _)| within(on)).min()?;
        (day, Some(by_people))
    } else {
        let draw = i64::from(u32::from_le_bytes(rest)) % i64::from(days);
        let day = start.plus(Days(1 + i32::try_from(draw).expect("less than the window")));
        if approaches(account).any(|(on, _)| on > start && on <= day) {
            return None;
        }
        (day, None)
    };
    leaving::case(&past.history, account, day.plus(Days(-1))).map(|case| (case, approached))
}

/// Five bytes that are an account's and window's for ever, as good as drawn.
fn draw(seed: i64, account: i64, start: Day) -> [u8; 5] {
    let mut hash = Sha256::new();
    hash.update(CONTACT);
    hash.update(seed.to_le_bytes());
    hash.update(account.to_le_bytes());
    hash.update(start.0.to_le_bytes());
    hash.finalize()[..5].try_into().expect("a hash has 32 bytes")
}

#[cfg(test)]
mod tests;
