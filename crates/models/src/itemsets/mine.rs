//! The search, one tree for each leading item, on several threads.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::bits::{self, BitRows};
use super::database::{Database, Tally};
use super::tree::{Itemsets, Node, Tree};
use crate::baskets::Baskets;

/// What to look for.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Baskets that must hold a set, at least 1.
    pub min_count: u32,
    /// Items of the longest set to look for; `None` for all.
    pub longest: Option<usize>,
    /// Itemsets beyond which the search is given up.
    pub most: usize,
    /// Threads; the result does not depend on it.
    pub threads: usize,
}

/// More itemsets are frequent than were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than {most} itemsets are in at least {min_count} baskets")]
pub struct TooMany {
    /// The limit.
    pub most: usize,
    /// The least count that was asked for.
    pub min_count: u32,
}

/// All itemsets in at least `min_count` baskets, or that they are too many. The same for any number of threads.
pub fn mine(baskets: &Baskets, options: &Options) -> Result<Itemsets, TooMany> {
    let options = Options { min_count: options.min_count.max(1), ..*options };
    let database = frequent(baskets, options.min_count);
    let items: Vec<u32> = database.ranks.clone();
    let mut ranked = database;
    ranked.ranks = (0..).take(items.len()).collect();
    let search = Search {
        database: &ranked,
        options,
        found: AtomicUsize::new(items.len()),
        next: AtomicUsize::new(0),
        trees: Mutex::new(vec![Tree::new(); items.len()]),
    };
    thread::scope(|scope| {
        for _ in 1..options.threads.clamp(1, items.len().max(1)) {
            scope.spawn(|| search.work());
        }
        search.work();
    });
    if search.found.into_inner() > options.most {
        return Err(TooMany { most: options.most, min_count: options.min_count });
    }
    let trees = search.trees.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok(Itemsets { items, trees, baskets: baskets.len() })
}

/// The baskets with frequent items only, the rarest being item 0; `ranks` holds the items' own numbers.
fn frequent(baskets: &Baskets, min_count: u32) -> Database {
    let counts = baskets.counts();
    let mut items: Vec<u32> = (0_u32..)
        .zip(&counts)
        .filter(|(_, count)| **count >= min_count)
        .map(|(item, _)| item)
        .collect();
    items.sort_by_key(|item| (counts[*item as usize], *item));
    let mut places = vec![u32::MAX; baskets.kinds()];
    for (place, item) in (0_u32..).zip(&items) {
        places[*item as usize] = place;
    }
    let mut database = Database::default();
    let mut basket: Vec<u32> = Vec::new();
    for list in baskets.iter() {
        basket.clear();
        basket.extend(list.iter().map(|item| places[*item as usize]).filter(|at| *at != u32::MAX));
        if basket.len() > 1 {
            basket.sort_unstable();
            database.push(basket.iter().copied());
        }
    }
    database.counts = items.iter().map(|item| counts[*item as usize]).collect();
    database.ranks = items;
    database.index();
    database
}

struct Search<'a> {
    database: &'a Database,
    options: Options,
    found: AtomicUsize,
    next: AtomicUsize,
    trees: Mutex<Vec<Tree>>,
}

/// What one thread keeps from tree to tree, so that memory is asked for once.
#[derive(Default)]
struct Hand {
    tally: Tally,
    databases: Vec<Database>,
    rows: Vec<BitRows>,
    tree: Tree,
}

impl Search<'_> {
    fn work(&self) {
        let mut hand = Hand::default();
        loop {
            let item = self.next.fetch_add(1, Ordering::Relaxed);
            if item >= self.database.items() || self.is_over() {
                return;
            }
            hand.tree.clear();
            let rank = u32::try_from(item).unwrap_or(u32::MAX);
            let count = self.database.counts[item];
            hand.tree.push(Node { rank, count, first: 0, extensions: 0 });
            self.extend(&mut hand, self.database, item, (0, 1));
            let tree = Tree::from(hand.tree.as_slice());
            let trees = self.trees.lock();
            trees.unwrap_or_else(std::sync::PoisonError::into_inner)[item] = tree;
        }
    }

    fn is_over(&self) -> bool {
        self.found.load(Ordering::Relaxed) > self.options.most
    }

    /// Whether sets of so many items may still grow.
    fn may_grow(&self, length: usize) -> bool {
        self.options.longest.is_none_or(|longest| length < longest) && !self.is_over()
    }

    /// Adds the sets that extend the one at `node`, of `length` items, whose last item is `item`.
    fn extend(
        &self,
        hand: &mut Hand,
        from: &Database,
        item: usize,
        (node, length): (usize, usize),
    ) {
        if !self.may_grow(length) {
            return;
        }
        let mut beside = hand.databases.pop().unwrap_or_default();
        from.beside(item, self.options.min_count, &mut hand.tally, &mut beside);
        let first = self.grow(&mut hand.tree, node, (&beside.ranks, &beside.counts));
        if beside.baskets >= self.options.min_count as usize {
            if bits::pays(&beside) {
                let mut rows = hand.rows.pop().unwrap_or_default();
                rows.fill(&beside);
                self.extend_all(hand, &rows, (first, length + 1));
                hand.rows.push(rows);
            } else {
                beside.index();
                for next in 0..beside.items() {
                    self.extend(hand, &beside, next, (first + next, length + 1));
                }
            }
        }
        hand.databases.push(beside);
    }

    /// The same for all sets that end in the items of `rows`, the first of which stands at `first`.
    fn extend_all(&self, hand: &mut Hand, rows: &BitRows, (first, length): (usize, usize)) {
        if !self.may_grow(length) {
            return;
        }
        let mut beside = hand.rows.pop().unwrap_or_default();
        for item in 0..rows.ranks.len() {
            rows.beside(item, self.options.min_count, &mut beside);
            let at = self.grow(&mut hand.tree, first + item, (&beside.ranks, &beside.counts));
            if beside.ranks.len() > 1 {
                self.extend_all(hand, &beside, (at, length + 1));
            }
        }
        hand.rows.push(beside);
    }

    /// Hangs sets under a node; where the first of them stands.
    fn grow(&self, tree: &mut Tree, node: usize, (ranks, counts): (&[u32], &[u32])) -> usize {
        let first = tree.len();
        if ranks.is_empty() {
            return first;
        }
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        (tree[node].first, tree[node].extensions) = (number(first), number(ranks.len()));
        let sets = ranks.iter().zip(counts);
        tree.extend(sets.map(|(rank, count)| Node {
            rank: *rank,
            count: *count,
            first: 0,
            extensions: 0,
        }));
        self.found.fetch_add(ranks.len(), Ordering::Relaxed);
        first
    }
}
