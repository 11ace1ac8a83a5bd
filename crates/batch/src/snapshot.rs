//! The store's entities as of a day: rows that had not happened yet are gone, fields that had not
//! happened yet are empty. Everything the night knows of entities comes from here.

mod columns;

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result};
use domain::canonical::{ENTITIES, Entity, Home, Kind};
use domain::money::Currency;
use domain::time::{Day, Instant, Zone};
use sha2::{Digest, Sha256};
use store::{Row, Store, Value};

use crate::merged::{self, Merged};
use crate::month_end::{self, SheetUse};
use crate::rates::Rates;
use columns::Columns;

/// Columns that say that something happened on a day, and the columns that mean nothing before it.
const HAPPENED: &[(&str, &str, &[&str])] = &[
    ("subscriptions", "ended_on", &["churn_reason", "status"]),
    ("subscriptions", "cancel_notice_on", &[]),
    ("subscriptions", "renewal_confirmed_on", &["renewal_intent"]),
    ("contacts", "left_on", &[]),
    ("proposals", "closed_at", &["outcome", "reason"]),
    ("proposals", "updated_at", &[]),
    ("activities", "closed_at", &["status"]),
];

/// Rows of one entity, in key order.
#[derive(Debug, Clone)]
pub struct Table {
    entity: &'static Entity,
    place: HashMap<&'static str, usize>,
    columns: Columns,
}

impl Table {
    /// Rows in the store's column order.
    pub fn new(entity: &'static Entity, rows: Vec<Row>) -> Self {
        let place = Store::columns(entity).into_iter().enumerate().map(|(i, c)| (c, i)).collect();
        Self { entity, place, columns: Columns::of(rows) }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes the rows out to change them.
    pub(crate) fn take(&mut self) -> Vec<Row> {
        std::mem::take(&mut self.columns).rows()
    }

    /// Puts rows in the place of those there are.
    pub(crate) fn put(&mut self, rows: Vec<Row>) {
        self.columns = Columns::of(rows);
    }

    pub(crate) fn at(&self, column: &str) -> usize {
        *self
            .place
            .get(column)
            .unwrap_or_else(|| panic!("{} has a column {column}", self.entity.name))
    }

    /// The hash of every row.
    fn hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for value in (0..self.len()).flat_map(|row| self.columns.row(row)) {
            match value {
                Value::Null => hash.update([0]),
                Value::Text(text) => {
                    hash.update([1]);
                    hash.update((text.len() as u64).to_le_bytes());
                    hash.update(text.as_bytes());
                }
                Value::Int(number) => hash.update(number.to_le_bytes()),
                Value::Real(number) => hash.update(number.to_bits().to_le_bytes()),
            }
        }
        hash.finalize().into()
    }

    /// Each row with named access to its values.
    pub fn iter(&self) -> impl Iterator<Item = Record<'_>> {
        (0..self.len()).map(|row| self.record(row))
    }

    /// The row at a place in the order of rows.
    pub(crate) fn record(&self, row: usize) -> Record<'_> {
        Record { table: self, row }
    }
}

/// One row with named access.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    table: &'a Table,
    row: usize,
}

impl<'a> Record<'a> {
    /// The value of a column.
    pub fn value(&self, column: &str) -> &'a Value {
        self.table.columns.value(self.row, self.table.at(column))
    }

    /// A text, unless it is empty.
    pub fn text(&self, column: &str) -> Option<&'a str> {
        match self.value(column) {
            Value::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// An id that every row has.
    pub fn id(&self, column: &str) -> &'a str {
        self.text(column).unwrap_or_default()
    }

    /// A whole number: counts, minor units, flags.
    pub fn whole(&self, column: &str) -> Option<i64> {
        match self.value(column) {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// A number.
    pub fn number(&self, column: &str) -> Option<f64> {
        match self.value(column) {
            Value::Real(number) => Some(*number),
            Value::Int(number) => Some(*number as f64),
            _ => None,
        }
    }

    /// A flag.
    pub fn flag(&self, column: &str) -> Option<bool> {
        self.whole(column).map(|flag| flag != 0)
    }

    /// A day, of a day column.
    pub fn day(&self, column: &str) -> Option<Day> {
        self.text(column).and_then(Day::parse_iso)
    }

    /// The civil day of an instant column.
    pub fn day_of(&self, column: &str, zone: &Zone) -> Option<Day> {
        self.whole(column).map(|micros| zone.day_of(Instant(micros)))
    }
}

/// All entities as of a day.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The day; its end in `zone` is the moment.
    pub as_of: Day,
    /// The workspace's zone.
    pub zone: Zone,
    /// The workspace's currency.
    pub currency: Currency,
    tables: BTreeMap<&'static str, Table>,
    /// Account id to key.
    pub account_keys: HashMap<String, i64>,
    /// Contact id to key.
    pub contact_keys: HashMap<String, i64>,
    /// Placeholder account ids: spoken of, but never described.
    pub placeholder_accounts: Vec<String>,
    /// Accounts that another stands for; their ids lead to its key.
    pub merged: Merged,
    /// The keys of merged accounts, and the keys of those that stand for them.
    pub merged_keys: BTreeMap<i64, i64>,
    /// What became of the month-end sheets.
    pub sheets: SheetUse,
    /// Exchange rates.
    pub rates: Rates,
    /// The hashes of tables whose rows were dropped.
    forgotten: BTreeMap<&'static str, [u8; 32]>,
}

impl Snapshot {
    /// Reads every entity of the store as of the end of `as_of`.
    pub async fn read(store: &Store, as_of: Day, zone: &Zone, currency: Currency) -> Result<Self> {
        let mut tables = BTreeMap::new();
        for entity in ENTITIES.iter().filter(|entity| entity.home == Home::Store) {
            let rows = store
                .read(entity)
                .await
                .with_context(|| format!("could not read {} from the store", entity.name))?;
            tables.insert(entity.name, as_of_day(entity, rows, (as_of, zone)));
        }
        let flip = |keys: Vec<(i64, String)>| -> HashMap<String, i64> {
            keys.into_iter().map(|(key, id)| (id, key)).collect()
        };
        let accounts = domain::canonical::entity("accounts").expect("accounts are canonical");
        let mut ids: Vec<String> =
            tables["accounts"].iter().map(|r| r.id("account_id").to_owned()).collect();
        ids.sort();
        store.account_keys(&ids).await?;
        let mut contacts: Vec<String> =
            tables["contacts"].iter().map(|r| r.id("contact_id").to_owned()).collect();
        contacts.sort();
        store.contact_keys(&contacts).await?;
        let merged = merged::apply(&mut tables);
        let sheets = month_end::add(&mut tables);
        let mut account_keys = flip(store.all_account_keys().await?);
        let merged_keys = lead_to_survivors(&mut account_keys, &merged);
        Ok(Self {
            as_of,
            zone: zone.clone(),
            currency,
            rates: Rates::of(&tables["rates"], currency),
            tables,
            account_keys,
            contact_keys: flip(store.all_contact_keys().await?),
            placeholder_accounts: store.placeholder_ids(accounts).await?,
            merged,
            merged_keys,
            sheets,
            forgotten: BTreeMap::new(),
        })
    }

    /// The rows of an entity of the store.
    pub fn table(&self, entity: &str) -> &Table {
        assert!(!self.forgotten.contains_key(entity), "the rows of {entity} were forgotten");
        &self.tables[entity]
    }

    /// Drops the rows of these entities, which fill most of the memory, once accounts are made of them;
    /// what is left of them is their hash.
    pub fn forget(&mut self, entities: &[&'static str]) {
        for entity in entities {
            if let Some(table) = self.tables.get_mut(entity) {
                self.forgotten.insert(entity, table.hash());
                table.put(Vec::new());
            }
        }
    }

    /// The key of an account id that the snapshot knows.
    pub fn account(&self, id: &str) -> Option<i64> {
        self.account_keys.get(id).copied()
    }

    /// The hash of every row, with that of the lake's files.
    pub fn hash(&self, lake: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(lake.as_bytes());
        for (name, table) in &self.tables {
            hash.update(name.as_bytes());
            hash.update(self.forgotten.get(name).copied().unwrap_or_else(|| table.hash()));
        }
        crate::night::hex(&hash.finalize())
    }

    /// Minor units of the workspace's currency; nothing where another currency has no rate. What recurs
    /// is converted with the rate of the day looked at, what happened once with that of its own day.
    pub fn amount(&self, record: Record<'_>, column: &str) -> Option<i64> {
        let minor = record.whole(column)?;
        match record.table.entity.column("currency").and_then(|_| record.text("currency")) {
            None => Some(minor),
            Some(code) => self.rates.convert(minor, code, self.day_of_amount(record)),
        }
    }

    fn day_of_amount(&self, record: Record<'_>) -> Day {
        if record.table.entity.name != "proposals" {
            return self.as_of;
        }
        let day = |column| record.day_of(column, &self.zone);
        day("closed_at").or_else(|| day("opened_at")).unwrap_or(self.as_of)
    }

    /// Amounts that stay out of sums for want of a rate: table, currency, rows.
    pub fn without_rate(&self) -> Vec<(&'static str, String, u64)> {
        let mut found: BTreeMap<(&'static str, String), u64> = BTreeMap::new();
        for (table, column) in SUMMED {
            for record in self.table(table).iter() {
                if record.whole(column).is_some() && self.amount(record, column).is_none() {
                    let code = record.id("currency").to_owned();
                    *found.entry((table, code)).or_default() += 1;
                }
            }
        }
        found.into_iter().map(|((table, code), rows)| (table, code, rows)).collect()
    }
}

/// Amounts of the store that go into sums.
const SUMMED: [(&str, &str); 4] =
    [("subscriptions", "mrr"), ("proposals", "amount"), ("products", "price"), ("prices", "price")];

/// Lets the ids of merged accounts lead to the key of the account that stands for them.
fn lead_to_survivors(keys: &mut HashMap<String, i64>, merged: &Merged) -> BTreeMap<i64, i64> {
    let mut led = BTreeMap::new();
    for (gone, kept) in merged {
        if let (Some(from), Some(to)) = (keys.get(gone).copied(), keys.get(kept).copied()) {
            keys.insert(gone.clone(), to);
            led.insert(from, to);
        }
    }
    led
}

/// Leaves out what had not happened by the end of `as_of`.
fn as_of_day(entity: &'static Entity, mut rows: Vec<Row>, (as_of, zone): (Day, &Zone)) -> Table {
    let mut table = Table::new(entity, Vec::new());
    let end = zone.end_of_day(as_of);
    let after = |value: &Value, kind: Kind| match (value, kind) {
        (Value::Int(micros), Kind::Instant) => *micros > end.0,
        (Value::Text(text), Kind::Day) => Day::parse_iso(text).is_some_and(|day| day > as_of),
        _ => false,
    };
    if let Some(dated) = table.entity.dated {
        let (place, kind) = (table.at(dated), kind_of(table.entity, dated));
        rows.retain(|row| !after(&row[place], kind));
    }
    let happened: Vec<_> = HAPPENED
        .iter()
        .filter(|(entity, _, _)| *entity == table.entity.name)
        .map(|(_, column, dependents)| {
            let dependents: Vec<usize> = dependents.iter().map(|d| table.at(d)).collect();
            (table.at(column), kind_of(table.entity, column), dependents)
        })
        .collect();
    for row in &mut rows {
        for (place, kind, dependents) in &happened {
            if after(&row[*place], *kind) {
                row[*place] = Value::Null;
                for dependent in dependents {
                    row[*dependent] = Value::Null;
                }
            }
        }
    }
    table.put(rows);
    table
}

fn kind_of(entity: &Entity, column: &str) -> Kind {
    entity.column(column).map_or(Kind::Text, |column| column.kind)
}

/// The last day on which anything dated happened in the store's entities, today at the latest.
pub async fn last_event_day(store: &Store, zone: &Zone, today: Day) -> Result<Option<Day>> {
    let end = zone.end_of_day(today);
    let mut last = None;
    for entity in ENTITIES.iter().filter(|e| e.home == Home::Store && !CATALOGUE.contains(&e.name))
    {
        let Some(dated) = entity.dated else { continue };
        let happened = HAPPENED.iter().filter(|(name, _, _)| *name == entity.name);
        for column in happened.map(|(_, column, _)| *column).chain([dated]) {
            let until = match kind_of(entity, column) {
                Kind::Instant => Value::Int(end.0),
                _ => Value::Text(today.to_string()),
            };
            let day = match store.latest(entity, column, &until).await? {
                Some(Value::Int(micros)) => Some(zone.day_of(Instant(micros))),
                Some(Value::Text(text)) => Day::parse_iso(&text),
                _ => None,
            };
            last = last.max(day);
        }
    }
    Ok(last)
}

/// Dated entities whose days say nothing about when the customer's data end.
const CATALOGUE: &[&str] = &["prices", "releases", "rates", "permissions", "account_team"];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        entity: &str,
        given: &[(&str, Value)],
        as_of: &str,
        expected: Option<&[(&str, Value)]>,
    ) {
        let entity = domain::canonical::entity(entity).expect("canonical");
        let columns = Store::columns(entity);
        let row: Row = columns
            .iter()
            .map(|c| {
                given.iter().find(|(name, _)| name == c).map_or(Value::Null, |(_, v)| v.clone())
            })
            .collect();
        let zone = Zone::named("Asia/Tokyo").expect("Tokyo");
        let day = Day::parse_iso(as_of).expect("a day");
        let table = as_of_day(entity, vec![row], (day, &zone));
        match expected {
            None => assert!(table.is_empty()),
            Some(values) => {
                let record = table.iter().next().expect("the row stays");
                for (column, value) in values {
                    assert_eq!(record.value(column), value, "{column}");
                }
            }
        }
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn a_change_that_comes_later_has_not_happened() {
        check("subscriptions", &[("effective_on", text("2026-04-01"))], "2026-03-31", None);
    }

    #[test]
    fn an_end_that_comes_later_is_empty_with_its_reason() {
        check(
            "subscriptions",
            &[
                ("effective_on", text("2025-04-01")),
                ("ended_on", text("2026-05-01")),
                ("churn_reason", text("price")),
                ("status", text("cancelled")),
                ("renews_on", text("2026-05-01")),
            ],
            "2026-03-31",
            Some(&[
                ("ended_on", Value::Null),
                ("churn_reason", Value::Null),
                ("status", Value::Null),
                ("renews_on", text("2026-05-01")),
            ]),
        );
    }

    #[test]
    fn the_day_includes_its_last_moment_in_the_zone() {
        let zone = Zone::named("Asia/Tokyo").expect("Tokyo");
        let end = zone.end_of_day(Day::parse_iso("2026-03-31").expect("a day")).0;
        check(
            "activities",
            &[("at", Value::Int(end))],
            "2026-03-31",
            Some(&[("at", Value::Int(end))]),
        );
        check("activities", &[("at", Value::Int(end + 1))], "2026-03-31", None);
    }
}
