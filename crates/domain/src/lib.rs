//! The vocabulary: typed ids, money, time, probabilities, and the nouns of expansion revenue.
//!
//! No IO, no serialisation, no clock, no unseeded randomness. Every other crate speaks these words;
//! each boundary (files, SQL, Parquet, HTML) converts to and from them in one place.

pub mod ids;
pub mod time;
pub mod money;
pub mod probability;
pub mod words;
pub mod motion;
pub mod redact;
pub mod canonical;
