//! Given candidates, policy, guards and capacities, chooses who is offered what, when, and says why.
//!
//! Pure and deterministic: `as_of` and the seed are arguments; the same input gives the same verdict
//! at night and at click time.

pub mod policy;
pub mod stop;
pub mod facts;
pub mod catalogue;
pub mod eligibility;
pub mod incentive;
pub mod ltv;
pub mod look;
pub mod touch;
mod phrases;
mod approval;
pub mod candidate;
pub mod candidates;
pub mod signals;
pub mod guards;
pub mod value;
pub mod decision;
pub mod life;
pub mod natural;
pub mod bookings;
pub mod handoff;
pub mod health;
pub mod maturity;
pub mod journey;
pub mod arbitrate;
pub mod key_man;
pub mod whitespace;
pub mod plan;
pub mod card;
pub mod explain;
#[cfg(test)]
mod examples;
