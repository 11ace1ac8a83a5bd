//! How much an older basket counts, and sparse rows of the weights that result.

use std::fmt;

use super::history::{Clock, History};

/// How a basket's weight falls with its age; the newest weighs most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fade {
    /// The customer's last basket weighs 1, each one before it this much of the next, in (0, 1].
    PerOrder(f32),
    /// Half for each so many days before the end of the whole history; only with [`Clock::Days`].
    HalfLife(f32),
    /// Of up to seven groups of consecutive baskets: within a group .9 a basket, between groups .7, and each
    /// group's mean. Hu, He, Gao and Zhang (2020), "Modeling Personalized Item Frequency Information for
    /// Next-basket Recommendation", equations 1 and 2.
    Grouped,
}

/// The groups of [`Fade::Grouped`] and its two rates, as the paper's experiments mostly choose them.
const GROUPS: usize = 7;
const WITHIN: f32 = 0.9;
const BETWEEN: f32 = 0.7;

impl Fade {
    /// The weight of each of a customer's baskets, the oldest first; 0 or more, finite.
    pub fn weights(self, history: &History, customer: usize) -> Vec<f32> {
        let orders = history.orders(customer);
        match self {
            Self::PerOrder(rate) => {
                let mut weights = vec![1.0; orders];
                for at in (1..orders).rev() {
                    weights[at - 1] = weights[at] * rate;
                }
                weights
            }
            Self::HalfLife(days) => {
                debug_assert_eq!(history.clock(), Clock::Days);
                let end = history.end();
                let age = |at: usize| (end - history.when(customer, at)) as f32;
                (0..orders).map(|at| (-age(at) / days).exp2()).collect()
            }
            Self::Grouped => grouped(orders),
        }
    }
}

fn grouped(orders: usize) -> Vec<f32> {
    let size = orders.div_ceil(GROUPS).max(1);
    let groups = orders.div_ceil(size);
    let mut weights = vec![0.0; orders];
    // Groups are filled from the newest basket back, so that only the oldest may be short.
    for (age, weight) in weights.iter_mut().rev().enumerate() {
        let (group, within) = (age / size, age % size);
        let held = size.min(orders - group * size);
        *weight = power(BETWEEN, group) * power(WITHIN, within) / (groups * held) as f32;
    }
    weights
}

fn power(base: f32, times: usize) -> f32 {
    (0..times).map(|_| base).product()
}

impl fmt::Display for Fade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PerOrder(rate) if *rate >= 1.0 => write!(f, "all orders alike"),
            Self::PerOrder(rate) => write!(f, "{rate} an order"),
            Self::HalfLife(days) => write!(f, "half in {days} days"),
            Self::Grouped => write!(f, "{GROUPS} groups, {WITHIN} and {BETWEEN}"),
        }
    }
}

/// Sparse rows: of each row the columns, ascending, and their weights.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rows {
    starts: Vec<usize>,
    columns: Vec<u32>,
    weights: Vec<f32>,
}

impl Rows {
    /// Rows in order.
    pub fn of(rows: impl IntoIterator<Item = Vec<(u32, f32)>>) -> Self {
        let mut it = Self { starts: vec![0], ..Self::default() };
        for row in rows {
            it.columns.extend(row.iter().map(|(column, _)| *column));
            it.weights.extend(row.iter().map(|(_, weight)| *weight));
            it.starts.push(it.columns.len());
        }
        it
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A row's columns and weights.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (u32, f32)> + '_ {
        let span = self.starts[row]..self.starts[row + 1];
        self.columns[span.clone()].iter().copied().zip(self.weights[span].iter().copied())
    }

    /// Whether a row has a weight, even zero, in a column.
    pub fn has(&self, row: usize, column: u32) -> bool {
        self.columns[self.starts[row]..self.starts[row + 1]].binary_search(&column).is_ok()
    }

    /// The weight in a column of a row, whose columns ascend; 0 where there is none.
    pub fn get(&self, row: usize, column: u32) -> f32 {
        let span = self.starts[row]..self.starts[row + 1];
        let found = self.columns[span.clone()].binary_search(&column);
        found.map_or(0.0, |at| self.weights[span][at])
    }

    /// How many columns of a row have a weight.
    pub fn filled(&self, row: usize) -> usize {
        self.starts[row + 1] - self.starts[row]
    }

    /// Rows and columns swapped; within a row the columns ascend again.
    pub fn transposed(&self, columns: usize) -> Self {
        let mut starts = vec![0_usize; columns + 1];
        for column in &self.columns {
            starts[*column as usize + 1] += 1;
        }
        for at in 0..columns {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let (mut rows, mut weights) =
            (vec![0_u32; self.columns.len()], vec![0.0; self.columns.len()]);
        for (row, number) in (0..self.len()).zip(0_u32..) {
            for (column, weight) in self.row(row) {
                let at = &mut next[column as usize];
                (rows[*at], weights[*at]) = (number, weight);
                *at += 1;
            }
        }
        Self { starts, columns: rows, weights }
    }
}

/// The sum of the weights of those baskets that hold an item, for each item that the customer bought.
pub fn profile(history: &History, customer: usize, fade: Fade) -> Vec<(u32, f32)> {
    let weights = fade.weights(history, customer);
    let mut pairs: Vec<(u32, f32)> = Vec::new();
    for (order, weight) in weights.into_iter().enumerate() {
        pairs.extend(history.basket(customer, order).iter().map(|item| (*item, weight)));
    }
    // A stable sort: an item's weights are summed from the oldest basket on.
    pairs.sort_by_key(|(item, _)| *item);
    pairs.dedup_by(|later, first| {
        let same = later.0 == first.0;
        if same {
            first.1 += later.1;
        }
        same
    });
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::next_basket::history::Line;

    fn history(clock: Clock) -> History {
        let line = |order, item| Line { customer: 0, order, item };
        History::of(vec![line(0, 0), line(10, 0), line(10, 1), line(20, 1)], clock)
    }

    #[test]
    fn weights_fall_with_age() {
        let it = history(Clock::Days);
        assert_eq!(Fade::PerOrder(0.5).weights(&it, 0), vec![0.25, 0.5, 1.0]);
        assert_eq!(Fade::HalfLife(10.0).weights(&it, 0), vec![0.25, 0.5, 1.0]);
        assert_eq!(profile(&it, 0, Fade::PerOrder(0.5)), [(0, 0.75), (1, 1.5)]);
    }

    #[test]
    fn groups_as_in_the_paper() {
        // Three baskets are three groups of one: .7^2/3, .7/3, 1/3.
        let close = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6);
        assert!(close(&grouped(3), &[0.49 / 3.0, 0.7 / 3.0, 1.0 / 3.0]), "{:?}", grouped(3));
        // Eight are groups of two: the newest pair weighs .9/8 and 1/8.
        let eight = grouped(8);
        assert!(close(&eight[6..], &[0.9 / 8.0, 1.0 / 8.0]), "{eight:?}");
        assert!(close(&eight[..1], &[0.343 * 0.9 / 8.0]), "{eight:?}");
    }

    #[test]
    fn rows_swap_and_swap_back() {
        let rows = Rows::of([vec![(0, 1.0), (2, 2.0)], vec![], vec![(2, 3.0)]]);
        let swapped = rows.transposed(3);
        assert_eq!(swapped.row(2).collect::<Vec<_>>(), [(0, 2.0), (2, 3.0)]);
        assert_eq!(swapped.transposed(3), rows);
    }
}
