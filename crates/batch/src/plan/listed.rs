//! Every candidate of a run with its fate, read back from its decisions: for lists and comparisons.

use std::path::Path;

use anyhow::Result;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, Int64Type};

use crate::artefact::read_columns;

/// One candidate of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// The account's key.
    pub account: i64,
    /// The offer.
    pub offer: String,
    /// What the customer would newly hold.
    pub product: Option<String>,
    /// The move's code.
    pub motion: String,
    /// What became of it.
    pub fate: String,
    /// Why, as a code.
    pub reason_code: String,
    /// Its place in the plan.
    pub rank: Option<i64>,
    /// Who would do it.
    pub owner: Option<String>,
    /// Hours that it takes.
    pub effort_hours: f64,
    /// Expected incremental profit, minor units.
    pub expected_minor: i64,
    /// The chance that it is taken when offered.
    pub probability: f64,
    /// The chance that it is taken when nobody offers it.
    pub unasked: f64,
    /// Change of monthly revenue, minor units.
    pub revenue_month_minor: i64,
    /// Revenue once, minor units.
    pub once_minor: i64,
}

/// In the order in which the file has them.
const COLUMNS: [&str; 14] = [
    "account_key",
    "offer_id",
    "product_id",
    "motion",
    "fate",
    "reason_code",
    "rank",
    "owner",
    "effort_hours",
    "expected_minor",
    "probability",
    "unasked",
    "revenue_month_minor",
    "once_minor",
];

/// Every candidate of a run, by account and offer. A run of an earlier version lacks the last three figures: zero.
pub fn read(folder: &Path) -> Result<Vec<Listed>> {
    let mut all = Vec::new();
    for batch in read_columns(&folder.join("decisions.parquet"), &COLUMNS)? {
        let batch = batch?;
        all.extend((0..batch.num_rows()).map(|row| listed(&batch, row)));
    }
    Ok(all)
}

fn listed(batch: &RecordBatch, row: usize) -> Listed {
    let text = |name: &str| {
        let column = batch.column_by_name(name)?.as_string::<i32>();
        column.is_valid(row).then(|| column.value(row).to_owned())
    };
    let whole = |name: &str| {
        let column = batch.column_by_name(name)?.as_primitive::<Int64Type>();
        column.is_valid(row).then(|| column.value(row))
    };
    let number = |name: &str| {
        let column = batch.column_by_name(name)?.as_primitive::<Float64Type>();
        column.is_valid(row).then(|| column.value(row))
    };
    Listed {
        account: whole("account_key").unwrap_or_default(),
        offer: text("offer_id").unwrap_or_default(),
        product: text("product_id"),
        motion: text("motion").unwrap_or_default(),
        fate: text("fate").unwrap_or_default(),
        reason_code: text("reason_code").unwrap_or_default(),
        rank: whole("rank"),
        owner: text("owner"),
        effort_hours: number("effort_hours").unwrap_or_default(),
        expected_minor: whole("expected_minor").unwrap_or_default(),
        probability: number("probability").unwrap_or_default(),
        unasked: number("unasked").unwrap_or_default(),
        revenue_month_minor: whole("revenue_month_minor").unwrap_or_default(),
        once_minor: whole("once_minor").unwrap_or_default(),
    }
}
