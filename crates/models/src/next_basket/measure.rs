//! How well a ranking met the basket that came.

/// Mean over customers of three measures at a depth k, each 0..=1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Measures {
    /// Share of the basket's items that are among the first k.
    pub recall: f64,
    /// Discounted cumulative gain with gains 0 and 1, over that of the best ranking of k. Järvelin and
    /// Kekäläinen (2002), "Cumulated gain-based evaluation of IR techniques", with log2(rank + 1).
    pub ndcg: f64,
    /// Share of customers with at least one hit: personal hit ratio.
    pub phr: f64,
    /// Over how many customers.
    pub customers: usize,
}

impl Measures {
    /// Of one customer: `hits` says of each place of the ranking, from the first, whether its item came;
    /// `came` how many items came. `None` when none did.
    pub fn of(hits: impl IntoIterator<Item = bool>, came: usize, depth: usize) -> Option<Self> {
        if came == 0 {
            return None;
        }
        let (mut met, mut gain) = (0_usize, 0.0);
        for (place, hit) in hits.into_iter().take(depth).enumerate() {
            if hit {
                met += 1;
                gain += discount(place);
            }
        }
        let ideal: f64 = (0..came.min(depth)).map(discount).sum();
        Some(Self {
            recall: met as f64 / came as f64,
            ndcg: gain / ideal,
            phr: f64::from(u8::from(met > 0)),
            customers: 1,
        })
    }

    /// The mean of those who had any basket; all zero when nobody had.
    pub fn mean(each: impl IntoIterator<Item = Option<Self>>) -> Self {
        let mut sum = Self::default();
        for one in each.into_iter().flatten() {
            sum.recall += one.recall;
            sum.ndcg += one.ndcg;
            sum.phr += one.phr;
            sum.customers += 1;
        }
        let count = sum.customers.max(1) as f64;
        Self { recall: sum.recall / count, ndcg: sum.ndcg / count, phr: sum.phr / count, ..sum }
    }

    /// What settings are chosen by: the mean of recall and NDCG.
    pub fn merit(&self) -> f64 {
        f64::midpoint(self.recall, self.ndcg)
    }
}

fn discount(place: usize) -> f64 {
    1.0 / (place as f64 + 2.0).log2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_hit_at_the_second_place() {
        let it = Measures::of([false, true, false], 2, 3).expect("two came");
        assert!((it.recall - 0.5).abs() < 1e-12);
        // (1 / log2 3) / (1 + 1 / log2 3)
        assert!((it.ndcg - 0.386_852_8).abs() < 1e-6, "{}", it.ndcg);
        assert!((it.phr - 1.0).abs() < 1e-12);
    }

    #[test]
    fn nobody_counts_who_bought_nothing() {
        let mean = Measures::mean([None, Measures::of([true], 1, 1), Measures::of([false], 1, 1)]);
        assert_eq!((mean.customers, mean.recall, mean.ndcg, mean.phr), (2, 0.5, 0.5, 0.5));
    }
}
