//! Fingerprints of rows: 128 bits from which two rows of a lake are told apart.
//!
//! Two independent 64-bit lanes of multiply-and-fold. With a hundred million rows the chance that any
//! two differing rows share a print is below 1e-22.

use anyhow::{Result, bail};
use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};

/// The fingerprint of one row over some columns.
pub(super) type Print = [u64; 2];

/// What an absent value counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Absent {
    /// The same as an empty text or a zero, as in keys.
    Empty,
    /// A value of its own.
    Itself,
}

const SEED: Print = [0x243F_6A88_85A3_08D3, 0x1319_8A2E_0370_7344];
const STEP: Print = [0x9E37_79B9_7F4A_7C15, 0xA409_3822_299F_31D1];
const NULL: u64 = 0x4528_21E6_38D0_1377;

/// The fingerprint of every row over the columns, which must have the same length.
pub(super) fn prints(columns: &[ArrayRef], absent: Absent) -> Result<Vec<Print>> {
    let rows = columns.first().map_or(0, Array::len);
    let mut prints = vec![SEED; rows];
    for column in columns {
        match column.data_type() {
            DataType::Utf8 => {
                let texts = column.as_string::<i32>();
                for (print, text) in prints.iter_mut().zip(texts) {
                    mix_text(print, text, absent);
                }
            }
            DataType::Float64 => {
                let numbers = column.as_primitive::<Float64Type>();
                for (print, number) in prints.iter_mut().zip(numbers) {
                    mix(print, word(number.map(f64::to_bits), absent));
                }
            }
            DataType::Int64 | DataType::Timestamp(_, _) | DataType::Date32 => {
                let whole = cast(column, &DataType::Int64)?;
                let whole = whole.as_primitive::<Int64Type>();
                for (print, number) in prints.iter_mut().zip(whole) {
                    mix(print, word(number.map(i64::cast_unsigned), absent));
                }
            }
            other => bail!("a lake column cannot have the type {other}"),
        }
    }
    Ok(prints)
}

fn word(value: Option<u64>, absent: Absent) -> u64 {
    match (value, absent) {
        (Some(value), _) => value,
        (None, Absent::Empty) => 0,
        (None, Absent::Itself) => NULL,
    }
}

fn mix_text(print: &mut Print, text: Option<&str>, absent: Absent) {
    let Some(text) = text.or((absent == Absent::Empty).then_some("")) else {
        return mix(print, NULL);
    };
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    for word in words {
        mix(print, u64::from_le_bytes(*word));
    }
    let mut tail = [0_u8; 8];
    tail[..rest.len()].copy_from_slice(rest);
    mix(print, u64::from_le_bytes(tail));
    mix(print, text.len() as u64);
}

fn mix(print: &mut Print, word: u64) {
    for (lane, step) in print.iter_mut().zip(STEP) {
        let product = u128::from(*lane ^ word) * u128::from(step);
        #[expect(clippy::cast_possible_truncation, reason = "both halves are folded together")]
        let folded = (product as u64) ^ ((product >> 64) as u64);
        *lane = folded.wrapping_add(step.rotate_left(23));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Float64Array, Int64Array, StringArray};
    use std::sync::Arc;

    fn text(values: &[Option<&str>]) -> Vec<Print> {
        let column: ArrayRef = Arc::new(StringArray::from(values.to_vec()));
        prints(&[column], Absent::Itself).expect("texts have prints")
    }

    #[test]
    fn near_texts_differ() {
        let all =
            text(&[None, Some(""), Some("a"), Some("a\0"), Some("12345678"), Some("1234567")]);
        for (i, print) in all.iter().enumerate() {
            assert!(!all[..i].contains(print), "row {i}");
        }
    }

    #[test]
    fn in_a_key_nothing_is_empty() {
        let column: ArrayRef = Arc::new(StringArray::from(vec![None, Some("")]));
        let keys = prints(&[column], Absent::Empty).expect("texts have prints");
        assert_eq!(keys[0], keys[1]);
    }

    #[test]
    fn columns_do_not_run_together() {
        let of = |a: &str, b: &str| {
            let columns: [ArrayRef; 2] =
                [Arc::new(StringArray::from(vec![a])), Arc::new(StringArray::from(vec![b]))];
            prints(&columns, Absent::Itself).expect("texts have prints")[0]
        };
        assert_ne!(of("ab", "c"), of("a", "bc"));
    }

    #[test]
    fn many_numbers_do_not_collide() {
        let whole: ArrayRef = Arc::new(Int64Array::from_iter_values(0..200_000));
        let real: ArrayRef =
            Arc::new(Float64Array::from_iter_values((0..200_000).map(|i| f64::from(i % 7))));
        let mut all = prints(&[whole, real], Absent::Itself).expect("numbers have prints");
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 200_000);
    }
}
