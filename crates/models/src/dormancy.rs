//! Who has fallen silent, by their own rhythm and by a model's word.
//!
//! A model alone misleads: BG/NBD calls every one-time buyer alive, since nobody can drop out before the first
//! repeat purchase. A personal gap alone misleads too: a rhythm of two gaps is hardly one. So silence is
//! measured against the customer's own gaps, borrowed from everybody's as far as there are few, and P(alive) counts
//! as a second witness where it can be one.

/// How all customers' gaps between purchases vary about their owners' means.
#[derive(Debug, Clone, PartialEq)]
pub struct Rhythm {
    mean_days: f64,
    /// Gaps over their owner's (shrunken) mean, rising.
    relative: Vec<f64>,
}

/// What is known of one customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Silence {
    /// Completed gaps between purchases.
    pub gaps: u32,
    /// Their sum in days: first to last purchase.
    pub gap_days: f64,
    /// Days since the last purchase.
    pub since_days: f64,
    /// A model's P(alive), if one was fitted, 0..=1.
    pub alive: Option<f64>,
}

/// The verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dormancy {
    /// Silent no longer than usual.
    Active,
    /// One of the two witnesses speaks of leaving.
    Slowing,
    /// Both do; or the silence alone where the model cannot testify, or where hardly any gap lasted as long.
    Dormant,
    /// Too few purchases of anybody to know what is usual.
    Unknown,
}

/// A verdict with what it rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// The verdict.
    pub dormancy: Dormancy,
    /// The share of gaps, relative to their owner's mean, that lasted as long as this silence has, 0..=1; NaN
    /// when unknown.
    pub usual: f64,
    /// Whether P(alive) was heard.
    pub heard: bool,
}

/// One gap of everybody's mean counts beside a customer's own.
const BORROWED: f64 = 1.0;
/// Fewer completed gaps than this tell nothing.
const GAPS_MIN: usize = 20;
/// A silence this rare is a sign of leaving.
const RARE: f64 = 0.05;
/// A silence this rare needs no second witness: whose gaps are regular is gone before a model of purchases at random
/// can tell.
const HARDLY: f64 = 0.01;
/// A silence this uncommon is a sign of slowing.
const UNCOMMON: f64 = 0.2;
/// A customer less likely than this to be alive counts as leaving.
const ALIVE_MIN: f64 = 0.5;

impl Rhythm {
    /// From all customers' completed gaps in days, a list a customer; customers without a gap may be left out.
    /// Gaps that are not above 0 are not counted.
    pub fn new<'a>(customers: impl Iterator<Item = &'a [f64]> + Clone) -> Self {
        let sound = |gap: &&f64| **gap > 0.0 && gap.is_finite();
        let all = || customers.clone().flat_map(|gaps| gaps.iter().filter(sound));
        let (mut sum, mut n) = (0.0, 0.0);
        for gap in all() {
            sum += gap;
            n += 1.0;
        }
        let mut it = Self { mean_days: sum / n, relative: Vec::new() };
        for gaps in customers {
            let own: Vec<f64> = gaps.iter().filter(sound).copied().collect();
            let mean = it.personal_days(own.len() as f64, own.iter().sum());
            it.relative.extend(own.iter().map(|gap| gap / mean));
        }
        it.relative.sort_unstable_by(f64::total_cmp);
        it
    }

    /// A customer's usual gap in days: the mean of their own and one of everybody's.
    pub fn personal_days(&self, gaps: f64, gap_days: f64) -> f64 {
        (gap_days + BORROWED * self.mean_days) / (gaps + BORROWED)
    }

    /// Everybody's mean gap in days; NaN without gaps.
    pub fn mean_days(&self) -> f64 {
        self.mean_days
    }

    /// Completed gaps that were counted.
    pub fn gaps(&self) -> usize {
        self.relative.len()
    }

    /// After how many days of silence a customer whose usual gap is `personal_days` has been silent for longer than
    /// nearly all gaps last: the first witness of leaving. NaN without gaps.
    pub fn rare_days(&self, personal_days: f64) -> f64 {
        let n = self.relative.len();
        // As many of the longest gaps as may still be longer.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a length"
        )]
        let longer = (RARE * n as f64) as usize;
        n.checked_sub(longer + 1).map_or(f64::NAN, |at| self.relative[at] * personal_days)
    }

    /// The share of relative gaps that lasted at least this long.
    fn at_least(&self, relative: f64) -> f64 {
        let shorter = self.relative.partition_point(|gap| *gap < relative);
        (self.relative.len() - shorter) as f64 / self.relative.len() as f64
    }

    /// The rule. *Dormant*: a silence that at most 5 % of gaps reach, and P(alive) below .5 where it is heard; or one
    /// that at most 1 % reach, whatever P(alive) (it takes a hundred gaps to know that).
    /// *Slowing*: a silence that at most 20 % reach, or P(alive) below .5. Otherwise *active*. P(alive) of a
    /// customer without a repeat purchase is not heard; fewer than 20 gaps of all customers: *unknown*.
    pub fn verdict(&self, silence: &Silence) -> Verdict {
        let alive = silence.alive.filter(|_| silence.gaps > 0);
        let heard = alive.is_some();
        if self.relative.len() < GAPS_MIN {
            return Verdict { dormancy: Dormancy::Unknown, usual: f64::NAN, heard };
        }
        let personal = self.personal_days(f64::from(silence.gaps), silence.gap_days);
        let usual = self.at_least(silence.since_days / personal);
        let leaving = alive.is_some_and(|it| it < ALIVE_MIN);
        // As if one gap more had lasted as long: the share of none of a few is not nothing.
        let n = self.relative.len() as f64;
        let hardly = (usual * n + 1.0) / (n + 1.0) <= HARDLY;
        let dormancy = if usual <= RARE && (leaving || !heard || hardly) {
            Dormancy::Dormant
        } else if usual <= UNCOMMON || leaving {
            Dormancy::Slowing
        } else {
            Dormancy::Active
        };
        Verdict { dormancy, usual, heard }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Forty customers with gaps of 5 to 9 days, forty with 20 to 40.
    fn rhythm() -> Rhythm {
        let fast: Vec<f64> = vec![5.0, 6.0, 7.0, 8.0, 9.0];
        let slow: Vec<f64> = vec![20.0, 25.0, 30.0, 35.0, 40.0];
        let all: Vec<&[f64]> =
            (0..80).map(|i| if i < 40 { &fast[..] } else { &slow[..] }).collect();
        Rhythm::new(all.iter().copied())
    }

    #[track_caller]
    fn check(gaps: u32, gap_days: f64, since_days: f64, alive: Option<f64>, expected: Dormancy) {
        check_in(&rhythm(), Silence { gaps, gap_days, since_days, alive }, expected);
    }

    #[track_caller]
    fn check_in(rhythm: &Rhythm, silence: Silence, expected: Dormancy) {
        let verdict = rhythm.verdict(&silence);
        assert_eq!(verdict.dormancy, expected, "{verdict:?}");
    }

    #[test]
    fn one_s_own_rhythm_counts() {
        check(5, 35.0, 8.0, Some(0.9), Dormancy::Active);
        check(5, 35.0, 40.0, Some(0.2), Dormancy::Dormant);
        // The same forty days are usual for the slow.
        check(5, 150.0, 30.0, Some(0.9), Dormancy::Active);
    }

    #[test]
    fn one_witness_alone_says_slowing() {
        // Of 460 gaps twelve lasted three times the usual.
        let fast: Vec<f64> = vec![5.0, 6.0, 7.0, 8.0, 9.0];
        let slow: Vec<f64> = vec![20.0, 25.0, 30.0, 35.0, 40.0];
        let odd: Vec<f64> = vec![7.0, 7.0, 7.0, 7.0, 60.0];
        let all = (0..92).map(|i| match i {
            0..40 => &fast[..],
            40..80 => &slow[..],
            _ => &odd[..],
        });
        let rhythm = Rhythm::new(all);
        let silent = |since_days: f64, alive: f64| Silence {
            gaps: 5,
            gap_days: 35.0,
            since_days,
            alive: Some(alive),
        };
        check_in(&rhythm, silent(27.0, 0.8), Dormancy::Slowing);
        check_in(&rhythm, silent(27.0, 0.3), Dormancy::Dormant);
        check_in(&rhythm, silent(8.0, 0.3), Dormancy::Slowing);
    }

    #[test]
    fn a_silence_that_hardly_any_gap_reaches_needs_no_second_witness() {
        check(5, 35.0, 40.0, Some(0.8), Dormancy::Dormant);
        // Fifty gaps do not know what one in a hundred is.
        let few: Vec<f64> = vec![7.0, 8.0, 6.0, 7.0, 7.0];
        let rhythm = Rhythm::new((0..10).map(|_| &few[..]));
        let silence = Silence { gaps: 5, gap_days: 35.0, since_days: 40.0, alive: Some(0.8) };
        check_in(&rhythm, silence, Dormancy::Slowing);
    }

    #[test]
    fn one_time_buyers_can_fall_dormant_though_a_model_calls_them_alive() {
        check(0, 0.0, 10.0, Some(1.0), Dormancy::Active);
        check(0, 0.0, 200.0, Some(1.0), Dormancy::Dormant);
        check(0, 0.0, 200.0, None, Dormancy::Dormant);
    }

    #[test]
    fn a_silence_becomes_rare_on_a_day() {
        let rhythm = rhythm();
        let personal = rhythm.personal_days(5.0, 35.0);
        let days = rhythm.rare_days(personal);
        check(5, 35.0, days + 0.5, Some(0.1), Dormancy::Dormant);
        check(5, 35.0, days - 0.5, Some(0.1), Dormancy::Slowing);
        assert!(Rhythm::new(std::iter::empty::<&[f64]>()).rare_days(7.0).is_nan());
    }

    #[test]
    fn without_gaps_nothing_is_known() {
        let few = [7.0, 7.0];
        let rhythm = Rhythm::new(std::iter::once(&few[..]));
        let silence = Silence { gaps: 0, gap_days: 0.0, since_days: 500.0, alive: None };
        assert_eq!(rhythm.verdict(&silence).dormancy, Dormancy::Unknown);
    }
}
