//! The list of each customer, with a reason for every item.

use super::calibration::Standing;
use super::companions::Lag;
use super::fit::{Fit, Options, ranked};
use super::history::History;
use super::mixture::Voice;
use super::parallel;
use super::slate::{Candidate, Desk, Kind, Slate, Sources};

/// Why an item stands on a list; what it says is counted, not modelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The customer bought it before.
    Bought {
        /// In how many of the orders.
        count: u32,
        /// How many orders the customer has.
        orders: u32,
        /// The number of the last order with it, the oldest being 0.
        last: u32,
    },
    /// Customers alike bought it.
    Neighbours {
        /// How many of them.
        buyers: usize,
        /// Of how many asked.
        asked: usize,
    },
    /// It is often in one order with something the customer buys.
    Together {
        /// The item that it goes with.
        with: u32,
    },
    /// It often comes in the order after something that was in the customer's last.
    Then {
        /// The item that it follows.
        after: u32,
    },
    /// Everybody buys it; share of all orders lately is what ranked it.
    Popular,
}

/// One line of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Pick {
    /// The item.
    pub item: u32,
    /// The chance that the next basket has it, 0..=1; where nothing could be validated a shrunken frequency.
    pub score: f64,
    /// Whether the customer bought it before.
    pub repeat: bool,
    /// What speaks for it, the strongest first; for an item bought before that comes first. One or two.
    pub reasons: Vec<Reason>,
}

/// Up to `options.scope.depth` picks for each customer, the best first.
pub fn recommend(history: &History, fit: &Fit, options: Options) -> Vec<Vec<Pick>> {
    let sources = Sources::of(history, fit.settings, &fit.members, options.threads);
    let desk = || sources.desk();
    parallel::map(history.customers(), options.threads, desk, |desk, customer| {
        let slate = sources.slate(customer, options.scope, desk);
        if slate.orders == 0 { Vec::new() } else { picks(&sources, fit, (&slate, desk), options) }
    })
}

fn picks(
    sources: &Sources<'_>,
    fit: &Fit,
    (slate, desk): (&Slate, &Desk),
    options: Options,
) -> Vec<Pick> {
    let best = ranked(slate, &fit.method, (slate.candidates.len(), Kind::Any));
    let utilities: Vec<f64> = best.iter().map(|(_, utility)| *utility).collect();
    let standings = Standing::of(&utilities, slate.basket).into_iter();
    let picked = best.into_iter().zip(standings).take(options.scope.depth);
    let pick = |((at, _), standing): ((usize, f64), Standing)| {
        let candidate = &slate.candidates[at];
        let score = match &fit.calibration {
            Some(calibration) => calibration.chance(standing),
            None => shrunken(slate, candidate),
        };
        Pick {
            item: candidate.item,
            score,
            repeat: candidate.habit.is_some(),
            reasons: reasons(sources, fit, (slate, desk), candidate),
        }
    };
    let mut picks: Vec<Pick> = picked.map(pick).collect();
    if fit.calibration.is_none() {
        picks.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.item.cmp(&b.item)));
    }
    picks
}

/// Share of the customer's orders with an item, drawn toward everybody's share by one order's worth.
fn shrunken(slate: &Slate, candidate: &Candidate) -> f64 {
    let count = candidate.habit.map_or(0, |habit| habit.count);
    (f64::from(count) + f64::from(candidate.popular)) / (slate.orders as f64 + 1.0)
}

fn reasons(
    sources: &Sources<'_>,
    fit: &Fit,
    (slate, desk): (&Slate, &Desk),
    candidate: &Candidate,
) -> Vec<Reason> {
    let mut voices = fit.method.voices(slate, candidate);
    voices.retain(|(_, adds)| *adds > 0.0);
    voices.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let said = voices.iter().filter_map(|(voice, _)| match voice {
        Voice::Personal => None,
        Voice::Neighbours => {
            let (buyers, asked) = sources.buyers(slate, candidate.item, desk);
            (buyers > 0).then_some(Reason::Neighbours { buyers, asked })
        }
        Voice::Together => {
            let with = sources.leads(slate.customer, candidate.item, Lag::Together);
            with.map(|with| Reason::Together { with })
        }
        Voice::Then => {
            let after = sources.leads(slate.customer, candidate.item, Lag::Then);
            after.map(|after| Reason::Then { after })
        }
        Voice::Popular => Some(Reason::Popular),
    });
    let Some(habit) = candidate.habit else {
        return vec![said.into_iter().next().unwrap_or(Reason::Popular)];
    };
    let orders = u32::try_from(slate.orders).unwrap_or(u32::MAX);
    let own = Reason::Bought { count: habit.count, orders, last: habit.last };
    // What speaks louder than the customer's own orders is said as well.
    let louder = voices.first().is_some_and(|(voice, _)| *voice != Voice::Personal);
    [own].into_iter().chain(said.take(usize::from(louder))).collect()
}
