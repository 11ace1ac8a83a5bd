//! From features and history to candidates with odds: the catalogue, the facts of each account, the odds of
//! each candidate, and what the account page shows.

pub mod catalogue;
pub mod facts;
pub mod odds;
pub mod views;
