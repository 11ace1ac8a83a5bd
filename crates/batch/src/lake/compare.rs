//! How new rows stand to those already in the lake.
//!
//! The new rows of a segment are kept by the fingerprint of their key; the older files stream past.
//! Files and row groups whose first key column cannot hold any of the new keys are passed over by
//! their statistics, in every month: a row whose date was corrected may live in another month.

use std::fs::File;
use std::path::PathBuf;

use anyhow::{Context, Result};
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Int64Type};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::statistics::Statistics;
use rustc_hash::FxHashMap;

use super::files::in_two_threads;
use super::print::{Absent, Print, prints};

/// How a row stands to the lake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Its key is new.
    New,
    /// Its key exists with other values.
    Changed,
    /// It exists as it is.
    Same,
}

/// A file that may hold older versions of the new rows.
#[derive(Debug, Clone)]
pub(super) struct Older {
    /// Where it lies.
    pub(super) path: PathBuf,
    /// Its ingest sequence.
    pub(super) seq: i64,
    /// Whether it is of a month that the new rows are of: its rows are then likely the same.
    pub(super) likely: bool,
}

/// The new rows, ready to be compared.
pub(super) struct Newer<'a> {
    /// All rows, in the lake's columns without `seq`.
    pub(super) batch: &'a RecordBatch,
    /// Positions of the columns of the key.
    pub(super) key: &'a [usize],
    /// Rows to compare, in key order, one for each key.
    pub(super) rows: &'a [u32],
}

/// What the comparison found.
pub(super) struct Compared {
    /// The standing of each of the new rows.
    pub(super) standings: Vec<Standing>,
    /// Places in the list of older files that are missing or cannot be read, and why.
    pub(super) damaged: Vec<(usize, String)>,
}

/// One version of a new row in an older file.
struct Hit {
    place: u32,
    seq: i64,
    same: bool,
}

/// Compares the new rows with the older files.
pub(super) fn compare(newer: &Newer, older: &[Older]) -> Result<Compared> {
    let mut standings = vec![Standing::New; newer.rows.len()];
    if older.is_empty() || newer.rows.is_empty() {
        return Ok(Compared { standings, damaged: Vec::new() });
    }
    let index = Index::build(newer)?;
    let found = in_two_threads(older, |file| Ok(index.look_in(file)))?;
    let mut best = vec![i64::MIN; newer.rows.len()];
    let mut damaged = Vec::new();
    for (place, hits) in found.into_iter().enumerate() {
        match hits {
            Ok(hits) => {
                for hit in hits {
                    let row = hit.place as usize;
                    if hit.seq > best[row] {
                        best[row] = hit.seq;
                        standings[row] = if hit.same { Standing::Same } else { Standing::Changed };
                    }
                }
            }
            Err(error) => damaged.push((place, format!("{error:#}"))),
        }
    }
    Ok(Compared { standings, damaged })
}

struct Index<'a> {
    newer: &'a Newer<'a>,
    places: FxHashMap<Print, u32>,
    values: Vec<Print>,
    bounds: Bounds,
}

/// The least and the greatest first key column among the new rows.
enum Bounds {
    Text(Vec<u8>, Vec<u8>),
    Whole(i64, i64),
}

impl<'a> Index<'a> {
    fn build(newer: &'a Newer<'a>) -> Result<Self> {
        let columns = |positions: &[usize]| -> Vec<ArrayRef> {
            positions.iter().map(|position| newer.batch.column(*position).clone()).collect()
        };
        let keys = prints(&columns(newer.key), Absent::Empty)?;
        let values = prints(newer.batch.columns(), Absent::Itself)?;
        let place = |(place, row): (u32, &u32)| (keys[*row as usize], place);
        let places: FxHashMap<Print, u32> = (0_u32..).zip(newer.rows).map(place).collect();
        let values = newer.rows.iter().map(|row| values[*row as usize]).collect();
        let bounds = Bounds::of(newer.batch.column(newer.key[0]), newer.rows);
        Ok(Self { newer, places, values, bounds })
    }

    fn look_in(&self, file: &Older) -> Result<Vec<Hit>> {
        if !file.likely && !self.any_key_in(file)? {
            return Ok(Vec::new());
        }
        let width = self.newer.batch.num_columns();
        let mut hits = Vec::new();
        for batch in self.read(file, &(0..width).collect::<Vec<_>>())? {
            let batch = batch.context("its rows cannot be read")?;
            let key: Vec<ArrayRef> =
                self.newer.key.iter().map(|position| batch.column(*position).clone()).collect();
            let keys = prints(&key, Absent::Empty)?;
            let places: Vec<Option<u32>> =
                keys.iter().map(|key| self.places.get(key).copied()).collect();
            if places.iter().all(Option::is_none) {
                continue;
            }
            let values = prints(batch.columns(), Absent::Itself)?;
            for (place, value) in places.into_iter().zip(values) {
                if let Some(place) = place {
                    let same = self.values[place as usize] == value;
                    hits.push(Hit { place, seq: file.seq, same });
                }
            }
        }
        Ok(hits)
    }

    fn any_key_in(&self, file: &Older) -> Result<bool> {
        // The projection returns columns in the order of the file, the key has its own.
        let mut sorted = self.newer.key.to_vec();
        sorted.sort_unstable();
        let of = |position: &usize| sorted.partition_point(|other| other < position);
        for batch in self.read(file, &sorted)? {
            let batch = batch.context("its rows cannot be read")?;
            let key: Vec<ArrayRef> =
                self.newer.key.iter().map(|position| batch.column(of(position)).clone()).collect();
            if prints(&key, Absent::Empty)?.iter().any(|key| self.places.contains_key(key)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The columns at these positions, of the row groups that may hold new keys.
    fn read(
        &self,
        file: &Older,
        positions: &[usize],
    ) -> Result<impl Iterator<Item = arrow::error::Result<RecordBatch>>> {
        let open = File::open(&file.path).context("it cannot be opened")?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(open)
            .context("it is truncated or not a Parquet file")?;
        let metadata = builder.metadata().clone();
        let first = self.newer.key[0];
        let may = |group: &usize| {
            let statistics = metadata.row_group(*group).column(first).statistics();
            statistics.is_none_or(|statistics| self.bounds.may_meet(statistics))
        };
        let groups: Vec<usize> = (0..metadata.num_row_groups()).filter(may).collect();
        let mask = ProjectionMask::leaves(builder.parquet_schema(), positions.iter().copied());
        builder
            .with_projection(mask)
            .with_row_groups(groups)
            .with_batch_size(65_536)
            .build()
            .context("its columns cannot be read")
    }
}

impl Bounds {
    /// Of rows in key order.
    fn of(column: &ArrayRef, rows: &[u32]) -> Self {
        let (first, last) = (rows[0] as usize, rows[rows.len() - 1] as usize);
        if column.data_type() == &DataType::Utf8 {
            let texts = column.as_string::<i32>();
            let bytes = |row: usize| texts.value(row).as_bytes().to_vec();
            Self::Text(bytes(first), bytes(last))
        } else {
            let whole = column.as_primitive::<Int64Type>();
            Self::Whole(whole.value(first), whole.value(last))
        }
    }

    fn may_meet(&self, statistics: &Statistics) -> bool {
        match (self, statistics) {
            (Self::Text(least, most), Statistics::ByteArray(theirs)) => {
                let below = theirs.max_opt().is_some_and(|max| max.data() < least.as_slice());
                let above = theirs.min_opt().is_some_and(|min| min.data() > most.as_slice());
                !below && !above
            }
            (Self::Whole(least, most), Statistics::Int64(theirs)) => {
                let below = theirs.max_opt().is_some_and(|max| max < least);
                let above = theirs.min_opt().is_some_and(|min| min > most);
                !below && !above
            }
            _ => true,
        }
    }
}
