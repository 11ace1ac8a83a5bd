//! Whom a treatment moves: effects that differ between rows, learnt from rows with and without it.

pub mod qini;
mod design;
mod ridge;
mod ground;
mod learner;
mod randomised;
mod crossfit;
mod average;
mod choose;
mod halves;
mod segment;
mod study;

pub use average::Average;
pub use choose::{Choice, Judged, LEVEL};
pub use ground::Base;
pub use learner::{Kind, METHODS, Method};
pub use randomised::{OVERLAP, Randomised};
pub use segment::{NEGLIGIBLE, ROW_LEVEL, Segment};
pub use study::{ARM_ROWS, Assumption, Options, Scored, Study, TRIM, Trial, Unusable, Verdict};

#[cfg(test)]
mod tests;
