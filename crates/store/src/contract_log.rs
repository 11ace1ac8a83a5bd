//! Every value that a version of a contract ever had: a correction takes the place of a version, and
//! what it replaced stays here, with the file that said it.
// writes: contract_log

use std::collections::HashMap;

use domain::canonical::Entity;
use sqlx::AnyConnection;

use crate::StoreError;
use crate::open::Store;
use crate::sql::{self, Clash, Sort, Table};
use crate::value::{Fields, Row, Value};

/// The entity whose versions are kept.
pub(crate) const LOGGED: &str = "subscriptions";

/// One value that a version had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedVersion {
    /// The contract line.
    pub subscription_id: String,
    /// The version: the day from which it holds.
    pub effective_on: String,
    /// Which value of this version, from 1; the last one is in force.
    pub number: i64,
    /// The file that said it; empty when it did not come from a file.
    pub file: String,
    /// Whose contract.
    pub account_id: Option<String>,
    /// Of what.
    pub product_id: Option<String>,
    /// Seats.
    pub seats: Option<i64>,
    /// Monthly recurring revenue, minor units of `currency`.
    pub mrr: Option<i64>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// First day of the contract.
    pub started_on: Option<String>,
    /// Next renewal.
    pub renews_on: Option<String>,
    /// First day without the contract.
    pub ended_on: Option<String>,
    /// Status word.
    pub status: Option<String>,
}

const LOG: Table<'static> = Table {
    name: "contract_log",
    columns: &[
        ("subscription_id", Sort::Text),
        ("effective_on", Sort::Text),
        ("number", Sort::Int),
        ("file", Sort::Text),
        ("account_id", Sort::Text),
        ("product_id", Sort::Text),
        ("seats", Sort::Int),
        ("mrr", Sort::Int),
        ("currency", Sort::Text),
        ("started_on", Sort::Text),
        ("renews_on", Sort::Text),
        ("ended_on", Sort::Text),
        ("status", Sort::Text),
    ],
    key: &["subscription_id", "effective_on", "number"],
};

/// Columns that come from the contract's row, in the order of the log.
const FROM_ROW: &[&str] = &[
    "account_id",
    "product_id",
    "seats",
    "mrr",
    "currency",
    "started_on",
    "renews_on",
    "ended_on",
    "status",
];

/// Adds what is being written in the same transaction.
pub(crate) async fn append(
    conn: &mut AnyConnection,
    (entity, file): (&Entity, &str),
    rows: &[&Row],
) -> Result<(), sqlx::Error> {
    let place = |name: &str| {
        let found = entity.columns.iter().position(|column| column.name == name);
        found.expect("contracts have the columns that are logged")
    };
    let key = [place("subscription_id"), place("effective_on")];
    let wanted: Vec<Row> =
        rows.iter().map(|row| key.iter().map(|at| row[*at].clone()).collect()).collect();
    let mut last: HashMap<String, i64> = HashMap::new();
    for known in sql::lookup(conn, &LOG, &["subscription_id", "effective_on"], &wanted).await? {
        let number = match known[2] {
            Value::Int(number) => number,
            _ => 0,
        };
        let seen = last.entry(sql::key_text(&known, &[0, 1])).or_default();
        *seen = (*seen).max(number);
    }
    let entries: Vec<Row> = rows
        .iter()
        .map(|row| {
            let number = last.entry(sql::key_text(row, &key)).or_default();
            *number += 1;
            let mut entry =
                vec![row[key[0]].clone(), row[key[1]].clone(), (*number).into(), file.into()];
            entry.extend(FROM_ROW.iter().map(|name| row[place(name)].clone()));
            entry
        })
        .collect();
    sql::insert(conn, &LOG, Clash::Replace, &entries).await?;
    Ok(())
}

impl Store {
    /// Every value that the versions of these contract lines had, by line, version and number.
    pub async fn contract_log(
        &self,
        subscriptions: &[String],
    ) -> Result<Vec<LoggedVersion>, StoreError> {
        let what = "reading what contracts were said to be";
        let wanted: Vec<Row> = subscriptions.iter().map(|id| vec![id.into()]).collect();
        let mut conn = self.reader(what).await?;
        let rows = sql::lookup(&mut conn, &LOG, &["subscription_id"], &wanted).await;
        let mut log: Vec<LoggedVersion> =
            rows.map_err(self.failed(what))?.into_iter().map(logged).collect();
        log.sort_by(|a, b| {
            (&a.subscription_id, &a.effective_on, a.number).cmp(&(
                &b.subscription_id,
                &b.effective_on,
                b.number,
            ))
        });
        log.dedup();
        Ok(log)
    }
}

fn logged(row: Row) -> LoggedVersion {
    let mut fields = Fields::of(row);
    LoggedVersion {
        subscription_id: fields.text(),
        effective_on: fields.text(),
        number: fields.int(),
        file: fields.text(),
        account_id: fields.optional_text(),
        product_id: fields.optional_text(),
        seats: fields.optional_int(),
        mrr: fields.optional_int(),
        currency: fields.optional_text(),
        started_on: fields.optional_text(),
        renews_on: fields.optional_text(),
        ended_on: fields.optional_text(),
        status: fields.optional_text(),
    }
}
