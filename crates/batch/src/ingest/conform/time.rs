//! Days and instants out of native dates, timestamps and ISO texts.

use std::ops::RangeInclusive;
use std::sync::Arc;

use arrow::array::{
    Array as _, ArrayRef, AsArray as _, Date32Array, Date32Builder, TimestampMicrosecondBuilder,
};
use arrow::datatypes::{DataType, Date32Type, TimestampMicrosecondType};
use domain::time::{Day, Instant, POSSIBLE_YEARS, Zone, parse_instant};

use crate::ingest::cells::{BadCell, DAY_MICROS, text_at, texts};
use crate::ingest::decimal::half_width;

type Converted = (ArrayRef, Vec<BadCell>);

/// Civil times of one zone to instants, remembering the offset of the quarter of an hour at hand:
/// rows of a file are mostly near each other in time.
pub(in crate::ingest) struct ZoneClock<'a> {
    zone: &'a Zone,
    quarter: i64,
    offset: i64,
}

const QUARTER_MICROS: i64 = 15 * 60 * 1_000_000;

impl<'a> ZoneClock<'a> {
    pub(in crate::ingest) fn new(zone: &'a Zone) -> Self {
        Self { zone, quarter: i64::MIN, offset: 0 }
    }

    /// The instant of microseconds of civil time since 1970-01-01T00:00.
    pub(in crate::ingest) fn instant(&mut self, civil: i64) -> i64 {
        let quarter = civil.div_euclid(QUARTER_MICROS);
        if quarter == self.quarter {
            return civil - self.offset;
        }
        let start = quarter * QUARTER_MICROS;
        let end = start + QUARTER_MICROS - 1;
        let offset = start - self.exactly(start);
        // Clocks change on quarters of an hour, but not everywhere and always.
        if offset == end - self.exactly(end) {
            (self.quarter, self.offset) = (quarter, offset);
            return civil - offset;
        }
        self.exactly(civil)
    }

    fn exactly(&self, civil: i64) -> i64 {
        let day = Day(i32::try_from(civil.div_euclid(DAY_MICROS)).unwrap_or(0));
        let in_day = civil.rem_euclid(DAY_MICROS);
        let second = i32::try_from(in_day / 1_000_000).unwrap_or(0);
        let micros = i32::try_from(in_day % 1_000_000).unwrap_or(0);
        self.zone.instant(day, second, micros).0
    }
}

const NO_DAY: &str = "is not a possible day between 1900 and 2199; write days as 2026-03-12, or state \
                      their form in a mapping, as `parse = \"%m/%d/%Y\"`";

const NO_TIME: &str = "is not a possible time between 1900 and 2199; write times as \
                       2026-03-12T09:30:00+09:00 (or a day alone), or state their form in a mapping, \
                       as `parse = \"%m/%d/%Y %H:%M\"`";

fn first_day() -> i32 {
    Day::from_ymd(*POSSIBLE_YEARS.start(), 1, 1).map_or(i32::MIN, |day| day.0)
}

fn last_day() -> i32 {
    Day::from_ymd(*POSSIBLE_YEARS.end(), 12, 31).map_or(i32::MAX, |day| day.0)
}

/// Days: of a timestamp its day in the zone, of a text an ISO date, perhaps with a time.
pub(in crate::ingest) fn days(array: &ArrayRef, zone: &Zone) -> (Date32Array, Vec<BadCell>) {
    match array.data_type() {
        DataType::Date32 => in_range(array.as_primitive::<Date32Type>().iter()),
        DataType::Timestamp(_, None) => {
            let micros = array.as_primitive::<TimestampMicrosecondType>();
            in_range(micros.iter().map(|at| {
                at.map(|at| i32::try_from(at.div_euclid(DAY_MICROS)).unwrap_or(i32::MAX))
            }))
        }
        DataType::Timestamp(_, Some(_)) => {
            let micros = array.as_primitive::<TimestampMicrosecondType>();
            in_range(micros.iter().map(|at| at.map(|at| zone.day_of(Instant(at)).0)))
        }
        _ => text_days(array, &|text| day_of_text(text, zone), NO_DAY),
    }
}

fn in_range(days: impl Iterator<Item = Option<i32>>) -> (Date32Array, Vec<BadCell>) {
    let possible = first_day()..=last_day();
    let mut bad = Vec::new();
    let mut out = Date32Builder::with_capacity(days.size_hint().0);
    for (row, day) in days.enumerate() {
        let taken = day.filter(|day| possible.contains(day));
        if let (Some(day), None) = (day, taken) {
            let value = if day == i32::MAX { String::new() } else { Day(day).to_string() };
            bad.push(BadCell { row, value, reason: NO_DAY.to_owned() });
        }
        out.append_option(taken);
    }
    (out.finish(), bad)
}

fn text_days(
    array: &ArrayRef,
    read: &dyn Fn(&str) -> Option<Day>,
    reason: &str,
) -> (Date32Array, Vec<BadCell>) {
    let texts = texts(array);
    let mut bad = Vec::new();
    let mut out = Date32Builder::with_capacity(texts.len());
    for row in 0..texts.len() {
        let Some(text) = text_at(&texts, row) else {
            out.append_null();
            continue;
        };
        let day = if text.is_ascii() { read(text) } else { read(&half_width(text)) };
        if day.is_none() {
            bad.push(BadCell { row, value: text.to_owned(), reason: reason.to_owned() });
        }
        out.append_option(day.map(|day| day.0));
    }
    (out.finish(), bad)
}

fn day_of_text(text: &str, zone: &Zone) -> Option<Day> {
    if text.len() == 10 {
        return Day::parse_iso(text);
    }
    let at = parse_instant(text, zone)?;
    let offset = text.len() > 19 && text[19..].contains(['Z', 'z', '+', '-']);
    if offset { Some(zone.day_of(at)) } else { Day::parse_iso(&text[..10]) }
}

/// Months, kept as their first day: any day of the month, or `2026-03`.
pub(super) fn months(array: &ArrayRef, zone: &Zone) -> Converted {
    let reason = "is not a month; write it as 2026-03 or as one of its days";
    let (days, bad) = match array.data_type() {
        DataType::Utf8 => text_days(
            array,
            &|text| {
                let whole = if text.len() == 7 { format!("{text}-01") } else { text.to_owned() };
                day_of_text(&whole, zone)
            },
            reason,
        ),
        _ => days(array, zone),
    };
    let first = days.unary::<_, Date32Type>(|day| Day(day).month_start().0);
    (Arc::new(first), bad)
}

/// Instants: a timestamp or text without an offset is civil time of the zone, a day its start.
pub(super) fn instants(array: &ArrayRef, zone: &Zone) -> Converted {
    let mut out = Instants::new(zone, array.len());
    match array.data_type() {
        DataType::Date32 => {
            for (row, day) in array.as_primitive::<Date32Type>().iter().enumerate() {
                out.civil(row, day.map(|day| i64::from(day) * DAY_MICROS));
            }
        }
        DataType::Timestamp(_, None) => {
            for (row, at) in array.as_primitive::<TimestampMicrosecondType>().iter().enumerate() {
                out.civil(row, at);
            }
        }
        DataType::Timestamp(_, Some(_)) => {
            for (row, at) in array.as_primitive::<TimestampMicrosecondType>().iter().enumerate() {
                out.instant(row, at);
            }
        }
        _ => {
            let texts = texts(array);
            for row in 0..texts.len() {
                out.text(row, text_at(&texts, row), zone);
            }
        }
    }
    (Arc::new(out.array.finish().with_timezone("UTC")), out.bad)
}

/// Instants under construction.
struct Instants<'a> {
    clock: ZoneClock<'a>,
    possible: RangeInclusive<i64>,
    array: TimestampMicrosecondBuilder,
    bad: Vec<BadCell>,
}

impl<'a> Instants<'a> {
    fn new(zone: &'a Zone, rows: usize) -> Self {
        let first = i64::from(first_day()) * DAY_MICROS;
        let last = (i64::from(last_day()) + 1) * DAY_MICROS - 1;
        Self {
            clock: ZoneClock::new(zone),
            possible: first..=last,
            array: TimestampMicrosecondBuilder::with_capacity(rows),
            bad: Vec::new(),
        }
    }

    fn refuse(&mut self, row: usize, value: String) {
        self.bad.push(BadCell { row, value, reason: NO_TIME.to_owned() });
        self.array.append_null();
    }

    fn instant(&mut self, row: usize, at: Option<i64>) {
        match at {
            Some(at) if !self.possible.contains(&at) => {
                self.refuse(row, format!("{at} microseconds after 1970"));
            }
            _ => self.array.append_option(at),
        }
    }

    fn civil(&mut self, row: usize, civil: Option<i64>) {
        let possible = civil.filter(|civil| self.possible.contains(civil));
        let at = possible.map(|civil| self.clock.instant(civil));
        self.instant(row, at.or(civil));
    }

    fn text(&mut self, row: usize, text: Option<&str>, zone: &Zone) {
        let Some(text) = text else { return self.array.append_null() };
        let at = match civil_of_text(text) {
            Some(civil) => Some(self.clock.instant(civil)),
            None => parse_instant(text, zone).map(|at| at.0),
        };
        match at.filter(|at| self.possible.contains(at)) {
            Some(at) => self.array.append_value(at),
            None => self.refuse(row, text.to_owned()),
        }
    }
}

/// Civil microseconds of the plain form `2026-03-12T09:30:00` (or with a blank), the usual one in
/// large files; anything else is left to the general parser.
fn civil_of_text(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != 19
        || !matches!(bytes[10], b'T' | b' ')
        || bytes[13] != b':'
        || bytes[16] != b':'
    {
        return None;
    }
    let two = |at: usize| -> Option<i64> {
        let (tens, ones) = (bytes[at].wrapping_sub(b'0'), bytes[at + 1].wrapping_sub(b'0'));
        (tens < 10 && ones < 10).then(|| i64::from(tens) * 10 + i64::from(ones))
    };
    let (hour, minute, second) = (two(11)?, two(14)?, two(17)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let day = Day::parse_iso(text.get(..10)?)?;
    Some(i64::from(day.0) * DAY_MICROS + (hour * 3600 + minute * 60 + second) * 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::StringArray;

    #[test]
    fn a_clock_agrees_with_its_zone_around_changes() {
        for name in ["America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "UTC"] {
            let zone = Zone::named(name).expect("a zone of the tzdb");
            let mut clock = ZoneClock::new(&zone);
            let start = i64::from(Day::from_ymd(2017, 1, 1).expect("a day").0) * DAY_MICROS;
            for step in 0..(366 * 24 * 6) {
                let civil = start + step * 600_000_001;
                assert_eq!(clock.instant(civil), clock.exactly(civil), "{name} {civil}");
            }
        }
    }

    #[test]
    fn plain_texts_are_read_as_the_general_parser_reads_them() {
        let zone = Zone::named("America/New_York").expect("a zone of the tzdb");
        for text in ["2017-03-12 02:30:00", "2017-11-05T01:30:00", "2017-01-01 11:53:26"] {
            let array: ArrayRef = Arc::new(StringArray::from(vec![text]));
            let (instants, bad) = instants(&array, &zone);
            let read = instants.as_primitive::<TimestampMicrosecondType>().value(0);
            assert_eq!(Some(read), parse_instant(text, &zone).map(|at| at.0), "{text}");
            assert!(bad.is_empty());
        }
    }
}
