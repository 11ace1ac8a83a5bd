//! Itemsets, rules and learned neighbours on a grocer's and a supermarket's baskets.
//!
//! Hahsler, Gruen and Hornik (2005), "arules - A Computational Environment for Mining Association Rules and
//! Frequent Item Sets": 5,668 rules of Groceries at support .001 and confidence .5.

use std::collections::BTreeMap;

use models::baskets::Baskets;
use models::itemsets::{Itemsets, Options, RulesOptions, least_count, mine, rules};
use models::recommend::{ChoiceOptions, Method, choose};

use super::data;

/// One basket a line, and the items' names in order.
fn read(set: &str, file: &str, separator: char) -> Option<(Baskets, Vec<String>)> {
    let text =
        std::fs::read_to_string(data::folder(set)?.join(file)).expect("the data set is whole");
    let lines: Vec<Vec<&str>> = text
        .lines()
        .map(|line| line.split(separator).map(str::trim).filter(|item| !item.is_empty()).collect())
        .filter(|items: &Vec<&str>| !items.is_empty())
        .collect();
    let names: BTreeMap<&str, u32> =
        lines.iter().flatten().map(|name| (*name, 0)).collect::<BTreeMap<_, _>>();
    let names: BTreeMap<&str, u32> = names.into_keys().zip(0..).collect();
    let lists: Vec<Vec<u32>> =
        lines.iter().map(|items| items.iter().map(|name| names[name]).collect()).collect();
    let baskets = Baskets::from_lists(&lists, names.len());
    Some((baskets, names.into_keys().map(str::to_owned).collect()))
}

fn frequent(baskets: &Baskets, min_count: u32) -> Itemsets {
    let options = Options { min_count, longest: None, most: 10_000_000, threads: 2 };
    mine(baskets, &options).expect("not too many")
}

#[test]
fn groceries_has_the_published_rules() {
    let Some((baskets, names)) = read("groceries", "groceries.csv", ',') else { return };
    assert_eq!((baskets.len(), names.len()), (9835, 169));
    let itemsets = frequent(&baskets, least_count(0.001, baskets.len()));
    assert_eq!(itemsets.len(), 13_492);
    let confident = |min_confidence| {
        let options = RulesOptions { min_confidence, most: 1_000_000, threads: 2 };
        rules(&itemsets, &options).expect("not too many")
    };
    assert_eq!((confident(0.5).len(), confident(0.8).len()), (5668, 410));
    let found = confident(0.5);
    let top = found.get(0);
    let left: Vec<&str> =
        top.antecedent.iter().map(|item| names[*item as usize].as_str()).collect();
    assert_eq!(left, ["Instant food products", "soda"]);
    assert_eq!(names[top.consequent as usize], "hamburger meat");
    assert!((top.together.lift() - 18.995_654).abs() < 5e-7, "{}", top.together.lift());
}

#[test]
fn retail_has_the_counts_that_others_find() {
    let Some((baskets, names)) = read("fimi_retail", "retail.dat", ' ') else { return };
    assert_eq!((baskets.len(), names.len()), (88_162, 16_470));
    let found = [882, 441, 177, 89].map(|min_count| frequent(&baskets, min_count).len());
    assert_eq!(found, [159, 580, 2691, 7589]);
    assert_eq!(frequent(&baskets, 9).len(), 240_852);
}

/// The least by which the chosen method must beat popularity on baskets it has not seen: NDCG@10, and in
/// standard errors.
const MARGIN: (f64, f64) = (0.01, 3.0);

#[test]
fn learned_neighbours_beat_popularity_on_groceries() {
    let Some((baskets, _)) = read("groceries", "groceries.csv", ',') else { return };
    for seed in 1..=3 {
        let choice = choose(&baskets, &ChoiceOptions { seed, threads: 2, cap: 1000 });
        let chosen = choice.tried.iter().find(|it| it.method == choice.method).expect("tried");
        assert_ne!(choice.method, Method::Popularity);
        assert!(
            chosen.gain > MARGIN.0 && chosen.gain > MARGIN.1 * chosen.gain_error,
            "seed {seed}: {chosen:?} of {:#?}",
            choice.tried
        );
    }
}
