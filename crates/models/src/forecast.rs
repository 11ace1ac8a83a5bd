//! When a series of readings will reach its limit: the distribution of the first passage, calibrated on ends of
//! the file's own series that were held out.
//!
//! The first passage by a day is the same event as a running maximum that has reached the limit by then. So each
//! method says where the *running maximum* will be at each distance, its errors on held-out ends say how far it
//! misses, and their quantiles turn the limit into a date (split conformal prediction: Vovk, Gammerman and Shafer
//! 2005, section 4.1, with errors scaled by each series' own noise as in Lei et al. 2018, section 5.2). No error
//! is assumed to be normal, and none to grow with the square root of time: the growth is fitted.

pub mod series;
pub mod curve;
pub mod methods;
pub mod errors;
pub mod choose;

pub use choose::{Chosen, Course, Judged, Settings, fit};
pub use errors::{Crossing, Spread};
pub use series::{Kind, Reading, Series};
