//! Which rows are held out together.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The fold of each row, 0..`folds`: shuffled by the seed, and dealt out class by class, so that each fold has the
/// same share of each class up to one row. `class` has one value a row; a number that is not a class deals out one
/// stratum (pass 0 for all).
///
/// Kohavi (1995), "A Study of Cross-Validation and Bootstrap", section 3 (stratified cross-validation).
pub fn stratified(class: &[usize], folds: usize, seed: u64) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..class.len()).collect();
    shuffle(&mut rows, seed);
    rows.sort_by_key(|row| class[*row]);
    let mut fold = vec![0; class.len()];
    for (position, row) in rows.into_iter().enumerate() {
        fold[row] = position % folds.max(1);
    }
    fold
}

/// The rows inside and outside of a fold, each in ascending order: (held out, kept).
pub fn split(folds: &[usize], fold: usize) -> (Vec<usize>, Vec<usize>) {
    (0..folds.len()).partition(|row| folds[*row] == fold)
}

/// Fisher-Yates with a generator whose stream is the same everywhere.
pub fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    for last in (1..items.len()).rev() {
        items.swap(last, below(&mut random, last + 1));
    }
}

/// A whole number below `bound`, by multiplication of a 64-bit draw; the bias is under `bound` / 2^64.
pub fn below(random: &mut ChaCha8Rng, bound: usize) -> usize {
    let wide = u128::from(random.next_u64()) * bound as u128;
    usize::try_from(wide >> 64).expect("it is below `bound`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fold_has_its_share_of_each_class() {
        let class: Vec<usize> = (0..103).map(|row| usize::from(row % 10 == 0)).collect();
        let folds = stratified(&class, 5, 7);
        for fold in 0..5 {
            let (held, kept) = split(&folds, fold);
            assert_eq!(held.len() + kept.len(), 103);
            let ones = held.iter().filter(|row| class[**row] == 1).count();
            assert!((2..=3).contains(&ones), "{ones}");
            assert!((20..=21).contains(&held.len()));
        }
        assert_ne!(folds, stratified(&class, 5, 8));
    }
}
