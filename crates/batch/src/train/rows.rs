//! Rows of the past with what came of them, column by column, and how they become a frame.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use decide::card::Said;
use domain::time::Day;
use domain::words::Words;
use models::learn::{Column, Frame, MISSING};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::moment::Cell;
use super::profile::RARE;
use crate::registry::{Dropped, RowsHash};

/// Rows in which a text must stand for a level of its own.
const LEVEL_ROWS: u32 = 3;

/// What identifies a row, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Case<'a> {
    /// Whose.
    pub account: &'a str,
    /// Rows of one group are alike: the account's root.
    pub group: i64,
    /// What it is among the account's rows: a deal's id, or nothing.
    pub id: &'a str,
    /// The day on which it began.
    pub on: Day,
    /// The day on which its outcome was known.
    pub known_on: Day,
    /// What came of it.
    pub happened: bool,
    /// What came of its account by today, in whichever row: what a column without a history may know.
    pub fate: bool,
    /// The group of the rates that a model would replace.
    pub rate_of: String,
}

impl Case<'_> {
    /// A number that is this row's for ever, as good as drawn.
    pub fn draw(&self, seed: i64) -> u64 {
        let mut hash = Sha256::new();
        hash.update(seed.to_le_bytes());
        for part in [self.account, self.id] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        hash.update(self.on.0.to_le_bytes());
        first(&hash.finalize())
    }
}

/// A number that is an account's for ever, as good as drawn.
pub fn draw_of_group(group: i64) -> u64 {
    first(&Sha256::digest(group.to_le_bytes()))
}

fn first(hash: &[u8]) -> u64 {
    u64::from_le_bytes(hash[..8].try_into().expect("a hash has 32 bytes"))
}

#[derive(Debug, Clone)]
enum Values {
    Numbers(Vec<f64>),
    Texts { names: Vec<String>, places: Vec<u32>, seen: HashMap<String, u32> },
}

/// Rows with the values of named columns.
#[derive(Debug, Clone)]
pub struct Rows<'a> {
    /// What each row is.
    pub cases: Vec<Case<'a>>,
    columns: Vec<(String, Values)>,
}

impl<'a> Rows<'a> {
    /// No rows of these columns, of which some hold texts.
    pub fn new<'n>(columns: impl Iterator<Item = (&'n str, bool)>) -> Self {
        let column = |(name, texts): (&str, bool)| {
            let values = if texts {
                Values::Texts { names: Vec::new(), places: Vec::new(), seen: HashMap::new() }
            } else {
                Values::Numbers(Vec::new())
            };
            (name.to_owned(), values)
        };
        Self { cases: Vec::new(), columns: columns.map(column).collect() }
    }

    /// Adds a row.
    ///
    /// # Panics
    /// When it has another number of cells than there are columns: a fault of the caller.
    pub fn push<'c>(&mut self, case: Case<'a>, cells: impl IntoIterator<Item = Cell<'c>>) {
        self.cases.push(case);
        let mut cells = cells.into_iter();
        for (_, values) in &mut self.columns {
            match (values, cells.next().expect("a cell for each column")) {
                (Values::Numbers(numbers), Cell::Number(number)) => numbers.push(number),
                (Values::Numbers(numbers), _) => numbers.push(f64::NAN),
                (Values::Texts { names, places, seen }, Cell::Text(text)) => {
                    let place = seen.get(text).copied().unwrap_or_else(|| {
                        let next = u32::try_from(names.len()).expect("fewer texts than 2^32");
                        names.push(text.to_owned());
                        seen.insert(text.to_owned(), next);
                        next
                    });
                    places.push(place);
                }
                (Values::Texts { places, .. }, _) => places.push(MISSING),
            }
        }
        assert!(cells.next().is_none(), "a column for each cell");
    }

    /// 1 where it happened, else 0.
    pub fn target(&self) -> Vec<f64> {
        self.cases.iter().map(|case| f64::from(u8::from(case.happened))).collect()
    }

    /// In how many it happened.
    pub fn positives(&self) -> usize {
        self.cases.iter().filter(|case| case.happened).count()
    }

    /// Whether a column's value is known in a row.
    pub fn is_known(&self, column: usize, row: usize) -> bool {
        match &self.columns[column].1 {
            Values::Numbers(numbers) => !numbers[row].is_nan(),
            Values::Texts { places, .. } => places[row] != MISSING,
        }
    }

    /// Names of the columns.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// The first and last day on which a row began.
    pub fn period(&self) -> Option<(String, String)> {
        let days = || self.cases.iter().map(|case| case.on);
        Some((days().min()?.to_string(), days().max()?.to_string()))
    }

    /// The hash of all rows with every value.
    pub fn hash(&self) -> String {
        let mut hash = RowsHash::default();
        self.columns.iter().for_each(|(name, _)| hash.text(name));
        for (row, case) in self.cases.iter().enumerate() {
            hash.text(case.account);
            hash.text(case.id);
            hash.day(case.on);
            hash.whole(i64::from(case.happened));
            for (_, values) in &self.columns {
                match values {
                    Values::Numbers(numbers) => hash.number(numbers[row]),
                    Values::Texts { names, places, .. } => {
                        hash.text(names.get(places[row] as usize).map_or("", String::as_str));
                    }
                }
            }
        }
        hash.finish()
    }

    /// How the columns are read, and which are not since they say nothing.
    pub fn encoder(&self) -> (Encoder, Vec<Dropped>) {
        let (mut columns, mut dropped) = (Vec::new(), Vec::new());
        for (name, values) in &self.columns {
            match form(values, self.cases.len()) {
                Ok(form) => columns.push((name.clone(), form)),
                Err(why) => dropped.push(Dropped { column: name.clone(), why: Said::from(&why) }),
            }
        }
        (Encoder { columns }, dropped)
    }

    /// These rows as an encoder's frame.
    pub fn frame(&self, encoder: &Encoder, rows: &[usize]) -> Frame {
        let by_name: BTreeMap<&str, &Values> =
            self.columns.iter().map(|(name, values)| (name.as_str(), values)).collect();
        let mut frame = Frame::new(rows.len());
        for (name, form) in &encoder.columns {
            let column = match (form, by_name.get(name.as_str())) {
                (Form::Number, Some(Values::Numbers(numbers))) => {
                    Column::Numbers(rows.iter().map(|row| numbers[*row]).collect())
                }
                (Form::Number, _) => Column::Numbers(vec![f64::NAN; rows.len()]),
                (Form::Levels(levels), Some(Values::Texts { names, places, .. })) => {
                    let codes: Vec<u32> = names.iter().map(|text| code(levels, text)).collect();
                    let of = |row: &usize| codes.get(places[*row] as usize).copied();
                    Column::Levels(rows.iter().map(|row| of(row).unwrap_or(MISSING)).collect())
                }
                (Form::Levels(_), _) => Column::Levels(vec![MISSING; rows.len()]),
            };
            frame = frame.with(column);
        }
        frame
    }
}

/// How a column is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Form {
    Number,
    /// Texts with a level of their own, ascending; any other text has the level after them.
    Levels(Vec<String>),
}

/// How columns become a frame, for rows of any night.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Encoder {
    columns: Vec<(String, Form)>,
}

impl Encoder {
    /// Names of its columns, in the order of the frame.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// Without some of its columns.
    #[must_use]
    pub fn without(mut self, columns: &BTreeSet<&str>) -> Self {
        self.columns.retain(|(name, _)| !columns.contains(name.as_str()));
        self
    }

    /// A frame of rows of cells, of which `places` says where each of the encoder's columns stands.
    pub fn frame_of<'c>(&self, rows: &[Vec<Cell<'c>>], places: &[Option<usize>]) -> Frame {
        let mut frame = Frame::new(rows.len());
        for ((_, form), place) in self.columns.iter().zip(places) {
            let at = |row: &Vec<Cell<'c>>, place: &Option<usize>| -> Cell<'c> {
                place.map_or(Cell::Missing, |place| row[place])
            };
            let cell = |row: &Vec<Cell<'c>>| -> Cell<'c> { at(row, place) };
            frame = frame.with(match form {
                Form::Number => Column::Numbers(rows.iter().map(|row| number(cell(row))).collect()),
                Form::Levels(levels) => {
                    Column::Levels(rows.iter().map(|row| level(levels, cell(row))).collect())
                }
            });
        }
        frame
    }

    /// Where each of its columns stands among these names.
    pub fn places<'n>(&self, names: impl Iterator<Item = &'n str>) -> Vec<Option<usize>> {
        let places: BTreeMap<&str, usize> = names.zip(0..).collect();
        self.columns.iter().map(|(name, _)| places.get(name.as_str()).copied()).collect()
    }
}

fn number(cell: Cell<'_>) -> f64 {
    if let Cell::Number(number) = cell { number } else { f64::NAN }
}

fn level(levels: &[String], cell: Cell<'_>) -> u32 {
    match cell {
        Cell::Text(text) => code(levels, text),
        // A column of texts of which this account's happens to be a number.
        Cell::Number(number) => code(levels, &number.to_string()),
        Cell::Missing => MISSING,
    }
}

/// The level of a text; what has none of its own shares one, with the rare ones where there are such.
fn code(levels: &[String], text: &str) -> u32 {
    let rare = || levels.binary_search_by(|level| level.as_str().cmp(RARE));
    let at = levels.binary_search_by(|level| level.as_str().cmp(text)).or_else(|_| rare());
    u32::try_from(at.unwrap_or(levels.len())).unwrap_or(MISSING)
}

fn form(values: &Values, rows: usize) -> Result<Form, Words> {
    let empty = || Words::new("値がありません", "it has no values");
    let same = || Words::new("値が1種類だけです", "it has one value only");
    match values {
        Values::Numbers(numbers) => {
            let mut known = numbers.iter().filter(|number| !number.is_nan());
            let Some(first) = known.next() else { return Err(empty()) };
            let alike = known.clone().all(|number| number.to_bits() == first.to_bits());
            if alike && known.count() + 1 == rows { Err(same()) } else { Ok(Form::Number) }
        }
        Values::Texts { names, places, .. } => {
            let mut counts = vec![0_u32; names.len()];
            let known = places.iter().filter(|place| **place != MISSING);
            known.clone().for_each(|place| counts[*place as usize] += 1);
            let known = known.count();
            if known == 0 {
                return Err(empty());
            }
            let kept = |at: &usize| counts[*at] >= LEVEL_ROWS;
            let mut levels: Vec<String> =
                (0..names.len()).filter(kept).map(|at| names[at].clone()).collect();
            levels.sort();
            let kinds = counts.iter().filter(|count| **count > 0).count();
            if kinds + usize::from(known < rows) < 2 || levels.is_empty() {
                return Err(same());
            }
            Ok(Form::Levels(levels))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Rows<'static> {
        let mut rows = Rows::new(
            [("seats", false), ("plan", true), ("same", false), ("none", true)].into_iter(),
        );
        for at in 0..9 {
            let plan = ["pro", "basic", "pro"][at % 3];
            let seats = if at == 4 { Cell::Missing } else { Cell::Number(at as f64) };
            let case = Case {
                account: "A",
                group: 1,
                id: "",
                on: Day(i32::try_from(at).expect("small")),
                known_on: Day(100),
                happened: at % 2 == 0,
                fate: at % 2 == 0,
                rate_of: String::new(),
            };
            rows.push(case, [seats, Cell::Text(plan), Cell::Number(1.0), Cell::Missing]);
        }
        rows
    }

    #[test]
    fn what_says_nothing_is_dropped_and_the_rest_is_encoded_alike() {
        let rows = rows();
        let (encoder, dropped) = rows.encoder();
        assert_eq!(encoder.names().collect::<Vec<_>>(), ["seats", "plan"]);
        let left: Vec<&str> = dropped.iter().map(|it| it.column.as_str()).collect();
        assert_eq!(left, ["same", "none"]);
        let frame = rows.frame(&encoder, &[0, 1, 4]);
        let one = vec![Cell::Text("basic"), Cell::Number(1.0)];
        let places = encoder.places(["plan", "seats"].into_iter());
        let again = encoder.frame_of(&[one], &places);
        assert_eq!(again.columns()[1], Column::Levels(vec![0]));
        assert_eq!(frame.columns()[1], Column::Levels(vec![1, 0, 0]));
        assert_eq!(again.columns()[0], Column::Numbers(vec![1.0]));
        // A plan that nobody had, and a column that is no longer there.
        let unseen = encoder.frame_of(&[vec![Cell::Text("new")]], &[None, Some(0)]);
        assert_eq!(unseen.columns()[1], Column::Levels(vec![2]));
        assert!(matches!(&unseen.columns()[0], Column::Numbers(it) if it[0].is_nan()));
    }

    #[test]
    fn the_hash_is_of_every_value() {
        let (one, mut two) = (rows(), rows());
        assert_eq!(one.hash(), two.hash());
        two.cases[3].happened = !two.cases[3].happened;
        assert_ne!(one.hash(), two.hash());
    }
}
