//! The inverse of a symmetric positive definite matrix of up to some thousand rows, on several threads.
//!
//! Gauss-Jordan by blocks of columns, in place (Quintana, Quintana, Sun and van de Geijn 2001, "A Note on Parallel
//! Matrix Inversion"); without pivots, which such a matrix does not need. Written here because faer would turn on a
//! feature of num-complex with which the whole batch engine builds anew.

use std::thread;

/// Columns eliminated at once: a panel of them stays in a core's cache.
const BLOCK: usize = 32;
/// Columns of a panel that are worked on together.
const STRIP: usize = 256;

/// Replaces an n x n matrix, row after row, by its inverse. `false`, with the matrix in no useful state, when a
/// pivot is not above zero. Every element's sum runs in the same order, whatever the number of threads.
///
/// # Panics
/// When `matrix` does not have n * n elements.
pub fn invert(matrix: &mut [f64], n: usize, threads: usize) -> bool {
    assert_eq!(matrix.len(), n * n, "the matrix is square");
    let mut panel = vec![0.0; BLOCK * n];
    for from in (0..n).step_by(BLOCK) {
        let block = from..(from + BLOCK).min(n);
        let width = block.len();
        let Some(pivot) = pivot_inverse(matrix, n, block.clone()) else { return false };
        // The panel: the pivot rows times the pivot's inverse.
        for row in 0..width {
            let out = &mut panel[row * n..(row + 1) * n];
            out.fill(0.0);
            for inner in 0..width {
                let factor = pivot[row * width + inner];
                let source = &matrix[(from + inner) * n..(from + inner + 1) * n];
                out.iter_mut().zip(source).for_each(|(out, value)| *out += factor * value);
            }
            out[block.clone()].copy_from_slice(&pivot[row * width..(row + 1) * width]);
        }
        let share = n.div_ceil(threads.max(1));
        let (panel, block) = (&panel[..width * n], &block);
        thread::scope(|scope| {
            for (part, rows) in matrix.chunks_mut(share * n).enumerate() {
                scope.spawn(move || {
                    for (row, values) in (part * share..).zip(rows.chunks_mut(n)) {
                        if block.contains(&row) {
                            let at = row - block.start;
                            values.copy_from_slice(&panel[at * n..(at + 1) * n]);
                        } else {
                            eliminate(values, panel, block.clone());
                        }
                    }
                });
            }
        });
    }
    true
}

/// Takes the pivot columns out of a row.
fn eliminate(row: &mut [f64], panel: &[f64], block: std::ops::Range<usize>) {
    let n = row.len();
    let factors: Vec<f64> = row[block.clone()].to_vec();
    row[block].fill(0.0);
    for strip in (0..n).step_by(STRIP) {
        let to = (strip + STRIP).min(n);
        let out = &mut row[strip..to];
        let line = |at: usize| &panel[at * n + strip..at * n + to];
        let mut at = 0;
        while at + 4 <= factors.len() {
            let [f, g, h, i] = [factors[at], factors[at + 1], factors[at + 2], factors[at + 3]];
            let (a, b, c, d) = (line(at), line(at + 1), line(at + 2), line(at + 3));
            let lines = a.iter().zip(b).zip(c).zip(d);
            for (out, (((a, b), c), d)) in out.iter_mut().zip(lines) {
                *out -= (f * a + g * b) + (h * c + i * d);
            }
            at += 4;
        }
        for (at, factor) in factors.iter().enumerate().skip(at) {
            out.iter_mut().zip(line(at)).for_each(|(out, value)| *out -= factor * value);
        }
    }
}

/// The inverse of a block on the diagonal, plainly.
fn pivot_inverse(matrix: &[f64], n: usize, block: std::ops::Range<usize>) -> Option<Vec<f64>> {
    let width = block.len();
    let mut out = Vec::with_capacity(width * width);
    for row in block.clone() {
        out.extend_from_slice(&matrix[row * n + block.start..row * n + block.end]);
    }
    for step in 0..width {
        let pivot = out[step * width + step];
        if !(pivot > 0.0 && pivot.is_finite()) {
            return None;
        }
        out[step * width + step] = 1.0;
        out[step * width..(step + 1) * width].iter_mut().for_each(|value| *value /= pivot);
        let line: Vec<f64> = out[step * width..(step + 1) * width].to_vec();
        for row in (0..width).filter(|row| *row != step) {
            let values = &mut out[row * width..(row + 1) * width];
            let factor = values[step];
            values[step] = 0.0;
            values.iter_mut().zip(&line).for_each(|(value, of)| *value -= factor * of);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A positive definite matrix: distances of numbers, and 1 on the diagonal.
    fn kernel(n: usize) -> Vec<f64> {
        let at = |i: usize, j: usize| {
            let noise = if i == j { 0.5 } else { 0.0 };
            noise + (-((i as f64 - j as f64) / 3.0).abs()).exp()
        };
        (0..n * n).map(|place| at(place / n, place % n)).collect()
    }

    #[test]
    fn a_matrix_times_its_inverse_is_one() {
        for n in [1, 5, 32, 33, 101] {
            let matrix = kernel(n);
            let mut inverse = matrix.clone();
            assert!(invert(&mut inverse, n, 3));
            for i in 0..n {
                for j in 0..n {
                    let dot: f64 = (0..n).map(|k| matrix[i * n + k] * inverse[k * n + j]).sum();
                    assert!((dot - f64::from(u8::from(i == j))).abs() < 1e-10, "{n} {i} {j} {dot}");
                }
            }
            let mut again = matrix;
            assert!(invert(&mut again, n, 1));
            assert_eq!(inverse, again, "threads change no bit");
        }
    }

    #[test]
    fn what_is_not_positive_definite_is_refused() {
        assert!(!invert(&mut [1.0, 2.0, 2.0, 1.0], 2, 1));
        assert!(!invert(&mut [f64::NAN], 1, 1));
    }
}
