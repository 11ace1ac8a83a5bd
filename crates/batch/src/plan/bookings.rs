//! Expansion bookings of the last four quarters, from the first of these that the data can tell: won expansion
//! deals, increases of recurring revenue in contract history, growth of orders. See [`decide::bookings`].

use std::collections::BTreeMap;

use decide::bookings::{Basis, Bookings, Planned, Quarter, compare, horizon_days};
use decide::decision::Decision;
use decide::facts::{Outcome, Proposal};
use decide::policy::Policy;
use domain::time::{Day, Days, Months};

use crate::known::Account;
use crate::night::{Known, Night};
use crate::versions::{Line, Versions};

/// An amount booked on a day, minor units.
type Booking = (Day, i64);

/// The plan in the making beside the last four quarters.
#[derive(Debug)]
pub struct Beside {
    basis: Basis,
    quarters: Vec<Quarter>,
    planned: Planned,
}

impl Beside {
    /// The last four quarters, the last of which ends on the day, beside no plan yet.
    pub fn of(known: &Known, as_of: Day) -> Self {
        let (basis, quarters) = last_year(known, as_of);
        Self { basis, quarters, planned: Planned::default() }
    }

    /// Adds what the plan chose of these decisions of one account.
    pub fn add(&mut self, decisions: &[Decision], policy: &Policy) {
        self.planned.add(decisions, self.basis, policy);
    }

    /// Both, compared.
    pub fn finish(&self, night: &Night<'_>) -> Bookings {
        let days = horizon_days(night.policy);
        let planned = self.planned.total(night.policy);
        compare(planned, (self.basis, &self.quarters), days, night.currency)
    }
}

/// The last four quarters, the last of which ends on the day.
fn last_year(known: &Known, as_of: Day) -> (Basis, Vec<Quarter>) {
    let accounts = &known.accounts;
    let deals = won(accounts);
    if !deals.is_empty() {
        let opened = accounts.values().flat_map(|a| &a.proposals).map(|deal| deal.opened_on);
        return (Basis::Proposals, summed(&deals, opened.min(), as_of));
    }
    let versions = Versions::read(&known.snapshot);
    let grown = grown(&versions);
    if !grown.is_empty() {
        let starts = versions.lines.values().flatten().map(|line| line.started);
        return (Basis::Contracts, summed(&grown, starts.min(), as_of));
    }
    if !known.lake.baskets.is_empty() {
        return (Basis::Orders, growth(&known.lake.baskets, as_of));
    }
    (Basis::None, summed(&[], None, as_of))
}

/// The bounds of the four quarters, oldest first: each from the day after the first to the second.
fn bounds(as_of: Day) -> Vec<(Day, Day)> {
    let bound = |back: i32| as_of.plus_months(Months(-3 * back));
    (0..4).rev().map(|i| (bound(i + 1).plus(Days(1)), bound(i))).collect()
}

/// Bookings by quarter; a quarter that begins before the records do is not known.
fn summed(bookings: &[Booking], records: Option<Day>, as_of: Day) -> Vec<Quarter> {
    let quarter = |(from, until): (Day, Day)| {
        let here = bookings.iter().filter(|(day, _)| (from..=until).contains(day));
        let minor = records.is_some_and(|first| first <= from).then(|| here.map(|b| b.1).sum());
        Quarter { from, until, minor }
    };
    bounds(as_of).into_iter().map(quarter).collect()
}

/// Amounts of won deals that expand: by their type, or without one those of accounts that were customers before
/// the deal began.
fn won(accounts: &BTreeMap<i64, Account>) -> Vec<Booking> {
    let expands = |account: &Account, deal: &Proposal| match deal.kind.as_deref() {
        Some("expansion") => true,
        None => account.since.is_some_and(|since| since < deal.opened_on),
        Some(_) => false,
    };
    accounts
        .values()
        .flat_map(|account| account.proposals.iter().map(move |deal| (account, deal)))
        .filter(|(account, deal)| deal.outcome == Outcome::Won && expands(account, deal))
        .filter_map(|(_, deal)| {
            Some((deal.closed_on.unwrap_or(deal.opened_on), deal.amount_minor?))
        })
        .collect()
}

/// Increases of recurring revenue of accounts that are customers already, times twelve: net by account and
/// month, so that a contract that replaces another counts only by what it adds. The month of the first contract is
/// new business; changes of price and corrections are bought by nobody.
fn grown(versions: &Versions) -> Vec<Booking> {
    let mut grown = Vec::new();
    for lines in versions.lines.values() {
        let Some(first) = lines.iter().map(|line| line.started.month_start()).min() else {
            continue;
        };
        let mut months: BTreeMap<Day, (Day, i64)> = BTreeMap::new();
        for (day, change) in lines.iter().flat_map(changes) {
            let month = months.entry(day.month_start()).or_insert((day, 0));
            *month = (month.0.max(day), month.1 + change);
        }
        months.retain(|month, change| *month > first && change.1 > 0);
        grown.extend(months.into_values().map(|(day, change)| (day, change * 12)));
    }
    grown
}

/// Changes of a line's monthly revenue by day. What takes effect only when the line is over was never in force, and
/// a line that ends before it starts was not either.
fn changes(line: &Line) -> Vec<Booking> {
    let mut changes = Vec::new();
    let mut now = 0;
    let in_force = |from: Day| line.ended.is_none_or(|end| from < end);
    if !in_force(line.started) {
        return changes;
    }
    for version in line.versions.iter().filter(|version| in_force(version.from)) {
        let next = version.mrr_minor.unwrap_or(now);
        if !version.repriced {
            changes.push((version.from, next - now));
        }
        now = next;
    }
    changes.extend(line.ended.map(|end| (end, -now)));
    changes
}

/// Orders of accounts that ordered before the same quarter of the year before, less their orders in that one.
fn growth(baskets: &[(i64, i32, i64)], as_of: Day) -> Vec<Quarter> {
    let mut first: BTreeMap<i64, i32> = BTreeMap::new();
    for (account, day, _) in baskets {
        let seen = first.entry(*account).or_insert(*day);
        *seen = (*seen).min(*day);
    }
    let records = first.values().min().copied();
    let quarter = |(from, until): (Day, Day)| {
        let (back, end) = (from.plus_months(Months(-12)), until.plus_months(Months(-12)));
        let orders = |from: Day, until: Day| -> i64 {
            let here = baskets.iter().filter(|(_, day, _)| (from.0..=until.0).contains(day));
            here.filter(|(account, _, _)| first[account] < back.0).map(|basket| basket.2).sum()
        };
        let minor = records
            .is_some_and(|records| records < back.0)
            .then(|| (orders(from, until) - orders(back, end)).max(0));
        Quarter { from, until, minor }
    };
    bounds(as_of).into_iter().map(quarter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::versions::Version;

    fn day(text: &str) -> Day {
        Day::parse_iso(text).expect("a day")
    }

    fn line(started: &str, ended: Option<&str>, mrr: &[(&str, i64, bool)]) -> Line {
        let version = |(from, mrr, repriced): &(&str, i64, bool)| Version {
            from: day(from),
            product: 0,
            plan_version: None,
            seats: None,
            term_months: None,
            mrr_minor: Some(*mrr),
            repriced: *repriced,
        };
        Line {
            subscription: "S1".into(),
            started: day(started),
            ended: ended.map(day),
            versions: mrr.iter().map(version).collect(),
        }
    }

    fn check(lines: Vec<Line>, expected: &[(&str, i64)]) {
        let lines = BTreeMap::from([(1, lines)]);
        let versions = Versions { lines, ..Versions::default() };
        let expected: Vec<_> = expected.iter().map(|(on, minor)| (day(on), *minor)).collect();
        assert_eq!(grown(&versions), expected);
    }

    #[test]
    fn quarters_end_on_the_day_and_touch() {
        let bounds = bounds(day("2026-03-12"));
        assert_eq!(bounds[3], (day("2025-12-13"), day("2026-03-12")));
        assert_eq!(bounds[0].0, day("2025-03-13"));
        assert!(bounds.windows(2).all(|two| two[0].1.plus(Days(1)) == two[1].0));
    }

    #[test]
    fn growth_of_recurring_revenue_is_net_and_without_new_business() {
        let grows = [("2025-04-01", 100, false), ("2025-09-15", 150, false)];
        check(vec![line("2025-04-01", None, &grows)], &[("2025-09-15", 600)]);
        // A plan that replaces another the day after counts by what it adds.
        check(
            vec![
                line("2025-04-01", Some("2025-09-14"), &[("2025-04-01", 100, false)]),
                line("2025-09-15", None, &[("2025-09-15", 180, false)]),
            ],
            &[("2025-09-15", 960)],
        );
        let dearer = [("2025-04-01", 100, false), ("2025-09-15", 150, true)];
        check(vec![line("2025-04-01", None, &dearer)], &[]);
        // What ends before it starts was never in force.
        check(
            vec![
                line("2025-04-01", None, &[("2025-04-01", 100, false)]),
                line("2025-09-15", Some("2025-08-01"), &[("2025-09-15", 180, false)]),
            ],
            &[],
        );
        let less = [("2025-04-01", 100, false), ("2025-09-15", 50, false)];
        check(vec![line("2025-04-01", None, &less)], &[]);
    }

    #[test]
    fn a_quarter_before_the_records_is_not_known() {
        let booked = [(day("2026-01-10"), 500), (day("2025-12-13"), 70), (day("2025-12-12"), 30)];
        let minor = |records| {
            let quarters = summed(&booked, Some(day(records)), day("2026-03-12"));
            quarters.iter().map(|quarter| quarter.minor).collect::<Vec<_>>()
        };
        assert_eq!(minor("2025-01-01"), [Some(0), Some(0), Some(30), Some(570)]);
        assert_eq!(minor("2025-12-13"), [None, None, None, Some(570)]);
        assert_eq!(minor("2025-12-14"), [None; 4]);
    }

    #[test]
    fn orders_count_beyond_those_of_a_year_before() {
        let on = |account, text: &str, minor| (account, day(text).0, minor);
        let baskets = [
            on(1, "2024-01-05", 10),
            on(1, "2025-02-01", 100),
            on(1, "2026-02-01", 160),
            on(2, "2026-02-01", 999),
        ];
        let minor: Vec<_> = growth(&baskets, day("2026-03-12")).iter().map(|q| q.minor).collect();
        assert_eq!(minor, [Some(0), Some(0), Some(0), Some(60)], "newcomers are no expansion");
        let short = growth(&baskets[1..], day("2026-03-12"));
        assert!(short[..3].iter().all(|quarter| quarter.minor.is_none()), "{short:?}");
    }
}
