//! Local times at the two nights when clocks change: one that does not exist is an hour later, one that
//! exists twice is the earlier, and both are told.

use arrow::array::{Array as _, ArrayRef, AsArray as _};
use arrow::datatypes::{DataType, TimestampMicrosecondType};
use domain::time::{Instant, LocalTime, Zone};

use crate::ingest::cells::text_at;
use crate::ingest::issues::{Issue, Severity};
use crate::ingest::lines::Lines;

/// Warnings for the rows whose time the clocks make doubtful. `raw` is what the file has, `instants` what was
/// made of it.
pub(super) fn warnings(
    (column, raw): (&str, &ArrayRef),
    instants: &ArrayRef,
    (zone, lines): (&Zone, &Lines),
) -> Vec<(usize, Issue)> {
    if raw.data_type() != &DataType::Utf8 {
        return Vec::new();
    }
    let Some(made) = instants.as_primitive_opt::<TimestampMicrosecondType>() else {
        return Vec::new();
    };
    let (Some(first), Some(last)) = (made.iter().flatten().min(), made.iter().flatten().max())
    else {
        return Vec::new();
    };
    let changes = zone.clock_changes(Instant(first), Instant(last));
    if changes.is_empty() {
        return Vec::new();
    }
    let texts = raw.as_string::<i32>();
    let mut found = Vec::new();
    for (row, at) in made.iter().enumerate() {
        let Some(at) = at.map(Instant) else { continue };
        if !changes.iter().any(|change| (change.0 - at.0).abs() <= NEAR_MICROS) {
            continue;
        }
        let Some(text) = text_at(texts, row).filter(|text| is_local(text)) else { continue };
        let (hour, minute) = zone.clock(at);
        let reason = match zone.local_time(at) {
            LocalTime::Twice => format!(
                "exists twice in {} that night, when clocks go back; the earlier is taken: write the \
                 time with its offset to UTC",
                zone.name()
            ),
            LocalTime::AfterGap if !says(text, hour, minute) => format!(
                "does not exist in {} that night, when clocks go forward; {hour:02}:{minute:02} is \
                 taken: write the time with its offset to UTC",
                zone.name()
            ),
            _ => continue,
        };
        let issue = Issue {
            line: lines.line(row),
            column: column.to_owned(),
            value: text.to_owned(),
            reason,
            severity: Severity::Warning,
        };
        found.push((row, issue));
    }
    found
}

/// Times this near a change of clocks are looked at one by one.
const NEAR_MICROS: i64 = 3 * 3_600 * 1_000_000;

/// Whether a text has a time of day and no offset.
fn is_local(text: &str) -> bool {
    let Some(colon) = text.find(':') else { return false };
    let after = &text[colon..];
    !after.contains(['Z', 'z', '+', '-']) && !after.contains("UTC") && !after.contains("GMT")
}

/// Whether the text says this time of day.
fn says(text: &str, hour: i8, minute: i8) -> bool {
    text.contains(&format!("{hour:02}:{minute:02}"))
        || text.contains(&format!(" {hour}:{minute:02}"))
}
