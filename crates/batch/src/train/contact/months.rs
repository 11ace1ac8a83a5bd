//! The months of the past in which customers could leave, each with whether an approach came before it.
//!
//! A month begins [`LEAD`] days before a contract has run a whole number of months, so that the end of a term, and a
//! last day written one day early or a few late, lie in the month that the term's end begins. An approach that came
//! until then counts; one of the month itself does not yet. Months that were over before the first end on record, or
//! whose half-year before began before the first approach on record, are left out: nothing tells of them.

use domain::time::{Day, Days, Months};

use super::{LAG, Past, SINCE, SPAN, approaches};
use crate::known::Account;
use crate::tables::takes_hours;
use crate::train::leaving;
use crate::train::moment::{Asked, Cell, Held, to_term_end};
use crate::train::rows::{Case, Rows};
use crate::versions::{Line, Version};

/// Rows that are learnt from at most.
const ROWS_MOST: usize = 20_000;
/// Of those of customers who stayed, in months in which no term ends: one in so many.
const RUNNING: usize = 4;
/// Windows of the past at most.
const WINDOWS: i32 = 8;
/// Days before a whole month of a contract on which its month begins.
const LEAD: i32 = 2;
/// The column that says whether a term ends in the month.
const ENDS: &str = "month_of_term";

/// A month of a contract.
#[derive(Debug, Clone, Copy)]
pub(super) struct Month {
    /// The day before it.
    pub(super) day: Day,
    /// Its last day.
    over: Day,
}

impl Month {
    /// The months of a contract that begin after a day, without end.
    pub(super) fn after(line: &Line, day: Day) -> impl Iterator<Item = Self> {
        let started = line.started;
        let begins = move |month: i32| started.plus_months(Months(month)).plus(Days(-LEAD));
        let first = (day.since(started).0 / 31).max(1);
        let all = (first..).map(move |month| Self { day: begins(month), over: begins(month + 1) });
        all.skip_while(move |month| month.day <= day)
    }

    /// The day on which a term would end in it.
    pub(super) fn term_end(self) -> Day {
        self.day.plus(Days(LEAD))
    }

    /// What the calendar says of it: how long a customer by then, and where in its term.
    pub(super) fn cells<'c>(
        self,
        account: &Account,
        (line, version): (&Line, &Version),
    ) -> [Cell<'c>; 3] {
        let since = account.since.unwrap_or(line.started);
        let tenure = Cell::Number(f64::from(self.day.since(since).0));
        match to_term_end(line, version, self.day.plus(Days(1))) {
            None => [tenure, Cell::Missing, Cell::Missing],
            Some(days) => {
                let ends = days < self.over.since(self.day).0;
                let ends = Cell::Text(if ends { "ends" } else { "runs" });
                [tenure, Cell::Number(f64::from(days)), ends]
            }
        }
    }
}

/// A month at risk.
#[derive(Debug, Clone)]
struct Risk<'a> {
    case: Case<'a>,
    /// At its beginning the customer was what the row says: the day of the first approach that counts, or a day drawn
    /// from those on which one would have counted.
    seen: Day,
    calendar: [Cell<'a>; 3],
    /// The first approach that counts: its day, and whether a person spoke.
    approached: Option<(Day, bool)>,
}

impl Risk<'_> {
    /// Who left; of the others, those for whom a term does not end, which tell little, come last.
    fn stratum(&self) -> usize {
        match self.calendar[2] {
            _ if self.case.happened => 0,
            Cell::Text("runs") => 2,
            _ => 1,
        }
    }
}

/// Months of the past that are learnt from.
#[derive(Debug)]
pub(super) struct AtRisk<'a> {
    pub(super) rows: Rows<'a>,
    /// Whether an approach came in the days before that count.
    pub(super) treated: Vec<bool>,
    /// How many months each stands for.
    pub(super) weights: Vec<f64>,
    /// Approaches by mail and by people.
    pub(super) ways: [u64; 2],
}

/// Names of the columns, and whether each holds texts.
pub(super) fn columns(past: Past<'_>) -> impl Iterator<Item = (&str, bool)> {
    let own = [(SINCE, false), ("by_people", false), ("tenure_then", false), ("term_then", false)];
    leaving::columns(past.profiles).chain(own).chain([(ENDS, true)])
}

/// What was known of an account at the beginning of a day; the calendar's cells of a month come after.
pub(super) fn row<'a>(
    past: Past<'a>,
    asked: &Asked<'a>,
    account: &'a Account,
    day: Day,
) -> Vec<Cell<'a>> {
    let mut cells = asked.facts(day);
    cells.extend(past.profiles.of(account.key));
    let last = approaches(account).map(|(on, _)| on).filter(|on| *on < day).max();
    cells.push(last.map_or(Cell::Missing, |last| Cell::Number(f64::from(day.since(last).0))));
    cells.push(Cell::Number(f64::from(u8::from(takes_hours(account)))));
    cells
}

/// What is on record: rows begin no earlier than the first day, and are over no earlier than the second.
#[derive(Debug, Clone, Copy)]
struct Record(Day, Day);

impl Record {
    fn of(past: Past<'_>) -> Option<Self> {
        let history = past.history;
        let each = history.accounts.values();
        let approach = each.flat_map(|account| approaches(account).map(|(on, _)| on)).min()?;
        let end = history.versions.lines.values().flatten().filter_map(|it| it.ended).min()?;
        let back = history.as_of.plus(Days(-WINDOWS * history.window_days.max(1)));
        Some(Self(approach.max(back), end))
    }
}

/// The months of one account.
fn of<'a>(
    past: Past<'a>,
    account: &'a Account,
    record: Record,
) -> impl Iterator<Item = Risk<'a>> + 'a {
    let lines = past.history.versions.lines.get(&account.key).into_iter().flatten();
    lines.flat_map(move |line| {
        let months = Month::after(line, record.0.max(line.started));
        let until = line.ended.unwrap_or(past.history.as_of).min(past.history.as_of);
        let months = months.take_while(move |month| month.day < until);
        months.filter_map(move |month| risk(past, (account, line), month, record))
    })
}

fn risk<'a>(
    past: Past<'a>,
    (account, line): (&'a Account, &'a Line),
    month: Month,
    Record(from, first_end): Record,
) -> Option<Risk<'a>> {
    let history = past.history;
    let Month { day, over } = month;
    let (main, version) = Held::on(history.versions, account.key, day.plus(Days(1))).main()?;
    if over > history.as_of || over < first_end || !std::ptr::eq(main, line) {
        return None;
    }
    let before = day.plus(Days(1 - SPAN));
    let held = Held::on(history.versions, account.key, before).main().is_some();
    let begun = if held { before } else { line.started.plus(Days(1)) };
    let last = day.plus(Days(-LAG));
    if begun < from || begun > last {
        return None;
    }
    let approached = approaches(account).filter(|(on, _)| *on >= begun && *on <= day).min();
    // An approach that does not tell is no reason to count the month among those without one.
    if approached.is_some_and(|(on, _)| on > last) {
        return None;
    }
    let until = day.plus(Days(history.window_days.max(1))).min(history.as_of).max(over);
    let happened = leaving::left(history.versions, (account.key, line), (day, over, until));
    let case = leaving::told((account, line), (day, over), happened);
    let seen = approached.map_or_else(|| drawn(&case, (begun, last), past.seed), |(on, _)| on);
    Some(Risk { case, seen, calendar: month.cells(account, (line, version)), approached })
}

/// One of these days, the same for a case for ever.
fn drawn(case: &Case<'_>, (first, last): (Day, Day), seed: i64) -> Day {
    let days = u64::try_from(last.since(first).0).unwrap_or(0) + 1;
    // Whether the case is kept is drawn by the same number, that is by its upper half; the day is by its lower.
    let place = (case.draw(seed) & 0xffff_ffff) % days;
    first.plus(Days(i32::try_from(place).unwrap_or(0)))
}

/// How large a share of the months of each stratum is drawn, given how many there are: all who left, as far as that is
/// half of the rows, and of the others the months in which a term may end before those in which none does.
fn shares(months: [usize; 3]) -> [f64; 3] {
    let [left, may_end, runs] = months;
    let left_kept = left.min(ROWS_MOST / 2);
    let rest = ROWS_MOST - left_kept;
    let runs_kept = runs.min((rest / RUNNING).max(rest.saturating_sub(may_end)));
    let may_end_kept = may_end.min(rest - runs_kept);
    [(left_kept, left), (may_end_kept, may_end), (runs_kept, runs)]
        .map(|(kept, all)| kept as f64 / all.max(1) as f64)
}

/// The months that are learnt from. Where they are too many those of customers who stayed are thinned out, and each
/// that is kept stands for several (case-control sampling: Prentice and Pyke 1979, "Logistic Disease Incidence Models
/// and Case-Control Studies"; here with weights, as by Scott and Wild 1986).
pub(super) fn at_risk(past: Past<'_>) -> AtRisk<'_> {
    let rows = Rows::new(columns(past));
    let mut found = AtRisk { rows, treated: Vec::new(), weights: Vec::new(), ways: [0; 2] };
    let Some(record) = Record::of(past) else { return found };
    let mut months = [0; 3];
    for account in past.history.accounts.values() {
        of(past, account, record).for_each(|risk| months[risk.stratum()] += 1);
    }
    let shares = shares(months);
    for account in past.history.accounts.values() {
        let mut asked = None;
        let mut last = None;
        for risk in of(past, account, record) {
            let share = shares[risk.stratum()];
            if risk.case.draw(past.seed) as f64 / u64::MAX as f64 > share {
                continue;
            }
            let asked = asked.get_or_insert_with(|| Asked::of(past.history, account));
            let cells = row(past, asked, account, risk.seen).into_iter().chain(risk.calendar);
            // The same approach counts in several months.
            if let Some((on, by_people)) = risk.approached.filter(|it| last != Some(*it)) {
                last = Some((on, by_people));
                found.ways[usize::from(by_people)] += 1;
            }
            found.treated.push(risk.approached.is_some());
            found.weights.push(1.0 / share);
            found.rows.push(risk.case, cells);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_left_is_kept_and_the_rest_is_thinned_out() {
        assert!(shares([500, 9_000, 10_000]).iter().all(|it| (it - 1.0).abs() < 1e-12));
        let [left, may_end, runs] = shares([1_000, 100_000, 1_000_000]);
        assert_eq!((left, (may_end * 1e5).round(), (runs * 1e6).round()), (1.0, 14_250.0, 4_750.0));
        // Where few terms end, more of the other months are kept.
        let [_, may_end, runs] = shares([1_000, 2_000, 1_000_000]);
        assert_eq!((may_end, (runs * 1e6).round()), (1.0, 17_000.0));
        let [left, ..] = shares([40_000, 100_000, 100_000]);
        assert!((left * 40_000.0 - 10_000.0).abs() < 1e-6);
    }
}
