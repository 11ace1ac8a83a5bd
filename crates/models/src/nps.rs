//! The net promoter score: how sure it is, whether it moves, and what goes with promoters.

pub mod drivers;
pub mod trend;

use statrs::distribution::{ContinuousCDF, Normal};

/// Fewer answers than this make a score that says little, however the interval is computed.
pub const RESPONSES_FEW: u64 = 30;

/// Answers to "how likely are you to recommend us", 0 to 10.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Responses {
    /// Answers of 9 and 10.
    pub promoters: u64,
    /// Answers of 7 and 8.
    pub passives: u64,
    /// Answers of 0 to 6.
    pub detractors: u64,
}

impl Responses {
    /// Counts one answer; `None` when it is no whole number of 0..=10.
    pub fn count(&mut self, score: f64) -> Option<()> {
        if score.fract() != 0.0 || !(0.0..=10.0).contains(&score) {
            return None;
        }
        if score >= 9.0 {
            self.promoters += 1;
        } else if score >= 7.0 {
            self.passives += 1;
        } else {
            self.detractors += 1;
        }
        Some(())
    }

    /// All answers.
    pub fn total(self) -> u64 {
        self.promoters + self.passives + self.detractors
    }

    /// Share of promoters less share of detractors, in points, -100..=100; `None` without answers.
    ///
    /// Reichheld (2003), "The One Number You Need to Grow".
    pub fn score(self) -> Option<f64> {
        let total = self.total() as f64;
        (total > 0.0).then(|| 100.0 * (self.promoters as f64 - self.detractors as f64) / total)
    }

    /// The interval of 95 % around [`Self::score`], in points, within -100..=100; `None` without answers.
    ///
    /// Wald's interval of the difference of two shares of one multinomial, after three answers have been added: three
    /// quarters of one to promoters and to detractors, one and a half to passives. Rocks (2016), "Interval Estimation
    /// for the Net Promoter Score", after Agresti and Coull (1998). Without them it is far too narrow for
    /// few answers, and of no width where all answers are alike.
    pub fn interval(self) -> Option<(f64, f64)> {
        let (score, error) = self.adjusted();
        (self.total() > 0).then(|| {
            let quantile = Normal::standard().inverse_cdf(0.975);
            let end = |side: f64| (score + side * quantile * error).clamp(-100.0, 100.0);
            (end(-1.0), end(1.0))
        })
    }

    /// Score and standard error in points, after three answers have been added.
    fn adjusted(self) -> (f64, f64) {
        let total = self.total() as f64 + 3.0;
        let promoters = (self.promoters as f64 + 0.75) / total;
        let detractors = (self.detractors as f64 + 0.75) / total;
        let difference = promoters - detractors;
        let variance = (promoters + detractors - difference * difference) / total;
        (100.0 * difference, 100.0 * variance.sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promoters_less_detractors() {
        let mut responses = Responses::default();
        for score in [10.0, 9.0, 8.0, 6.0] {
            responses.count(score).expect("an answer");
        }
        assert_eq!(responses.score(), Some(25.0));
        assert_eq!(responses.count(11.0), None);
        assert_eq!(responses.count(7.5), None);
        assert_eq!(Responses::default().score(), None);
        assert_eq!(Responses::default().interval(), None);
    }

    /// By hand: 50, 30 and 20 answers become 50.75, 31.5 and 20.75 of 103; difference .291262, variance
    /// (.694175 - .084834) / 103.
    #[test]
    fn the_interval_by_hand() {
        let responses = Responses { promoters: 50, passives: 30, detractors: 20 };
        let (lower, upper) = responses.interval().expect("answers");
        assert!((lower - (29.1262 - 1.959_964 * 7.691_5)).abs() < 1e-2, "{lower}");
        assert!((upper - (29.1262 + 1.959_964 * 7.691_5)).abs() < 1e-2, "{upper}");
    }

    #[test]
    fn answers_all_alike_leave_doubt() {
        let (lower, upper) =
            Responses { promoters: 5, passives: 0, detractors: 0 }.interval().expect("answers");
        assert!(lower < 60.0 && (upper - 100.0).abs() < 1e-9, "{lower} {upper}");
    }

    /// Exact coverage, by the sum over all outcomes of the multinomial.
    fn coverage(n: u64, promoters: f64, detractors: f64) -> f64 {
        let log_factorial = |k: u64| statrs::function::factorial::ln_factorial(k);
        let truth = 100.0 * (promoters - detractors);
        let mut held = 0.0;
        for p in 0..=n {
            for d in 0..=n - p {
                let outcome = Responses { promoters: p, passives: n - p - d, detractors: d };
                let (lower, upper) = outcome.interval().expect("answers");
                if (lower..=upper).contains(&truth) {
                    let passives = 1.0 - promoters - detractors;
                    let ways = log_factorial(n)
                        - log_factorial(p)
                        - log_factorial(d)
                        - log_factorial(n - p - d);
                    let shares = p as f64 * promoters.ln()
                        + d as f64 * detractors.ln()
                        + (n - p - d) as f64 * passives.ln();
                    held += (ways + shares).exp();
                }
            }
        }
        held
    }

    #[test]
    fn intervals_hold_the_truth_as_often_as_they_say() {
        for (n, promoters, detractors) in [
            (10, 0.4, 0.3),
            (20, 0.5, 0.2),
            (20, 0.7, 0.1),
            (30, 0.33, 0.33),
            (60, 0.6, 0.05),
            (100, 0.3, 0.4),
        ] {
            let held = coverage(n, promoters, detractors);
            assert!((0.93..=0.975).contains(&held), "{n} {promoters} {detractors}: {held}");
        }
    }
}
