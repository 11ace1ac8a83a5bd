//! Conditions (`deal_stage != "" and amount >= 10`) and sums (`price * quantity - discount`) of mappings.
//!
//! Columns are named plainly or, when they hold blanks, in backquotes; texts stand in quotes. A
//! condition on a missing value is false, but `column = ""` asks for exactly that.

mod condition;
mod sum;
mod token;

pub(crate) use condition::Condition;
pub(crate) use sum::Sum;
pub(super) use sum::column_numbers as numbers;

#[cfg(test)]
mod tests;
