//! A frame as numbers with a slope each, for effects that are linear in them.

use crate::learn::{Column, Frame, MISSING};

/// Categories of a column with a slope of their own at most.
const LEVELS_MOST: usize = 20;
/// Rows that a category needs for a slope of its own.
const LEVEL_ROWS: usize = 10;
/// Standard deviations beyond which a number counts as that far.
const FAR: f64 = 4.0;
/// Different values from which on a number's rank has a slope beside the number.
const RANKED: usize = 8;
/// Places at which the share of smaller values is kept.
const KNOTS: usize = 100;
/// Slopes from which on ranks are left out: the work grows with the square.
const WIDE: usize = 120;

#[derive(Debug, Clone, PartialEq)]
enum Term {
    Numbers { mean: f64, scale: f64, knots: Vec<f64>, missing: Option<f64> },
    Levels { places: Vec<Option<usize>>, shares: Vec<f64>, missing: Option<f64> },
}

/// How a frame becomes numbers: each standardised number, its rank beside it, a category's indicators, and "is
/// missing".
///
/// Numbers have a spread of 1; indicators are doubled, so that one with a share of one half has it too (Gelman
/// 2008, "Scaling Regression Inputs by Dividing by Two Standard Deviations"). All have mean 0 over the frame it
/// was made of.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Design {
    terms: Vec<Term>,
    width: usize,
}

/// Rows of a design, one after another.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    width: usize,
    values: Vec<f64>,
}

impl Rows {
    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.width..(row + 1) * self.width]
    }

    /// `slopes` · row.
    pub(super) fn dot(&self, row: usize, slopes: &[f64]) -> f64 {
        self.row(row).iter().zip(slopes).map(|(value, slope)| value * slope).sum()
    }
}

impl Design {
    pub(super) fn of(frame: &Frame) -> Self {
        let plain: usize = frame.columns().len();
        let terms: Vec<Term> = frame
            .columns()
            .iter()
            .map(|column| match column {
                Column::Numbers(values) => numbers(values, plain <= WIDE),
                Column::Levels(codes) => levels(codes),
            })
            .collect();
        let width = terms.iter().map(Term::width).sum();
        Self { terms, width }
    }

    /// The rows of a frame with the same columns.
    ///
    /// # Panics
    /// When a column is of another kind: a fault of the caller.
    pub(super) fn rows(&self, frame: &Frame) -> Rows {
        assert_eq!(frame.columns().len(), self.terms.len(), "the columns that were fitted");
        let mut values = vec![0.0; frame.rows() * self.width];
        let mut at = 0;
        for (term, column) in self.terms.iter().zip(frame.columns()) {
            for row in 0..frame.rows() {
                let start = row * self.width + at;
                let cells = &mut values[start..start + term.width()];
                match column {
                    Column::Numbers(numbers) => term.number(numbers[row], cells),
                    Column::Levels(codes) => term.level(codes[row], cells),
                }
            }
            at += term.width();
        }
        Rows { width: self.width, values }
    }
}

impl Term {
    fn width(&self) -> usize {
        match self {
            Self::Numbers { knots, missing, .. } => {
                1 + usize::from(!knots.is_empty()) + usize::from(missing.is_some())
            }
            Self::Levels { shares, missing, .. } => shares.len() + usize::from(missing.is_some()),
        }
    }

    fn number(&self, value: f64, cells: &mut [f64]) {
        let Self::Numbers { mean, scale, knots, missing } = self else {
            panic!("a column is of another kind than the one that was fitted")
        };
        if let (Some(share), Some(cell)) = (missing, cells.last_mut()) {
            *cell = 2.0 * (f64::from(u8::from(value.is_nan())) - share);
        }
        if value.is_nan() {
            return;
        }
        let far = ((value - mean) * scale).clamp(-FAR, FAR);
        cells[0] = if far.is_nan() { 0.0 } else { far };
        if !knots.is_empty() {
            // The mid-rank among the knots, scaled so that a uniform one has spread 1.
            let less = knots.partition_point(|knot| *knot < value);
            let upto = knots.partition_point(|knot| *knot <= value);
            let share = (less + upto) as f64 / 2.0 / knots.len() as f64;
            cells[1] = (share - 0.5) * 12.0_f64.sqrt();
        }
    }

    fn level(&self, code: u32, cells: &mut [f64]) {
        let Self::Levels { places, shares, missing } = self else {
            panic!("a column is of another kind than the one that was fitted")
        };
        for (cell, share) in cells.iter_mut().zip(shares) {
            *cell = -2.0 * share;
        }
        if let (Some(share), Some(cell)) = (missing, cells.last_mut()) {
            *cell = 2.0 * (f64::from(u8::from(code == MISSING)) - share);
        }
        if let Some(place) = places.get(code as usize).copied().flatten() {
            cells[place] += 2.0;
        }
    }
}

fn numbers(values: &[f64], ranked: bool) -> Term {
    let mut known: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    known.sort_unstable_by(f64::total_cmp);
    let n = known.len().max(1) as f64;
    let mean = known.iter().map(|value| value / n).sum::<f64>();
    let spread = known.iter().map(|value| (value - mean).powi(2) / n).sum::<f64>().sqrt();
    let scale = if spread.is_finite() && spread > 0.0 { 1.0 / spread } else { 0.0 };
    let mut distinct = known.clone();
    distinct.dedup();
    let knots = if ranked && distinct.len() >= RANKED {
        (0..KNOTS).map(|knot| known[(2 * knot + 1) * known.len() / (2 * KNOTS)]).collect()
    } else {
        Vec::new()
    };
    let missing = values.iter().filter(|value| value.is_nan()).count();
    let share = missing as f64 / values.len().max(1) as f64;
    Term::Numbers { mean, scale, knots, missing: (missing > 0).then_some(share) }
}

fn levels(codes: &[u32]) -> Term {
    let known = || codes.iter().filter(|code| **code != MISSING).map(|code| *code as usize);
    let mut counts = vec![0_usize; known().max().map_or(0, |most| most + 1)];
    known().for_each(|code| counts[code] += 1);
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by_key(|code| (std::cmp::Reverse(counts[*code]), *code));
    order.truncate(LEVELS_MOST);
    order.retain(|code| counts[*code] >= LEVEL_ROWS);
    let mut places = vec![None; counts.len()];
    for (place, code) in order.iter().enumerate() {
        places[*code] = Some(place);
    }
    let n = codes.len().max(1) as f64;
    let shares = order.iter().map(|code| counts[*code] as f64 / n).collect();
    let missing = codes.iter().filter(|code| **code == MISSING).count();
    Term::Levels { places, shares, missing: (missing > 0).then_some(missing as f64 / n) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ranks_levels_and_what_is_missing() {
        let number: Vec<f64> =
            (0..40).map(|row| if row == 7 { f64::NAN } else { f64::from(row * row) }).collect();
        let codes = (0..40).map(|row| if row < 20 { row % 2 } else { MISSING }).collect();
        let frame = Frame::new(40).with(Column::Numbers(number)).with(Column::Levels(codes));
        let design = Design::of(&frame);
        let rows = design.rows(&frame);
        assert_eq!(rows.width(), 3 + 3);
        let sums: Vec<f64> =
            (0..6).map(|at| (0..40).map(|row| rows.row(row)[at]).sum::<f64>() / 40.0).collect();
        assert!(sums.iter().all(|mean| mean.abs() < 0.02), "{sums:?}");
        assert_eq!(rows.row(7)[..2], [0.0, 0.0], "a missing number is an average one");
        assert!((rows.row(7)[2] - 2.0 * (1.0 - 1.0 / 40.0)).abs() < 1e-12);
        assert_eq!(rows.row(0)[3..], [1.5, -0.5, -1.0]);
        let odd =
            Frame::new(1).with(Column::Numbers(vec![f64::INFINITY])).with(Column::Levels(vec![99]));
        let rows = design.rows(&odd);
        assert!(rows.row(0).iter().all(|value| value.is_finite()), "{rows:?}");
    }

    #[test]
    fn columns_without_values_say_nothing() {
        let frame = Frame::new(3)
            .with(Column::Numbers(vec![f64::NAN; 3]))
            .with(Column::Numbers(vec![5.0; 3]))
            .with(Column::Levels(vec![MISSING; 3]));
        let rows = Design::of(&frame).rows(&frame);
        assert!((0..3).all(|row| rows.row(row).iter().all(|value| *value == 0.0)));
    }
}
