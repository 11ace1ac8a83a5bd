//! Products that others bought together with what an account bought, and that it has not (S9, S72, S99).

use std::collections::{BTreeMap, HashMap, HashSet};

use decide::candidate::{Evidence, Recommendation};
use decide::facts::Purchase;
use domain::words::Words;
use models::association::Together;

use crate::pairs::PairCounts;

/// Neighbours kept for each item.
const NEIGHBOURS: usize = 30;
/// The account's products that speak for others: its most frequent ones.
const ANTECEDENTS: usize = 60;
/// Below this the pair may be chance: once in a thousand (chi-squared, one degree of freedom).
const RATIO_MIN: f64 = 10.83;
/// Orders that must hold both: rare things are surprising together at the first time already, and say nothing of others.
const BOTH_MIN: u64 = 5;

/// For each item the items bought with it more than chance would.
#[derive(Debug, Clone, Default)]
pub struct Neighbours {
    items: Vec<(String, u64)>,
    place: HashMap<String, u32>,
    near: HashMap<u32, Vec<Near>>,
    baskets: u64,
}

#[derive(Debug, Clone, Copy)]
struct Near {
    item: u32,
    both: u64,
    excess: f64,
}

/// An item that others speak for.
#[derive(Debug)]
struct Spoken {
    score: f64,
    /// What speaks for it most, and how.
    from: u32,
    near: Near,
    /// All that speak for it.
    with: Vec<u32>,
}

impl Spoken {
    fn by(from: u32, near: Near) -> Self {
        Self { score: 0.0, from, near, with: Vec::new() }
    }
}

impl Neighbours {
    /// Ranks each item's neighbours by how far P(neighbour | item) lies above P(neighbour).
    pub fn rank(counts: PairCounts) -> Self {
        let mut near: HashMap<u32, Vec<Near>> = HashMap::new();
        let baskets = counts.baskets;
        for (a, b, both) in counts.pairs.into_iter().filter(|(_, _, both)| *both >= BOTH_MIN) {
            for (item, other) in [(a, b), (b, a)] {
                let (first, second) =
                    (counts.items[item as usize].1, counts.items[other as usize].1);
                let together = Together { first, second, both, baskets };
                let excess = together.confidence() - second as f64 / baskets as f64;
                if excess > 0.0 && together.log_likelihood_ratio() >= RATIO_MIN {
                    near.entry(item).or_default().push(Near { item: other, both, excess });
                }
            }
        }
        for list in near.values_mut() {
            list.sort_by(|x, y| y.excess.total_cmp(&x.excess).then(x.item.cmp(&y.item)));
            list.truncate(NEIGHBOURS);
        }
        let items: Vec<(String, u64)> =
            counts.items.into_iter().map(|(id, n)| (id.to_string(), n)).collect();
        let place = items
            .iter()
            .enumerate()
            .filter_map(|(i, (id, _))| Some((id.clone(), u32::try_from(i).ok()?)))
            .collect();
        Self { items, place, near, baskets }
    }

    /// Pairs kept, and baskets counted.
    pub fn size(&self) -> (usize, u64) {
        (self.near.values().map(Vec::len).sum(), self.baskets)
    }

    /// The best products for an account: the excess summed over what it bought, products it never bought.
    /// `names` turns ids into names.
    pub fn recommend(
        &self,
        purchases: &[Purchase],
        most: usize,
        names: &dyn Fn(&str) -> String,
    ) -> Vec<Recommendation> {
        let bought: HashSet<u32> =
            purchases.iter().filter_map(|p| self.place.get(p.product.as_str())).copied().collect();
        let mut frequent: Vec<&Purchase> = purchases.iter().collect();
        frequent.sort_by(|a, b| b.orders.cmp(&a.orders).then(a.product.cmp(&b.product)));
        let mut scores: BTreeMap<u32, Spoken> = BTreeMap::new();
        for purchase in frequent.into_iter().take(ANTECEDENTS) {
            let Some(from) = self.place.get(purchase.product.as_str()).copied() else { continue };
            for near in
                self.near.get(&from).into_iter().flatten().filter(|n| !bought.contains(&n.item))
            {
                let spoken = scores.entry(near.item).or_insert_with(|| Spoken::by(from, *near));
                spoken.score += near.excess;
                spoken.with.push(from);
                if near.excess > spoken.near.excess {
                    (spoken.from, spoken.near) = (from, *near);
                }
            }
        }
        let mut best: Vec<Spoken> = scores.into_values().collect();
        best.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.near.item.cmp(&b.near.item)));
        best.truncate(most);
        best.iter().map(|best| self.say(best, names)).collect()
    }

    fn say(&self, spoken: &Spoken, names: &dyn Fn(&str) -> String) -> Recommendation {
        let (from, near) = (spoken.from, spoken.near);
        let with = |place: &u32| self.items[*place as usize].0.as_str().into();
        let goes_with = spoken.with.iter().map(with).collect();
        let (item, item_baskets) = &self.items[near.item as usize];
        let (with, with_baskets) = &self.items[from as usize];
        let (item_name, with_name) = (names(item), names(with));
        let together = Together {
            first: *with_baskets,
            second: *item_baskets,
            both: near.both,
            baskets: self.baskets,
        };
        let words = Words::new(
            format!(
                "「{with_name}」を含む注文{with_baskets}件のうち{both}件で「{item_name}」も購入されています(全体の{lift:.1}倍)。この顧客は未購入です。",
                both = near.both,
                lift = together.lift(),
            ),
            format!(
                "{both} of {with_baskets} orders with “{with_name}” also hold “{item_name}” ({lift:.1} times its usual share); this customer has not bought it.",
                both = near.both,
                lift = together.lift(),
            ),
        );
        Recommendation {
            product: item.as_str().into(),
            score: spoken.score,
            with: goes_with,
            because: vec![Evidence {
                words,
                source: format!("orders with {with} and {item}"),
                on: None,
            }],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::Day;

    fn purchase(product: &str, orders: u32) -> Purchase {
        Purchase {
            product: product.into(),
            orders,
            quantity: 1.0,
            first_on: Day(0),
            last_on: Day(0),
            gap_days: None,
            amount_minor: 100,
            last_order: "1".to_owned(),
        }
    }

    fn neighbours() -> Neighbours {
        let items = [("beer", 500_u64), ("crisps", 400), ("milk", 900), ("salt", 50)];
        Neighbours::rank(PairCounts {
            items: items.iter().map(|(id, n)| ((*id).into(), *n)).collect(),
            baskets: 1000,
            pairs: vec![(0, 1, 350), (0, 2, 450), (1, 2, 360), (2, 3, 45)],
            ..PairCounts::default()
        })
    }

    #[test]
    fn what_goes_together_beyond_chance_is_recommended() {
        let found = neighbours().recommend(&[purchase("beer", 3)], 20, &str::to_owned);
        let products: Vec<&str> = found.iter().map(|r| r.product.as_str()).collect();
        assert_eq!(products, ["crisps"], "milk is in most baskets anyway");
        assert_eq!(found[0].with, [domain::ids::ProductId::from("beer")]);
        assert_eq!(
            found[0].because[0].words.en,
            "350 of 500 orders with “beer” also hold “crisps” (1.8 times its usual share); this customer has not bought it.",
        );
    }

    #[test]
    fn a_few_orders_of_rare_things_recommend_nothing() {
        let found = |both: u64| {
            let counts = PairCounts {
                items: vec![("carrier".into(), 6), ("cigarettes".into(), both)],
                baskets: 150_000,
                pairs: vec![(0, 1, both)],
                ..PairCounts::default()
            };
            Neighbours::rank(counts).recommend(&[purchase("carrier", 1)], 20, &str::to_owned).len()
        };
        assert_eq!((found(4), found(5)), (0, 1));
    }

    #[test]
    fn nothing_bought_is_recommended_again() {
        assert!(
            neighbours()
                .recommend(&[purchase("beer", 3), purchase("crisps", 1)], 20, &str::to_owned)
                .is_empty()
        );
    }
}
