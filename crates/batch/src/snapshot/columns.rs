//! Rows as columns of places in a list of distinct values: entities say the same again and again, and a night
//! holds all of them.

use rustc_hash::FxHashMap;
use store::{Row, Value};

/// The values of many rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    rows: usize,
    columns: Vec<Column>,
}

/// One column: which value each row has.
#[derive(Debug, Clone, Default)]
struct Column {
    places: Vec<u32>,
    values: Vec<Value>,
}

/// A value that can be looked for; numbers by their bits.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Null,
    Text(String),
    Int(i64),
    Real(u64),
}

impl From<Value> for Key {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Text(text) => Self::Text(text),
            Value::Int(number) => Self::Int(number),
            Value::Real(number) => Self::Real(number.to_bits()),
        }
    }
}

impl From<Key> for Value {
    fn from(key: Key) -> Self {
        match key {
            Key::Null => Self::Null,
            Key::Text(text) => Self::Text(text),
            Key::Int(number) => Self::Int(number),
            Key::Real(bits) => Self::Real(f64::from_bits(bits)),
        }
    }
}

impl Columns {
    /// Takes the rows apart, each in turn, so that both forms are never whole at once.
    pub(super) fn of(rows: Vec<Row>) -> Self {
        let width = rows.first().map_or(0, Vec::len);
        let count = rows.len();
        let mut seen: Vec<FxHashMap<Key, u32>> = (0..width).map(|_| FxHashMap::default()).collect();
        let mut places: Vec<Vec<u32>> = (0..width).map(|_| Vec::with_capacity(count)).collect();
        for row in rows {
            for ((value, seen), places) in row.into_iter().zip(&mut seen).zip(&mut places) {
                let next = u32::try_from(seen.len()).expect("a table has fewer than 2^32 rows");
                places.push(*seen.entry(value.into()).or_insert(next));
            }
        }
        let column = |(places, seen): (Vec<u32>, FxHashMap<Key, u32>)| {
            let mut values = vec![Value::Null; seen.len()];
            for (key, place) in seen {
                values[place as usize] = key.into();
            }
            Column { places, values }
        };
        Self { rows: count, columns: places.into_iter().zip(seen).map(column).collect() }
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.rows
    }

    pub(super) fn value(&self, row: usize, column: usize) -> &Value {
        let column = &self.columns[column];
        &column.values[column.places[row] as usize]
    }

    /// The values of a row.
    pub(super) fn row(&self, row: usize) -> impl Iterator<Item = &Value> {
        (0..self.columns.len()).map(move |column| self.value(row, column))
    }

    /// The rows as they were.
    pub(super) fn rows(&self) -> Vec<Row> {
        (0..self.rows).map(|row| self.row(row).cloned().collect()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_were() {
        let text = |text: &str| Value::Text(text.to_owned());
        let rows = vec![
            vec![text("a"), Value::Int(1), Value::Real(0.0)],
            vec![text("b"), Value::Null, Value::Real(-0.0)],
            vec![text("a"), Value::Int(1), Value::Null],
            vec![Value::Null, Value::Int(2), Value::Real(0.5)],
        ];
        let columns = Columns::of(rows.clone());
        assert_eq!((columns.rows(), columns.len()), (rows, 4));
        assert_eq!(columns.columns[1].values.len(), 3, "a value is kept once");
        let Value::Real(zero) = columns.value(1, 2) else { panic!("a number") };
        assert!(zero.is_sign_negative(), "numbers keep their bits");
        assert!(Columns::of(Vec::new()).rows().is_empty());
    }
}
