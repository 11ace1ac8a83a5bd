//! `levels.parquet`: the levels that were crossed at each account, for the next night (N6).

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use arrow::array::{ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::Int64Type;
use decide::life::Level;
use domain::time::Day;

use crate::artefact::{read_columns, write_parquet};
use crate::known::Account;

const FILE: &str = "levels.parquet";
const COLUMNS: [&str; 6] = ["account_key", "rule", "occurrence", "crossing", "since", "open"];

/// Writes the levels of each account, in the accounts' order.
pub fn write(folder: &Path, levels: &[(i64, Level)]) -> Result<()> {
    let text = |get: fn(&Level) -> String| -> ArrayRef {
        Arc::new(levels.iter().map(|(_, level)| Some(get(level))).collect::<StringArray>())
    };
    let whole = |get: fn(&(i64, Level)) -> i64| -> ArrayRef {
        Arc::new(levels.iter().map(|row| Some(get(row))).collect::<Int64Array>())
    };
    let open: BooleanArray = levels.iter().map(|(_, level)| Some(level.open)).collect();
    let columns: [ArrayRef; 6] = [
        whole(|(account, _)| *account),
        text(|level| level.rule.clone()),
        text(|level| level.occurrence.clone()),
        whole(|(_, level)| i64::from(level.crossing)),
        text(|level| level.since.to_string()),
        Arc::new(open),
    ];
    let named = COLUMNS.into_iter().zip(columns).map(|(name, array)| (name, array, true));
    write_parquet(&folder.join(FILE), &RecordBatch::try_from_iter_with_nullable(named)?)
}

/// Tells the accounts what the run in this folder wrote; a run without the file crossed nothing.
pub fn read(folder: &Path, accounts: &mut BTreeMap<i64, Account>) -> Result<()> {
    let path = folder.join(FILE);
    if !path.exists() {
        return Ok(());
    }
    for batch in read_columns(&path, &COLUMNS)? {
        let batch = batch?;
        let (keys, crossings) = (
            batch.column(0).as_primitive::<Int64Type>(),
            batch.column(3).as_primitive::<Int64Type>(),
        );
        let column = |i: usize| batch.column(i).as_string::<i32>();
        let (rules, occurrences, since) = (column(1), column(2), column(4));
        let open = batch.column(5).as_boolean();
        for row in 0..batch.num_rows() {
            let Some(account) = accounts.get_mut(&keys.value(row)) else { continue };
            account.levels.push(Level {
                rule: rules.value(row).to_owned(),
                occurrence: occurrences.value(row).to_owned(),
                crossing: u32::try_from(crossings.value(row)).unwrap_or(1),
                since: Day::parse_iso(since.value(row)).unwrap_or(Day(0)),
                open: open.value(row),
            });
        }
    }
    Ok(())
}
