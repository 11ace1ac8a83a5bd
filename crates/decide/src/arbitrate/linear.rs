//! A symmetric system of equations, most of whose entries are zero.

/// A square matrix by rows; only the lower triangle counts.
#[derive(Debug, Clone)]
pub(super) struct Lower {
    n: usize,
    cells: Vec<f64>,
}

impl Lower {
    pub(super) fn zero(n: usize) -> Self {
        Self { n, cells: vec![0.0; n * n] }
    }

    pub(super) fn add(&mut self, row: usize, column: usize, amount: f64) {
        let (row, column) = if row >= column { (row, column) } else { (column, row) };
        self.cells[row * self.n + column] += amount;
    }

    pub(super) fn get(&self, row: usize, column: usize) -> f64 {
        self.cells[row * self.n + column]
    }

    /// Adds another, cell by cell.
    pub(super) fn append(&mut self, other: &Self) {
        for (cell, more) in self.cells.iter_mut().zip(&other.cells) {
            *cell += more;
        }
    }

    /// The same, times a number.
    pub(super) fn scale(&mut self, factor: f64) {
        self.cells.iter_mut().for_each(|cell| *cell *= factor);
    }

    /// The rows and columns `kept` alone.
    pub(super) fn part(&self, kept: &[usize]) -> Self {
        let mut part = Self::zero(kept.len());
        for (i, row) in kept.iter().enumerate() {
            for (j, column) in kept[..=i].iter().enumerate() {
                part.cells[i * kept.len() + j] = self.get(*row, *column);
            }
        }
        part
    }

    /// Solves `(self + diagonal) x = right` by Cholesky's factors within the envelope: a row costs from its first
    /// entry on (George and Liu 1981, "Computer Solution of Large Sparse Positive Definite Systems", chapter 4).
    /// A pivot that is not positive counts as infinite: its unknown is zero.
    pub(super) fn solve(mut self, diagonal: &[f64], right: &[f64]) -> Vec<f64> {
        let n = self.n;
        let mut first = vec![0; n];
        for i in 0..n {
            self.cells[i * n + i] += diagonal[i];
            first[i] = (0..i).find(|j| self.cells[i * n + j] != 0.0).unwrap_or(i);
        }
        for i in 0..n {
            let (above, rest) = self.cells.split_at_mut(i * n);
            let row = &mut rest[..n];
            for j in first[i]..i {
                let from = first[i].max(first[j]);
                let other = &above[j * n..=j * n + j];
                let known: f64 = (from..j).map(|k| row[k] * other[k]).sum();
                row[j] = if other[j].is_finite() { (row[j] - known) / other[j] } else { 0.0 };
            }
            let known: f64 = row[first[i]..i].iter().map(|cell| cell * cell).sum();
            let pivot = row[i] - known;
            row[i] = if pivot > row[i].abs() * 1e-13 { pivot.sqrt() } else { f64::INFINITY };
        }
        let mut x = right.to_vec();
        for i in 0..n {
            let known: f64 = (first[i]..i).map(|k| self.cells[i * n + k] * x[k]).sum();
            x[i] = (x[i] - known) / self.cells[i * n + i];
        }
        for i in (0..n).rev() {
            x[i] /= self.cells[i * n + i];
            for k in first[i]..i {
                x[k] -= self.cells[i * n + k] * x[i];
            }
        }
        x
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_system() {
        let mut matrix = Lower::zero(3);
        for (row, column, amount) in [(0, 0, 3.0), (1, 1, 1.0), (2, 2, 5.0), (2, 0, 1.0)] {
            matrix.add(row, column, amount);
        }
        let x = matrix.solve(&[1.0, 1.0, 0.0], &[9.0, 4.0, 12.0]);
        let expected = [33.0 / 19.0, 2.0, 39.0 / 19.0];
        assert!(x.iter().zip(expected).all(|(x, e)| (x - e).abs() < 1e-12), "{x:?}");
    }

    #[test]
    fn an_unknown_without_a_pivot_is_zero() {
        let mut matrix = Lower::zero(2);
        matrix.add(0, 0, 2.0);
        let x = matrix.solve(&[0.0, 0.0], &[4.0, 1.0]);
        assert!((x[0] - 2.0).abs() < 1e-12 && x[1] == 0.0, "{x:?}");
    }
}
