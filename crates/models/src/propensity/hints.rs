//! Columns that alone tell more than such columns should.

use crate::learn::Frame;
use crate::learn::auc::delong;
use crate::learn::boosted::Binned;
use crate::learn::folds;
use crate::parallel;

/// How well one column alone puts ones before zeros.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alone {
    /// Position of the column.
    pub column: usize,
    /// Area under the curve on held-out rows, .5..=1 but for noise.
    pub auc: f64,
}

/// Rows that a bin's share is believed to hold of the whole's.
const PRIOR_ROWS: f64 = 10.0;
/// Rows that are looked at.
const ROWS_MOST: usize = 20_000;

/// Each column alone: the share of ones in the bin or category of a row, counted on the other four fifths of the rows
/// and shrunk to the share of all. Of more than 20,000 rows every k-th is looked at. Best first.
pub fn alone(frame: &Frame, target: &[f64], seed: u64) -> Vec<Alone> {
    alone_grouped(frame, target, (None, seed))
}

/// The same where rows of one group, one value a row, are counted and judged apart from those of others.
pub fn alone_grouped(
    frame: &Frame,
    target: &[f64],
    (groups, seed): (Option<&[usize]>, u64),
) -> Vec<Alone> {
    let step = target.len().div_ceil(ROWS_MOST).max(1);
    let rows: Vec<usize> = (0..target.len()).step_by(step).collect();
    let frame = frame.take(&rows);
    let target: Vec<f64> = rows.iter().map(|row| target[*row]).collect();
    let binned = Binned::of(&frame);
    let class: Vec<usize> = target.iter().map(|y| usize::from(*y > 0.5)).collect();
    let fold = match groups {
        None => folds::stratified(&class, 5, seed),
        Some(groups) => {
            let groups: Vec<usize> = rows.iter().map(|row| groups[*row]).collect();
            folds::grouped(&class, &groups, 5, seed)
        }
    };
    let mut found = parallel::pieces(frame.columns().len(), |column| {
        let scores = shares(&binned, column, &target, &fold);
        let auc = delong(&scores, &target).map_or(0.5, |auc| auc.value);
        Alone { column, auc }
    });
    found.sort_by(|a, b| b.auc.total_cmp(&a.auc).then(a.column.cmp(&b.column)));
    found
}

fn shares(binned: &Binned, column: usize, target: &[f64], fold: &[usize]) -> Vec<f64> {
    // Numbers in at most 32 ranges, so that a range has rows to count.
    let ranges = binned.ranges(column, 32);
    let mut counts = vec![[[0.0; 2]; 256]; 5];
    for (row, y) in target.iter().enumerate() {
        let cell = &mut counts[fold[row]][usize::from(ranges[row])];
        cell[0] += y;
        cell[1] += 1.0;
    }
    let mut whole = [[0.0; 2]; 256];
    for of_fold in &counts {
        for (sum, cell) in whole.iter_mut().zip(of_fold) {
            *sum = [sum[0] + cell[0], sum[1] + cell[1]];
        }
    }
    let n = target.len() as f64;
    let mean = target.iter().sum::<f64>() / n;
    let share = |row: usize| {
        let bin = usize::from(ranges[row]);
        let held = counts[fold[row]][bin];
        let ones = whole[bin][0] - held[0];
        let rows = whole[bin][1] - held[1];
        (ones + PRIOR_ROWS * mean) / (rows + PRIOR_ROWS)
    };
    (0..target.len()).map(share).collect()
}
