//! The solver under the plan: a multiple-choice knapsack with priced rows, on numbers alone.
//!
//! - [`Problem`]: *blocks* (groups of companies) of *accounts* of *options*, each with a value and the ways in
//!   which it can be made: in this week or that, with the hours, channel places and stock that it takes. Limits
//!   say how many options a contact, an account and a block take; *rows* say how much there is of each scarce
//!   thing, or how much of an offer there must be.
//! - [`dual`]: prices of the rows. Any prices bound every plan (Fisher 1981, "The Lagrangian Relaxation Method
//!   for Solving Integer Programming Problems", eq. (3)); the best ones are found by Newton steps on a smoothed
//!   dual, block by block on all cores.
//! - [`block`]: what one block does at given prices. Its limits are nested, so that taking options by what they
//!   earn beyond their price is optimal for any number (Edmonds 1971, "Matroids and the Greedy Algorithm").
//! - [`primal`]: whole options that fit, from the prices: in order, then fills, then swaps.
//!
//! Amounts are counted in millionths, so that sums are exact. Sums of values run in parts that do not depend on
//! the number of threads: the same problem gives the same bytes.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    clippy::needless_range_loop,
    reason = "numeric kernels: positions are u32 to fit a million accounts into memory, ties are told by exact \
              comparison, and indices read like the formulas"
)]

pub mod problem;
mod parts;
mod block;
mod linear;
pub mod dual;
pub mod primal;

pub use dual::Dual;
pub use primal::Taken;
pub use problem::{Problem, Row, Slot};

/// What the rows allow, and the most that anything could earn under them.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// The options in the plan, ascending by option.
    pub taken: Vec<Taken>,
    /// What they are worth together.
    pub total: f64,
    /// What no plan under these rows is worth more than.
    pub bound: f64,
    /// The price of one unit of each row: what one more is worth; of a minimum, what one less is worth.
    pub prices: Vec<f64>,
    /// How much of each row is used.
    pub used: Vec<f64>,
    /// How much each minimum lacks; zero for all other rows.
    pub unmet: Vec<f64>,
}

impl Solution {
    /// (bound - total) / |bound|.
    pub fn gap(&self) -> f64 {
        let room = self.bound - self.total;
        if room <= 0.0 { 0.0 } else { room / self.bound.abs().max(f64::MIN_POSITIVE) }
    }
}

/// Solves a problem on so many threads; the result does not depend on their number.
pub fn solve(problem: &Problem, threads: usize) -> Solution {
    let dual = dual::solve(problem, threads);
    let plan = primal::solve(problem, &dual, threads);
    let unmet = plan.unmet();
    // What cannot be reached is no rule for the bound: it is of plans that reach as much as this one.
    let missed = unmet.iter().any(|lack| *lack > 0.0);
    let dual = if missed { dual::solve(&problem.reaching(&unmet), threads) } else { dual };
    let (taken, total) = (plan.taken(), plan.total());
    let bound = dual.bound.max(total);
    Solution { taken, total, bound, prices: dual.prices(), used: plan.used(), unmet }
}

/// Gives options out in an order, each where it fits; the bound is of the values all the same.
pub fn in_order(problem: &Problem, order: &[u32], threads: usize) -> Solution {
    let plan = primal::in_order(problem, order);
    let (taken, total) = (plan.taken(), plan.total());
    let solution = Solution {
        taken,
        total,
        bound: total,
        prices: Vec::new(),
        used: plan.used(),
        unmet: plan.unmet(),
    };
    priced(problem, solution, threads)
}

/// A choice that was made by other values, with total, bound and prices by those of this problem, which has the
/// same options and rows.
pub fn priced(problem: &Problem, choice: Solution, threads: usize) -> Solution {
    let missed = choice.unmet.iter().any(|lack| *lack > 0.0);
    let dual = if missed {
        dual::solve(&problem.reaching(&choice.unmet), threads)
    } else {
        dual::solve(problem, threads)
    };
    let total = choice.taken.iter().map(|taken| problem.worth(*taken)).sum();
    Solution { total, bound: dual.bound.max(total), prices: dual.prices(), ..choice }
}

#[cfg(test)]
mod tests;
