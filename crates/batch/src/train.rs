//! What this workspace's history says of odds and prices: shrunken rates with where they come from.

pub mod deals;
pub mod deal_age;
pub mod approval;
pub mod referrals;
pub mod nearness;
pub mod standing;
pub mod staying;
pub mod organic;
pub mod hazards;
pub mod churn;
pub mod prices;
pub mod seats;
pub mod peers;
pub mod cards;
pub mod moment;
pub mod profile;
pub mod rows;
pub mod opening;
pub mod won;
pub mod leaving;
pub mod contact;
pub mod learn;
pub mod learned;

use std::collections::BTreeMap;

use decide::catalogue::Catalogue;
use domain::ids::ProductId;
use domain::probability::Estimate;
use domain::time::Day;
use models::rates::{Beta, Count};
use serde::{Deserialize, Serialize};

use crate::known::Account;
use crate::tables::FromLake;
use crate::versions::Versions;
use approval::Approvals;
use deal_age::DealAge;
use hazards::Hazards;
use organic::Frailties;
use peers::Peers;
use referrals::Referrals;
use standing::Beside;
use staying::Staying;

/// A rate per group, shrunken to the whole, with the counts behind it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// The prior among groups: pseudo-successes and pseudo-failures.
    pub prior: (f64, f64),
    /// Successes and trials over all groups.
    pub total: (u64, u64),
    /// Successes and trials of each group.
    pub groups: BTreeMap<String, (u64, u64)>,
}

/// A rate with what it rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// The rate.
    pub estimate: Estimate,
    /// Successes and trials of the group.
    pub group: (u64, u64),
    /// Successes and trials of all groups.
    pub total: (u64, u64),
}

impl Rates {
    /// Fits the groups; `belief` is the stated prior before any data.
    pub fn fit(groups: BTreeMap<String, (u64, u64)>, belief: Beta) -> Self {
        let counts: Vec<Count> = groups.values().map(|(s, t)| Count::new(*s, *t)).collect();
        let prior = models::rates::fit(&counts, belief);
        let total = groups.values().fold((0, 0), |sum, g| (sum.0 + g.0, sum.1 + g.1));
        Self { prior: (prior.a, prior.b), total, groups }
    }

    /// A rate of one whole without groups.
    pub fn whole(total: (u64, u64), belief: Beta) -> Self {
        let after = belief.after(Count::new(total.0, total.1));
        Self { prior: (after.a, after.b), total, groups: BTreeMap::new() }
    }

    /// The rate of a group; of the whole for a group never seen. Without any trial it is the prior.
    pub fn of(&self, group: &str) -> Rate {
        let seen = self.groups.get(group).copied().unwrap_or((0, 0));
        let whole = Beta { a: self.prior.0, b: self.prior.1 };
        let beta = whole.after(Count::new(seen.0, seen.1));
        // What a group takes from the whole is as uncertain as the whole: a rate of all groups from a few trials is
        // not known better because the groups look alike.
        let taken = (whole.a + whole.b) / (whole.a + whole.b + seen.1 as f64);
        let whole_variance = whole.mean() * (1.0 - whole.mean()) / (self.total.1 as f64 + 1.0);
        let sd = (beta.sd().powi(2) + taken.powi(2) * whole_variance).sqrt();
        let estimate = if self.total.1 == 0 {
            Estimate::prior(beta.mean(), beta.sd())
        } else {
            Estimate::estimated(beta.mean(), sd, if seen.1 > 0 { seen.1 } else { self.total.1 })
        };
        Rate { estimate, group: seen, total: self.total }
    }
}

/// Everything trained in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trained {
    /// P(opportunity | approach) of a person, by product.
    pub opened: Rates,
    /// The same of a mail.
    #[serde(default)]
    pub opened_by_mail: Rates,
    /// Approaches about a plan, below a limit of the line and near one, and the deals that they opened, beside what the
    /// plans' rates expect.
    #[serde(default)]
    pub opened_near: [Beside; 2],
    /// P(won | opportunity), by product.
    pub won: Rates,
    /// How a deal's chance changes with its age.
    pub deal_age: DealAge,
    /// P(won | a deal to save a contract), of all products: there are few.
    pub saved: Rates,
    /// Whether approaches by mail or prompt are on record as deals: then each deal is one approach.
    pub digital_approaches: u64,
    /// The monthly chance of taking it with no approach in the 90 days before, by motion, product and tenure.
    pub organic: Hazards,
    /// How accounts differ in that, for products that stand alone.
    #[serde(default)]
    pub frailties: Frailties,
    /// P(leaves within the window), by contract cell.
    pub churn: Rates,
    /// How leaving changes with tenure.
    #[serde(default)]
    pub staying: Staying,
    /// Monthly prices that bills imply, minor units: mean, standard error, contracts.
    pub prices: BTreeMap<String, (f64, f64, u64)>,
    /// Monthly prices of a seat that contracts imply, minor units: mean, standard error, contracts.
    pub seat_prices: BTreeMap<String, (f64, f64, u64)>,
    /// Seats beside those of the main contract: median share, spread as a share of it, accounts.
    pub seat_shares: BTreeMap<String, (f64, f64, u64)>,
    /// Mean price paid for one piece, minor units: mean, standard error, orders.
    pub paid: BTreeMap<String, (f64, f64, u64)>,
    /// How customers on the same product use each metric.
    #[serde(default)]
    pub peers: Peers,
    /// How long won deals took.
    #[serde(default)]
    pub approvals: Approvals,
    /// How requests for referrals were answered.
    #[serde(default)]
    pub referrals: Referrals,
}

/// What training looks at.
#[derive(Debug, Clone, Copy)]
pub struct History<'a> {
    /// As of this day.
    pub as_of: Day,
    /// The outcome window, days.
    pub window_days: i32,
    /// Entities by account.
    pub accounts: &'a BTreeMap<i64, Account>,
    /// Sums from the lake.
    pub lake: &'a FromLake,
    /// Contract lines with all their versions.
    pub versions: &'a Versions,
    /// What can be offered.
    pub catalogue: &'a Catalogue,
    /// Metrics that count against a contract's seats, by name.
    pub seat_metrics: &'a [String],
}

/// Beliefs before any data: mean and standard deviation each.
#[derive(Debug, Clone, Copy)]
pub struct Beliefs {
    /// P(opportunity | approach).
    pub opened: (f64, f64),
    /// P(won | opportunity).
    pub won: (f64, f64),
    /// P(takes it | left alone).
    pub organic: (f64, f64),
    /// P(leaves within the window).
    pub churn: (f64, f64),
}

/// Trains everything.
pub fn train(
    history: History<'_>,
    digital_offers: &[String],
    priced: &[ProductId],
    beliefs: Beliefs,
) -> Trained {
    let beta = |(mean, sd)| Beta::from_mean_sd(mean, sd);
    let fruits = deals::Fruits::of(history, digital_offers);
    let opened = Rates::fit(fruits.by_product(true), beta(beliefs.opened));
    let counts = organic::Counts::of(history);
    let hazards = Hazards::fit(&counts, beliefs.organic, history.window_days);
    Trained {
        opened_near: fruits.by_nearness(history, &opened),
        opened,
        opened_by_mail: Rates::fit(fruits.by_product(false), beta(beliefs.opened)),
        won: Rates::fit(deals::won_by_product(history), beta(beliefs.won)),
        deal_age: DealAge::of(history),
        saved: Rates::whole(deals::saved(history), beta(beliefs.won)),
        digital_approaches: deals::digital_approaches(history, digital_offers),
        frailties: Frailties::fit(history, &counts, &hazards),
        organic: hazards,
        churn: Rates::fit(churn::left_by_cell(history), beta(beliefs.churn)),
        staying: Staying::fit(history),
        prices: prices::implied(history.accounts, priced),
        seat_prices: prices::by_seat(history.accounts, priced),
        seat_shares: seats::shares(history.accounts),
        paid: prices::paid(history.lake),
        peers: Peers::of_all(history),
        approvals: Approvals::of(history),
        referrals: Referrals::of(history),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::probability::Provenance;

    fn rates(groups: &[(&str, u64, u64)]) -> Rates {
        let groups = groups.iter().map(|(name, s, t)| ((*name).to_owned(), (*s, *t))).collect();
        Rates::fit(groups, Beta::from_mean_sd(0.3, 0.15))
    }

    #[test]
    fn without_data_the_rate_is_the_stated_prior() {
        let rate = rates(&[]).of("GTX");
        assert_eq!(rate.estimate.provenance, Provenance::Prior);
        assert!((rate.estimate.mean - 0.3).abs() < 1e-9 && (rate.estimate.sd - 0.15).abs() < 1e-9);
    }

    #[test]
    fn groups_that_look_alike_do_not_make_few_trials_many() {
        let rates = rates(&[("a", 6, 10), ("b", 6, 10), ("c", 6, 10)]);
        for group in ["a", "never seen"] {
            let sd = rates.of(group).estimate.sd;
            // Thirty trials in all leave at least the square root of .6 * .4 / 31.
            assert!(sd > 0.5 * 0.088 && sd < 0.2, "{group}: {sd}");
        }
        let many = rates_of_many();
        assert!(many.of("a").estimate.sd < 0.01, "{:?}", many.of("a"));
    }

    #[test]
    fn few_rescues_without_success_are_drawn_to_the_belief() {
        // Three tenths before any data, worth 8.3 deals: none of eight saved leaves 2.5 of 16.3.
        let rate = Rates::whole((0, 8), Beta::from_mean_sd(0.3, 0.15)).of("");
        assert!((rate.estimate.mean - 0.153).abs() < 0.002, "{rate:?}");
        assert_eq!((rate.estimate.provenance, rate.estimate.n), (Provenance::Estimated, 8));
    }

    fn rates_of_many() -> Rates {
        rates(&[("a", 6_000, 10_000), ("b", 6_000, 10_000)])
    }

    #[test]
    fn a_small_group_is_pulled_to_the_whole() {
        let rates = rates(&[("a", 600, 1000), ("b", 620, 1000), ("c", 590, 1000), ("d", 0, 3)]);
        let small = rates.of("d").estimate;
        assert!(small.mean > 0.5, "three failures say little: {small:?}");
        assert_eq!(rates.of("d").group, (0, 3));
        assert_eq!(rates.of("never seen").estimate.provenance, Provenance::Estimated);
    }
}
