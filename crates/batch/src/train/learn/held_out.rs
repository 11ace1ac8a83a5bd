//! What a newcomer is judged on beside the model of the run before: rows that neither learnt from.
//!
//! The newest fifth of the outcomes is held out. A model that is used has learnt from all rows, so it keeps a twin
//! that has not seen its own newest fifth: twins are what is compared, on outcomes that are newer than both saw.
//! Where all outcomes became known on one day there is no newer and older: a fifth of the accounts, for ever the same,
//! stands for it.

use serde::{Deserialize, Serialize};

use super::super::rows::{Case, draw_of_group};

/// Rows that a comparison needs.
const ROWS_LEAST: usize = 30;
/// Rows of each outcome that it needs, and that are left to learn from.
const EACH_LEAST: usize = 5;
/// One of so many is held out.
const SHARE: usize = 5;

/// Which rows are held out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum HeldOut {
    /// Those whose outcome was known on this day (since 1970) or later.
    From(i32),
    /// Those of a fifth of the accounts.
    Accounts,
}

impl HeldOut {
    /// The newest fifth, or a fifth of the accounts; none where either leaves too few rows on one side.
    pub(super) fn choose(cases: &[Case<'_>]) -> Option<Self> {
        let mut known: Vec<i32> = cases.iter().map(|case| case.known_on.0).collect();
        known.sort_unstable();
        let first = known.get(known.len() - known.len() / SHARE).or(known.last())?;
        [Self::From(*first), Self::Accounts].into_iter().find(|it| it.is_enough(cases))
    }

    /// Whether a row is held out.
    pub(super) fn holds(self, case: &Case<'_>) -> bool {
        match self {
            Self::From(day) => case.known_on.0 >= day,
            Self::Accounts => draw_of_group(case.group).is_multiple_of(SHARE as u64),
        }
    }

    fn is_enough(self, cases: &[Case<'_>]) -> bool {
        let (held, kept): (Vec<_>, Vec<_>) = cases.iter().partition(|case| self.holds(case));
        let both = |cases: &[&Case<'_>]| {
            let ones = cases.iter().filter(|case| case.happened).count();
            ones >= EACH_LEAST && cases.len() - ones >= EACH_LEAST && cases.len() >= ROWS_LEAST
        };
        both(&held) && both(&kept)
    }

    /// What two twins both had not seen; none where there is too little, or they held out by other rules.
    pub(super) fn both(self, other: Self, cases: &[Case<'_>]) -> Option<Self> {
        let both = match (self, other) {
            (Self::From(a), Self::From(b)) => Self::From(a.max(b)),
            (Self::Accounts, Self::Accounts) => Self::Accounts,
            _ => return None,
        };
        both.is_enough(cases).then_some(both)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::Day;

    fn cases(known: impl Iterator<Item = i32>) -> Vec<Case<'static>> {
        let case = |(at, known): (usize, i32)| Case {
            account: "A",
            group: i64::try_from(at).expect("small"),
            id: "",
            on: Day(0),
            known_on: Day(known),
            happened: at % 3 == 0,
            fate: at % 3 == 0,
            rate_of: String::new(),
        };
        known.enumerate().map(case).collect()
    }

    #[test]
    fn the_newest_fifth_is_held_out_or_a_fifth_of_the_accounts() {
        let days = cases(0..200);
        let newest = HeldOut::choose(&days).expect("enough");
        assert_eq!(newest, HeldOut::From(160));
        assert_eq!(newest.both(HeldOut::From(100), &days), Some(newest));
        assert_eq!(newest.both(HeldOut::Accounts, &days), None);
        let one_day = cases((0..400).map(|_| 7));
        assert_eq!(HeldOut::choose(&one_day), Some(HeldOut::Accounts));
        assert_eq!(HeldOut::choose(&cases(0..40)), None, "too few");
        assert_eq!(HeldOut::choose(&[]), None);
    }
}
