//! When a series of readings will reach its limit: the distribution of the first passage, calibrated on ends of
//! the file's own series that were held out.
//!
//! The first passage by a day is the same event as a running maximum that has reached the limit by then. A method
//! says how a series goes on; how far it misses is a sum of parts that held-out ends weigh (`variance`), so that a
//! short or ragged series is less sure than a long one of the same file. From both comes the chance that no reading
//! reaches the limit, path by path (`passage`), which is then recalibrated by where held-out maxima fell in what was
//! said of them. Ends stop at level shifts: dates hold as long as no plan changes.

pub mod series;
pub mod curve;
pub mod methods;
pub mod errors;
mod variance;
mod passage;
mod crossing;
mod ends;
pub mod choose;

pub use choose::{Chosen, Course, Judged, Settings, fit};
pub use crossing::Crossing;
pub use errors::Spread;
pub use series::{Kind, Reading, Series};
