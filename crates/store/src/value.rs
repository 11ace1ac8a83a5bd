//! A value of a column, and a row of them, as they go to and come from the store.

/// One value of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// Text, a word, an id, a currency code or an ISO date.
    Text(String),
    /// A whole number, minor units of money, microseconds of an instant, or a flag (0, 1).
    Int(i64),
    /// A finite number.
    Real(f64),
}

/// The values of one row, in the order of [`Store::columns`](crate::Store::columns).
pub type Row = Vec<Value>;

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Takes the values of a row one after the other, as the types that the schema says they have.
pub(crate) struct Fields(std::vec::IntoIter<Value>);

impl Fields {
    pub(crate) fn of(row: Row) -> Self {
        Self(row.into_iter())
    }

    /// A row of a text and a whole number.
    pub(crate) fn pair(row: Row) -> (String, i64) {
        let mut fields = Self::of(row);
        (fields.text(), fields.int())
    }

    fn next(&mut self) -> Value {
        self.0.next().expect("a row has as many values as were asked for")
    }

    pub(crate) fn text(&mut self) -> String {
        self.optional_text().expect("the schema says that this text is never null")
    }

    pub(crate) fn int(&mut self) -> i64 {
        self.optional_int().expect("the schema says that this number is never null")
    }

    pub(crate) fn real(&mut self) -> f64 {
        match self.next() {
            Value::Real(number) => number,
            other => {
                unreachable!("{other:?} was read from a column of numbers that are never null")
            }
        }
    }

    pub(crate) fn optional_text(&mut self) -> Option<String> {
        match self.next() {
            Value::Text(text) => Some(text),
            Value::Null => None,
            other => unreachable!("{other:?} was read from a column of texts"),
        }
    }

    pub(crate) fn optional_int(&mut self) -> Option<i64> {
        match self.next() {
            Value::Int(number) => Some(number),
            Value::Null => None,
            other => unreachable!("{other:?} was read from a column of whole numbers"),
        }
    }
}
