//! Columns of the accounts file that no canonical column takes, where they hold numbers: as numbers by
//! name, for features and models. Texts stay in the store.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use arrow::array::RecordBatch;
use domain::canonical::ATTRIBUTES;
use serde_json::{Map, Value};

use super::{batch, number, text, whole};
use crate::snapshot::Snapshot;

pub(super) const COLUMNS: (&str, &str) = ("attributes", "account_key, name, value");

/// Most digits before the point: a longer number is a telephone or registration number rather than a
/// quantity, and those stay out of the files of a run.
const DIGITS_MAX: usize = 9;

/// Numbers by attribute and account. An attribute that holds anything but numbers is not among them.
pub type Attributes = BTreeMap<String, BTreeMap<i64, f64>>;

/// The numeric attributes of the accounts.
pub fn numeric(snapshot: &Snapshot) -> Attributes {
    let mut found = Attributes::new();
    let mut other: BTreeSet<String> = BTreeSet::new();
    for record in snapshot.table("accounts").iter() {
        let Some(key) = snapshot.account(record.id("account_id")) else { continue };
        let Some(Ok(object)) = record.text(ATTRIBUTES).map(serde_json::from_str) else { continue };
        let object: Map<String, Value> = object;
        for (name, value) in object {
            match quantity(&value) {
                Some(value) => {
                    found.entry(name).or_default().insert(key, value);
                }
                None => {
                    other.insert(name);
                }
            }
        }
    }
    found.retain(|name, _| !other.contains(name));
    found
}

/// The value as a quantity; a number that is too long for one is an id.
pub(crate) fn quantity(value: &Value) -> Option<f64> {
    match value {
        Value::Bool(flag) => Some(f64::from(u8::from(*flag))),
        Value::Number(number) => {
            let digits = number.to_string();
            let whole = digits.trim_start_matches('-').split('.').next().unwrap_or_default();
            number.as_f64().filter(|_| whole.len() <= DIGITS_MAX)
        }
        _ => None,
    }
}

pub(super) fn rows(attributes: &Attributes) -> Result<RecordBatch> {
    let all = || attributes.iter().flat_map(|(name, of)| of.iter().map(move |(k, v)| (name, k, v)));
    batch(vec![
        ("account_key", whole(all().map(|(_, key, _)| Some(*key)))),
        ("name", text(all().map(|(name, _, _)| Some(name.as_str())))),
        ("value", number(all().map(|(_, _, value)| Some(*value)))),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_numbers_of_a_quantitys_length() {
        let check = |json: &str, expected: Option<f64>| {
            let value: Value = serde_json::from_str(json).expect("JSON");
            assert_eq!(quantity(&value), expected, "{json}");
        };
        check("12", Some(12.0));
        check("-3.25", Some(-3.25));
        check("true", Some(1.0));
        check("123456789.5", Some(123_456_789.5));
        check("2025550123", None);
        check("\"09012345678\"", None);
        check("\"pro\"", None);
        check("null", None);
    }
}
