//! Everything in the workspace as canonical CSV: files that `ingest` takes back without a mapping.
//!
//! Rows are in key order, amounts are decimals of their currency, instants are ISO 8601 in UTC; there is no
//! wall clock, so the same data give the same bytes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};
use domain::canonical::{ATTRIBUTES, Column, ENTITIES, Entity, Home, Kind};
use domain::money::Currency;
use domain::time::Day;
use futures::TryStreamExt;
use store::{Row, Store, Value};

use crate::artefact::write_bytes;
use crate::lake;
use crate::query::Engine;

/// A written file and its rows.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Exported {
    /// The file.
    pub file: PathBuf,
    /// Its rows, without the header.
    pub rows: u64,
}

/// Where to export from.
#[derive(Debug)]
pub struct Source<'a> {
    /// The store.
    pub store: &'a Store,
    /// The lake's folder.
    pub lake: &'a Path,
    /// The workspace's currency, for rows that state none.
    pub currency: Currency,
}

/// Writes `<entity>.csv` for every entity that has rows.
pub async fn export(source: &Source<'_>, folder: &Path) -> Result<Vec<Exported>> {
    let mut written = Vec::new();
    for entity in ENTITIES {
        let (bytes, rows) = match entity.home {
            Home::Store => stored(source, entity).await?,
            Home::Lake => in_lake(source, entity).await?,
        };
        if rows > 0 {
            let file = folder.join(format!("{}.csv", entity.name));
            write_bytes(&file, &bytes)?;
            written.push(Exported { file, rows });
        }
    }
    Ok(written)
}

async fn stored(source: &Source<'_>, entity: &'static Entity) -> Result<(Vec<u8>, u64)> {
    let mut rows = source.store.read(entity).await?;
    // Placeholders are no rows of the company's: an ingest of the export makes them again.
    let placeholders: BTreeSet<String> = match entity.key {
        [_] => source.store.placeholder_ids(entity).await?.into_iter().collect(),
        _ => BTreeSet::new(),
    };
    rows.retain(|row| !matches!(&row[0], Value::Text(id) if placeholders.contains(id)));
    let attributes: Vec<Option<serde_json::Map<String, serde_json::Value>>> =
        rows.iter().map(|row| attributes(entity, row)).collect();
    let extra: BTreeSet<&String> =
        attributes.iter().flatten().flat_map(serde_json::Map::keys).collect();
    let mut csv = csv::Writer::from_writer(Vec::new());
    let names = entity.columns.iter().map(|c| c.name).chain(extra.iter().map(|name| name.as_str()));
    csv.write_record(names)?;
    for (row, attributes) in rows.iter().zip(&attributes) {
        let currency = row_currency(entity, row).unwrap_or(source.currency);
        let cells =
            entity.columns.iter().zip(row).map(|(column, value)| cell(column, value, currency));
        let more = extra.iter().map(|name| {
            attributes.as_ref().and_then(|a| a.get(*name)).map_or_else(String::new, plain)
        });
        csv.write_record(cells.chain(more))?;
    }
    Ok((csv.into_inner().context("a CSV in memory is always flushed")?, rows.len() as u64))
}

fn attributes(entity: &Entity, row: &Row) -> Option<serde_json::Map<String, serde_json::Value>> {
    let place = Store::columns(entity).iter().position(|c| *c == ATTRIBUTES)?;
    match &row[place] {
        Value::Text(json) => serde_json::from_str(json).ok(),
        _ => None,
    }
}

fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn row_currency(entity: &Entity, row: &Row) -> Option<Currency> {
    let place = entity.columns.iter().position(|c| c.name == "currency")?;
    match &row[place] {
        Value::Text(code) => Currency::parse(code),
        _ => None,
    }
}

fn cell(column: &Column, value: &Value, currency: Currency) -> String {
    match (column.kind, value) {
        (_, Value::Null) => String::new(),
        (Kind::Amount, Value::Int(minor)) => currency.decimal(*minor),
        (Kind::Instant, Value::Int(micros)) => instant(*micros),
        (Kind::Flag, Value::Int(flag)) => (*flag != 0).to_string(),
        (_, Value::Text(text)) => text.clone(),
        (_, Value::Int(number)) => number.to_string(),
        (_, Value::Real(number)) => number.to_string(),
    }
}

/// ISO 8601 in UTC, with a fraction only when there is one.
fn instant(micros: i64) -> String {
    let (second, fraction) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    let day = Day(i32::try_from(second.div_euclid(86_400)).unwrap_or(0));
    let of_day = second.rem_euclid(86_400);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let fraction = if fraction == 0 { String::new() } else { format!(".{fraction:06}") };
    format!("{day}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

async fn in_lake(source: &Source<'_>, entity: &'static Entity) -> Result<(Vec<u8>, u64)> {
    let pinned = lake::pin(source.store).await?;
    let engine = Engine::new(&crate::query::Options::default())?;
    lake::view(&engine, source.lake, entity, &pinned).await?;
    let mut batches = lake::export_rows(&engine, source.store, entity.name).await?;
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(entity.columns.iter().map(|c| c.name))?;
    let mut rows = 0;
    while let Some(batch) =
        batches.try_next().await.with_context(|| format!("cannot export {}", entity.name))?
    {
        rows += batch.num_rows() as u64;
        lake_rows(source, entity, &batch, &mut csv)?;
    }
    Ok((csv.into_inner().context("a CSV in memory is always flushed")?, rows))
}

fn lake_rows(
    source: &Source<'_>,
    entity: &Entity,
    batch: &RecordBatch,
    csv: &mut csv::Writer<Vec<u8>>,
) -> Result<()> {
    let columns: Vec<_> = entity
        .columns
        .iter()
        .map(|column| {
            batch
                .column_by_name(column.name)
                .with_context(|| format!("the lake's {} lack {}", entity.name, column.name))
        })
        .collect::<Result<_>>()?;
    let currencies = batch.column_by_name("currency").map(AsArray::as_string::<i32>);
    for row in 0..batch.num_rows() {
        let currency = currencies
            .filter(|codes| codes.is_valid(row))
            .and_then(|codes| Currency::parse(codes.value(row)))
            .unwrap_or(source.currency);
        let cells = entity
            .columns
            .iter()
            .zip(&columns)
            .map(|(column, array)| cell(column, &value(array.as_ref(), row), currency));
        csv.write_record(cells)?;
    }
    Ok(())
}

fn value(array: &dyn Array, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Utf8 => Value::Text(array.as_string::<i32>().value(row).to_owned()),
        DataType::Int64 => Value::Int(array.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => Value::Real(array.as_primitive::<Float64Type>().value(row)),
        DataType::Timestamp(_, _) => {
            Value::Int(array.as_primitive::<TimestampMicrosecondType>().value(row))
        }
        DataType::Date32 => {
            Value::Text(Day(array.as_primitive::<Date32Type>().value(row)).to_string())
        }
        other => unreachable!("the canonical schema has no {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_iso_in_utc() {
        assert_eq!(instant(0), "1970-01-01T00:00:00Z");
        assert_eq!(instant(1_773_327_599_999_999), "2026-03-12T14:59:59.999999Z");
        assert_eq!(instant(-1_000_000), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn cells_read_as_files_write_them() {
        let column = |name: &'static str, kind| Column { name, kind, required: false };
        let check = |kind, value, expected: &str| {
            assert_eq!(cell(&column("x", kind), &value, Currency::USD), expected);
        };
        check(Kind::Amount, Value::Int(-1250), "-12.50");
        check(Kind::Flag, Value::Int(1), "true");
        check(Kind::Text, Value::Null, "");
        check(Kind::Number(0.0, 1.0), Value::Real(0.25), "0.25");
    }
}
