//! How often items met: what a reason counts.

use super::history::History;

/// Of one pair of items, in baskets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Met {
    /// Baskets with the first item; for [`then`] those that have a basket after them.
    pub first: u32,
    /// Of those, how many hold the other item, or are followed by a basket that does.
    pub both: u32,
}

/// Of each of some pairs, which ascend, how many baskets hold the first item and how many both.
pub fn together(history: &History, pairs: &[(u32, u32)]) -> Vec<Met> {
    count(history, pairs, |number| Some(history.numbered(number)))
}

/// Of each of some pairs, which ascend, how many baskets with the first item have one after them, and how many
/// of those hold the second.
pub fn then(history: &History, pairs: &[(u32, u32)]) -> Vec<Met> {
    let followed = history.followed();
    count(history, pairs, |number| followed[number].then(|| history.numbered(number + 1)))
}

fn count<'a>(
    history: &'a History,
    pairs: &[(u32, u32)],
    beside: impl Fn(usize) -> Option<&'a [u32]>,
) -> Vec<Met> {
    let mut met = vec![Met::default(); pairs.len()];
    // Where each first item's pairs begin; one more than there are items.
    let starts: Vec<usize> = (0_u32..)
        .take(history.items() + 1)
        .map(|item| pairs.partition_point(|(first, _)| *first < item))
        .collect();
    let mut seen = vec![0_u32; history.items()];
    for number in 0..history.baskets() {
        let Some(others) = beside(number) else { continue };
        for item in history.numbered(number) {
            let item = *item as usize;
            seen[item] += 1;
            let mut wanted = starts[item]..starts[item + 1];
            for other in others {
                let rest = &pairs[wanted.clone()];
                wanted.start += rest.partition_point(|(_, second)| second < other);
                if wanted.is_empty() {
                    break;
                }
                if pairs[wanted.start].1 == *other {
                    met[wanted.start].both += 1;
                }
            }
        }
    }
    for (it, (first, _)) in met.iter_mut().zip(pairs) {
        it.first = seen[*first as usize];
    }
    met
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::next_basket::history::{Clock, Line};

    #[test]
    fn baskets_with_both_and_baskets_after() {
        let line = |(customer, order, item)| Line { customer, order, item };
        let lines = [
            (0, 1, 0),
            (0, 1, 1),
            (0, 2, 0),
            (0, 2, 2),
            (1, 1, 0),
            (1, 2, 1),
            (1, 2, 2),
            (1, 3, 2),
        ];
        let history = History::of(lines.map(line).to_vec(), Clock::Sequence);
        let pairs = [(0, 1), (0, 2), (1, 2), (3, 0)];
        let history = history.with_items(4);
        let counted = |met: Vec<Met>| -> Vec<(u32, u32)> {
            met.into_iter().map(|it| (it.both, it.first)).collect()
        };
        assert_eq!(counted(together(&history, &pairs)), [(1, 3), (1, 3), (1, 2), (0, 0)]);
        // Item 0 is followed by 0 and 2, and by 1 and 2; its last basket by none.
        assert_eq!(counted(then(&history, &pairs)), [(1, 2), (2, 2), (2, 2), (0, 0)]);
    }
}
