//! Sums by position that are cheap to clear, and the best few of them.

/// A dense array of sums that remembers which positions were touched.
#[derive(Debug, Clone, Default)]
pub struct Sums {
    values: Vec<f32>,
    touched: Vec<u32>,
}

impl Sums {
    /// All zero.
    pub fn new(positions: usize) -> Self {
        Self { values: vec![0.0; positions], touched: Vec::new() }
    }

    /// Adds a weight above zero.
    pub fn add(&mut self, position: u32, weight: f32) {
        let value = &mut self.values[position as usize];
        if *value == 0.0 {
            self.touched.push(position);
        }
        *value += weight;
    }

    /// The sum at a position.
    pub fn get(&self, position: u32) -> f32 {
        self.values[position as usize]
    }

    /// All zero again.
    pub fn clear(&mut self) {
        for position in self.touched.drain(..) {
            self.values[position as usize] = 0.0;
        }
    }

    /// Every sum times a factor.
    pub fn scale(&mut self, factor: f32) {
        for position in &self.touched {
            self.values[*position as usize] *= factor;
        }
    }

    /// Up to `count` positions with the greatest sums, of those that `keep` says; the greatest first, ties
    /// by position.
    pub fn top(&self, count: usize, keep: impl Fn(u32) -> bool) -> Vec<(u32, f32)> {
        let kept = self.touched.iter().filter(|position| keep(**position));
        top(kept.map(|position| (*position, self.get(*position))).collect(), count)
    }
}

/// Up to `count` of the pairs with the greatest values, the greatest first, ties by position.
pub fn top(mut pairs: Vec<(u32, f32)>, count: usize) -> Vec<(u32, f32)> {
    let greater = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if count == 0 {
        return Vec::new();
    }
    if pairs.len() > count {
        pairs.select_nth_unstable_by(count - 1, greater);
        pairs.truncate(count);
    }
    pairs.sort_unstable_by(greater);
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_come_first_and_ties_by_position() {
        let mut sums = Sums::new(5);
        for (position, weight) in [(4, 1.0), (1, 1.0), (3, 0.5), (3, 2.0), (0, 0.1)] {
            sums.add(position, weight);
        }
        assert_eq!(sums.top(3, |_| true), [(3, 2.5), (1, 1.0), (4, 1.0)]);
        assert_eq!(sums.top(2, |position| position != 3), [(1, 1.0), (4, 1.0)]);
        sums.clear();
        assert!(sums.top(3, |_| true).is_empty() && sums.get(3) == 0.0);
    }
}
