//! A row an item of a basket.

use std::sync::mpsc::sync_channel;
use std::thread;

use anyhow::{Context, Result, bail};
use arrow::array::{Array, ArrayRef, AsArray, StringArray};
use arrow::datatypes::{DataType, Int64Type};

use super::gather::Gathered;
use super::numbers::Numbers;
use crate::ingest::cells::{text_at, texts};
use crate::ingest::reader::shortened;
use crate::model::sheet::{File, Part, loose_numbers};

/// Parts of the file that may be read ahead.
const AHEAD: usize = 4;

/// Words for what was bought, for what was taken back, and for what says neither.
const SALES: &[&str] = &[
    "sale",
    "sales",
    "sold",
    "purchase",
    "order",
    "buy",
    "販売",
    "売上",
    "売り上げ",
    "購入",
    "注文",
];
const RETURNS: &[&str] = &[
    "return",
    "returned",
    "returns",
    "refund",
    "refunded",
    "cancel",
    "cancelled",
    "canceled",
    "cancellation",
    "void",
    "返品",
    "返金",
    "取消",
    "取り消し",
    "キャンセル",
];
const NEITHER: &[&str] = &["exchange", "交換"];

/// Which columns say what.
#[derive(Debug, Clone)]
pub struct Columns {
    /// What makes rows one basket.
    pub basket: String,
    /// What was bought.
    pub item: String,
    /// How many; not above zero is a return.
    pub quantity: Option<String>,
    /// Sale or return, in words.
    pub kind: Option<String>,
}

/// A file of rows.
#[derive(Debug)]
pub struct RowsFile {
    file: File,
    columns: Columns,
}

impl RowsFile {
    /// Looks for the columns.
    pub fn new(file: File, columns: Columns) -> Result<Self> {
        if columns.basket == columns.item {
            bail!(
                "--basket and --item both name `{}`; a basket is what items have in common, such as the \
                 order's number",
                columns.basket
            );
        }
        let rows = Self { file, columns };
        for name in rows.wanted() {
            rows.file.position(name)?;
        }
        Ok(rows)
    }

    pub(super) fn name(&self) -> String {
        self.file.name()
    }

    /// Whether rows may take something back.
    pub(super) fn has_returns(&self) -> bool {
        self.columns.quantity.is_some() || self.columns.kind.is_some()
    }

    fn wanted(&self) -> Vec<&str> {
        let Columns { basket, item, quantity, kind } = &self.columns;
        let columns = [Some(basket), Some(item), quantity.as_ref(), kind.as_ref()];
        columns.into_iter().flatten().map(String::as_str).collect()
    }

    /// Reads on one thread and numbers on another.
    pub(super) fn read(&self) -> Result<Gathered> {
        let wanted = self.wanted();
        let mut gathered = Gathered::default();
        let outcome: Result<()> = thread::scope(|scope| {
            let (out, parts) = sync_channel::<Part>(AHEAD);
            let reading = scope.spawn(move || {
                self.file.for_each(&wanted, |part| {
                    // A receiver that is gone met an error, which is told there.
                    out.send(part.clone()).map_err(|_| anyhow::anyhow!("stopped"))
                })
            });
            for part in parts {
                self.add(&part, &mut gathered)?;
            }
            reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        outcome?;
        if gathered.counted.rows == 0 {
            bail!("{} has a header and no rows", self.name());
        }
        Ok(gathered)
    }

    fn add(&self, part: &Part, gathered: &mut Gathered) -> Result<()> {
        let baskets = Keys::of(&part.arrays[0]);
        let items = Keys::of(&part.arrays[1]);
        let rows = part.arrays[0].len();
        let quantities = self.quantities(part)?;
        let mut basket_before = None;
        for row in 0..rows {
            gathered.counted.rows += 1;
            if !baskets.is_there(row) || !items.is_there(row) {
                gathered.counted.incomplete += 1;
                continue;
            }
            let quantity = match &quantities {
                None => None,
                Some(quantities) => match quantities[row] {
                    Some(quantity) => Some(quantity),
                    None => continue,
                },
            };
            let basket = match basket_before {
                Some((before, number)) if baskets.are_same(before, row) => number,
                _ => baskets.number(row, &mut gathered.baskets)?,
            };
            basket_before = Some((row, basket));
            let item = items.number(row, &mut gathered.items)?;
            gathered.push(basket, item);
            if let Some(quantity) = quantity {
                gathered.quantity(quantity);
            }
        }
        Ok(())
    }

    /// Signed quantities, one a row; `None` in a row that says neither sale nor return. `None` altogether when
    /// no column speaks of them.
    fn quantities(&self, part: &Part) -> Result<Option<Vec<Option<f64>>>> {
        if !self.has_returns() {
            return Ok(None);
        }
        let rows = part.arrays[0].len();
        let mut out = vec![Some(1.0); rows];
        let mut at = 2;
        if let Some(column) = &self.columns.quantity {
            let read = loose_numbers(&part.arrays[at]).map_err(|(row, text)| {
                anyhow::anyhow!(
                    "{}: `{column}` should be a number, but `{}` stands there",
                    self.place(part, row),
                    shortened(&text)
                )
            })?;
            // An empty quantity is one.
            out = read.into_iter().map(|quantity| Some(quantity.unwrap_or(1.0))).collect();
            at += 1;
        }
        if let Some(column) = &self.columns.kind {
            let kinds = texts(&part.arrays[at]);
            for (row, quantity) in out.iter_mut().enumerate() {
                let Some(kind) = text_at(&kinds, row) else { continue };
                let word = kind.to_lowercase();
                let is = |words: &[&str]| words.contains(&word.as_str());
                if is(RETURNS) {
                    // Without a quantity all of it goes back.
                    let all = self.columns.quantity.is_none();
                    *quantity = quantity.map(|it| if all { f64::NEG_INFINITY } else { -it.abs() });
                } else if is(NEITHER) {
                    *quantity = None;
                } else if !is(SALES) {
                    bail!(
                        "{}: `{column}` says `{}`, which is not known; write sale, return, cancel or \
                         exchange (empty is a sale), or leave --kind out",
                        self.place(part, row),
                        shortened(kind)
                    );
                }
            }
        }
        Ok(Some(out))
    }

    fn place(&self, part: &Part, row: usize) -> String {
        format!("{}, line {}", self.file.name(), part.line(row))
    }
}

/// A column of names.
enum Keys {
    Whole(ArrayRef),
    Text(StringArray),
}

impl Keys {
    fn of(array: &ArrayRef) -> Self {
        match array.data_type() {
            DataType::Int64 => Self::Whole(array.clone()),
            _ => Self::Text(texts(array)),
        }
    }

    fn is_there(&self, row: usize) -> bool {
        match self {
            Self::Whole(array) => array.is_valid(row),
            Self::Text(texts) => text_at(texts, row).is_some(),
        }
    }

    fn are_same(&self, one: usize, other: usize) -> bool {
        match self {
            Self::Whole(array) => {
                let values = array.as_primitive::<Int64Type>();
                values.value(one) == values.value(other)
            }
            Self::Text(texts) => text_at(texts, one) == text_at(texts, other),
        }
    }

    fn number(&self, row: usize, numbers: &mut Numbers) -> Result<u32> {
        match self {
            Self::Whole(array) => numbers.of_whole(array.as_primitive::<Int64Type>().value(row)),
            Self::Text(texts) => numbers.of(text_at(texts, row).context("a value is there")?),
        }
    }
}
