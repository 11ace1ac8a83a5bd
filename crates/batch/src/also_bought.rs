//! Products that others bought together with what an account bought, and that it has not (S9, S72, S99).

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use decide::candidate::{Evidence, Recommendation, Recommended};
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
    near: Nearest,
    baskets: u64,
}

/// Of each item those that go with it, the most telling first; items are places among those counted.
#[derive(Debug, Clone, Default)]
pub struct Nearest(HashMap<u32, Vec<Near>>);

/// One that goes with another.
#[derive(Debug, Clone, Copy)]
struct Near {
    item: u32,
    both: u64,
    excess: f64,
}

/// Baskets that are not to count, because what was learnt is tried on them.
#[derive(Debug, Default)]
pub struct Less {
    baskets: u64,
    items: HashMap<u32, u64>,
    pairs: HashMap<(u32, u32), u64>,
}

impl Less {
    /// Leaves out a basket: places of its items, ascending; `most` as they were counted.
    pub fn add(&mut self, basket: &[u32], most: usize) {
        self.baskets += 1;
        for (at, item) in basket.iter().enumerate() {
            *self.items.entry(*item).or_default() += 1;
            for other in basket[at + 1..].iter().filter(|_| basket.len() <= most) {
                *self.pairs.entry((*item, *other)).or_default() += 1;
            }
        }
    }

    fn item(&self, item: u32) -> u64 {
        self.items.get(&item).copied().unwrap_or(0)
    }
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

impl Nearest {
    /// Ranks each item's neighbours by how far P(neighbour | item) lies above P(neighbour), over the baskets
    /// counted but those to leave out.
    pub fn rank(counts: &PairCounts, less: &Less) -> Self {
        let mut near: HashMap<u32, Vec<Near>> = HashMap::new();
        let baskets = counts.baskets.saturating_sub(less.baskets);
        let count = |item: u32| counts.items[item as usize].1.saturating_sub(less.item(item));
        for (a, b, both) in &counts.pairs {
            let (a, b) = (*a, *b);
            let out = less.pairs.get(&(a, b)).copied().unwrap_or(0);
            let both = both.saturating_sub(out);
            if both < BOTH_MIN {
                continue;
            }
            for (item, other) in [(a, b), (b, a)] {
                let (first, second) = (count(item), count(other));
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
            list.shrink_to_fit();
        }
        Self(near)
    }

    /// The best items for who bought `bought` in so many orders each, ascending by place, and never these: the
    /// excess summed over what was bought. The best first.
    pub fn best(&self, bought: &[(u32, u32)], most: usize) -> Vec<u32> {
        ranked(self.spoken(bought), most).into_iter().map(|spoken| spoken.near.item).collect()
    }

    /// All that what was bought speaks for, by place.
    fn spoken(&self, bought: &[(u32, u32)]) -> BTreeMap<u32, Spoken> {
        let mut frequent = bought.to_vec();
        frequent.sort_by_key(|(item, orders)| (Reverse(*orders), *item));
        let mut all: BTreeMap<u32, Spoken> = BTreeMap::new();
        let new = |item: u32| bought.binary_search_by_key(&item, |(place, _)| *place).is_err();
        for (from, _) in frequent.into_iter().take(ANTECEDENTS) {
            for near in self.0.get(&from).into_iter().flatten().filter(|near| new(near.item)) {
                let spoken = all.entry(near.item).or_insert_with(|| Spoken::by(from, *near));
                spoken.score += near.excess;
                spoken.with.push(from);
                if near.excess > spoken.near.excess {
                    (spoken.from, spoken.near) = (from, *near);
                }
            }
        }
        all
    }
}

fn ranked(spoken: BTreeMap<u32, Spoken>, most: usize) -> Vec<Spoken> {
    let mut best: Vec<Spoken> = spoken.into_values().collect();
    best.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.near.item.cmp(&b.near.item)));
    best.truncate(most);
    best
}

impl Neighbours {
    /// Ranks each item's neighbours.
    pub fn rank(counts: &PairCounts) -> Self {
        let near = Nearest::rank(counts, &Less::default());
        let items: Vec<(String, u64)> =
            counts.items.iter().map(|(id, n)| (id.to_string(), *n)).collect();
        let place = (0_u32..).zip(&items).map(|(at, (id, _))| (id.clone(), at)).collect();
        Self { items, place, near, baskets: counts.baskets }
    }

    /// Pairs kept, and baskets counted.
    pub fn size(&self) -> (usize, u64) {
        (self.near.0.values().map(Vec::len).sum(), self.baskets)
    }

    /// The id of the item at a place, and in how many baskets it is.
    pub fn item(&self, place: u32) -> (&str, u64) {
        let (id, baskets) = &self.items[place as usize];
        (id, *baskets)
    }

    /// Places and orders of what was bought and counted, ascending by place.
    pub fn places(&self, purchases: &[Purchase]) -> Vec<(u32, u32)> {
        let place = |it: &Purchase| Some((*self.place.get(it.product.as_str())?, it.orders));
        let mut bought: Vec<(u32, u32)> = purchases.iter().filter_map(place).collect();
        bought.sort_unstable();
        bought
    }

    /// Of each item that what was bought speaks for, which of it speak.
    pub fn speakers(&self, bought: &[(u32, u32)]) -> BTreeMap<u32, Vec<u32>> {
        self.near.spoken(bought).into_iter().map(|(item, spoken)| (item, spoken.with)).collect()
    }

    /// The best products for an account: the excess summed over what it bought, products it never bought.
    /// `names` turns ids into names.
    pub fn recommend(
        &self,
        purchases: &[Purchase],
        most: usize,
        names: &dyn Fn(&str) -> String,
    ) -> Vec<Recommendation> {
        let spoken = self.near.spoken(&self.places(purchases));
        ranked(spoken, most).iter().map(|best| self.say(best, names)).collect()
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
            kind: Recommended::New,
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
        Neighbours::rank(&PairCounts {
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
            Neighbours::rank(&counts).recommend(&[purchase("carrier", 1)], 20, &str::to_owned).len()
        };
        assert_eq!((found(4), found(5)), (0, 1));
    }

    #[test]
    fn what_is_left_out_does_not_count() {
        let counts = PairCounts {
            items: vec![("beer".into(), 500), ("crisps".into(), 400), ("milk".into(), 900)],
            baskets: 1000,
            pairs: vec![(0, 1, 350), (0, 2, 450), (1, 2, 360)],
            ..PairCounts::default()
        };
        let (mut less, mut rest) = (Less::default(), counts.clone());
        less.add(&[0, 1, 2], 200);
        less.add(&[1], 200);
        // Too large a basket counted its items, but no pairs.
        less.add(&[0, 2], 1);
        rest.baskets -= 3;
        (rest.items[0].1, rest.items[1].1, rest.items[2].1) = (498, 398, 898);
        rest.pairs = vec![(0, 1, 349), (0, 2, 449), (1, 2, 359)];
        let told = |near: &Nearest| format!("{:?}", near.0.iter().collect::<BTreeMap<_, _>>());
        let without = Nearest::rank(&counts, &less);
        assert_eq!(told(&without), told(&Nearest::rank(&rest, &Less::default())));
        assert_eq!(without.best(&[(0, 3)], 10), [1]);
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
