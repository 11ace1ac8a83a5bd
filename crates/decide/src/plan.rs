//! The plan: which offers to make, who makes them and in which week, under the hours there are.
//!
//! 1. Each candidate is weighed: windows, guards, value ([`weigh`]). What a guard holds, what has no
//!    window and what earns nothing is settled there.
//! 2. Care takes its reserved share of the hours first, for accounts to which nothing can be sold,
//!    ranked by margin at risk; it is never counted as profit.
//! 3. The rest competes for hours, one package an account ([`pack`]): a multiple-choice knapsack for
//!    each pool, greedy by value per hour along each account's hull, then repaired by swaps; the
//!    relaxation, or where due days bind the dual, gives the bound.
//! 4. Care takes what hours are left.
//! 5. Weeks are assigned by due day, and every candidate gets exactly one fate with its reason
//!    ([`write`]).
//!
//! The next step of a deal in progress is not a new package and takes its owner's hours. Accounts that
//! are reached by mail and prompts take no hours, and get one contact.

mod pools;
mod weigh;
mod dual;
mod pack;
mod choose;
mod write;

use std::collections::BTreeMap;

use domain::ids::{AccountKey, OfferId};
use domain::time::Day;
use serde::Deserialize;

use crate::candidate::Scored;
use crate::catalogue::Catalogue;
use crate::decision::Plan;
use crate::facts::AccountFacts;
use crate::look::Look;
use crate::policy::{Cap, Policy};

pub use pools::{Pool, Rep, UNASSIGNED, pools, weeks};

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
    /// Days of the rolling window.
    pub days: i32,
}

impl Default for LimitPolicy {
    fn default() -> Self {
        Self {
            packages_per_account: Cap::at_most(1),
            digital_contacts_per_account: Cap::at_most(1),
            days: 28,
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
}

impl Default for PlanPolicy {
    fn default() -> Self {
        Self { horizon_weeks: 4 }
    }
}

/// A play that a rep has accepted: its hours and its place within the account's limit are taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// To whom.
    pub account: AccountKey,
    /// What.
    pub offer: OfferId,
    /// Whose hours.
    pub pool: String,
    /// In which week: its Monday.
    pub week: Day,
    /// Hours still to be spent.
    pub hours: f64,
}

/// Everything the plan depends on.
#[derive(Debug)]
pub struct PlanInput<'a> {
    /// The day; plans start with the next working day.
    pub as_of: Day,
    /// What people decided.
    pub policy: &'a Policy,
    /// Every account that has a candidate, in any order.
    pub accounts: &'a [AccountFacts],
    /// What can be offered.
    pub catalogue: &'a Catalogue,
    /// The candidates with their odds, in any order.
    pub scored: Vec<Scored>,
    /// The hours, by pool and week.
    pub pools: Vec<Pool>,
    /// The seed of drawn decisions; nothing is drawn yet.
    pub seed: u64,
    /// Plays under way, charged first.
    pub accepted: Vec<Accepted>,
}

/// Decides about every candidate.
///
/// The same input in any order gives the same plan.
pub fn plan(mut input: PlanInput) -> Plan {
    let mut scored = std::mem::take(&mut input.scored);
    sort(&mut scored);
    input.pools.sort_by(|a, b| a.pool.cmp(&b.pool));
    let accounts: BTreeMap<AccountKey, &AccountFacts> =
        input.accounts.iter().map(|facts| (facts.account, facts)).collect();
    let items = weigh::weigh(&input, &accounts, &scored);
    let chosen = choose::choose(&input, &scored, items);
    let mut plan = write::write(&input, &accounts, scored, chosen);
    leave_to_themselves(&input, &accounts, &mut plan);
    plan
}

/// Marks who will likely buy unasked, account by account.
fn leave_to_themselves(
    input: &PlanInput,
    accounts: &BTreeMap<AccountKey, &AccountFacts>,
    plan: &mut Plan,
) {
    let prices: BTreeMap<&str, f64> =
        plan.pools.iter().map(|pool| (pool.pool.as_str(), pool.shadow_price)).collect();
    let price_of = |pool: &str| prices.get(pool).copied().unwrap_or(0.0);
    let mut of_account: BTreeMap<AccountKey, Vec<&mut crate::decision::Decision>> = BTreeMap::new();
    for decision in &mut plan.decisions {
        of_account.entry(decision.scored.candidate.account).or_default().push(decision);
    }
    for (account, mut decisions) in of_account {
        let Some(facts) = accounts.get(&account) else { continue };
        let look =
            Look { facts, catalogue: input.catalogue, policy: input.policy, as_of: input.as_of };
        crate::natural::mark(&look, &price_of, &mut decisions);
    }
}

/// Sorts by account and offer; candidates are large, so each is moved at most twice.
fn sort(scored: &mut [Scored]) {
    let key = |scored: &Scored| (scored.candidate.account, scored.candidate.offer.clone());
    let by = |a: &Scored, b: &Scored| {
        let (a, b) = (&a.candidate, &b.candidate);
        (a.account, &a.offer).cmp(&(b.account, &b.offer))
    };
    if !scored.is_sorted_by(|a, b| by(a, b).is_le()) {
        scored.sort_by_cached_key(key);
    }
}

#[cfg(test)]
mod tests;
