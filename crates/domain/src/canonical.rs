//! The canonical tables: which columns a file may have, what they hold, and what is the key.
//!
//! Ingest, the store's schema, export and the reference page all follow this one list. Amounts are
//! decimals in files and integer minor units inside; days are ISO dates; instants are microseconds UTC.

mod accounts;
mod catalogue;
mod contracts;
mod events;

/// Where an entity's rows live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// A table of the SQL store.
    Store,
    /// Parquet files of the lake, by month.
    Lake,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Free text or an id of its own entity.
    Text,
    /// The id of a row of another entity; an unknown one gets a placeholder and a warning.
    Ref(&'static str),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A whole number within these bounds.
    Whole(i64, i64),
    /// A number within these bounds.
    Number(f64, f64),
    /// Money: minor units of the row's `currency` column, else of the file's or workspace's currency.
    Amount,
    /// An ISO 4217 code.
    Currency,
    /// A civil day.
    Day,
    /// A moment; a day alone means its start in the workspace's zone.
    Instant,
    /// `true` or `false`, stored as 1 or 0.
    Flag,
}

/// One column of a canonical table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Column {
    /// Its name in files, SQL and Parquet.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether a row without it is refused.
    pub required: bool,
}

/// One canonical table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entity {
    /// The table's and the file's name.
    pub name: &'static str,
    /// Where it lives.
    pub home: Home,
    /// What one row is.
    pub about: &'static str,
    /// The columns of the key, in order. A key column that may be empty counts as the empty text.
    pub key: &'static [&'static str],
    /// The column by which a row counts as of a day, if rows are dated.
    pub dated: Option<&'static str>,
    /// Whether unknown columns are kept as attributes (accounts only).
    pub attributes: bool,
    /// The columns, in the order of exports.
    pub columns: &'static [Column],
}

impl Entity {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether rows carry amounts of money.
    pub fn has_amounts(&self) -> bool {
        self.columns.iter().any(|column| column.kind == Kind::Amount)
    }
}

/// The column that keeps an account's unknown columns, as a JSON object with sorted keys.
pub const ATTRIBUTES: &str = "attributes";

/// Every canonical table, in the order in which references are satisfied.
pub const ENTITIES: &[Entity] = &[
    accounts::REPS,
    accounts::ABSENCES,
    accounts::ACCOUNTS,
    accounts::ACCOUNT_LINKS,
    accounts::ACCOUNT_TEAM,
    accounts::CONTACTS,
    accounts::PERMISSIONS,
    catalogue::PRODUCTS,
    catalogue::PRICES,
    catalogue::LIMITS,
    catalogue::RELEASES,
    catalogue::OFFERS,
    catalogue::RATES,
    contracts::SUBSCRIPTIONS,
    contracts::MRR_SNAPSHOTS,
    events::ACTIVITIES,
    accounts::ACCOUNT_FACTS,
    events::PROPOSALS,
    events::SURVEYS,
    contracts::RESULTS,
    events::ORDERS,
    events::USAGE,
    events::WEB_EVENTS,
];

/// The entity of that name.
pub fn entity(name: &str) -> Option<&'static Entity> {
    ENTITIES.iter().find(|entity| entity.name == name)
}

const fn need(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, required: true }
}

const fn may(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, required: false }
}

const fn text(name: &'static str) -> Column {
    may(name, Kind::Text)
}

const fn day(name: &'static str) -> Column {
    may(name, Kind::Day)
}

const COUNT: Kind = Kind::Whole(0, 1_000_000_000);
const SHARE: Kind = Kind::Number(0.0, 1.0);
const ANY_NUMBER: Kind = Kind::Number(-1e15, 1e15);
const POSITIVE: Kind = Kind::Number(0.0, 1e15);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_keys_and_references_exist() {
        for (i, entity) in ENTITIES.iter().enumerate() {
            assert!(ENTITIES[..i].iter().all(|other| other.name != entity.name), "{}", entity.name);
            for key in entity.key {
                assert!(entity.column(key).is_some(), "{}.{key}", entity.name);
            }
            for (j, column) in entity.columns.iter().enumerate() {
                let before = &entity.columns[..j];
                assert!(before.iter().all(|other| other.name != column.name), "{}", column.name);
                if let Kind::Ref(target) = column.kind {
                    let target = super::entity(target).expect(target);
                    assert_eq!(target.key.len(), 1, "{}.{}", entity.name, column.name);
                }
            }
            if let Some(dated) = entity.dated {
                let kind = entity.column(dated).expect(dated).kind;
                assert!(matches!(kind, Kind::Day | Kind::Instant), "{}", entity.name);
            }
        }
    }

    #[test]
    fn amounts_stand_beside_a_currency_or_a_product() {
        for entity in ENTITIES.iter().filter(|entity| entity.has_amounts()) {
            let beside = entity.column("currency").is_some()
                || entity.name == "mrr_snapshots"
                || entity.name == "offers";
            assert!(beside, "{}", entity.name);
        }
    }
}
