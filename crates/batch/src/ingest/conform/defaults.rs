//! What a column holds when the file does not say.

use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, AsArray, BooleanArray, Float64Array, StringArray};
use arrow::datatypes::{Float64Type, Int64Type};
use domain::canonical::Entity;

use super::{Terms, position, with_gaps_from};

/// A default.
enum Default {
    /// The value of another column.
    SameAs(&'static str),
    /// A word.
    Word(&'static str),
    /// A number.
    Number(f64),
    /// A return when quantity or amount is negative, else a sale.
    SaleOrReturn,
    /// `open` when there is no closing day.
    OpenUnlessClosed,
}

/// Table, column, default; the design's canonical tables state them.
const DEFAULTS: &[(&str, &str, Default)] = &[
    ("accounts", "name", Default::SameAs("account_id")),
    ("products", "name", Default::SameAs("product_id")),
    ("limits", "window", Default::Word("none")),
    ("subscriptions", "effective_on", Default::SameAs("started_on")),
    ("orders", "quantity", Default::Number(1.0)),
    ("orders", "kind", Default::SaleOrReturn),
    ("usage", "kind", Default::Word("gauge")),
    ("surveys", "question", Default::Word("nps")),
    ("web_events", "kind", Default::Word("page")),
    ("proposals", "outcome", Default::OpenUnlessClosed),
];

/// Fills the gaps of a batch.
pub(super) fn fill(entity: &Entity, arrays: &mut [ArrayRef], terms: &Terms) {
    for (_, column, default) in DEFAULTS.iter().filter(|(name, ..)| *name == entity.name) {
        let Some(at) = position(entity, column).filter(|at| arrays[*at].null_count() > 0) else {
            continue;
        };
        if *column == "effective_on" && terms.versions_by_snapshot {
            continue;
        }
        let filler = filler(entity, arrays, default);
        arrays[at] = with_gaps_from(&arrays[at], &filler);
    }
}

fn filler(entity: &Entity, arrays: &[ArrayRef], default: &Default) -> ArrayRef {
    let column = |name: &str| position(entity, name).map(|at| &arrays[at]);
    let rows = arrays.first().map_or(0, arrow::array::Array::len);
    match default {
        Default::SameAs(other) => column(other).map_or_else(
            || arrow::array::new_null_array(&arrow::datatypes::DataType::Utf8, rows),
            Arc::clone,
        ),
        Default::Word(word) => {
            Arc::new(StringArray::from_iter_values(std::iter::repeat_n(*word, rows)))
        }
        Default::Number(number) => Arc::new(Float64Array::from(vec![*number; rows])),
        Default::SaleOrReturn => {
            let quantity = column("quantity").map(AsArray::as_primitive::<Float64Type>);
            let amount = column("amount").map(AsArray::as_primitive::<Int64Type>);
            let negative = |row: usize| {
                quantity.is_some_and(|array| array.is_valid(row) && array.value(row) < 0.0)
                    || amount.is_some_and(|array| array.is_valid(row) && array.value(row) < 0)
            };
            let words = (0..rows).map(|row| if negative(row) { "return" } else { "sale" });
            Arc::new(StringArray::from_iter_values(words))
        }
        Default::OpenUnlessClosed => {
            let closed = column("closed_at").map(|array| arrow::compute::is_not_null(array));
            let closed = closed.and_then(Result::ok);
            let closed = closed.unwrap_or_else(|| BooleanArray::from(vec![false; rows]));
            Arc::new(
                closed.iter().map(|c| (c != Some(true)).then_some("open")).collect::<StringArray>(),
            )
        }
    }
}
