//! Arrow rows to rows of the store.

use ::store::{Row, Value};
use arrow::array::{Array as _, ArrayRef, AsArray as _, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};
use domain::canonical::Entity;
use domain::time::Day;

/// One row.
pub(super) fn row(batch: &RecordBatch, row: usize) -> Row {
    batch.columns().iter().map(|column| value(column, row)).collect()
}

fn value(array: &ArrayRef, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Int64 => Value::Int(array.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => Value::Real(array.as_primitive::<Float64Type>().value(row)),
        DataType::Date32 => {
            Value::Text(Day(array.as_primitive::<Date32Type>().value(row)).to_string())
        }
        DataType::Timestamp(..) => {
            Value::Int(array.as_primitive::<TimestampMicrosecondType>().value(row))
        }
        _ => Value::Text(array.as_string::<i32>().value(row).to_owned()),
    }
}

/// The key of a row as one text: its parts with a separator that no text of a file holds.
pub(super) fn key(entity: &Entity, row: &Row) -> String {
    let mut key = String::new();
    for name in entity.key {
        let at = entity.columns.iter().position(|column| column.name == *name);
        match at.and_then(|at| row.get(at)) {
            Some(Value::Text(text)) => key.push_str(text),
            Some(Value::Int(number)) => key.push_str(&number.to_string()),
            Some(Value::Real(number)) => key.push_str(&number.to_string()),
            Some(Value::Null) | None => {}
        }
        key.push('\u{1f}');
    }
    key
}

/// The text in a column of a row.
pub(super) fn text(row: &Row, at: usize) -> Option<&str> {
    match row.get(at) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}
