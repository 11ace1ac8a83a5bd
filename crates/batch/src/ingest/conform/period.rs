//! Periods that end before they begin: worth a warning, since one of the two days is wrong.

use arrow::array::{Array as _, ArrayRef};
use arrow::compute::kernels::cmp::lt;
use domain::canonical::Entity;

use super::{Work, position};
use crate::ingest::issues::{Issue, Severity};
use crate::ingest::lines::Lines;

/// Beginnings and ends, in whichever table has both.
const PERIODS: &[(&str, &str)] = &[
    ("from_on", "until_on"),
    ("active_from", "active_until"),
    ("valid_from", "valid_until"),
    ("started_on", "ended_on"),
    ("started_on", "renews_on"),
    ("opened_at", "closed_at"),
];

pub(super) fn check(entity: &Entity, arrays: &[ArrayRef], lines: &Lines, work: &mut Work) {
    for (begin, end) in PERIODS {
        let (Some(from), Some(until)) = (position(entity, begin), position(entity, end)) else {
            continue;
        };
        if arrays[until].null_count() == arrays[until].len() {
            continue;
        }
        let Ok(backwards) = lt(&arrays[until], &arrays[from]) else { continue };
        if backwards.true_count() == 0 {
            continue;
        }
        let texts = crate::ingest::cells::texts(&arrays[until]);
        for row in (0..backwards.len()).filter(|r| backwards.is_valid(*r) && backwards.value(*r)) {
            let issue = Issue {
                line: lines.line(row),
                column: (*end).to_owned(),
                value: texts.value(row).to_owned(),
                reason: format!(
                    "is before `{begin}`; the row is taken as it is, correct one of them"
                ),
                severity: Severity::Warning,
            };
            work.warn(row, issue);
        }
    }
}
