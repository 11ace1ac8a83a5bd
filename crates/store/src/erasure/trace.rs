//! Where a person shows in one table, by the names of its columns.

use domain::redact::Scope;

use super::Person;
use crate::open::Backend;
use crate::sql::Sort;
use crate::tables::{AnyColumn, AnyTable};
use crate::value::{Row, Value};

/// Tables that hold nothing of people.
pub(super) const LEFT_ALONE: [&str; 9] = [
    "leases",
    "lake_pins",
    "lake_files",
    "lake_retired",
    "erasures",
    "erasure_salt",
    "key_counters",
    "sessions",
    "login_failures",
];

/// A row that has one of these of the person's is the person's own.
const OWNED_BY: [&str; 4] = ["account_id", "from_id", "to_id", "account_key"];
/// These point at the account from a row of another.
const POINTS_AT_ACCOUNT: [&str; 2] = ["parent_id", "merged_into"];
/// These point at the contact.
const POINTS_AT_CONTACT: [&str; 3] = ["contact_id", "contact_key", "reports_to"];
/// Free text of a row that is linked to the person: it goes whole.
const FREE_TEXT: [&str; 7] = ["subject", "body", "comment", "note", "text", "message", "evidence"];
/// Names and addresses of others, which they may share with the person.
const OF_OTHERS: [(&str, &[&str]); 5] = [
    ("accounts", &["name", "name_kana"]),
    ("contacts", &["name", "email", "phone"]),
    ("reps", &["name", "email", "rep_id"]),
    ("users", &["login", "name", "role", "rep_id", "password"]),
    ("audit", &["login", "act", "detail", "outcome", "address"]),
];

/// A table, and the person looked for.
pub(super) struct Trace<'a> {
    pub(super) table: &'a AnyTable,
    pub(super) person: &'a Person,
}

/// What becomes of a row.
pub(super) enum Fate {
    /// It is the person's.
    Goes,
    /// It stays with these values.
    Becomes(Row),
}

impl Trace<'_> {
    pub(super) fn key_places(&self) -> Vec<usize> {
        let columns = self.table.columns.iter().enumerate();
        columns.filter(|(_, column)| column.key).map(|(place, _)| place).collect()
    }

    /// Which rows may have to do with the person, as SQL; `None` when no row can.
    pub(super) fn condition(&self, backend: Backend) -> Option<(String, Vec<Value>)> {
        let mut parts = Vec::new();
        let mut values: Vec<Value> = Vec::new();
        for column in &self.table.columns {
            let sought = self.sought(column);
            if sought.is_empty() {
                continue;
            }
            let marks: Vec<String> =
                (values.len() + 1..=values.len() + sought.len()).map(|n| format!("${n}")).collect();
            values.extend(sought);
            parts.push(format!("\"{}\" IN ({})", column.name, marks.join(", ")));
        }
        let first = values.len() + 1;
        let words: Vec<&str> = self.person.redaction.words(Scope::Own).collect();
        values.extend(words.iter().map(|word| Value::from(*word)));
        for column in self.table.columns.iter().filter(|column| self.is_searched(column)) {
            for at in first..first + words.len() {
                let name = &column.name;
                parts.push(match backend {
                    Backend::Sqlite => format!("instr(lower(\"{name}\"), ${at}) > 0"),
                    Backend::Postgres => format!(
                        "strpos(translate(\"{name}\", 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', \
                         'abcdefghijklmnopqrstuvwxyz'), ${at}) > 0"
                    ),
                });
            }
        }
        (!parts.is_empty()).then(|| (parts.join(" OR "), values))
    }

    /// What becomes of a row; `None` when the person is not in it.
    pub(super) fn fate(&self, row: &Row) -> Option<Fate> {
        let cells = || self.table.columns.iter().zip(row);
        let is_in = |column: &AnyColumn, value: &Value| self.sought(column).contains(value);
        if cells().any(|(column, value)| takes_the_row(column) && is_in(column, value)) {
            return Some(Fate::Goes);
        }
        let points = |column: &AnyColumn| POINTS_AT_CONTACT.contains(&column.name.as_str());
        let linked = cells().any(|(column, value)| points(column) && is_in(column, value));
        let scope = if self.is_own(row) { Scope::Own } else { Scope::Any };
        let new: Row = cells()
            .map(|(column, value)| {
                if is_in(column, value) {
                    return Value::Null;
                }
                let Value::Text(text) = value else { return value.clone() };
                if linked && FREE_TEXT.contains(&column.name.as_str()) {
                    return if column.required { "".into() } else { Value::Null };
                }
                let clean =
                    self.is_searched(column).then(|| self.person.redaction.scrub(text, scope));
                clean.flatten().map_or_else(|| value.clone(), Value::Text)
            })
            .collect();
        (new != *row).then_some(Fate::Becomes(new))
    }

    /// The values of this column that are the person's.
    fn sought(&self, column: &AnyColumn) -> Vec<Value> {
        let person = self.person;
        let texts = |ids: &[String]| ids.iter().map(Value::from).collect();
        let keys = |keys: &[i64]| keys.iter().map(|key| Value::Int(*key)).collect();
        let name = column.name.as_str();
        if name == "account_key" {
            keys(&person.account_keys)
        } else if name == "contact_key" {
            keys(&person.contact_keys)
        } else if OWNED_BY.contains(&name) || POINTS_AT_ACCOUNT.contains(&name) {
            texts(&person.account_ids)
        } else if POINTS_AT_CONTACT.contains(&name) {
            texts(&person.contact_ids)
        } else {
            Vec::new()
        }
    }

    fn is_searched(&self, column: &AnyColumn) -> bool {
        let of_others = OF_OTHERS.iter().any(|(table, columns)| {
            *table == self.table.name && columns.contains(&column.name.as_str())
        });
        column.sort == Sort::Text && !of_others
    }

    /// Whether the row belongs to the person's account.
    fn is_own(&self, row: &Row) -> bool {
        self.table.columns.iter().zip(row).any(|(column, value)| {
            match (column.name.as_str(), value) {
                ("account_id", Value::Text(id)) => self.person.own_accounts.contains(id),
                ("account_key", Value::Int(key)) => self.person.own_keys.contains(key),
                _ => false,
            }
        })
    }
}

/// Whether a row loses more than the ids by which it pointed at the person.
pub(super) fn loses_text(table: &AnyTable, row: &Row, new: &Row) -> bool {
    let changed =
        table.columns.iter().zip(row.iter().zip(new)).filter(|(_, (old, new))| old != new);
    let mut names = changed.map(|(column, _)| column.name.as_str());
    names.any(|name| !POINTS_AT_CONTACT.contains(&name) && !POINTS_AT_ACCOUNT.contains(&name))
}

/// Whether a row goes whole when this column is the person's.
fn takes_the_row(column: &AnyColumn) -> bool {
    let name = column.name.as_str();
    OWNED_BY.contains(&name) || (POINTS_AT_CONTACT.contains(&name) && column.required)
}
