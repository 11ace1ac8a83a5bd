//! What customers who never say goodbye will still buy (lifetime value without contracts).
//!
//! A customer's purchases are summed up in three numbers ([`History`]); a [`process`](Process) of buying and
//! dropping out is fitted to all of them by maximum likelihood ([`fit`](fit::fit)), with equal histories
//! counted once ([`Histories`]), so that a million customers take seconds. [`Predictive`] says what each
//! will buy, with intervals; [`gamma_gamma`] what they spend each time.

mod histories;
mod beta_geometric;
mod pareto;
mod process;
pub mod fit;
mod predictive;
pub mod gamma_gamma;
pub mod value;
pub mod bg_bb;
#[cfg(test)]
pub(crate) mod planted;

pub use histories::{Histories, History, Totals};
pub use predictive::{Comparison, Interval, Outlook, Predictive, compare};
pub use process::{PROCESSES, Parameters, Process, process};
