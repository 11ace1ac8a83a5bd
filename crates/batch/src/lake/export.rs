//! The lake as it came: canonical columns, ids in place of surrogate keys, in the order of the key.

use std::sync::Arc;

use anyhow::{Context, Result};
use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::execution::SendableRecordBatchStream;
use domain::canonical::Column;
use store::Store;

use super::layout::{lake_entity, lake_name};
use crate::query::Engine;

/// All rows of an entity whose table is registered (see [`view`](super::view)), in the canonical
/// schema and the order of its key, absent values first, texts by their bytes. The rows do not depend on the order
/// in which files were ingested; the sort spills to disk where it must.
pub async fn export_rows(
    engine: &Engine,
    store: &Store,
    entity: &str,
) -> Result<SendableRecordBatchStream> {
    let entity = lake_entity(entity)?;
    let accounts = store.all_account_keys().await.context("the account keys cannot be read")?;
    let contacts = store.all_contact_keys().await.context("the contact keys cannot be read")?;
    register_ids(engine, "export__accounts", "account_id", accounts)?;
    register_ids(engine, "export__contacts", "contact_id", contacts)?;
    let columns: Vec<String> = entity.columns.iter().map(|column| source(column.name)).collect();
    let key: Vec<String> = entity.key.iter().map(|key| format!("\"{key}\" NULLS FIRST")).collect();
    let join = |column: &Column| {
        let side = if column.name == "account_id" { "accounts" } else { "contacts" };
        format!("LEFT JOIN export__{side} {side} ON l.{} = {side}.key", lake_name(column.name))
    };
    let keyed = entity.columns.iter().filter(|column| lake_name(column.name) != column.name);
    let joins: Vec<String> = keyed.map(join).collect();
    let sql = format!(
        "SELECT {} FROM {} l {} ORDER BY {}",
        columns.join(", "),
        entity.name,
        joins.join(" "),
        key.join(", ")
    );
    let purpose = format!("export {}", entity.name);
    let frame = engine.frame(&purpose, &sql).await?;
    frame.execute_stream().await.with_context(|| format!("cannot {purpose}"))
}

/// Where a canonical column comes from.
fn source(column: &str) -> String {
    match column {
        "account_id" => "accounts.account_id".to_owned(),
        "contact_id" => "contacts.contact_id".to_owned(),
        other => format!("l.\"{other}\""),
    }
}

fn register_ids(
    engine: &Engine,
    table: &str,
    column: &str,
    keys: Vec<(i64, String)>,
) -> Result<()> {
    let schema = Arc::new(Schema::new(vec![
        Field::new("key", DataType::Int64, true),
        Field::new(column, DataType::Utf8, true),
    ]));
    let (keys, ids): (Vec<i64>, Vec<String>) = keys.into_iter().unzip();
    let columns: Vec<ArrayRef> =
        vec![Arc::new(Int64Array::from(keys)), Arc::new(StringArray::from_iter_values(ids))];
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns)
        .with_context(|| format!("the ids of {table} do not fit"))?;
    engine.register_rows(table, schema, vec![batch])
}
