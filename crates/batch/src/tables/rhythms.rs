//! `rhythms`: what the rhythm of each account's orders says.

use anyhow::Result;
use arrow::array::RecordBatch;

use super::{batch, number, whole};
use crate::rhythm::Row;

pub(super) const COLUMNS: (&str, &str) = (
    "rhythms",
    "account_key, gap_days (usual), silence (days since the last order over the usual gap), as_long (share of gaps that lasted as long), standing (0 active, 1 slowing, 2 dormant), alive, expected",
);

pub(super) fn rows(found: &[Row]) -> Result<RecordBatch> {
    batch(vec![
        ("account_key", whole(found.iter().map(|row| Some(row.account)))),
        ("gap_days", number(found.iter().map(|row| row.gap_days))),
        ("silence", number(found.iter().map(|row| row.silence))),
        ("as_long", number(found.iter().map(|row| row.as_long))),
        ("standing", number(found.iter().map(|row| row.standing))),
        ("alive", number(found.iter().map(|row| row.alive))),
        ("expected", number(found.iter().map(|row| row.expected))),
    ])
}
