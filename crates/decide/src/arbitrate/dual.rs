//! Prices of the rows: the Lagrangian dual, smoothed and solved by Newton steps.
//!
//! With prices λ ≥ 0, L(λ) = Σ over blocks of φ(λ) + Σ λ·limit bounds every plan (weak duality; Fisher 1981,
//! eq. (3)), and its least value is the linear relaxation's where blocks are solved exactly (Geoffrion 1974,
//! "Lagrangean Relaxation for Integer Programming", theorem 1 (d)). L has kinks. Smoothed by τ it has none: its gradient is limit less
//! use, and its second derivative comes from the shares that are still moving. Each step solves the Newton
//! equations for the prices that are free to move (Bertsekas 1982, "Projected Newton Methods for Optimization
//! Problems with Simple Constraints"), damped by the size of the gradient; τ falls until the shares are as good
//! a plan as the bound allows. The bound is always of L itself.
//!
//! Large problems find their first prices on a part of the blocks, as Zhang et al. 2020 ("Solving Billion-Scale
//! Knapsack Problems", section 5.3) do.

use super::block::{self, FREE, LEAVE, Priced, Work};
use super::linear::Lower;
use super::parts;
use super::problem::{Problem, of_unit};

/// Prices, and what they say.
#[derive(Debug, Clone)]
pub struct Dual {
    /// By row, for one part of a unit.
    pub(super) price: Vec<f64>,
    /// What no plan is worth more than.
    pub bound: f64,
}

impl Dual {
    /// The price of one unit of each row.
    pub fn prices(&self) -> Vec<f64> {
        self.price.iter().copied().map(of_unit).collect()
    }
}

/// The first smoothing, as a share of an account's best value, and by how much it falls.
const TAU: (f64, f64) = (0.5, 0.2);

/// The last one.
const TAU_LEAST: f64 = 2e-7;

/// Newton steps for one smoothing.
const STEPS: usize = 14;

/// The bound is within about this share of the least one.
const CLOSE: f64 = 2e-5;

/// Blocks from which on the first prices come from a part of them.
const MANY: usize = 40_000;

/// Blocks of that part, and for each row.
const SAMPLE: usize = 12_000;
const EACH: usize = 100;

/// How much of a row's own bend and gradient is added to its bend.
const DAMPING: f64 = 3e-3;

/// A minimum's price is at most so many times what its offer is worth.
const SUBSIDY: f64 = 20.0;

/// The best prices found.
pub fn solve(problem: &Problem, threads: usize) -> Dual {
    let rows = problem.limits.len();
    let scale = scale(problem);
    let plain: Vec<bool> =
        (0..problem.blocks.len()).map(|at| block::is_plain(problem, at)).collect();
    let whole = Sight { problem, threads, stride: 1, scale: &scale, plain: &plain };
    let mut price = vec![0.0; rows];
    let mut tau = TAU.0;
    let sample = SAMPLE.max(EACH * rows);
    if problem.blocks.len() >= MANY.max(3 * sample) {
        let stride = problem.blocks.len() / sample;
        let sample = Sight { stride, ..whole };
        let mut found = Descent::new(sample, price);
        tau = found.run(tau, 2e-4);
        price = found.best;
        tau = (tau * 4.0).min(TAU.0);
    }
    let mut found = Descent::new(whole, price);
    found.run(tau, CLOSE);
    Dual { price: found.best, bound: found.bound }
}

/// What a part of each row is worth to those who use it: the least squares of value on use.
fn scale(problem: &Problem) -> Vec<f64> {
    let mut sums = vec![(0.0, 0.0); problem.limits.len()];
    let step = (problem.accounts.len() / SAMPLE).max(1);
    let options = (0..problem.accounts.len()).step_by(step).flat_map(|at| problem.options_of(at));
    for choice in options.map(|option| &problem.choices[option]) {
        for slot in problem.slots_of(choice.way) {
            for (row, amount) in problem.uses_of(slot) {
                let at = &mut sums[*row as usize];
                *at = (at.0 + choice.value.abs() * amount.abs(), at.1 + amount * amount);
            }
        }
    }
    sums.into_iter().map(|(up, down)| if down > 0.0 { up / down } else { 0.0 }).collect()
}

/// Which blocks are looked at.
#[derive(Debug, Clone, Copy)]
struct Sight<'a> {
    problem: &'a Problem,
    threads: usize,
    /// Every so manyth block.
    stride: usize,
    scale: &'a [f64],
    /// Whether accounts of a block take one option each, and nothing else limits them.
    plain: &'a [bool],
}

/// Sums over blocks at prices and a smoothing.
#[derive(Debug, Clone)]
struct Sums {
    /// Of what the exact choices earn beyond their prices.
    phi: f64,
    /// The same of the shares, less what smoothing costs.
    psi: f64,
    used: Vec<f64>,
    /// How use falls as prices rise.
    bend: Lower,
}

impl Sums {
    fn zero(rows: usize) -> Self {
        Self { phi: 0.0, psi: 0.0, used: vec![0.0; rows], bend: Lower::zero(rows) }
    }

    fn append(&mut self, other: &Self) {
        (self.phi, self.psi) = (self.phi + other.phi, self.psi + other.psi);
        self.used.iter_mut().zip(&other.used).for_each(|(sum, more)| *sum += more);
        self.bend.append(&other.bend);
    }

    fn weigh(&mut self, weight: f64) {
        (self.phi, self.psi) = (self.phi * weight, self.psi * weight);
        self.used.iter_mut().for_each(|used| *used *= weight);
        self.bend.scale(weight);
    }

    /// Takes in what a block does.
    fn take(&mut self, problem: &Problem, work: &Work, sums: &mut Fixed) {
        self.phi += work.phi;
        sums.begin(work.sums);
        for share in &work.shares {
            self.psi += share.net * share.x - 0.5 * work.tau * share.x * share.x;
            if share.bound != FREE {
                sums.of[share.bound as usize].1 += 1.0;
            }
            if share.slot == LEAVE {
                continue;
            }
            let uses = problem.uses_of(share.slot as usize);
            for (place, (row, amount)) in uses.iter().enumerate() {
                self.used[*row as usize] += amount * share.x;
                for (other, with) in &uses[..=place] {
                    self.bend.add(*row as usize, *other as usize, amount * with / work.tau);
                }
                if share.bound != FREE {
                    sums.of[share.bound as usize].0.push((*row, *amount));
                }
            }
        }
        for (uses, n) in sums.of.iter_mut().take(work.sums as usize).filter(|sum| sum.1 > 0.0) {
            uses.sort_unstable_by_key(|(row, _)| *row);
            uses.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                kept.1 += if same { next.1 } else { 0.0 };
                same
            });
            for (place, (row, amount)) in uses.iter().enumerate() {
                for (other, with) in &uses[..=place] {
                    let bend = -amount * with / (*n * work.tau);
                    self.bend.add(*row as usize, *other as usize, bend);
                }
            }
        }
    }
}

/// Uses of shares whose sum is fixed, and how many those are.
#[derive(Debug, Default)]
struct Fixed {
    of: Vec<(Vec<(u32, f64)>, f64)>,
}

impl Fixed {
    fn begin(&mut self, sums: u32) {
        let sums = sums as usize;
        if self.of.len() < sums {
            self.of.resize_with(sums, Default::default);
        }
        for (uses, n) in &mut self.of[..sums] {
            uses.clear();
            *n = 0.0;
        }
    }
}

impl Sight<'_> {
    /// The smoothing from which on it matters little: the fewer blocks there are, the less.
    fn fine(&self) -> f64 {
        if self.problem.blocks.len() < 5_000 { 1e-4 } else { 2e-3 }
    }

    fn sums(&self, price: &[f64], tau: f64) -> Sums {
        let (problem, rows) = (self.problem, self.problem.limits.len());
        let priced = Priced::at(problem, price);
        let blocks = problem.blocks.len().div_ceil(self.stride);
        let parts = parts::each((blocks, 16), self.threads, |part| {
            let (mut sums, mut work) = (Sums::zero(rows), Work::default());
            let mut fixed = Fixed::default();
            for block in part.map(|place| place * self.stride) {
                let accounts = problem.accounts_of(block);
                if self.plain[block] {
                    for account in accounts {
                        work.single(problem, &priced, (account, tau));
                        sums.take(problem, &work, &mut fixed);
                    }
                } else {
                    work.nested(problem, &priced, (block, tau));
                    sums.take(problem, &work, &mut fixed);
                }
            }
            sums
        });
        let mut all = parts.into_iter().reduce(|mut all, part| {
            all.append(&part);
            all
        });
        let mut all = all.take().unwrap_or_else(|| Sums::zero(rows));
        if self.stride > 1 {
            all.weigh(problem.blocks.len() as f64 / blocks as f64);
        }
        all
    }
}

/// Prices on their way.
struct Descent<'a> {
    sight: Sight<'a>,
    price: Vec<f64>,
    best: Vec<f64>,
    bound: f64,
    /// How far steps are shortened.
    reach: f64,
}

impl<'a> Descent<'a> {
    fn new(sight: Sight<'a>, price: Vec<f64>) -> Self {
        Self { sight, best: price.clone(), price, bound: f64::INFINITY, reach: 8.0 }
    }

    fn limits(&self) -> &'a [f64] {
        &self.sight.problem.limits
    }

    /// Σ price * limit.
    fn rent(&self, price: &[f64]) -> f64 {
        price.iter().zip(self.limits()).map(|(price, limit)| price * limit).sum()
    }

    fn look(&mut self, price: &[f64], tau: f64) -> Sums {
        let sums = self.sight.sums(price, tau);
        let bound = sums.phi + self.rent(price);
        if bound < self.bound {
            self.bound = bound;
            self.best = price.to_vec();
        }
        sums
    }

    /// Lets the smoothing fall from `tau` until neither it nor a further fall can lower the bound by more than
    /// `close` of it; returns the last one.
    fn run(&mut self, mut tau: f64, close: f64) -> f64 {
        loop {
            let before = self.bound;
            // No smoothed value is above the bound's least one.
            let least = self.settle(tau);
            let near = close * self.bound.abs();
            let still = tau <= self.sight.fine() && before - self.bound <= near;
            if still || self.bound - least <= near || tau <= TAU_LEAST {
                return tau;
            }
            tau = (tau * TAU.1).max(TAU_LEAST);
        }
    }

    /// Newton steps at one smoothing.
    fn settle(&mut self, tau: f64) -> f64 {
        let mut sums = self.look(&self.price.clone(), tau);
        let mut value = sums.psi + self.rent(&self.price);
        for _ in 0..STEPS {
            let gradient: Vec<f64> =
                self.limits().iter().zip(&sums.used).map(|(limit, used)| limit - used).collect();
            let next = self.step(&sums.bend, &gradient);
            let moved = self.price.iter().zip(&next).zip(&gradient);
            let hoped: f64 = moved.map(|((from, to), slope)| slope * (from - to)).sum();
            if hoped <= 1e-6 * value.abs() {
                break;
            }
            let there = self.look(&next, tau);
            let better = there.psi + self.rent(&next);
            if better <= value - 1e-4 * hoped {
                self.reach = (self.reach * 2.0).min(8.0);
                (self.price, sums, value) = (next, there, better);
            } else {
                let far =
                    |(row, next): (usize, &f64)| (next - self.price[row]).abs() / self.near(row);
                let far = next.iter().enumerate().map(far).fold(0.0, f64::max);
                self.reach = far / 6.0;
            }
        }
        self.reach = self.reach.max(0.05);
        value
    }

    /// A price's own size.
    fn near(&self, row: usize) -> f64 {
        self.price[row].max(0.1 * self.sight.scale[row])
    }

    /// Where the damped Newton step leads, within the prices' bounds.
    fn step(&self, bend: &Lower, gradient: &[f64]) -> Vec<f64> {
        let most = |row: usize| {
            let least = self.sight.problem.least[row];
            if least { self.sight.scale[row] * SUBSIDY } else { f64::INFINITY }
        };
        let free: Vec<usize> = (0..gradient.len())
            .filter(|row| self.price[*row] > 0.0 || gradient[*row] < 0.0)
            .filter(|row| self.price[*row] < most(*row) || gradient[*row] > 0.0)
            .filter(|row| self.sight.scale[*row] > 0.0)
            .collect();
        let diagonal =
            |row: &usize| DAMPING * (bend.get(*row, *row) + gradient[*row].abs() / self.near(*row));
        let diagonal: Vec<f64> = free.iter().map(diagonal).collect();
        let right: Vec<f64> = free.iter().map(|row| -gradient[*row]).collect();
        let moves = bend.solve(&free, &diagonal, &right);
        let mut next = self.price.clone();
        for (row, by) in free.into_iter().zip(moves) {
            let far = self.reach * self.near(row);
            next[row] = (next[row] + by.clamp(-far, far)).clamp(0.0, most(row));
        }
        next
    }
}
