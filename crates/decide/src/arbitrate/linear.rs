//! A symmetric system of equations, most of whose entries are zero.
//!
//! Where few rows meet others far away, by Cholesky's factors within the envelope; else, where filling it in
//! would take long, by conjugate gradients.

use std::collections::BTreeMap;

/// Cells of a row up to which they are looked through one by one.
const FEW: usize = 48;

/// A row of up to this many cells is held whole once it has more than a few, and one of which this part is there.
const SHORT: usize = 512;
const PART: usize = 8;

/// Multiplications that factors may take.
const FACTORS: f64 = 3e8;

/// Rounds of conjugate gradients, and the share of the right side that may be left.
const ROUNDS: usize = 500;
const LEFT: f64 = 1e-9;

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
    /// By column.
    Many(BTreeMap<u32, f64>),
    All(Vec<f64>),
}

impl Cells {
    fn each(&self, mut visit: impl FnMut(usize, f64)) {
        match self {
            Self::Few(cells) => {
                cells.iter().for_each(|(column, cell)| visit(*column as usize, *cell));
            }
            Self::Many(cells) => {
                cells.iter().for_each(|(column, cell)| visit(*column as usize, *cell));
            }
            Self::All(cells) => cells.iter().enumerate().for_each(|(at, cell)| visit(at, *cell)),
        }
    }

    /// The same in a form for more cells of a row.
    fn wider(&self, row: usize) -> Self {
        if row < SHORT || matches!(self, Self::Many(_)) {
            let mut all = vec![0.0; row + 1];
            self.each(|column, cell| all[column] = cell);
            return Self::All(all);
        }
        let mut many = BTreeMap::new();
        self.each(|column, cell| {
            many.insert(column as u32, cell);
        });
        Self::Many(many)
    }
}

impl Lower {
    pub(super) fn zero(n: usize) -> Self {
        Self { rows: vec![Cells::Few(Vec::new()); n] }
    }

    pub(super) fn add(&mut self, row: usize, column: usize, amount: f64) {
        let (row, column) = if row >= column { (row, column) } else { (column, row) };
        let cells = &mut self.rows[row];
        let at = column as u32;
        match cells {
            Cells::All(all) => {
                all[column] += amount;
                return;
            }
            Cells::Few(few) => {
                if let Some((_, cell)) = few.iter_mut().find(|(other, _)| *other == at) {
                    *cell += amount;
                    return;
                }
                if few.len() < FEW {
                    few.push((at, amount));
                    return;
                }
            }
            Cells::Many(many) => {
                if let Some(cell) = many.get_mut(&at) {
                    *cell += amount;
                    return;
                }
                if many.len() * PART < row {
                    many.insert(at, amount);
                    return;
                }
            }
        }
        *cells = cells.wider(row);
        self.add(row, column, amount);
    }

    pub(super) fn get(&self, row: usize, column: usize) -> f64 {
        match &self.rows[row] {
            Cells::Few(few) => {
                few.iter().find(|(at, _)| *at as usize == column).map_or(0.0, |(_, cell)| *cell)
            }
            Cells::Many(many) => many.get(&(column as u32)).copied().unwrap_or(0.0),
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
                Cells::Many(many) => many.values_mut().for_each(|cell| *cell *= factor),
                Cells::All(all) => all.iter_mut().for_each(|cell| *cell *= factor),
            }
        }
    }

    /// Solves `(part + diagonal) x = right` for the rows and columns `kept`. A pivot that is not positive counts
    /// as infinite: its unknown is zero.
    pub(super) fn solve(&self, kept: &[usize], diagonal: &[f64], right: &[f64]) -> Vec<f64> {
        let part = Part::of(self, kept, diagonal);
        if part.work() <= FACTORS { part.by_factors(right) } else { part.by_gradients(right) }
    }
}

/// Some rows and columns of a matrix.
struct Part {
    /// Each row's cells before its diagonal.
    rows: Vec<Vec<(usize, f64)>>,
    diagonal: Vec<f64>,
}

impl Part {
    fn of(matrix: &Lower, kept: &[usize], diagonal: &[f64]) -> Self {
        let mut place = vec![usize::MAX; matrix.rows.len()];
        kept.iter().enumerate().for_each(|(at, row)| place[*row] = at);
        let mut part = Self { rows: Vec::with_capacity(kept.len()), diagonal: diagonal.to_vec() };
        for (i, row) in kept.iter().enumerate() {
            let mut cells = Vec::new();
            matrix.rows[*row].each(|column, cell| {
                let column = place[column];
                if column == i {
                    part.diagonal[i] += cell;
                } else if cell != 0.0 && column != usize::MAX {
                    cells.push((column, cell));
                }
            });
            part.rows.push(cells);
        }
        part
    }

    /// The first cell of each row.
    fn firsts(&self) -> impl Iterator<Item = usize> {
        let first = |(i, cells): (usize, &Vec<(usize, f64)>)| {
            cells.iter().map(|(column, _)| *column).fold(i, usize::min)
        };
        self.rows.iter().enumerate().map(first)
    }

    /// About how many multiplications its factors take, when each row is full from its first cell on.
    fn work(&self) -> f64 {
        let firsts: Vec<usize> = self.firsts().collect();
        let row = |(i, first): (usize, &usize)| -> usize {
            (*first..i).map(|j| j.saturating_sub(firsts[j].max(*first))).sum()
        };
        firsts.iter().enumerate().map(row).sum::<usize>() as f64
    }

    /// By Cholesky's factors within the envelope: a row costs from its first entry on (George and Liu 1981,
    /// "Computer Solution of Large Sparse Positive Definite Systems", chapter 4).
    fn by_factors(&self, right: &[f64]) -> Vec<f64> {
        let mut rows = self.envelope();
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

    /// Each row from its first cell to its diagonal.
    fn envelope(&self) -> Vec<(usize, Vec<f64>)> {
        let row = |(i, first): (usize, usize)| {
            let mut cells = vec![0.0; i - first + 1];
            self.rows[i].iter().for_each(|(column, cell)| cells[column - first] = *cell);
            cells[i - first] = self.diagonal[i];
            (first, cells)
        };
        self.firsts().enumerate().map(row).collect()
    }

    /// By conjugate gradients (Hestenes and Stiefel 1952), each unknown scaled by its pivot. They end early where
    /// rounding leaves no more to gain: a Newton step need not be exact (Dembo, Eisenstat and Steihaug 1982).
    fn by_gradients(&self, right: &[f64]) -> Vec<f64> {
        let scaled = |left: &[f64]| -> Vec<f64> {
            let one = |(left, pivot): (&f64, &f64)| if *pivot > 0.0 { left / pivot } else { 0.0 };
            left.iter().zip(&self.diagonal).map(one).collect()
        };
        let inner = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
        let mut x = vec![0.0; right.len()];
        let mut left = right.to_vec();
        let mut towards = scaled(&left);
        let mut size = inner(&left, &towards);
        let enough = size * LEFT * LEFT;
        for _ in 0..ROUNDS {
            let met = self.times(&towards);
            let bend = inner(&towards, &met);
            if size <= enough || bend <= 0.0 {
                break;
            }
            let far = size / bend;
            x.iter_mut().zip(&towards).for_each(|(x, by)| *x += far * by);
            left.iter_mut().zip(&met).for_each(|(left, by)| *left -= far * by);
            let next = scaled(&left);
            let now = inner(&left, &next);
            let keep = now / size;
            towards.iter_mut().zip(&next).for_each(|(by, next)| *by = next + keep * *by);
            size = now;
        }
        x
    }

    fn times(&self, x: &[f64]) -> Vec<f64> {
        let mut product: Vec<f64> = x.iter().zip(&self.diagonal).map(|(x, own)| x * own).collect();
        for (i, cells) in self.rows.iter().enumerate() {
            let mut sum = 0.0;
            for (column, cell) in cells {
                sum += cell * x[*column];
                product[*column] += cell * x[i];
            }
            product[i] += sum;
        }
        product
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
        let part = Part::of(&matrix, &[0, 1], &[0.0, 0.0]);
        for x in [part.by_factors(&[4.0, 1.0]), part.by_gradients(&[4.0, 1.0])] {
            assert!((x[0] - 2.0).abs() < 1e-12 && x[1] == 0.0, "{x:?}");
        }
    }

    /// Sums of squares of a few unknowns each, as far apart as they come: rows of every form.
    fn scattered(n: usize) -> Lower {
        let mut matrix = Lower::zero(n);
        for at in 0..n {
            let mut members = vec![at, (at * 7 + 3) % n, (at * 13 + 5) % n, n - 1 - at % 3];
            members.sort_unstable();
            members.dedup();
            for (place, row) in members.iter().enumerate() {
                for other in &members[..=place] {
                    matrix.add(*row, *other, 1.0 + (at % 5) as f64);
                }
            }
        }
        matrix
    }

    #[test]
    fn factors_and_gradients_find_the_same() {
        let n = 1_500;
        let matrix = scattered(n);
        assert!(matrix.rows.iter().any(|row| matches!(row, Cells::Few(_))));
        assert!(matrix.rows.iter().any(|row| matches!(row, Cells::All(_))));
        let kept: Vec<usize> = (0..n).filter(|row| row % 10 != 4).collect();
        let part = Part::of(&matrix, &kept, &vec![0.1; kept.len()]);
        let right: Vec<f64> = kept.iter().map(|row| (row % 17) as f64 - 8.0).collect();
        let (exact, near) = (part.by_factors(&right), part.by_gradients(&right));
        let most = exact.iter().map(|x| x.abs()).fold(0.0, f64::max);
        let far = exact.iter().zip(&near).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(far < 1e-6 * most, "{far} of {most}");
        let left = part.times(&exact);
        assert!(left.iter().zip(&right).all(|(l, r)| (l - r).abs() < 1e-6));
    }

    #[test]
    fn cells_are_the_same_in_every_form() {
        let n = 4_000;
        let mut matrix = Lower::zero(n);
        for column in (0..n).rev() {
            matrix.add(n - 1, column, column as f64);
            let form = match &matrix.rows[n - 1] {
                Cells::Few(_) => 0,
                Cells::Many(_) => 1,
                Cells::All(_) => 2,
            };
            let cells = n - column;
            let expected = usize::from(cells > FEW) + usize::from((cells - 1) * PART >= n - 1);
            assert_eq!(form, expected, "{cells}");
            assert_eq!(matrix.get(n - 1, column), column as f64);
        }
        matrix.scale(2.0);
        let mut twice = Lower::zero(n);
        twice.append(&matrix);
        twice.append(&matrix);
        assert!((0..n).all(|column| twice.get(n - 1, column) == 4.0 * column as f64));
    }
}
