//! Columns of context as sparse numbers: categories as one column a level, numbers in standard deviations.

use std::collections::BTreeMap;

use anyhow::Result;
use models::ope::policy::SparseRows;

use super::super::sheet::{Kind, Sheet};

/// Levels rarer than this are not told apart: no coefficient could be learned for them.
const LEVEL_ROWS_MIN: usize = 5;
/// The most frequent levels of a column are told apart.
const LEVELS_MAX: usize = 100;
/// Numbers with no more different values than this may be codes, and are taken as levels.
const CODES_MAX: usize = 12;

pub(super) fn read(sheet: &Sheet, columns: &[String]) -> Result<SparseRows> {
    let mut rows: Vec<Vec<(u32, f64)>> = vec![Vec::new(); sheet.rows()];
    let mut width = 0;
    for column in columns {
        let values = match sheet.kind(column)? {
            Kind::Number => numbers(&sheet.numbers(column)?),
            Kind::Day => {
                let days = sheet.days(column)?.into_iter();
                numbers(&days.map(|day| day.map(|day| f64::from(day.0))).collect::<Vec<_>>())
            }
            Kind::Text => levels(&sheet.text(column)?),
            Kind::Empty => Vec::new(),
        };
        let wide = values.iter().flatten().map(|(at, _)| at + 1).max().unwrap_or(0);
        for (row, own) in rows.iter_mut().zip(values) {
            row.extend(own.into_iter().map(|(at, value)| (width + at, value)));
        }
        width += wide;
    }
    let mut sparse = SparseRows::new(width as usize);
    rows.into_iter().for_each(|row| sparse.push(row));
    Ok(sparse)
}

/// One column a level, in order of their names.
fn levels(values: &[Option<String>]) -> Vec<Vec<(u32, f64)>> {
    let name = |value: &Option<String>| value.clone().unwrap_or_default();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(name(value)).or_default() += 1;
    }
    let mut frequent: Vec<(&String, usize)> = counts
        .iter()
        .map(|(name, count)| (name, *count))
        .filter(|it| it.1 >= LEVEL_ROWS_MIN)
        .collect();
    frequent.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    frequent.truncate(LEVELS_MAX);
    let at: BTreeMap<&String, u32> = (0..).zip(frequent).map(|(at, it)| (it.0, at)).collect();
    let of = |value: &Option<String>| at.get(&name(value)).map(|at| (*at, 1.0));
    values.iter().map(|value| of(value).into_iter().collect()).collect()
}

/// Few values are levels; others one column in standard deviations, and one that says what is missing.
fn numbers(values: &[Option<f64>]) -> Vec<Vec<(u32, f64)>> {
    let known: Vec<f64> = values.iter().copied().flatten().collect();
    let mut different = known.clone();
    different.sort_by(f64::total_cmp);
    different.dedup();
    if different.len() <= CODES_MAX {
        let named = |value: &Option<f64>| value.map(|value| value.to_string());
        return levels(&values.iter().map(named).collect::<Vec<_>>());
    }
    let n = known.len() as f64;
    let mean = known.iter().sum::<f64>() / n;
    let deviation = (known.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / n).sqrt();
    let of = |value: &Option<f64>| match value {
        Some(value) => vec![(0, (value - mean) / deviation)],
        None => vec![(1, 1.0)],
    };
    values.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_levels_are_not_told_apart() {
        let mut values = vec![Some("b".to_owned()); 6];
        values.extend(vec![Some("a".to_owned()); 7]);
        values.push(Some("rare".to_owned()));
        let levels = levels(&values);
        assert_eq!(levels[0], [(1, 1.0)]);
        assert_eq!(levels[6], [(0, 1.0)]);
        assert!(levels[13].is_empty());
    }

    #[test]
    fn numbers_are_scaled_and_gaps_flagged() {
        let mut values: Vec<Option<f64>> = (0..21).map(|it| Some(f64::from(it))).collect();
        values.push(None);
        let read = numbers(&values);
        assert_eq!(read[10], [(0, 0.0)]);
        assert_eq!(read[21], [(1, 1.0)]);
    }
}
