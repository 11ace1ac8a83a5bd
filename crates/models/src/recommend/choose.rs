//! The choice among methods: parts of baskets that were held out are hidden, and each method lists what it
//! expects beside the rest.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::ranking::{Popular, Scores, gini, ndcg, recall};
use super::{Method, Training};
use crate::baskets::Baskets;
use crate::neighbours::{Neighbours, Row};
use crate::parallel;

/// Items listed for each basket that was held out.
const LISTED: usize = 10;
/// Held-out baskets at most, and the fewest that tell anything.
const HELD_OUT: (usize, usize) = (4000, 20);
/// One basket in so many is held out.
const ONE_IN: usize = 5;
/// Lines and pairs within baskets that methods learn from while they are compared; more would cost minutes and
/// change no choice.
const LINES_MAX: usize = 2_000_000;
const PAIRS_MAX: usize = 60_000_000;

/// How to choose.
#[derive(Debug, Clone, Copy)]
pub struct ChoiceOptions {
    /// Which baskets are held out and what is hidden in them.
    pub seed: u64,
    /// Threads; the choice does not depend on it.
    pub threads: usize,
    /// Baskets of more items form no pairs.
    pub cap: usize,
}

/// One method on the held-out baskets.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// The method.
    pub method: Method,
    /// Mean share of the hidden items among the ten listed, 0..=1.
    pub recall: f64,
    /// Mean NDCG of the ten listed, 0..=1.
    pub ndcg: f64,
    /// Mean over baskets of NDCG less that of popularity.
    pub gain: f64,
    /// Standard error of `gain`.
    pub gain_error: f64,
    /// Share of the items that are ever listed, 0..=1.
    pub coverage: f64,
    /// Mean share of baskets that hold a listed item, 0..=1: the average recommendation popularity of
    /// Abdollahpouri and others (2019), "The Unfairness of Popularity Bias in Recommendation".
    pub popularity: f64,
    /// Gini coefficient of how often each item is listed, 0..=1.
    pub gini: f64,
}

/// What came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The method with the highest NDCG; of equals the simplest.
    pub method: Method,
    /// Every method, the simplest first; empty when there were too few baskets to compare on.
    pub tried: Vec<Tried>,
    /// Baskets held out.
    pub held_out: usize,
    /// Baskets learned from while comparing.
    pub learned_from: usize,
    /// Mean share of baskets that hold a hidden item: what an unbiased list would have.
    pub popularity_hidden: f64,
    /// Gini coefficient of the items' counts in all baskets.
    pub gini_baskets: f64,
}

/// A basket that was held out, in two parts.
struct Query {
    known: Vec<u32>,
    hidden: Vec<u32>,
}

/// Compares all methods that the number of items allows. With too few baskets of two items or more the choice is
/// shrunken similarity, untried.
pub fn choose(baskets: &Baskets, options: &ChoiceOptions) -> Choice {
    let mut draws = ChaCha8Rng::seed_from_u64(options.seed);
    let mut order: Vec<u32> = (0_u32..).take(baskets.len()).collect();
    shuffle(&mut order, &mut draws);
    let usable = |basket: &&u32| (2..=options.cap).contains(&baskets.get(**basket as usize).len());
    let many = order.iter().filter(usable).count() / ONE_IN;
    let held: Vec<u32> = order.iter().filter(usable).take(many.min(HELD_OUT.0)).copied().collect();
    let queries: Vec<Query> =
        held.iter().map(|basket| split(baskets.get(*basket as usize), &mut draws)).collect();
    let train = training(baskets, &order, &held);
    let neighbours = Neighbours::new(&train, options.cap);
    let rows = rows(&neighbours, &queries, options.threads);
    let training = Training {
        neighbours: &neighbours,
        rows: &rows,
        seed: options.seed,
        threads: options.threads,
    };
    let shares = shares(&train);
    let mut choice = Choice {
        method: Method::Similar { balance: 0.5, shrinkage: 10.0 },
        tried: Vec::new(),
        held_out: queries.len(),
        learned_from: train.len(),
        popularity_hidden: mean(
            queries.iter().flat_map(|it| &it.hidden).map(|it| shares[*it as usize]),
        ),
        gini_baskets: gini(&baskets.counts()),
    };
    if queries.len() < HELD_OUT.1 {
        return choice;
    }
    let mut of_popularity: Vec<f64> = Vec::new();
    for method in Method::all(baskets.kinds()) {
        let Some(lists) = lists(method, &training, &queries) else { continue };
        let of_method: Vec<f64> =
            lists.iter().zip(&queries).map(|(list, it)| ndcg(list, &it.hidden, LISTED)).collect();
        if of_popularity.is_empty() {
            of_popularity.clone_from(&of_method);
        }
        let recalls = lists.iter().zip(&queries).map(|(list, it)| recall(list, &it.hidden));
        let gains: Vec<f64> = of_method.iter().zip(&of_popularity).map(|(a, b)| a - b).collect();
        let mut listed = vec![0; baskets.kinds()];
        lists.iter().flatten().for_each(|item| listed[*item as usize] += 1);
        let ever = listed.iter().filter(|count| **count > 0).count();
        choice.tried.push(Tried {
            method,
            recall: mean(recalls),
            ndcg: mean(of_method.iter().copied()),
            gain: mean(gains.iter().copied()),
            gain_error: standard_error(&gains),
            coverage: ever as f64 / baskets.kinds().max(1) as f64,
            popularity: mean(lists.iter().flatten().map(|item| shares[*item as usize])),
            gini: gini(&listed),
        });
    }
    // Of equals the earlier one: the simpler.
    let better = |best: &Tried, next: &Tried| next.ndcg > best.ndcg;
    let mut best = 0;
    for next in 1..choice.tried.len() {
        if better(&choice.tried[best], &choice.tried[next]) {
            best = next;
        }
    }
    choice.method = choice.tried[best].method;
    choice
}

/// The pair counts of all items that are known in a query, counted once for all methods.
fn rows(neighbours: &Neighbours, queries: &[Query], threads: usize) -> Vec<Vec<(u32, u32)>> {
    let mut asked = vec![false; neighbours.counts().len()];
    queries.iter().flat_map(|it| &it.known).for_each(|item| asked[*item as usize] = true);
    parallel::map(asked.len(), threads, Row::default, |row, item| {
        if !asked[item] {
            return Vec::new();
        }
        neighbours.row(u32::try_from(item).unwrap_or(u32::MAX), row);
        row.both.clone()
    })
}

/// The lists of a method for all queries.
fn lists(method: Method, training: &Training, queries: &[Query]) -> Option<Vec<Vec<u32>>> {
    let scorer = method.fit(training)?;
    let counts = training.neighbours.counts();
    let popular = Popular::new(counts);
    let start = || Scores::new(counts.len());
    Some(parallel::map(queries.len(), training.threads, start, |scores, query| {
        let known = &queries[query].known;
        scores.clear();
        scorer.score(known, scores);
        scores.best(LISTED, known, &popular)
    }))
}

/// Hides the lesser half of a basket, at least one item.
fn split(basket: &[u32], draws: &mut ChaCha8Rng) -> Query {
    let mut items = basket.to_vec();
    shuffle(&mut items, draws);
    let hidden = items.split_off(items.len().div_ceil(2));
    Query { known: items, hidden }
}

/// The baskets to learn from: those not held out, up to the limits, in the order drawn.
fn training(baskets: &Baskets, order: &[u32], held: &[u32]) -> Baskets {
    let mut is_held = vec![false; baskets.len()];
    held.iter().for_each(|basket| is_held[*basket as usize] = true);
    let (mut lines, mut pairs) = (0, 0);
    let free = order.iter().map(|basket| *basket as usize).filter(|basket| !is_held[*basket]);
    let taken = free.take_while(|basket| {
        let length = baskets.get(*basket).len();
        lines += length;
        pairs += length * length;
        lines <= LINES_MAX && pairs <= PAIRS_MAX
    });
    let taken: Vec<usize> = taken.collect();
    baskets.chosen(taken)
}

/// The share of baskets that hold each item.
fn shares(baskets: &Baskets) -> Vec<f64> {
    let all = baskets.len().max(1) as f64;
    baskets.counts().iter().map(|count| f64::from(*count) / all).collect()
}

/// Fisher and Yates, as in Knuth (1998), vol. 2, algorithm 3.4.2P.
fn shuffle(list: &mut [u32], draws: &mut ChaCha8Rng) {
    for last in (1..list.len()).rev() {
        let below = (u128::from(draws.next_u64()) * (last as u128 + 1)) >> 64;
        list.swap(last, usize::try_from(below).unwrap_or(0));
    }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    sum / f64::from(count.max(1))
}

fn standard_error(values: &[f64]) -> f64 {
    let (n, centre) = (values.len() as f64, mean(values.iter().copied()));
    let squares: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
    if n < 2.0 { 0.0 } else { (squares / (n - 1.0) / n).sqrt() }
}
