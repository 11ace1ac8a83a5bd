//! How an entity's rows stand in its table.

use domain::canonical::{ATTRIBUTES, Entity, Home, Kind};

use crate::StoreError;
use crate::sql::{Column, Sort, Table};
use crate::value::{Row, Value};

/// The column that marks placeholder rows: the last one of every table.
pub(super) const PLACEHOLDER: Column<'static> = ("placeholder", Sort::Int);
/// Its value in a placeholder row.
pub(super) const IS_PLACEHOLDER: Value = Value::Int(1);
/// Its value in a row that has been ingested.
const IS_REAL: Value = Value::Int(0);

/// The columns of an entity's rows.
pub(super) fn columns(entity: &Entity) -> Vec<&'static str> {
    let own = entity.columns.iter().map(|column| column.name);
    own.chain(entity.attributes.then_some(ATTRIBUTES)).collect()
}

/// An entity as its table has it.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) entity: &'static Entity,
    columns: Vec<&'static str>,
    key: Vec<usize>,
}

impl Shape {
    pub(super) fn of(entity: &'static Entity) -> Result<Self, StoreError> {
        if entity.home != Home::Store {
            return Err(misfit(entity, "", "its rows live in the lake, not in the store"));
        }
        let columns = columns(entity);
        let place = |name: &&str| columns.iter().position(|column| column == name);
        let key = entity.key.iter().filter_map(place).collect();
        Ok(Self { entity, columns, key })
    }

    /// The places of the key's columns.
    pub(super) fn key(&self) -> &[usize] {
        &self.key
    }

    /// The place of the one key column.
    pub(super) fn single_key(&self) -> Result<usize, StoreError> {
        match self.key[..] {
            [only] if self.sort(only) == Sort::Text => Ok(only),
            _ => Err(misfit(self.entity, "", "its key is not a single id")),
        }
    }

    pub(super) fn place(&self, name: &str) -> Result<usize, StoreError> {
        let place = self.columns.iter().position(|column| *column == name);
        place.ok_or_else(|| misfit(self.entity, name, "there is no such column"))
    }

    fn sort(&self, place: usize) -> Sort {
        match self.entity.columns.get(place).map(|column| column.kind) {
            Some(Kind::Whole(..) | Kind::Amount | Kind::Instant | Kind::Flag) => Sort::Int,
            Some(Kind::Number(..)) => Sort::Real,
            _ => Sort::Text,
        }
    }

    /// The sorts of the columns of its rows.
    pub(super) fn sorts(&self) -> impl Iterator<Item = Sort> + '_ {
        (0..self.columns.len()).map(|place| self.sort(place))
    }

    pub(super) fn sql_column(&self, place: usize) -> Column<'static> {
        (self.columns[place], self.sort(place))
    }

    /// The columns of its table: those of its rows, then the mark of placeholders.
    pub(super) fn sql_columns(&self) -> Vec<Column<'static>> {
        (0..self.columns.len()).map(|place| self.sql_column(place)).chain([PLACEHOLDER]).collect()
    }

    /// Its table with `columns` from [`Self::sql_columns`].
    pub(super) fn table<'a>(&self, columns: &'a [Column<'a>]) -> Table<'a> {
        Table { name: self.entity.name, columns, key: self.entity.key }
    }

    /// `"a", "b"`.
    pub(super) fn select_list(&self) -> String {
        let names: Vec<_> = self.columns.iter().map(|name| format!("\"{name}\"")).collect();
        names.join(", ")
    }

    /// A row as it stands in the table, marked as real.
    pub(super) fn to_stored(&self, row: &[Value]) -> Result<Row, StoreError> {
        if row.len() != self.columns.len() {
            let why = format!("a row has {} values, not {}", self.columns.len(), row.len());
            return Err(misfit(self.entity, "", &why));
        }
        let values =
            row.iter().enumerate().map(|(place, value)| self.to_stored_value(place, value));
        values.chain([Ok(IS_REAL)]).collect()
    }

    /// A value as it stands in the column at `place`.
    pub(super) fn to_stored_value(&self, place: usize, value: &Value) -> Result<Value, StoreError> {
        let refused = |why: &str| Err(misfit(self.entity, self.columns[place], why));
        let sort = self.sort(place);
        match (value, sort) {
            (Value::Null, Sort::Text) if self.key.contains(&place) => {
                Ok(Value::Text(String::new()))
            }
            (Value::Null, Sort::Int) if self.key.contains(&place) => Ok(Value::Int(0)),
            (Value::Null, Sort::Real) if self.key.contains(&place) => Ok(Value::Real(0.0)),
            (Value::Text(text), Sort::Text) if text.contains('\0') => {
                refused("a text cannot hold a NUL character; remove it from the file")
            }
            (Value::Real(number), Sort::Real) if !number.is_finite() => {
                refused("a number must be finite; leave the cell empty when there is none")
            }
            // SQLite keeps no negative zero.
            (Value::Real(number), Sort::Real) => Ok(Value::Real(number + 0.0)),
            (Value::Int(number), Sort::Real) => Ok(Value::Real(*number as f64)),
            (Value::Null, _) | (Value::Text(_), Sort::Text) | (Value::Int(_), Sort::Int) => {
                Ok(value.clone())
            }
            _ => refused(&format!("{value:?} is not of the column's sort, {sort:?}")),
        }
    }

    /// Makes the empty texts of optional key columns null again.
    pub(super) fn read_back(&self, row: &mut Row) {
        for place in &self.key {
            let optional = !self.entity.columns[*place].required;
            if optional && row[*place] == Value::Text(String::new()) {
                row[*place] = Value::Null;
            }
        }
    }
}

fn misfit(entity: &Entity, column: &str, why: &str) -> StoreError {
    let dot = if column.is_empty() { "" } else { "." };
    StoreError::Misfit { at: format!("{}{dot}{column}", entity.name), why: why.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::canonical::entity;

    fn shape(name: &str) -> Shape {
        Shape::of(entity(name).expect(name)).expect(name)
    }

    #[test]
    fn rows_have_the_columns_of_the_registry_and_attributes() {
        let accounts = columns(entity("accounts").expect("accounts"));
        assert_eq!(accounts.first(), Some(&"account_id"));
        assert_eq!(accounts.last(), Some(&"attributes"));
        assert_eq!(columns(entity("rates").expect("rates")), ["currency", "on", "rate"]);
    }

    #[test]
    fn absent_keys_are_stored_as_empty_and_read_back_as_null() {
        let prices = shape("prices");
        let mut row = vec![Value::Null; columns(prices.entity).len()];
        row[0] = "P1".into();
        let mut stored = prices.to_stored(&row).expect("a row");
        let at = |name: &str| prices.place(name).expect(name);
        assert_eq!(stored[at("plan_version")], Value::from(""));
        assert_eq!(stored[at("from_qty")], Value::Int(0));
        assert_eq!(stored[at("to_qty")], Value::Null);
        prices.read_back(&mut stored);
        assert_eq!(stored[at("plan_version")], Value::Null);
        assert_eq!(stored[at("unit")], Value::from(""), "required, so it stays as it is");
        assert_eq!(stored[at("from_qty")], Value::Int(0));
    }

    #[test]
    fn values_that_do_not_fit_are_refused() {
        let rates = shape("rates");
        let error = |value: Value| {
            rates.to_stored(&["EUR".into(), "2026-01-01".into(), value]).expect_err("misfit")
        };
        let said = error("x".into()).to_string();
        assert_eq!(said, "rates.rate: Text(\"x\") is not of the column's sort, Real");
        assert!(error(f64::NAN.into()).to_string().contains("must be finite"));
        assert!(rates.to_stored(&["a\0b".into(), Value::Null, 1.0.into()]).is_err());
        assert!(rates.to_stored(&["EUR".into()]).is_err());
        assert!(Shape::of(entity("orders").expect("orders")).is_err());
        assert!(shape("prices").single_key().is_err());
    }
}
