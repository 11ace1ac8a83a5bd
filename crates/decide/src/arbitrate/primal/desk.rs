//! A plan in the making: what is taken, and how much of each row and limit is left.

use super::{ALIKE, Change, Taken};
use crate::arbitrate::block::{Pick, Priced};
use crate::arbitrate::problem::{NO_CAP, NO_PART, Problem, units};

/// What is taken so far.
#[derive(Debug, Clone)]
pub(in crate::arbitrate) struct Desk<'a> {
    pub(super) problem: &'a Problem,
    /// Parts left of each row; of a minimum, by how much it is exceeded.
    pub(super) left: Vec<f64>,
    /// The slot of each option, from 1; 0: not taken.
    slot: Vec<u32>,
    of_account: Vec<u32>,
    of_part: Vec<u32>,
    of_block: Vec<u32>,
    pub(super) block: Vec<u32>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(problem: &'a Problem) -> Self {
        let mut block = Vec::with_capacity(problem.accounts.len());
        for at in 0..problem.blocks.len() {
            block.extend(problem.accounts_of(at).map(|_| at as u32));
        }
        Self {
            left: problem.limits.clone(),
            slot: vec![0; problem.choices.len()],
            of_account: vec![0; problem.accounts.len()],
            of_part: vec![0; problem.parts.len()],
            of_block: vec![0; problem.blocks.len()],
            block,
            problem,
        }
    }

    pub(super) fn slot_of(&self, option: u32) -> Option<u32> {
        self.slot[option as usize].checked_sub(1)
    }

    /// What an option is worth in a slot.
    pub(super) fn value(&self, option: u32, slot: u32) -> f64 {
        self.problem.choices[option as usize].value * self.problem.factors[slot as usize]
    }

    /// Whether a slot's rows have room for it.
    pub(super) fn fits(&self, slot: u32) -> bool {
        let uses = self.problem.uses_of(slot as usize);
        uses.iter().all(|(row, amount)| *amount <= 0.0 || *amount <= self.left[*row as usize])
    }

    /// Whether limits have room for one more option of an account.
    pub(super) fn allows(&self, account: u32, option: u32) -> bool {
        let problem = self.problem;
        let room = |n: u32, cap: u32| cap == NO_CAP || n < cap;
        let block = self.block[account as usize] as usize;
        let part = problem.choices[option as usize].part;
        room(self.of_account[account as usize], problem.accounts[account as usize].1)
            && room(self.of_block[block], problem.blocks[block].1)
            && (part == NO_PART || room(self.of_part[part as usize], problem.parts[part as usize]))
    }

    pub(super) fn put(&mut self, account: u32, option: u32, slot: u32) {
        self.count(account, option, 1);
        for (row, amount) in self.problem.uses_of(slot as usize) {
            self.left[*row as usize] -= amount;
        }
        self.slot[option as usize] = slot + 1;
    }

    /// Takes an option out; returns its slot.
    pub(super) fn remove(&mut self, account: u32, option: u32) -> u32 {
        let slot = self.slot_of(option).expect("only what is taken is taken out");
        self.count(account, option, u32::MAX);
        for (row, amount) in self.problem.uses_of(slot as usize) {
            self.left[*row as usize] += amount;
        }
        self.slot[option as usize] = 0;
        slot
    }

    fn count(&mut self, account: u32, option: u32, by: u32) {
        let part = self.problem.choices[option as usize].part;
        let block = self.block[account as usize] as usize;
        let add = |n: &mut u32| *n = n.wrapping_add(by);
        add(&mut self.of_account[account as usize]);
        add(&mut self.of_block[block]);
        if part != NO_PART {
            add(&mut self.of_part[part as usize]);
        }
    }

    /// Whether no minimum is missed, or missed by more, without this slot.
    pub(super) fn spares(&self, slot: u32) -> bool {
        let uses = self.problem.uses_of(slot as usize);
        uses.iter().all(|(row, amount)| *amount >= 0.0 || self.left[*row as usize] + amount >= 0.0)
    }

    /// By how many parts minimums are missed.
    pub(super) fn lacks(&self) -> f64 {
        let rows = self.problem.least.iter().zip(&self.left).filter(|(least, _)| **least);
        rows.map(|(_, left)| (-left).max(0.0)).sum()
    }

    /// Places a block's choice in the roomiest of its slots that are as good, else its account's next best.
    pub(super) fn first(&mut self, priced: &Priced, pick: &Pick) {
        if self.slot_of(pick.option).is_some() || !self.allows(pick.account, pick.option) {
            return;
        }
        let least = pick.net - ALIKE * self.problem.choices[pick.option as usize].value.abs();
        if let Some(slot) = self.roomiest(priced, pick.option, least) {
            self.put(pick.account, pick.option, slot);
            return;
        }
        let mut best: Option<(f64, u32, u32)> = None;
        for option in self.problem.options_of(pick.account as usize) {
            let option = option as u32;
            if self.slot_of(option).is_some() || !self.allows(pick.account, option) {
                continue;
            }
            for slot in self.slots(option) {
                let net = self.value(option, slot) - priced.slot[slot as usize];
                if net > best.map_or(0.0, |best| best.0) && self.fits(slot) {
                    best = Some((net, option, slot));
                }
            }
        }
        if let Some((_, option, slot)) = best {
            self.put(pick.account, option, slot);
        }
    }

    pub(super) fn slots(&self, option: u32) -> impl Iterator<Item = u32> + use<> {
        let way = self.problem.choices[option as usize].way;
        self.problem.slots_of(way).map(|slot| slot as u32)
    }

    /// The slot worth at least so much beyond its price that leaves the largest share of its rows.
    pub(super) fn roomiest(&self, priced: &Priced, option: u32, least: f64) -> Option<u32> {
        let mut best: Option<(f64, u32)> = None;
        for slot in self.slots(option) {
            let net = self.value(option, slot) - priced.slot[slot as usize];
            if net < least || !self.fits(slot) {
                continue;
            }
            let share = |(row, _): &(u32, f64)| {
                let row = *row as usize;
                let limit = self.problem.limits[row];
                if limit > 0.0 { self.left[row] / limit } else { 1.0 }
            };
            let uses = self.problem.uses_of(slot as usize);
            let room = uses.iter().map(share).fold(1.0, f64::min);
            if best.is_none_or(|(most, _)| room > most) {
                best = Some((room, slot));
            }
        }
        best.map(|(_, slot)| slot)
    }

    /// The change of an account that fits, adds value and loses least against the prices.
    pub(super) fn best_change(&self, priced: &Priced, account: usize) -> Option<Change> {
        self.change(priced, account as u32, true)
    }

    /// The same; where it need not fit, the one that would add most.
    pub(super) fn change(&self, priced: &Priced, account: u32, fit: bool) -> Option<Change> {
        let problem = self.problem;
        let mut best: Option<Change> = None;
        for option in problem.options_of(account as usize) {
            let option = option as u32;
            let own = self.slot_of(option);
            let instead = match own {
                Some(_) => Some(option),
                None if self.allows(account, option) => None,
                None => match self.least(account, option) {
                    Some(other) => Some(other),
                    None => continue,
                },
            };
            let old = instead.and_then(|other| Some((other, self.slot_of(other)?)));
            let (had, paid) = old.map_or((0.0, 0.0), |(other, slot)| {
                (self.value(other, slot), priced.slot[slot as usize])
            });
            if problem.choices[option as usize].value <= had {
                continue;
            }
            for slot in self.slots(option) {
                let gain = self.value(option, slot) - had;
                let net = gain - priced.slot[slot as usize] + paid;
                if gain <= 1e-9 * had.abs() || best.is_some_and(|best| net <= best.net) {
                    continue;
                }
                if !fit || self.fits_instead(slot, old.map(|(_, slot)| slot)) {
                    best = Some(Change { account, option, slot, instead, net });
                }
            }
        }
        best
    }

    /// The taken option of least value whose place another one of the account could have.
    fn least(&self, account: u32, option: u32) -> Option<u32> {
        let problem = self.problem;
        let part = problem.choices[option as usize].part;
        let full = part != NO_PART && self.of_part[part as usize] >= problem.parts[part as usize];
        let mut least: Option<(f64, u32)> = None;
        for other in problem.options_of(account as usize) {
            let other = other as u32;
            if full && problem.choices[other as usize].part != part {
                continue;
            }
            if let Some(slot) = self.slot_of(other) {
                let value = self.value(other, slot);
                if least.is_none_or(|(least, _)| value < least) {
                    least = Some((value, other));
                }
            }
        }
        least.map(|(_, other)| other)
    }

    fn fits_instead(&self, slot: u32, old: Option<u32>) -> bool {
        let Some(old) = old else { return self.fits(slot) };
        let problem = self.problem;
        let freed = |row: u32| -> f64 {
            let uses = problem.uses_of(old as usize).iter().filter(|(other, _)| *other == row);
            uses.map(|(_, amount)| amount).sum()
        };
        let kept = |row: u32| {
            let uses = problem.uses_of(slot as usize).iter().filter(|(other, _)| *other == row);
            uses.map(|(_, amount)| amount).sum::<f64>()
        };
        let fits = problem.uses_of(slot as usize).iter().all(|(row, amount)| {
            *amount <= 0.0 || *amount <= self.left[*row as usize] + freed(*row)
        });
        fits && problem.uses_of(old as usize).iter().all(|(row, amount)| {
            *amount >= 0.0 || self.left[*row as usize] + amount - kept(*row) >= 0.0
        })
    }

    /// Makes a change if it still fits.
    pub(super) fn make(&mut self, change: &Change) -> bool {
        let old = match change.instead {
            Some(other) => match self.slot_of(other) {
                Some(slot) => Some(slot),
                None => return false,
            },
            None if self.allows(change.account, change.option) => None,
            None => return false,
        };
        let taken = self.slot_of(change.option).is_some() && change.instead != Some(change.option);
        if taken || !self.fits_instead(change.slot, old) {
            return false;
        }
        if let Some(other) = change.instead {
            let slot = self.remove(change.account, other);
            if !self.allows(change.account, change.option) {
                self.put(change.account, other, slot);
                return false;
            }
        }
        self.put(change.account, change.option, change.slot);
        true
    }

    /// What is taken, ascending by option.
    pub(in crate::arbitrate) fn taken(&self) -> Vec<Taken> {
        let taken = self.slot.iter().enumerate().filter(|(_, slot)| **slot > 0);
        taken
            .map(|(option, slot)| {
                let first = self.problem.slots_of(self.problem.choices[option].way).start;
                Taken { option: option as u32, slot: slot - 1 - first as u32 }
            })
            .collect()
    }

    /// What is taken is worth this much.
    pub(in crate::arbitrate) fn total(&self) -> f64 {
        let taken = self.slot.iter().enumerate().filter(|(_, slot)| **slot > 0);
        taken.map(|(option, slot)| self.value(option as u32, slot - 1)).sum()
    }

    /// Units used of each row.
    pub(in crate::arbitrate) fn used(&self) -> Vec<f64> {
        let rows = self.problem.limits.iter().zip(&self.left);
        rows.map(|(limit, left)| units((limit - left).abs())).collect()
    }

    /// Units that each minimum lacks.
    pub(in crate::arbitrate) fn unmet(&self) -> Vec<f64> {
        let rows = self.problem.least.iter().zip(&self.left);
        rows.map(|(least, left)| if *least { units((-left).max(0.0)) } else { 0.0 }).collect()
    }
}
