//! What one block does at given prices: exactly, and smoothed.
//!
//! *Exactly* it takes options by what they earn beyond the price of their best slot, as long as no limit of
//! part, account or block is reached. The limits are nested (a laminar matroid), so this greedy choice is the
//! best one for any number (Edmonds 1971, "Matroids and the Greedy Algorithm").
//!
//! *Smoothed* it may take shares x, and pays τ/2 times the sum of x² (Nesterov 2005, "Smooth Minimization of
//! Non-smooth Functions", eq. (2.5)): shares then move with prices without jumps, and slots that are worth the
//! same are used alike. For one option an account, leaving it is one more share, and the shares are the
//! projection onto the simplex (Held, Wolfe and Crowder 1974, "Validation of Subgradient Optimization"); else
//! each limit has a threshold that is found by halving. τ is a share of the account's best value, so that large
//! and small customers are smoothed alike.

use super::problem::{NO_CAP, NO_PART, Problem};

/// Halvings of a limit's threshold.
const HALVINGS: usize = 48;

/// The prices of rows as the options see them.
#[derive(Debug, Clone, Default)]
pub(super) struct Priced {
    /// What each slot costs.
    pub(super) slot: Vec<f64>,
    /// The least that a way costs, and the slot that does, where all its slots are worth the same.
    cheapest: Vec<(f64, u32)>,
    /// The largest factor of a way; below zero where its slots differ.
    factor: Vec<f64>,
}

impl Priced {
    pub(super) fn at(problem: &Problem, prices: &[f64]) -> Self {
        let cost =
            |slot| problem.uses_of(slot).iter().map(|(row, a)| prices[*row as usize] * a).sum();
        let slot: Vec<f64> = (0..problem.factors.len()).map(cost).collect();
        let mut priced = Self { slot, ..Self::default() };
        for way in 0..problem.ways.len() - 1 {
            let slots = problem.slots_of(way as u32);
            let first = slots.clone().next().map_or(0.0, |slot| problem.factors[slot]);
            let same = slots.clone().all(|slot| problem.factors[slot] == first);
            let least = slots.fold((f64::INFINITY, 0), |least, slot| {
                if priced.slot[slot] < least.0 { (priced.slot[slot], slot as u32) } else { least }
            });
            priced.cheapest.push(least);
            priced.factor.push(if same { first } else { -1.0 });
        }
        priced
    }

    /// What an option earns beyond the price of its best slot, and that slot; nothing without a slot.
    pub(super) fn best(&self, problem: &Problem, option: usize) -> (f64, u32) {
        let choice = &problem.choices[option];
        let factor = self.factor[choice.way as usize];
        if factor >= 0.0 {
            let (cost, slot) = self.cheapest[choice.way as usize];
            return (choice.value * factor - cost, slot);
        }
        problem.slots_of(choice.way).fold((f64::NEG_INFINITY, 0), |best, slot| {
            let net = choice.value * problem.factors[slot] - self.slot[slot];
            if net > best.0 { (net, slot as u32) } else { best }
        })
    }
}

/// An option that a block takes at the prices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pick {
    pub(super) option: u32,
    pub(super) account: u32,
    pub(super) slot: u32,
    /// What it earns beyond its price.
    pub(super) net: f64,
}

/// A share of an option in one of its slots.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    pub(super) net: f64,
    pub(super) slot: u32,
    pub(super) option: u32,
    account: u32,
    pub(super) x: f64,
    /// Shares of the same number have a fixed sum; none: it moves freely.
    pub(super) bound: u32,
}

/// No fixed sum.
pub(super) const FREE: u32 = u32::MAX;

/// What a block does; its room is used again for the next one.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// What the exact choice earns beyond its prices.
    pub(super) phi: f64,
    pub(super) shares: Vec<Share>,
    /// What smoothing the block's shares costs for each square.
    pub(super) tau: f64,
    /// How many sums are fixed.
    pub(super) sums: u32,
    picks: Vec<Pick>,
    counts: Vec<(u32, u32)>,
    nets: Vec<f64>,
}

/// Whether each account of a block takes one option and nothing else limits it.
pub(super) fn is_plain(problem: &Problem, block: usize) -> bool {
    let (accounts, cap) = (problem.accounts_of(block), problem.blocks[block].1);
    let room = cap == NO_CAP || (cap >= 1 && accounts.len() == 1);
    let one = |account: usize| {
        let open = |option: usize| match problem.choices[option].part {
            NO_PART => true,
            part => problem.parts[part as usize] > 0,
        };
        problem.accounts[account].1 == 1 && problem.options_of(account).all(open)
    };
    room && accounts.into_iter().all(one)
}

impl Work {
    /// What an account does that takes at most one option, as [`is_plain`] says.
    pub(super) fn single(
        &mut self,
        problem: &Problem,
        priced: &Priced,
        (account, tau): (usize, f64),
    ) {
        self.shares.clear();
        self.nets.clear();
        let (mut most, mut scale) = (0.0_f64, 0.0_f64);
        let options = problem.options_of(account);
        for option in options.clone() {
            let (net, _) = priced.best(problem, option);
            most = most.max(net);
            scale = scale.max(problem.choices[option].value.abs());
            self.nets.push(net);
        }
        (self.phi, self.tau) = (most, (tau * scale).max(f64::MIN_POSITIVE));
        let least = most - self.tau;
        for (place, option) in options.enumerate() {
            if self.nets[place] > least {
                self.spread(problem, priced, (option, account, least));
            }
        }
        if least < 0.0 {
            self.shares.push(Share {
                net: 0.0,
                slot: LEAVE,
                option: 0,
                account: 0,
                x: 0.0,
                bound: 0,
            });
        }
        self.shares.sort_unstable_by(|a, b| b.net.total_cmp(&a.net).then(a.slot.cmp(&b.slot)));
        let threshold = self.threshold(1.0);
        for share in &mut self.shares {
            (share.x, share.bound) = (((share.net - threshold) / self.tau).max(0.0), 0);
        }
        self.shares.retain(|share| share.x > 0.0);
        self.sums = 1;
    }

    /// Above which the shares, the largest first, sum to so much.
    fn threshold(&self, sum: f64) -> f64 {
        let (mut n, mut total, mut threshold) = (0.0, 0.0, f64::NEG_INFINITY);
        for share in &self.shares {
            if share.net <= threshold {
                break;
            }
            (n, total) = (n + 1.0, total + share.net);
            threshold = (total - self.tau * sum) / n;
        }
        threshold
    }

    /// A share for each slot of an option that earns more than `least`.
    fn spread(
        &mut self,
        problem: &Problem,
        priced: &Priced,
        (option, account, least): (usize, usize, f64),
    ) {
        let choice = &problem.choices[option];
        for slot in problem.slots_of(choice.way) {
            let net = choice.value * problem.factors[slot] - priced.slot[slot];
            if net > least {
                let (slot, option, account) = (slot as u32, option as u32, account as u32);
                self.shares.push(Share { net, slot, option, account, x: 0.0, bound: FREE });
            }
        }
    }

    /// What a block with any limits does.
    pub(super) fn nested(
        &mut self,
        problem: &Problem,
        priced: &Priced,
        (block, tau): (usize, f64),
    ) {
        self.picks(problem, priced, block);
        self.phi = self.picks.iter().map(|pick| pick.net).sum();
        self.shares.clear();
        let mut scale = 0.0_f64;
        for account in problem.accounts_of(block) {
            for option in problem.options_of(account) {
                scale = scale.max(problem.choices[option].value.abs());
                self.spread(problem, priced, (option, account, 0.0));
            }
        }
        self.tau = (tau * scale).max(f64::MIN_POSITIVE);
        let part = |share: &Share| problem.choices[share.option as usize].part;
        self.shares
            .sort_unstable_by_key(|share| (share.account, part(share), share.option, share.slot));
        let nest = Nest { problem, tau: self.tau };
        nest.fill(&mut self.shares, problem.blocks[block].1);
        self.shares.retain(|share| share.x > 0.0);
        self.sums =
            self.shares.iter().filter(|s| s.bound != FREE).map(|s| s.bound + 1).max().unwrap_or(0);
    }

    /// The options that a block takes at the prices, the most earning first.
    pub(super) fn picks(&mut self, problem: &Problem, priced: &Priced, block: usize) -> &[Pick] {
        self.picks.clear();
        for account in problem.accounts_of(block) {
            for option in problem.options_of(account) {
                let (net, slot) = priced.best(problem, option);
                if net > 0.0 {
                    let (option, account) = (option as u32, account as u32);
                    self.picks.push(Pick { option, account, slot, net });
                }
            }
        }
        self.picks.sort_unstable_by(|a, b| b.net.total_cmp(&a.net).then(a.option.cmp(&b.option)));
        let Self { picks, counts, .. } = self;
        counts.clear();
        let (cap, mut taken) = (problem.blocks[block].1, 0);
        picks.retain(|pick| {
            let limits = [
                (pick.account, problem.accounts[pick.account as usize].1),
                match problem.choices[pick.option as usize].part {
                    NO_PART => (NO_PART, NO_CAP),
                    part => (part, problem.parts[part as usize]),
                },
            ];
            let count = |counts: &[(u32, u32)], place: usize| {
                let key = (limits[place].0, place as u32);
                counts.iter().filter(|at| **at == key).count() as u32
            };
            let room = taken < cap
                && (0..2).all(|place| {
                    limits[place].1 == NO_CAP || count(counts, place) < limits[place].1
                });
            if room {
                taken += 1;
                counts.extend(
                    (0..2).filter(|p| limits[*p].1 != NO_CAP).map(|p| (limits[p].0, p as u32)),
                );
            }
            room
        });
        picks
    }
}

/// Leaving an account alone, among its shares.
pub(super) const LEAVE: u32 = u32::MAX;

/// Shares under nested limits: option, part, account, block.
struct Nest<'a> {
    problem: &'a Problem,
    tau: f64,
}

impl Nest<'_> {
    /// Sets the shares of a block, sorted by account, part and option.
    fn fill(&self, shares: &mut [Share], cap: u32) {
        let limit = limit(cap);
        let most = shares.iter().map(|share| share.net).fold(0.0, f64::max);
        let theta = raised(0.0, most, limit, |theta| self.of_accounts(shares, theta));
        let mut sums = 0;
        let tight = theta > 0.0;
        for account in shares.chunk_by_mut(|a, b| a.account == b.account) {
            let cap = self.problem.accounts[account[0].account as usize].1;
            let over = raised(theta, most, crate::arbitrate::block::limit(cap), |theta| {
                self.of_parts(account, theta)
            });
            let within = if over > theta { Some(sums + 1) } else { tight.then_some(0) };
            sums += 2;
            self.fill_parts(account, (over, most), (within, &mut sums));
        }
    }

    fn fill_parts(
        &self,
        shares: &mut [Share],
        (theta, most): (f64, f64),
        (outer, sums): (Option<u32>, &mut u32),
    ) {
        for part in shares.chunk_by_mut(|a, b| self.part(a) == self.part(b)) {
            let cap = self.cap(&part[0]);
            let over = raised(theta, most, limit(cap), |theta| self.of_options(part, theta));
            let within = if over > theta { Some(*sums) } else { outer };
            *sums += 1;
            for option in part.chunk_by_mut(|a, b| a.option == b.option) {
                let last = raised(over, most, 1.0, |theta| self.sum(option, theta));
                let bound = if last > over { Some(*sums) } else { within };
                *sums += 1;
                for share in option {
                    share.x = ((share.net - last) / self.tau).max(0.0);
                    share.bound = bound.unwrap_or(FREE);
                }
            }
        }
    }

    fn part(&self, share: &Share) -> u32 {
        self.problem.choices[share.option as usize].part
    }

    fn cap(&self, share: &Share) -> u32 {
        match self.part(share) {
            NO_PART => NO_CAP,
            part => self.problem.parts[part as usize],
        }
    }

    fn of_accounts(&self, shares: &[Share], theta: f64) -> f64 {
        let accounts = shares.chunk_by(|a, b| a.account == b.account);
        let each = |account: &[Share]| {
            let cap = self.problem.accounts[account[0].account as usize].1;
            self.of_parts(account, theta).min(limit(cap))
        };
        accounts.map(each).sum()
    }

    fn of_parts(&self, shares: &[Share], theta: f64) -> f64 {
        let parts = shares.chunk_by(|a, b| self.part(a) == self.part(b));
        parts.map(|part| self.of_options(part, theta).min(limit(self.cap(&part[0])))).sum()
    }

    fn of_options(&self, shares: &[Share], theta: f64) -> f64 {
        let options = shares.chunk_by(|a, b| a.option == b.option);
        options.map(|option| self.sum(option, theta).min(1.0)).sum()
    }

    fn sum(&self, shares: &[Share], theta: f64) -> f64 {
        shares.iter().map(|share| ((share.net - theta) / self.tau).max(0.0)).sum()
    }
}

fn limit(cap: u32) -> f64 {
    if cap == NO_CAP { f64::INFINITY } else { f64::from(cap) }
}

/// The least threshold from `low` on at which a falling sum is within its limit.
fn raised(mut low: f64, mut high: f64, limit: f64, sum: impl Fn(f64) -> f64) -> f64 {
    if sum(low) <= limit {
        return low;
    }
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if sum(middle) > limit { low = middle } else { high = middle }
    }
    high
}
