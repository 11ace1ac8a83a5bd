//! Swaps: what does not fit beside lesser options takes their place, and they look for another.

use super::desk::Desk;
use super::{Change, PART};
use crate::arbitrate::block::Priced;
use crate::arbitrate::parts;

/// How many changes are tried: so many, and for each row.
const TRIED: usize = 4096;
const EACH: usize = 6;

/// Rounds of changes, as long as each adds this share of the plan.
const ROUNDS: usize = 4;
const GAIN: f64 = 2e-4;

/// Slots in which a change is tried.
const SLOTS: usize = 2;

/// How many options make room for one.
const ROOM: usize = 3;

/// Options of a row that are looked at for room.
const LOOKED: usize = 512;

/// Tries the most promising changes that do not fit, until that adds little.
pub(super) fn all(desk: &mut Desk, priced: &Priced, threads: usize) {
    let mut before = desk.total();
    for _ in 0..ROUNDS {
        round(desk, priced, threads);
        let now = desk.total();
        if now - before <= GAIN * now.abs() {
            return;
        }
        before = now;
    }
}

fn round(desk: &mut Desk, priced: &Priced, threads: usize) {
    let accounts = desk.problem.accounts.len();
    let here: &Desk = desk;
    let found = parts::each((accounts, accounts.div_ceil(PART)), threads, |part| {
        part.filter_map(|account| here.change(priced, account as u32, false)).collect::<Vec<_>>()
    });
    let mut changes = found.concat();
    changes.sort_unstable_by(|a, b| b.net.total_cmp(&a.net).then(a.option.cmp(&b.option)));
    changes.truncate(TRIED.max(EACH * desk.left.len()));
    let mut rows = Rows::of(desk, priced);
    for change in changes {
        let Some(change) = desk.change(priced, change.account, false) else { continue };
        for slot in nearest(desk, &change).into_iter().take(SLOTS) {
            if force(desk, priced, &Change { slot, ..change }, &mut rows) {
                break;
            }
        }
    }
}

/// A change's slots, those first whose rows lack least.
fn nearest(desk: &Desk, change: &Change) -> Vec<u32> {
    let lack = |slot: u32| {
        let uses = desk.problem.uses_of(slot as usize).iter();
        uses.map(|(row, amount)| (amount - desk.left[*row as usize]).max(0.0)).sum::<f64>()
    };
    let mut slots: Vec<(f64, u32)> =
        desk.slots(change.option).map(|slot| (lack(slot), slot)).collect();
    slots.sort_unstable_by(|a, b| {
        let first = |slot: u32| slot != change.slot;
        a.0.total_cmp(&b.0).then(first(a.1).cmp(&first(b.1))).then(a.1.cmp(&b.1))
    });
    slots.into_iter().map(|(_, slot)| slot).collect()
}

/// The taken options of each row, those that earn least beyond their price first.
struct Rows {
    of: Vec<Vec<(u32, u32)>>,
}

impl Rows {
    fn of(desk: &Desk, priced: &Priced) -> Self {
        let mut found: Vec<(f64, u32, u32, u32)> = Vec::new();
        for account in 0..desk.problem.accounts.len() {
            for option in desk.problem.options_of(account) {
                if let Some(slot) = desk.slot_of(option as u32) {
                    let net = desk.value(option as u32, slot) - priced.slot[slot as usize];
                    found.push((net, option as u32, account as u32, slot));
                }
            }
        }
        found.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut of = vec![Vec::new(); desk.left.len()];
        for (_, option, account, slot) in found {
            for (row, amount) in desk.problem.uses_of(slot as usize) {
                if *amount > 0.0 && of[*row as usize].len() < LOOKED {
                    of[*row as usize].push((account, option));
                }
            }
        }
        Self { of }
    }

    fn put(&mut self, desk: &Desk, (account, option, slot): (u32, u32, u32)) {
        for (row, _) in desk.problem.uses_of(slot as usize) {
            if !self.of[*row as usize].contains(&(account, option)) {
                self.of[*row as usize].push((account, option));
            }
        }
    }
}

/// What was done, so that it can be undone.
enum Done {
    Out(u32, u32, u32),
    In(u32, u32, u32),
}

/// Makes a change at the cost of others where that adds value; whether it did.
fn force(desk: &mut Desk, priced: &Priced, change: &Change, rows: &mut Rows) -> bool {
    let mut done = Vec::new();
    let mut gain = 0.0;
    let out = |desk: &mut Desk, done: &mut Vec<Done>, (account, option): (u32, u32)| {
        let slot = desk.remove(account, option);
        done.push(Done::Out(account, option, slot));
        desk.value(option, slot)
    };
    if let Some(other) = change.instead {
        let Some(slot) = desk.slot_of(other) else { return false };
        if !desk.spares(slot) {
            return false;
        }
        gain -= out(desk, &mut done, (change.account, other));
    }
    let mut evicted = Vec::new();
    while !desk.fits(change.slot) && evicted.len() < ROOM {
        let Some(other) = worst(desk, priced, change, rows) else { break };
        gain -= out(desk, &mut done, other);
        evicted.push(other.0);
    }
    if desk.fits(change.slot) && desk.allows(change.account, change.option) {
        let mut into = |desk: &mut Desk, account: u32, option: u32, slot: u32| {
            desk.put(account, option, slot);
            done.push(Done::In(account, option, slot));
        };
        into(desk, change.account, change.option, change.slot);
        gain += desk.value(change.option, change.slot);
        for account in evicted {
            if let Some(other) = desk.best_change(priced, account as usize)
                && other.instead.is_none()
            {
                into(desk, account, other.option, other.slot);
                gain += desk.value(other.option, other.slot);
            }
        }
        if gain > 1e-9 {
            for done in &done {
                if let Done::In(account, option, slot) = *done {
                    rows.put(desk, (account, option, slot));
                }
            }
            return true;
        }
    }
    for done in done.into_iter().rev() {
        match done {
            Done::Out(account, option, slot) => desk.put(account, option, slot),
            Done::In(account, option, _) => {
                desk.remove(account, option);
            }
        }
    }
    false
}

/// The option of least worth, for what it frees, in the row that a change lacks most.
fn worst(desk: &Desk, priced: &Priced, change: &Change, rows: &Rows) -> Option<(u32, u32)> {
    let uses = desk.problem.uses_of(change.slot as usize);
    let lacks = uses.iter().filter(|(row, amount)| *amount > desk.left[*row as usize]);
    let (row, _) = lacks.max_by(|a, b| {
        let lack = |(row, amount): &(u32, f64)| amount - desk.left[*row as usize];
        lack(a).total_cmp(&lack(b)).then(b.0.cmp(&a.0))
    })?;
    let mut best: Option<(f64, (u32, u32))> = None;
    for &(account, option) in &rows.of[*row as usize] {
        let Some(slot) = desk.slot_of(option).filter(|_| account != change.account) else {
            continue;
        };
        let uses = desk.problem.uses_of(slot as usize);
        if !uses.iter().any(|(other, amount)| other == row && *amount > 0.0) || !desk.spares(slot) {
            continue;
        }
        let net = desk.value(option, slot) - priced.slot[slot as usize];
        if best.is_none_or(|(least, _)| net < least) {
            best = Some((net, (account, option)));
        }
    }
    best.map(|(_, other)| other)
}
