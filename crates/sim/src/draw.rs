//! Seeded draws: one independent stream for each purpose and subject.
//!
//! A stream of its own for each subject means that a new draw for one account or table leaves all
//! others as they were. Only additions, multiplications and divisions are used, which every machine
//! rounds alike.

use domain::time::{Day, Days};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of draws.
pub(crate) struct Draw(ChaCha8Rng);

impl Draw {
    /// The stream for `purpose` and the `index`-th subject.
    pub(crate) fn new(seed: u64, purpose: &str, index: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let bytes = purpose.bytes().chain((index as u64).to_le_bytes());
        // FNV-1a: any fixed hash does, as streams only have to differ.
        let stream = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        rng.set_stream(stream);
        Self(rng)
    }

    /// Uniform in 0.0 .. 1.0.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform between the two ends.
    pub(crate) fn between(&mut self, ends: (f64, f64)) -> f64 {
        ends.0 + (ends.1 - ends.0) * self.unit()
    }

    /// Uniform among the whole numbers `low..=high`.
    pub(crate) fn whole(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low + 1).expect("low is not above high");
        let offset = (u128::from(self.0.next_u64()) * u128::from(span)) >> 64;
        low + i64::try_from(offset).expect("the offset is below the span")
    }

    /// True with this probability.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// About standard normal: twelve uniforms, so that it stays within -6 ..= 6.
    pub(crate) fn noise(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// One of the things, each as likely.
    pub(crate) fn pick<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.index(things.len())]
    }

    /// One of the texts, each as likely.
    pub(crate) fn say(&mut self, texts: &[&'static str]) -> &'static str {
        texts[self.index(texts.len())]
    }

    /// The position of one of `len` things.
    pub(crate) fn index(&mut self, len: usize) -> usize {
        let last = i64::try_from(len).expect("lists are short") - 1;
        usize::try_from(self.whole(0, last)).expect("the draw is not negative")
    }

    /// A position, drawn in proportion to the weights.
    pub(crate) fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (i, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return i;
            }
        }
        weights.len() - 1
    }

    /// Puts the things into a drawn order.
    pub(crate) fn shuffle<T>(&mut self, things: &mut [T]) {
        for i in (1..things.len()).rev() {
            let j = self.index(i + 1);
            things.swap(i, j);
        }
    }

    /// A day `low..=high` days after `day`.
    pub(crate) fn after(&mut self, day: Day, (low, high): (i32, i32)) -> Day {
        let days = self.whole(i64::from(low), i64::from(high));
        day.plus(Days(i32::try_from(days).expect("the ends are i32")))
    }

    /// A moment within office hours of the day, or of the Friday before a weekend day.
    pub(crate) fn office_hour(&mut self, day: Day) -> String {
        let (hour, minute) = (self.whole(9, 17), self.whole(0, 11) * 5);
        format!("{}T{hour:02}:{minute:02}:00", workday(day))
    }
}

/// The nearest whole number; halves go up.
#[allow(
    clippy::cast_possible_truncation,
    reason = "shares of head counts and scores are far below 2^53"
)]
pub(crate) fn rounded(number: f64) -> i64 {
    (number + 0.5).floor() as i64
}

/// The day itself, or the last day before it on which people work: no weekend, holiday or turn of the year.
pub(crate) fn workday(day: Day) -> Day {
    let mut day = day;
    while is_free(day) {
        day = day.plus(Days(-1));
    }
    day
}

/// Whether a day is a Saturday, a Sunday, a Japanese holiday or lies between the years.
///
/// Holidays as of the Act on National Holidays (1948, as amended in 2018); no substitutes for those on Sundays.
/// Equinoxes by the approximation of the Hydrographic Department for 1980 to 2099.
fn is_free(day: Day) -> bool {
    let weekday = day.since(day.monday()).0;
    let (year, month, on) = day.ymd();
    let equinox = |first: f64| {
        let years = f64::from(year) - 1980.0;
        rounded(first + 0.242_194 * years - (years / 4.0).floor() - 0.5)
    };
    let nth_monday = |n: i32| weekday == 0 && (i32::from(on) - 1) / 7 + 1 == n;
    weekday > 4
        || match month {
            1 => on <= 3 || nth_monday(2),
            2 => matches!(on, 11 | 23),
            3 => i64::from(on) == equinox(20.8431),
            4 => on == 29,
            5 => matches!(on, 3..=5),
            7 => nth_monday(3),
            8 => on == 11,
            9 => nth_monday(3) || i64::from(on) == equinox(23.2488),
            10 => nth_monday(2),
            11 => matches!(on, 3 | 23),
            12 => on >= 29,
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ() {
        let first = |purpose, index| Draw::new(7, purpose, index).unit();
        assert!((first("usage", 3) - first("usage", 3)).abs() < f64::EPSILON);
        assert!((first("usage", 3) - first("usage", 4)).abs() > f64::EPSILON);
        assert!((first("usage", 3) - first("survey", 3)).abs() > f64::EPSILON);
    }

    #[test]
    fn whole_numbers_reach_both_ends() {
        let mut draw = Draw::new(1, "ends", 0);
        let drawn: Vec<i64> = (0..200).map(|_| draw.whole(-1, 2)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&-1), Some(&2)));
    }

    #[test]
    fn noise_is_about_standard_normal() {
        let mut draw = Draw::new(1, "noise", 0);
        let drawn: Vec<f64> = (0..20_000).map(|_| draw.noise()).collect();
        let mean = drawn.iter().sum::<f64>() / 20_000.0;
        let variance = drawn.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
    }

    #[test]
    fn holidays_have_no_office_hours() {
        let day = |text| Day::parse_iso(text).expect("a date");
        for (free, before) in [
            ("2026-03-20", "2026-03-19"),
            ("2025-03-20", "2025-03-19"),
            ("2027-03-21", "2027-03-19"),
            ("2025-09-23", "2025-09-22"),
            ("2026-01-12", "2026-01-09"),
            ("2026-05-05", "2026-05-01"),
            ("2026-01-02", "2025-12-26"),
        ] {
            assert_eq!(workday(day(free)), day(before), "{free}");
        }
        assert_eq!(workday(day("2026-03-19")), day("2026-03-19"));
    }

    #[test]
    fn weekends_have_no_office_hours() {
        let day = |text| Day::parse_iso(text).expect("a date");
        assert_eq!(workday(day("2026-03-14")), day("2026-03-13"));
        assert_eq!(workday(day("2026-03-15")), day("2026-03-13"));
        assert_eq!(workday(day("2026-03-16")), day("2026-03-16"));
    }
}
