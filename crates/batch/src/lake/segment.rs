//! From buffered rows to written files: sort, number lines, drop what is there already, split by month.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use arrow::array::{ArrayRef, Int64Array, RecordBatch, UInt32Array};
use arrow::compute::{concat_batches, take};
use domain::canonical::Entity;
use store::LakeFile;

use super::compare::{Newer, Older, Standing, compare};
use super::files::{Written, encode, in_two_threads, sha256_hex, with_schema, write_durably};
use super::layout::{
    Month, TMP_PREFIX, absolute, dated_position, final_path, key_positions, lake_schema, months,
    position, value_schema,
};
use super::lines::Counted;
use super::order::{Ordered, by_key};
use super::print::{Absent, Print, prints};
use super::writer::{Duplicate, LakeCounts};

/// Rows of one entity, in the order of the source file.
#[derive(Default)]
pub(super) struct Buffer {
    /// In the lake's columns without `seq`.
    pub(super) batches: Vec<RecordBatch>,
    /// The source line of each row.
    pub(super) lines: Vec<u32>,
}

/// Where a segment goes.
pub(super) struct Target {
    /// The folder of the lake.
    pub(super) lake_dir: PathBuf,
    /// The ingest sequence of its rows.
    pub(super) seq: i64,
    /// Files that may hold older versions: the catalogue's and earlier segments' of the same source.
    pub(super) older: Vec<(Older, LakeFile)>,
}

/// A written segment.
pub(super) struct Spilled {
    /// Its files, still under temporary names.
    pub(super) written: Vec<Written>,
    /// What became of its rows.
    pub(super) counts: LakeCounts,
    /// Catalogued files that are damaged and whose rows this segment brings again.
    pub(super) mended: Vec<String>,
    /// How often each product occurs in each order.
    pub(super) occurrences: Vec<(Print, u32)>,
}

/// Sorts, compares and writes one segment.
pub(super) fn spill(
    entity: &'static Entity,
    buffer: Buffer,
    counted: &Counted,
    target: &Target,
) -> Result<Spilled> {
    let batch = concat_batches(&value_schema(entity), &buffer.batches)
        .context("the buffered rows do not have the lake's columns")?;
    drop(buffer.batches);
    let Keyed { batch, ordered, occurrences } = in_key_order(entity, batch, counted)?;
    let (rows, superseded) = winners(&ordered);
    let mut counts = count_superseded(entity, &batch, &superseded, &buffer.lines)?;
    let key = key_positions(entity);
    let older: Vec<Older> = target.older.iter().map(|(older, _)| older.clone()).collect();
    let month_of = months(batch.column(dated_position(entity)?))?;
    let older = mark_likely(older, &target.older, &month_of);
    let compared = compare(&Newer { batch: &batch, key: &key, rows: &rows }, &older)?;
    let parts = split(&rows, &compared.standings, &month_of);
    let damaged: Vec<(&LakeFile, &str)> = compared
        .damaged
        .iter()
        .map(|(place, why)| (&target.older[*place].1, why.as_str()))
        .collect();
    let mended = mend(&damaged, &parts)?;
    for standing in &compared.standings {
        match standing {
            Standing::New => counts.taken += 1,
            Standing::Changed => counts.replaced += 1,
            Standing::Same => counts.unchanged += 1,
        }
    }
    let parts: Vec<Part> = parts.into_iter().collect();
    let written = in_two_threads(&parts, |part| write_part(entity, &batch, part, target))?;
    Ok(Spilled { written, counts, mended, occurrences })
}

/// Rows in key order with their lines filled in.
struct Keyed {
    batch: RecordBatch,
    ordered: Ordered,
    occurrences: Vec<(Print, u32)>,
}

fn in_key_order(entity: &Entity, batch: RecordBatch, counted: &Counted) -> Result<Keyed> {
    let columns = |positions: &[usize]| -> Vec<ArrayRef> {
        positions.iter().map(|position| Arc::clone(batch.column(*position))).collect()
    };
    let key = key_positions(entity);
    let Some(line) = position(entity, "line").filter(|line| key.last() == Some(line)) else {
        let ordered = by_key(&columns(&key))?;
        return Ok(Keyed { batch, ordered, occurrences: Vec::new() });
    };
    let lined = counted.assign(&columns(&key[..key.len() - 1]), batch.column(line))?;
    let mut filled = batch.columns().to_vec();
    filled[line] = Arc::new(lined.line);
    let batch = with_schema(batch.schema(), filled)?;
    Ok(Keyed { batch, ordered: lined.ordered, occurrences: lined.counts })
}

/// The last row of each key, and every earlier row beside the one that follows it.
fn winners(ordered: &Ordered) -> (Vec<u32>, Vec<(u32, u32)>) {
    let mut rows: Vec<u32> = Vec::with_capacity(ordered.rows.len());
    let mut superseded = Vec::new();
    for (row, first) in ordered.rows.iter().zip(&ordered.first) {
        match rows.last_mut() {
            Some(last) if !first => superseded.push((std::mem::replace(last, *row), *row)),
            _ => rows.push(*row),
        }
    }
    (rows, superseded)
}

/// Counts rows whose key comes again in the same source file.
fn count_superseded(
    entity: &'static Entity,
    batch: &RecordBatch,
    superseded: &[(u32, u32)],
    lines: &[u32],
) -> Result<LakeCounts> {
    let mut counts = LakeCounts::none(entity);
    if superseded.is_empty() {
        return Ok(counts);
    }
    let values = prints(batch.columns(), Absent::Itself)?;
    let line = |row: u32| lines.get(row as usize).copied().unwrap_or(0);
    for (row, by) in superseded {
        if values[*row as usize] == values[*by as usize] {
            counts.unchanged += 1;
        } else {
            counts.replaced += 1;
        }
        counts.duplicates.push(Duplicate { line: line(*row), by_line: line(*by) });
    }
    counts.duplicates.sort_unstable();
    Ok(counts)
}

/// Files of the months that the new rows are of likely hold the same rows.
fn mark_likely(older: Vec<Older>, files: &[(Older, LakeFile)], month_of: &[Month]) -> Vec<Older> {
    let mut months: Vec<Month> = month_of.to_vec();
    months.dedup();
    months.sort_unstable();
    months.dedup();
    let months: Vec<String> = months.into_iter().map(Month::text).collect();
    let mark = |(older, (_, file)): (Older, &(Older, LakeFile))| Older {
        likely: months.contains(&file.month),
        ..older
    };
    older.into_iter().zip(files).map(mark).collect()
}

/// The month of a part, and whether its rows replace older ones.
type PartName = (Month, bool);
type Part = (PartName, Vec<u32>);

/// New and changed rows by month, each still in key order.
fn split(rows: &[u32], standings: &[Standing], month_of: &[Month]) -> BTreeMap<PartName, Vec<u32>> {
    let mut parts: BTreeMap<PartName, Vec<u32>> = BTreeMap::new();
    for (row, standing) in rows.iter().zip(standings) {
        if *standing != Standing::Same {
            let name = (month_of[*row as usize], *standing == Standing::Changed);
            parts.entry(name).or_default().push(*row);
        }
    }
    parts
}

/// A damaged file leaves the catalogue when its rows come again: the segment brings at least as many
/// new rows for its month. Otherwise nothing is written.
fn mend(
    damaged: &[(&LakeFile, &str)],
    parts: &BTreeMap<PartName, Vec<u32>>,
) -> Result<Vec<String>> {
    let mut brought: BTreeMap<String, i64> = BTreeMap::new();
    for ((month, replacing), rows) in parts {
        if !replacing {
            *brought.entry(month.text()).or_default() += i64::try_from(rows.len())?;
        }
    }
    for (file, why) in damaged {
        let left = brought.entry(file.month.clone()).or_default();
        *left -= file.rows;
        if *left < 0 {
            anyhow::bail!(
                "the lake file {} is damaged: {why}; put it back from a backup, or ingest again the \
                 source file that held its {} rows of {} for {}; nothing of this source file is stored",
                file.path,
                file.rows,
                file.entity,
                file.month
            );
        }
    }
    Ok(damaged.iter().map(|(file, _)| file.path.clone()).collect())
}

fn write_part(
    entity: &Entity,
    batch: &RecordBatch,
    ((month, replacing), rows): &Part,
    target: &Target,
) -> Result<Written> {
    let places = UInt32Array::from(rows.clone());
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(batch.num_columns() + 1);
    for column in batch.columns() {
        columns.push(take(column, &places, None).context("rows cannot be put in order")?);
    }
    columns.push(Arc::new(Int64Array::from_value(target.seq, rows.len())));
    let bytes = encode(&with_schema(lake_schema(entity), columns)?)?;
    let (month, sha256) = (month.text(), sha256_hex(&bytes));
    let path = final_path(entity.name, &month, &sha256, *replacing);
    let last = absolute(&target.lake_dir, &path);
    let tmp = tmp_path(&last).with_context(|| format!("{path} has no folder"))?;
    write_durably(&tmp, &bytes)?;
    let file = LakeFile {
        path,
        entity: entity.name.to_owned(),
        month,
        rows: i64::try_from(rows.len())?,
        seq: target.seq,
        sha256,
        bytes: i64::try_from(bytes.len())?,
    };
    Ok(Written { tmp, file })
}

/// The temporary name beside a final one.
pub(super) fn tmp_path(last: &Path) -> Option<PathBuf> {
    let name = last.file_name()?.to_str()?;
    Some(last.with_file_name(format!("{TMP_PREFIX}{name}")))
}
