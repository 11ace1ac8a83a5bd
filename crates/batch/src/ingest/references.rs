//! References to other tables, and currencies, gathered while rows go by and judged at the end of the
//! command, when every file had its chance to bring what others refer to.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use arrow::array::{Array as _, AsArray as _, RecordBatch};
use domain::canonical::{Entity, Kind, entity};
use domain::money::Currency;
use rustc_hash::{FxHashMap, FxHashSet};
use store::{Store, Value};

use super::erased::is_id;
use super::issues::{Issue, Severity};
use super::lines::Lines;

mod first_orders;

use first_orders::FirstOrders;

/// Where an id was first seen, and in how many rows.
#[derive(Debug, Clone, Copy)]
struct Seen {
    line: u32,
    rows: u64,
}

/// What the rows of one file and table refer to.
#[derive(Debug)]
pub(super) struct References {
    columns: Vec<Referring>,
    currency: Option<usize>,
    currencies: BTreeMap<String, Seen>,
    workspace: Currency,
    first_orders: Option<FirstOrders>,
}

#[derive(Debug)]
struct Referring {
    at: usize,
    name: &'static str,
    target: &'static str,
    ids: FxHashMap<Box<str>, Seen>,
}

impl References {
    pub(super) fn new(of: &'static Entity, workspace: Currency) -> Self {
        let columns = of.columns.iter().enumerate().filter_map(|(at, column)| match column.kind {
            Kind::Ref(target) => {
                Some(Referring { at, name: column.name, target, ids: FxHashMap::default() })
            }
            _ => None,
        });
        let currency = of.columns.iter().position(|column| column.name == "currency");
        let currency = currency.filter(|_| of.has_amounts());
        Self {
            columns: columns.collect(),
            currency,
            currencies: BTreeMap::new(),
            workspace,
            first_orders: FirstOrders::of(of),
        }
    }

    /// Notes what a batch of canonical rows refers to.
    pub(super) fn note(&mut self, batch: &RecordBatch, lines: &Lines) {
        for referring in &mut self.columns {
            referring.note(batch, lines);
        }
        if let Some(first) = &mut self.first_orders {
            first.note(batch, lines);
        }
        let Some(column) = self.currency.map(|at| batch.column(at)) else { return };
        let codes = column.as_string::<i32>();
        for row in 0..codes.len() {
            if codes.is_valid(row) && codes.value(row) != self.workspace.code() {
                let seen = Seen { line: lines.line(row), rows: 0 };
                let code = codes.value(row).to_owned();
                self.currencies.entry(code).or_insert(seen).rows += 1;
            }
        }
    }

    /// Adds what another rule of the same file and table referred to.
    pub(super) fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.columns.iter_mut().zip(other.columns) {
            for (id, seen) in theirs.ids {
                mine.ids
                    .entry(id)
                    .and_modify(|all| {
                        all.line = all.line.min(seen.line);
                        all.rows += seen.rows;
                    })
                    .or_insert(seen);
            }
        }
        if let (Some(mine), Some(theirs)) = (&mut self.first_orders, other.first_orders) {
            mine.merge(theirs);
        }
        for (code, seen) in other.currencies {
            self.currencies.entry(code).and_modify(|all| all.rows += seen.rows).or_insert(seen);
        }
    }
}

impl Referring {
    fn note(&mut self, batch: &RecordBatch, lines: &Lines) {
        let ids = batch.column(self.at).as_string::<i32>();
        if ids.null_count() == ids.len() {
            return;
        }
        // Rows of one basket or customer stand together: count a run before looking its id up.
        let mut row = 0;
        while row < ids.len() {
            if ids.is_null(row) {
                row += 1;
                continue;
            }
            let (id, first) = (ids.value(row), row);
            while row < ids.len() && ids.is_valid(row) && ids.value(row) == id {
                row += 1;
            }
            let run = (row - first) as u64;
            match self.ids.get_mut(id) {
                Some(seen) => seen.rows += run,
                None => {
                    self.ids.insert(id.into(), Seen { line: lines.line(first), rows: run });
                }
            }
        }
    }
}

/// The ids of each table that stand for real rows, and the currencies with a rate.
pub(super) struct Known<'a> {
    store: &'a Store,
    ids: FxHashMap<&'static str, FxHashSet<String>>,
    rates: FxHashSet<String>,
    erased: Option<store::Erased>,
}

impl<'a> Known<'a> {
    /// Reads nothing but the rates; ids are read when they are first asked for.
    pub(super) async fn new(store: &'a Store) -> Result<Self> {
        let rates = entity("rates").context("there is a table of rates")?;
        let rates =
            store.read(rates).await?.into_iter().filter_map(|row| match row.into_iter().next() {
                Some(Value::Text(code)) => Some(code),
                _ => None,
            });
        let erased = store.erased().await?;
        Ok(Self { store, ids: FxHashMap::default(), rates: rates.collect(), erased })
    }

    /// What is to be said about a file's references; placeholders are made for unknown ids. Also the
    /// number of rows concerned.
    pub(super) async fn judge(&mut self, references: &References) -> Result<(Vec<Issue>, u64)> {
        let mut issues = Vec::new();
        let mut rows = 0;
        for referring in &references.columns {
            if referring.ids.is_empty() {
                continue;
            }
            let target = entity(referring.target).context("references name tables that exist")?;
            if !self.ids.contains_key(target.name) {
                let known = real_ids(self.store, target).await?;
                self.ids.insert(target.name, known);
            }
            let known = &self.ids[target.name];
            // Rows that refer to an erased person are refused, and no placeholder brings the id back.
            let gone = |id: &str| {
                self.erased.as_ref().is_some_and(|erased| is_id(erased, target.name, id))
            };
            let mut unknown: Vec<(&str, Seen)> = referring
                .ids
                .iter()
                .filter(|(id, _)| !known.contains(id.as_ref()) && !gone(id))
                .map(|(id, seen)| (id.as_ref(), *seen))
                .collect();
            unknown.sort_by_key(|(id, seen)| (seen.line, *id));
            let ids: Vec<String> = unknown.iter().map(|(id, _)| (*id).to_owned()).collect();
            self.store.placeholders(target, &ids).await?;
            for (id, seen) in unknown {
                rows += seen.rows;
                issues.push(Issue {
                    line: seen.line,
                    column: referring.name.to_owned(),
                    value: id.to_owned(),
                    reason: format!(
                        "is not among the {0}; {1} taken and a placeholder stands for it: add it to \
                         the {0}, or correct the id",
                        target.name,
                        counted(seen.rows)
                    ),
                    severity: Severity::Warning,
                });
            }
        }
        for (code, seen) in &references.currencies {
            if self.rates.contains(code) {
                continue;
            }
            rows += seen.rows;
            issues.push(Issue {
                line: seen.line,
                column: "currency".to_owned(),
                value: code.clone(),
                reason: format!(
                    "has no rate to {}; {} taken but left out of sums: add the rate to rates.csv \
                     (currency, on, rate)",
                    references.workspace,
                    counted(seen.rows)
                ),
                severity: Severity::Warning,
            });
        }
        if let Some(first) = &references.first_orders {
            let early = first.judge(self.store).await?;
            rows += early.len() as u64;
            issues.extend(early);
        }
        Ok((issues, rows))
    }
}

fn counted(rows: u64) -> String {
    if rows == 1 { "the row is".to_owned() } else { format!("the {rows} rows with it are") }
}

/// The ids of a table without placeholders.
pub(super) async fn real_ids(store: &Store, target: &'static Entity) -> Result<FxHashSet<String>> {
    let mut ids: FxHashSet<String> = store.ids(target).await?.into_iter().collect();
    for placeholder in store.placeholder_ids(target).await? {
        ids.remove(&placeholder);
    }
    Ok(ids)
}
