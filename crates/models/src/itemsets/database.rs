//! A conditional database: what stands beside a prefix in the baskets that hold it.

/// Ends a basket.
pub(super) const END: u32 = u32::MAX;

/// Baskets over the items `0..items()`, ascending within a basket, each basket closed by [`END`].
#[derive(Debug, Default)]
pub(super) struct Database {
    /// Each item's place in the order of all frequent items.
    pub(super) ranks: Vec<u32>,
    /// In how many of the prefix's baskets each item is; more than here where baskets fell away that no
    /// longer could tell two items apart.
    pub(super) counts: Vec<u32>,
    /// The baskets.
    pub(super) cells: Vec<u32>,
    /// How many baskets stand in `cells`.
    pub(super) baskets: usize,
    /// Where each item's places begin in `places`.
    starts: Vec<u32>,
    /// For each item the cells after those in which it stands.
    places: Vec<u32>,
    /// Half the sum of the squared lengths of baskets: the work of looking at every pair in every basket.
    pub(super) pairs: usize,
}

/// Counters that are all zero between two uses.
#[derive(Debug, Default)]
pub(super) struct Tally {
    counts: Vec<u32>,
    touched: Vec<u32>,
    /// The new number of an item, valid only for items that were kept.
    names: Vec<u32>,
}

impl Database {
    pub(super) fn items(&self) -> usize {
        self.ranks.len()
    }

    pub(super) fn clear(&mut self) {
        self.ranks.clear();
        self.counts.clear();
        self.cells.clear();
        self.baskets = 0;
        self.pairs = 0;
    }

    /// Adds a basket of at least one item, ascending.
    pub(super) fn push(&mut self, basket: impl Iterator<Item = u32>) {
        let from = self.cells.len();
        self.cells.extend(basket);
        let length = self.cells.len() - from;
        self.pairs += length * length / 2;
        self.cells.push(END);
        self.baskets += 1;
    }

    /// Notes where each item stands; before this, nothing can be asked.
    pub(super) fn index(&mut self) {
        let items = self.items();
        self.starts.clear();
        self.starts.resize(items + 1, 0);
        for cell in self.cells.iter().filter(|cell| **cell != END) {
            self.starts[*cell as usize + 1] += 1;
        }
        for item in 0..items {
            self.starts[item + 1] += self.starts[item];
        }
        self.places.clear();
        self.places.resize(self.starts[items] as usize, 0);
        // `starts` is moved along while filling and holds the ends afterwards, one item further on.
        for (after, cell) in (1_u32..).zip(&self.cells) {
            if *cell != END {
                let start = &mut self.starts[*cell as usize];
                self.places[*start as usize] = after;
                *start += 1;
            }
        }
        for item in (1..=items).rev() {
            self.starts[item] = self.starts[item - 1];
        }
        self.starts[0] = 0;
    }

    fn places(&self, item: usize) -> &[u32] {
        &self.places[self.starts[item] as usize..self.starts[item + 1] as usize]
    }

    /// The items that stand behind an item in a basket.
    fn behind(&self, place: u32) -> impl Iterator<Item = u32> {
        self.cells[place as usize..].iter().copied().take_while(|cell| *cell != END)
    }

    /// Writes the database of `item`: the later items that stand beside it in at least `min_count` baskets.
    /// Baskets with fewer than two of them are left out, as their counts say all about them.
    pub(super) fn beside(&self, item: usize, min_count: u32, tally: &mut Tally, out: &mut Self) {
        out.clear();
        if tally.counts.len() < self.items() {
            tally.counts.resize(self.items(), 0);
            tally.names.resize(self.items(), 0);
        }
        for place in self.places(item) {
            for cell in self.behind(*place) {
                let count = &mut tally.counts[cell as usize];
                if *count == 0 {
                    tally.touched.push(cell);
                }
                *count += 1;
            }
        }
        tally.touched.sort_unstable();
        for cell in &tally.touched {
            let count = tally.counts[*cell as usize];
            if count >= min_count {
                tally.names[*cell as usize] = u32::try_from(out.ranks.len()).unwrap_or(END);
                out.ranks.push(self.ranks[*cell as usize]);
                out.counts.push(count);
            }
        }
        if out.items() >= 2 {
            for place in self.places(item) {
                out.keep(self.behind(*place), min_count, tally);
            }
        }
        for cell in tally.touched.drain(..) {
            tally.counts[cell as usize] = 0;
        }
    }

    fn keep(&mut self, cells: impl Iterator<Item = u32>, min_count: u32, tally: &Tally) {
        let from = self.cells.len();
        for cell in cells {
            if tally.counts[cell as usize] >= min_count {
                self.cells.push(tally.names[cell as usize]);
            }
        }
        let length = self.cells.len() - from;
        if length < 2 {
            self.cells.truncate(from);
            return;
        }
        self.pairs += length * length / 2;
        self.cells.push(END);
        self.baskets += 1;
    }
}
