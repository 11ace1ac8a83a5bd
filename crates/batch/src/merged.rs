//! Accounts that were merged into another count as that one everywhere: rows, contracts, orders, usage.
//!
//! `accounts.merged_into` says so; it comes with the files, or from `nobishiro duplicates confirm`. The
//! merged row goes, what it knew fills the gaps of the one that stays, and every reference to it points
//! there. Nothing stored is changed, so that taking the merger back brings both accounts back.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use anyhow::{Context, Result};
use arrow::array::{ArrayRef, AsArray, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::prelude::{Expr, SessionContext, col};
use domain::canonical::{Kind, entity};
use store::{Store, Value};

use crate::lake::LAKE_ENTITIES;
use crate::snapshot::Table;

/// Which account stands for which: merged id to the id that stays.
pub type Merged = BTreeMap<String, String>;

/// Columns of the account that stays which the merged one does not fill.
const OWN: &[&str] = &["account_id", "name", "name_kana", "merged_into", "parent_id", "kind"];

/// Applies every merger to the tables.
pub(crate) fn apply(tables: &mut BTreeMap<&'static str, Table>) -> Merged {
    let merged = mergers(&tables["accounts"]);
    if merged.is_empty() {
        return merged;
    }
    fill_gaps(tables.get_mut("accounts").expect("accounts are a table"), &merged);
    for (name, table) in tables.iter_mut() {
        let known = entity(name).expect("tables are canonical");
        let places: Vec<usize> = known
            .columns
            .iter()
            .filter(|c| c.kind == Kind::Ref("accounts") && c.name != "merged_into")
            .map(|c| table.at(c.name))
            .collect();
        if places.is_empty() {
            continue;
        }
        let mut rows = table.take();
        for row in &mut rows {
            for place in &places {
                if let Value::Text(id) = &row[*place]
                    && let Some(kept) = merged.get(id)
                {
                    row[*place] = kept.into();
                }
            }
        }
        table.put(rows);
    }
    let accounts = tables.get_mut("accounts").expect("accounts are a table");
    let (id, parent) = (accounts.at("account_id"), accounts.at("parent_id"));
    let mut rows = accounts.take();
    rows.retain(|row| !text(&row[id]).is_some_and(|id| merged.contains_key(id)));
    for row in rows.iter_mut().filter(|row| row[id] == row[parent]) {
        row[parent] = Value::Null;
    }
    accounts.put(rows);
    merged
}

/// Each merged account and the one at the end of its chain; a circle merges nothing.
fn mergers(accounts: &Table) -> Merged {
    let direct: HashMap<&str, &str> = accounts
        .iter()
        .filter_map(|r| Some((r.id("account_id"), r.text("merged_into")?)))
        .filter(|(id, into)| id != into)
        .collect();
    let end = |id: &str| {
        let mut at = *direct.get(id)?;
        for _ in 0..direct.len() {
            match direct.get(at) {
                Some(next) => at = next,
                None => return Some(at.to_owned()),
            }
        }
        None
    };
    direct.keys().filter_map(|id| Some(((*id).to_owned(), end(id)?))).collect()
}

/// What only the merged row knew goes to the one that stays; of two first days the earlier.
fn fill_gaps(accounts: &mut Table, merged: &Merged) {
    let id = accounts.at("account_id");
    let since = accounts.at("acquired_on");
    let own: Vec<usize> = OWN.iter().map(|name| accounts.at(name)).collect();
    let mut rows = accounts.take();
    let place: HashMap<String, usize> = rows
        .iter()
        .enumerate()
        .filter_map(|(at, row)| Some((text(&row[id])?.to_owned(), at)))
        .collect();
    for (gone, kept) in merged {
        let (Some(gone), Some(kept)) = (place.get(gone), place.get(kept)) else { continue };
        let given = rows[*gone].clone();
        let row = &mut rows[*kept];
        for (at, value) in given.into_iter().enumerate().filter(|(at, _)| !own.contains(at)) {
            let earlier = at == since
                && text(&value).zip(text(&row[at])).is_some_and(|(new, known)| new < known);
            if row[at] == Value::Null || earlier {
                row[at] = value;
            }
        }
    }
    accounts.put(rows);
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// The account that stands for `id` now, if it was merged.
pub async fn survivor(store: &Store, id: &str) -> Result<Option<String>> {
    let accounts = entity("accounts").context("accounts are canonical")?;
    let into = Store::columns(accounts).iter().position(|c| *c == "merged_into");
    let into = into.context("accounts have merged_into")?;
    let mut seen = vec![id.to_owned()];
    loop {
        let at = seen.last().cloned().unwrap_or_default();
        let row = store.read_where(accounts, "account_id", &at.into()).await?.pop();
        match row.as_ref().and_then(|row| text(&row[into])) {
            Some(next) if !next.is_empty() && !seen.iter().any(|known| known == next) => {
                seen.push(next.to_owned());
            }
            _ => return Ok(seen.pop().filter(|last| last != id)),
        }
    }
}

/// Puts views over the lake's tables in which merged accounts have the key of the one that stays.
pub(crate) async fn view_lake(ctx: &SessionContext, keys: &BTreeMap<i64, i64>) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let survivor = ScalarUDF::from(Survivor {
        keys: Arc::new(keys.clone()),
        signature: Signature::any(1, Volatility::Immutable),
    });
    for name in LAKE_ENTITIES {
        let table = ctx.table(name).await.with_context(|| format!("{name} is registered"))?;
        let columns: Vec<Expr> = table
            .schema()
            .fields()
            .iter()
            .map(|field| match field.name().as_str() {
                "account_key" => survivor.call(vec![col("account_key")]).alias("account_key"),
                other => col(other),
            })
            .collect();
        let view = table.select(columns)?.into_view();
        ctx.deregister_table(name)?;
        ctx.register_table(name, view)?;
    }
    Ok(())
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Survivor {
    keys: Arc<BTreeMap<i64, i64>>,
    signature: Signature,
}

impl ScalarUDFImpl for Survivor {
    fn name(&self) -> &'static str {
        "survivor"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> datafusion::common::Result<DataType> {
        Ok(DataType::Int64)
    }

    fn invoke_with_args(
        &self,
        args: ScalarFunctionArgs,
    ) -> datafusion::common::Result<ColumnarValue> {
        let array = cast(&args.args[0].to_array(args.number_rows)?, &DataType::Int64)?;
        let keys = array.as_primitive::<Int64Type>();
        let kept: Int64Array =
            keys.iter().map(|key| key.map(|key| *self.keys.get(&key).unwrap_or(&key))).collect();
        Ok(ColumnarValue::Array(Arc::new(kept) as ArrayRef))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &'static str, rows: &[&[(&str, &str)]]) -> (&'static str, Table) {
        let known = entity(name).expect("canonical");
        let columns = Store::columns(known);
        let row = |given: &&[(&str, &str)]| {
            columns
                .iter()
                .map(|c| {
                    given.iter().find(|(n, _)| n == c).map_or(Value::Null, |(_, v)| (*v).into())
                })
                .collect()
        };
        (name, Table::new(known, rows.iter().map(row).collect()))
    }

    #[test]
    fn a_chain_ends_at_the_last_one_and_its_gaps_are_filled() {
        let mut tables = BTreeMap::from([
            table(
                "accounts",
                &[
                    &[("account_id", "A"), ("acquired_on", "2025-01-01"), ("parent_id", "B")],
                    &[("account_id", "B"), ("merged_into", "A"), ("segment", "retail")],
                    &[("account_id", "C"), ("merged_into", "B"), ("acquired_on", "2024-01-01")],
                    &[("account_id", "X"), ("merged_into", "Y")],
                    &[("account_id", "Y"), ("merged_into", "X")],
                ],
            ),
            table("contacts", &[&[("contact_id", "c1"), ("account_id", "C")]]),
        ]);
        let merged = apply(&mut tables);
        assert_eq!(merged, [("B", "A"), ("C", "A")].map(|(a, b)| (a.into(), b.into())).into());
        let ids: Vec<&str> = tables["accounts"].iter().map(|r| r.id("account_id")).collect();
        assert_eq!(ids, ["A", "X", "Y"]);
        let kept = tables["accounts"].iter().next().expect("A stays");
        assert_eq!(kept.text("segment"), Some("retail"));
        assert_eq!(kept.text("acquired_on"), Some("2024-01-01"));
        assert_eq!(kept.text("parent_id"), None, "nobody is its own parent");
        let contact = tables["contacts"].iter().next().expect("the contact stays");
        assert_eq!(contact.id("account_id"), "A");
    }
}
