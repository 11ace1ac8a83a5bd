//! Amounts of money to integer minor units, each in its row's currency.

use std::sync::Arc;

use arrow::array::{
    Array as _, ArrayRef, AsArray as _, Int64Array, Int64Builder, StringArray, StringBuilder,
};
use arrow::datatypes::{DataType, Float64Type};
use domain::canonical::Entity;
use domain::money::{AmountError, Currency, MAX_MINOR, minor_from_f64, parse_minor};

use super::{Given, Terms, kinds, position, with_gaps_from};
use crate::ingest::cells::{BadCell, text_at, texts};
use crate::ingest::decimal::{Decimal, plain};

/// In which currency the amounts of a batch are.
#[derive(Debug)]
pub(super) enum Currencies {
    /// All in one.
    One(Currency),
    /// Each row in its own; `None` where the file's cannot be read.
    Each(Vec<Option<Currency>>),
    /// All in this one, but the table has no column for it and it is not the workspace's.
    Nowhere(Currency, Currency),
}

/// Finds the currency of every row: its own, else the file's.
pub(super) fn currencies(entity: &Entity, given: &mut Given, terms: &Terms) -> Currencies {
    if entity.column("currency").is_none() {
        if terms.currency == terms.workspace_currency {
            return Currencies::One(terms.currency);
        }
        return Currencies::Nowhere(terms.currency, terms.workspace_currency);
    }
    let Some((_, cells)) = given.columns.iter().find(|(name, _)| *name == "currency") else {
        return Currencies::One(terms.currency);
    };
    let kind = domain::canonical::Kind::Currency;
    let (codes, bad) = kinds::convert(kind, &cells.array, &terms.zone);
    let codes = codes.as_string::<i32>();
    let mut each: Vec<Option<Currency>> = (0..codes.len())
        .map(|row| match text_at(codes, row) {
            Some(code) => Currency::parse(code),
            None => Some(terms.currency),
        })
        .collect();
    for cell in bad {
        each[cell.row] = None;
    }
    match each.first() {
        Some(Some(first)) if each.iter().all(|other| *other == Some(*first)) => {
            Currencies::One(*first)
        }
        _ => Currencies::Each(each),
    }
}

/// Writes the currency into the rows that lack it, so that an amount never stands alone. Accounts
/// get one only beside an amount: theirs says what the customer pays in.
pub(super) fn fill_currency(entity: &Entity, arrays: &mut [ArrayRef], currencies: &Currencies) {
    let Some(at) = position(entity, "currency").filter(|_| entity.has_amounts()) else { return };
    if arrays[at].null_count() == 0 {
        return;
    }
    let rows = arrays[at].len();
    let of = |row: usize| match currencies {
        Currencies::One(currency) | Currencies::Nowhere(currency, _) => Some(*currency),
        Currencies::Each(each) => each[row],
    };
    let filler: ArrayRef = if entity.attributes {
        let cost = position(entity, "acquisition_cost").map(|cost| Arc::clone(&arrays[cost]));
        let beside = |row: usize| cost.as_ref().is_some_and(|cost| cost.is_valid(row));
        let mut out = StringBuilder::new();
        (0..rows).for_each(|row| match of(row).filter(|_| beside(row)) {
            Some(currency) => out.append_value(currency.code()),
            None => out.append_null(),
        });
        Arc::new(out.finish())
    } else if let Currencies::One(currency) = currencies {
        Arc::new(StringArray::from_iter_values(std::iter::repeat_n(currency.code(), rows)))
    } else {
        let mut out = StringBuilder::new();
        (0..rows).for_each(|row| match of(row) {
            Some(currency) => out.append_value(currency.code()),
            None => out.append_null(),
        });
        Arc::new(out.finish())
    };
    arrays[at] = with_gaps_from(&arrays[at], &filler);
}

/// Minor units.
pub(super) fn amounts(array: &ArrayRef, currencies: &Currencies) -> (ArrayRef, Vec<BadCell>) {
    if let (Currencies::One(currency), DataType::Float64) = (currencies, array.data_type())
        && let Some(quick) = all_floats(array, *currency)
    {
        return (Arc::new(quick), Vec::new());
    }
    let texts = texts(array);
    let mut bad = Vec::new();
    let mut out = Int64Builder::with_capacity(texts.len());
    for row in 0..texts.len() {
        let Some(text) = text_at(&texts, row) else {
            out.append_null();
            continue;
        };
        let minor = match currencies {
            Currencies::One(currency) => {
                minor_of(text, *currency).map_err(|why| mend(why, *currency))
            }
            Currencies::Each(each) => match each[row] {
                Some(currency) => minor_of(text, currency).map_err(|why| mend(why, currency)),
                None => Err("has no known currency; mend the row's currency".to_owned()),
            },
            Currencies::Nowhere(file, workspace) => Err(format!(
                "is in {file}, but this table has no column for a currency: give it in {workspace}"
            )),
        };
        match minor {
            Ok(minor) => out.append_value(minor),
            Err(reason) => {
                bad.push(BadCell { row, value: text.to_owned(), reason });
                out.append_null();
            }
        }
    }
    (Arc::new(out.finish()), bad)
}

/// Floating-point amounts as [`minor_from_f64`] reads them, or `None` when one of them does not do.
fn all_floats(array: &ArrayRef, currency: Currency) -> Option<Int64Array> {
    let factor = currency.minor_per_major() as f64;
    let most = MAX_MINOR as f64;
    let mut fits = true;
    let mut minor = |amount: f64| {
        let scaled = amount * factor;
        let rounded = scaled.round();
        fits &= rounded.abs() <= most && (scaled - rounded).abs() <= 1e-3;
        #[expect(clippy::cast_possible_truncation, reason = "checked against MAX_MINOR")]
        {
            rounded as i64
        }
    };
    let amounts = array.as_primitive::<Float64Type>();
    let minors: Int64Array = if amounts.null_count() == 0 {
        Int64Array::from_iter_values(amounts.values().iter().map(|amount| minor(*amount)))
    } else {
        amounts.iter().map(|amount| amount.map(&mut minor)).collect()
    };
    fits.then_some(minors)
}

/// An amount as text: exactly, or as a floating-point number's digits within a thousandth of a minor
/// unit of one.
fn minor_of(text: &str, currency: Currency) -> Result<i64, AmountError> {
    if let Some(minor) = Decimal::parse(text).and_then(|decimal| decimal.minor(currency.decimals()))
        && minor.abs() <= MAX_MINOR
    {
        return Ok(minor);
    }
    let text = plain(text);
    match parse_minor(&text, currency) {
        Err(AmountError::TooManyDecimals | AmountError::NotANumber) => match text.parse::<f64>() {
            Ok(amount) => minor_from_f64(amount, currency),
            Err(_) => Err(AmountError::NotANumber),
        },
        other => other,
    }
}

fn mend(why: AmountError, currency: Currency) -> String {
    let how = match why {
        AmountError::NotANumber => {
            "write digits with a point for decimals, without a currency sign"
        }
        AmountError::TooManyDecimals => "round it, or state the right currency",
        AmountError::TooLarge => "correct it",
    };
    format!("{why} ({currency}); {how}")
}
