//! Which items go with those in a basket: several methods behind one trait, and the choice among them by what
//! each puts first in baskets it has not seen.

mod popularity;
mod similar;
mod ease;
mod als;
mod ranking;
mod choose;

pub use choose::{Choice, ChoiceOptions, Tried, choose};
pub use ranking::Scores;

use crate::neighbours::Neighbours;

/// A fitted method: scores of items, higher for those that go better with others. Scores of different methods
/// cannot be compared.
pub trait Scorer: Send + Sync {
    /// Adds what the items `known` say of all others.
    fn score(&self, known: &[u32], scores: &mut Scores);

    /// What `item` alone says of each of `others`, given in how many baskets both are; one score each, in their
    /// order.
    fn pairs(&self, item: u32, others: &[(u32, u32)]) -> Vec<f64>;
}

/// A method with its settings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Method {
    /// The items of most baskets, whatever is in this one: what any method must beat.
    Popularity,
    /// Similar items by shared baskets.
    Similar {
        /// Weight of P(other | item) against P(item | other), 0..=1: one half is the cosine.
        balance: f64,
        /// Baskets that a pair is short of full belief: n / (n + shrinkage).
        shrinkage: f64,
    },
    /// A linear model of each item on all others.
    Ease {
        /// The ridge, above 0.
        ridge: f64,
    },
    /// Factors of baskets and items by alternating least squares.
    Als {
        /// The ridge, above 0.
        ridge: f64,
    },
}

impl Method {
    /// Its name: popularity, cosine, item-knn, ease, als.
    pub fn name(self) -> &'static str {
        match self {
            Self::Popularity => "popularity",
            Self::Similar { balance, shrinkage } if (balance, shrinkage) == (0.5, 0.0) => "cosine",
            Self::Similar { .. } => "item-knn",
            Self::Ease { .. } => "ease",
            Self::Als { .. } => "als",
        }
    }

    /// Its settings in words.
    pub fn setting(self) -> String {
        match self {
            Self::Popularity => String::new(),
            Self::Similar { balance, shrinkage } => {
                format!("balance {balance}, shrinkage {shrinkage}")
            }
            Self::Ease { ridge } => format!("ridge {ridge}"),
            Self::Als { ridge } => format!("{} factors, ridge {ridge}", als::FACTORS),
        }
    }

    /// The settings that are tried, the simplest first; only those that so many items allow.
    pub fn all(items: usize) -> Vec<Self> {
        let mut methods = vec![Self::Popularity];
        for (balance, shrinkage) in [
            (0.5, 0.0),
            (0.5, 10.0),
            (0.5, 100.0),
            (0.75, 0.0),
            (0.75, 10.0),
            (1.0, 0.0),
            (1.0, 10.0),
        ] {
            methods.push(Self::Similar { balance, shrinkage });
        }
        methods.extend([30.0, 200.0, 1000.0, 5000.0].map(|ridge| Self::Ease { ridge }));
        methods.extend([20.0, 200.0].map(|ridge| Self::Als { ridge }));
        methods.retain(|method| method.items_max().is_none_or(|most| items <= most));
        methods
    }

    /// The setting that stands for a name where none is chosen by trial; `None` for an unknown name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "popularity" => Self::Popularity,
            "cosine" => Self::Similar { balance: 0.5, shrinkage: 0.0 },
            "item-knn" => Self::Similar { balance: 0.75, shrinkage: 10.0 },
            "ease" => Self::Ease { ridge: 200.0 },
            "als" => Self::Als { ridge: 200.0 },
            _ => return None,
        })
    }

    /// Items beyond which it takes too long to fit or to score; `None` for no limit.
    pub fn items_max(self) -> Option<usize> {
        match self {
            Self::Popularity | Self::Similar { .. } => None,
            Self::Ease { .. } => Some(ease::ITEMS_MAX),
            Self::Als { .. } => Some(als::ITEMS_MAX),
        }
    }

    /// Fits it. `None` when the numbers do not allow it.
    pub fn fit<'a>(self, training: &'a Training<'a>) -> Option<Box<dyn Scorer + 'a>> {
        Some(match self {
            Self::Popularity => Box::new(popularity::Popularity::new(training)),
            Self::Similar { balance, shrinkage } => {
                Box::new(similar::Similar::new(training, balance, shrinkage))
            }
            Self::Ease { ridge } => Box::new(ease::Ease::fit(training, ridge)?),
            Self::Als { ridge } => Box::new(als::Als::fit(training, ridge)),
        })
    }
}

/// What methods are fitted on.
#[derive(Debug, Clone, Copy)]
pub struct Training<'a> {
    /// The baskets with their pair counts.
    pub neighbours: &'a Neighbours<'a>,
    /// Rows of pair counts that were asked for before, by item; those that are missing or empty are counted
    /// when they are needed.
    pub rows: &'a [Vec<(u32, u32)>],
    /// Starts the draws of methods that need any.
    pub seed: u64,
    /// Threads; no result depends on it.
    pub threads: usize,
}

#[cfg(test)]
mod tests;
