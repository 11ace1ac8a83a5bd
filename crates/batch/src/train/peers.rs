//! How customers on the same product use each metric (S45): the median of their mean readings.

use std::collections::BTreeMap;

use decide::facts::Usage;
use serde::{Deserialize, Serialize};

use super::History;

/// Customers from which on a median is kept.
const LEAST: usize = 10;

/// Medians by product and metric.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Peers {
    medians: BTreeMap<String, BTreeMap<String, Median>>,
}

/// One median.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Median {
    /// Of the mean reading, or of that of one seat.
    value: f64,
    /// Whether it is of one seat: every customer's contract counts them.
    per_seat: bool,
    /// Customers.
    n: u64,
}

/// A mean reading, with the seats.
type Reading = (f64, Option<i64>);

/// Mean readings of the customers on one product, with their seats.
#[derive(Default)]
struct Readings(Vec<Reading>);

impl Peers {
    /// The medians over all accounts: readings above zero of the last 90 days, one a customer.
    pub fn of_all(history: History<'_>) -> Self {
        let mut found: BTreeMap<(&str, &str), BTreeMap<i64, Reading>> = BTreeMap::new();
        for (key, all) in &history.lake.usage {
            let Some(account) = history.accounts.get(key) else { continue };
            for usage in all.iter().filter(|usage| usage.recent_mean > 0.0) {
                let contract =
                    account.contracts.iter().find(|it| it.subscription == usage.subscription);
                let seats = contract.and_then(|it| it.seats).filter(|seats| *seats > 0);
                let of = found.entry((usage.product.as_str(), usage.metric.as_str())).or_default();
                let seen = of.entry(*key).or_insert((usage.recent_mean, seats));
                if usage.recent_mean > seen.0 {
                    *seen = (usage.recent_mean, seats);
                }
            }
        }
        let mut medians: BTreeMap<String, BTreeMap<String, Median>> = BTreeMap::new();
        for ((product, metric), readings) in found {
            if let Some(median) = Readings(readings.into_values().collect()).median() {
                medians.entry(product.to_owned()).or_default().insert(metric.to_owned(), median);
            }
        }
        Self { medians }
    }

    /// The median for a customer of so many seats, and of how many; none where too few tell.
    pub fn of(&self, usage: &Usage, seats: Option<i64>) -> Option<(f64, u64)> {
        let median = self.medians.get(usage.product.as_str())?.get(&usage.metric)?;
        let size = match (median.per_seat, seats.filter(|seats| *seats > 0)) {
            (true, seats) => seats? as f64,
            (false, _) => 1.0,
        };
        Some((median.value * size, median.n))
    }
}

impl Readings {
    fn median(self) -> Option<Median> {
        if self.0.len() < LEAST {
            return None;
        }
        let per_seat = self.0.iter().all(|(_, seats)| seats.is_some());
        let size = |seats: Option<i64>| if per_seat { seats.unwrap_or(1) as f64 } else { 1.0 };
        let mut values: Vec<f64> = self.0.iter().map(|(mean, seats)| mean / size(*seats)).collect();
        values.sort_by(f64::total_cmp);
        let value = f64::midpoint(values[(values.len() - 1) / 2], values[values.len() / 2]);
        Some(Median { value, per_seat, n: values.len() as u64 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(n: i64, seats: impl Fn(i64) -> Option<i64>) -> Option<Median> {
        Readings((1..=n).map(|i| (10.0 * i as f64, seats(i))).collect()).median()
    }

    #[test]
    fn s45_ten_customers_tell_a_median_and_seats_make_them_comparable() {
        assert_eq!(readings(9, |_| None), None);
        let alone = readings(10, |_| None).expect("ten");
        assert_eq!((alone.value, alone.per_seat, alone.n), (55.0, false, 10));
        let seats = readings(10, Some).expect("ten");
        assert_eq!((seats.value, seats.per_seat), (10.0, true), "ten a seat at every size");
        let mixed = readings(10, |i| (i > 1).then_some(i)).expect("ten");
        assert!(!mixed.per_seat, "one without seats: none is compared by seat");
    }
}
