//! Rules with one item on the right, from frequent itemsets.

use std::cmp::Ordering;
use std::thread;

use super::tree::{Itemsets, Place};
use crate::association::Together;

/// Which rules to keep.
#[derive(Debug, Clone, Copy)]
pub struct RulesOptions {
    /// The least share of the left side's baskets that hold the right side too, 0..=1.
    pub min_confidence: f64,
    /// Rules beyond which it is given up.
    pub most: usize,
    /// Threads; the result does not depend on it.
    pub threads: usize,
}

/// More rules hold than were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than {most} rules hold")]
pub struct TooManyRules {
    /// The limit.
    pub most: usize,
}

/// Rules in a total order: by lift, confidence and count, each falling, then by their items.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    rows: Vec<Row>,
    items: Vec<u32>,
    baskets: u64,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    from: usize,
    length: u32,
    consequent: u32,
    together: (u32, u32, u32),
}

/// Who buys the left side buys the right side too.
#[derive(Debug, Clone, Copy)]
pub struct Rule<'a> {
    /// The left side: one item or more, ascending.
    pub antecedent: &'a [u32],
    /// The right side.
    pub consequent: u32,
    /// Baskets with the left side, with the right side, with both, and all.
    pub together: Together,
}

impl Rule<'_> {
    /// Share of all baskets that hold both sides, 0..=1.
    pub fn support(&self) -> f64 {
        self.together.both as f64 / self.together.baskets as f64
    }

    /// Share of baskets with both sides above what independence would give, -1..=1: P(both) - P(left) P(right).
    ///
    /// Piatetsky-Shapiro (1991), "Discovery, Analysis, and Presentation of Strong Rules".
    pub fn leverage(&self) -> f64 {
        let Together { first, second, both, baskets } = self.together;
        let all = baskets as f64;
        both as f64 / all - (first as f64 / all) * (second as f64 / all)
    }
}

impl Rules {
    /// How many.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rule at a place below `len`.
    pub fn get(&self, at: usize) -> Rule<'_> {
        self.rule(&self.rows[at])
    }

    /// All of them in order.
    pub fn iter(&self) -> impl Iterator<Item = Rule<'_>> {
        self.rows.iter().map(|row| self.rule(row))
    }

    fn rule(&self, row: &Row) -> Rule<'_> {
        let (first, second, both) = row.together;
        Rule {
            antecedent: &self.items[row.from..row.from + row.length as usize],
            consequent: row.consequent,
            together: Together {
                first: u64::from(first),
                second: u64::from(second),
                both: u64::from(both),
                baskets: self.baskets,
            },
        }
    }

    fn sort(&mut self) {
        let mut rows = std::mem::take(&mut self.rows);
        let mut keyed: Vec<(f64, f64, Row)> = rows
            .drain(..)
            .map(|row| {
                let together = self.rule(&row).together;
                (together.lift(), together.confidence(), row)
            })
            .collect();
        keyed.sort_unstable_by(|a, b| {
            let measures = b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1));
            measures.then(b.2.together.2.cmp(&a.2.together.2)).then_with(|| self.by_items(a.2, b.2))
        });
        self.rows = keyed.into_iter().map(|(_, _, row)| row).collect();
    }

    fn by_items(&self, a: Row, b: Row) -> Ordering {
        let left = |row: &Row| &self.items[row.from..row.from + row.length as usize];
        left(&a).cmp(left(&b)).then(a.consequent.cmp(&b.consequent))
    }
}

/// The rules A => c of all itemsets A and c together, whose confidence is at least the least one. Rules with
/// nothing on the left are not made.
///
/// Agrawal and Srikant (1994), "Fast Algorithms for Mining Association Rules", section 1.1, for one item on
/// the right.
pub fn rules(itemsets: &Itemsets, options: &RulesOptions) -> Result<Rules, TooManyRules> {
    let threads = options.threads.max(1);
    // Trees interleaved: neighbours in rank are about equally large.
    let parts: Vec<Found> = thread::scope(|scope| {
        let started: Vec<_> = (0..threads)
            .map(|thread| scope.spawn(move || Found::of(itemsets, options, (thread, threads))))
            .collect();
        let joined = started.into_iter().map(thread::ScopedJoinHandle::join);
        joined.map(|it| it.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    if parts.iter().map(|part| part.rows.len()).sum::<usize>() > options.most {
        return Err(TooManyRules { most: options.most });
    }
    let mut all = Rules { baskets: itemsets.baskets as u64, ..Rules::default() };
    for part in parts {
        let offset = all.items.len();
        all.items.extend(part.items);
        all.rows.extend(part.rows.into_iter().map(|row| Row { from: row.from + offset, ..row }));
    }
    all.sort();
    Ok(all)
}

/// The rules of some trees.
struct Found<'a> {
    itemsets: &'a Itemsets,
    options: &'a RulesOptions,
    rows: Vec<Row>,
    items: Vec<u32>,
    /// The ranks of the set at hand.
    set: Vec<u32>,
    /// For each depth, the sets that the set at hand is without one of its items, in their order.
    without: Vec<Vec<Place>>,
}

impl<'a> Found<'a> {
    fn of(itemsets: &'a Itemsets, options: &'a RulesOptions, (from, step): (usize, usize)) -> Self {
        let (rows, items, set) = (Vec::new(), Vec::new(), Vec::new());
        let mut found = Self { itemsets, options, rows, items, set, without: Vec::new() };
        for tree in (from..itemsets.trees.len()).step_by(step) {
            found.descend((u32::try_from(tree).unwrap_or(u32::MAX), 0), Place::Empty);
        }
        found
    }

    /// Looks at the set at a node, which is `parent` and one item more, and at all that extend it.
    fn descend(&mut self, (tree, node): (u32, u32), parent: Place) {
        if self.rows.len() > self.options.most {
            return;
        }
        let here = self.itemsets.node(tree, node);
        let depth = self.set.len();
        if self.without.len() <= depth {
            self.without.push(Vec::new());
        }
        let mut without = std::mem::take(&mut self.without[depth]);
        without.clear();
        if depth > 0 {
            let parents = &self.without[depth - 1];
            without.extend(parents.iter().map(|it| self.itemsets.extended(*it, here.rank)));
        }
        without.push(parent);
        self.set.push(here.rank);
        if depth > 0 {
            self.say(here.count, &without);
        }
        self.without[depth] = without;
        for next in here.first..here.first + here.extensions {
            self.descend((tree, next), Place::At { tree, node });
        }
        self.set.pop();
    }

    /// Keeps the rules of the set at hand; `without` are its parts with one item less.
    fn say(&mut self, both: u32, without: &[Place]) {
        for (at, part) in without.iter().enumerate() {
            let first = self.itemsets.count(*part);
            if f64::from(both) / f64::from(first) + 1e-12 < self.options.min_confidence {
                continue;
            }
            let Itemsets { items, trees, .. } = self.itemsets;
            let rank = self.set[at] as usize;
            let from = self.items.len();
            let rest = self.set.iter().enumerate().filter(|(other, _)| *other != at);
            self.items.extend(rest.map(|(_, rank)| items[*rank as usize]));
            self.items[from..].sort_unstable();
            let length = u32::try_from(self.items.len() - from).unwrap_or(u32::MAX);
            let together = (first, trees[rank][0].count, both);
            self.rows.push(Row { from, length, consequent: items[rank], together });
        }
    }
}
