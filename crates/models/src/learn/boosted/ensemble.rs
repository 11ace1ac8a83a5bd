//! Tree after tree on what the trees before left over.

use serde::{Deserialize, Serialize};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::super::folds::below;
use super::super::frame::Frame;
use super::super::learner::{Contributions, Fitted, Sample, Task};
use super::super::loss;
use super::Growth;
use super::bins::{Binned, Bins};
use super::grow::Grower;
use super::histogram::Scale;
use super::shapley::Explainer;
use super::tree::{Tree, Ways};
use crate::parallel;

/// Rows of a frame that one piece of work predicts or explains.
const PIECE: usize = 2048;
/// Rows that a tree is gone down with at once.
const TOGETHER: usize = 512;

/// Trees whose values add up to the margin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ensemble {
    task: Task,
    base: f64,
    bins: Bins,
    trees: Vec<Tree>,
}

/// When growing stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watched {
    /// Trees at most.
    pub most: usize,
    /// Trees without a better loss on the watched rows after which no more are grown.
    pub patience: usize,
}

/// Grows on `rows` of a binned sample, and gives the mean loss on the `watched` rows after 0, 1, 2, … trees (empty
/// without such rows).
pub fn grow_watched(
    binned: &Binned,
    sample: &Sample<'_>,
    task: Task,
    (rows, watched, growth, stop, seed): (&[u32], &[u32], Growth, Watched, u64),
) -> (Ensemble, Vec<f64>) {
    let mean = sample.mean(rows.iter().map(|row| *row as usize));
    let base = match task {
        Task::Probability => loss::log_odds(mean),
        Task::Value => mean,
    };
    let mut ensemble = Ensemble { task, base, bins: binned.bins.clone(), trees: Vec::new() };
    let mut margins = vec![base; binned.rows()];
    let watch = |margins: &[f64]| -> f64 {
        let each = watched.iter().map(|row| *row as usize);
        loss::mean(task, each.map(|row| (margins[row], sample.target[row], sample.weight(row))))
    };
    let mut curve = Vec::new();
    if !watched.is_empty() {
        curve.push(watch(&margins));
    }
    let mut grower = Grower::new(binned, growth);
    let mut draw = Draw::new(binned.bins.columns(), seed);
    let mut cells = vec![[0; 2]; binned.rows()];
    let mut best = (0, curve.first().copied().unwrap_or(f64::INFINITY));
    while ensemble.trees.len() < stop.most {
        let scale = derivatives(sample, task, (rows, &margins), &mut cells);
        let seen = draw.rows(rows, growth.rows);
        let columns = draw.columns(growth.columns);
        let tree = grower.grow(&seen, (&cells, scale), &columns, |leaf, value| {
            leaf.iter().for_each(|row| margins[*row as usize] += value);
        });
        if tree.nodes.len() == 1 && seen.len() == rows.len() && columns.len() == draw.all.len() {
            break;
        }
        let aside = if seen.len() < rows.len() { left_out(rows, &seen) } else { Vec::new() };
        let ways = tree.ways();
        for row in watched.iter().chain(&aside) {
            margins[*row as usize] += ways.value(binned.row(*row as usize));
        }
        ensemble.trees.push(tree);
        if !watched.is_empty() {
            let loss = watch(&margins);
            curve.push(loss);
            if loss < best.1 {
                best = (ensemble.trees.len(), loss);
            } else if ensemble.trees.len() >= best.0 + stop.patience {
                break;
            }
        }
    }
    (ensemble, curve)
}

/// First and second derivatives of the loss by the margin: log loss, or half the squared error.
fn derivatives(
    sample: &Sample<'_>,
    task: Task,
    (rows, margins): (&[u32], &[f64]),
    cells: &mut [[i64; 2]],
) -> Scale {
    let of = |row: usize| {
        let weight = sample.weight(row);
        let miss = task.response(margins[row]) - sample.target[row];
        match task {
            Task::Probability => {
                let p = sample.target[row] + miss;
                (weight * miss, weight * (p * (1.0 - p)).max(1e-12))
            }
            Task::Value => (weight * miss, weight),
        }
    };
    let (mut gradient_max, mut hessian_max) = (0.0_f64, 0.0_f64);
    let both: Vec<(f64, f64)> = rows.iter().map(|row| of(*row as usize)).collect();
    for (gradient, hessian) in &both {
        gradient_max = gradient_max.max(gradient.abs());
        hessian_max = hessian_max.max(*hessian);
    }
    let scale = Scale::new(rows.len(), gradient_max, hessian_max);
    for (row, (gradient, hessian)) in rows.iter().zip(both) {
        cells[*row as usize] = scale.cell(gradient, hessian);
    }
    scale
}

/// The rows that a tree did not see; both ascending.
fn left_out(rows: &[u32], seen: &[u32]) -> Vec<u32> {
    let mut seen = seen.iter().peekable();
    rows.iter().copied().filter(|row| seen.next_if_eq(&row).is_none()).collect()
}

/// Which rows and columns the next tree sees.
struct Draw {
    all: Vec<usize>,
    random: ChaCha8Rng,
}

impl Draw {
    fn new(columns: usize, seed: u64) -> Self {
        Self { all: (0..columns).collect(), random: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// So many of `items`, at least one, in their order (Knuth, volume 2, algorithm S).
    fn some<T: Copy>(&mut self, items: &[T], share: f64) -> Vec<T> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a length"
        )]
        let wanted = ((items.len() as f64 * share).round() as usize).clamp(1, items.len().max(1));
        let mut taken = Vec::with_capacity(wanted);
        for (position, item) in items.iter().enumerate() {
            let open = wanted - taken.len();
            if open > 0 && below(&mut self.random, items.len() - position) < open {
                taken.push(*item);
            }
        }
        taken
    }

    fn rows(&mut self, rows: &[u32], share: f64) -> Vec<u32> {
        if share >= 1.0 { rows.to_vec() } else { self.some(rows, share) }
    }

    fn columns(&mut self, share: f64) -> Vec<usize> {
        let all = self.all.clone();
        if share >= 1.0 { all } else { self.some(&all, share) }
    }
}

impl Ensemble {
    /// How many trees.
    pub fn trees(&self) -> usize {
        self.trees.len()
    }

    /// The first so many trees.
    #[must_use]
    pub fn first(mut self, trees: usize) -> Self {
        self.trees.truncate(trees);
        self
    }

    /// Margins of rows that were binned as those it was grown on.
    pub fn margins_of(&self, binned: &Binned, rows: &[u32]) -> Vec<f64> {
        self.margins_after(binned, rows, self.trees.len())
    }

    /// The same after the first so many trees.
    pub fn margins_after(&self, binned: &Binned, rows: &[u32], trees: usize) -> Vec<f64> {
        let trees = &self.trees[..trees.min(self.trees.len())];
        let ways: Vec<Ways> = trees.iter().map(Tree::ways).collect();
        // Tree by tree over some rows: a tree stays at hand, and rows do not wait for each other.
        let mut margins = vec![0.0; rows.len()];
        for (margins, rows) in margins.chunks_mut(TOGETHER).zip(rows.chunks(TOGETHER)) {
            for ways in &ways {
                for (margin, row) in margins.iter_mut().zip(rows) {
                    *margin += ways.value(binned.row(*row as usize));
                }
            }
            margins.iter_mut().for_each(|margin| *margin += self.base);
        }
        margins
    }

    /// What `work` makes of the bins of each row, on this thread.
    fn few<T>(&self, frame: &Frame, work: impl Fn(&[u8]) -> T) -> Vec<T> {
        let columns = self.bins.columns();
        if columns == 0 {
            return (0..frame.rows()).map(|_| work(&[])).collect();
        }
        self.bins.cells(frame).chunks_exact(columns).map(work).collect()
    }

    fn pieces<T: Send>(&self, frame: &Frame, work: impl Fn(&Binned, &[u32]) -> T + Sync) -> Vec<T> {
        let binned = self.bins.apply(frame);
        let rows: Vec<u32> = (0..=u32::MAX).take(frame.rows()).collect();
        let pieces: Vec<&[u32]> = rows.chunks(PIECE).collect();
        parallel::pieces(pieces.len(), |piece| work(&binned, pieces[piece]))
    }
}

impl Fitted for Ensemble {
    fn task(&self) -> Task {
        self.task
    }

    fn margins(&self, frame: &Frame) -> Vec<f64> {
        if frame.rows() <= PIECE {
            return self.few(frame, |row| {
                self.base + self.trees.iter().map(|tree| tree.value(row)).sum::<f64>()
            });
        }
        self.pieces(frame, |binned, rows| self.margins_of(binned, rows)).concat()
    }

    fn ways(&self, frame: &Frame) -> Contributions {
        let mut columns = vec![vec![0.0; frame.rows()]; frame.columns().len()];
        let each = self.few(frame, |row| {
            let mut parts = vec![0.0; row.len()];
            self.trees.iter().for_each(|tree| tree.add_way(row, &mut parts));
            parts
        });
        for (row, parts) in each.into_iter().enumerate() {
            columns.iter_mut().zip(parts).for_each(|(column, part)| column[row] = part);
        }
        let roots = self.trees.iter().map(|tree| tree.nodes[0].value).sum::<f64>();
        Contributions { base: self.base + roots, columns }
    }

    fn contributions(&self, frame: &Frame) -> Contributions {
        let columns = frame.columns().len();
        let explainers =
            parallel::pieces(self.trees.len(), |tree| Explainer::of(&self.trees[tree]));
        let base = self.base + explainers.iter().map(|it| it.mean).sum::<f64>();
        let parts = self.pieces(frame, |binned, rows| {
            let mut parts = vec![0.0; rows.len() * columns];
            for explainer in &explainers {
                let rows = rows.iter().map(|row| binned.row(*row as usize));
                explainer.add(rows, (&mut parts, columns));
            }
            parts
        });
        let column = |at: usize| {
            let of_column = |part: &Vec<f64>| -> Vec<f64> {
                part.iter().skip(at).step_by(columns).copied().collect()
            };
            parts.iter().flat_map(of_column).collect()
        };
        Contributions { base, columns: (0..columns).map(column).collect() }
    }
}
