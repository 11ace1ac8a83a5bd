//! Exploration: now and then chance decides, so that later it can be told what another choice would have brought.
//!
//! Leaving an account alone is an action. At the prices of the rows the policy's action is the package with the
//! largest EIP - price * use, or leaving where none is above zero. With probability e (`explore.share`) an eligible
//! account's action is drawn uniformly from its m allowed packages and leaving, so that each action a has
//! P(a) = (1 - e) * 1[a is the policy's] + e / (m + 1), which is logged (Horvitz and Thompson 1952; Bottou et al.
//! 2013, "Counterfactual Reasoning and Learning Systems", section 4). Explored packages take hours that are
//! kept for them. Where what was done is not the action meant, for hours, rows or stability, that is logged apart.
//!
//! The draw hangs on the seed, the account and the day alone: neither on the order of accounts nor on what others do.
//! High-touch accounts, accounts with work under way or in the frozen week, and what guards hold are left out.

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::choose::Desk;
use super::ledger::{Kind, Ledger};
use super::market::Market;
use super::weigh::Standing;
use crate::arbitrate::Solution;
use crate::decision::Draw;

/// The policy's section of exploration.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExplorePolicy {
    /// The probability that chance decides about an eligible account.
    pub share: f64,
    /// Share of the hours kept for what chance decides.
    pub hours_share: f64,
}

/// What is meant for an account.
#[derive(Debug)]
pub(super) struct Meant {
    account: u32,
    /// Its entries that may be chosen.
    entries: Vec<usize>,
    /// The one that is meant; none: leaving.
    action: Option<usize>,
    explored: bool,
}

impl Desk<'_> {
    /// Keeps hours for what chance decides; returns them by pool and week.
    pub(super) fn reserve(&mut self) -> Vec<Vec<f64>> {
        let explore = &self.input.policy.explore;
        let share = if explore.share > 0.0 { explore.hours_share } else { 0.0 };
        let kept: Vec<Vec<f64>> =
            self.left.iter().map(|weeks| weeks.iter().map(|left| left * share).collect()).collect();
        for (left, kept) in self.left.iter_mut().flatten().zip(kept.iter().flatten()) {
            *left -= kept;
        }
        kept
    }

    /// Gives the hours back.
    pub(super) fn release(&mut self, kept: &[Vec<f64>]) {
        for (left, kept) in self.left.iter_mut().flatten().zip(kept.iter().flatten()) {
            *left += kept;
        }
    }

    /// Draws for each eligible account, and logs each action's probability.
    pub(super) fn draw(&mut self, ledger: &Ledger, market: &Market, prices: &[f64]) -> Vec<Meant> {
        let share = self.input.policy.explore.share;
        let limited: Vec<(u32, usize)> = (0..)
            .zip(&market.entries)
            .filter(|(_, entry)| self.items[**entry].kind == Kind::Limited)
            .map(|(option, entry)| (option, *entry))
            .collect();
        let mut meant = Vec::new();
        for options in limited.chunk_by(|a, b| self.items[a.1].account == self.items[b.1].account) {
            let account = self.items[options[0].1].account;
            let frozen = options.iter().any(|(_, at)| self.items[*at].standing == Standing::Frozen);
            if frozen || !ledger.explores(account) || !self.taken[account as usize].is_empty() {
                continue;
            }
            let mut entries: Vec<usize> = options.iter().map(|(_, entry)| *entry).collect();
            let best = options
                .iter()
                .map(|(option, entry)| (market.problem.net(*option, prices), *entry))
                .filter(|(net, _)| *net > 0.0)
                .reduce(|best, next| if next.0 > best.0 { next } else { best });
            let policy = best.map(|(_, entry)| entry);
            let (chance, pick) = self.chance(ledger, account);
            let explored = chance < share;
            entries.sort_unstable();
            let n = entries.len() + 1;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place")]
            let place = ((pick * n as f64) as usize).min(n - 1);
            let action = if explored { entries.get(place).copied() } else { policy };
            for entry in &entries {
                let chosen = f64::from(u8::from(policy == Some(*entry)));
                self.draws[*entry] = Some(Draw {
                    probability: (1.0 - share) * chosen + share / n as f64,
                    policy: policy == Some(*entry),
                    explored,
                    repaired: false,
                });
            }
            if explored {
                self.drawn.insert(account, action);
            }
            meant.push(Meant { account, entries, action, explored });
        }
        meant
    }

    /// Two numbers from 0 to below 1, by seed, account and day.
    fn chance(&self, ledger: &Ledger, account: u32) -> (f64, f64) {
        let mut hasher = Sha256::new();
        hasher.update(b"explore");
        hasher.update(self.input.seed.to_be_bytes());
        hasher.update(ledger.key(account).0.to_be_bytes());
        hasher.update(self.input.as_of.0.to_be_bytes());
        let digest = hasher.finalize();
        let number = |from: usize| {
            let bytes = digest[from..from + 4].iter();
            f64::from(bytes.fold(0, |n, byte| n << 8 | u32::from(*byte))) / 2_f64.powi(32)
        };
        (number(0), number(4))
    }

    /// Takes explored accounts out of what the solver chose.
    pub(super) fn without_explored(
        &self,
        solution: &Solution,
        market: &Market,
        meant: &[Meant],
    ) -> Vec<(usize, usize)> {
        let mut explored: Vec<u32> =
            meant.iter().filter(|it| it.explored).map(|it| it.account).collect();
        explored.sort_unstable();
        let drawn = |entry: usize| {
            let entry = &self.items[entry];
            entry.kind == Kind::Limited && explored.binary_search(&entry.account).is_ok()
        };
        let chosen = solution.taken.iter();
        let chosen = chosen.map(|it| (market.entries[it.option as usize], it.slot as usize));
        chosen.filter(|(entry, _)| !drawn(*entry)).collect()
    }

    /// Does what chance decided, as far as hours and rows reach, and logs where something else was done than meant.
    pub(super) fn explore(&mut self, meant: &[Meant]) {
        for item in meant.iter().filter(|it| it.explored).filter_map(|it| it.action) {
            if self.competes(item)
                && let Some(seat) = self.seat(item, None)
            {
                self.sit(item, seat);
            }
        }
        for it in meant {
            let done: Vec<usize> =
                it.entries.iter().copied().filter(|entry| self.week[*entry].is_some()).collect();
            let repaired = done != it.action.into_iter().collect::<Vec<_>>();
            for entry in &it.entries {
                if let Some(draw) = &mut self.draws[*entry] {
                    draw.repaired = repaired;
                }
            }
        }
    }
}
