//! Learners on a frame of numbers and categories: fit, predict, explain, and be judged by folds.

pub mod frame;
pub mod learner;
pub mod folds;
pub mod boosted;
pub mod linear;
pub mod function;
pub mod auc;
pub mod loss;
pub mod calibration;

pub use boosted::Boosted;
pub use frame::{Column, Frame, MISSING};
pub use function::Function;
pub use learner::{Contributions, Fitted, Learner, Sample, Task, Unfit};
pub use linear::Linear;
