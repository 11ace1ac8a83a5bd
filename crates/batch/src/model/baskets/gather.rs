//! Rows of baskets in whatever order they come, and the baskets they make.

use anyhow::{Context, Result};
use models::baskets::Baskets;

use super::numbers::Numbers;
use super::{Counted, Named, notes, some};

/// What of a quantity is nothing: sums of decimals seldom meet zero exactly.
const NOTHING: f64 = 1e-6;

/// Items in the order of the file, and the baskets they belong to in runs.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) baskets: Numbers,
    pub(super) items: Numbers,
    pub(super) counted: Counted,
    cells: Vec<u32>,
    /// A basket, and how many cells of it follow each other.
    runs: Vec<(u32, u32)>,
    /// The quantity of each cell, where any is known.
    quantities: Vec<f32>,
}

impl Gathered {
    /// Adds an item to a basket.
    pub(super) fn push(&mut self, basket: u32, item: u32) {
        match self.runs.last_mut() {
            Some((last, cells)) if *last == basket && *cells < u32::MAX => *cells += 1,
            _ => self.runs.push((basket, 1)),
        }
        self.cells.push(item);
    }

    /// The quantity of the item added last: below zero for what is taken back.
    pub(super) fn quantity(&mut self, quantity: f64) {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "only whether a sum is above zero counts"
        )]
        self.quantities.push(quantity as f32);
        self.counted.returns += u64::from(quantity <= 0.0);
    }

    /// The baskets with their items named and numbered by name.
    #[expect(clippy::needless_pass_by_value, reason = "called once, at the end")]
    pub(super) fn finish(mut self, file: String, with_returns: bool) -> Result<Named> {
        let count = self.baskets.len();
        self.baskets = Numbers::default();
        let mut starts = self.group(count);
        if with_returns {
            self.undo(&mut starts);
        }
        some(&file, &self.counted, starts.len() - 1)?;
        let items = self.rename();
        let lines = self.cells.len();
        let baskets = Baskets::new(starts, self.cells, items.len());
        self.counted.repeated += u64::try_from(lines - baskets.lines()).context("a count")?;
        let notes = notes(&baskets);
        Ok(Named { baskets, items, counted: self.counted, with_returns, notes })
    }

    /// Brings the cells of each basket together, in the order of the file; where each basket begins.
    fn group(&mut self, baskets: usize) -> Vec<usize> {
        let runs = std::mem::take(&mut self.runs);
        let mut starts = vec![0; baskets + 1];
        for (basket, cells) in &runs {
            starts[*basket as usize + 1] += *cells as usize;
        }
        for basket in 0..baskets {
            starts[basket + 1] += starts[basket];
        }
        if runs.len() == baskets {
            // Each basket stood in one piece; numbers are given in order, so the cells are in place.
            return starts;
        }
        let mut next = starts.clone();
        let cells = std::mem::take(&mut self.cells);
        self.cells = vec![0; cells.len()];
        let quantities = std::mem::take(&mut self.quantities);
        self.quantities = vec![0.0; quantities.len()];
        let mut from = 0;
        for (basket, length) in runs {
            let (to, length) = (next[basket as usize], length as usize);
            self.cells[to..to + length].copy_from_slice(&cells[from..from + length]);
            if !quantities.is_empty() {
                self.quantities[to..to + length].copy_from_slice(&quantities[from..from + length]);
            }
            next[basket as usize] += length;
            from += length;
        }
        starts
    }

    /// Takes items out of baskets in which nothing of them is left, and baskets of which nothing is left.
    fn undo(&mut self, starts: &mut Vec<usize>) {
        let mut kept_starts = vec![0];
        let mut kept = 0;
        let mut basket: Vec<(u32, f32)> = Vec::new();
        for ends in starts.windows(2) {
            let cells = &self.cells[ends[0]..ends[1]];
            basket.clear();
            basket.extend(
                cells.iter().copied().zip(self.quantities[ends[0]..ends[1]].iter().copied()),
            );
            basket.sort_by_key(|(item, _)| *item);
            let from = kept;
            for same in basket.chunk_by(|a, b| a.0 == b.0) {
                let left: f64 = same.iter().map(|(_, quantity)| f64::from(*quantity)).sum();
                let bought = same.iter().filter(|(_, quantity)| *quantity > 0.0).count();
                if left > NOTHING {
                    self.cells[kept] = same[0].0;
                    kept += 1;
                    self.counted.repeated += bought as u64 - 1;
                } else {
                    self.counted.undone += u64::from(bought > 0);
                }
            }
            if kept > from {
                kept_starts.push(kept);
            } else {
                self.counted.emptied += 1;
            }
        }
        self.cells.truncate(kept);
        self.quantities = Vec::new();
        *starts = kept_starts;
    }

    /// Numbers the items that are left by the order of their names.
    fn rename(&mut self) -> Vec<String> {
        let items = std::mem::take(&mut self.items);
        let mut used = vec![false; items.len()];
        self.cells.iter().for_each(|item| used[*item as usize] = true);
        let mut named: Vec<(String, u32)> = items.names().into_iter().zip(0..).collect();
        named.retain(|(_, number)| used[*number as usize]);
        named.sort_unstable();
        let mut new = vec![0; used.len()];
        for (number, (_, old)) in (0_u32..).zip(&named) {
            new[*old as usize] = number;
        }
        self.cells.iter_mut().for_each(|item| *item = new[*item as usize]);
        named.into_iter().map(|(name, _)| name).collect()
    }
}
