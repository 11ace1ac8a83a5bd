//! How strongly two items go together, from counts of baskets.

/// Counts of baskets with one item, with another, with both, and of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Together {
    /// Baskets with the first item.
    pub first: u64,
    /// Baskets with the second item.
    pub second: u64,
    /// Baskets with both; at most the lesser of the two.
    pub both: u64,
    /// All baskets.
    pub baskets: u64,
}

impl Together {
    /// Share of the first item's baskets that hold the second too, 0..=1; 0 when there are none.
    pub fn confidence(self) -> f64 {
        if self.first == 0 { 0.0 } else { self.both as f64 / self.first as f64 }
    }

    /// Confidence over the second item's share of all baskets; 1 means independent.
    pub fn lift(self) -> f64 {
        if self.second == 0 {
            0.0
        } else {
            self.confidence() * self.baskets as f64 / self.second as f64
        }
    }

    /// Log-likelihood ratio against independence, 0 or more; above 10.83 chance alone would do so once in
    /// a thousand.
    ///
    /// Dunning (1993), "Accurate Methods for the Statistics of Surprise and Coincidence", section 4.
    pub fn log_likelihood_ratio(self) -> f64 {
        let both = self.both as f64;
        let only_first = (self.first - self.both) as f64;
        let only_second = (self.second - self.both) as f64;
        let neither = (self.baskets + self.both).saturating_sub(self.first + self.second) as f64;
        let rows = entropy(&[both + only_first, only_second + neither]);
        let columns = entropy(&[both + only_second, only_first + neither]);
        let cells = entropy(&[both, only_first, only_second, neither]);
        (2.0 * (rows + columns - cells)).max(0.0)
    }
}

/// Unnormalised entropy N ln N - sum of n ln n.
fn entropy(counts: &[f64]) -> f64 {
    let x_ln_x = |x: f64| if x > 0.0 { x * x.ln() } else { 0.0 };
    x_ln_x(counts.iter().sum()) - counts.iter().map(|n| x_ln_x(*n)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dunning_s_bigram_the_swiss() {
        // Dunning 1993, table 2, first row: k(AB)=110, k(A~B)=2442, k(~AB)=111, k(~A~B)=29114; 270.72.
        let the_swiss = Together {
            first: 110 + 2442,
            second: 110 + 111,
            both: 110,
            baskets: 110 + 2442 + 111 + 29114,
        };
        assert!(
            (the_swiss.log_likelihood_ratio() - 270.72).abs() < 0.01,
            "{}",
            the_swiss.log_likelihood_ratio()
        );
    }

    #[test]
    fn independent_items_have_lift_one_and_no_ratio() {
        let t = Together { first: 100, second: 50, both: 5, baskets: 1000 };
        assert!((t.lift() - 1.0).abs() < 1e-12);
        assert!(t.log_likelihood_ratio() < 1e-9);
    }

    #[test]
    fn nothing_goes_with_nothing() {
        let t = Together { first: 0, second: 0, both: 0, baskets: 0 };
        assert!(t.confidence() <= 0.0 && t.lift() <= 0.0 && t.log_likelihood_ratio() <= 0.0);
    }
}
