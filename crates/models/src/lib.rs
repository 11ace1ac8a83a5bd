//! Mathematics on numbers and matrices; does not know what an account is.
//!
//! Every function states its unit, range, missing-value rule and source. No IO, no clock, no unseeded
//! randomness; sums run in the order of their input, so the same input gives the same bits.

#![allow(
    clippy::needless_range_loop,
    clippy::many_single_char_names,
    clippy::float_cmp,
    clippy::too_many_arguments,
    reason = "numeric kernels read like the formulas they cite: their letters, indices and arguments; \
              ties are told by exact comparison"
)]

pub mod rates;
pub mod association;
pub mod trend;
pub mod regression;
pub mod nps;
pub mod learn;
pub mod forecast;
pub mod special;
pub mod maximise;
pub mod ltv;
pub mod retention;
pub mod dormancy;
pub mod parallel;
pub mod inverse;
pub mod baskets;
pub mod itemsets;
pub mod neighbours;
pub mod recommend;
pub mod next_basket;
pub mod ope;
pub mod propensity;
pub mod uplift;
