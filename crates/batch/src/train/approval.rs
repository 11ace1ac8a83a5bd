//! How long won deals took, from their opening to their close: by segment and over all customers, for those who have
//! too few of their own.

use std::collections::BTreeMap;

use decide::facts::Outcome;
use decide::facts::approval::{Pace, PaceOf};
use serde::{Deserialize, Serialize};

use super::History;
use super::deals::is_offer;
use crate::known::Account;

/// A customer's own won deals from which on they tell.
const OWN_LEAST: usize = 3;
/// The same of a segment.
const SEGMENT_LEAST: usize = 10;
/// The same of all customers.
const ALL_LEAST: usize = 20;

/// Days and deals, as [`Pace`] has them.
type Kept = (i32, u64);

/// How long approval takes elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Approvals {
    /// By segment.
    pub segments: BTreeMap<String, Kept>,
    /// Over all.
    pub all: Option<Kept>,
}

/// Days that each won deal took that an offer opened: first contracts, renewals and rescues take their own time.
fn took(account: &Account) -> impl Iterator<Item = i32> {
    let won = account.proposals.iter().filter(|deal| deal.outcome == Outcome::Won);
    let offers = won.filter(|deal| is_offer(deal) && !deal.keeps());
    offers.filter_map(|deal| Some(deal.closed_on?.since(deal.opened_on).0))
}

impl Approvals {
    /// Counts the won deals of every account.
    pub fn of(history: History<'_>) -> Self {
        let mut segments: BTreeMap<&str, Vec<i32>> = BTreeMap::new();
        let mut all: Vec<i32> = Vec::new();
        for account in history.accounts.values() {
            let took: Vec<i32> = took(account).collect();
            all.extend(&took);
            if let Some(segment) = account.segment.as_deref().filter(|_| !took.is_empty()) {
                segments.entry(segment).or_default().extend(took);
            }
        }
        let kept = |took, least, of| Pace::of(took, least, of).map(|pace| (pace.days, pace.n));
        let segment = |(name, took): (&str, Vec<i32>)| {
            Some((name.to_owned(), kept(took, SEGMENT_LEAST, PaceOf::Segment)?))
        };
        Self {
            segments: segments.into_iter().filter_map(segment).collect(),
            all: kept(all, ALL_LEAST, PaceOf::All),
        }
    }

    /// How long won deals took: the customer's own, else its segment's, else all.
    pub fn pace(&self, account: &Account) -> Option<Pace> {
        let own = || Pace::of(took(account).collect(), OWN_LEAST, PaceOf::Own);
        let segment = || self.segments.get(account.segment.as_deref()?).copied();
        let of = |of| move |(days, n): Kept| Pace { days, n, of };
        own()
            .or_else(|| segment().map(of(PaceOf::Segment)))
            .or_else(|| self.all.map(of(PaceOf::All)))
    }
}
