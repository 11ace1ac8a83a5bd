//! The plan: which offers to make, who makes them and in which week, under the hours there are.
//!
//! 1. Each candidate is weighed: windows, guards, value ([`weigh`]). What a guard holds, what has no
//!    window and what earns nothing is settled there.
//! 2. Work under way has its hours; then what the plan before had for the current week stays
//!    ([`crate::life`]).
//! 3. Care takes its reserved share of the hours first, for accounts to which nothing can be sold,
//!    ranked by margin at risk; it is never counted as profit.
//! 4. The rest competes for hours, places of channels and stock, one package an account ([`market`]): a
//!    multiple-choice knapsack that [`crate::arbitrate`] solves, with prices and a bound. Open plays count as
//!    worth `stability` more in the choice; totals, prices and bound are of true values, and the bound is of all
//!    plans that keep the work under way and the current week. Where the policy says that a team's reps stand in
//!    for each other, the rows are the team's, and [`staff`] gives what was chosen to reps.
//! 5. Care takes what hours are left.
//! 6. Weeks are assigned by due day, and every candidate gets exactly one fate with its reason
//!    ([`write`]).
//!
//! Accounts pass one by one: as figures before the hours are given out, in words after ([`Planner`]).
//!
//! The next step of a deal in progress is not a new package and takes its owner's hours. Accounts that
//! are reached by mail and prompts take no hours, and get one contact.

mod pools;
mod weigh;
mod ledger;
mod teams;
mod scarce;
mod market;
mod explore;
mod choose;
mod became;
mod staff;
mod write;
mod story;

use domain::time::Day;
use serde::Deserialize;

use crate::candidate::Scored;
use crate::catalogue::Catalogue;
use crate::decision::{Decision, Plan};
use crate::facts::AccountFacts;
use crate::guards::Window;
use crate::life::Lives;
use crate::policy::{Cap, Policy};

use ledger::Ledger;
use weigh::Scales;

pub use explore::ExplorePolicy;
pub use ledger::Weighed;
pub use pools::{Pool, Rep, UNASSIGNED, pools, weeks};
pub use scarce::{ChannelPolicy, ChannelsPolicy};
pub use story::{Story, Work};
pub use teams::Ownership;
pub use weigh::{due, owner};
pub use write::Arbitrated;

/// The pool's name of what takes no hours.
pub const DIGITAL: &str = "digital";

/// How often an account is approached.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitPolicy {
    /// Packages for one account within `days` days, rolling.
    pub packages_per_account: Cap,
    /// Contacts of one account reached by mail and prompts only, within `days` days, rolling.
    pub digital_contacts_per_account: Cap,
    /// Packages for all accounts of a group.
    pub packages_per_group: Cap,
    /// Contacts with one person, over calls, visits, mails and prompts.
    pub contacts_per_person: Cap,
    /// Days of the rolling window.
    pub days: i32,
    /// Rolling days, or the calendar month.
    pub window: Window,
}

impl Default for LimitPolicy {
    fn default() -> Self {
        Self {
            packages_per_account: Cap::at_most(1),
            digital_contacts_per_account: Cap::at_most(1),
            packages_per_group: Cap::NONE,
            contacts_per_person: Cap::NONE,
            days: 28,
            window: Window::Rolling,
        }
    }
}

/// Hours there are.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HoursPolicy {
    /// Hours of a rep and week, where the rep states none.
    pub per_rep_week: f64,
    /// Hours a week of the pool for accounts without an owner.
    pub unassigned_week: f64,
    /// Share of the hours kept for care.
    pub care_share: f64,
}

impl Default for HoursPolicy {
    fn default() -> Self {
        Self { per_rep_week: 20.0, unassigned_week: 40.0, care_share: 0.2 }
    }
}

/// Hours that one play takes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EffortPolicy {
    /// Upgrade, seats, term, option, repeat.
    pub upsell: f64,
    /// Smaller contract.
    pub downsell: f64,
    /// Another product, bundle.
    pub cross_sell: f64,
    /// Proof of concept.
    pub poc: f64,
    /// Care.
    pub care: f64,
    /// Next step of a deal in progress.
    pub advance: f64,
}

impl Default for EffortPolicy {
    fn default() -> Self {
        Self { upsell: 2.0, downsell: 2.0, cross_sell: 4.0, poc: 4.0, care: 1.0, advance: 1.0 }
    }
}

/// The planning horizon.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanPolicy {
    /// Weeks planned ahead.
    pub horizon_weeks: i32,
    /// An open play gives way only to what is better by this share of its value.
    pub stability: f64,
    /// What comes first.
    pub mode: PlanMode,
    /// Whether an account's plays may go to another rep than its owner.
    pub owner: Ownership,
}

/// What a plan puts first, under the same guards, limits and hours (S55, S56).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlanMode {
    /// The most expected profit in all.
    Value,
    /// Accounts in the order of the margin expected of them over the horizon; of each its best offer.
    Ltv,
    /// Offers in the order of how strongly usage speaks for them; then by expected profit.
    Usage,
}

impl Default for PlanPolicy {
    fn default() -> Self {
        Self { horizon_weeks: 4, stability: 0.1, mode: PlanMode::Value, owner: Ownership::Hard }
    }
}

/// Everything the plan depends on beside the accounts and their candidates.
#[derive(Debug)]
pub struct PlanInput<'a> {
    /// The day; plans start with the next working day.
    pub as_of: Day,
    /// What people decided.
    pub policy: &'a Policy,
    /// What can be offered.
    pub catalogue: &'a Catalogue,
    /// The hours, by pool and week.
    pub pools: Vec<Pool>,
    /// The seed of drawn decisions.
    pub seed: u64,
    /// What the plan before left, and what people answered since.
    pub lives: Lives,
}

/// One account with its candidates, by offer.
#[derive(Debug)]
pub struct Offers<'a> {
    facts: &'a AccountFacts,
    scored: Vec<Scored>,
}

impl<'a> Offers<'a> {
    /// The account's candidates, in any order.
    pub fn new(facts: &'a AccountFacts, mut scored: Vec<Scored>) -> Self {
        debug_assert!(scored.iter().all(|scored| scored.candidate.account == facts.account));
        if !scored.is_sorted_by(|a, b| a.candidate.offer <= b.candidate.offer) {
            scored.sort_by_cached_key(|scored| scored.candidate.offer.clone());
        }
        Self { facts, scored }
    }

    /// Its candidates, by offer.
    pub fn scored(&self) -> &[Scored] {
        &self.scored
    }
}

/// A plan in the making: takes in accounts one by one and keeps figures only.
///
/// Sentences are many times the size of the figures they tell of. So the plan sees each account twice:
/// [`Planner::weigh`] and [`Planner::add`] keep what competes for hours as figures; after
/// [`Planner::arbitrate`] the caller brings the same candidates again, and [`Arbitrated::decide`] says
/// of each what became of it, in words. Nothing of an account is held between.
#[derive(Debug)]
pub struct Planner<'a> {
    scales: Scales<'a>,
    ledger: Ledger,
}

impl<'a> Planner<'a> {
    /// A plan without accounts.
    pub fn new(mut input: PlanInput<'a>) -> Self {
        input.pools.sort_by(|a, b| a.pool.cmp(&b.pool));
        input.lives.sort();
        Self { scales: Scales::new(input), ledger: Ledger::default() }
    }

    /// What of an account competes, as figures. It depends on nothing that was added, so accounts may be
    /// weighed at the same time.
    pub fn weigh(&self, offers: &Offers) -> Weighed {
        let (explores, group) =
            (self.scales.explores(offers.facts), self.scales.left_of_group(offers.facts));
        Weighed::of(offers, &self.scales.items(offers), (explores, group))
    }

    /// Takes in an account; they come in ascending order of their keys.
    pub fn add(&mut self, weighed: Weighed) {
        self.ledger.add(weighed);
    }

    /// Gives out the hours.
    pub fn arbitrate(self) -> Arbitrated<'a> {
        let chosen = choose::choose(&self.scales, &self.ledger);
        Arbitrated::new(self.scales, self.ledger, chosen)
    }
}

/// Decides about every candidate of a few accounts at once.
///
/// The same input in any order gives the same plan.
pub fn plan(input: PlanInput, mut accounts: Vec<Offers>) -> Plan {
    accounts.sort_by_key(|offers| offers.facts.account);
    let mut planner = Planner::new(input);
    for offers in &accounts {
        let weighed = planner.weigh(offers);
        planner.add(weighed);
    }
    let arbitrated = planner.arbitrate();
    let mut changes = Vec::new();
    let mut decisions: Vec<Decision> = Vec::new();
    for offers in accounts {
        let look = arbitrated.look(offers.facts);
        let decided = arbitrated.decide(offers);
        changes.extend(arbitrated.story(&look, &[], &decided).changes);
        decisions.extend(decided);
    }
    changes.extend(arbitrated.gone().changes);
    decisions.sort_by_key(|decision| (decision.rank.is_none(), decision.rank));
    let unmet = arbitrated.unmet();
    let Arbitrated { pools, total, bound, pooled, .. } = arbitrated;
    Plan { decisions, changes, pools, total, bound, pooled, unmet }
}

#[cfg(test)]
mod tests;
