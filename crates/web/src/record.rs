//! Rows of canonical tables, read by column name, as of a day.

use domain::canonical::{self, Entity};
use domain::money::Currency;
use domain::time::{Day, Instant, Zone};
use store::{Row, Store, StoreError, Value};

/// One row with its columns' names.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    entity: &'static Entity,
    row: Row,
}

impl Record {
    /// A row of `entity`, in the order of its columns.
    pub(crate) fn new(entity: &'static Entity, row: Row) -> Self {
        Self { entity, row }
    }

    fn value(&self, column: &str) -> Option<&Value> {
        let place = self.entity.columns.iter().position(|known| known.name == column)?;
        self.row.get(place)
    }

    /// The text of a column; empty when there is none.
    pub(crate) fn text(&self, column: &str) -> &str {
        match self.value(column) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// The text of a column, if it is not empty.
    pub(crate) fn some(&self, column: &str) -> Option<String> {
        let text = self.text(column);
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// An attribute of an account's other columns, as text.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        let place = store::Store::columns(self.entity)
            .iter()
            .position(|column| *column == canonical::ATTRIBUTES)?;
        let Some(Value::Text(json)) = self.row.get(place) else { return None };
        let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(json).ok()?;
        match object.get(name)? {
            serde_json::Value::String(text) => Some(text.clone()),
            serde_json::Value::Null => None,
            other => Some(other.to_string()),
        }
    }

    /// The whole number of a column.
    pub(crate) fn whole(&self, column: &str) -> Option<i64> {
        match self.value(column) {
            Some(Value::Int(n)) => Some(*n),
            _ => None,
        }
    }

    /// The number of a column.
    pub(crate) fn number(&self, column: &str) -> Option<f64> {
        match self.value(column) {
            Some(Value::Real(x)) => Some(*x),
            Some(Value::Int(n)) => Some(*n as f64),
            _ => None,
        }
    }

    /// The day of a column.
    pub(crate) fn day(&self, column: &str) -> Option<Day> {
        Day::parse_iso(self.text(column))
    }

    /// The moment of a column.
    pub(crate) fn instant(&self, column: &str) -> Option<Instant> {
        self.whole(column).map(Instant)
    }

    /// The amount of a column in the row's currency, else in `currency`, as people read it.
    pub(crate) fn amount(&self, column: &str, currency: Currency) -> Option<String> {
        let own = Currency::parse(self.text("currency")).unwrap_or(currency);
        self.whole(column).map(|minor| own.display(minor))
    }

    /// The entity's name and the row's key: where a statement comes from.
    pub(crate) fn source(&self) -> String {
        let key = self.entity.key.first().map_or("", |column| self.text(column));
        format!("{} {key}", self.entity.name)
    }
}

/// Reads rows as they were at the end of a day.
#[derive(Clone, Copy)]
pub(crate) struct Records<'a> {
    pub(crate) store: &'a Store,
    pub(crate) zone: &'a Zone,
    /// The run's day; `None` reads everything.
    pub(crate) as_of: Option<Day>,
}

impl Records<'_> {
    /// The rows of `entity` whose `column` is `text`, without those dated later than the day.
    pub(crate) async fn of(
        &self,
        entity: &str,
        column: &'static str,
        text: &str,
    ) -> Result<Vec<Record>, StoreError> {
        let Some(entity) = canonical::entity(entity) else { return Ok(Vec::new()) };
        let is = Value::Text(text.to_owned());
        let rows = self.store.read_where(entity, column, &is).await?;
        let records = rows.into_iter().map(|row| Record::new(entity, row));
        Ok(records.filter(|record| self.counts(record)).collect())
    }

    /// The day of a moment in the workspace's zone, unless it is later than the day.
    pub(crate) fn day_of(&self, record: &Record, column: &str) -> Option<Day> {
        let day = self.zone.day_of(record.instant(column)?);
        self.as_of.is_none_or(|as_of| day <= as_of).then_some(day)
    }

    /// A day of the row, unless it is later than the day.
    pub(crate) fn day(&self, record: &Record, column: &str) -> Option<Day> {
        let day = record.day(column)?;
        self.as_of.is_none_or(|as_of| day <= as_of).then_some(day)
    }

    fn counts(&self, record: &Record) -> bool {
        let Some((as_of, dated)) = self.as_of.zip(record.entity.dated) else { return true };
        let day = record.day(dated).or_else(|| {
            let at = record.instant(dated)?;
            Some(self.zone.day_of(at))
        });
        day.is_none_or(|day| day <= as_of)
    }
}
