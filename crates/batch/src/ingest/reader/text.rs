//! Columns of text under construction: bytes and offsets, checked as UTF-8 once a batch.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use arrow::buffer::{Buffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::{BadRow, RawBatch, shortened};
use crate::ingest::lines::Lines;

/// One column's texts, as bytes.
#[derive(Default)]
struct TextColumn {
    values: Vec<u8>,
    ends: Vec<i32>,
}

impl TextColumn {
    fn field(&self, row: usize) -> &[u8] {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.values
            [usize::try_from(start).unwrap_or(0)..usize::try_from(self.ends[row]).unwrap_or(0)]
    }
}

/// A batch of text rows under construction.
pub(super) struct TextBatch {
    schema: SchemaRef,
    columns: Vec<TextColumn>,
    lines: Vec<u32>,
    bad: Vec<BadRow>,
}

impl TextBatch {
    pub(super) fn new(names: &[String], wanted: &[usize]) -> Self {
        let fields: Vec<Field> =
            wanted.iter().map(|i| Field::new(&names[*i], DataType::Utf8, true)).collect();
        let columns = wanted.iter().map(|_| TextColumn::default()).collect();
        Self { schema: Arc::new(Schema::new(fields)), columns, lines: Vec::new(), bad: Vec::new() }
    }

    /// Rows so far, readable or not.
    pub(super) fn rows(&self) -> usize {
        self.lines.len() + self.bad.len()
    }

    /// Whether the batch should be given out before it holds too many bytes for its offsets.
    pub(super) fn is_full(&self) -> bool {
        self.rows() >= super::BATCH_ROWS
            || self.columns.iter().any(|column| column.values.len() > 256 * 1024 * 1024)
    }

    /// Appends to column `column`; every column gets one text for each `end_row`.
    pub(super) fn push(&mut self, column: usize, value: &[u8]) {
        let column = &mut self.columns[column];
        column.values.extend_from_slice(value);
        let end = i32::try_from(column.values.len()).expect("a batch is given out before 2 GiB");
        column.ends.push(end);
    }

    pub(super) fn end_row(&mut self, line: u64) {
        self.lines.push(u32::try_from(line).unwrap_or(u32::MAX));
    }

    pub(super) fn bad(&mut self, bad: BadRow) {
        self.bad.push(bad);
    }

    /// Gives out what is there and starts anew.
    pub(super) fn finish(&mut self, bytes_done: u64) -> Result<RawBatch> {
        let rows = self.lines.len();
        let mut arrays = self.arrays(rows);
        if arrays.is_none() {
            self.drop_foreign_bytes();
            arrays = self.arrays(self.lines.len());
        }
        let arrays = arrays.context("rows that are not UTF-8 were set aside")?;
        let lines = std::mem::take(&mut self.lines);
        let options = RecordBatchOptions::new().with_row_count(Some(lines.len()));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)?;
        for column in &mut self.columns {
            column.values.clear();
            column.ends.clear();
        }
        Ok(RawBatch {
            batch,
            lines: Lines::Each(lines),
            bad: std::mem::take(&mut self.bad),
            bytes_done,
        })
    }

    /// The columns as arrays, or `None` when one of them is not UTF-8.
    fn arrays(&self, rows: usize) -> Option<Vec<ArrayRef>> {
        self.columns
            .iter()
            .map(|column| {
                let mut offsets = Vec::with_capacity(rows + 1);
                offsets.push(0);
                offsets.extend_from_slice(&column.ends);
                let offsets = OffsetBuffer::new(offsets.into());
                let values = Buffer::from(column.values.as_slice());
                let array = StringArray::try_new(offsets, values, None).ok()?;
                Some(Arc::new(array) as ArrayRef)
            })
            .collect()
    }

    /// Sets the rows aside that hold bytes which are not UTF-8.
    fn drop_foreign_bytes(&mut self) {
        let columns = std::mem::take(&mut self.columns);
        let lines = std::mem::take(&mut self.lines);
        self.columns = columns.iter().map(|_| TextColumn::default()).collect();
        for (row, line) in lines.into_iter().enumerate() {
            let foreign = columns.iter().position(|c| std::str::from_utf8(c.field(row)).is_err());
            if let Some(at) = foreign {
                self.bad.push(BadRow {
                    line,
                    column: self.schema.field(at).name().clone(),
                    value: shortened(&String::from_utf8_lossy(columns[at].field(row))),
                    reason: not_utf8(columns[at].field(row)),
                });
                continue;
            }
            for (at, column) in columns.iter().enumerate() {
                self.push(at, column.field(row));
            }
            self.end_row(u64::from(line));
        }
    }
}

/// Why bytes are not UTF-8, and what to do.
pub(super) fn not_utf8(bytes: &[u8]) -> String {
    let at = std::str::from_utf8(bytes).err().map_or(0, |error| error.valid_up_to());
    let byte = bytes.get(at).copied().unwrap_or_default();
    format!(
        "byte 0x{byte:02X} is not UTF-8; save the file as UTF-8 (in Excel: \"CSV UTF-8\"), or state what \
         it is in in a mapping: `encoding = \"CP932\"` from a Japanese system, `encoding = \
         \"Windows-1252\"` from a Western European one"
    )
}
