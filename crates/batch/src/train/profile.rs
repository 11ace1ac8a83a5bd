//! What the accounts file says of each account, as columns that models may learn from.
//!
//! These columns have no history: they say what is so today, also of a day long past. What tells the outcome because
//! it was filled in after it is dropped by [`super::leaks`]; dates are left out, since nothing says when they were
//! known; texts that hardly any two accounts share are left out or joined, so that nothing which names a customer
//! gets into the files of a run.

use std::collections::{BTreeMap, HashMap};

use decide::card::Said;
use domain::canonical::ATTRIBUTES;
use domain::time::Day;
use domain::words::Words;
use serde_json::{Map, Value};

use super::moment::Cell;
use crate::known::Account;
use crate::registry::Dropped;
use crate::snapshot::Snapshot;
use crate::tables::attributes::quantity;

/// Columns of the accounts file that say what a customer is, not what became of it.
const CANONICAL: &[&str] = &["kind", "industry", "segment", "region", "country", "touch_model"];
/// The one of them that is a number.
const EMPLOYEES: &str = "employees";
/// Accounts that must share a text for it to be looked at by itself.
const SHARED_BY: usize = 5;
/// Texts of a column at most, the most frequent.
const TEXTS_MOST: usize = 100;
/// What stands for rarer texts.
pub(super) const RARE: &str = "…";

/// One column: a value for each account, by its place.
#[derive(Debug, Clone)]
enum Values {
    Numbers(Vec<f64>),
    Texts { names: Vec<String>, places: Vec<u32> },
}

/// The columns of all accounts.
#[derive(Debug, Clone, Default)]
pub struct Profiles {
    places: BTreeMap<i64, usize>,
    columns: Vec<(String, Values)>,
    /// Columns that are not learnt from, whatever is asked.
    pub dropped: Vec<Dropped>,
}

/// What was read of one column.
#[derive(Default)]
struct Read {
    numbers: Vec<(usize, f64)>,
    texts: Vec<(usize, u32)>,
    names: Vec<String>,
    seen: HashMap<String, u32>,
    days: usize,
}

impl Read {
    fn text(&mut self, at: usize, text: &str) {
        let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let place = *self.seen.entry(text.to_owned()).or_insert_with(|| {
            self.names.push(text.to_owned());
            next
        });
        self.texts.push((at, place));
        self.days += usize::from(Day::parse_iso(text.get(..10).unwrap_or(text)).is_some());
    }

    fn value(&mut self, at: usize, value: &Value) {
        match (quantity(value), value) {
            (Some(number), _) => self.numbers.push((at, number)),
            (None, Value::Null) => {}
            (None, Value::String(text)) => self.text(at, text),
            (None, other) => self.text(at, &other.to_string()),
        }
    }

    /// As a column, or why it is none.
    fn finish(self, accounts: usize) -> Result<Values, Words> {
        if self.texts.is_empty() {
            let mut numbers = vec![f64::NAN; accounts];
            self.numbers.into_iter().for_each(|(at, number)| numbers[at] = number);
            return Ok(Values::Numbers(numbers));
        }
        if self.days * 2 > self.texts.len() {
            return Err(Words::new(
                "日付: いつ分かったかが記録されていません",
                "a date: nothing says when it became known",
            ));
        }
        self.shared(accounts).ok_or_else(|| {
            Words::new(
                "ほとんどの顧客で値が異なる文字列です",
                "a text of its own for most accounts",
            )
        })
    }

    fn shared(mut self, accounts: usize) -> Option<Values> {
        // A number among texts is one of the texts.
        for (at, number) in std::mem::take(&mut self.numbers) {
            self.text(at, &number.to_string());
        }
        let mut counts = vec![0_usize; self.names.len()];
        self.texts.iter().for_each(|(_, place)| counts[*place as usize] += 1);
        let mut order: Vec<usize> = (0..counts.len()).collect();
        // Of one account that is looked at alone every text stays: a model that does not know it says so.
        order.retain(|place| counts[*place] >= SHARED_BY.min(accounts));
        order.sort_by(|a, b| counts[*b].cmp(&counts[*a]).then(self.names[*a].cmp(&self.names[*b])));
        order.truncate(TEXTS_MOST);
        let kept: usize = order.iter().map(|place| counts[*place]).sum();
        if kept * 2 < self.texts.len() {
            return None;
        }
        // Those kept in the order of their names, then the rare ones together.
        let mut names: Vec<String> = order.iter().map(|place| self.names[*place].clone()).collect();
        names.sort();
        let rare = u32::try_from(names.len()).ok()?;
        let place =
            |name: &String| names.binary_search(name).ok().and_then(|at| u32::try_from(at).ok());
        let new: Vec<u32> = self.names.iter().map(|name| place(name).unwrap_or(rare)).collect();
        names.push(RARE.to_owned());
        let mut places = vec![u32::MAX; accounts];
        self.texts.iter().for_each(|(at, old)| places[*at] = new[*old as usize]);
        Some(Values::Texts { names, places })
    }
}

impl Profiles {
    /// Reads the accounts of a snapshot, those that are asked for.
    pub fn read(snapshot: &Snapshot, accounts: &BTreeMap<i64, Account>) -> Self {
        let places: BTreeMap<i64, usize> = accounts.keys().copied().zip(0..).collect();
        let mut read: BTreeMap<String, Read> = BTreeMap::new();
        for record in snapshot.table("accounts").iter() {
            let id = record.id("account_id");
            // Of merged accounts the row of the one that stands for them counts.
            let key =
                snapshot.account(id).filter(|key| accounts.get(key).is_some_and(|a| a.id == id));
            let Some(at) = key.and_then(|key| places.get(&key)).copied() else { continue };
            for column in CANONICAL {
                if let Some(text) = record.text(column) {
                    read.entry((*column).to_owned()).or_default().text(at, text);
                }
            }
            if let Some(employees) = record.whole(EMPLOYEES) {
                let its = read.entry(EMPLOYEES.to_owned()).or_default();
                its.numbers.push((at, employees as f64));
            }
            let object = record.text(ATTRIBUTES).map(serde_json::from_str::<Map<String, Value>>);
            for (name, value) in object.and_then(Result::ok).into_iter().flatten() {
                read.entry(name).or_default().value(at, &value);
            }
        }
        let mut found = Self { places, columns: Vec::new(), dropped: Vec::new() };
        let accounts = found.places.len();
        for (column, its) in read {
            match its.finish(accounts) {
                Ok(values) => found.columns.push((column, values)),
                Err(why) => found.dropped.push(Dropped { column, why: Said::from(&why) }),
            }
        }
        found
    }

    /// Names of the columns, and whether each holds texts.
    pub fn columns(&self) -> impl Iterator<Item = (&str, bool)> {
        self.columns.iter().map(|(name, its)| (name.as_str(), matches!(its, Values::Texts { .. })))
    }

    /// What is said of one account, in the order of [`Profiles::columns`].
    pub fn of(&self, account: i64) -> impl Iterator<Item = Cell<'_>> {
        let at = self.places.get(&account).copied();
        self.columns.iter().map(move |(_, values)| match (at, values) {
            (Some(at), Values::Numbers(numbers)) if numbers[at].is_finite() => {
                Cell::Number(numbers[at])
            }
            (Some(at), Values::Texts { names, places }) => {
                names.get(places[at] as usize).map_or(Cell::Missing, |name| Cell::Text(name))
            }
            _ => Cell::Missing,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[Value]) -> Result<Values, Words> {
        let mut read = Read::default();
        values.iter().enumerate().for_each(|(at, value)| read.value(at, value));
        read.finish(values.len())
    }

    #[test]
    fn columns_are_numbers_shared_texts_or_nothing() {
        let text = |n: usize| Value::from(["gold", "silver"][n % 2]);
        let Ok(Values::Texts { names, .. }) = read(&(0..20).map(text).collect::<Vec<_>>()) else {
            panic!("texts that many share")
        };
        assert_eq!(names, ["gold", "silver", RARE]);
        let own = |n: usize| Value::from(format!("Tanaka {n}"));
        assert!(read(&(0..20).map(own).collect::<Vec<_>>()).is_err(), "names of customers");
        let days = |n: usize| Value::from(format!("2026-01-0{}", n % 3 + 1));
        let why = read(&(0..20).map(days).collect::<Vec<_>>()).expect_err("days");
        assert!(why.en.contains("a date"), "{}", why.en);
        let Ok(Values::Numbers(numbers)) = read(&[Value::from(3), Value::Null, Value::from(2.5)])
        else {
            panic!("numbers")
        };
        assert!(
            (numbers[0] - 3.0).abs() < 1e-12
                && numbers[1].is_nan()
                && (numbers[2] - 2.5).abs() < 1e-12
        );
    }

    #[test]
    fn a_rare_text_is_joined_with_the_others() {
        let mut values: Vec<Value> = (0..20).map(|_| Value::from("gold")).collect();
        values.push(Value::from("only Tanaka's"));
        let Ok(Values::Texts { names, places }) = read(&values) else { panic!("texts") };
        assert_eq!((names.as_slice(), places[20]), (&["gold".to_owned(), RARE.to_owned()][..], 1));
    }
}
