//! Features: one number per account as of a day. Each is one file with its SQL, unit, formula and rule for
//! missing values; the reference page and the account page follow this list.

mod tenure;
mod recency;
mod frequency;
mod monetary_value;
mod mrr;
mod usage_share;
mod usage_trend;
mod days_to_cancel_deadline;
mod last_human_touch;
mod nps_latest;
mod open_tickets;
mod open_proposals;
mod owned_products;

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use datafusion::prelude::SessionContext;
use domain::time::Day;

use crate::calendar;

/// What a feature's number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Days.
    Days,
    /// A count.
    Count,
    /// Minor units of the workspace's currency.
    Minor,
    /// A share; 1 is all.
    Share,
    /// A score of 0 to 10.
    Score,
}

impl Unit {
    /// The unit in the reference page's words.
    pub fn about(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::Count => "count",
            Self::Minor => "money (minor units)",
            Self::Share => "share (1 = 100 %)",
            Self::Score => "score 0-10",
        }
    }
}

/// One feature.
#[derive(Debug, Clone, Copy)]
pub struct Feature {
    /// Its name in files and expressions.
    pub name: &'static str,
    /// What people call it in Japanese.
    pub ja: &'static str,
    /// What people call it in English.
    pub en: &'static str,
    /// What its number counts.
    pub unit: Unit,
    /// How it is found, in a sentence.
    pub formula: &'static str,
    /// What an account without it means.
    pub missing: &'static str,
    /// The capabilities it serves.
    pub serves: &'static str,
    /// `SELECT account_key, value`; `{as_of}` is the day as a date.
    pub sql: &'static str,
}

/// Every feature, in the order of the account page.
pub const FEATURES: &[Feature] = &[
    tenure::TENURE,
    recency::RECENCY,
    frequency::FREQUENCY,
    monetary_value::MONETARY_VALUE,
    mrr::MRR,
    usage_share::USAGE_SHARE,
    usage_trend::USAGE_TREND,
    days_to_cancel_deadline::DAYS_TO_CANCEL_DEADLINE,
    last_human_touch::LAST_HUMAN_TOUCH,
    nps_latest::NPS_LATEST,
    open_tickets::OPEN_TICKETS,
    open_proposals::OPEN_PROPOSALS,
    owned_products::OWNED_PRODUCTS,
];

/// Feature values by account key.
pub type Values = BTreeMap<i64, BTreeMap<&'static str, f64>>;

/// Computes every feature over the registered tables.
pub async fn compute(ctx: &SessionContext, as_of: Day) -> Result<Values> {
    let mut values = Values::new();
    for feature in FEATURES {
        for (account, value) in one(ctx, feature, as_of).await? {
            values.entry(account).or_default().insert(feature.name, value);
        }
    }
    Ok(values)
}

/// One feature's value per account that has it.
async fn one(ctx: &SessionContext, feature: &Feature, as_of: Day) -> Result<Vec<(i64, f64)>> {
    let sql = feature.sql.replace("{as_of}", &calendar::literal(as_of));
    let context = || format!("feature {} could not be computed", feature.name);
    let batches =
        ctx.sql(&sql).await.with_context(context)?.collect().await.with_context(context)?;
    let mut found = Vec::new();
    for batch in &batches {
        let accounts = batch.column(0).as_primitive::<Int64Type>();
        let numbers = cast(batch.column(1), &DataType::Float64)?;
        let numbers = numbers.as_primitive::<Float64Type>();
        for row in 0..batch.num_rows() {
            if numbers.is_valid(row) && numbers.value(row).is_finite() {
                found.push((accounts.value(row), numbers.value(row)));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod testing {
    use super::{Feature, one};
    use datafusion::prelude::SessionContext;
    use domain::time::Day;

    /// Checks a feature as of 2026-03-31 over tables given as SQL.
    pub(super) fn check(feature: &Feature, tables: &[&str], expected: &[(i64, f64)]) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let found = runtime.block_on(async {
            let ctx = SessionContext::new();
            for table in tables {
                ctx.sql(table).await.expect("a table").collect().await.expect("rows");
            }
            let mut found = one(&ctx, feature, Day::parse_iso("2026-03-31").expect("a day"))
                .await
                .expect("a value");
            found.sort_by_key(|(account, _)| *account);
            found
        });
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for ((account, value), (wanted, number)) in found.iter().zip(expected) {
            assert!(account == wanted && (value - number).abs() < 1e-9, "{found:?}");
        }
    }
}
