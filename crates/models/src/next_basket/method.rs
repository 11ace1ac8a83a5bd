//! The methods that are compared on held-out baskets.

use super::mixture::{Mixture, Voice};
use super::slate::{Candidate, Slate};

/// A way to rank a slate.
#[derive(Debug, Clone, PartialEq)]
pub enum Method {
    /// What everybody buys.
    Popularity,
    /// The customer's own frequency with recency decay; ties and the rest by popularity.
    Personal,
    /// Hu, He, Gao and Zhang (2020), equation 5: own x the customer's grouped profile + (1 - own) x the
    /// neighbours' mean.
    TifuKnn {
        /// The share of the customer's own profile, 0..=1.
        own: f32,
    },
    /// Faggioli, Polato and Aiolli (2020), section 3.
    UpCf,
    /// What goes with the customer's items, and what follows the last.
    ItemItem,
    /// The choice model over all of them.
    Blend(Box<Mixture>),
}

impl Method {
    /// Its name in tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Popularity => "popularity",
            Self::Personal => "personal",
            Self::TifuKnn { .. } => "tifu-knn",
            Self::UpCf => "up-cf",
            Self::ItemItem => "item-item",
            Self::Blend(_) => "blend",
        }
    }

    /// A candidate's utility, greater is better: any finite number.
    pub fn utility(&self, slate: &Slate, it: &Candidate) -> f64 {
        let score = match self {
            Self::Blend(mixture) => return mixture.utility(slate, it),
            Self::Popularity => it.lately,
            Self::Personal => it.habit.map_or(0.0, |habit| habit.rate + LEAST),
            Self::TifuKnn { own } => own * it.own + (1.0 - own) * it.grouped,
            Self::UpCf => it.faded,
            Self::ItemItem => it.together + it.then,
        };
        // What a method says nothing of goes by popularity, below all that it speaks for.
        f64::from(score + LEAST * LEAST + LEAST * it.lately * TIE).ln()
    }

    /// What each voice adds for a candidate.
    pub fn voices(&self, slate: &Slate, it: &Candidate) -> Vec<(Voice, f64)> {
        let voice = match self {
            Self::Blend(mixture) => return mixture.voices(slate, it),
            Self::Personal if it.habit.is_some() => Voice::Personal,
            Self::Popularity | Self::Personal => Voice::Popular,
            Self::TifuKnn { .. } | Self::UpCf => Voice::Neighbours,
            Self::ItemItem if it.then > it.together => Voice::Then,
            Self::ItemItem => Voice::Together,
        };
        vec![(voice, 1.0)]
    }
}

/// What a method at least says where it says anything, and how far popularity parts ties.
const LEAST: f32 = 1e-3;
const TIE: f32 = 0.1;
