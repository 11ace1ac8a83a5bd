//! How referrals were answered that were asked for (S15): closed deals by the offer of a referral programme, or by the
//! request for a referral itself. Fewer than [`ASKED_LEAST`] closed or [`TAKEN_LEAST`] won with an amount tell nothing.

use std::collections::BTreeSet;

use decide::candidates::REFERRAL;
use decide::facts::{Outcome, Referred};
use decide::incentive::Incentive;
use domain::probability::Estimate;
use models::rates::{Beta, Count};
use serde::{Deserialize, Serialize};

use super::History;
use super::deals::chain;

/// Requests that were answered, from which on their share tells.
const ASKED_LEAST: u64 = 20;
/// Referrals with an amount from which on their mean tells.
const TAKEN_LEAST: u64 = 5;

/// What was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Referrals {
    /// Requests that were answered.
    pub asked: u64,
    /// Of them referred who bought.
    pub taken: u64,
    /// Of those with an amount.
    pub priced: u64,
    /// The sum of their amounts, minor units.
    pub sum: f64,
    /// The sum of the squares of their amounts.
    pub squares: f64,
}

impl Referrals {
    /// Counts the deals of every account.
    pub fn of(history: History<'_>) -> Self {
        let programmes: BTreeSet<&str> = history
            .catalogue
            .offers
            .iter()
            .filter(|offer| offer.incentive.as_ref().is_some_and(Incentive::is_referral))
            .map(|offer| offer.id.as_str())
            .chain([REFERRAL])
            .collect();
        let mut found = Self::default();
        for deal in history.accounts.values().flat_map(chain) {
            let of_it = deal.offer.as_ref().is_some_and(|it| programmes.contains(it.as_str()));
            if !of_it || deal.outcome == Outcome::Open {
                continue;
            }
            found.asked += 1;
            if deal.outcome == Outcome::Won {
                found.taken += 1;
                if let Some(amount) = deal.amount_minor.filter(|amount| *amount > 0) {
                    found.priced += 1;
                    found.sum += amount as f64;
                    found.squares += (amount as f64).powi(2);
                }
            }
        }
        found
    }

    /// What they say; `None` where they are too few.
    pub fn say(&self) -> Option<Referred> {
        if self.asked < ASKED_LEAST || self.priced < TAKEN_LEAST {
            return None;
        }
        // One request taken and one not, before any were counted.
        let share = Beta { a: 1.0, b: 1.0 }.after(Count::new(self.taken, self.asked));
        let n = self.priced as f64;
        let mean = self.sum / n;
        let variance = (self.squares / n - mean.powi(2)).max(0.0) * n / (n - 1.0);
        Some(Referred {
            taken: Estimate::estimated(share.mean(), share.sd(), self.asked),
            once_minor: Estimate::estimated(mean, (variance / n).sqrt(), self.priced),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s15_nineteen_answers_say_nothing_and_twenty_do() {
        let counted = |asked, priced| Referrals {
            asked,
            taken: 6,
            priced,
            sum: 1_000.0 * priced as f64,
            squares: 1_000_000.0 * priced as f64,
        };
        assert_eq!((counted(19, 6).say(), counted(20, 4).say()), (None, None));
        let said = counted(20, 5).say().expect("enough");
        // (1 + 6) / (2 + 20).
        assert!((said.taken.mean - 7.0 / 22.0).abs() < 1e-9, "{said:?}");
        assert_eq!((said.once_minor.mean, said.once_minor.sd), (1_000.0, 0.0));
        assert_eq!((said.taken.n, said.once_minor.n), (20, 5));
    }
}
