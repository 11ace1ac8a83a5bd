//! Purchase histories, with equal ones counted once.

use crate::parallel;

/// One customer's purchases.
///
/// | here | papers | unit | range |
/// |---|---|---|---|
/// | `frequency` | x | purchases after the first | 0.. |
/// | `recency` | t_x | weeks, first to last purchase | 0 without repeats, else 0 ..= `age` |
/// | `age` | T | weeks, first purchase to the end of observation | >= 0 |
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct History {
    /// Purchases after the first.
    pub frequency: u32,
    /// Weeks from the first to the last purchase.
    pub recency: f64,
    /// Weeks from the first purchase to the end of observation.
    pub age: f64,
}

impl History {
    /// Why this is no history; `None` when it is one.
    pub fn fault(&self) -> Option<&'static str> {
        match *self {
            Self { age, .. } if !age.is_finite() || age < 0.0 => {
                Some("the age is not a number of weeks from 0 on")
            }
            Self { recency, .. } if !recency.is_finite() || recency < 0.0 => {
                Some("the recency is not a number of weeks from 0 on")
            }
            Self { recency, age, .. } if recency > age => {
                Some("the recency is beyond the age: the last purchase lies after the observation")
            }
            Self { frequency: 0, recency, .. } if recency > 0.0 => {
                Some("there is a recency, but no repeat purchase (frequency 0)")
            }
            _ => None,
        }
    }
}

/// A group of customers with the same history, as places in the tables of [`Histories`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Group {
    pub(super) frequency: u32,
    pub(super) recency: u32,
    pub(super) age: u32,
    pub(super) customers: f64,
}

/// Histories of many customers, equal ones counted once.
#[derive(Debug, Clone, PartialEq)]
pub struct Histories {
    /// The different frequencies, rising.
    pub(super) frequencies: Vec<f64>,
    /// The different recencies and ages in weeks, rising.
    pub(super) weeks: Vec<f64>,
    /// By frequency, then age, then recency.
    pub(super) groups: Vec<Group>,
    group_of: Vec<u32>,
}

impl Histories {
    /// Groups histories that have no [`fault`](History::fault).
    pub fn new(customers: &[History]) -> Self {
        // Adding nothing makes a negative zero positive, so that it finds its place.
        let customers: Vec<History> = customers
            .iter()
            .map(|it| History { recency: it.recency + 0.0, age: it.age + 0.0, ..*it })
            .collect();
        let mut frequencies: Vec<f64> =
            customers.iter().map(|it| f64::from(it.frequency)).collect();
        sort_unique(&mut frequencies);
        let mut weeks: Vec<f64> = customers.iter().flat_map(|it| [it.recency, it.age]).collect();
        sort_unique(&mut weeks);
        let place = |table: &[f64], value: f64| {
            let at = table.partition_point(|it| it.total_cmp(&value).is_lt());
            u32::try_from(at).unwrap_or(u32::MAX)
        };
        let mut keyed: Vec<([u32; 3], u32)> = customers
            .iter()
            .zip(0_u32..)
            .map(|(it, at)| {
                let frequency = place(&frequencies, f64::from(it.frequency));
                ([frequency, place(&weeks, it.age), place(&weeks, it.recency)], at)
            })
            .collect();
        keyed.sort_unstable();
        let mut groups: Vec<Group> = Vec::new();
        let mut group_of = vec![0; customers.len()];
        let mut last = None;
        for (key, at) in keyed {
            if last != Some(key) {
                let [frequency, age, recency] = key;
                groups.push(Group { frequency, recency, age, customers: 0.0 });
                last = Some(key);
            }
            if let Some(group) = groups.last_mut() {
                group.customers += 1.0;
            }
            group_of[at as usize] = u32::try_from(groups.len() - 1).unwrap_or(u32::MAX);
        }
        Self { frequencies, weeks, groups, group_of }
    }

    /// How many customers.
    pub fn customers(&self) -> usize {
        self.group_of.len()
    }

    /// How many different histories.
    pub fn groups(&self) -> usize {
        self.groups.len()
    }

    /// The group of a customer, by its place in the list given.
    pub fn group_of(&self, customer: usize) -> usize {
        self.group_of[customer] as usize
    }

    /// The history that a group shares.
    pub fn history(&self, group: usize) -> History {
        let it = &self.groups[group];
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the table was made from u32"
        )]
        let frequency = self.frequencies[it.frequency as usize] as u32;
        History {
            frequency,
            recency: self.weeks[it.recency as usize],
            age: self.weeks[it.age as usize],
        }
    }

    /// How many customers share a group's history.
    pub fn customers_of(&self, group: usize) -> f64 {
        self.groups[group].customers
    }

    /// Customers who came back, repeat purchases, and the mean age in weeks.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals { customers: self.customers() as f64, ..Totals::default() };
        let mut weeks = 0.0;
        for (group, it) in self.groups.iter().enumerate() {
            let history = self.history(group);
            if history.frequency > 0 {
                totals.repeaters += it.customers;
                totals.repeats += it.customers * f64::from(history.frequency);
            }
            weeks += it.customers * history.age;
        }
        totals.mean_age = weeks / totals.customers.max(1.0);
        totals
    }

    /// At most `most` groups, evenly spaced, each with its customers: enough to find the neighbourhood of a
    /// maximum.
    pub(super) fn thinned(&self, most: usize) -> Self {
        let stride = self.groups.len().div_ceil(most.max(1)).max(1);
        let groups = self.groups.iter().copied().step_by(stride).collect();
        Self { groups, group_of: Vec::new(), ..self.clone() }
    }
}

/// Sums of several terms over the groups, in a fixed order whatever the number of threads: each block is
/// summed by itself, the blocks from the first to the last.
pub(super) fn sum_over<const M: usize>(
    groups: &[Group],
    add: impl Fn(&Group, &mut [f64; M]) + Sync,
) -> [f64; M] {
    const BLOCK: usize = 4096;
    let block_sum = |block: &[Group]| {
        let mut sum = [0.0; M];
        block.iter().for_each(|group| add(group, &mut sum));
        sum
    };
    let blocks: Vec<&[Group]> = groups.chunks(BLOCK).collect();
    let sums = parallel::pieces(blocks.len(), |at| block_sum(blocks[at]));
    sums.iter().fold([0.0; M], |total, sum| std::array::from_fn(|i| total[i] + sum[i]))
}

/// Sums over all customers.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Totals {
    /// All customers.
    pub customers: f64,
    /// Customers with a repeat purchase.
    pub repeaters: f64,
    /// All repeat purchases.
    pub repeats: f64,
    /// Weeks.
    pub mean_age: f64,
}

fn sort_unique(values: &mut Vec<f64>) {
    values.sort_unstable_by(f64::total_cmp);
    values.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(frequency: u32, recency: f64, age: f64) -> History {
        History { frequency, recency, age }
    }

    #[test]
    fn equal_histories_share_a_group() {
        let all = [history(2, 3.0, 9.0), history(0, 0.0, 9.0), history(2, 3.0, 9.0)];
        let grouped = Histories::new(&all);
        assert_eq!((grouped.customers(), grouped.groups()), (3, 2));
        assert_eq!(grouped.group_of(0), grouped.group_of(2));
        for (at, it) in all.iter().enumerate() {
            assert_eq!(grouped.history(grouped.group_of(at)), *it);
        }
        let totals = grouped.totals();
        assert!((totals.repeats - 4.0).abs() < 1e-12 && (totals.repeaters - 2.0).abs() < 1e-12);
    }

    #[test]
    fn faults_are_named() {
        assert_eq!(history(1, 2.0, 2.0).fault(), None);
        assert!(history(1, 3.0, 2.0).fault().is_some_and(|it| it.contains("beyond the age")));
        assert!(history(1, -3.0, 2.0).fault().is_some_and(|it| it.contains("recency")));
        assert!(history(1, 0.0, f64::NAN).fault().is_some_and(|it| it.contains("age")));
        assert!(history(0, 1.0, 2.0).fault().is_some_and(|it| it.contains("no repeat")));
    }
}
