//! The best split of a leaf, column by column.

use super::Growth;
use super::bins::Bins;
use super::histogram::{Cell, Histogram, Scale, Sums};
use super::tree::BinSet;

/// What smooths a category's mean derivative before categories are sorted by it, in rows' second derivatives.
/// Ke et al. (2017) sort so; the size is the one that LightGBM documents as `cat_smooth`.
const LEVEL_SMOOTH: f64 = 10.0;
/// What more is added to the ridge where categories are split (LightGBM's `cat_l2`): a sorted split has more
/// freedom than a threshold.
const LEVEL_RIDGE: f64 = 10.0;
/// Categories on the smaller side at most.
const LEVELS_MOST: usize = 32;

/// A split and what it gains.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Split {
    pub(super) column: usize,
    pub(super) left_bins: BinSet,
    pub(super) gain: f64,
}

/// What a split is looked for with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search<'a> {
    pub(super) bins: &'a Bins,
    pub(super) scale: Scale,
    pub(super) growth: &'a Growth,
    /// The columns that this tree may use.
    pub(super) columns: &'a [usize],
}

impl Search<'_> {
    /// The split that gains most; ties fall to the first column and bin. `None` where none gains.
    pub(super) fn best(&self, histogram: &Histogram, total: Sums) -> Option<Split> {
        let mut best: Option<Split> = None;
        for &column in self.columns {
            let count = self.bins.count(column);
            let bins = &histogram.column(column)[..count];
            let found = if self.bins.is_levels(column) {
                self.levels(bins, total)
            } else {
                self.numbers(bins, total)
            };
            if let Some((gain, left_bins)) = found
                && best.is_none_or(|best| gain > best.gain)
            {
                best = Some(Split { column, left_bins, gain });
            }
        }
        best
    }

    /// Thresholds in both directions for what is missing.
    fn numbers(&self, bins: &[Cell], total: Sums) -> Option<(f64, BinSet)> {
        let missing = self.scale.sums(bins[0]);
        let mut best: Option<(f64, usize, bool)> = None;
        let mut left = Sums::default();
        for (bin, cell) in bins.iter().enumerate().skip(1) {
            if cell[1] == 0 {
                continue;
            }
            left += self.scale.sums(*cell);
            for with_missing in [false, true] {
                if with_missing && missing.rows == 0.0 {
                    continue;
                }
                let mut side = left;
                if with_missing {
                    side += missing;
                }
                if let Some(gain) = self.gain(side, total, self.growth.ridge)
                    && best.is_none_or(|best| gain > best.0)
                {
                    // Without missing rows, what comes later goes where most rows went.
                    let more_left = missing.rows == 0.0 && 2.0 * side.rows > total.rows;
                    best = Some((gain, bin, with_missing || more_left));
                }
            }
        }
        let (gain, last, missing_left) = best?;
        let mut left_bins = BinSet::default();
        (1..=last).for_each(|bin| left_bins.insert(narrow(bin)));
        if missing_left {
            left_bins.insert(0);
        }
        Some((gain, left_bins))
    }

    /// Categories sorted by their mean derivative, taken from either end. Fisher (1958), "On Grouping for Maximum
    /// Homogeneity": the best partition in two is one of this order's.
    fn levels(&self, bins: &[Cell], total: Sums) -> Option<(f64, BinSet)> {
        let mut sorted: Vec<(f64, usize, Sums)> = bins
            .iter()
            .enumerate()
            .filter(|(_, cell)| cell[1] != 0)
            .map(|(bin, cell)| {
                let sums = self.scale.sums(*cell);
                (sums.gradient / (sums.hessian + LEVEL_SMOOTH), bin, sums)
            })
            .collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let few = sorted.len() <= 4;
        let ridge = self.growth.ridge + if few { 0.0 } else { LEVEL_RIDGE };
        let mut best: Option<(f64, bool, usize)> = None;
        for from_end in [false, true] {
            let mut side = Sums::default();
            let most = LEVELS_MOST.min(sorted.len().saturating_sub(1));
            for taken in 0..most {
                side += sorted[if from_end { sorted.len() - 1 - taken } else { taken }].2;
                if let Some(gain) = self.gain(side, total, ridge)
                    && best.is_none_or(|best| gain > best.0)
                {
                    best = Some((gain, from_end, taken + 1));
                }
            }
        }
        let (gain, from_end, taken) = best?;
        let mut left_bins = BinSet::default();
        let (mut rows, start) = (0.0, if from_end { sorted.len() - taken } else { 0 });
        for (_, bin, sums) in &sorted[start..start + taken] {
            left_bins.insert(narrow(*bin));
            rows += sums.rows;
        }
        if 2.0 * rows > total.rows {
            // Categories not met in this leaf go where most rows went.
            (0..bins.len())
                .filter(|bin| bins[*bin][1] == 0)
                .for_each(|bin| left_bins.insert(narrow(bin)));
        }
        Some((gain, left_bins))
    }

    /// Chen and Guestrin (2016), eq. 7, twice; `None` where a side is too small or nothing is gained.
    fn gain(&self, left: Sums, total: Sums, ridge: f64) -> Option<f64> {
        let right = total - left;
        let small = |side: Sums| {
            side.rows < self.growth.leaf_rows.max(1) as f64
                || side.hessian < self.growth.leaf_hessian
        };
        if small(left) || small(right) {
            return None;
        }
        let score = |side: Sums| side.gradient * side.gradient / (side.hessian + ridge);
        let whole = total.gradient * total.gradient / (total.hessian + self.growth.ridge);
        let gain = score(left) + score(right) - whole;
        (gain > 1e-9).then_some(gain)
    }
}

fn narrow(bin: usize) -> u8 {
    u8::try_from(bin).expect("bins are below 256")
}
