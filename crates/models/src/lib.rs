//! Mathematics on numbers and matrices; does not know what an account is.
//!
//! Every function states its unit, range, missing-value rule and source. No IO, no clock, no unseeded
//! randomness; sums run in the order of their input, so the same input gives the same bits.

pub mod rates;
pub mod association;
pub mod trend;
pub mod regression;
pub mod nps;
pub mod learn;
pub mod propensity;
pub mod uplift;
