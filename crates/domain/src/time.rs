//! Three times: an instant, a civil day, and a zone that leads from one to the other.

use std::fmt;

use jiff::civil;

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

/// A civil day, as days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

/// A span in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Days(pub i32);

/// A span in calendar months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Months(pub i32);

/// Days that a business file may speak of; anything outside is a slip of the pen.
pub const POSSIBLE_YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;

impl Day {
    /// The day of a calendar date, or `None` when there is no such date or its year is not possible.
    pub fn from_ymd(year: i16, month: i8, day: i8) -> Option<Self> {
        if !POSSIBLE_YEARS.contains(&year) {
            return None;
        }
        civil::Date::new(year, month, day).ok().map(Self::from_date)
    }

    /// Reads `2026-03-12`.
    pub fn parse_iso(text: &str) -> Option<Self> {
        let b = text.as_bytes();
        if b.len() != 10 || b[4] != b'-' || b[7] != b'-' {
            return None;
        }
        let number = |r: std::ops::Range<usize>| -> Option<i16> {
            b[r].iter()
                .try_fold(0_i16, |n, c| c.is_ascii_digit().then(|| n * 10 + i16::from(c - b'0')))
        };
        let (month, day) = (number(5..7)?, number(8..10)?);
        Self::from_ymd(number(0..4)?, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
    }

    /// Year, month 1..=12, day 1..=31.
    pub fn ymd(self) -> (i16, i8, i8) {
        let date = self.date();
        (date.year(), date.month(), date.day())
    }

    /// The day `days` later (or earlier).
    pub fn plus(self, days: Days) -> Self {
        Self(self.0.saturating_add(days.0))
    }

    /// The same day of the month `months` later; the month's last day where it has no such day.
    pub fn plus_months(self, months: Months) -> Self {
        let span = jiff::Span::new().months(months.0.clamp(-12_000, 12_000));
        self.date().checked_add(span).map_or(self, Self::from_date)
    }

    /// Days from `earlier` to this day.
    pub fn since(self, earlier: Self) -> Days {
        Days(self.0.saturating_sub(earlier.0))
    }

    /// The Monday on or before this day.
    pub fn monday(self) -> Self {
        Self(self.0 - (self.0 + 3).rem_euclid(7))
    }

    /// The next day from Monday to Friday. Public holidays are not known and count as working days.
    pub fn next_business_day(self) -> Self {
        let weekday = (self.0 + 3).rem_euclid(7);
        self.plus(Days(if weekday >= 4 { 7 - weekday } else { 1 }))
    }

    /// The first day of this day's month.
    pub fn month_start(self) -> Self {
        Self::from_date(self.date().first_of_month())
    }

    /// `2026年3月12日`.
    pub fn display_ja(self) -> String {
        let (year, month, day) = self.ymd();
        format!("{year}年{month}月{day}日")
    }

    /// `12 Mar 2026`.
    pub fn display_en(self) -> String {
        self.date().strftime("%-d %b %Y").to_string()
    }

    fn date(self) -> civil::Date {
        let epoch = civil::date(1970, 1, 1);
        let days = jiff::Span::new().days(self.0.clamp(-700_000, 2_900_000));
        epoch.checked_add(days).expect("the clamped day is within jiff's calendar")
    }

    fn from_date(date: civil::Date) -> Self {
        Self(days_from_civil(date.year(), date.month(), date.day()))
    }
}

/// Days since 1970-01-01 of a proleptic Gregorian date (Hinnant 2013, "chrono-Compatible Low-Level
/// Date Algorithms", `days_from_civil`).
fn days_from_civil(year: i16, month: i8, day: i8) -> i32 {
    let (month, day) = (i32::from(month), i32::from(day));
    let year = i32::from(year) - i32::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// How often a clock shows a time on its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalTime {
    /// As usual.
    Once,
    /// Twice: clocks go back over it.
    Twice,
    /// Once, in the hour after clocks went forward.
    AfterGap,
}

/// A named time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(jiff::tz::TimeZone);

impl Zone {
    /// An IANA name such as `Asia/Tokyo`; `None` when there is none of that name.
    pub fn named(name: &str) -> Option<Self> {
        jiff::tz::TimeZone::get(name).ok().map(Self)
    }

    /// The instant of a civil date and time of day (seconds since midnight, and microseconds) here;
    /// the later side of a gap, the earlier side of a fold.
    pub fn instant(&self, day: Day, second_of_day: i32, micros: i32) -> Instant {
        let time = civil::Time::midnight();
        let span =
            jiff::Span::new().seconds(i64::from(second_of_day)).microseconds(i64::from(micros));
        let at =
            day.date().to_datetime(time).checked_add(span).unwrap_or(day.date().to_datetime(time));
        self.0.to_timestamp(at).map_or(Instant(i64::from(day.0) * 86_400_000_000), |timestamp| {
            Instant(timestamp.as_microsecond())
        })
    }

    /// The last microsecond of the day here: what `as of` a day includes.
    pub fn end_of_day(&self, day: Day) -> Instant {
        Instant(self.instant(day.plus(Days(1)), 0, 0).0 - 1)
    }

    /// The civil day of an instant here.
    pub fn day_of(&self, at: Instant) -> Day {
        let Ok(timestamp) = jiff::Timestamp::from_microsecond(at.0) else {
            return Day(0);
        };
        Day::from_date(timestamp.to_zoned(self.0.clone()).date())
    }

    /// The moments after `from` and up to a day after `until` at which clocks change here.
    pub fn clock_changes(&self, from: Instant, until: Instant) -> Vec<Instant> {
        const DAY: i64 = 86_400_000_000;
        let Ok(start) = jiff::Timestamp::from_microsecond(from.0.saturating_sub(DAY)) else {
            return Vec::new();
        };
        let end = until.0.saturating_add(DAY);
        self.0
            .following(start)
            .map(|change| Instant(change.timestamp().as_microsecond()))
            .take_while(|change| change.0 <= end)
            .collect()
    }

    /// Hour and minute on the clock at an instant here.
    pub fn clock(&self, at: Instant) -> (i8, i8) {
        jiff::Timestamp::from_microsecond(at.0).map_or((0, 0), |timestamp| {
            let time = timestamp.to_zoned(self.0.clone()).time();
            (time.hour(), time.minute())
        })
    }

    /// Whether the clock shows the time of an instant once, twice, or just after a gap that `instant`
    /// leads over.
    pub fn local_time(&self, at: Instant) -> LocalTime {
        let Ok(timestamp) = jiff::Timestamp::from_microsecond(at.0) else {
            return LocalTime::Once;
        };
        let local = timestamp.to_zoned(self.0.clone()).datetime();
        if self.0.to_ambiguous_timestamp(local).is_ambiguous() {
            return LocalTime::Twice;
        }
        let hour_before = local.checked_sub(jiff::Span::new().hours(1)).unwrap_or(local);
        match self.0.to_ambiguous_timestamp(hour_before).offset() {
            jiff::tz::AmbiguousOffset::Gap { .. } => LocalTime::AfterGap,
            _ => LocalTime::Once,
        }
    }

    /// Date and time of an instant here, to the second: `2026-03-12 23:59:59`.
    pub fn clock_text(&self, at: Instant) -> String {
        let timestamp = jiff::Timestamp::from_microsecond(at.0).unwrap_or_default();
        timestamp.to_zoned(self.0.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }
}

/// Reads an instant as ISO 8601: a date, or a date and time with optional fraction and optional `Z` or
/// offset. Without an offset the time is the zone's. `None` when there is no such moment.
pub fn parse_instant(text: &str, zone: &Zone) -> Option<Instant> {
    let (date, rest) = text.split_at_checked(10)?;
    let day = Day::parse_iso(date)?;
    if rest.is_empty() {
        return Some(zone.instant(day, 0, 0));
    }
    let rest = rest.strip_prefix(['T', ' '])?;
    if let Some(split) = rest.find(['Z', 'z', '+', '-']) {
        let normal = format!("{day}T{}{}", &rest[..split], rest[split..].to_ascii_uppercase());
        let timestamp: jiff::Timestamp = normal.parse().ok()?;
        return Some(Instant(timestamp.as_microsecond()));
    }
    let time: civil::Time = rest.parse().ok()?;
    let second =
        i32::from(time.hour()) * 3600 + i32::from(time.minute()) * 60 + i32::from(time.second());
    Some(zone.instant(day, second, time.subsec_nanosecond() / 1000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        Day::parse_iso(text).expect("a date")
    }

    fn tokyo() -> Zone {
        Zone::named("Asia/Tokyo").expect("tzdb has Tokyo")
    }

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        assert_eq!(Day::parse_iso("2026-02-30"), None);
        assert_eq!(Day::parse_iso("0026-02-03"), None);
        assert_eq!(Day::parse_iso("2026-2-3"), None);
        assert_eq!(Day::parse_iso("20x6-02-03"), None);
    }

    #[test]
    fn months_end_where_they_end() {
        assert_eq!(day("2026-01-31").plus_months(Months(1)), day("2026-02-28"));
        assert_eq!(day("2026-03-31").plus_months(Months(-13)), day("2025-02-28"));
        assert_eq!(day("2026-03-12").month_start(), day("2026-03-01"));
    }

    #[test]
    fn weeks_start_on_monday() {
        assert_eq!(day("2026-03-12").monday(), day("2026-03-09"));
        assert_eq!(day("2026-03-09").monday(), day("2026-03-09"));
        assert_eq!(day("1969-12-31").monday(), day("1969-12-29"));
    }

    #[test]
    fn a_business_day_follows_on_weekdays_only() {
        let check = |from: &str, next: &str| assert_eq!(day(from).next_business_day(), day(next));
        check("2026-03-12", "2026-03-13");
        check("2026-03-13", "2026-03-16");
        check("2026-03-14", "2026-03-16");
        check("2026-03-15", "2026-03-16");
        check("2026-03-16", "2026-03-17");
    }

    #[test]
    fn a_day_ends_in_its_zone() {
        let end = tokyo().end_of_day(day("2026-03-12"));
        assert_eq!(end, Instant(1_773_327_599_999_999));
        assert_eq!(tokyo().day_of(end), day("2026-03-12"));
        assert_eq!(tokyo().day_of(Instant(end.0 + 1)), day("2026-03-13"));
    }

    #[test]
    fn a_spring_day_may_have_23_hours() {
        let zone = Zone::named("America/New_York").expect("tzdb has New York");
        let hours = (zone.end_of_day(day("2026-03-08")).0 + 1
            - zone.instant(day("2026-03-08"), 0, 0).0)
            / 3_600_000_000;
        assert_eq!(hours, 23);
    }

    #[test]
    fn clocks_that_change_are_known() {
        let zone = Zone::named("America/New_York").expect("tzdb has New York");
        let check = |text: &str, expected: LocalTime| {
            let at = parse_instant(text, &zone).expect("a moment");
            assert_eq!(zone.local_time(at), expected, "{text}");
        };
        check("2026-03-08T01:59", LocalTime::Once);
        check("2026-03-08T02:30", LocalTime::AfterGap);
        check("2026-03-08T03:30", LocalTime::AfterGap);
        check("2026-03-08T04:00", LocalTime::Once);
        check("2026-11-01T01:30", LocalTime::Twice);
        check("2026-11-01T02:00", LocalTime::Once);
        let gap = parse_instant("2026-03-08T02:30", &zone).expect("a moment");
        assert_eq!(zone.clock(gap), (3, 30), "the later side of a gap");
        assert_eq!(zone.clock_changes(gap, gap).len(), 1);
        assert!(tokyo().clock_changes(gap, gap).is_empty());
    }

    #[test]
    fn instants_with_and_without_offsets() {
        let zone = tokyo();
        let noon = parse_instant("2026-03-12T12:00:00", &zone);
        assert_eq!(noon, parse_instant("2026-03-12T03:00:00Z", &zone));
        assert_eq!(noon, parse_instant("2026-03-12 12:00", &zone));
        assert_eq!(noon, parse_instant("2026-03-12T12:00:00.000+09:00", &zone));
        assert_eq!(parse_instant("2026-03-12T25:00:00", &zone), None);
        assert_eq!(parse_instant("2026-03-1", &zone), None);
        assert_eq!(parse_instant("2026-03-12x", &zone), None);
    }

    #[test]
    fn people_read_dates() {
        assert_eq!(day("2026-03-12").display_ja(), "2026年3月12日");
        assert_eq!(day("2026-03-12").display_en(), "12 Mar 2026");
    }

    proptest! {
        #[test]
        fn text_and_day_are_inverse(days in -25_000_i32..80_000) {
            prop_assert_eq!(Day::parse_iso(&Day(days).to_string()), Some(Day(days)));
        }
    }
}
