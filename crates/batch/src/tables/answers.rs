//! `answers`: every answer to a survey, unlike `surveys`, which has the latest of each contact.

use anyhow::Result;
use arrow::array::RecordBatch;

use super::{batch, days, text, whole};
use crate::known::question;
use crate::snapshot::Snapshot;

pub(super) const COLUMNS: (&str, &str) = ("answers", "account_key, question, day, score_milli");

pub(super) fn rows(snapshot: &Snapshot) -> Result<RecordBatch> {
    let found: Vec<(i64, &str, i32, i64)> = snapshot
        .table("surveys")
        .iter()
        .filter_map(|record| {
            let account = snapshot.account(record.id("account_id"))?;
            let score = record.number("score")?;
            let question = question(record, score)?;
            let day = record.day_of("at", &snapshot.zone)?;
            // Thousandths, so that means do not depend on the order of rows.
            #[expect(clippy::cast_possible_truncation, reason = "scores are at most 100")]
            let thousandths = (score * 1000.0).round() as i64;
            Some((account, question, day.0, thousandths))
        })
        .collect();
    batch(vec![
        ("account_key", whole(found.iter().map(|row| Some(row.0)))),
        ("question", text(found.iter().map(|row| Some(row.1)))),
        ("day", days(found.iter().map(|row| Some(row.2)))),
        ("score_milli", whole(found.iter().map(|row| Some(row.3)))),
    ])
}
