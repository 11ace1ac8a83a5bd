//! Baskets: which items were together, as lists of item numbers.

/// Baskets, each a list of distinct items in ascending order. Items are numbers from 0 to `kinds`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Baskets {
    /// Where each basket begins in `items`, and the end of the last.
    starts: Vec<usize>,
    items: Vec<u32>,
    kinds: usize,
}

impl Baskets {
    /// Takes the items of all baskets one after another; basket `b` is `items[starts[b]..starts[b + 1]]`, in
    /// any order and with repetitions, which fall away. `kinds` is above every item.
    ///
    /// # Panics
    /// When `starts` is empty, does not ascend or does not end at the length of `items`, or an item is not
    /// below `kinds`.
    pub fn new(mut starts: Vec<usize>, mut items: Vec<u32>, kinds: usize) -> Self {
        assert_eq!(starts.last(), Some(&items.len()), "the last basket ends where the items end");
        assert!(items.iter().all(|item| (*item as usize) < kinds), "items are below `kinds`");
        let mut kept = 0;
        for basket in 0..starts.len() - 1 {
            let (from, to) = (starts[basket], starts[basket + 1]);
            if items[from..to].windows(2).any(|two| two[0] >= two[1]) {
                items[from..to].sort_unstable();
            }
            starts[basket] = kept;
            let mut last = None;
            for at in from..to {
                if last != Some(items[at]) {
                    last = Some(items[at]);
                    items[kept] = items[at];
                    kept += 1;
                }
            }
        }
        items.truncate(kept);
        if let Some(end) = starts.last_mut() {
            *end = kept;
        }
        Self { starts, items, kinds }
    }

    /// From one list a basket.
    pub fn from_lists<L: AsRef<[u32]>>(lists: &[L], kinds: usize) -> Self {
        let mut starts = vec![0];
        let mut items = Vec::new();
        for list in lists {
            items.extend_from_slice(list.as_ref());
            starts.push(items.len());
        }
        Self::new(starts, items, kinds)
    }

    /// How many baskets.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether there is no basket.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One above the highest item that may occur.
    pub fn kinds(&self) -> usize {
        self.kinds
    }

    /// How many items stand in all baskets together.
    pub fn lines(&self) -> usize {
        self.items.len()
    }

    /// The items of a basket, ascending.
    pub fn get(&self, basket: usize) -> &[u32] {
        &self.items[self.starts[basket]..self.starts[basket + 1]]
    }

    /// The baskets in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u32]> {
        self.starts.windows(2).map(|ends| &self.items[ends[0]..ends[1]])
    }

    /// In how many baskets each item is; one count an item.
    pub fn counts(&self) -> Vec<u32> {
        let mut counts = vec![0; self.kinds];
        for item in &self.items {
            counts[*item as usize] += 1;
        }
        counts
    }

    /// Which baskets hold each item.
    pub fn holders(&self) -> Holders {
        let counts = self.counts();
        let mut starts = Vec::with_capacity(self.kinds + 1);
        let mut end = 0;
        starts.push(0);
        for count in counts {
            end += count as usize;
            starts.push(end);
        }
        let mut next = starts.clone();
        let mut baskets = vec![0; end];
        for (number, basket) in (0_u32..).zip(self.iter()) {
            for item in basket {
                let place = &mut next[*item as usize];
                baskets[*place] = number;
                *place += 1;
            }
        }
        Holders { starts, baskets }
    }

    /// Those of these baskets, in the order given.
    #[must_use]
    pub fn chosen(&self, baskets: impl IntoIterator<Item = usize>) -> Self {
        let mut starts = vec![0];
        let mut items = Vec::new();
        for basket in baskets {
            items.extend_from_slice(self.get(basket));
            starts.push(items.len());
        }
        Self { starts, items, kinds: self.kinds }
    }
}

/// For each item the baskets that hold it, ascending.
#[derive(Debug, Clone)]
pub struct Holders {
    starts: Vec<usize>,
    baskets: Vec<u32>,
}

impl Holders {
    /// The baskets that hold an item.
    pub fn of(&self, item: usize) -> &[u32] {
        &self.baskets[self.starts[item]..self.starts[item + 1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn baskets_are_sets_and_know_who_holds_what() {
        let baskets = Baskets::from_lists(&[vec![3, 1, 3], vec![], vec![1], vec![0, 1, 2]], 5);
        let lists: Vec<&[u32]> = baskets.iter().collect();
        assert_eq!(lists, [&[1, 3][..], &[], &[1], &[0, 1, 2]]);
        assert_eq!(baskets.counts(), [1, 3, 1, 1, 0]);
        let holders = baskets.holders();
        assert_eq!(holders.of(1), [0, 2, 3]);
        assert!(holders.of(4).is_empty());
        assert_eq!((baskets.len(), baskets.lines()), (4, 6));
        assert_eq!(baskets.chosen([3, 0]).get(1), [1, 3]);
    }
}
