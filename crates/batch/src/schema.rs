//! The Arrow form of a canonical table: what ingest hands to its sinks, and what the lake keeps.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use domain::canonical::{ATTRIBUTES, Entity, Kind};

/// The Arrow type of a column.
///
/// Texts, words, references and currencies are Utf8; days Date32; instants microseconds UTC; whole
/// numbers, amounts (minor units) and flags (0, 1) Int64; other numbers Float64.
pub fn arrow_type(kind: Kind) -> DataType {
    match kind {
        Kind::Text | Kind::Ref(_) | Kind::Word(_) | Kind::Currency => DataType::Utf8,
        Kind::Whole(..) | Kind::Amount | Kind::Flag => DataType::Int64,
        Kind::Number(..) => DataType::Float64,
        Kind::Day => DataType::Date32,
        Kind::Instant => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
    }
}

/// The canonical schema of an entity: its columns in order, then `attributes` where it has them.
/// Every field may be null; ingest enforces the required ones.
pub fn arrow_schema(entity: &Entity) -> SchemaRef {
    let mut fields: Vec<Field> = entity
        .columns
        .iter()
        .map(|column| Field::new(column.name, arrow_type(column.kind), true))
        .collect();
    if entity.attributes {
        fields.push(Field::new(ATTRIBUTES, DataType::Utf8, true));
    }
    Arc::new(Schema::new(fields))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::canonical::{ENTITIES, entity};

    #[test]
    fn every_entity_has_a_schema() {
        for entity in ENTITIES {
            let schema = arrow_schema(entity);
            assert_eq!(
                schema.fields().len(),
                entity.columns.len() + usize::from(entity.attributes)
            );
        }
        let orders = arrow_schema(entity("orders").expect("orders exist"));
        assert_eq!(orders.field(5).data_type(), &DataType::Float64);
    }
}
