//! How a customer comes to a decision (稟議), as far as rows tell: what it said of its way, and how long it took before.

use domain::time::Day;

/// How a customer comes to a decision.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Approval {
    /// Its newest word on the way that it decides.
    pub process: Option<Process>,
    /// How long deals took that were won.
    pub pace: Option<Pace>,
}

/// What a customer said of the way that it decides. The words stay in the store; here is the row, and what of it can
/// be read without doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// The row of `account_facts`.
    pub fact: String,
    /// When it was said.
    pub on: Day,
    /// How many days approval takes, where it names one duration.
    pub days: Option<i32>,
    /// From which amount on somebody higher decides, where it names one amount.
    pub above: Option<Above>,
}

/// An amount from which on somebody higher decides, minor units of the workspace's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Above {
    /// The amount.
    pub amount_minor: i64,
    /// Whether the amount itself counts (以上), or only more than it (を超える).
    pub itself: bool,
}

impl Above {
    /// Whether an amount is decided higher up.
    pub fn holds(&self, amount_minor: i64) -> bool {
        amount_minor > self.amount_minor || (self.itself && amount_minor == self.amount_minor)
    }
}

/// Whose deals tell how long approval takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PaceOf {
    /// The customer's own.
    Own,
    /// Those of its segment.
    Segment,
    /// Those of all customers.
    All,
}

/// How long won deals took from their opening to their close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// [`Pace::SHARE`] of them were won within so many days, 1 or more.
    pub days: i32,
    /// Deals that tell.
    pub n: u64,
    /// Whose.
    pub of: PaceOf,
}

impl Pace {
    /// The share of won deals that took no longer than [`Pace::days`].
    pub const SHARE: f64 = 0.8;

    /// The pace of these durations in days, in any order; `None` where there are fewer than `least`, or where they
    /// took no time.
    ///
    /// The smallest of the durations that at least [`Pace::SHARE`] of them do not exceed.
    pub fn of(mut took: Vec<i32>, least: usize, of: PaceOf) -> Option<Self> {
        took.retain(|days| *days >= 0);
        if took.len() < least.max(1) {
            return None;
        }
        took.sort_unstable();
        // Four fifths in whole numbers, rounded up.
        let at = (took.len() * 4).div_ceil(5) - 1;
        (took[at] > 0).then_some(Self { days: took[at], n: took.len() as u64, of })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_of_five_took_no_longer() {
        let pace = |took: &[i32]| Pace::of(took.to_vec(), 3, PaceOf::Own).map(|it| (it.days, it.n));
        assert_eq!(pace(&[30, 10]), None, "two are too few");
        assert_eq!(pace(&[30, 10, 20]), Some((30, 3)));
        assert_eq!(pace(&[50, 40, 30, 20, 10]), Some((40, 5)));
        assert_eq!(pace(&[60, 50, 40, 30, 20, 10]), Some((50, 6)));
        assert_eq!(pace(&[0, 0, 0]), None, "orders, not approvals");
        assert_eq!(pace(&[-3, 10, 20]), None, "a close before its opening tells nothing");
    }

    #[test]
    fn at_the_amount_and_over_it() {
        let above = |itself| Above { amount_minor: 300_000, itself };
        let holds = |itself| [299_999, 300_000, 300_001].map(|minor| above(itself).holds(minor));
        assert_eq!(holds(true), [false, true, true]);
        assert_eq!(holds(false), [false, false, true]);
    }
}
