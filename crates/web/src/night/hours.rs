//! Hours by team, role, rep and week: used of available, what one more would earn, and what was moved since.

use std::collections::{BTreeMap, BTreeSet};

use domain::time::Day;
use domain::words::Lang;
use store::{Moved, PoolWeekRow};

use crate::error::Error;
use crate::names::Names;
use crate::show;
use crate::state::{AppState, Overview};
use crate::words::PlayWords;
use crate::words::night as say;

/// Weeks with a column of their own.
const WEEKS: usize = 6;
/// The pool of accounts that nobody owns.
const UNASSIGNED: &str = "unassigned";

/// One week of one pool.
pub(super) struct Cell {
    pub(super) hours: String,
    /// Whether all hours are used.
    pub(super) full: bool,
    pub(super) price: Option<String>,
}

/// One pool, or the total of a team's role.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) is_total: bool,
    pub(super) cells: Vec<Option<Cell>>,
    pub(super) total: String,
    pub(super) moved: String,
}

/// The table.
pub(super) struct Hours {
    pub(super) weeks: Vec<String>,
    pub(super) lines: Vec<Line>,
    /// Whether hours were moved since.
    pub(super) any_moved: bool,
    pub(super) note: Option<String>,
}

/// What a rep has left.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Free {
    /// In the first week planned.
    pub(super) first: f64,
    /// In all weeks planned.
    pub(super) all: f64,
}

impl Hours {
    /// Of the current run; none where no pool has hours on record.
    pub(super) async fn read(
        state: &AppState,
        overview: &Overview,
        (lang, names): (Lang, &Names),
    ) -> Result<Option<Self>, Error> {
        let run = &overview.run.run_id;
        let rows = state.store.pool_weeks(run).await?;
        if rows.iter().all(|row| row.hours <= 0.0) {
            return Ok(None);
        }
        let moved = state.store.moved(run).await?;
        let weeks: BTreeSet<&str> = rows.iter().map(|row| row.week.as_str()).collect();
        let shown: Vec<&str> = weeks.iter().copied().take(WEEKS).collect();
        let table = Table { lang, state, names, shown: &shown, moved: &moved };
        let mut teams: BTreeMap<(bool, &str, &str), BTreeMap<&str, Vec<&PoolWeekRow>>> =
            BTreeMap::new();
        for row in &rows {
            let of = (
                row.pool == UNASSIGNED,
                row.team.as_deref().unwrap_or_default(),
                row.role.as_deref().unwrap_or_default(),
            );
            teams.entry(of).or_default().entry(&row.pool).or_default().push(row);
        }
        let mut lines = Vec::new();
        for ((_, team, role), pools) in &teams {
            if pools.len() > 1 {
                let all: Vec<&PoolWeekRow> = pools.values().flatten().copied().collect();
                let name: Vec<&str> =
                    [*team, *role].into_iter().filter(|part| !part.is_empty()).collect();
                lines.push(table.line(name.join(" "), &all, None));
            }
            for (pool, rows) in pools {
                lines.push(table.line(table.name(pool), rows, Some(pool)));
            }
        }
        let monday = |week: &&str| {
            Day::parse_iso(week).map_or_else(
                || (*week).to_owned(),
                |day| say::week_of(lang, &show::short_date(lang, day)),
            )
        };
        Ok(Some(Self {
            weeks: shown.iter().map(monday).collect(),
            any_moved: lines.iter().any(|line| !line.moved.is_empty()),
            lines,
            note: (weeks.len() > WEEKS).then(|| say::more_weeks(lang, WEEKS)),
        }))
    }
}

/// What lines are drawn with.
struct Table<'a> {
    lang: Lang,
    state: &'a AppState,
    names: &'a Names,
    shown: &'a [&'a str],
    moved: &'a [Moved],
}

impl Table<'_> {
    fn name(&self, pool: &str) -> String {
        match pool {
            UNASSIGNED => PlayWords::of(self.lang).unassigned.to_owned(),
            rep => self.names.rep(rep),
        }
    }

    /// The line of a pool, or of several together where none is named.
    fn line(&self, name: String, rows: &[&PoolWeekRow], pool: Option<&str>) -> Line {
        let sum = |week: Option<&str>| -> (f64, f64) {
            let of = rows.iter().filter(|row| week.is_none_or(|week| row.week == week));
            of.fold((0.0, 0.0), |(used, hours), row| (used + row.used, hours + row.hours))
        };
        let cell = |week: &&str| {
            let (used, hours) = sum(Some(week));
            let price = rows.iter().find(|row| pool.is_some() && row.week == *week);
            let price = price.map(|row| row.price_minor).filter(|minor| *minor > 0);
            (hours > 0.0 || used > 0.0).then(|| Cell {
                hours: of(used, hours),
                full: used >= hours - 0.05,
                price: price
                    .map(|minor| say::an_hour(self.lang, &self.state.currency.display(minor))),
            })
        };
        let (used, hours) = sum(None);
        Line {
            name,
            is_total: pool.is_none(),
            cells: self.shown.iter().map(cell).collect(),
            total: of(used, hours),
            moved: pool.map_or_else(String::new, |pool| signed(came(self.moved, pool, None))),
        }
    }
}

/// `12.5 / 20`.
fn of(used: f64, hours: f64) -> String {
    format!("{} / {}", show::number(used, 1), show::number(hours, 1))
}

fn signed(hours: f64) -> String {
    match show::number(hours, 1).as_str() {
        "0" => String::new(),
        text if hours > 0.0 => format!("+{text}"),
        text => text.to_owned(),
    }
}

/// Hours that came to a pool since the run, less those that went.
fn came(moved: &[Moved], pool: &str, week: Option<&str>) -> f64 {
    let of = moved.iter().filter(|it| week.is_none_or(|week| it.week == week));
    of.map(|it| {
        let from = it.from.as_deref().unwrap_or(UNASSIGNED) == pool;
        it.hours * (f64::from(it.to == pool) - f64::from(from))
    })
    .sum()
}

/// What each pool has left after the plan and what was moved since, by pool.
pub(super) fn free(rows: &[PoolWeekRow], moved: &[Moved]) -> BTreeMap<String, Free> {
    let first = rows.iter().map(|row| row.week.as_str()).min().unwrap_or_default();
    let mut free: BTreeMap<String, Free> = BTreeMap::new();
    for row in rows {
        let left = row.hours - row.used;
        let of = free.entry(row.pool.clone()).or_default();
        of.all += left;
        if row.week == first {
            of.first += left;
        }
    }
    for (pool, of) in &mut free {
        of.all -= came(moved, pool, None);
        of.first -= came(moved, pool, Some(first));
    }
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    /// N1: what was moved since the night counts against whoever received it, in its week.
    #[test]
    fn n1_what_was_moved_takes_the_hours_of_who_received_it() {
        let row = |pool: &str, week: &str, used: f64| PoolWeekRow {
            pool: pool.to_owned(),
            week: week.to_owned(),
            hours: 20.0,
            used,
            ..PoolWeekRow::default()
        };
        let rows = [
            row("a", "2026-03-09", 18.0),
            row("a", "2026-03-16", 5.0),
            row("b", "2026-03-09", 20.0),
        ];
        let moved = [Moved {
            from: Some("b".to_owned()),
            to: "a".to_owned(),
            week: "2026-03-09".to_owned(),
            plays: 2,
            hours: 4.0,
        }];
        let found = free(&rows, &moved);
        assert_eq!(found["a"], Free { first: -2.0, all: 13.0 });
        assert_eq!(found["b"], Free { first: 4.0, all: 4.0 });
        assert_eq!([signed(4.0), signed(-4.0), signed(0.01)], ["+4", "-4", ""]);
    }
}
