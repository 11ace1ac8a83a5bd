//! A symmetric system of equations, most of whose entries are zero.

/// Cells of a row from which on all of it is held.
const MANY: usize = 48;

/// A symmetric matrix by rows; only the lower triangle is held.
#[derive(Debug, Clone)]
pub(super) struct Lower {
    rows: Vec<Cells>,
}

/// The cells of a row up to its diagonal.
#[derive(Debug, Clone)]
enum Cells {
    /// Column and amount, in the order in which they came.
    Few(Vec<(u32, f64)>),
    All(Vec<f64>),
}

impl Cells {
    fn each(&self, mut visit: impl FnMut(usize, f64)) {
        match self {
            Self::Few(cells) => {
                cells.iter().for_each(|(column, cell)| visit(*column as usize, *cell))
            }
            Self::All(cells) => cells.iter().enumerate().for_each(|(at, cell)| visit(at, *cell)),
        }
    }
}

impl Lower {
    pub(super) fn zero(n: usize) -> Self {
        Self { rows: vec![Cells::Few(Vec::new()); n] }
    }

    pub(super) fn add(&mut self, row: usize, column: usize, amount: f64) {
        let (row, column) = if row >= column { (row, column) } else { (column, row) };
        let cells = &mut self.rows[row];
        if let Cells::Few(few) = cells {
            if let Some((_, cell)) = few.iter_mut().find(|(at, _)| *at as usize == column) {
                *cell += amount;
                return;
            }
            if few.len() < MANY {
                few.push((column as u32, amount));
                return;
            }
            let mut all = vec![0.0; row + 1];
            few.iter().for_each(|(at, cell)| all[*at as usize] = *cell);
            *cells = Cells::All(all);
        }
        if let Cells::All(all) = cells {
            all[column] += amount;
        }
    }

    pub(super) fn get(&self, row: usize, column: usize) -> f64 {
        match &self.rows[row] {
            Cells::Few(few) => {
                few.iter().find(|(at, _)| *at as usize == column).map_or(0.0, |(_, cell)| *cell)
            }
            Cells::All(all) => all[column],
        }
    }

    /// Adds another, cell by cell.
    pub(super) fn append(&mut self, other: &Self) {
        for (row, cells) in other.rows.iter().enumerate() {
            cells.each(|column, cell| {
                if cell != 0.0 {
                    self.add(row, column, cell);
                }
            });
        }
    }

    /// The same, times a number.
    pub(super) fn scale(&mut self, factor: f64) {
        for cells in &mut self.rows {
            match cells {
                Cells::Few(few) => few.iter_mut().for_each(|(_, cell)| *cell *= factor),
                Cells::All(all) => all.iter_mut().for_each(|cell| *cell *= factor),
            }
        }
    }

    /// Solves `(part + diagonal) x = right` for the rows and columns `kept`, by Cholesky's factors within the
    /// envelope: a row costs from its first entry on (George and Liu 1981, "Computer Solution of Large Sparse
    /// Positive Definite Systems", chapter 4). A pivot that is not positive counts as infinite: its unknown is zero.
    pub(super) fn solve(&self, kept: &[usize], diagonal: &[f64], right: &[f64]) -> Vec<f64> {
        let mut rows = self.envelope(kept, diagonal);
        for i in 0..rows.len() {
            let (above, rest) = rows.split_at_mut(i);
            let (first, row) = &mut rest[0];
            for j in *first..i {
                let (start, other) = &above[j];
                let known: f64 =
                    ((*first).max(*start)..j).map(|k| row[k - *first] * other[k - start]).sum();
                let pivot = other[j - start];
                let cell = &mut row[j - *first];
                *cell = if pivot.is_finite() { (*cell - known) / pivot } else { 0.0 };
            }
            let known: f64 = row[..i - *first].iter().map(|cell| cell * cell).sum();
            let own = &mut row[i - *first];
            let pivot = *own - known;
            *own = if pivot > own.abs() * 1e-13 { pivot.sqrt() } else { f64::INFINITY };
        }
        let mut x = right.to_vec();
        for (i, (first, row)) in rows.iter().enumerate() {
            let known: f64 = (*first..i).map(|k| row[k - first] * x[k]).sum();
            x[i] = (x[i] - known) / row[i - first];
        }
        for (i, (first, row)) in rows.iter().enumerate().rev() {
            x[i] /= row[i - first];
            for k in *first..i {
                x[k] -= row[k - first] * x[i];
            }
        }
        x
    }

    /// Each kept row from its first entry to its diagonal.
    fn envelope(&self, kept: &[usize], diagonal: &[f64]) -> Vec<(usize, Vec<f64>)> {
        let mut place = vec![usize::MAX; self.rows.len()];
        kept.iter().enumerate().for_each(|(at, row)| place[*row] = at);
        let envelope = kept.iter().enumerate().map(|(i, row)| {
            let mut first = i;
            self.rows[*row].each(|column, cell| {
                if cell != 0.0 {
                    first = first.min(place[column]);
                }
            });
            let mut cells = vec![0.0; i - first + 1];
            self.rows[*row].each(|column, cell| {
                if cell != 0.0 && place[column] != usize::MAX {
                    cells[place[column] - first] += cell;
                }
            });
            cells[i - first] += diagonal[i];
            (first, cells)
        });
        envelope.collect()
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
        let x = matrix.solve(&[0, 1, 2], &[1.0, 1.0, 0.0], &[9.0, 4.0, 12.0]);
        let expected = [33.0 / 19.0, 2.0, 39.0 / 19.0];
        assert!(x.iter().zip(expected).all(|(x, e)| (x - e).abs() < 1e-12), "{x:?}");
    }

    #[test]
    fn a_part_of_a_system_with_a_full_row() {
        let n = 100;
        let mut matrix = Lower::zero(n);
        for row in 0..n {
            matrix.add(row, row, 3.0);
            matrix.add(n - 1, row, 0.5);
        }
        let kept: Vec<usize> = (0..n).filter(|row| row % 3 != 1).collect();
        let x = matrix.solve(&kept, &vec![1.0; kept.len()], &vec![2.0; kept.len()]);
        for (i, row) in kept.iter().enumerate() {
            let cell = |(j, column): (usize, &usize)| {
                let cell = matrix.get(*row.max(column), *row.min(column));
                (cell + f64::from(u8::from(i == j))) * x[j]
            };
            let left: f64 = kept.iter().enumerate().map(cell).sum();
            assert!((left - 2.0).abs() < 1e-9, "{row}: {left}");
        }
    }

    #[test]
    fn an_unknown_without_a_pivot_is_zero() {
        let mut matrix = Lower::zero(2);
        matrix.add(0, 0, 2.0);
        let x = matrix.solve(&[0, 1], &[0.0, 0.0], &[4.0, 1.0]);
        assert!((x[0] - 2.0).abs() < 1e-12 && x[1] == 0.0, "{x:?}");
    }
}
