//! `fiscal`: the next fiscal close of accounts whose closing month is known.

use anyhow::Result;
use arrow::array::RecordBatch;
use domain::time::{Day, Months};

use super::{batch, days, whole};
use crate::snapshot::Snapshot;

pub(super) const COLUMNS: (&str, &str) = ("fiscal", "account_key, close_on");

pub(super) fn rows(snapshot: &Snapshot) -> Result<RecordBatch> {
    let mut found: Vec<(i64, Day)> = Vec::new();
    for record in snapshot.table("accounts").iter() {
        // Confirmed later means that nobody knew it yet.
        if record.day("fiscal_confirmed_on").is_some_and(|on| on > snapshot.as_of) {
            continue;
        }
        let month = record.whole("fiscal_close_month").and_then(|month| i8::try_from(month).ok());
        let close = month.and_then(|month| next_close(snapshot.as_of, month));
        if let (Some(key), Some(close)) = (snapshot.account(record.id("account_id")), close) {
            found.push((key, close));
        }
    }
    batch(vec![
        ("account_key", whole(found.iter().map(|(key, _)| Some(*key)))),
        ("close_on", days(found.iter().map(|(_, close)| Some(close.0)))),
    ])
}

/// The last day of `month`, this year or next; the day itself when that is the last day.
fn next_close(as_of: Day, month: i8) -> Option<Day> {
    let (year, _, _) = as_of.ymd();
    let close = |year| {
        let next = Day::from_ymd(year, month, 1)?.plus_months(Months(1));
        Some(Day(next.0 - 1))
    };
    close(year).filter(|close| *close >= as_of).or_else(|| close(year + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_close_is_the_last_day_of_its_month() {
        let check = |as_of: &str, month: i8, expected: &str| {
            let day = |text| Day::parse_iso(text).expect("a day");
            assert_eq!(next_close(day(as_of), month), Some(day(expected)), "{as_of} {month}");
        };
        check("2026-03-31", 3, "2026-03-31");
        check("2026-04-01", 3, "2027-03-31");
        check("2026-03-12", 2, "2027-02-28");
        check("2028-01-01", 2, "2028-02-29");
        check("2026-03-12", 12, "2026-12-31");
        assert_eq!(next_close(day_of("2026-03-12"), 13), None);
    }

    fn day_of(text: &str) -> Day {
        Day::parse_iso(text).expect("a day")
    }
}
