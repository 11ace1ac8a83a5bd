//! Turn wide columns into rows.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};

use crate::ingest::mapping::Wide;

/// The rows once for each of the columns, each time with the column's name and value beside them.
pub(in crate::ingest) fn batches(wide: &Wide, batch: &RecordBatch) -> Result<Vec<RecordBatch>> {
    wide.columns
        .iter()
        .map(|column| {
            let value = batch.column_by_name(column).context("wide columns were read")?;
            let key: ArrayRef = Arc::new(StringArray::from_iter_values(std::iter::repeat_n(
                column.as_str(),
                batch.num_rows(),
            )));
            let mut fields: Vec<Field> =
                batch.schema().fields().iter().map(|field| field.as_ref().clone()).collect();
            fields.push(Field::new(&wide.key_as, DataType::Utf8, true));
            fields.push(Field::new(&wide.value_as, value.data_type().clone(), true));
            let mut arrays = batch.columns().to_vec();
            arrays.push(key);
            arrays.push(Arc::clone(value));
            Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?)
        })
        .collect()
}
