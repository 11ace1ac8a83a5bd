//! The partial state of a pair count: compact, mergeable, the same bytes for the same baskets.
//!
//! Occurrences are collected as plain numbers; a full collection is sorted and becomes a run: the
//! distinct pairs in order, each as the difference to the one before and its count, both as
//! variable-length integers. A pair then takes about four bytes. Runs merge two at a time as they
//! stream past.

use std::cmp::Ordering;

/// Occurrences collected before they are sorted into a run: 32 MiB.
const FRESH_MAX: usize = 1 << 22;

/// Version of the state's bytes.
const VERSION: u8 = 1;

/// Why bytes are not a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a pair count's partial state is damaged, or another version of Nobishiro wrote it")]
pub(super) struct NotAState;

/// Pairs of items counted so far.
#[derive(Debug, Default)]
pub(super) struct PairState {
    baskets: u64,
    over_cap: u64,
    fresh: Vec<u64>,
    runs: Vec<Run>,
    scratch: Vec<u32>,
}

/// Which pairs one pass counts: those whose smaller item has this remainder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pass {
    /// The remainder.
    pub(super) at: u32,
    /// The divisor, at least 1.
    pub(super) of: u32,
}

impl PairState {
    /// Counts the pairs of one basket, in which items may repeat. A basket of more than `cap`
    /// distinct items adds no pairs.
    pub(super) fn add(&mut self, items: &[u32], cap: usize, pass: Pass) {
        let mut distinct = std::mem::take(&mut self.scratch);
        distinct.clear();
        distinct.extend_from_slice(items);
        distinct.sort_unstable();
        distinct.dedup();
        self.baskets += 1;
        if distinct.len() > cap {
            self.over_cap += 1;
        } else {
            for (i, low) in distinct.iter().enumerate() {
                if pass.of == 1 || low % pass.of == pass.at {
                    let high = distinct[i + 1..].iter();
                    self.fresh.extend(high.map(|high| u64::from(*low) << 32 | u64::from(*high)));
                }
            }
            if self.fresh.len() >= FRESH_MAX {
                self.settle();
            }
        }
        self.scratch = distinct;
    }

    /// Adds what another state counted.
    pub(super) fn merge(&mut self, bytes: &[u8]) -> Result<(), NotAState> {
        let (head, body) = bytes.split_at_checked(25).ok_or(NotAState)?;
        if head[0] != VERSION {
            return Err(NotAState);
        }
        let word = |at: usize| {
            let bytes: [u8; 8] = head[at..at + 8].try_into().expect("eight bytes of the head");
            u64::from_le_bytes(bytes)
        };
        let run = Run { bytes: body.to_vec(), pairs: word(17) };
        if !run.is_sound() {
            return Err(NotAState);
        }
        self.baskets += word(1);
        self.over_cap += word(9);
        self.push(run);
        Ok(())
    }

    /// The state as bytes; they depend on the counted baskets alone.
    pub(super) fn bytes(&mut self) -> Vec<u8> {
        let run = self.one_run();
        let mut bytes = Vec::with_capacity(25 + run.bytes.len());
        bytes.push(VERSION);
        for word in [self.baskets, self.over_cap, run.pairs] {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        bytes.extend_from_slice(&run.bytes);
        self.runs.push(run);
        bytes
    }

    /// Appends the pairs, sorted, with their counts.
    pub(super) fn read_into(mut self, pairs: &mut Vec<(u32, u32, u64)>) {
        let run = self.one_run();
        pairs.reserve(usize::try_from(run.pairs).unwrap_or(0));
        for (pair, count) in run.iter() {
            #[expect(clippy::cast_possible_truncation, reason = "a pair is two halves of 32 bits")]
            pairs.push(((pair >> 32) as u32, pair as u32, count));
        }
    }

    /// Baskets that added no pairs for their size.
    pub(super) fn baskets_over_cap(&self) -> u64 {
        self.over_cap
    }

    /// Bytes held.
    pub(super) fn size(&self) -> usize {
        size_of::<Self>()
            + self.fresh.capacity() * size_of::<u64>()
            + self.scratch.capacity() * size_of::<u32>()
            + self.runs.iter().map(|run| run.bytes.capacity()).sum::<usize>()
    }

    /// Sorts the collected occurrences into a run.
    fn settle(&mut self) {
        if self.fresh.is_empty() {
            return;
        }
        self.fresh.sort_unstable();
        let mut writer = RunWriter::default();
        for same in self.fresh.chunk_by(|a, b| a == b) {
            writer.push(same[0], same.len() as u64);
        }
        self.fresh.clear();
        self.push(writer.finish());
    }

    /// Keeps runs few: one that is not smaller than half its forerunner is merged with it.
    fn push(&mut self, mut run: Run) {
        while let Some(last) = self.runs.pop_if(|last| last.bytes.len() <= 2 * run.bytes.len()) {
            run = last.merged(&run);
        }
        self.runs.push(run);
    }

    fn one_run(&mut self) -> Run {
        self.settle();
        self.fresh = Vec::new();
        let mut all = self.runs.pop().unwrap_or_default();
        while let Some(run) = self.runs.pop() {
            all = run.merged(&all);
        }
        all
    }
}

/// Distinct pairs in order with their counts.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Run {
    bytes: Vec<u8>,
    pairs: u64,
}

impl Run {
    fn iter(&self) -> RunReader<'_> {
        RunReader { rest: &self.bytes, last: 0 }
    }

    fn merged(&self, other: &Self) -> Self {
        let mut writer = RunWriter::default();
        writer.run.bytes.reserve(self.bytes.len().max(other.bytes.len()));
        let (mut left, mut right) = (self.iter().peekable(), other.iter().peekable());
        loop {
            let order = match (left.peek(), right.peek()) {
                (Some(one), Some(two)) => one.0.cmp(&two.0),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return writer.finish(),
            };
            let one = left.next_if(|_| order.is_le());
            let two = right.next_if(|_| order.is_ge());
            if let Some((pair, _)) = one.or(two) {
                let count = |side: Option<(u64, u64)>| side.map_or(0, |(_, count)| count);
                writer.push(pair, count(one) + count(two));
            }
        }
    }

    /// Whether the bytes hold as many pairs as stated, in order, and nothing else.
    fn is_sound(&self) -> bool {
        let mut reader = self.iter();
        let mut pairs = 0;
        let mut last = None;
        for (pair, count) in reader.by_ref() {
            if last >= Some(pair) || count == 0 {
                return false;
            }
            (last, pairs) = (Some(pair), pairs + 1);
        }
        reader.rest.is_empty() && pairs == self.pairs
    }
}

#[derive(Default)]
struct RunWriter {
    run: Run,
    last: u64,
}

impl RunWriter {
    fn push(&mut self, pair: u64, count: u64) {
        write_varint(&mut self.run.bytes, pair - self.last);
        write_varint(&mut self.run.bytes, count);
        self.last = pair;
        self.run.pairs += 1;
    }

    fn finish(self) -> Run {
        self.run
    }
}

struct RunReader<'a> {
    rest: &'a [u8],
    last: u64,
}

impl Iterator for RunReader<'_> {
    type Item = (u64, u64);

    /// Stops at the end, or where the bytes are no run.
    fn next(&mut self) -> Option<(u64, u64)> {
        let mut rest = self.rest;
        let step = read_varint(&mut rest)?;
        let count = read_varint(&mut rest)?;
        self.last = self.last.checked_add(step)?;
        self.rest = rest;
        Some((self.last, count))
    }
}

fn write_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        #[expect(clippy::cast_possible_truncation, reason = "seven bits at a time")]
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    #[expect(clippy::cast_possible_truncation, reason = "the last seven bits")]
    bytes.push(value as u8);
}

fn read_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(first & 0x7F) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Pass = Pass { at: 0, of: 1 };

    fn bytes_of(baskets: &[&[u32]]) -> Vec<u8> {
        let mut state = PairState::default();
        for basket in baskets {
            state.add(basket, 100, ALL);
        }
        state.bytes()
    }

    fn merged(parts: &[&[u8]]) -> Vec<u8> {
        let mut state = PairState::default();
        for part in parts {
            state.merge(part).expect("our own bytes");
        }
        state.bytes()
    }

    #[test]
    fn a_basket_counts_each_pair_once() {
        let mut state = PairState::default();
        state.add(&[3, 1, 3, 2], 3, ALL);
        state.add(&[2, 1], 3, ALL);
        state.add(&[1, 2, 3, 4], 3, ALL);
        state.add(&[7], 3, ALL);
        state.add(&[], 3, ALL);
        assert_eq!(state.baskets_over_cap(), 1);
        let mut pairs = Vec::new();
        state.read_into(&mut pairs);
        assert_eq!(pairs, [(1, 2, 2), (1, 3, 1), (2, 3, 1)]);
    }

    #[test]
    fn merging_is_associative_and_commutative() {
        let (a, b, c) =
            (bytes_of(&[&[1, 2, 3]]), bytes_of(&[&[2, 3], &[9, 1]]), bytes_of(&[&[u32::MAX, 0]]));
        let whole = bytes_of(&[&[1, 2, 3], &[2, 3], &[9, 1], &[u32::MAX, 0]]);
        assert_eq!(merged(&[&merged(&[&a, &b]), &c]), whole);
        assert_eq!(merged(&[&a, &merged(&[&c, &b])]), whole);
        assert_eq!(merged(&[&c, &b, &a]), whole);
        assert_eq!(merged(&[&whole, &bytes_of(&[])]), whole);
    }

    #[test]
    fn passes_share_the_pairs_out() {
        let basket: Vec<u32> = (0..20).collect();
        let mut pairs = Vec::new();
        for at in 0..3 {
            let mut state = PairState::default();
            state.add(&basket, 100, Pass { at, of: 3 });
            state.read_into(&mut pairs);
        }
        pairs.sort_unstable();
        assert_eq!(pairs.len(), 190);
        assert!(pairs.windows(2).all(|two| two[0] < two[1]));
    }

    #[test]
    fn damaged_bytes_are_refused() {
        let good = bytes_of(&[&[1, 2, 3]]);
        for bad in [&good[..10], &good[..good.len() - 1], &[], &[2; 40]] {
            assert_eq!(PairState::default().merge(bad), Err(NotAState));
        }
    }

    #[test]
    fn reading_a_state_twice_gives_the_same() {
        let mut state = PairState::default();
        state.add(&[1, 2, 3], 100, ALL);
        let first = state.bytes();
        assert_eq!(state.bytes(), first);
        assert!(state.size() > 0);
    }
}
