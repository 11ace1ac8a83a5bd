//! The net promoter score and how sure it is.

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
        assert_eq!(Responses::default().score(), None);
    }
}
