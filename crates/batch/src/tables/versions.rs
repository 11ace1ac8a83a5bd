//! `contract_versions`: each version of each contract with the days on which it was in force.

use std::collections::BTreeMap;

use anyhow::Result;
use arrow::array::RecordBatch;
use domain::time::Day;

use super::{batch, days, flags, number, text, whole};
use crate::snapshot::{Record, Snapshot};

pub(super) const COLUMNS: (&str, &str) = (
    "contract_versions",
    "account_key, contract (a number of its own), product_id, from_on, until_on (first day no longer in force), now, plan_since, seats, mrr_minor, list_minor, discount_rate",
);

struct Version<'a> {
    account: i64,
    record: Record<'a>,
    from: Day,
    until: Option<Day>,
    plan_since: Day,
}

impl Version<'_> {
    fn now(&self) -> bool {
        self.until.is_none()
    }

    fn plan(&self) -> (&str, Option<&str>) {
        (self.record.id("product_id"), self.record.text("plan_version"))
    }

    fn over(&self) -> bool {
        self.record.day("ended_on").is_some()
            || matches!(self.record.text("status"), Some("cancelled" | "ended"))
    }
}

pub(super) fn rows(snapshot: &Snapshot) -> Result<RecordBatch> {
    let mut contracts: BTreeMap<&str, Vec<Version<'_>>> = BTreeMap::new();
    let table = snapshot.table("subscriptions");
    // Rows are in key order: the versions of a contract come by the day from which they count.
    for record in table.iter() {
        let Some(account) = snapshot.account(record.id("account_id")) else { continue };
        let Some(from) = record.day("effective_on").or(record.day("started_on")) else { continue };
        let started_later = record.day("started_on").is_some_and(|day| day > snapshot.as_of);
        if started_later {
            continue;
        }
        let versions = contracts.entry(record.id("subscription_id")).or_default();
        versions.push(Version { account, record, from, until: None, plan_since: from });
    }
    let found: Vec<(i64, Version<'_>)> = (1..)
        .zip(contracts.into_values())
        .flat_map(|(number, versions)| in_force(versions).into_iter().map(move |v| (number, v)))
        .collect();
    let numbers: Vec<i64> = found.iter().map(|(number, _)| *number).collect();
    let found: Vec<Version<'_>> = found.into_iter().map(|(_, version)| version).collect();
    let of = |get: &dyn Fn(&Record<'_>) -> Option<i64>| whole(found.iter().map(|v| get(&v.record)));
    batch(vec![
        ("account_key", whole(found.iter().map(|v| Some(v.account)))),
        ("contract", whole(numbers.iter().map(|number| Some(*number)))),
        ("product_id", text(found.iter().map(|v| Some(v.record.id("product_id"))))),
        ("from_on", days(found.iter().map(|v| Some(v.from.0)))),
        ("until_on", days(found.iter().map(|v| v.until.map(|day| day.0)))),
        ("now", flags(found.iter().map(Version::now))),
        ("plan_since", days(found.iter().map(|v| Some(v.plan_since.0)))),
        ("seats", of(&|record| record.whole("seats"))),
        ("mrr_minor", of(&|record| snapshot.amount(*record, "mrr"))),
        ("list_minor", of(&|record| snapshot.amount(*record, "list_price"))),
        ("discount_rate", number(found.iter().map(|v| v.record.number("discount_rate")))),
    ])
}

/// Ends each version where the next one begins, or the contract ends. A contract that is over since a
/// day that nobody wrote is left out: it would look as if it had never been.
fn in_force(mut versions: Vec<Version<'_>>) -> Vec<Version<'_>> {
    for at in 1..versions.len() {
        let (before, after) = versions.split_at_mut(at);
        let (last, next) = (&mut before[at - 1], &mut after[0]);
        if last.plan() == next.plan() {
            next.plan_since = last.plan_since;
        }
        last.until = Some(next.from);
    }
    let alone = versions.len() == 1;
    if let Some(last) = versions.last_mut().filter(|last| last.over()) {
        match last.record.day("ended_on") {
            Some(ended) => last.until = Some(ended),
            None if alone => return Vec::new(),
            // The version that says that it is over tells from when.
            None => last.until = Some(last.from),
        }
    }
    versions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::Table;
    use store::{Row, Store, Value};

    type Given = [(&'static str, &'static str)];

    /// The contract's versions, from one row each: from, until, since when on the plan.
    fn check(rows: &[&Given], expected: &[(&str, &str, &str)]) {
        let entity = domain::canonical::entity("subscriptions").expect("canonical");
        let row = |given: &&Given| -> Row {
            let value = |column: &str| {
                let found = given.iter().find(|(name, _)| *name == column);
                found.map_or(Value::Null, |(_, text)| Value::Text((*text).to_owned()))
            };
            Store::columns(entity).into_iter().map(value).collect()
        };
        let table = Table::new(entity, rows.iter().map(row).collect());
        let versions = table.iter().map(|record| {
            let from = record.day("effective_on").expect("a day");
            Version { account: 1, record, from, until: None, plan_since: from }
        });
        let shown: Vec<_> = in_force(versions.collect())
            .iter()
            .map(|v| {
                let until = v.until.map_or_else(|| "-".to_owned(), |day| day.to_string());
                (v.from.to_string(), until, v.plan_since.to_string())
            })
            .collect();
        let shown: Vec<_> =
            shown.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str())).collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_version_ends_where_the_next_begins() {
        check(
            &[
                &[("product_id", "A"), ("effective_on", "2025-01-01")],
                &[("product_id", "A"), ("effective_on", "2025-06-01")],
                &[("product_id", "B"), ("effective_on", "2025-09-01")],
            ],
            &[
                ("2025-01-01", "2025-06-01", "2025-01-01"),
                ("2025-06-01", "2025-09-01", "2025-01-01"),
                ("2025-09-01", "-", "2025-09-01"),
            ],
        );
    }

    #[test]
    fn a_contract_ends_on_its_last_day_or_with_the_version_that_says_so() {
        check(
            &[&[("effective_on", "2025-01-01"), ("ended_on", "2025-12-31")]],
            &[("2025-01-01", "2025-12-31", "2025-01-01")],
        );
        check(
            &[
                &[("effective_on", "2025-01-01")],
                &[("effective_on", "2025-06-01"), ("status", "cancelled")],
            ],
            &[
                ("2025-01-01", "2025-06-01", "2025-01-01"),
                ("2025-06-01", "2025-06-01", "2025-01-01"),
            ],
        );
        // Over since nobody knows when.
        check(&[&[("effective_on", "2025-01-01"), ("status", "cancelled")]], &[]);
    }
}
