//! What an approach does to staying: the effect of being approached, whatever is offered, on still being a customer at
//! the end of the outcome window (N3).
//!
//! A row is a month of a customer at risk of leaving ([`months`]); it is treated where an approach came in the
//! [`SPAN`] days before. That is a sequence of trials whose months are pooled (Hernán and Robins 2016, "Using Big Data
//! to Emulate a Target Trial When a Randomized Trial Is Not Available"; D'Agostino et al. 1990, "Relation of Pooled
//! Logistic Regression to Time Dependent Cox Regression Analysis", Stat Med 9: the log odds of leaving in an interval
//! are linear in what was known before it). Each leave counts, and who is approached later is treated from then on.
//! Months whose only approach came in the last [`LAG`] days are left out: the outcome may have been decided before it.
//! The row says what was known at the beginning of the day of the first approach, by which it was chosen and which it
//! cannot have changed; of months without one, at that of a day drawn from the same days. Beside it stands what the
//! calendar says of the month: how long a customer, and whether a term ends.
//!
//! Reps choose whom they approach. So the treatment is taken beyond its expectation, as by Robinson (1988), "Root-N-
//! Consistent Semiparametric Regression", eq. 1.2, on the log odds (Gao and Hastie 2022, "Estimating Heterogeneous
//! Treatment Effects for General Responses", section 3), with `m` and `e` by models of other customers ([`study`]):
//!
//! ```text
//! logit P(leaves in the month) = a + b m(x) + c logit e(x) + (T - e(x)) t(x)
//! m  log odds of leaving whatever the treatment;  e  the chance to be treated;  T = 1 where treated
//! t(x) = t, or t + u z: z a few columns named before any data are seen, u under a ridge chosen on held-out customers
//! P(stays the window) = prod over its months (1 - P(leaves in the month))
//! ```
//!
//! The effect on a customer is P(stays) when approached now less that when not, over the months that are to come with
//! their ends of terms: who is bound beyond the window has next to none, where the past shows that nobody leaves within
//! a term ([`tonight`]). Errors allow for months of one account's root being alike; that `m` and `e` are themselves
//! estimated they leave out. The spread of one customer's effect holds beside its error how far customers may differ
//! whom no column tells apart. A second approach while the first still counts is taken to add only the days by which it
//! counts longer.
//!
//! The average is drawn toward none by [`BELIEF`]. Customers differ in `t` only where held-out ones say so. Where
//! neither the average nor any such difference can be told from nothing, nothing is counted. Not yet: an effect that
//! fades within its days, one that grows with their number, and what reps saw of a customer after the day of the row
//! and chose by.

mod months;
mod odds;
mod said;
mod study;
mod tonight;

use std::collections::BTreeMap;

use anyhow::Result;
use decide::candidate::Evidence;
use decide::facts::Proposal;
use domain::probability::Estimate;
use domain::time::Day;
use serde::{Deserialize, Serialize};

use super::History;
use super::deals::is_offer;
use super::learned::Ground;
use super::profile::Profiles;
use crate::known::Account;
use crate::registry::{self, Card, Metric};
use crate::tables::takes_hours;

use months::AtRisk;
use study::Study;

/// Its name in the registry.
pub const CONTACT: &str = "contact";

/// Days for which an approach counts.
const SPAN: i32 = 180;
/// Days before a month within which an approach does not tell: leaving is decided on before the last day, a month's
/// notice is usual, and whom a rep knows to be leaving it does not approach.
const LAG: i32 = 30;
/// Customers' months that ended in leaving and that did not, and approaches of a way, that are needed, each.
const EACH_NEEDED: usize = 50;
/// Spread of the average effect that is believed before any data, around none: Ascarza (2018), "Retention Futility",
/// finds effects of a campaign on leaving within two to four months of less than .05 to either side.
const BELIEF: f64 = 0.05;
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
    /// On the customers of the night: change of the chance to stay, and its standard error.
    average: (f64, f64),
    /// By account; who has no counterpart in the past is not among them. Nights of before had none where all got the
    /// average.
    accounts: Option<BTreeMap<i64, (f64, f64)>>,
    /// Whether customers differ by more than their risk and their terms.
    #[serde(default)]
    differs: bool,
    /// Months at risk, those of them after an approach, and those that ended in leaving.
    rows: u64,
    approached: u64,
    #[serde(default)]
    left: u64,
    /// Approaches by mail and by people: of customers who are reached by one of them alone, the other tells nothing.
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

fn known(past: Past<'_>) -> (Option<Effects>, Card) {
    let at_risk = months::at_risk(past);
    let AtRisk { rows, treated, ways, .. } = &at_risk;
    let card = said::begin(past, &at_risk);
    let stayed = rows.cases.len() - rows.positives();
    if stayed.min(rows.positives()) < EACH_NEEDED {
        return (None, said::lacks(card, (rows.positives(), stayed)));
    }
    let study = match Study::of(&at_risk, past.seed.unsigned_abs()) {
        Ok(study) => study,
        Err(why) => return (None, said::unusable(card, &why)),
    };
    let (found, leave) = tonight::average(past, &study);
    let average = drawn(found.0, found.1);
    let card = said::found(card, &study, (found, average, past.history.window_days))
        .metric(Metric::plain("expected_to_leave", leave));
    let (low, high) = interval(found);
    if !study.differs() && low <= 0.0 && high >= 0.0 {
        return (None, said::nothing(card, found));
    }
    // What the belief leaves of the average.
    let share = BELIEF.powi(2) / (BELIEF.powi(2) + found.1.powi(2));
    let effects = Effects {
        average,
        accounts: Some(tonight::each(past, &study, share)),
        differs: study.differs(),
        rows: rows.cases.len() as u64,
        approached: treated.iter().filter(|it| **it).count() as u64,
        left: rows.positives() as u64,
        ways: *ways,
        adjusted: study.adjusted(),
    };
    (Some(effects), said::used(card, study.differs(), (found, average)))
}

/// An average drawn toward none: the posterior of a normal mean (Gelman et al. 2013, "Bayesian Data Analysis", eq.
/// 2.10).
fn drawn(mean: f64, error: f64) -> (f64, f64) {
    let weight = BELIEF.powi(2) / (BELIEF.powi(2) + error.powi(2));
    (weight * mean, weight.sqrt() * error)
}

/// The 95 % interval (normal).
fn interval((mean, error): (f64, f64)) -> (f64, f64) {
    let reach = 1.959_963_985 * error;
    (mean - reach, mean + reach)
}

/// Days on which we approached an account, and whether a person spoke: by activities and plays that spoke of a product,
/// and by deals that we began.
fn approaches(account: &Account) -> impl Iterator<Item = (Day, bool)> {
    let began = |deal: &&Proposal| deal.approached == Some(true) && is_offer(deal);
    let deals = account.proposals.iter().filter(began);
    let spoken = account.approaches.iter().map(|it| (it.on, it.by_people));
    spoken.chain(deals.map(|deal| (deal.opened_on, takes_hours(account))))
}

#[cfg(test)]
mod tests;
