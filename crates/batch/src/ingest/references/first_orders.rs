//! Orders from before their customer was one: the first order of each account is kept in mind, and compared
//! with `accounts.acquired_on` when every file has been read.

use ::store::{Store, Value};
use anyhow::{Context as _, Result};
use arrow::array::{Array as _, AsArray as _, RecordBatch};
use arrow::datatypes::TimestampMicrosecondType;
use domain::canonical::{Entity, entity};
use domain::time::Day;
use rustc_hash::FxHashMap;

use crate::ingest::cells::DAY_MICROS;
use crate::ingest::issues::{Issue, Severity};
use crate::ingest::lines::Lines;

/// The first order of each account of a file: microseconds and line.
#[derive(Debug)]
pub(super) struct FirstOrders {
    account: usize,
    at: usize,
    first: FxHashMap<Box<str>, (i64, u32)>,
}

impl FirstOrders {
    /// For the table of orders.
    pub(super) fn of(of: &'static Entity) -> Option<Self> {
        let at = |name: &str| of.columns.iter().position(|column| column.name == name);
        let (account, at) = (at("account_id")?, at("ordered_at")?);
        Some(Self { account, at, first: FxHashMap::default() })
    }

    pub(super) fn note(&mut self, batch: &RecordBatch, lines: &Lines) {
        let accounts = batch.column(self.account).as_string::<i32>();
        let instants = batch.column(self.at).as_primitive::<TimestampMicrosecondType>();
        // Rows of one account often stand together.
        let mut row = 0;
        while row < accounts.len() {
            let id = accounts.value(row);
            let mut least = (i64::MAX, 0);
            while row < accounts.len() && accounts.value(row) == id {
                if instants.is_valid(row) && instants.value(row) < least.0 {
                    least = (instants.value(row), lines.line(row));
                }
                row += 1;
            }
            self.add(id, least);
        }
    }

    fn add(&mut self, id: &str, order: (i64, u32)) {
        match self.first.get_mut(id) {
            Some(known) => *known = order.min(*known),
            None => {
                self.first.insert(id.into(), order);
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (id, order) in other.first {
            self.add(&id, order);
        }
    }

    /// A warning for each account whose first order is older than the account. A day is allowed for,
    /// which zones may make.
    pub(super) async fn judge(&self, store: &Store) -> Result<Vec<Issue>> {
        let accounts = entity("accounts").context("accounts are canonical")?;
        let at = |name: &str| accounts.columns.iter().position(|column| column.name == name);
        let since = at("acquired_on").context("accounts have a first day")?;
        let mut issues = Vec::new();
        for row in store.read(accounts).await? {
            let (Value::Text(id), Value::Text(since)) = (&row[0], &row[since]) else { continue };
            let Some((micros, line)) = self.first.get(id.as_str()) else { continue };
            let Some(acquired) = Day::parse_iso(since) else { continue };
            let day = Day(i32::try_from(micros.div_euclid(DAY_MICROS)).unwrap_or(i32::MAX));
            if day.0.saturating_add(1) < acquired.0 {
                issues.push(Issue {
                    line: *line,
                    column: "ordered_at".to_owned(),
                    value: day.to_string(),
                    reason: format!(
                        "is the first order of {id}, a customer only since {acquired} \
                         (accounts.acquired_on); it is taken: correct one of them"
                    ),
                    severity: Severity::Warning,
                });
            }
        }
        issues.sort_by_key(|issue| issue.line);
        Ok(issues)
    }
}
