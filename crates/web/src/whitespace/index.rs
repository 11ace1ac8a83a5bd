//! The rows of the current run's map in the order of the page, kept between requests: narrowing a hundred thousand of
//! them by any mix of group, line, state and owner is no index of a database.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use decide::whitespace::State;
use store::{MapColumn, MapMember, RunRow, StoreError};

use crate::state::AppState;

/// One account on the map.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) account_key: i64,
    pub(crate) root_key: i64,
    pub(crate) depth: i64,
    pub(crate) owner: Option<Arc<str>>,
    /// What offers in its gaps are expected to earn, minor units.
    gap_minor: i64,
    /// One letter a column.
    states: Box<[u8]>,
}

impl Row {
    /// How it stands to the product of a column; none where that is neither on sale nor held.
    pub(crate) fn state(&self, column: usize) -> Option<State> {
        State::of_letter(char::from(*self.states.get(column)?))
    }
}

/// Who looks after an account.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Owner<'a> {
    /// Anybody or nobody.
    #[default]
    Any,
    /// Nobody.
    Nobody,
    /// This representative.
    Rep(&'a str),
}

/// What rows are narrowed by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Narrow<'a> {
    /// Groups, by their roots; none: all.
    pub(crate) roots: Option<HashSet<i64>>,
    /// The columns in which the state is looked for.
    pub(crate) columns: &'a [usize],
    pub(crate) state: Option<State>,
    pub(crate) owner: Owner<'a>,
}

/// The map of one run.
#[derive(Debug, Default)]
pub(crate) struct MapIndex {
    pub(crate) columns: Vec<MapColumn>,
    /// The groups that could bring the most first, in each from the root down.
    rows: Vec<Row>,
    /// What offers in the gaps of each group are expected to earn, minor units, by root.
    gaps: HashMap<i64, i64>,
    /// The root of each account's group, whoever looks.
    roots: Arc<HashMap<i64, i64>>,
    pub(crate) owners: BTreeMap<Arc<str>, u64>,
    /// Whether some rows have no owner.
    pub(crate) unowned: bool,
}

impl MapIndex {
    pub(crate) fn new(columns: Vec<MapColumn>, mut members: Vec<MapMember>) -> Self {
        let customers = members.iter().filter(|member| member.customer);
        let customers: HashSet<i64> = customers.map(|member| member.root_key).collect();
        members.retain(|member| customers.contains(&member.root_key));
        members.sort_by_key(|it| (it.place, it.account_key));
        let mut owners: HashSet<Arc<str>> = HashSet::new();
        let row = |member: MapMember| {
            let owner = member.owner.map(|owner| {
                let owner = owners.get(&*owner).map_or_else(|| owner.into(), Arc::clone);
                owners.insert(Arc::clone(&owner));
                owner
            });
            let MapMember { account_key, root_key, depth, states, gap_minor, .. } = member;
            let states = states.into_bytes().into();
            Row { account_key, root_key, depth, owner, gap_minor, states }
        };
        let rows: Vec<Row> = members.into_iter().map(row).collect();
        let roots = rows.iter().map(|row| (row.account_key, row.root_key)).collect();
        Self::of(columns, rows, Arc::new(roots))
    }

    /// The map of the accounts that somebody sees: what is counted and summed is counted over these alone.
    pub(crate) fn of_seen(&self, sees: impl Fn(i64) -> bool) -> Self {
        let seen = self.rows.iter().filter(|row| sees(row.account_key)).cloned().collect();
        Self::of(self.columns.clone(), seen, Arc::clone(&self.roots))
    }

    /// Of rows that stand in the order of each group.
    fn of(columns: Vec<MapColumn>, mut rows: Vec<Row>, roots: Arc<HashMap<i64, i64>>) -> Self {
        let mut gaps: HashMap<i64, i64> = HashMap::new();
        let mut owners: BTreeMap<Arc<str>, u64> = BTreeMap::new();
        for row in &rows {
            *gaps.entry(row.root_key).or_default() += row.gap_minor;
            if let Some(owner) = &row.owner {
                *owners.entry(Arc::clone(owner)).or_default() += 1;
            }
        }
        rows.sort_by_key(|row| (-gaps[&row.root_key], row.root_key));
        let unowned = rows.iter().any(|row| row.owner.is_none());
        Self { columns, rows, gaps, roots, owners, unowned }
    }

    /// The rows that pass, in the order of the page.
    pub(crate) fn narrowed(&self, narrow: &Narrow<'_>) -> Vec<&Row> {
        let stands = |row: &Row, wanted: State| {
            narrow.columns.iter().any(|column| row.state(*column) == Some(wanted))
        };
        let passes = |row: &&Row| {
            narrow.roots.as_ref().is_none_or(|roots| roots.contains(&row.root_key))
                && match narrow.owner {
                    Owner::Any => true,
                    Owner::Nobody => row.owner.is_none(),
                    Owner::Rep(rep) => row.owner.as_deref() == Some(rep),
                }
                && narrow.state.is_none_or(|wanted| stands(row, wanted))
        };
        self.rows.iter().filter(passes).collect()
    }

    /// The root of an account's group.
    pub(crate) fn root(&self, account_key: i64) -> Option<i64> {
        self.roots.get(&account_key).copied()
    }

    /// What offers in the gaps of a group are expected to earn, minor units.
    pub(crate) fn gap_minor(&self, root_key: i64) -> i64 {
        self.gaps.get(&root_key).copied().unwrap_or(0)
    }
}

/// The map that was read last, and its run.
pub(crate) type Kept = Arc<tokio::sync::Mutex<Option<(RunRow, Arc<MapIndex>)>>>;

impl AppState {
    /// The map of the current run, read once a run; none before the first.
    pub(crate) async fn map_index(&self) -> Result<Option<Arc<MapIndex>>, StoreError> {
        let Some(run) = self.store.current_run().await? else { return Ok(None) };
        let mut kept = self.map.lock().await;
        if let Some((_, index)) = kept.as_ref().filter(|(of, _)| *of == run) {
            return Ok(Some(Arc::clone(index)));
        }
        let columns = self.store.map_columns(&run.run_id).await?;
        let members = self.store.map_members(&run.run_id).await?;
        let index = Arc::new(MapIndex::new(columns, members));
        *kept = Some((run, Arc::clone(&index)));
        Ok(Some(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(account_key: i64, root_key: i64, states: &str, gap_minor: i64) -> MapMember {
        MapMember {
            account_key,
            root_key,
            place: account_key,
            customer: account_key != 9,
            owner: (account_key != 2).then(|| "R1".to_owned()),
            states: states.to_owned(),
            gap_minor,
            ..MapMember::default()
        }
    }

    fn index() -> MapIndex {
        let members = vec![
            member(1, 1, "og-", 100),
            member(2, 1, "gb-", 50),
            member(5, 5, "ggo", 900),
            member(9, 9, "ggg", 9_000),
        ];
        MapIndex::new(vec![MapColumn::default(); 3], members)
    }

    fn keys(narrow: &Narrow<'_>) -> Vec<i64> {
        index().narrowed(narrow).iter().map(|row| row.account_key).collect()
    }

    #[test]
    fn n11_groups_that_could_bring_most_come_first_and_prospects_not_at_all() {
        assert_eq!(keys(&Narrow::default()), [5, 1, 2]);
        assert_eq!((index().gap_minor(1), index().root(2), index().root(9)), (150, Some(1), None));
    }

    #[test]
    fn n11_rows_are_narrowed_by_group_state_and_owner() {
        let columns = [0, 1];
        let of = |state| Narrow { columns: &columns, state: Some(state), ..Narrow::default() };
        assert_eq!(keys(&of(State::Owned)), [1], "the third column is not looked at");
        assert_eq!(keys(&of(State::Gap)), [5, 1, 2]);
        assert_eq!(keys(&of(State::Blocked)), [2]);
        assert_eq!(keys(&Narrow { owner: Owner::Nobody, ..Narrow::default() }), [2]);
        assert_eq!(keys(&Narrow { owner: Owner::Rep("R1"), ..Narrow::default() }), [5, 1]);
        let roots = Some(HashSet::from([1]));
        assert_eq!(keys(&Narrow { roots, ..Narrow::default() }), [1, 2]);
    }

    #[test]
    fn n11_of_seen_accounts_nothing_else_is_counted() {
        let seen = index().of_seen(|key| [2, 5].contains(&key));
        let rows = seen.narrowed(&Narrow::default());
        let keys: Vec<i64> = rows.iter().map(|row| row.account_key).collect();
        assert_eq!((keys, seen.gap_minor(1)), (vec![5, 2], 50));
        assert_eq!((seen.owners.get("R1"), seen.unowned), (Some(&1), true));
        let none = index().of_seen(|_| false);
        assert!(none.narrowed(&Narrow::default()).is_empty() && none.owners.is_empty());
        // Where an account stands is known, whoever looks.
        assert_eq!(seen.root(1), Some(1));
    }
}
