//! Given candidates, policy, guards and capacities, chooses who is offered what, when, and says why.
//!
//! Pure and deterministic: `as_of` and the seed are arguments; the same input gives the same verdict
//! at night and at click time.

pub mod facts;
pub mod catalogue;
pub mod candidate;
pub mod decision;
pub mod card;
