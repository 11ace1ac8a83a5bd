//! A customer's life in months, as the bits of a word.

use domain::time::{Day, Days};

use super::Cells;

/// Days of a month, on average over four years.
pub const MONTH_DAYS: f64 = 30.4375;

/// Months of a life that are looked at, its last ones: the bits of a word.
const MONTHS_MAX: i32 = 60;

/// The band of a month of tenure: half-years, the second year, the third and fourth, later.
pub fn band(month: i32) -> usize {
    match month {
        ..6 => 0,
        6..12 => 1,
        12..24 => 2,
        24..48 => 3,
        _ => 4,
    }
}

/// The month of a life that a day lies in, `days` after its begin: months of 30.4375 days.
pub fn month_of(days: i32) -> i32 {
    // 30.4375 is 487 / 16; the first day of month m is floor(487 m / 16).
    let guess = days.saturating_mul(16) / 487;
    if begin_of(guess + 1) <= days { guess + 1 } else { guess }
}

/// The day on which a month of a life begins, in days after the life's begin.
pub fn begin_of(month: i32) -> i32 {
    month.saturating_mul(487) / 16
}

/// The months of one account's life that are looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Life {
    pub(super) since: Day,
    pub(super) first: i32,
    pub(super) months: i32,
}

impl Life {
    /// From the month after it became a customer, or from `from`, to the last whole month by `as_of`.
    pub(super) fn new(since: Day, from: Option<Day>, as_of: Day) -> Option<Self> {
        let over = month_of(as_of.since(since).0 + 1);
        let recorded = from.filter(|from| *from > since);
        let recorded = recorded.map_or(1, |from| month_of(from.since(since).0 - 1) + 1);
        let first = recorded.max(over - MONTHS_MAX);
        (over > first).then_some(Self { since, first, months: over - first })
    }

    /// The day on which a month without an event is judged: its last.
    #[cfg(test)]
    pub(super) fn last_day(&self, bit: i32) -> Day {
        self.since.plus(Days(begin_of(self.first + bit + 1) - 1))
    }

    /// The first day of a month.
    pub(super) fn begin(&self, bit: i32) -> Day {
        self.since.plus(Days(begin_of(self.first + bit)))
    }

    /// The bit of the month that a day lies in.
    pub(super) fn bit(&self, day: Day) -> Option<i32> {
        let month = month_of(day.since(self.since).0);
        (day >= self.since && month >= self.first && month < self.first + self.months)
            .then_some(month - self.first)
    }

    /// The months whose last day is from `from` to before `until`.
    pub(super) fn mask(&self, from: Day, until: Day) -> u64 {
        // The first month whose last day is not before `day`.
        let at = |day: Day| {
            let month = month_of(day.since(self.since).0.max(0));
            (month - self.first).clamp(0, self.months)
        };
        if until <= from {
            return 0;
        }
        below(at(until)) & !below(at(from))
    }

    pub(super) fn all(&self) -> u64 {
        below(self.months)
    }

    /// Adds the bits of a word to its bands.
    pub(super) fn add(
        &self,
        mask: u64,
        count: impl Fn(&mut (u64, u64)) -> &mut u64,
        cells: &mut Cells,
    ) {
        let starts = [0, 6, 12, 24, 48, i32::MAX];
        for (cell, bounds) in cells.iter_mut().zip(starts.windows(2)) {
            let at = |month: i32| (month.saturating_sub(self.first)).clamp(0, self.months);
            let here = mask & below(at(bounds[1])) & !below(at(bounds[0]));
            *count(cell) += u64::from(here.count_ones());
        }
    }

    pub(super) fn band(&self, bit: i32) -> usize {
        band(self.first + bit)
    }
}

/// The lowest `n` bits.
pub(super) fn below(n: i32) -> u64 {
    u32::try_from(n).map_or(0, |n| 1_u64.checked_shl(n).map_or(u64::MAX, |bit| bit - 1))
}
