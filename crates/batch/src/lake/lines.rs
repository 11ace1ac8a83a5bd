//! The default `line` of an order: which occurrence of its product within the order it is.
//!
//! Counted in the order of the source file, from 1. A file longer than one segment keeps, for every
//! segment already spilled, how often each product occurred in each order; the counts lie on disk,
//! so that memory stays that of one segment.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use arrow::array::{Array, ArrayRef, AsArray, Int64Array};
use arrow::datatypes::Int64Type;
use rustc_hash::FxHashMap;

use super::files::disk_error;
use super::order::{Ordered, by_key};
use super::print::{Absent, Print, prints};

/// Bytes of one record: a fingerprint of order and product, and a count.
const RECORD: usize = 20;

/// The products of orders already counted in earlier segments of the same source file.
#[derive(Debug, Default)]
pub(super) struct Counted {
    spilled: Vec<PathBuf>,
}

/// Order lines with every line number filled in.
pub(super) struct Lined {
    /// Rows by order, product and line.
    pub(super) ordered: Ordered,
    /// The line of every row.
    pub(super) line: Int64Array,
    /// How often each product of each order occurs: what a later segment must know.
    pub(super) counts: Vec<(Print, u32)>,
}

impl Counted {
    /// Fills in the lines of a segment. `keys` are its orders and products, `given` the lines that
    /// the source states.
    pub(super) fn assign(&self, keys: &[ArrayRef], given: &ArrayRef) -> Result<Lined> {
        let given = given.as_primitive::<Int64Type>();
        let mut ordered = by_key(keys)?;
        let pairs = prints(keys, Absent::Empty)?;
        let earlier = self.earlier(&ordered, &pairs)?;
        let mut line = vec![0_i64; given.len()];
        let mut counts = Vec::new();
        let mut start = 0;
        while start < ordered.rows.len() {
            let rest = ordered.first[start + 1..].iter().take_while(|first| !**first).count();
            let run = start..start + 1 + rest;
            start = run.end;
            let pair = pairs[ordered.rows[run.start] as usize];
            let before = earlier.get(&pair).copied().unwrap_or(0);
            let rows = &ordered.rows[run.clone()];
            for (nth, row) in (i64::from(before) + 1..).zip(rows) {
                let row = *row as usize;
                line[row] = if given.is_null(row) { nth } else { given.value(row) };
            }
            counts.push((pair, u32::try_from(run.len()).context("a segment has fewer rows")?));
            settle(&mut ordered, run, &line);
        }
        Ok(Lined { ordered, line: Int64Array::from(line), counts })
    }

    /// Keeps the counts of a spilled segment in a file of that path.
    pub(super) fn spill(&mut self, counts: &[(Print, u32)], path: PathBuf) -> Result<()> {
        let mut bytes = Vec::with_capacity(counts.len() * RECORD);
        for (print, count) in counts {
            bytes.extend_from_slice(&print[0].to_le_bytes());
            bytes.extend_from_slice(&print[1].to_le_bytes());
            bytes.extend_from_slice(&count.to_le_bytes());
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)
                .map_err(|error| disk_error("make the folder", folder, &error))?;
        }
        fs::write(&path, bytes).map_err(|error| disk_error("write", &path, &error))?;
        self.spilled.push(path);
        Ok(())
    }

    /// Forgets the source file and removes what was spilled.
    pub(super) fn clear(&mut self) {
        for path in self.spilled.drain(..) {
            // What cannot be removed now is swept by the next ingest.
            let _ = fs::remove_file(path);
        }
    }

    fn earlier(&self, ordered: &Ordered, pairs: &[Print]) -> Result<FxHashMap<Print, u32>> {
        let mut earlier = FxHashMap::default();
        if self.spilled.is_empty() {
            return Ok(earlier);
        }
        let firsts = ordered.rows.iter().zip(&ordered.first).filter(|(_, first)| **first);
        earlier.extend(firsts.map(|(row, _)| (pairs[*row as usize], 0)));
        for path in &self.spilled {
            let bytes = fs::read(path).map_err(|error| disk_error("read", path, &error))?;
            for record in bytes.as_chunks::<RECORD>().0 {
                let (print, count) = read_record(record);
                if let Some(total) = earlier.get_mut(&print) {
                    *total += count;
                }
            }
        }
        Ok(earlier)
    }
}

fn read_record(record: &[u8; RECORD]) -> (Print, u32) {
    let word = |at: usize| {
        u64::from_le_bytes(record[at..at + 8].try_into().expect("eight bytes of a record"))
    };
    let count = u32::from_le_bytes(record[16..].try_into().expect("four bytes of a record"));
    ([word(0), word(8)], count)
}

/// Orders the rows of one order and product by line; equal lines stay as they came.
fn settle(ordered: &mut Ordered, run: std::ops::Range<usize>, line: &[i64]) {
    let of = |row: &u32| line[*row as usize];
    ordered.rows[run.clone()].sort_by_key(of);
    for place in run.start + 1..run.end {
        ordered.first[place] = of(&ordered.rows[place]) != of(&ordered.rows[place - 1]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::StringArray;
    use std::sync::Arc;

    fn keys(pairs: &[(&str, &str)]) -> Vec<ArrayRef> {
        let column = |of: fn(&(&str, &str)) -> String| -> ArrayRef {
            Arc::new(StringArray::from_iter_values(pairs.iter().map(of)))
        };
        vec![column(|pair| pair.0.to_owned()), column(|pair| pair.1.to_owned())]
    }

    fn given(lines: &[Option<i64>]) -> ArrayRef {
        Arc::new(Int64Array::from(lines.to_vec()))
    }

    #[test]
    fn lines_count_the_product_within_the_order() {
        let keys = keys(&[("o1", "a"), ("o2", "a"), ("o1", "a"), ("o1", "b"), ("o1", "a")]);
        let lined = Counted::default().assign(&keys, &given(&[None; 5])).expect("lines");
        assert_eq!(lined.line.values(), &[1, 1, 2, 1, 3]);
        assert_eq!(lined.ordered.rows, [0, 2, 4, 3, 1]);
        assert!(lined.ordered.first.iter().all(|first| *first));
    }

    #[test]
    fn a_stated_line_is_kept_and_counts_as_an_occurrence() {
        let keys = keys(&[("o", "a"), ("o", "a"), ("o", "a")]);
        let lined =
            Counted::default().assign(&keys, &given(&[Some(7), None, Some(7)])).expect("lines");
        assert_eq!(lined.line.values(), &[7, 2, 7]);
        assert_eq!(lined.ordered.rows, [1, 0, 2]);
        assert_eq!(lined.ordered.first, [true, true, false]);
    }

    #[test]
    fn counting_goes_on_in_the_next_segment() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut counted = Counted::default();
        let first = keys(&[("o", "a"), ("o", "b"), ("o", "a")]);
        let lined = counted.assign(&first, &given(&[None; 3])).expect("lines");
        counted.spill(&lined.counts, folder.path().join("x/.tmp-1")).expect("spills");
        let second = keys(&[("p", "a"), ("o", "a")]);
        let lined = counted.assign(&second, &given(&[None; 2])).expect("lines");
        assert_eq!(lined.line.values(), &[1, 3]);
        counted.clear();
        assert!(!folder.path().join("x/.tmp-1").exists());
    }
}
