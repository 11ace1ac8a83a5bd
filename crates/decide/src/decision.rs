//! What the plan decided about one candidate, and why.

use domain::ids::{OfferId, PlayId, ProductId, ProposalId, RepId, SubscriptionId};
use domain::motion::Fate;
use domain::probability::Estimate;
use domain::time::Day;
use domain::words::Words;

use crate::candidate::{Evidence, Scored};

/// What a signal is about, and so for which candidates it opens a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// The account as a whole.
    Account,
    /// One contract.
    Contract(SubscriptionId),
    /// One product that it buys.
    Product(ProductId),
    /// One deal in progress.
    Deal(ProposalId),
}

/// A timing rule that fired for an account or one of its candidates (S36-S47).
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// The rule's code, as in [`crate::signals::RULES`].
    pub rule: &'static str,
    /// What it is about.
    pub scope: Scope,
    /// Which crossing of the rule this is, so that a play keeps its id over nights: contract and renewal
    /// date, metric and limit, last event.
    pub occurrence: String,
    /// First day of the window.
    pub opens_on: Day,
    /// Last day of the window: the play's due day.
    pub closes_on: Option<Day>,
    /// 0..=1: orders windows, never changes a value.
    pub strength: f64,
    /// What was seen.
    pub evidence: Vec<Evidence>,
    /// Whether it makes an approach more promising than one at any other time; what is always or nearly always true
    /// does not.
    pub dated: bool,
    /// Whether the rule reads a level that may go up and down around its threshold (N6).
    pub level: bool,
}

impl Signal {
    /// The last day of the window as the play's due day; a day that is over when the plan is made is none any more.
    pub fn due(&self, as_of: Day) -> Option<Day> {
        self.closes_on.filter(|day| *day >= as_of)
    }
}

/// What a guard says of one candidate (S53, S57-S65).
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The guard's code, as in [`crate::guards::GUARDS`].
    pub guard: &'static str,
    /// Allow, hold or block.
    pub says: Says,
    /// The reason, also when it allows (「進行中の商談なし」).
    pub reason: Words,
    /// The rows it rests on.
    pub evidence: Vec<Evidence>,
}

/// A guard's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// Nothing against it.
    Allow,
    /// Not before this day; `None` while the cause lasts.
    HoldUntil(Option<Day>),
    /// Not at all.
    Block,
}

/// Expected incremental profit with its parts, minor units of the workspace's currency (S84, N13).
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// Expected incremental profit over the horizon, with its spread and the least certain provenance.
    pub eip: Estimate,
    /// Of it: margin from acceptance.
    pub acceptance: f64,
    /// Of it: margin kept by a changed chance of staying.
    pub retention: f64,
    /// Of the margin kept: what contact itself does to staying, zero where nothing is known of that.
    pub by_contact: f64,
    /// Of it: incentive, zero or negative.
    pub incentive: f64,
    /// Of it: effort and channel cost, zero or negative.
    pub effort: f64,
    /// P(accepted | contact).
    pub accept: Estimate,
    /// P(accepted | left alone).
    pub organic: Estimate,
    /// The annuity factor A: expected discounted months after the window.
    pub annuity_months: f64,
    /// Each term in words, with how it is known.
    pub terms: Vec<Evidence>,
}

/// The decision about one candidate.
///
/// Words cost more memory than numbers, so the plan writes `signals`, `verdicts` and the terms of the
/// value in full for chosen candidates; of the others it keeps the verdicts that stand against them.
/// [`crate::explain::complete`] fills the rest in, from the same facts, for whoever asks.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Hash of account, package and signal occurrence.
    pub play: PlayId,
    /// What was decided about.
    pub scored: Scored,
    /// Its value.
    pub value: Value,
    /// The windows that are open for it, strongest first.
    pub signals: Vec<Signal>,
    /// What every guard says, in the registry's order.
    pub verdicts: Vec<Verdict>,
    /// What became of it.
    pub fate: Fate,
    /// A code for the reason, for counts: `chosen`, the guard's code, `explored`, `left_alone`, `hours`, `channel`, `stock`, `account_limit`, `group_limit`, `natural`,
    /// `no_window`, `no_value`; of what people answered `under_way`, `held`, `refused`, `done`, `closed`.
    pub reason_code: &'static str,
    /// The reason in words.
    pub reason: Words,
    /// Place in the plan, from 1; chosen ones only.
    pub rank: Option<u32>,
    /// Who does it; chosen ones only.
    pub owner: Option<RepId>,
    /// The hours pool it draws from.
    pub pool: String,
    /// The week it is planned for: its Monday; chosen ones only.
    pub week: Option<Day>,
    /// What took its place.
    pub displaced_by: Option<OfferId>,
    /// What it displaced, at the same account or for the same hours.
    pub displaced: Vec<OfferId>,
    /// Last day on which it makes sense.
    pub due: Option<Day>,
    /// How likely this choice was, where chance may decide about the account.
    pub draw: Option<Draw>,
}

/// How likely a choice was, for whoever later asks what another one would have brought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Draw {
    /// P(this package); what all packages of the account leave is P(leaving it alone).
    pub probability: f64,
    /// Whether the policy chooses it at the plan's prices.
    pub policy: bool,
    /// Whether chance decided about the account.
    pub explored: bool,
    /// Whether something else was done with the account than was meant: hours, rows or stability said no.
    pub repaired: bool,
}

/// Hours of one pool.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolUse {
    /// The pool: a rep, or `unassigned`.
    pub pool: String,
    /// The rep's role, if known.
    pub role: Option<String>,
    /// The rep's team, if known.
    pub team: Option<String>,
    /// The week's Monday.
    pub week: Day,
    /// Hours there are.
    pub hours: f64,
    /// Hours the plan uses.
    pub used: f64,
    /// What one more hour would earn, minor units: the price of its row.
    pub shadow_price: f64,
    /// Hours left over that others of the same team and role could use, who have offers left out for lack of hours.
    pub stranded: f64,
}

/// The whole plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Every candidate's decision, chosen ones first by rank, then by account and offer.
    pub decisions: Vec<Decision>,
    /// What changed since the plan before.
    pub changes: Vec<crate::life::Change>,
    /// Hours by pool and week.
    pub pools: Vec<PoolUse>,
    /// Expected incremental profit of the chosen, minor units.
    pub total: f64,
    /// What no plan could exceed, minor units.
    pub bound: f64,
    /// Expected incremental profit before what was chosen was given to reps, minor units.
    pub pooled: f64,
    /// Offers whose minimum volume is not reached, and how many they lack.
    pub unmet: Vec<(OfferId, f64)>,
}
