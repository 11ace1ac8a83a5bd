//! Rows in the order of their key, without comparing rows.
//!
//! Each key column becomes small whole numbers in the same order (the rank of a text among the
//! texts that occur, the distance of a number from the smallest). The numbers of a row and its
//! position are packed into one machine word, the words are sorted, and the positions are read off
//! again. A segment has at most [`ROWS_MAX`] rows, so five ranks and a position always fit.

use anyhow::{Result, bail};
use arrow::array::{Array, ArrayRef, AsArray, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use rustc_hash::FxHashMap;

/// The most rows that one segment may have.
pub(super) const ROWS_MAX: usize = 1 << 21;

/// The rows of a segment in key order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ordered {
    /// Positions of rows; rows of one key stand together, in the order in which they came.
    pub(super) rows: Vec<u32>,
    /// Whether the row at this place is the first of its key.
    pub(super) first: Vec<bool>,
}

/// One key column as numbers that sort as its values do; null and empty text are the same.
struct Codes {
    codes: Vec<u64>,
    bits: u32,
}

/// The rows in the order of the key columns, ties in the order in which they came.
pub(super) fn by_key(keys: &[ArrayRef]) -> Result<Ordered> {
    let rows = keys.first().map_or(0, Array::len);
    if rows == 0 {
        return Ok(Ordered::default());
    }
    assert!(rows <= ROWS_MAX, "a segment is spilled before it exceeds {ROWS_MAX} rows");
    let mut columns = code_all(keys)?;
    let row_bits = bits_of(rows as u64 - 1);
    let wide = |columns: &[Codes]| columns.iter().map(|c| c.bits).sum::<u32>() + row_bits;
    if wide(&columns) > 128 {
        columns.iter_mut().for_each(Codes::densify);
    }
    if wide(&columns) > 128 {
        bail!("a key of {} columns does not fit the lake's sort", keys.len());
    }
    Ok(if wide(&columns) <= 64 {
        let mut packed = vec![0_u64; rows];
        for column in &columns {
            let shift = |word: u64| word.checked_shl(column.bits).unwrap_or(0);
            packed
                .iter_mut()
                .zip(&column.codes)
                .for_each(|(word, code)| *word = shift(*word) | code);
        }
        let position = |row: usize, word: u64| (word << row_bits) | row as u64;
        packed.iter_mut().enumerate().for_each(|(row, word)| *word = position(row, *word));
        sort_in_two(&mut packed);
        read_off(packed.iter().map(|word| u128::from(*word)), row_bits)
    } else {
        let mut packed = vec![0_u128; rows];
        for column in &columns {
            let each = packed.iter_mut().zip(&column.codes);
            each.for_each(|(word, code)| *word = (*word << column.bits) | u128::from(*code));
        }
        let position = |row: usize, word: u128| (word << row_bits) | row as u128;
        packed.iter_mut().enumerate().for_each(|(row, word)| *word = position(row, *word));
        sort_in_two(&mut packed);
        read_off(packed.iter().copied(), row_bits)
    })
}

/// Sorts with two threads: splits around the median, then sorts both halves in place.
fn sort_in_two<T: Ord + Send>(words: &mut [T]) {
    if words.len() < 50_000 {
        words.sort_unstable();
        return;
    }
    let middle = words.len() / 2;
    words.select_nth_unstable(middle);
    let (low, high) = words.split_at_mut(middle);
    std::thread::scope(|scope| {
        scope.spawn(|| low.sort_unstable());
        high.sort_unstable();
    });
}

fn read_off(words: impl ExactSizeIterator<Item = u128>, row_bits: u32) -> Ordered {
    let mut ordered =
        Ordered { rows: Vec::with_capacity(words.len()), first: Vec::with_capacity(words.len()) };
    let mut last: Option<u128> = None;
    for word in words {
        let key = word >> row_bits;
        let row = word & ((1 << row_bits) - 1);
        ordered.rows.push(u32::try_from(row).expect("positions are below ROWS_MAX"));
        ordered.first.push(last != Some(key));
        last = Some(key);
    }
    ordered
}

/// Codes every column, two at a time.
fn code_all(keys: &[ArrayRef]) -> Result<Vec<Codes>> {
    let mut coded = Vec::with_capacity(keys.len());
    for pair in keys.chunks(2) {
        let (one, other) = std::thread::scope(|scope| {
            let other = pair.get(1).map(|key| scope.spawn(|| code(key)));
            let one = code(&pair[0]);
            (one, other.map(|thread| thread.join().expect("coding a column does not panic")))
        });
        coded.push(one?);
        if let Some(other) = other {
            coded.push(other?);
        }
    }
    Ok(coded)
}

fn code(key: &ArrayRef) -> Result<Codes> {
    match key.data_type() {
        DataType::Utf8 => Ok(code_text(key.as_string::<i32>())),
        DataType::Int64 | DataType::Timestamp(_, _) => {
            let whole = cast(key, &DataType::Int64)?;
            let whole = whole.as_primitive::<Int64Type>();
            let least = whole.iter().map(Option::unwrap_or_default).min().unwrap_or(0);
            let offset =
                |value: Option<i64>| value.unwrap_or(0).wrapping_sub(least).cast_unsigned();
            Ok(Codes::new(whole.iter().map(offset).collect()))
        }
        other => bail!("a lake key cannot have the type {other}"),
    }
}

/// Ranks among the texts that occur, in the order of their bytes.
fn code_text(texts: &StringArray) -> Codes {
    let mut of: FxHashMap<&str, u32> = FxHashMap::default();
    let mut distinct: Vec<&str> = Vec::new();
    let mut codes: Vec<u32> = Vec::with_capacity(texts.len());
    let mut last: Option<(&str, u32)> = None;
    for text in texts {
        let text = text.unwrap_or("");
        let code = match last {
            Some((same, code)) if same == text => code,
            _ => *of.entry(text).or_insert_with(|| {
                distinct.push(text);
                u32::try_from(distinct.len() - 1).expect("texts are fewer than ROWS_MAX")
            }),
        };
        last = Some((text, code));
        codes.push(code);
    }
    let mut sorted: Vec<(u128, u32)> = distinct.iter().map(|text| prefix(text)).zip(0..).collect();
    sorted.sort_unstable_by(|a, b| {
        a.0.cmp(&b.0).then_with(|| distinct[a.1 as usize].cmp(distinct[b.1 as usize]))
    });
    let mut rank = vec![0_u64; distinct.len()];
    for (place, (_, code)) in (0_u64..).zip(sorted) {
        rank[code as usize] = place;
    }
    Codes::new(codes.into_iter().map(|code| rank[code as usize]).collect())
}

/// The first sixteen bytes as a number that sorts as they do.
fn prefix(text: &str) -> u128 {
    let bytes = text.as_bytes();
    let mut head = [0_u8; 16];
    let taken = bytes.len().min(16);
    head[..taken].copy_from_slice(&bytes[..taken]);
    u128::from_be_bytes(head)
}

impl Codes {
    fn new(codes: Vec<u64>) -> Self {
        let bits = bits_of(codes.iter().copied().max().unwrap_or(0));
        Self { codes, bits }
    }

    /// Ranks in place of distances: never more bits than the rows need.
    fn densify(&mut self) {
        let mut distinct = self.codes.clone();
        distinct.sort_unstable();
        distinct.dedup();
        for code in &mut self.codes {
            *code = distinct.partition_point(|other| other < code) as u64;
        }
        self.bits = bits_of(distinct.len() as u64 - 1);
    }
}

/// Bits that the numbers up to `most` need.
fn bits_of(most: u64) -> u32 {
    64 - most.leading_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::Int64Array;
    use std::sync::Arc;

    fn texts(values: &[Option<&str>]) -> ArrayRef {
        Arc::new(StringArray::from(values.to_vec()))
    }

    fn numbers(values: &[Option<i64>]) -> ArrayRef {
        Arc::new(Int64Array::from(values.to_vec()))
    }

    #[test]
    fn rows_of_one_key_keep_their_order() {
        let ordered = by_key(&[
            texts(&[Some("b"), Some("a"), Some("b"), None, Some("")]),
            numbers(&[Some(1), Some(9), Some(1), Some(5), Some(5)]),
        ])
        .expect("sorts");
        assert_eq!(ordered.rows, [3, 4, 1, 0, 2]);
        assert_eq!(ordered.first, [true, false, true, true, false]);
    }

    #[test]
    fn long_texts_sort_by_their_bytes() {
        let ordered = by_key(&[texts(&[
            Some("0123456789abcdefB"),
            Some("0123456789abcdef"),
            Some("0123456789abcdefA"),
            Some("大"),
            Some("0"),
        ])])
        .expect("sorts");
        assert_eq!(ordered.rows, [4, 1, 2, 0, 3]);
    }

    #[test]
    fn wide_numbers_are_ranked_until_they_fit() {
        let wide = [Some(i64::MAX), Some(i64::MIN), None, Some(0)];
        let ordered = by_key(&[numbers(&wide), numbers(&wide), numbers(&wide)]).expect("sorts");
        assert_eq!(ordered.rows, [1, 2, 3, 0]);
        assert_eq!(ordered.first, [true, true, false, true]);
    }

    #[test]
    fn no_rows_and_one_row() {
        assert_eq!(by_key(&[texts(&[])]).expect("sorts"), Ordered::default());
        let one = by_key(&[numbers(&[Some(7)])]).expect("sorts");
        assert_eq!(one, Ordered { rows: vec![0], first: vec![true] });
    }

    #[test]
    fn two_threads_sort_as_one() {
        let mut words: Vec<u64> =
            (0..120_000_u64).map(|i| i.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
        let mut expected = words.clone();
        expected.sort_unstable();
        sort_in_two(&mut words);
        assert_eq!(words, expected);
    }
}
