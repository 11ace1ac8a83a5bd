//! What a lake file looks like: its columns, its key, its month and its name.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit, TimestampMicrosecondType};
use domain::canonical::{ENTITIES, Entity, Home, entity};
use domain::time::Day;
use store::LakeFile;

use crate::schema::arrow_schema;

/// The names of the entities that live in the lake.
pub const LAKE_ENTITIES: [&str; 3] = ["orders", "usage", "web_events"];

/// The column that says in which ingest a row came: of two rows with one key the higher counts.
pub(super) const SEQ: &str = "seq";

/// Marks files that hold newer versions of rows in older files.
const REPLACING: &str = "-replacing.parquet";

/// Names of files that are being written.
pub(super) const TMP_PREFIX: &str = ".tmp-";

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// The lake's columns of an entity: the canonical ones with surrogate keys in place of the ids of
/// accounts and contacts, and `seq`.
pub fn lake_schema(entity: &Entity) -> SchemaRef {
    let mut fields: Vec<Field> =
        arrow_schema(entity).fields().iter().map(|field| lake_field(field)).collect();
    fields.push(Field::new(SEQ, DataType::Int64, true));
    Arc::new(Schema::new(fields))
}

/// The lake's columns without `seq`: what is buffered and compared.
pub(super) fn value_schema(entity: &Entity) -> SchemaRef {
    let fields: Vec<Field> =
        arrow_schema(entity).fields().iter().map(|field| lake_field(field)).collect();
    Arc::new(Schema::new(fields))
}

fn lake_field(field: &Field) -> Field {
    match lake_name(field.name()) {
        name if name == field.name() => field.clone(),
        name => Field::new(name, DataType::Int64, true),
    }
}

/// The lake's name of a canonical column.
pub(super) fn lake_name(column: &str) -> &str {
    match column {
        "account_id" => "account_key",
        "contact_id" => "contact_key",
        other => other,
    }
}

/// Positions of the key's columns in the lake's schema, in the order of the key.
pub(super) fn key_positions(entity: &Entity) -> Vec<usize> {
    entity.key.iter().filter_map(|key| position(entity, key)).collect()
}

/// The position of a canonical column, the same in both schemas.
pub(super) fn position(entity: &Entity, column: &str) -> Option<usize> {
    entity.columns.iter().position(|other| other.name == column)
}

/// The lake's entity of that name.
pub(super) fn lake_entity(name: &str) -> Result<&'static Entity> {
    match entity(name) {
        Some(found) if found.home == Home::Lake => Ok(found),
        _ => {
            let known: Vec<&str> = lake_entities().map(|known| known.name).collect();
            bail!("{name} does not live in the lake; these do: {}", known.join(", "))
        }
    }
}

/// The entities of the lake, in canonical order.
pub(super) fn lake_entities() -> impl Iterator<Item = &'static Entity> {
    ENTITIES.iter().filter(|entity| entity.home == Home::Lake)
}

/// A UTC month, counted from year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Month(i32);

impl Month {
    /// The month of an instant, and the instants at which it starts and the next one starts.
    fn of(micros: i64) -> (Self, i64, i64) {
        let day = i32::try_from(micros.div_euclid(MICROS_PER_DAY)).unwrap_or(i32::MAX);
        let (year, month, _) = Day(day).ymd();
        let first = Day(day).month_start();
        let next = first.plus_months(domain::time::Months(1));
        let start = |day: Day| i64::from(day.0) * MICROS_PER_DAY;
        (Self(i32::from(year) * 12 + i32::from(month) - 1), start(first), start(next))
    }

    /// `2017-03`.
    pub(super) fn text(self) -> String {
        format!("{:04}-{:02}", self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }
}

/// The month of every row of a dated column.
pub(super) fn months(dated: &ArrayRef) -> Result<Vec<Month>> {
    if dated.data_type() != &DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())) {
        bail!("the dated column of a lake table must be an instant, not {}", dated.data_type());
    }
    if dated.null_count() > 0 {
        bail!("{} rows have no date, and the lake keeps rows by month", dated.null_count());
    }
    let instants = dated.as_primitive::<TimestampMicrosecondType>();
    let mut last = (Month(0), 0, 0);
    let month = |micros: &i64| {
        if !(last.1..last.2).contains(micros) {
            last = Month::of(*micros);
        }
        last.0
    };
    Ok(instants.values().iter().map(month).collect())
}

/// The path of a finished file, relative to the lake.
pub(super) fn final_path(entity: &str, month: &str, sha256: &str, replacing: bool) -> String {
    let ending = if replacing { REPLACING } else { ".parquet" };
    format!("{entity}/month={month}/{}{ending}", &sha256[..16])
}

/// Whether a file holds newer versions of rows in older files.
pub(super) fn is_replacing(file: &LakeFile) -> bool {
    file.path.ends_with(REPLACING)
}

/// The folder that a relative path of the lake names.
pub(super) fn absolute(lake_dir: &Path, relative: &str) -> PathBuf {
    lake_dir.join(relative)
}

/// The column of that position, with an error that names it.
pub(super) fn dated_position(entity: &Entity) -> Result<usize> {
    let dated = entity.dated.with_context(|| format!("{} has no dated column", entity.name))?;
    position(entity, dated).with_context(|| format!("{}.{dated} is not a column", entity.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::TimestampMicrosecondArray;

    fn month_of(text: &str) -> String {
        let zone = domain::time::Zone::named("UTC").expect("UTC exists");
        let at = domain::time::parse_instant(text, &zone).expect("an instant").0;
        let dated: ArrayRef =
            Arc::new(TimestampMicrosecondArray::from(vec![at]).with_timezone("UTC"));
        months(&dated).expect("instants have months")[0].text()
    }

    #[test]
    fn months_turn_at_midnight_utc() {
        assert_eq!(month_of("2017-02-28T23:59:59.999999Z"), "2017-02");
        assert_eq!(month_of("2017-03-01T00:00:00Z"), "2017-03");
        assert_eq!(month_of("2017-03-01T08:59:00+09:00"), "2017-02");
        assert_eq!(month_of("2017-12-31T23:59:59Z"), "2017-12");
        assert_eq!(month_of("1969-12-31T23:59:59Z"), "1969-12");
    }

    #[test]
    fn ids_of_people_and_companies_stay_out() {
        for entity in lake_entities() {
            let schema = lake_schema(entity);
            assert!(LAKE_ENTITIES.contains(&entity.name));
            assert!(schema.field_with_name("account_id").is_err(), "{}", entity.name);
            assert!(schema.field_with_name("contact_id").is_err(), "{}", entity.name);
            assert_eq!(key_positions(entity).len(), entity.key.len());
        }
    }

    #[test]
    fn a_name_says_whether_it_replaces() {
        let path = final_path("orders", "2017-03", "0123456789abcdef0123", true);
        assert_eq!(path, "orders/month=2017-03/0123456789abcdef-replacing.parquet");
    }
}
