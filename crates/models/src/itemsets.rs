//! Frequent itemsets, exactly, and the rules that follow from them.
//!
//! An itemset is frequent when at least `min_count` baskets hold all its items. They are found depth first,
//! the rarest item of a set leading: the baskets that hold a prefix are written down again with the items that
//! are still frequent among them (the conditional database of Han, Pei and Yin 2000, "Mining Frequent Patterns
//! without Candidate Generation"), and as soon as such a database is dense enough for it, its
//! items become rows of bits whose intersections are counted (Zaki 2000, "Scalable Algorithms for Association
//! Mining").

mod database;
mod bits;
mod mine;
mod tree;
mod rules;

pub use mine::{Options, TooMany, mine};
pub use rules::{Rule, Rules, RulesOptions, TooManyRules, rules};
pub use tree::Itemsets;

/// The least count that a share of the baskets stands for: the whole number not below `share * baskets`.
///
/// `share` in 0..=1, where a hair above a whole number is that number: .07 of 100 is 7. At least 1.
pub fn least_count(share: f64, baskets: usize) -> u32 {
    let exact = share * baskets as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let count = (exact * (1.0 - 1e-12)).ceil() as u32;
    count.max(1)
}

#[cfg(test)]
mod tests;
