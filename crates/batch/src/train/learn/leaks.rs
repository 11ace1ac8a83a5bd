//! Columns of the accounts file that tell the outcome because they were filled in after it.

use std::collections::{BTreeMap, BTreeSet};

use decide::card::Said;
use domain::words::Words;
use models::learn::{Column, MISSING};
use models::propensity::alone_grouped;

use super::Ground;
use crate::registry::Dropped;

/// Area from which one column alone tells more than what is known beforehand does.
const ALONE: f64 = 0.9;
/// Share of the rows with a value in which the same came of it, for the value to tell the outcome.
const ALL: f64 = 0.98;
/// The logarithm of the chance below which that is no luck: one in a million.
const LUCK: f64 = -13.8;

/// Columns that must not be learnt from. Of the dated facts none can know the outcome, but one that alone foretells it
/// this well is no fact either.
pub(super) fn found(ground: &Ground<'_>, seed: u64) -> Vec<Dropped> {
    let names: Vec<&str> = ground.encoder.names().collect();
    let mut dropped: BTreeMap<usize, Words> = BTreeMap::new();
    let groups = Some(&ground.groups[..]);
    for it in alone_grouped(&ground.frame, &ground.target, (groups, seed)) {
        if it.auc >= ALONE {
            dropped.insert(it.column, too_well(it.auc));
        }
    }
    // A column without a history may know what became of the account later than the row's own outcome.
    for it in alone_grouped(&ground.frame, &ground.fate, (groups, seed)) {
        if it.auc >= ALONE && !ground.dated.contains(names[it.column]) {
            dropped.entry(it.column).or_insert_with(|| too_well(it.auc));
        }
    }
    for (column, name) in names.iter().enumerate() {
        if ground.dated.contains(*name) {
            continue;
        }
        if let Some(happened) = filled_after(ground, column) {
            dropped.entry(column).or_insert_with(|| only_where(happened));
        } else if level_after(ground, column) {
            dropped.entry(column).or_insert_with(value_only_where);
        }
    }
    let one = |(column, why): (usize, Words)| Dropped {
        column: names[column].to_owned(),
        why: Said::from(&why),
    };
    dropped.into_iter().map(one).collect()
}

/// Whether the same came of all these rows, by so many accounts that it is no luck; and what.
fn same(ground: &Ground<'_>, rows: &[usize]) -> Option<bool> {
    let n = ground.fate.len();
    if rows.is_empty() || rows.len() == n {
        return None;
    }
    let ones = rows.iter().filter(|row| ground.fate[**row] > 0.5).count() as f64;
    let share = ones / rows.len() as f64;
    let base = ground.fate.iter().sum::<f64>() / n as f64;
    let groups: BTreeSet<usize> = rows.iter().map(|row| ground.groups[*row]).collect();
    let unlucky = |chance: f64| groups.len() as f64 * chance.max(1e-12).ln() < LUCK;
    if share >= ALL && base < ALL && unlucky(base) {
        return Some(true);
    }
    (share <= 1.0 - ALL && base > 1.0 - ALL && unlucky(1.0 - base)).then_some(false)
}

/// A column that is filled in only where it happened, or only where it did not.
fn filled_after(ground: &Ground<'_>, column: usize) -> Option<bool> {
    let known = |row: &usize| match &ground.frame.columns()[column] {
        Column::Numbers(numbers) => !numbers[*row].is_nan(),
        Column::Levels(codes) => codes[*row] != MISSING,
    };
    let rows: Vec<usize> = (0..ground.fate.len()).filter(known).collect();
    same(ground, &rows)
}

/// Whether one of a column's texts stands only where it happened.
fn level_after(ground: &Ground<'_>, column: usize) -> bool {
    let Column::Levels(codes) = &ground.frame.columns()[column] else { return false };
    let mut rows: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (row, code) in codes.iter().enumerate().filter(|(_, code)| **code != MISSING) {
        rows.entry(*code).or_default().push(row);
    }
    rows.values().any(|rows| same(ground, rows) == Some(true))
}

fn too_well(auc: f64) -> Words {
    Words::new(
        format!(
            "この列だけで結果がほぼ分かります(AUC {auc:.2})。結果の後に記入された可能性があります"
        ),
        format!(
            "alone it all but tells the outcome (area {auc:.2}): it may have been filled in afterwards"
        ),
    )
}

fn only_where(happened: bool) -> Words {
    if happened {
        Words::new("結果が起きた行にだけ値があります", "it is filled in only where it happened")
    } else {
        Words::new(
            "結果が起きなかった行にだけ値があります",
            "it is filled in only where it did not happen",
        )
    }
}

fn value_only_where() -> Words {
    Words::new(
        "結果が起きた行にだけ現れる値があります",
        "one of its values stands only where it happened",
    )
}
