//! What an account's own row says beside the columns that every account has.

use std::collections::{BTreeMap, BTreeSet};

use decide::eligibility::Value;
use decide::facts::Bars;
use domain::canonical::{self, ATTRIBUTES};
use serde_json::{Map, Value as Json};

use crate::snapshot::Record;

/// What the account's own row says against selling.
pub(super) fn bars_of(record: Record<'_>) -> Bars {
    let mut bars = Bars::default();
    let stopped = record.text(ATTRIBUTES).and_then(credit_stop);
    bars.credit_of_account(record.id("account_id"), record.text("lifecycle"), stopped.as_deref());
    bars
}

/// The attribute `credit_stop` of an account's other columns.
fn credit_stop(attributes: &str) -> Option<String> {
    match object(attributes)?.get("credit_stop")? {
        Json::String(text) => Some(text.clone()),
        Json::Null => None,
        other => Some(other.to_string()),
    }
}

/// The other columns of an account.
fn object(attributes: &str) -> Option<Map<String, Json>> {
    serde_json::from_str(attributes).ok()
}

/// What an account's row says of the columns that are asked for.
pub(crate) fn attributes(record: Record<'_>, asked: &BTreeSet<String>) -> BTreeMap<String, Value> {
    if asked.is_empty() {
        return BTreeMap::new();
    }
    let accounts = canonical::entity("accounts").expect("a canonical table");
    let own = record.text(ATTRIBUTES).and_then(object);
    let of = |name: &String| {
        if accounts.column(name).is_some() {
            return record
                .number(name)
                .map(Value::Number)
                .or_else(|| record.text(name).map(|text| Value::Text(text.to_owned())));
        }
        match own.as_ref()?.get(name)? {
            Json::Bool(flag) => Some(Value::Flag(*flag)),
            Json::Number(number) => number.as_f64().map(Value::Number),
            Json::String(text) => Some(Value::Text(text.clone())),
            _ => None,
        }
    };
    asked.iter().filter_map(|name| Some((name.clone(), of(name)?))).collect()
}
