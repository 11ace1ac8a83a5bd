//! Factors of baskets and items.
//!
//! Hu, Koren and Volinsky (2008), "Collaborative Filtering for Implicit Feedback Datasets", eq. 3 to 5, solved
//! exactly: preference 1 with confidence 1 + [`WEIGHT`] where a basket holds an item, preference 0 with
//! confidence 1 elsewhere. A new basket is folded in by eq. 4.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::{Scorer, Scores, Training};
use crate::parallel;

/// Factors of a basket and of an item.
pub(super) const FACTORS: usize = 32;
/// What holding an item adds to the confidence.
const WEIGHT: f64 = 10.0;
/// Times that baskets and items are solved in turn.
const ROUNDS: usize = 6;
/// Items beyond which scoring all of them for a basket takes too long.
pub(super) const ITEMS_MAX: usize = 20_000;
/// Baskets that are learned from: the first ones, which is enough for the factors of items.
const BASKETS_MAX: usize = 20_000;

type Factors = [f64; FACTORS];

pub(super) struct Als {
    items: Vec<Factors>,
    base: System,
}

/// The normal equations of one basket or item, before what it holds.
#[derive(Clone)]
struct System {
    matrix: [Factors; FACTORS],
}

impl Als {
    pub(super) fn fit(training: &Training, ridge: f64) -> Self {
        let baskets = training.neighbours.baskets();
        let baskets = baskets.chosen(0..baskets.len().min(BASKETS_MAX));
        let holders = baskets.holders();
        let mut draws = ChaCha8Rng::seed_from_u64(training.seed);
        let mut start = || {
            let unit = (draws.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
            (unit - 0.5) * 0.2
        };
        let mut items: Vec<Factors> = Vec::with_capacity(baskets.kinds());
        for _ in 0..baskets.kinds() {
            items.push(std::array::from_fn(|_| start()));
        }
        for _ in 0..ROUNDS {
            let base = System::of(&items, ridge);
            let users = parallel::map(
                baskets.len(),
                training.threads,
                || (),
                |(), basket| {
                    base.solve(baskets.get(basket).iter().map(|item| &items[*item as usize]))
                },
            );
            let base = System::of(&users, ridge);
            items = parallel::map(
                baskets.kinds(),
                training.threads,
                || (),
                |(), item| {
                    base.solve(holders.of(item).iter().map(|basket| &users[*basket as usize]))
                },
            );
        }
        let base = System::of(&items, ridge);
        Self { items, base }
    }

    fn fold_in(&self, known: &[u32]) -> Factors {
        self.base.solve(known.iter().map(|item| &self.items[*item as usize]))
    }
}

impl Scorer for Als {
    fn score(&self, known: &[u32], scores: &mut Scores) {
        let basket = self.fold_in(known);
        for (item, factors) in (0_u32..).zip(&self.items) {
            scores.add(item, dot(&basket, factors));
        }
    }

    fn pairs(&self, item: u32, others: &[(u32, u32)]) -> Vec<f64> {
        let basket = self.fold_in(&[item]);
        others.iter().map(|(other, _)| dot(&basket, &self.items[*other as usize])).collect()
    }
}

fn dot(a: &Factors, b: &Factors) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

impl System {
    /// Y'Y + ridge.
    fn of(rows: &[Factors], ridge: f64) -> Self {
        let mut matrix = [[0.0; FACTORS]; FACTORS];
        for row in rows {
            add_square(&mut matrix, row, 1.0);
        }
        for (at, line) in matrix.iter_mut().enumerate() {
            line[at] += ridge;
        }
        Self { matrix }
    }

    /// The factors that explain holding exactly these.
    fn solve<'a>(&self, held: impl Iterator<Item = &'a Factors>) -> Factors {
        let mut matrix = self.matrix;
        let mut right = [0.0; FACTORS];
        for row in held {
            add_square(&mut matrix, row, WEIGHT);
            right.iter_mut().zip(row).for_each(|(sum, value)| *sum += (1.0 + WEIGHT) * value);
        }
        solve_lower(&mut matrix, right)
    }
}

/// Adds `weight` row row' to the lower triangle.
fn add_square(matrix: &mut [Factors; FACTORS], row: &Factors, weight: f64) {
    for (i, line) in matrix.iter_mut().enumerate() {
        let factor = weight * row[i];
        line[..=i].iter_mut().zip(row).for_each(|(sum, value)| *sum += factor * value);
    }
}

/// Solves by Cholesky on the lower triangle; the ridge keeps it positive definite.
fn solve_lower(matrix: &mut [Factors; FACTORS], mut right: Factors) -> Factors {
    for i in 0..FACTORS {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| matrix[i][k] * matrix[j][k]).sum();
            let rest = matrix[i][j] - dot;
            matrix[i][j] =
                if i == j { rest.max(f64::MIN_POSITIVE).sqrt() } else { rest / matrix[j][j] };
        }
        let dot: f64 = (0..i).map(|k| matrix[i][k] * right[k]).sum();
        right[i] = (right[i] - dot) / matrix[i][i];
    }
    for i in (0..FACTORS).rev() {
        let dot: f64 = (i + 1..FACTORS).map(|k| matrix[k][i] * right[k]).sum();
        right[i] = (right[i] - dot) / matrix[i][i];
    }
    right
}
