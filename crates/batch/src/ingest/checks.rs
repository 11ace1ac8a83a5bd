//! What single rows may not or should not say: one file a check, listed here.
//!
//! A check looks at one row of a canonical table, after its values were read. It either refuses the row or
//! lets it in with a warning; the reference page is made from this list.

mod nps_range;
mod closed_without_outcome;
mod open_but_closed;
mod effective_before_start;
mod in_the_future;
mod offer_incentive;
mod offer_eligibility;
mod offer_volume;
mod offer_product;
mod offer_motion;
mod offer_channels;
mod offer_role;

use arrow::array::{Array as _, ArrayRef, AsArray as _};
use arrow::datatypes::{Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};
use domain::canonical::Entity;
use domain::time::Day;

use super::issues::{Issue, Severity};
use super::lines::Lines;

/// Every check, in the order in which they are asked.
pub const CHECKS: &[&Check] = &[
    &nps_range::CHECK,
    &closed_without_outcome::CHECK,
    &open_but_closed::CHECK,
    &effective_before_start::CHECK,
    &in_the_future::ORDERS,
    &in_the_future::USAGE,
    &in_the_future::WEB_EVENTS,
    &in_the_future::SURVEYS,
    &in_the_future::PROPOSALS,
    &offer_incentive::CHECK,
    &offer_eligibility::CHECK,
    &offer_volume::CHECK,
    &offer_product::CHECK,
    &offer_motion::CHECK,
    &offer_channels::CHECK,
    &offer_role::CHECK,
];

/// What becomes of a row that a check finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is not taken.
    Refuse,
    /// It is taken, with a warning.
    Warn,
}

/// One check.
#[derive(Debug)]
pub struct Check {
    /// Its name.
    pub name: &'static str,
    /// The table.
    pub table: &'static str,
    /// The column that is told.
    pub column: &'static str,
    /// What becomes of the row.
    pub verdict: Verdict,
    /// What it finds, for the reference page.
    pub about: &'static str,
    /// What is wrong and how to mend it: continues "`value` …".
    pub reason: &'static str,
    /// What exactly is wrong with the value and where, for those that are read by a grammar: before the reason.
    detail: fn(&str) -> Option<String>,
    /// The value that is wrong, if the row is found.
    find: fn(&Values<'_>, usize) -> Option<String>,
}

/// Nothing more than the reason.
fn plain(_: &str) -> Option<String> {
    None
}

/// The values of a batch by column name.
struct Values<'a> {
    entity: &'static Entity,
    arrays: &'a [ArrayRef],
    /// The day of the ingest.
    today: Day,
}

impl Values<'_> {
    fn at(&self, column: &str, row: usize) -> Option<&ArrayRef> {
        let place = self.entity.columns.iter().position(|known| known.name == column)?;
        self.arrays.get(place).filter(|array| array.is_valid(row))
    }

    fn text(&self, column: &str, row: usize) -> Option<&str> {
        self.at(column, row)?.as_string_opt::<i32>().map(|texts| texts.value(row))
    }

    fn number(&self, column: &str, row: usize) -> Option<f64> {
        let array = self.at(column, row)?;
        let whole = || array.as_primitive_opt::<Int64Type>().map(|all| all.value(row) as f64);
        array.as_primitive_opt::<Float64Type>().map(|all| all.value(row)).or_else(whole)
    }

    fn day(&self, column: &str, row: usize) -> Option<Day> {
        self.at(column, row)?.as_primitive_opt::<Date32Type>().map(|days| Day(days.value(row)))
    }

    fn is_there(&self, column: &str, row: usize) -> bool {
        self.at(column, row).is_some()
    }

    /// An instant's day, if it is later than tomorrow: whatever the zone, it has not come.
    fn later(&self, column: &str, row: usize) -> Option<String> {
        let tomorrow = i64::from(self.today.0) + 1;
        let at = self.at(column, row)?.as_primitive_opt::<TimestampMicrosecondType>()?.value(row);
        (at.div_euclid(86_400_000_000) > tomorrow).then(|| self.shown_day(column, row))?
    }

    /// An instant as its day in UTC, to be shown.
    fn shown_day(&self, column: &str, row: usize) -> Option<String> {
        let at = self.at(column, row)?.as_primitive_opt::<TimestampMicrosecondType>()?.value(row);
        let day = i32::try_from(at.div_euclid(86_400_000_000)).ok()?;
        Some(Day(day).to_string())
    }
}

/// Asks every check of the table about every row.
pub(super) fn run(
    entity: &'static Entity,
    arrays: &[ArrayRef],
    (lines, today): (&Lines, Day),
) -> Vec<(usize, Issue)> {
    let values = Values { entity, arrays, today };
    let rows = arrays.first().map_or(0, arrow::array::Array::len);
    let mut found = Vec::new();
    for check in CHECKS.iter().filter(|check| check.table == entity.name) {
        for row in 0..rows {
            let Some(value) = (check.find)(&values, row) else { continue };
            let (severity, end) = match check.verdict {
                Verdict::Refuse => (Severity::Error, "the row is refused"),
                Verdict::Warn => (Severity::Warning, "the row is taken as it is"),
            };
            let detail =
                (check.detail)(&value).map_or_else(String::new, |detail| format!("{detail}: "));
            let issue = Issue {
                line: lines.line(row),
                column: check.column.to_owned(),
                value,
                reason: format!("{detail}{}; {end}", check.reason),
                severity,
            };
            found.push((row, issue));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::canonical::entity;

    #[test]
    fn checks_name_columns_that_exist_and_have_names_of_their_own() {
        for (at, check) in CHECKS.iter().enumerate() {
            let table = entity(check.table).expect(check.table);
            assert!(table.column(check.column).is_some(), "{}", check.name);
            assert!(CHECKS[..at].iter().all(|other| other.name != check.name), "{}", check.name);
        }
    }
}
