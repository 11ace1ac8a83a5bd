//! Columns cut into at most 256 bins: 0 is missing, the rest are ranges of numbers or categories.

use serde::{Deserialize, Serialize};

use super::super::frame::{Column, Frame, MISSING};

/// Bins of values at most, beside the one for missing.
const MOST: usize = 255;

/// How one column is cut.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Cut {
    /// A number's bin is 1 + how many of these bounds are below it.
    Numbers(Vec<f64>),
    /// The bin of each code; 0 for a code that was not seen.
    Levels(Vec<u8>),
}

/// How all columns of a frame are cut.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bins {
    cuts: Vec<Cut>,
}

/// A frame as bins, row by row.
#[derive(Debug, Clone)]
pub struct Binned {
    /// How it was cut.
    pub bins: Bins,
    columns: usize,
    rows: usize,
    cells: Vec<u8>,
}

impl Bins {
    /// Cuts numbers at quantiles of equal shares, each distinct value apart where there are few, and categories by
    /// how frequent they are (ties by their code); categories beyond the 254th share a bin.
    pub fn of(frame: &Frame) -> Self {
        let cut = |column: &Column| match column {
            Column::Numbers(values) => Cut::Numbers(bounds(values)),
            Column::Levels(codes) => Cut::Levels(level_bins(codes)),
        };
        Self { cuts: frame.columns().iter().map(cut).collect() }
    }

    /// Whether a column's bins are categories, without an order.
    pub(super) fn is_levels(&self, column: usize) -> bool {
        matches!(self.cuts[column], Cut::Levels(_))
    }

    /// One more than the largest bin of a column.
    pub(super) fn count(&self, column: usize) -> usize {
        match &self.cuts[column] {
            Cut::Numbers(bounds) => bounds.len() + 2,
            Cut::Levels(bins) => bins.iter().map(|bin| usize::from(*bin)).max().unwrap_or(0) + 1,
        }
    }

    /// How many columns.
    pub(super) fn columns(&self) -> usize {
        self.cuts.len()
    }

    /// A frame with the same columns as bins.
    ///
    /// # Panics
    /// When the frame has other columns than the one that was cut: a fault of the caller.
    pub fn apply(&self, frame: &Frame) -> Binned {
        let cells = self.cells(frame);
        Binned { bins: self.clone(), columns: self.cuts.len(), rows: frame.rows(), cells }
    }

    /// The bins of each row, by column, row after row.
    pub(super) fn cells(&self, frame: &Frame) -> Vec<u8> {
        assert_eq!(frame.columns().len(), self.cuts.len(), "the columns that were fitted");
        let columns = self.cuts.len();
        let mut cells = vec![0; frame.rows() * columns];
        for (position, (cut, column)) in self.cuts.iter().zip(frame.columns()).enumerate() {
            let places = cells.iter_mut().skip(position).step_by(columns.max(1));
            match (cut, column) {
                (Cut::Numbers(bounds), Column::Numbers(values)) => {
                    places.zip(values).for_each(|(cell, value)| *cell = number_bin(bounds, *value));
                }
                (Cut::Levels(bins), Column::Levels(codes)) => {
                    places.zip(codes).for_each(|(cell, code)| *cell = level_bin(bins, *code));
                }
                _ => panic!("column {position} is of another kind than the one that was fitted"),
            }
        }
        cells
    }
}

impl Binned {
    /// Cuts a frame by its own values.
    pub fn of(frame: &Frame) -> Self {
        Bins::of(frame).apply(frame)
    }

    /// The bins of a row, by column.
    pub(super) fn row(&self, row: usize) -> &[u8] {
        &self.cells[row * self.columns..(row + 1) * self.columns]
    }

    /// The bin of each row in a column; numbers' bins are joined with their neighbours until there are at most `most`
    /// beside the one for missing.
    pub fn ranges(&self, column: usize, most: usize) -> Vec<u8> {
        let each = (0..self.rows).map(|row| self.row(row)[column]);
        if self.bins.is_levels(column) {
            return each.collect();
        }
        let mut counts = [0_usize; 256];
        each.clone().for_each(|bin| counts[usize::from(bin)] += 1);
        let known: usize = counts[1..].iter().sum();
        let mut joined = [0_u8; 256];
        let mut below = 0;
        for (joined, count) in joined.iter_mut().zip(counts).skip(1) {
            let range = below * most / known.max(1);
            *joined = u8::try_from(1 + range.min(most - 1)).unwrap_or(u8::MAX);
            below += count;
        }
        each.map(|bin| joined[usize::from(bin)]).collect()
    }

    /// How many rows.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }
}

fn number_bin(bounds: &[f64], value: f64) -> u8 {
    if value.is_nan() {
        return 0;
    }
    let below = bounds.partition_point(|bound| *bound < value);
    u8::try_from(below + 1).expect("at most 254 bounds")
}

fn level_bin(bins: &[u8], code: u32) -> u8 {
    usize::try_from(code).ok().and_then(|code| bins.get(code)).copied().unwrap_or(0)
}

/// Ascending bounds between bins; a value equal to a bound is below it.
fn bounds(values: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut distinct: Vec<(f64, usize)> = Vec::new();
    for value in sorted {
        match distinct.last_mut() {
            Some((last, count)) if *last == value => *count += 1,
            _ => distinct.push((value, 1)),
        }
    }
    let total: usize = distinct.iter().map(|(_, count)| count).sum();
    let whole = distinct.len() <= MOST;
    let (mut bounds, mut inside, mut left) = (Vec::new(), 0, total);
    for pair in distinct.windows(2) {
        inside += pair[0].1;
        left -= pair[0].1;
        // A bin closes when it holds its share of what the bins still free have to hold.
        let free = MOST - bounds.len();
        if whole || (free > 1 && inside * free >= inside + left) {
            bounds.push(between(pair[0].0, pair[1].0));
            inside = 0;
        }
    }
    bounds
}

/// A number that is at least `low` and below `high`; their middle where that exists.
fn between(low: f64, high: f64) -> f64 {
    let middle = low / 2.0 + high / 2.0;
    if middle.is_finite() && middle < high { middle.max(low) } else { low }
}

fn level_bins(codes: &[u32]) -> Vec<u8> {
    let most = codes.iter().copied().filter(|code| *code != MISSING).max();
    let Some(most) = most.and_then(|code| usize::try_from(code).ok()) else {
        return Vec::new();
    };
    let mut counts = vec![0_usize; most + 1];
    for code in codes.iter().filter(|code| **code != MISSING) {
        counts[usize::try_from(*code).expect("not above the largest")] += 1;
    }
    let mut order: Vec<usize> = (0..=most).filter(|code| counts[*code] > 0).collect();
    order.sort_by_key(|code| (std::cmp::Reverse(counts[*code]), *code));
    let mut bins = vec![0; most + 1];
    for (rank, code) in order.into_iter().enumerate() {
        bins[code] = u8::try_from((rank + 1).min(MOST)).expect("at most 255");
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_have_a_bin_each_and_missing_has_its_own() {
        let frame = Frame::new(4)
            .with(Column::Numbers(vec![1.0, f64::NAN, 3.0, 1.0]))
            .with(Column::Levels(vec![7, 7, MISSING, 2]));
        let binned = Binned::of(&frame);
        let rows: Vec<&[u8]> = (0..4).map(|row| binned.row(row)).collect();
        assert_eq!(rows, [[1, 1], [0, 1], [2, 0], [1, 2]]);
        let unseen =
            Frame::new(1).with(Column::Numbers(vec![f64::INFINITY])).with(Column::Levels(vec![5]));
        assert_eq!(binned.bins.apply(&unseen).row(0), [2, 0]);
    }

    #[test]
    fn many_values_share_bins_evenly() {
        let values: Vec<f64> = (0..10_000).map(f64::from).collect();
        let frame = Frame::new(10_000).with(Column::Numbers(values));
        let binned = Binned::of(&frame);
        assert!(binned.bins.count(0) > 250);
        let mut counts = [0; 256];
        (0..10_000).for_each(|row| counts[usize::from(binned.row(row)[0])] += 1);
        assert_eq!(counts[0], 0);
        assert!(
            counts[1..binned.bins.count(0)].iter().all(|n| (30..=60).contains(n)),
            "{counts:?}"
        );
    }
}
