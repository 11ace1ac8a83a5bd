//! How long customers under contract stay beyond the outcome window (S88, S90): how leaving changes with tenure.
//!
//! Every customer's time under contract, in months from its first contract to the end of its last, makes one survival
//! curve ([`models::retention`]: sBG and beta-discrete-Weibull, the one that foretells the last third of the periods
//! better). Days count from about the first loss on record: earlier nothing tells whether who left is still in the
//! files (left truncation). A curve that misses what was seen is not used; then customers leave at the pace
//! of their outcome window for ever.
//!
//! The curve gives the shape, the customer's own chance to leave the level: its cumulative hazards are in proportion
//! (Cox 1972, "Regression Models and Life-Tables", eq. 8), by the ratio over the window of W months:
//!
//! ```text
//! S(W + t | W) = (S(tenure + W + t) / S(tenure + W))^r,  r = ln(P(stays the window)) / ln(S(tenure + W) / S(tenure))
//! ```

use std::collections::BTreeSet;

use domain::time::{Day, Days};
use domain::words::Words;
use models::retention::{self, CURVES, Risks};
use serde::{Deserialize, Serialize};

use super::History;
use super::cards::hash;
use super::organic::{MONTH_DAYS, begin_of, month_of};
use crate::registry::{Card, Metric, Verdict};
use crate::versions::Line;

/// Customers lost below which no curve is drawn.
pub const LOST_NEEDED: u64 = 30;
/// Months after the window that are looked at; later ones go on like the last.
const MONTHS: u32 = 36;
/// Days between two sheets of one a month.
const MONTH: i32 = 31;

/// The curve that is used, if any, and what it rests on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Staying {
    /// Its name, and alpha, beta and c, by month.
    pub curve: Option<(String, [f64; 3])>,
    /// Customers seen under contract, and those of them lost.
    pub customers: (u64, u64),
    /// The day (ISO) from which on losses are on record.
    pub watched_from: Option<String>,
    /// Root mean squared error of survival in the last third of the months, foretold from those before.
    pub held_out_error: Option<f64>,
    /// Where every curve misses what was seen: after so many months, by so much of survival.
    pub misses: Option<(u32, f64)>,
}

/// Days watched and losses, by month of tenure.
#[derive(Debug, Default)]
struct Watched {
    customers: u64,
    losses: u64,
    days: Vec<f64>,
    lost: Vec<f64>,
}

impl Watched {
    /// Adds a customer since `start` that was watched from a day to the one before another; it was lost on one of so
    /// many days before that.
    fn add(&mut self, start: Day, (from, until): (Day, Day), lost_within: Option<Days>) {
        let at = |day: Day| month_of(day.since(start).0);
        let place = |month: i32| usize::try_from(month).expect("no day lies before the start");
        if until <= from {
            return;
        }
        self.customers += 1;
        self.losses += u64::from(lost_within.is_some());
        let last = at(until.plus(Days(-1)));
        let length = self.days.len().max(place(last) + 1);
        self.days.resize(length, 0.0);
        self.lost.resize(length, 0.0);
        let days_of = |month: i32, from: Day| {
            let (begin, end) = (begin_of(month), begin_of(month + 1));
            let days = until.min(start.plus(Days(end))).since(from.max(start.plus(Days(begin))));
            f64::from(days.0.max(0))
        };
        let lost_from = lost_within.map(|within| from.max(until.plus(Days(-within.0))));
        for month in at(from)..=last {
            self.days[place(month)] += days_of(month, from);
            if let Some(lost_from) = lost_from {
                let span = f64::from(until.since(lost_from).0);
                self.lost[place(month)] += days_of(month, lost_from) / span;
            }
        }
    }

    /// At risk and lost by whole months: as many at risk as give the share lost in a month at the pace of the days
    /// that were watched, d / E a day's part of a month, 1 - exp(-d / E).
    fn risks(self) -> Risks {
        let months = self.days.iter().map(|days| days / MONTH_DAYS);
        let at_risk = months.zip(&self.lost).map(|(months, lost)| {
            if *lost > 0.0 { lost / -(-lost / months).exp_m1() } else { months }
        });
        Risks { at_risk: at_risk.collect(), lost: self.lost }
    }
}

/// From when on losses are on record, given their days, and how exactly these are told. Usually so much lies between
/// two such days; it is a month where all fall on one, as in a sheet of who left last month.
fn watched_from(days: &BTreeSet<Day>) -> Option<(Day, Days)> {
    let (first, last) = (*days.first()?, *days.last()?);
    let gaps = i32::try_from(days.len() - 1).unwrap_or(i32::MAX);
    let gap = if gaps == 0 { MONTH } else { (last.since(first).0 / gaps).clamp(1, MONTH) };
    Some((first.plus(Days(-gap)), Days(gap)))
}

impl Staying {
    /// Fits the contracts of all customers.
    pub fn fit(history: History<'_>) -> Self {
        let times: Vec<(Day, Option<Day>)> = history
            .versions
            .lines
            .values()
            .filter_map(|lines| {
                let start = lines.iter().map(|line| line.started).min()?;
                let ended = |line: &Line| line.ended.filter(|end| *end <= history.as_of);
                let ends: Option<Vec<Day>> = lines.iter().map(ended).collect();
                Some((start, ends.and_then(|ends| ends.into_iter().max())))
            })
            .collect();
        let days: BTreeSet<Day> = times.iter().filter_map(|(_, end)| *end).collect();
        let Some((watched_from, exact_to)) = watched_from(&days) else {
            return Self { customers: (times.len() as u64, 0), ..Self::default() };
        };
        let mut watched = Watched::default();
        for (start, end) in &times {
            let until = end.unwrap_or_else(|| history.as_of.plus(Days(1)));
            watched.add(*start, (watched_from.max(*start), until), end.map(|_| exact_to));
        }
        let lost = watched.losses;
        let found = Self {
            customers: (watched.customers, lost),
            watched_from: Some(watched_from.to_string()),
            ..Self::default()
        };
        let risks = Some(watched.risks()).filter(|_| lost >= LOST_NEEDED);
        let best = risks.and_then(|risks| retention::choose(&risks, CURVES).into_iter().next());
        let Some(best) = best else { return found };
        match best.fault {
            Some(fault) => Self { misses: Some((fault.period, fault.off)), ..found },
            None => Self {
                curve: Some((best.fitted.curve.name.to_owned(), best.fitted.parameters)),
                held_out_error: best.held_out_error,
                ..found
            },
        }
    }

    /// Shares still there 1, 2, … months after the window of those there at its end, for a customer since so many
    /// days who stays over the window with this chance.
    pub fn alive_after(&self, days: i32, stays: f64, window_days: i32) -> Vec<f64> {
        let window = f64::from(window_days.max(1)) / MONTH_DAYS;
        let own = stays.clamp(0.0, 1.0).ln();
        let tenure = f64::from(days.max(0)) / MONTH_DAYS;
        let share = |months: f64| match &self.curve {
            Some((_, parameters)) => retention::share(parameters, months),
            None => (-months / window).exp(),
        };
        let (now, then) = (share(tenure), share(tenure + window));
        let over = (then / now).ln();
        let power = if over < 0.0 { own / over } else { 0.0 };
        (1..=MONTHS)
            .map(|t| {
                let ahead = (share(tenure + window + f64::from(t)) / then).clamp(0.0, 1.0);
                if power.is_finite() { ahead.powf(power) } else { 0.0 }
            })
            .collect()
    }

    /// What the registry keeps.
    pub fn card(&self) -> Card {
        let of =
            Words::new("契約期間による解約のしやすさの変化", "how leaving changes with tenure");
        let (customers, lost) = self.customers;
        let (verdict, because) = self.said();
        let mut card = Card::new("retention", of, "sBG or beta-discrete-Weibull survival by month")
            .counted(customers, lost)
            .judged(verdict, because)
            .detail("curve", &self.curve)
            .detail("watched_from", &self.watched_from);
        if let Some(error) = self.held_out_error {
            card = card.metric(Metric::plain("held_out_error", error));
        }
        card.data_hash = hash(self);
        card
    }

    fn said(&self) -> (Verdict, Words) {
        let (customers, lost) = self.customers;
        match (&self.curve, self.misses) {
            (Some((name, _)), _) => (
                Verdict::Signal,
                Words::new(
                    format!(
                        "契約のあった顧客{customers}社のうち{lost}社の終了から、契約期間別の継続率の曲線({name})を推定しました"
                    ),
                    format!(
                        "a curve by tenure ({name}) from the {lost} of {customers} customers under contract who left"
                    ),
                ),
            ),
            (None, Some((months, off))) => (
                Verdict::NoSignal,
                Words::new(
                    format!(
                        "どの曲線も{months}か月目の実績から{:.1} %外れるため使わず、解約の割合は一定とみます",
                        off.abs() * 100.0
                    ),
                    format!(
                        "every curve is off by {:.1} % of survival after {months} months, so leaving is taken as constant",
                        off.abs() * 100.0
                    ),
                ),
            ),
            (None, None) => (
                Verdict::Lacks,
                Words::new(
                    format!(
                        "終了した契約の顧客が{lost}社({LOST_NEEDED}社必要)のため、解約の割合は契約期間によらず一定とみます"
                    ),
                    format!(
                        "{lost} customers under contract left ({LOST_NEEDED} are needed), so leaving is taken as constant over tenure"
                    ),
                ),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use decide::catalogue::Catalogue;

    use super::*;
    use crate::tables::FromLake;
    use crate::train::rows::draw_of_group;
    use crate::versions::Versions;

    fn day(text: &str) -> Day {
        Day::parse_iso(text).expect("a day")
    }

    fn fit(lines: BTreeMap<i64, Vec<Line>>) -> Staying {
        let versions = Versions { lines, ..Versions::default() };
        Staying::fit(History {
            as_of: day("2026-03-12"),
            window_days: 180,
            accounts: &BTreeMap::new(),
            lake: &FromLake::default(),
            versions: &versions,
            catalogue: &Catalogue {
                products: BTreeMap::new(),
                offers: Vec::new(),
                releases: Vec::new(),
            },
            seat_metrics: &[],
        })
    }

    #[expect(clippy::cast_possible_truncation, reason = "a few years")]
    fn days(months: f64) -> Days {
        Days((months * MONTH_DAYS) as i32)
    }

    fn line(started: Day, ended: Option<Day>) -> Line {
        Line { subscription: "S".into(), started, ended, versions: Vec::new() }
    }

    /// Customers since days of the last five years who leave by this curve; those lost before the files begin are
    /// not in them.
    fn planted(parameters: [f64; 3], files_from: Day) -> BTreeMap<i64, Vec<Line>> {
        let as_of = day("2026-03-12");
        let uniform = |n: i64| (draw_of_group(n) >> 11) as f64 / (1_u64 << 53) as f64;
        let one = |n: i64| {
            let started = as_of.plus(days(-uniform(3 * n) * 60.0));
            let (u, part) = (uniform(3 * n + 1), uniform(3 * n + 2));
            let months = (1..=61).find(|t| retention::share(&parameters, f64::from(*t)) < u);
            let ended = months.map(|t| started.plus(days(f64::from(t) - part)));
            let ended = ended.filter(|end| *end <= as_of);
            ended.is_none_or(|end| end >= files_from).then(|| (n, vec![line(started, ended)]))
        };
        (0..6_000).filter_map(one).collect()
    }

    #[test]
    fn planted_curves_are_recovered_also_from_files_that_begin_late() {
        let truth = [0.8, 12.0, 1.0];
        for from in ["2021-03-01", "2025-03-01"] {
            let found = fit(planted(truth, day(from)));
            let (_, parameters) = found.curve.as_ref().expect("a curve");
            for months in [6.0, 12.0, 24.0, 48.0] {
                let (share, true_share) =
                    (retention::share(parameters, months), retention::share(&truth, months));
                assert!((share - true_share).abs() < 0.03, "{from} {months}: {share} {true_share}");
            }
        }
    }

    #[test]
    fn one_sheet_of_who_left_last_month_is_a_month_of_each_tenure() {
        // A hundred customers of each tenure from 1 to 40 months; of those in month t, the share that the curve says left.
        let as_of = day("2026-03-11");
        let truth = [0.8, 12.0, 1.0];
        let customer = |n: i64| {
            let (months, place) = (n / 1_000 + 1, n % 1_000);
            let share = |t: i64| retention::share(&truth, t as f64);
            let left = 1.0 - share(months) / share(months - 1);
            let started = as_of.plus(days(-(months as f64)));
            (n, vec![line(started, ((place as f64) < left * 1_000.0).then_some(as_of))])
        };
        let found = fit((0..40_000).map(customer).collect());
        let (_, parameters) = found.curve.expect("a curve");
        for months in [6.0, 24.0, 36.0] {
            let (share, truth) =
                (retention::share(&parameters, months), retention::share(&truth, months));
            assert!((share - truth).abs() < 0.03, "{months}: {share} {truth}");
        }
    }

    #[test]
    fn few_losses_draw_no_curve() {
        let (start, end) = (day("2025-01-10"), day("2025-11-10"));
        let lines = (0..200).map(|n| (n, vec![line(start, (n < 10).then_some(end))])).collect();
        let found = fit(lines);
        assert_eq!((found.curve.clone(), found.customers), (None, (200, 10)));
        assert_eq!(found.card().verdict, Verdict::Lacks);
        assert_eq!(fit(BTreeMap::new()).customers, (0, 0));
    }

    #[test]
    fn without_a_curve_the_pace_of_the_window_goes_on() {
        let stays = 0.9_f64;
        let alive = Staying::default().alive_after(400, stays, 180);
        for (t, share) in (1..).zip(&alive) {
            assert!((share - stays.powf(f64::from(t) * MONTH_DAYS / 180.0)).abs() < 1e-12);
        }
    }

    #[test]
    fn long_standing_customers_leave_less_and_less() {
        let curve = Some(("sbg".to_owned(), [0.8, 12.0, 1.0]));
        let staying = Staying { curve, ..Staying::default() };
        let constant = Staying::default();
        // The same chance over the window, and then fewer lost than at a constant pace: the hasty have gone.
        let last = |of: &Staying, days| of.alive_after(days, 0.8, 180)[23];
        assert!(last(&staying, 30) > last(&constant, 30) + 0.02);
        assert!(last(&staying, 30) > last(&staying, 1_800) + 0.01);
        // Who leaves as the curve says follows it.
        let (now, then) = (12.0, 12.0 + 180.0 / MONTH_DAYS);
        let share = |t| retention::share(&[0.8, 12.0, 1.0], t);
        let alive = staying.alive_after(365, share(then) / share(now), 180);
        assert!((alive[11] - share(then + 12.0) / share(then)).abs() < 1e-3);
        assert_eq!(staying.alive_after(365, 1.0, 180)[35].to_bits(), 1.0_f64.to_bits());
        assert!(staying.alive_after(365, 0.0, 180)[0] < 1e-12);
    }
}
