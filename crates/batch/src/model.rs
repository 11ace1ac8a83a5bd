//! One model on any file, for analysts (`nobishiro model NAME`): a file nobody mapped is read as columns
//! ([`sheet`]), a model of `models` works on them, one row a subject goes out ([`table`]), and what was
//! fitted is said ([`summary`]).

pub mod attributes;
pub mod nps;
pub mod propensity;
pub mod sheet;
pub mod summary;
pub mod table;
pub mod uplift;
