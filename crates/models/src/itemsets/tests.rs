//! Against counting all subsets, and rules that were planted.

use std::collections::BTreeMap;

use super::*;
use crate::baskets::Baskets;

fn options(min_count: u32) -> Options {
    Options { min_count, longest: None, most: 1_000_000, threads: 2 }
}

/// Every frequent set with its count, found by looking at all subsets of all baskets.
fn all_subsets(baskets: &Baskets, min_count: u32) -> BTreeMap<Vec<u32>, u32> {
    let mut counts = BTreeMap::new();
    for basket in baskets.iter() {
        for mask in 1_u32..1 << basket.len() {
            let set = basket.iter().enumerate().filter(|(at, _)| mask >> at & 1 == 1);
            *counts.entry(set.map(|(_, item)| *item).collect::<Vec<_>>()).or_insert(0) += 1;
        }
    }
    counts.retain(|_, count| *count >= min_count);
    counts
}

fn listed(itemsets: &Itemsets) -> BTreeMap<Vec<u32>, u32> {
    let mut sets = BTreeMap::new();
    itemsets.for_each(|set, count| {
        let mut set = set.to_vec();
        set.sort_unstable();
        assert_eq!(sets.insert(set, count), None, "each set once");
    });
    sets
}

/// Baskets in which item `i` is with probability 1 / (i + 1), and pairs of the same remainder attract.
fn made_up(baskets: u64, kinds: u64, seed: u64) -> Baskets {
    let mut state = seed;
    let mut draw = move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let lists: Vec<Vec<u32>> = (0..baskets)
        .map(|_| {
            let theme = draw() % 3;
            let items = (0..kinds).filter(|item| {
                let odds = if item % 3 == theme { item / 2 + 1 } else { item + 2 };
                draw() % odds == 0
            });
            items.filter_map(|item| u32::try_from(item).ok()).collect()
        })
        .collect();
    Baskets::from_lists(&lists, usize::try_from(kinds).expect("few"))
}

#[test]
fn every_frequent_set_is_found_with_its_count() {
    for (seed, baskets, kinds) in [(1, 300, 14), (2, 1000, 11), (3, 40, 16), (4, 500, 3)] {
        let baskets = made_up(baskets, kinds, seed);
        for min_count in [1, 2, 5, 30] {
            let found = mine(&baskets, &options(min_count)).expect("not too many");
            assert_eq!(listed(&found), all_subsets(&baskets, min_count), "{seed} {min_count}");
            assert_eq!(found.by_length().iter().sum::<usize>(), found.len());
        }
    }
}

#[test]
fn a_longest_set_can_be_stated() {
    let baskets = made_up(200, 12, 9);
    let found = mine(&baskets, &Options { longest: Some(2), ..options(2) }).expect("not too many");
    let mut expected = all_subsets(&baskets, 2);
    expected.retain(|set, _| set.len() <= 2);
    assert_eq!(listed(&found), expected);
}

#[test]
fn too_many_are_refused() {
    let baskets = Baskets::from_lists(&vec![(0..40).collect::<Vec<u32>>(); 3], 40);
    let refused = mine(&baskets, &Options { most: 5000, ..options(3) }).expect_err("2^40 sets");
    assert_eq!(refused.to_string(), "more than 5000 itemsets are in at least 3 baskets");
}

#[test]
fn rules_are_those_that_counting_gives() {
    let baskets = made_up(400, 12, 5);
    let sets = all_subsets(&baskets, 4);
    let mut expected = BTreeMap::new();
    for (set, both) in sets.iter().filter(|(set, _)| set.len() > 1) {
        for consequent in set {
            let left: Vec<u32> = set.iter().filter(|item| *item != consequent).copied().collect();
            if f64::from(*both) / f64::from(sets[&left]) >= 0.4 {
                let second = sets[&vec![*consequent]];
                expected.insert((left.clone(), *consequent), (sets[&left], second, *both));
            }
        }
    }
    let itemsets = mine(&baskets, &options(4)).expect("not too many");
    let wanted = RulesOptions { min_confidence: 0.4, most: 100_000, threads: 2 };
    let found = rules(&itemsets, &wanted).expect("not too many");
    let narrow = |count: u64| u32::try_from(count).expect("small");
    let listed: BTreeMap<_, _> = found
        .iter()
        .map(|rule| {
            let it = rule.together;
            let counts = (narrow(it.first), narrow(it.second), narrow(it.both));
            ((rule.antecedent.to_vec(), rule.consequent), counts)
        })
        .collect();
    assert_eq!(listed, expected);
    assert_eq!(found.len(), expected.len(), "each once");
    let lifts: Vec<f64> = found.iter().map(|rule| rule.together.lift()).collect();
    assert!(lifts.is_sorted_by(|a, b| a >= b));
    assert_eq!(
        rules(&itemsets, &RulesOptions { most: 3, ..wanted }).err(),
        Some(TooManyRules { most: 3 })
    );
}

#[test]
fn one_thread_finds_the_same_in_the_same_order() {
    let baskets = made_up(600, 20, 6);
    let one = mine(&baskets, &Options { threads: 1, ..options(5) }).expect("not too many");
    let four = mine(&baskets, &Options { threads: 4, ..options(5) }).expect("not too many");
    let said = |itemsets: &Itemsets, threads| {
        let wanted = RulesOptions { min_confidence: 0.3, most: 1_000_000, threads };
        let found = rules(itemsets, &wanted).expect("not too many");
        found.iter().map(|rule| format!("{rule:?}")).collect::<Vec<_>>()
    };
    assert_eq!(said(&one, 1), said(&four, 4));
}

#[test]
fn leverage_is_the_excess_over_independence() {
    let baskets = Baskets::from_lists(&[vec![0, 1], vec![0, 1], vec![0], vec![]], 2);
    let itemsets = mine(&baskets, &options(1)).expect("not too many");
    let wanted = RulesOptions { min_confidence: 0.9, most: 9, threads: 1 };
    let found = rules(&itemsets, &wanted).expect("few");
    let rule = found.get(0);
    assert_eq!((rule.antecedent, rule.consequent, found.len()), (&[1][..], 0, 1));
    assert!((rule.support() - 0.5).abs() < 1e-12 && (rule.leverage() - 0.125).abs() < 1e-12);
}

#[test]
fn shares_round_up_to_counts() {
    let counts = [0.01, 0.005, 0.002, 0.001].map(|share| least_count(share, 88_162));
    assert_eq!(counts, [882, 441, 177, 89]);
    assert_eq!((least_count(0.001, 9_835), least_count(0.07, 100)), (10, 7));
    assert_eq!((least_count(0.0, 10), least_count(1.0, 10)), (1, 10));
}

/// Two rules are planted among ten independent items: 10 and 11 bring 12 four times in five, 13 brings 14.
#[test]
fn planted_rules_come_out_on_top() {
    let mut state = 11_u64;
    let mut chance = move |of_hundred: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % 100 < of_hundred
    };
    let lists: Vec<Vec<u32>> = (0..5000)
        .map(|_| {
            let mut basket: Vec<u32> = (0..10).filter(|_| chance(20)).collect();
            let (a, b, d) = (chance(25), chance(25), chance(10));
            basket.extend([(10, a), (11, b), (13, d)].iter().filter(|it| it.1).map(|it| it.0));
            if chance(if a && b { 80 } else { 2 }) {
                basket.push(12);
            }
            if chance(if d { 60 } else { 1 }) {
                basket.push(14);
            }
            basket
        })
        .collect();
    let baskets = Baskets::from_lists(&lists, 15);
    let itemsets = mine(&baskets, &options(least_count(0.01, 5000))).expect("not too many");
    let wanted = RulesOptions { min_confidence: 0.5, most: 100_000, threads: 2 };
    let found = rules(&itemsets, &wanted).expect("not too many");
    let has = |left: &[u32], right, confidence: f64| {
        let rule = found.iter().find(|it| (it.antecedent, it.consequent) == (left, right));
        let rule = rule.unwrap_or_else(|| panic!("{left:?} => {right} was planted"));
        assert!((rule.together.confidence() - confidence).abs() < 0.06, "{rule:?}");
    };
    has(&[10, 11], 12, 0.8);
    has(&[13], 14, 0.6);
    for rule in found.iter() {
        let planted = [12, 14, 13, 10, 11].contains(&rule.consequent);
        assert!(planted, "nothing else is dependent: {rule:?}");
    }
}
