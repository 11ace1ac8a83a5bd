//! Whole options that fit, from the prices of the rows.
//!
//! 1. What minimums need, then each block's choice at the prices, the clearest first: by what it earns for each unit
//!    of price it pays (Pisinger 1995, "A minimal algorithm for the multiple-choice knapsack problem"); what has few
//!    slots comes before what can move; what earns hardly more than its price comes last. What does not fit takes its
//!    next best. Where rows are small, the same once more with what takes the largest share of a row first, as bins
//!    are packed (Johnson 1974, "Fast Algorithms for Bin Packing"); the better of both goes on.
//! 2. Fills: whatever adds value and fits, the dearest loss first, until nothing does.
//! 3. Swaps: what does not fit beside a lesser one takes its place, and that one looks for another.
//!
//! Rows are counted in whole parts of units, so that none is ever exceeded.

mod desk;
mod swap;

use std::cmp::Ordering;

use super::block::{Pick, Priced, Work};
use super::dual::Dual;
use super::parts;
use super::problem::Problem;

pub(super) use desk::Desk;

/// An option in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// The option's place.
    pub option: u32,
    /// Which of its way's slots it is made in, from 0.
    pub slot: u32,
}

/// Slots whose values differ by less than this share of an option's value are as good.
const ALIKE: f64 = 2e-3;

/// What earns less than this share of its value beyond its price comes last.
const HARDLY: f64 = 0.01;

/// Rounds of fills.
const FILLS: usize = 8;

/// A plan within this share of the bound is as good as the best.
const CLOSE: f64 = 1e-5;

/// What takes at least this share of a row is packed in both orders.
const COARSE: f64 = 0.05;

/// Accounts in a part of the work.
const PART: usize = 4096;

/// A plan that obeys every limit.
pub(super) fn solve<'a>(problem: &'a Problem, dual: &Dual, threads: usize) -> Desk<'a> {
    let priced = Priced::at(problem, &dual.price);
    let far = |desk: &Desk| dual.bound - desk.total() > CLOSE * dual.bound.abs();
    let mut desk = Desk::new(problem);
    minimums(&mut desk, &priced);
    let mut firsts = firsts(problem, &priced, threads);
    let empty = desk.clone();
    firsts.sort_unstable_by(First::by_ratio);
    place(&mut desk, &priced, (&firsts, threads));
    if far(&desk) && firsts.iter().any(|first| first.share >= COARSE) {
        firsts.sort_unstable_by(First::by_share);
        let mut other = empty;
        place(&mut other, &priced, (&firsts, threads));
        if other.total() > desk.total() && other.lacks() <= desk.lacks() {
            desk = other;
        }
    }
    if far(&desk) {
        swap::all(&mut desk, &priced, threads);
        fill(&mut desk, &priced, threads);
    }
    desk
}

/// Places each block's choice in an order, and fills what is left.
fn place(desk: &mut Desk, priced: &Priced, (order, threads): (&[First], usize)) {
    for first in order {
        desk.first(priced, &first.pick);
    }
    fill(desk, priced, threads);
}

/// Takes options in an order, each in the roomiest of its slots.
pub(super) fn in_order<'a>(problem: &'a Problem, order: &[u32]) -> Desk<'a> {
    let mut account = vec![0; problem.choices.len()];
    for at in 0..problem.accounts.len() {
        account[problem.options_of(at)].fill(at as u32);
    }
    let mut desk = Desk::new(problem);
    let free = Priced::at(problem, &vec![0.0; problem.limits.len()]);
    for option in order {
        let account = account[*option as usize];
        if desk.allows(account, *option)
            && let Some(slot) = desk.roomiest(&free, *option, f64::NEG_INFINITY)
        {
            desk.put(account, *option, slot);
        }
    }
    desk
}

/// Options that a minimum needs, those that lose least against what their account would do else.
fn minimums(desk: &mut Desk, priced: &Priced) {
    let problem = desk.problem;
    for row in (0..problem.limits.len()).filter(|row| problem.least[*row]) {
        let mut found = serving(problem, priced, row);
        found.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        for (_, option, slot, account) in found {
            if desk.left[row] >= 0.0 {
                break;
            }
            if desk.slot_of(option).is_none() && desk.allows(account, option) && desk.fits(slot) {
                desk.put(account, option, slot);
            }
        }
    }
}

/// What serves a minimum: the loss against the account's best, option, slot and account.
fn serving(problem: &Problem, priced: &Priced, row: usize) -> Vec<(f64, u32, u32, u32)> {
    let uses = |slot: usize| problem.uses_of(slot).iter().any(|(other, _)| *other as usize == row);
    let ways: Vec<bool> =
        (1..problem.ways.len()).map(|way| problem.slots_of(way as u32 - 1).any(uses)).collect();
    let mut found = Vec::new();
    for account in 0..problem.accounts.len() {
        let options = problem.options_of(account);
        let serves = |option: &usize| ways[problem.choices[*option].way as usize];
        if !options.clone().any(|option| serves(&option)) {
            continue;
        }
        let nets = options.clone().map(|option| priced.best(problem, option).0);
        let most = nets.fold(0.0, f64::max);
        for option in options.filter(serves) {
            let choice = &problem.choices[option];
            for slot in problem.slots_of(choice.way).filter(|slot| uses(*slot)) {
                let net = choice.value * problem.factors[slot] - priced.slot[slot];
                found.push((most - net, option as u32, slot as u32, account as u32));
            }
        }
    }
    found
}

/// A block's choice, and when it is placed.
#[derive(Debug, Clone, Copy)]
struct First {
    pick: Pick,
    /// What hardly earns its price comes last.
    hardly: bool,
    /// Slots that are as good.
    slots: u16,
    /// What it earns for each unit of price that it pays.
    ratio: f64,
    /// The largest share of a row that it takes.
    share: f64,
}

impl First {
    fn by_share(a: &Self, b: &Self) -> Ordering {
        let share = b.share.total_cmp(&a.share);
        share.then(a.slots.cmp(&b.slots)).then_with(|| Self::by_ratio(a, b))
    }

    fn by_ratio(a: &Self, b: &Self) -> Ordering {
        (a.hardly, a.slots)
            .cmp(&(b.hardly, b.slots))
            .then(b.ratio.total_cmp(&a.ratio))
            .then(a.pick.option.cmp(&b.pick.option))
    }
}

fn firsts(problem: &Problem, priced: &Priced, threads: usize) -> Vec<First> {
    let blocks = problem.blocks.len();
    let found = parts::each((blocks, blocks.div_ceil(PART)), threads, |part| {
        let (mut work, mut found) = (Work::default(), Vec::new());
        for block in part {
            found.extend(
                work.picks(problem, priced, block).iter().map(|p| first(problem, priced, *p)),
            );
        }
        found
    });
    found.concat()
}

/// The largest share of a row that a slot takes.
fn share(problem: &Problem, slot: u32) -> f64 {
    let share = |(row, amount): &(u32, f64)| {
        let limit = problem.limits[*row as usize];
        if limit > 0.0 { amount / limit } else { 0.0 }
    };
    problem.uses_of(slot as usize).iter().map(share).fold(0.0, f64::max)
}

fn first(problem: &Problem, priced: &Priced, pick: Pick) -> First {
    let choice = &problem.choices[pick.option as usize];
    let least = pick.net - ALIKE * choice.value.abs();
    let alike = problem
        .slots_of(choice.way)
        .filter(|slot| choice.value * problem.factors[*slot] - priced.slot[*slot] >= least);
    let cost = priced.slot[pick.slot as usize];
    First {
        pick,
        hardly: pick.net <= HARDLY * choice.value.abs(),
        slots: alike.count().min(usize::from(u16::MAX)) as u16,
        share: share(problem, pick.slot),
        ratio: if cost > 0.0 { pick.net / cost } else { f64::INFINITY },
    }
}

/// A change that adds value: an option in a slot, maybe in the place of another of its account.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Change {
    pub(super) account: u32,
    pub(super) option: u32,
    pub(super) slot: u32,
    pub(super) instead: Option<u32>,
    /// What it adds beyond the prices: the least loss first.
    pub(super) net: f64,
}

/// Changes that add value and fit, until there is none.
fn fill(desk: &mut Desk, priced: &Priced, threads: usize) {
    let accounts = desk.problem.accounts.len();
    for _ in 0..FILLS {
        let here: &Desk = desk;
        let found = parts::each((accounts, accounts.div_ceil(PART)), threads, |part| {
            part.filter_map(|account| here.best_change(priced, account)).collect::<Vec<_>>()
        });
        let mut changes = found.concat();
        changes.sort_unstable_by(|a, b| {
            b.net.total_cmp(&a.net).then(a.option.cmp(&b.option)).then(a.slot.cmp(&b.slot))
        });
        let before = desk.total();
        let mut made = 0;
        for change in changes {
            made += usize::from(desk.make(&change));
        }
        if made == 0 || desk.total() <= before {
            return;
        }
    }
}
