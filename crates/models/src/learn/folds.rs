//! Which rows are held out together.

use std::collections::BTreeMap;

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

/// The fold of each row, 0..`folds`, where rows of one group stay together: the groups that weigh most, by their share
/// of each class, are dealt first (equal ones in an order drawn by the seed), each to the fold that has least of its
/// classes so far. `class` and `group` have one value a row, any whole number; with a group for each row the shares
/// are those of [`stratified`].
///
/// The squared shares of the classes over the folds grow least with each group: the greedy rule of Wasikowski's
/// `StratifiedGroupKFold` (scikit-learn 1.0, 2021) for any number of classes.
pub fn grouped(class: &[usize], group: &[usize], folds: usize, seed: u64) -> Vec<usize> {
    let mut totals: BTreeMap<usize, f64> = BTreeMap::new();
    let mut groups: BTreeMap<usize, BTreeMap<usize, f64>> = BTreeMap::new();
    for (class, group) in class.iter().zip(group) {
        *totals.entry(*class).or_default() += 1.0;
        *groups.entry(*group).or_default().entry(*class).or_default() += 1.0;
    }
    let mut order: Vec<(usize, BTreeMap<usize, f64>)> = groups.into_iter().collect();
    shuffle(&mut order, seed);
    let weight = |counts: &BTreeMap<usize, f64>| -> f64 {
        counts.iter().map(|(class, rows)| (rows / totals[class]).powi(2)).sum()
    };
    order.sort_by(|a, b| weight(&b.1).total_cmp(&weight(&a.1)));
    let mut held: Vec<BTreeMap<usize, f64>> = vec![BTreeMap::new(); folds.max(1)];
    let mut dealt: BTreeMap<usize, usize> = BTreeMap::new();
    for (group, counts) in order {
        // The growth of the squared shares, and on a tie the fold with the fewest rows.
        let grows = |fold: &BTreeMap<usize, f64>| -> (f64, f64) {
            let each = counts.iter().map(|(class, rows)| {
                let before = fold.get(class).copied().unwrap_or(0.0);
                (2.0 * before * rows + rows * rows) / totals[class].powi(2)
            });
            (each.sum(), fold.values().sum())
        };
        let least = |a: &usize, b: &usize| {
            let ((a, rows), (b, others)) = (grows(&held[*a]), grows(&held[*b]));
            a.total_cmp(&b).then(rows.total_cmp(&others))
        };
        let fold = (0..held.len()).min_by(least).expect("there is a fold");
        for (class, rows) in counts {
            *held[fold].entry(class).or_default() += rows;
        }
        dealt.insert(group, fold);
    }
    group.iter().map(|group| dealt[group]).collect()
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

    #[test]
    fn groups_stay_together_and_classes_are_shared_out() {
        // Groups of one to seven rows; every ninth row is a one.
        let group: Vec<usize> = (0..60).flat_map(|it| vec![1000 - it; 1 + it % 7]).collect();
        let class: Vec<usize> = (0..group.len()).map(|row| usize::from(row % 9 == 0)).collect();
        let folds = grouped(&class, &group, 5, 7);
        for (a, fold) in group.iter().zip(&folds) {
            let same = group.iter().zip(&folds).filter(|(b, _)| *b == a);
            assert!(same.into_iter().all(|(_, other)| other == fold));
        }
        let ones: usize = class.iter().sum();
        for fold in 0..5 {
            let (held, _) = split(&folds, fold);
            let its = held.iter().filter(|row| class[**row] == 1).count();
            assert!(its.abs_diff(ones / 5) <= 2, "{its} of {ones}");
            assert!(held.len().abs_diff(group.len() / 5) <= 8, "{}", held.len());
        }
        assert_eq!(folds, grouped(&class, &group, 5, 7));
        assert_ne!(folds, grouped(&class, &group, 5, 8));
    }

    #[test]
    fn a_group_for_each_row_is_dealt_as_no_groups_are() {
        let class: Vec<usize> = (0..103).map(|row| usize::from(row % 10 == 0)).collect();
        let folds = grouped(&class, &(0..103).collect::<Vec<_>>(), 5, 7);
        for fold in 0..5 {
            let (held, _) = split(&folds, fold);
            assert!((20..=21).contains(&held.len()), "{}", held.len());
            assert!((2..=3).contains(&held.iter().filter(|row| class[**row] == 1).count()));
        }
    }
}
