//! The products worth proposing to each account: what it will buy again, and what would be new to it (S9, S72,
//! S99).
//!
//! New products come from the next-basket models or from what is bought together ([`crate::also_bought`]),
//! whichever put the new products of held-out baskets higher; what is bought again from the next-basket models.
//! Where too few accounts came back to hold anything out, for accounts without a counted order, and of very many
//! accounts for those who ordered longest ago, what is bought together speaks alone. Figures are kept, and words are
//! made from them when an account is looked at.

mod orders;
mod rivals;
mod lists;
mod words;

use anyhow::Result;
use decide::candidate::{Evidence, Recommendation, Recommended};
use decide::facts::Purchase;
use domain::time::Day;
use models::next_basket::effort::Effort;
use models::next_basket::fit::{Fit, Options, fit};
use models::next_basket::slate::Scope;

use crate::also_bought::Neighbours;
use crate::pairs::{self, PairCounts, PairOptions};
use crate::query::Engine;
use crate::registry::Card;
use lists::Lists;
use orders::Orders;
use rivals::Rivals;

/// Baskets an item must be in before it is counted.
const ITEM_BASKETS_MIN: u64 = 5;
/// Items of one basket of which pairs are counted; a larger one forms none.
const BASKET_ITEMS_MAX: usize = 200;
/// Items of a list on which methods are compared.
const DEPTH: usize = 10;

/// What the lake says of baskets, before anything is learnt.
#[derive(Debug)]
pub struct Gathered {
    counts: PairCounts,
    orders: Orders,
}

/// Counts pairs and reads histories. The table `order_lines` is registered, and no longer needed afterwards.
pub async fn gather(engine: &Engine) -> Result<Gathered> {
    let options = PairOptions {
        table: "order_lines".to_owned(),
        min_item_count: ITEM_BASKETS_MIN,
        max_basket_items: BASKET_ITEMS_MAX,
    };
    let counts = pairs::pair_counts(engine, &options).await?;
    let orders = orders::read(engine, &counts.items).await?;
    Ok(Gathered { counts, orders })
}

/// Says what to propose to an account.
#[derive(Debug)]
pub struct Recommender {
    neighbours: Neighbours,
    lists: Option<Lists>,
    card: Card,
}

impl Gathered {
    /// Learns from the orders: which method ranks best, and each account's lists of up to `most` new products and half
    /// as many to buy again.
    pub fn learn(self, seed: u64, most: usize) -> Recommender {
        let Self { counts, orders } = self;
        let scope = Scope { new_only: false, apart: true, depth: DEPTH };
        let threads = models::parallel::cores();
        let options = Options { scope, effort: Effort::NIGHTLY, seed, threads };
        let neighbours = Neighbours::rank(&counts);
        let rivals = Rivals::measured(&counts, &orders, options);
        drop(counts);
        let learnt = fit(&orders.history, options);
        let verdict = rivals.verdict(&learnt);
        let card = rivals.card((&orders, &learnt), verdict);
        let lists = verdict.is_learnt().then(|| {
            let scope = Scope { depth: most, ..scope };
            Lists::of(orders, &learnt, (Options { scope, ..options }, verdict))
        });
        Recommender { neighbours, lists, card }
    }
}

/// What came of the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Too few accounts came back.
    TooFew,
    /// What is bought together put new products higher; what is bought again is learnt.
    AlsoBought,
    /// The next-basket models put new products higher.
    NextBasket,
}

impl Verdict {
    fn is_learnt(self) -> bool {
        self != Self::TooFew
    }
}

/// One account and what is needed to speak of it.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Its key.
    pub account: i64,
    /// What it bought.
    pub purchases: &'a [Purchase],
    /// The day.
    pub as_of: Day,
    /// New products at most; half as many to buy again.
    pub most: usize,
    /// Turns a product's id into its name.
    pub names: &'a dyn Fn(&str) -> String,
}

impl Recommender {
    /// What is bought together.
    pub fn neighbours(&self) -> &Neighbours {
        &self.neighbours
    }

    /// The model card: method, rows, how each method met held-out baskets, and the verdict.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// The products for an account: new ones, then those to buy again, each the best first.
    pub fn recommend(&self, asked: Asked<'_>) -> Vec<Recommendation> {
        let Asked { account, purchases, most, names, .. } = asked;
        let Some(account) = self.lists.as_ref().and_then(|lists| lists.account(account)) else {
            return self.neighbours.recommend(purchases, most, names);
        };
        let mut all = if account.new.is_empty() {
            self.neighbours.recommend(purchases, most, names)
        } else {
            self.new_ones(&account, asked)
        };
        all.extend(self.repeat(&account, asked));
        all
    }

    fn new_ones(&self, account: &lists::Account<'_>, asked: Asked<'_>) -> Vec<Recommendation> {
        let bought = self.neighbours.places(asked.purchases);
        let speakers = self.neighbours.speakers(&bought);
        let spoken = |item: u32| speakers.get(&item).cloned().unwrap_or_default();
        // A purchase before the days that histories go back to makes a product no newer.
        let fresh = account
            .new
            .iter()
            .filter(|pick| bought.binary_search_by_key(&pick.item, |(place, _)| *place).is_err());
        let told = fresh.take(asked.most).map(|pick| {
            let said = words::Said { neighbours: &self.neighbours, account, asked };
            let mut with = spoken(pick.item);
            let lead = pick.lead().filter(|lead| !with.contains(lead));
            with.extend(lead);
            Recommendation {
                product: self.neighbours.item(pick.item).0.into(),
                kind: Recommended::New,
                score: f64::from(pick.score),
                with: with.into_iter().map(|place| self.neighbours.item(place).0.into()).collect(),
                because: vec![Evidence {
                    words: said.of_new(pick),
                    source: said.source(pick),
                    on: None,
                }],
            }
        });
        told.collect()
    }

    fn repeat(&self, account: &lists::Account<'_>, asked: Asked<'_>) -> Vec<Recommendation> {
        let told = account.repeat.iter().take(lists::again(asked.most)).filter_map(|pick| {
            let product = self.neighbours.item(pick.item).0;
            let purchase = asked.purchases.iter().find(|it| it.product.as_str() == product)?;
            let said = words::Said { neighbours: &self.neighbours, account, asked };
            Some(Recommendation {
                product: product.into(),
                kind: Recommended::Repeat,
                score: f64::from(pick.score),
                with: Vec::new(),
                because: vec![Evidence {
                    words: said.repeat(pick, purchase),
                    source: format!("orders {}", purchase.last_order),
                    on: Some(purchase.last_on),
                }],
            })
        });
        told.collect()
    }
}

/// The name of a fitted method for a kind of products.
fn method(learnt: &Fit, kind: models::next_basket::slate::Kind) -> &'static str {
    learnt.of(kind).method.name()
}

#[cfg(test)]
mod tests;
