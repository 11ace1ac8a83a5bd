//! What each customer buys next, of what they bought before and of what is new to them.
//!
//! A [`history::History`] holds every customer's baskets in order. Five methods score items for a customer:
//! what the customer bought ([`personal`]), what customers alike bought ([`neighbours`], twice), what goes
//! with the customer's items ([`companions`]), and what everybody buys ([`popular`]). [`mixture`] learns one
//! choice model over their scores, with weights of its own for items bought before and for new ones.
//! [`fit`] chooses all settings by predicting last baskets that are held out; [`recommend`] ranks, with
//! the reason of each item.
//!
//! Nothing depends on the number of threads: a customer is worked on by one thread, and sums over customers
//! run in their order.

pub mod history;
pub mod fade;
pub mod sums;
pub mod measure;
pub mod personal;
pub mod popular;
pub mod neighbours;
pub mod companions;
pub mod slate;
pub mod mixture;
pub mod lesson;
pub mod grid;
pub mod calibration;
pub mod method;
pub mod effort;
pub mod fit;
pub mod met;
pub mod recommend;
