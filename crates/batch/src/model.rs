//! One model on any file, for analysts (`nobishiro model NAME`): a file nobody mapped is read as columns
//! ([`sheet`]), a model of `models` works on them, one row a subject goes out ([`table`]), and what was
//! fitted is said ([`summary`]).

pub mod forecast;
pub mod ltv;
pub mod baskets;
pub mod rules;
pub mod also_bought;
pub mod next_basket;
pub mod nps;
pub mod retention;
pub mod ope;
pub mod attributes;
pub mod propensity;
pub mod sheet;
pub mod summary;
pub mod table;
pub mod uplift;
