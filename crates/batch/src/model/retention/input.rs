//! Survivors or subscriptions, from a file nobody mapped.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use domain::time::{Day, Days, Months};
use models::retention::Spell;

use super::super::sheet::{File, Sheet};
use super::super::summary::Summary;
use super::{Subscriptions, Survivors};

/// Survivors of one cohort, each with its place in the file.
pub(super) struct Cohort {
    pub(super) alive: Vec<f64>,
    pub(super) places: Vec<String>,
    pub(super) said: Summary,
}

pub(super) fn survivors(file: &File, columns: &Survivors) -> Result<Cohort> {
    if let Some(it) = columns.cohort.filter(|it| !it.is_finite() || *it < 1.0) {
        bail!("--cohort is the number of customers at the start, from 1 on, not {it}");
    }
    let sheet = file.read(&[&columns.period, &columns.alive])?;
    let (periods, values) = (sheet.numbers(&columns.period)?, sheet.numbers(&columns.alive)?);
    let mut rows: Vec<(f64, f64, usize)> = Vec::with_capacity(values.len());
    for (row, (period, value)) in periods.into_iter().zip(values).enumerate() {
        // Both empty: a line that spreadsheets leave below a table.
        match (period, value) {
            (None, None) => {}
            (Some(period), Some(value)) => rows.push((period, value, row)),
            (None, _) => bail!("{}: `{}` is empty; fill it in", sheet.place(row), columns.period),
            (_, None) => bail!("{}: `{}` is empty; fill it in", sheet.place(row), columns.alive),
        }
    }
    rows.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
    in_order(&sheet, &columns.period, &rows)?;
    let whole = rows.first().map_or(0.0, |it| it.1);
    if whole <= 0.0 {
        bail!("{}: nobody is there in period 0", file.name());
    }
    let scale = columns.cohort.map_or(1.0, |cohort| cohort / whole);
    let alive: Vec<f64> = rows.iter().map(|it| it.1 * scale).collect();
    let mut said = Summary::default().with("cohort", alive[0]);
    if columns.cohort.is_none() && rows.iter().any(|it| it.1.fract() != 0.0) {
        said = said.with(
            "note",
            "the survivors are not whole: if they are shares of a cohort, give its size by --cohort, or the \
             intervals mean nothing",
        );
    }
    Ok(Cohort { alive, places: rows.iter().map(|it| sheet.place(it.2)).collect(), said })
}

/// Refuses periods that are not 0, 1, 2, ….
fn in_order(sheet: &Sheet, period: &str, rows: &[(f64, f64, usize)]) -> Result<()> {
    let mut expected = 0.0;
    for (found, _, row) in rows {
        if (found - expected).abs() > 1e-9 {
            let place = sheet.place(*row);
            if *found < expected && *found >= 0.0 && found.fract() == 0.0 {
                bail!(
                    "{place}: period {found} stands there twice; give one cohort in one row a period"
                );
            }
            if expected == 0.0 {
                bail!(
                    "{place}: the periods in `{period}` begin with {found}; they must begin with 0, the start, \
                     when all are there"
                );
            }
            bail!(
                "{place}: period {found} follows period {}; period {expected} is missing",
                expected - 1.0
            );
        }
        expected += 1.0;
    }
    Ok(())
}

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit {
    name: &'static str,
    /// A year has so many.
    a_year: f64,
    span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Span {
    Days(i32),
    Months(i32),
}

/// Every length that a period may have.
pub const UNITS: &[Unit] = &[
    Unit { name: "month", a_year: 12.0, span: Span::Months(1) },
    Unit { name: "day", a_year: 365.25, span: Span::Days(1) },
    Unit { name: "week", a_year: 365.25 / 7.0, span: Span::Days(7) },
    Unit { name: "quarter", a_year: 4.0, span: Span::Months(3) },
    Unit { name: "year", a_year: 1.0, span: Span::Months(12) },
];

impl Unit {
    /// Its name on the command line.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The unit of a name.
    pub fn named(name: &str) -> Result<Self> {
        UNITS.iter().copied().find(|it| it.name == name).with_context(|| {
            let known: Vec<&str> = UNITS.iter().map(|it| it.name).collect();
            format!("--unit: a period is one of {}, not `{name}`", known.join(", "))
        })
    }

    /// A yearly discount for one period.
    pub(super) fn discount(&self, yearly: f64) -> f64 {
        (1.0 + yearly).powf(1.0 / self.a_year) - 1.0
    }

    /// Whole periods from one day to a later, and whether no day is left over.
    fn between(self, from: Day, to: Day) -> (u32, bool) {
        let after = |n: i32| match self.span {
            Span::Days(days) => from.plus(Days(days.saturating_mul(n))),
            Span::Months(months) => from.plus_months(Months(months.saturating_mul(n))),
        };
        let days = to.since(from).0.max(0);
        // A month has 28 days at least: from too many, down to what fits.
        let mut n = match self.span {
            Span::Days(span) => days / span,
            Span::Months(months) => days / (28 * months) + 1,
        };
        while n > 0 && after(n) > to {
            n -= 1;
        }
        (u32::try_from(n).unwrap_or(0), after(n) == to)
    }

    fn whole(self, from: Day, to: Day) -> u32 {
        self.between(from, to).0
    }

    /// Periods that have begun.
    fn begun(self, from: Day, to: Day) -> u32 {
        let (whole, even) = self.between(from, to);
        whole + u32::from(!even)
    }
}

/// One subscription's first and last day.
struct Life {
    start: Day,
    end: Option<Day>,
}

pub(super) fn subscriptions(file: &File, columns: &Subscriptions) -> Result<(Vec<Spell>, Summary)> {
    let day = |name: &str, text: &Option<String>| -> Result<Option<Day>> {
        let parse = |text: &String| {
            Day::parse_iso(text).with_context(|| {
                format!("{name} should be a date as 2026-01-31, but `{text}` was given")
            })
        };
        text.as_ref().map(parse).transpose()
    };
    let (until, from) = (day("--until", &columns.until)?, day("--from", &columns.from)?);
    let (lives, without_start) = lives(file, columns)?;
    let latest_start =
        lives.iter().map(|it| it.start).max().with_context(|| {
            format!("{}: `{}` is empty in every row", file.name(), columns.start)
        })?;
    // An end far beyond all starts is a plan, or stands for none (9999-12-31).
    let past = |end: &Day| end.since(latest_start).0 <= 366;
    let until = until.unwrap_or_else(|| {
        lives.iter().filter_map(|it| it.end).filter(past).fold(latest_start, Day::max)
    });
    let unit = columns.unit;
    let (mut later, mut before) = (0_usize, 0_usize);
    let mut spells = Vec::with_capacity(lives.len());
    for life in &lives {
        if life.start > until {
            later += 1;
            continue;
        }
        let entered = from.filter(|from| life.start < *from);
        let entered = entered.map_or(0, |from| unit.begun(life.start, from));
        if from.is_some_and(|from| life.end.is_some_and(|end| end < from)) {
            before += 1;
            continue;
        }
        // Only periods that were watched to their end count, else those who left early in one would weigh more
        // than those who stayed.
        let watched = unit.whole(life.start, until);
        let lost = life.end.map(|end| unit.begun(life.start, end).max(1));
        let lost = lost.filter(|it| *it <= watched);
        spells.push(Spell { entered, until: lost.unwrap_or(watched), lost: lost.is_some() });
    }
    let lost = spells.iter().filter(|it| it.lost && it.until > it.entered).count();
    let mut said = Summary::default()
        .with("subscriptions", lives.len())
        .with("lost", lost)
        .with("until", until.to_string())
        .with("period", unit.name);
    for (key, count) in [
        ("rows_without_start_left_out", without_start),
        ("starting_after_until_left_out", later),
        ("ended_before_from_left_out", before),
    ] {
        if count > 0 {
            said = said.with(key, count);
        }
    }
    Ok((spells, said))
}

/// One life a subscription: rows of one `subscription_id` are changes of it, of which the last counts for the
/// end. Without that column each row is one.
fn lives(file: &File, columns: &Subscriptions) -> Result<(Vec<Life>, usize)> {
    let has = |name: &str| file.columns().iter().any(|it| it == name);
    let id = has("subscription_id").then_some("subscription_id");
    let version = id.and(has("effective_on").then_some("effective_on"));
    let mut wanted = vec![columns.start.as_str(), columns.end.as_str()];
    wanted.extend([id, version].into_iter().flatten());
    let sheet = file.read(&wanted)?;
    let (starts, ends) = (sheet.days(&columns.start)?, sheet.days(&columns.end)?);
    let versions = version.map(|it| sheet.days(it)).transpose()?;
    let ids = id.map(|it| sheet.keys(it)).transpose()?;
    let mut found: BTreeMap<String, (Option<Day>, Life)> = BTreeMap::new();
    let (mut single, mut without) = (Vec::new(), 0);
    for (row, (start, end)) in starts.into_iter().zip(ends).enumerate() {
        let Some(start) = start else {
            without += 1;
            continue;
        };
        if end.is_some_and(|end| end < start) {
            bail!(
                "{}: `{}` ({}) is before `{}` ({start}); mend the row or leave it out",
                sheet.place(row),
                columns.end,
                end.map(|it| it.to_string()).unwrap_or_default(),
                columns.start
            );
        }
        let life = Life { start, end };
        let Some(ids) = &ids else {
            single.push(life);
            continue;
        };
        let version = versions.as_ref().and_then(|it| it[row]);
        match found.get_mut(&ids[row]) {
            Some((latest, known)) => {
                let start = known.start.min(start);
                if version >= *latest {
                    (*latest, *known) = (version, life);
                }
                known.start = start;
            }
            None => {
                found.insert(ids[row].clone(), (version, life));
            }
        }
    }
    single.extend(found.into_values().map(|(_, life)| life));
    Ok((single, without))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(unit: &str, from: &str, to: &str, expected: (u32, u32)) {
        let unit = Unit::named(unit).expect("known");
        let (from, to) = (Day::parse_iso(from).expect("a day"), Day::parse_iso(to).expect("a day"));
        assert_eq!((unit.whole(from, to), unit.begun(from, to)), expected);
    }

    #[test]
    fn periods_are_counted_by_the_calendar() {
        check("month", "2024-01-31", "2024-02-29", (1, 1));
        check("month", "2024-01-31", "2024-02-28", (0, 1));
        check("month", "2024-01-15", "2025-01-15", (12, 12));
        check("year", "2024-02-29", "2025-02-28", (1, 1));
        check("quarter", "2024-01-01", "2024-08-01", (2, 3));
        check("week", "2024-01-01", "2024-01-15", (2, 2));
        check("day", "2024-01-01", "2024-01-01", (0, 0));
    }
}
