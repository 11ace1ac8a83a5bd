//! Conditions and sums over three rows, each as one text.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use domain::time::Zone;
use rustc_hash::FxHashMap;

use super::*;
use crate::ingest::cells::{Around, Rows, texts};
use crate::ingest::lookup::Lookups;

fn with_rows<T>(work: impl FnOnce(&Rows) -> T) -> T {
    let batch = RecordBatch::try_from_iter([
        ("n", Arc::new(Int64Array::from(vec![Some(1), Some(10), None])) as ArrayRef),
        ("t", Arc::new(StringArray::from(vec!["a", " b ", ""]))),
        ("Two Words", Arc::new(StringArray::from(vec!["1.5", "x", "1,000"]))),
    ]);
    let batch = batch.expect("columns of one length");
    let around = Around {
        snapshot: None,
        zone: Zone::named("UTC").expect("UTC is a zone"),
        lookups: Arc::new(Lookups::default()),
    };
    work(&Rows { batch: &batch, bad: &FxHashMap::default(), around: &around })
}

/// The rows for which a condition holds, as 1 and 0, or why it is none.
#[track_caller]
fn check(condition: &str, expected: &str) {
    let holds = match Condition::parse(condition) {
        Err(why) => why,
        Ok(condition) => with_rows(|rows| condition.holds(rows)).map_or_else(
            |error| error.to_string(),
            |holds| holds.iter().map(|holds| if holds == Some(true) { '1' } else { '0' }).collect(),
        ),
    };
    assert_eq!(holds, expected, "{condition}");
}

#[test]
fn numbers_are_compared_as_numbers() {
    check("n = 10", "010");
    check("n == 10", "010");
    check("n >= 2", "010");
    check("n < 2", "100");
    check("n != 1", "011");
    check("n > -1", "110");
    check("`Two Words` > 1.2", "101");
}
#[test]
fn texts_are_compared_without_blanks() {
    check("t = 'b'", "010");
    check("t != \"b\"", "101");
    check("t >= 'a'", "110");
}
#[test]
fn a_missing_value_is_asked_for_as_empty() {
    check("t = ''", "001");
    check("t != ''", "110");
    check("n = ''", "001");
}
#[test]
fn conditions_join() {
    check("n = 1 or n = 10", "110");
    check("n = 1 or n = 10 and t = 'a'", "100");
    check("(n = 1 or n = 10) and t = 'b'", "010");
    check("not n = 1", "011");
    check("not (n = 1 or t = '')", "010");
}
#[test]
fn lists() {
    check("t in ['a', 'c']", "100");
    check("t not in ('a', 'c')", "011");
    check("n in (1, 10)", "110");
}
#[test]
fn columns_are_compared_with_columns() {
    check("n = n", "110");
    check("n < `Two Words`", "110"); // 10 and "x" are compared as texts
}
#[test]
fn slips_are_explained() {
    check("n =", "expected a text in quotes, a number or a column at the end");
    check("n 1", "expected a comparison (= != < <= > >= in) before `1`");
    check("= 1", "expected a column before `=`");
    check("n = 1 n", "nothing should follow before `n`");
    check("(n = 1", "expected `)` at the end");
    check("t = 'a", "'a lacks its closing '");
    check("n = 1 & t = 2", "`& t = 2` does not continue an expression");
}

/// The results of a sum, or why it is none.
#[track_caller]
fn check_sum(sum: &str, expected: &str) {
    let result = match Sum::parse(sum) {
        Err(why) => why,
        Ok(sum) => with_rows(|rows| sum.cells(rows, None)).map_or_else(
            |error| error.to_string(),
            |cells| {
                let texts = texts(&cells.array);
                let mut shown: Vec<&str> = texts.iter().map(|t| t.unwrap_or("-")).collect();
                shown.extend(cells.bad.iter().map(|cell| cell.value.as_str()));
                shown.join(" ")
            },
        ),
    };
    assert_eq!(result, expected, "{sum}");
}

#[test]
fn sums() {
    check_sum("n + 1", "2 11 -");
    check_sum("n * 2 - 1", "1 19 -");
    check_sum("2 * (n - 1)", "0 18 -");
    check_sum("-n / 4", "-0.25 -2.5 -");
    check_sum("`Two Words`", "1.5 - 1000 x");
    check_sum("1 - 2 - 3", "-4 -4 -4");
}
#[test]
fn no_sum_is_infinite() {
    check_sum("1 / (n - 1)", "- 0.1111111111111111 - ");
}
#[test]
fn slips_in_sums_are_explained() {
    check_sum("n +", "expected a number or a column at the end");
    check_sum("n n", "nothing should follow before `n`");
    check_sum("missing + 1", "there is no column `missing` among the rows");
}
