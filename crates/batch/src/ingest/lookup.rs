//! Files that others are joined with: their rows by key, held in memory.

use arrow::array::{ArrayRef, StringArray, make_comparator};
use arrow::compute::{SortOptions, concat};
use rustc_hash::FxHashMap;

use anyhow::Result;

use super::cells::{text_at, texts};

/// What a join needs of another file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LookupNeed {
    /// The file's name, or a pattern.
    pub file: String,
    /// Its columns that hold the key.
    pub on: Vec<String>,
    /// The column whose value is wanted; without one only whether there is a row.
    pub take: Option<String>,
    /// Which of several rows of one key counts.
    pub pick: Pick,
}

/// Which of several rows of one key counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pick {
    /// The first in the file.
    First,
    /// The last in the file.
    Last,
    /// The one with the smallest value.
    Min,
    /// The one with the largest value.
    Max,
}

impl Pick {
    /// `first`, `last`, `min` or `max`.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "first" => Some(Self::First),
            "last" => Some(Self::Last),
            "min" => Some(Self::Min),
            "max" => Some(Self::Max),
            _ => None,
        }
    }
}

/// The rows of one file by key.
#[derive(Debug, Default)]
pub struct Lookup {
    rows: FxHashMap<Box<str>, u32>,
    values: Option<ArrayRef>,
}

/// Everything that the joins of a command need.
#[derive(Debug, Default)]
pub struct Lookups(FxHashMap<LookupNeed, Lookup>);

impl Lookups {
    /// What was read for this need.
    pub fn get(&self, need: &LookupNeed) -> Option<&Lookup> {
        self.0.get(need)
    }

    pub(super) fn insert(&mut self, need: LookupNeed, lookup: Lookup) {
        self.0.insert(need, lookup);
    }
}

impl Lookup {
    /// The row of a key made by [`key_of`].
    pub fn row(&self, key: &str) -> Option<u32> {
        self.rows.get(key).copied()
    }

    /// The values by row, or `None` when only the existence of rows was asked.
    pub fn values(&self) -> Option<&ArrayRef> {
        self.values.as_ref()
    }

    /// Builds a lookup from a file's key columns and values, batch by batch.
    pub(super) fn build(batches: &[(Vec<ArrayRef>, Option<ArrayRef>)], pick: Pick) -> Result<Self> {
        let parts: Vec<&dyn arrow::array::Array> =
            batches.iter().filter_map(|(_, values)| values.as_deref()).collect();
        let values = if parts.is_empty() { None } else { Some(concat(&parts)?) };
        let later_wins = Later::new(values.as_ref(), pick)?;
        let mut rows: FxHashMap<Box<str>, u32> = FxHashMap::default();
        let mut key = String::new();
        let mut at = 0;
        for (keys, _) in batches {
            let columns: Vec<StringArray> = keys.iter().map(texts).collect();
            for row in 0..keys.first().map_or(0, arrow::array::Array::len) {
                if key_of(&columns, row, &mut key) {
                    match rows.get_mut(key.as_str()) {
                        Some(seen) if later_wins.than(*seen, at) => *seen = at,
                        Some(_) => {}
                        None => {
                            rows.insert(key.as_str().into(), at);
                        }
                    }
                }
                at += 1;
            }
        }
        Ok(Self { rows, values })
    }
}

enum Later {
    Never,
    Always,
    Compare(arrow::array::DynComparator, std::cmp::Ordering),
}

impl Later {
    fn new(values: Option<&ArrayRef>, pick: Pick) -> Result<Self> {
        let wanted = match (pick, values) {
            (Pick::First, _) | (_, None) => return Ok(Self::Never),
            (Pick::Last, _) => return Ok(Self::Always),
            (Pick::Min, Some(_)) => std::cmp::Ordering::Less,
            (Pick::Max, Some(_)) => std::cmp::Ordering::Greater,
        };
        let Some(values) = values else { return Ok(Self::Never) };
        let options = SortOptions { descending: false, nulls_first: wanted.is_gt() };
        Ok(Self::Compare(make_comparator(values, values, options)?, wanted))
    }

    fn than(&self, seen: u32, later: u32) -> bool {
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::Compare(compare, wanted) => compare(later as usize, seen as usize) == *wanted,
        }
    }
}

/// Writes the key of a row; `false` when a part of it is missing.
pub(super) fn key_of(columns: &[StringArray], row: usize, key: &mut String) -> bool {
    key.clear();
    for (i, column) in columns.iter().enumerate() {
        let Some(text) = text_at(column, row) else {
            key.clear();
            return false;
        };
        if i > 0 {
            key.push('\u{1f}');
        }
        key.push_str(text);
    }
    true
}
