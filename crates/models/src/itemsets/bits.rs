//! Baskets as bits: a row an item, a bit a basket.

use super::database::{Database, END};

/// Rows of equal length, with what each row's item is and in how many baskets it is.
#[derive(Debug, Default)]
pub(super) struct BitRows {
    pub(super) ranks: Vec<u32>,
    pub(super) counts: Vec<u32>,
    width: usize,
    bits: Vec<u64>,
}

/// Whether counting with bits is less work than with lists: a step over 64 baskets at once takes about as long
/// as one over an item of a list.
pub(super) fn pays(database: &Database) -> bool {
    let items = database.items();
    let words = database.baskets.div_ceil(64);
    (items * items / 2).saturating_mul(words) <= database.pairs.saturating_mul(4)
        || items * words <= 64
}

impl BitRows {
    pub(super) fn fill(&mut self, database: &Database) {
        self.ranks.clone_from(&database.ranks);
        self.counts.clone_from(&database.counts);
        self.width = database.baskets.div_ceil(64);
        self.bits.clear();
        self.bits.resize(self.width * database.items(), 0);
        let mut basket = 0;
        for cell in &database.cells {
            if *cell == END {
                basket += 1;
            } else {
                self.bits[*cell as usize * self.width + basket / 64] |= 1 << (basket % 64);
            }
        }
    }

    fn row(&self, item: usize) -> &[u64] {
        &self.bits[item * self.width..(item + 1) * self.width]
    }

    /// Writes the rows of the later items that stand beside `item` in at least `min_count` baskets.
    pub(super) fn beside(&self, item: usize, min_count: u32, out: &mut Self) {
        out.ranks.clear();
        out.counts.clear();
        out.bits.clear();
        out.width = self.width;
        let mine = self.row(item);
        for other in item + 1..self.ranks.len() {
            let from = out.bits.len();
            out.bits.extend(mine.iter().zip(self.row(other)).map(|(a, b)| a & b));
            let count: u32 = out.bits[from..].iter().map(|word| word.count_ones()).sum();
            if count >= min_count {
                out.ranks.push(self.ranks[other]);
                out.counts.push(count);
            } else {
                out.bits.truncate(from);
            }
        }
    }
}
