//! Scores of all items, the best of them, and how good a ranking is.

/// Scores by item, of which only some are set.
#[derive(Debug, Default)]
pub struct Scores {
    values: Vec<f64>,
    /// In which round each value was set.
    rounds: Vec<u32>,
    round: u32,
    set: Vec<u32>,
}

impl Scores {
    /// For so many items.
    pub fn new(items: usize) -> Self {
        Self { values: vec![0.0; items], rounds: vec![0; items], round: 1, set: Vec::new() }
    }

    /// Forgets all scores.
    pub fn clear(&mut self) {
        self.round += 1;
        self.set.clear();
    }

    /// Adds to an item's score.
    pub fn add(&mut self, item: u32, score: f64) {
        let at = item as usize;
        if self.rounds[at] == self.round {
            self.values[at] += score;
        } else {
            self.rounds[at] = self.round;
            self.values[at] = score;
            self.set.push(item);
        }
    }

    /// The `most` best items outside `known`, the best first; ties, and items without a score, come in the
    /// order of `popular`, which gives each item's place.
    pub(super) fn best(&self, most: usize, known: &[u32], popular: &Popular) -> Vec<u32> {
        let mut best: Vec<u32> =
            self.set.iter().copied().filter(|item| !known.contains(item)).collect();
        let order = |a: &u32, b: &u32| {
            let (x, y) = (self.values[*a as usize], self.values[*b as usize]);
            y.total_cmp(&x).then(popular.place[*a as usize].cmp(&popular.place[*b as usize]))
        };
        if best.len() > most && most > 0 {
            best.select_nth_unstable_by(most - 1, order);
            best.truncate(most);
        }
        best.sort_unstable_by(order);
        let unset = |item: &&u32| self.rounds[**item as usize] != self.round;
        let rest = popular.items.iter().filter(unset).filter(|item| !known.contains(item));
        let short = most - best.len().min(most);
        best.extend(rest.take(short));
        best
    }
}

/// Items from the most popular on.
#[derive(Debug)]
pub(super) struct Popular {
    pub(super) items: Vec<u32>,
    place: Vec<u32>,
}

impl Popular {
    pub(super) fn new(counts: &[u32]) -> Self {
        let mut items: Vec<u32> = (0_u32..).take(counts.len()).collect();
        items.sort_by_key(|item| (std::cmp::Reverse(counts[*item as usize]), *item));
        let mut place = vec![0; counts.len()];
        for (at, item) in (0_u32..).zip(&items) {
            place[*item as usize] = at;
        }
        Self { items, place }
    }
}

/// Share of the hidden items among the listed, 0..=1; `hidden` is not empty.
pub(super) fn recall(listed: &[u32], hidden: &[u32]) -> f64 {
    listed.iter().filter(|item| hidden.contains(item)).count() as f64 / hidden.len() as f64
}

/// Normalised discounted cumulative gain, 0..=1, with the ideal cut at the length `at` of a list.
///
/// Järvelin and Kekäläinen (2002), "Cumulated Gain-based Evaluation of IR Techniques", with logarithm base 2
/// from the second place on.
pub(super) fn ndcg(listed: &[u32], hidden: &[u32], at: usize) -> f64 {
    let gain = |place: usize| 1.0 / (place as f64 + 2.0).log2();
    let hits = listed.iter().enumerate().filter(|(_, item)| hidden.contains(item));
    let ideal: f64 = (0..hidden.len().min(at)).map(gain).sum();
    hits.map(|(place, _)| gain(place)).sum::<f64>() / ideal
}

/// How unequally counts are spread, 0 (all equal) to nearly 1 (one has all); 0 when all are zero.
///
/// Gini (1912), as the mean difference over twice the mean.
pub(super) fn gini(counts: &[u32]) -> f64 {
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    let total: f64 = sorted.iter().map(|count| f64::from(*count)).sum();
    if total <= 0.0 {
        return 0.0;
    }
    let n = sorted.len() as f64;
    let weighted: f64 =
        sorted.iter().enumerate().map(|(at, count)| (at as f64 + 1.0) * f64::from(*count)).sum();
    2.0 * weighted / (n * total) - (n + 1.0) / n
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_come_first_and_popular_ones_fill_up() {
        let popular = Popular::new(&[5, 9, 5, 1, 7]);
        let mut scores = Scores::new(5);
        scores.add(0, 9.0);
        scores.clear();
        scores.add(3, 0.5);
        scores.add(2, 0.25);
        scores.add(2, 0.5);
        assert_eq!(scores.best(1, &[], &popular), [2]);
        assert_eq!(scores.best(4, &[1], &popular), [2, 3, 4, 0]);
        assert_eq!(scores.best(9, &[2, 3], &popular), [1, 4, 0]);
    }

    #[test]
    fn rankings_are_weighed() {
        assert!((recall(&[1, 2, 3], &[3, 9]) - 0.5).abs() < 1e-12);
        assert!((ndcg(&[1, 2], &[1, 2, 3], 2) - 1.0).abs() < 1e-12, "the ideal is cut too");
        let third = 0.5 / (1.0 + 1.0 / 3_f64.log2());
        assert!((ndcg(&[7, 8, 1], &[1, 2], 3) - third).abs() < 1e-12);
        assert!(gini(&[2, 2, 2]).abs() < 1e-12 && gini(&[0, 0]).abs() < 1e-12);
        assert!((gini(&[0, 0, 0, 4]) - 0.75).abs() < 1e-12);
    }
}
