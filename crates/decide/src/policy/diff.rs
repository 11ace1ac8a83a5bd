//! What differs between two policies, key by key.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::{Policy, PolicyError};

/// One key that two policies state differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChange {
    /// The key with its section: `rules.renewal.open_days`.
    pub key: String,
    /// Its value before, as TOML.
    pub old: String,
    /// Its value after, as TOML.
    pub new: String,
}

/// The keys whose values differ from one policy's text to another's, by key. A key that a text leaves out has its
/// default.
pub fn diff(old: &str, new: &str) -> Result<Vec<KeyChange>, PolicyError> {
    let (old, new) = (keys(old)?, keys(new)?);
    let changed = new.into_iter().filter_map(|(key, new)| {
        let old = old.get(&key).cloned().unwrap_or_default();
        (old != new).then_some(KeyChange { key, old, new })
    });
    Ok(changed.collect())
}

/// Every key of a policy with its value as TOML, by key.
pub fn keys(text: &str) -> Result<BTreeMap<String, String>, PolicyError> {
    Policy::parse(text)?;
    let mut keys = BTreeMap::new();
    flatten("", &table(Policy::default_text()), &mut keys);
    let mut own = BTreeMap::new();
    flatten("", &table(text), &mut own);
    for (key, value) in own {
        // Where a number with decimals is meant, `1` is `1.0`.
        let float = keys.get(&key).is_some_and(|default| matches!(default, Value::Float(_)));
        let value = match value {
            Value::Integer(n) if float => Value::Float(n as f64),
            other => other,
        };
        keys.insert(key, value);
    }
    Ok(keys.into_iter().map(|(key, value)| (key, value.to_string())).collect())
}

fn table(text: &str) -> Table {
    text.parse().expect("a policy is TOML")
}

fn flatten(section: &str, table: &Table, keys: &mut BTreeMap<String, Value>) {
    for (name, value) in table {
        let key = if section.is_empty() { name.clone() } else { format!("{section}.{name}") };
        match value {
            Value::Table(inner) => flatten(&key, inner, keys),
            value => {
                keys.insert(key, value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(old: &str, new: &str) -> String {
        let changes = diff(old, new).expect("both are policies");
        let line = |c: &KeyChange| format!("{}: {} -> {}", c.key, c.old, c.new);
        changes.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_differs_is_named_with_both_values() {
        assert_eq!(said("", Policy::default_text()), "");
        let new = "[rules.renewal]\nopen_days = 120\n[limits]\npackages_per_account = \"none\"\n[candidates]\nterms_months = [12]\n";
        insta::assert_snapshot!(said("", new), @r#"
        candidates.terms_months: [12, 24] -> [12]
        limits.packages_per_account: 1 -> "none"
        rules.renewal.open_days: 90 -> 120
        "#);
        assert_eq!(
            said(new, ""),
            said("", new).lines().map(reversed).collect::<Vec<_>>().join("\n")
        );
    }

    fn reversed(line: &str) -> String {
        let (key, values) = line.split_once(": ").expect("a change");
        let (old, new) = values.split_once(" -> ").expect("two values");
        format!("{key}: {new} -> {old}")
    }

    #[test]
    fn the_same_number_written_otherwise_is_no_change() {
        assert_eq!(said("[hours]\nper_rep_week = 20\n", "hours.per_rep_week = 20.00\n"), "");
        assert_eq!(said("[value]\nmargin = 0.70\n", ""), "");
    }

    #[test]
    fn what_is_no_policy_is_refused() {
        assert!(diff("", "[value]\nmargins = 1\n").is_err());
    }
}
