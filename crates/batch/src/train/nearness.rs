//! How near a customer was to a limit of its plan, month by month.
//!
//! The share of a limit is a metric's reading over what binds it on that day: what the plan version of the day
//! includes, or the contract's seats where the metric counts people and the seats are fewer, the rule of
//! [`decide::signals`]. Of several metrics of one line the highest counts. A month is judged by the last reading of
//! a calendar month that was over before it began, so that what was bought in it cannot hide why; a reading older than
//! [`FRESH_DAYS`], or of a contract that has changed since, tells nothing.

use std::collections::BTreeMap;

use decide::catalogue::{Catalogue, Product};
use decide::facts::AccountFacts;
use decide::policy::Policy;
use domain::ids::{ProductId, SubscriptionId};
use domain::time::{Day, Days, Months};

use super::History;
use crate::tables::UsagePast;
use crate::versions::{Line, Version};

/// From this share of a limit on it counts as near.
pub const NEAR: f64 = 0.9;
/// Days for which a month's last reading tells of the time after it.
const FRESH_DAYS: i32 = 62;

/// A month's last reading over its limit.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Reading {
    /// The month's last day.
    on: Day,
    /// The day on which the contract changed, or its last.
    until: Day,
    share: f64,
}

/// How near one account was to the limits of each line: readings by day.
#[derive(Debug, Clone, Default)]
pub struct Nearness<'a>(BTreeMap<&'a str, Vec<Reading>>);

impl<'a> Nearness<'a> {
    /// Of an account; nothing where no usage is on record.
    pub fn of(history: &History<'a>, account: i64) -> Self {
        Self::since(history, account, Day(i32::MIN))
    }

    /// Of an account, as far as it tells of a day and later ones.
    pub fn from(history: &History<'a>, account: i64, day: Day) -> Self {
        Self::since(history, account, day.plus(Days(-FRESH_DAYS)))
    }

    fn since(history: &History<'a>, account: i64, first: Day) -> Self {
        let mut found = Self::default();
        for usage in history.lake.usage_past.get(&account).into_iter().flatten() {
            let seats = history.seat_metrics.contains(&usage.metric);
            for (month, value) in &usage.points {
                let on = Day(month.plus_months(Months(1)).0 - 1).min(history.as_of);
                if on < first {
                    continue;
                }
                let Some(held) = held(history, (account, usage), on) else { continue };
                let seats = held.seats.filter(|_| seats);
                let included = held.included(&usage.metric);
                let Some(share) = share(*value, seats, included) else { continue };
                let readings = found.0.entry(group(held.product)).or_default();
                readings.push(Reading { on, until: held.until, share });
            }
        }
        for readings in found.0.values_mut() {
            readings.sort_by_key(|reading| reading.on);
        }
        found
    }

    /// The lines of which readings tell, as [`group`] names them.
    pub fn lines(&self) -> impl Iterator<Item = &'a str> {
        self.0.keys().copied()
    }

    /// Whether a limit of the line was near on a day; none where no fresh reading tells.
    pub fn on(&self, line: &str, day: Day) -> Option<bool> {
        let readings = self.0.get(line)?;
        let before = &readings[..readings.partition_point(|reading| reading.on <= day)];
        let last = before.last().filter(|last| day.since(last.on).0 <= FRESH_DAYS)?;
        let same = before.iter().rev().take_while(|reading| reading.on == last.on);
        same.filter(|reading| day <= reading.until).map(|r| r.share).reduce(f64::max).map(is_near)
    }
}

/// Whether a limit of the product's line is near now; with a contract, of that contract.
pub fn now(
    (facts, policy, catalogue): (&AccountFacts, &Policy, &Catalogue),
    product: &ProductId,
    contract: Option<&SubscriptionId>,
) -> Option<bool> {
    let line = group(catalogue.product(product)?);
    let of_line = facts.usage.iter().filter(|usage| {
        contract.is_none_or(|id| *id == usage.subscription)
            && catalogue.product(&usage.product).is_some_and(|product| group(product) == line)
    });
    let shares = of_line.filter_map(|usage| {
        let held = facts.active_contracts().find(|c| c.subscription == usage.subscription)?;
        let counts_seats = policy.rules.limit_near.seat_metrics.contains(&usage.metric);
        share(usage.value, held.seats.filter(|_| counts_seats), usage.limit)
    });
    shares.reduce(f64::max).map(is_near)
}

fn is_near(share: f64) -> bool {
    // Shares are quotients: what is equal on paper is equal here.
    share >= NEAR - 1e-9
}

/// A reading over what binds it: the seats where they are fewer than what the plan includes, else the plan's.
fn share(value: f64, seats: Option<i64>, included: Option<f64>) -> Option<f64> {
    let seats = seats.filter(|seats| *seats > 0).map(|seats| seats as f64);
    let binding = match (seats, included.filter(|included| *included > 0.0)) {
        (Some(seats), Some(included)) => seats.min(included),
        (seats, included) => seats.or(included)?,
    };
    Some(value / binding)
}

/// The line of a product; what has none stands for itself.
pub fn group(product: &Product) -> &str {
    product.line.as_deref().unwrap_or(product.id.as_str())
}

/// What a contract was on a day.
struct Held<'a> {
    product: &'a Product,
    plan_version: Option<&'a str>,
    seats: Option<i64>,
    /// The day on which it changed, or the day after its last.
    until: Day,
}

impl Held<'_> {
    /// What the plan version includes, in the metric's unit; times seats where it counts per seat.
    fn included(&self, metric: &str) -> Option<f64> {
        let of = |version: Option<&str>| {
            let limits = self.product.limits.iter();
            limits.filter(|l| l.metric == metric).find(|l| l.plan_version.as_deref() == version)
        };
        let limit = of(self.plan_version).or_else(|| of(None))?;
        let seats = if limit.per_seat { self.seats.unwrap_or(1).max(1) as f64 } else { 1.0 };
        Some(limit.included * seats)
    }
}

/// The contract that readings belong to, as it was on a day.
fn held<'a>(
    history: &History<'a>,
    (account, usage): (i64, &UsagePast),
    day: Day,
) -> Option<Held<'a>> {
    let lines = history.versions.lines.get(&account)?;
    if let Some(id) = &usage.subscription {
        return on(history, lines.iter().find(|line| line.subscription == *id)?, day);
    }
    // Readings that name none belong to the contract whose plan limits them, else to the first.
    let held = || lines.iter().filter_map(|line| on(history, line, day));
    held().find(|held| held.included(&usage.metric).is_some()).or_else(|| held().next())
}

/// What a contract was on a day on which it ran.
fn on<'a>(history: &History<'a>, line: &'a Line, day: Day) -> Option<Held<'a>> {
    let open = history.as_of.plus(Days(1));
    let mut spans = line.spans(open).skip_while(|(_, end)| *end <= day);
    let (version, mut until) = spans.next().filter(|(version, _)| version.from <= day)?;
    // A renewal changes nothing.
    let terms = |version: &Version| (version.product, version.plan_version, version.seats);
    let same = spans.take_while(|(next, _)| terms(next) == terms(version));
    until = same.last().map_or(until, |(_, end)| end);
    let product = history.catalogue.product(history.versions.product(version))?;
    let plan_version = history.versions.plan_version(version);
    Some(Held { product, plan_version, seats: version.seats, until })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smaller_of_seats_and_plan_binds() {
        let check = |seats, included, expected: Option<f64>| {
            assert_eq!(share(90.0, seats, included), expected);
        };
        check(Some(100), Some(200.0), Some(0.9));
        check(Some(300), Some(200.0), Some(0.45));
        check(None, Some(200.0), Some(0.45));
        check(Some(100), None, Some(0.9));
        check(Some(0), Some(0.0), None);
    }

    #[test]
    fn a_reading_tells_of_the_two_months_after_it_while_the_contract_stays() {
        let reading = |on, until, share| Reading { on: Day(on), until: Day(until), share };
        let readings =
            vec![reading(100, 120, 0.95), reading(100, 300, 0.5), reading(131, 300, 0.6)];
        let nearness = Nearness(BTreeMap::from([("L", readings)]));
        for (day, expected) in [
            (99, None),
            (100, Some(true)),
            (120, Some(true)),
            (121, Some(false)),
            (131, Some(false)),
            (193, Some(false)),
            (194, None),
        ] {
            assert_eq!(nearness.on("L", Day(day)), expected, "{day}");
        }
        assert_eq!(nearness.on("M", Day(110)), None);
    }
}
