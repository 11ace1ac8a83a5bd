//! Sums of derivatives by bin, in whole numbers: exact whatever the order, and a sibling is a difference.

use super::bins::Binned;

/// Bits of the second derivative's sum; the rows are counted above them.
const HESSIAN_BITS: u32 = 40;
const HESSIAN_MASK: i64 = (1 << HESSIAN_BITS) - 1;

/// First derivative, and row count with second derivative, of one row or of a bin.
pub(super) type Cell = [i64; 2];

/// Two cells in one.
pub(super) fn added(a: Cell, b: Cell) -> Cell {
    [a[0] + b[0], a[1] + b[1]]
}

/// The scales by which derivatives become whole numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    gradient: f64,
    hessian: f64,
}

/// What a bin or a leaf holds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Sums {
    pub(super) gradient: f64,
    pub(super) hessian: f64,
    pub(super) rows: f64,
}

impl std::ops::AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.gradient += other.gradient;
        self.hessian += other.hessian;
        self.rows += other.rows;
    }
}

impl std::ops::Sub for Sums {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self {
            gradient: self.gradient - other.gradient,
            hessian: self.hessian - other.hessian,
            rows: self.rows - other.rows,
        }
    }
}

impl Scale {
    /// For so many rows with derivatives up to these sizes: no sum leaves its bits.
    pub(super) fn new(rows: usize, gradient_max: f64, hessian_max: f64) -> Self {
        let per_row = |bits: i32, most: f64| {
            let whole = 2_f64.powi(bits) / rows.max(1) as f64;
            (whole.min(2_f64.powi(31)) / most.max(f64::MIN_POSITIVE)).min(f64::MAX)
        };
        Self { gradient: per_row(61, gradient_max), hessian: per_row(39, hessian_max) }
    }

    #[expect(clippy::cast_possible_truncation, reason = "the scale keeps both below 2^40")]
    pub(super) fn cell(&self, gradient: f64, hessian: f64) -> Cell {
        // To the nearest: a cast cuts towards zero, and `round` is a call on processors without SSE 4.1.
        let whole = |number: f64| (number + 0.5_f64.copysign(number)) as i64;
        [whole(gradient * self.gradient), (1 << HESSIAN_BITS) + whole(hessian * self.hessian)]
    }

    pub(super) fn sums(&self, cell: Cell) -> Sums {
        Sums {
            gradient: cell[0] as f64 / self.gradient,
            hessian: (cell[1] & HESSIAN_MASK) as f64 / self.hessian,
            rows: (cell[1] >> HESSIAN_BITS) as f64,
        }
    }
}

/// The sums of a leaf, by column and bin.
#[derive(Debug, Clone)]
pub(super) struct Histogram {
    columns: Vec<[Cell; 256]>,
}

impl Histogram {
    pub(super) fn new(columns: usize) -> Self {
        Self { columns: vec![[[0; 2]; 256]; columns] }
    }

    /// Sums these rows anew, in these columns only; `cells` has one a row of the sample.
    pub(super) fn sum(
        &mut self,
        binned: &Binned,
        (rows, cells): (&[u32], &[Cell]),
        columns: &[usize],
    ) {
        for &column in columns {
            self.columns[column][..binned.bins.count(column)].fill([0; 2]);
        }
        for row in rows {
            let row = *row as usize;
            let (cell, bins) = (cells[row], binned.row(row));
            for &column in columns {
                let sum = &mut self.columns[column][usize::from(bins[column])];
                sum[0] += cell[0];
                sum[1] += cell[1];
            }
        }
    }

    /// Takes another's rows out, in these columns only.
    pub(super) fn subtract(&mut self, other: &Self, binned: &Binned, columns: &[usize]) {
        for &column in columns {
            let used = binned.bins.count(column);
            let (mine, its) = (&mut self.columns[column], &other.columns[column]);
            for (mine, its) in mine[..used].iter_mut().zip(&its[..used]) {
                mine[0] -= its[0];
                mine[1] -= its[1];
            }
        }
    }

    /// The sums of some bins of a column.
    pub(super) fn of_bins(
        &self,
        column: usize,
        is_in: impl Fn(u8) -> bool,
        binned: &Binned,
    ) -> Cell {
        let bins = (0..=u8::MAX).zip(&self.columns[column][..binned.bins.count(column)]);
        bins.filter(|(bin, _)| is_in(*bin)).fold([0; 2], |sum, (_, cell)| added(sum, *cell))
    }

    /// The bins of a column.
    pub(super) fn column(&self, column: usize) -> &[Cell; 256] {
        &self.columns[column]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_carry_the_sums() {
        let scale = Scale::new(3, 1.0, 0.25);
        let mut sum = [0; 2];
        for (gradient, hessian) in [(-0.3, 0.2), (0.9, 0.25), (-1.0, 0.01)] {
            let cell = scale.cell(gradient, hessian);
            sum = [sum[0] + cell[0], sum[1] + cell[1]];
        }
        let sums = scale.sums(sum);
        assert!((sums.gradient + 0.4).abs() < 1e-8, "{sums:?}");
        assert!((sums.hessian - 0.46).abs() < 1e-8, "{sums:?}");
        assert_eq!(sums.rows, 3.0);
    }
}
