//! The odds of candidates, and what is recommended.

use decide::candidate::{Evidence, Odds, Recommendation, Recommended};

use super::{fields, words};

fields! {
    Odds { opportunity, in_window, won, organic, stay, stay_if_taken, because }
    Evidence { words, source, on }
    Recommendation { product, kind, score, with, because }
}

words! {
    Recommended { New, Repeat }
}
