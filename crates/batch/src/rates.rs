//! Amounts in another currency, converted with the latest rate on or before a day.
//!
//! What recurs (subscriptions, prices) is worth what it is worth on the day looked at; what happened once
//! (orders, deals) what it was worth on its own day. A rate that is not there is not guessed: the amount
//! stays out of sums, and is counted.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Int64Type};
use datafusion::common::Result;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use domain::money::Currency;
use domain::time::Day;

use crate::snapshot::Table;

/// Units of the workspace's currency for one unit of another, by day.
#[derive(Debug, Clone, PartialEq)]
pub struct Rates {
    own: Currency,
    by: BTreeMap<String, Vec<(Day, f64)>>,
}

impl Rates {
    /// The rows of the table of rates.
    pub fn of(table: &Table, own: Currency) -> Self {
        let mut by: BTreeMap<String, Vec<(Day, f64)>> = BTreeMap::new();
        for record in table.iter() {
            let (day, rate) = (record.day("on"), record.number("rate"));
            if let (Some(day), Some(rate)) = (day, rate.filter(|rate| *rate > 0.0)) {
                by.entry(record.id("currency").to_owned()).or_default().push((day, rate));
            }
        }
        for rates in by.values_mut() {
            rates.sort_by_key(|(day, _)| *day);
        }
        Self { own, by }
    }

    /// The latest rate on or before a day.
    pub fn on(&self, code: &str, day: Day) -> Option<f64> {
        self.by.get(code)?.iter().rfind(|(on, _)| *on <= day).map(|(_, rate)| *rate)
    }

    /// Minor units of another currency in minor units of the workspace's, halves away from zero.
    pub fn convert(&self, minor: i64, code: &str, day: Day) -> Option<i64> {
        if code == self.own.code() {
            return Some(minor);
        }
        let theirs = Currency::parse(code)?.minor_per_major() as f64;
        let ours = self.own.minor_per_major() as f64;
        Some(self.own.round_expected(minor as f64 * self.on(code, day)? * ours / theirs))
    }
}

/// The scalar function `converted(amount, currency, day)`: minor units of the workspace's currency, or
/// nothing where there is no rate. An amount without a currency is in the workspace's.
pub fn converted(rates: &Rates) -> ScalarUDF {
    ScalarUDF::from(Converted {
        rates: rates.clone(),
        signature: Signature::any(3, Volatility::Immutable),
    })
}

#[derive(Debug, PartialEq)]
struct Converted {
    rates: Rates,
    signature: Signature,
}

// Rates are positive and finite, so that each equals itself.
impl Eq for Converted {}

impl Hash for Converted {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.rates.own.hash(state);
    }
}

impl ScalarUDFImpl for Converted {
    fn name(&self) -> &'static str {
        "converted"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let column = |at: usize, to: &DataType| -> Result<ArrayRef> {
            Ok(cast(&args.args[at].to_array(args.number_rows)?, to)?)
        };
        let amounts = column(0, &DataType::Int64)?;
        let (codes, days) = (column(1, &DataType::Utf8)?, column(2, &DataType::Date32)?);
        let codes = codes.as_string::<i32>();
        let days = days.as_primitive::<Date32Type>();
        let own: Int64Array = amounts
            .as_primitive::<Int64Type>()
            .iter()
            .zip(codes.iter().zip(days.iter()))
            .map(|(amount, (code, day))| match code {
                None | Some("") => amount,
                Some(code) => self.rates.convert(amount?, code, Day(day?)),
            })
            .collect();
        Ok(ColumnarValue::Array(Arc::new(own)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(own: Currency) -> Rates {
        let day = |text| Day::parse_iso(text).expect("a day");
        let dollars = vec![(day("2026-01-01"), 150.0), (day("2026-03-01"), 160.5)];
        Rates { own, by: BTreeMap::from([("USD".to_owned(), dollars)]) }
    }

    #[track_caller]
    fn check(minor: i64, code: &str, day: &str, expected: Option<i64>) {
        let day = Day::parse_iso(day).expect("a day");
        assert_eq!(rates(Currency::JPY).convert(minor, code, day), expected, "{code} {day}");
    }

    #[test]
    fn the_latest_rate_on_or_before_the_day_counts() {
        check(1_050, "USD", "2025-12-31", None);
        check(1_050, "USD", "2026-01-01", Some(1_575));
        check(1_050, "USD", "2026-02-28", Some(1_575));
        check(1_050, "USD", "2026-03-01", Some(1_685));
        check(-1, "USD", "2026-01-01", Some(-2));
        check(1_050, "EUR", "2026-03-01", None);
        check(1_050, "JPY", "1999-03-01", Some(1_050));
    }
}
