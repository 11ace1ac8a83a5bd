//! Which columns refer to which: values that are all contained in another file's key are a reference,
//! whatever the columns are called.

use super::sample::{Column, Table};

/// A column, as table and position.
pub(super) type Place = (usize, usize);

/// A column whose values are found among a key's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    /// The column that refers.
    pub(super) from: Place,
    /// The key it refers to.
    pub(super) to: Place,
    /// Whether this can be told without the column's name: the values are no mere numbers.
    pub(super) telling: bool,
}

/// Every reference between the tables.
pub(super) fn find(tables: &[Table]) -> Vec<Link> {
    let mut links = Vec::new();
    for (to_table, parent) in tables.iter().enumerate() {
        for (to, key) in parent.columns.iter().enumerate() {
            if !key.is_key() || !key.like_ids() || key.distinct.len() < 2 {
                continue;
            }
            for (from_table, child) in tables.iter().enumerate() {
                if from_table == to_table {
                    continue;
                }
                for (from, column) in child.columns.iter().enumerate() {
                    if refers(column, key, parent.whole) {
                        let telling = column.numbers.is_none();
                        links.push(Link { from: (from_table, from), to: (to_table, to), telling });
                    }
                }
            }
        }
    }
    links
}

fn refers(column: &Column, key: &Column, whole: bool) -> bool {
    if column.filled == 0 || !column.like_ids() || column.yes.is_some() || column.distinct.len() < 2
    {
        return false;
    }
    // Small numbers are contained in everything: a name must speak for them too.
    let id = |name: &str| {
        ["id", "no", "code", "コード", "番号", "key"].iter().any(|end| name.ends_with(end))
    };
    if column.numbers.is_some() && !(id(&column.name.plain) || column.name.plain == key.name.plain)
    {
        return false;
    }
    let found = column.distinct.iter().filter(|value| key.distinct.contains(*value)).count();
    let needed = if whole { 95 } else { 50 };
    found * 100 >= column.distinct.len() * needed
}
