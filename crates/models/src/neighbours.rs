//! How often each item stands in a basket with each other one: one item's row at a time, so that memory holds
//! the baskets and never all pairs.

use crate::association::Together;
use crate::baskets::{Baskets, Holders};

/// Baskets ready to be asked for rows of pair counts.
#[derive(Debug)]
pub struct Neighbours<'a> {
    baskets: &'a Baskets,
    counts: Vec<u32>,
    holders: Holders,
    cap: usize,
}

/// Counters for one thread.
#[derive(Debug, Default)]
pub struct Row {
    counts: Vec<u32>,
    touched: Vec<u32>,
    /// The other items with the baskets that hold both, in no order.
    pub both: Vec<(u32, u32)>,
}

impl<'a> Neighbours<'a> {
    /// Baskets of more than `cap` items count for their items, but form no pairs.
    pub fn new(baskets: &'a Baskets, cap: usize) -> Self {
        Self { baskets, counts: baskets.counts(), holders: baskets.holders(), cap }
    }

    /// The baskets.
    pub fn baskets(&self) -> &Baskets {
        self.baskets
    }

    /// Baskets of each item.
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// Baskets that form no pairs for their size.
    pub fn over_cap(&self) -> usize {
        self.baskets.iter().filter(|basket| basket.len() > self.cap).count()
    }

    /// Counts the baskets that hold `item` and each other item.
    pub fn row(&self, item: u32, row: &mut Row) {
        row.counts.resize(self.baskets.kinds(), 0);
        for basket in self.holders.of(item as usize) {
            let basket = self.baskets.get(*basket as usize);
            if basket.len() > self.cap {
                continue;
            }
            for other in basket {
                let count = &mut row.counts[*other as usize];
                if *count == 0 {
                    row.touched.push(*other);
                }
                *count += 1;
            }
        }
        row.both.clear();
        for other in row.touched.drain(..) {
            let count = std::mem::take(&mut row.counts[other as usize]);
            if other != item {
                row.both.push((other, count));
            }
        }
    }

    /// What is known of a pair that `both` baskets hold.
    pub fn together(&self, item: u32, other: u32, both: u32) -> Together {
        Together {
            first: u64::from(self.counts[item as usize]),
            second: u64::from(self.counts[other as usize]),
            both: u64::from(both),
            baskets: self.baskets.len() as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_holds_the_baskets_with_both() {
        let lists = [vec![0, 1, 2], vec![0, 1], vec![1, 3], vec![0], vec![0, 1, 2, 3, 4]];
        let baskets = Baskets::from_lists(&lists, 5);
        let neighbours = Neighbours::new(&baskets, 4);
        let mut row = Row::default();
        for (item, expected) in [(0, vec![(1, 2), (2, 1)]), (3, vec![(1, 1)]), (4, vec![])] {
            neighbours.row(item, &mut row);
            row.both.sort_unstable();
            assert_eq!(row.both, expected, "{item}");
        }
        assert_eq!(neighbours.over_cap(), 1);
        let together = neighbours.together(0, 1, 2);
        assert_eq!((together.first, together.second, together.baskets), (4, 4, 5));
    }
}
