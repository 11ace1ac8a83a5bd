//! Which method goes on best from series of each length, judged on held-out ends of the file's own series.

use super::crossing::Crossing;
use super::curve::Curve;
use super::ends::{
    Ahead, End, Held, LENGTHS, ends, learnt, length, ready, shifts, transformed, until,
};
use super::errors::{Miss, Spread};
use super::methods::{METHODS, NAIVE, POOLED, Pool};
use super::passage::{Outlook, Way};
use super::series::{Kind, Reading, Series};
use super::variance::{Facts, noise};
use crate::parallel;

/// What is fitted, and on how much.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// What readings tell.
    pub kind: Kind,
    /// Series whose ends are held out; of more, every so manieth.
    pub series_max: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { kind: Kind::Gauge, series_max: 2000 }
    }
}

/// Series whose ends tell how wide ranges are; of more, every so manieth pair.
const ENDS_SERIES: usize = 1200;
/// Fewer cases of one length are judged with all others.
const CASES_MIN: usize = 40;
/// By how much a method's loss may be more than the least and be as good: this, and this over the root of the cases, as
/// chance decides between methods that are about as good.
const CHANCE: (f64, f64) = (0.005, 0.5);
/// The quantiles that are judged.
pub(super) const SHARES: [f64; 3] = [0.1, 0.5, 0.9];

/// How a method did on held-out ends of series of one length.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Readings known, at least.
    pub from: usize,
    /// The method.
    pub method: &'static str,
    /// Whether it is the one used.
    pub chosen: bool,
    /// Held-out readings.
    pub cases: usize,
    /// Mean pinball loss at 10, 50 and 90 %, over that of the last value.
    pub loss: f64,
    /// Share of held-out running maxima that were at most the 10, 50 and 90 % quantile; of series that the quantiles
    /// were not made from.
    pub coverage: [f64; 3],
}

/// Methods chosen by length, with their spreads.
#[derive(Debug, Clone)]
pub struct Chosen {
    kind: Kind,
    pool: Pool,
    by_length: Vec<Ahead>,
    judged: Vec<Judged>,
}

/// One held-out reading under one method.
struct Case {
    /// Which half the series belongs to.
    half: usize,
    /// Steps ahead.
    steps: f64,
    /// The miss over the noise.
    scaled: f64,
    /// Noise over what losses are compared in.
    unit: f64,
}

/// Cases by length, then by method.
type Cases = Vec<Vec<Vec<Case>>>;

/// Fits all series of one kind together. Readings are finite; counts at least 0.
pub fn fit(all: &[Vec<Reading>], settings: Settings) -> Chosen {
    let kind = settings.kind;
    let stride = all.len().div_ceil(settings.series_max.max(1)).max(1);
    let few: Vec<&Vec<Reading>> = all.iter().step_by(stride).collect();
    let known: Vec<Series> = few.iter().filter_map(|readings| ready(readings, kind)).collect();
    let pool = Pool::of(&known.iter().collect::<Vec<_>>());
    let pieces = few.len().div_ceil(64);
    let parts = parallel::pieces(pieces, |piece| {
        let mut cases = empty();
        let from = piece * 64;
        for (at, readings) in few.iter().enumerate().skip(from).take(64) {
            hold_out(readings, kind, &pool, (at % 2, &mut cases));
        }
        cases
    });
    let mut cases = empty();
    for part in parts {
        for (into, from) in cases.iter_mut().zip(part) {
            for (into, from) in into.iter_mut().zip(from) {
                into.extend(from);
            }
        }
    }
    let mut told: Vec<(Option<usize>, Ahead, Vec<Judged>)> = Vec::new();
    let mut places = Vec::new();
    for at in 0..LENGTHS.len() {
        let by = told_by(&cases, at);
        let known = told.iter().position(|it| it.0 == by);
        places.push(known.unwrap_or(told.len()));
        if known.is_none() {
            let (ahead, rows) = choose(&few, Held { kind, pool: &pool, by }, &cases);
            told.push((by, ahead, rows));
        }
    }
    let row = |(place, from): (&usize, &usize)| {
        let rows = &told[*place].2;
        rows.iter().map(|row| Judged { from: *from, ..row.clone() }).collect::<Vec<_>>()
    };
    let judged = places.iter().zip(&LENGTHS).flat_map(row).collect();
    let by_length = places.iter().map(|place| told[*place].1.clone()).collect();
    Chosen { kind, pool, by_length, judged }
}

/// The best method for one length, and how wide its ranges are.
fn choose(few: &[&Vec<Reading>], held: Held<'_>, cases: &Cases) -> (Ahead, Vec<Judged>) {
    let mut rows = judge(&of_length(cases, held.by));
    let chosen = rows.iter().position(|row| row.chosen);
    let named = |row: usize| METHODS.iter().position(|method| method.name == rows[row].method);
    let method = chosen.and_then(named).unwrap_or(POOLED);
    let skipped = few.len().div_ceil(ENDS_SERIES).max(1);
    let parts = parallel::pieces(few.len().div_ceil(64), |piece| {
        let few = few.iter().enumerate().skip(piece * 64).take(64);
        let few = few.filter(|(at, _)| (at / 2).is_multiple_of(skipped));
        few.flat_map(|(at, readings)| ends(readings, held, method, at % 2)).collect::<Vec<End>>()
    });
    let ends: Vec<End> = parts.into_iter().flatten().collect();
    let (ahead, coverage) = learnt(method, held.kind, &ends);
    if let (Some(chosen), Some(coverage)) = (chosen, coverage) {
        rows[chosen].coverage = coverage;
    }
    (ahead, rows)
}

fn empty() -> Cases {
    LENGTHS.iter().map(|_| METHODS.iter().map(|_| Vec::new()).collect()).collect()
}

/// The length whose held-out ends tell of series of another: itself, or where they are too few the nearest shorter one
/// with enough, or else the nearest longer one; `None` where all are told of together.
fn told_by(cases: &Cases, at: usize) -> Option<usize> {
    let enough = |at: &usize| cases[*at][POOLED].len() >= CASES_MIN;
    (0..=at).rev().find(enough).or_else(|| (at + 1..cases.len()).find(enough))
}

/// The cases of one length, or of all.
fn of_length(cases: &Cases, only: Option<usize>) -> Vec<Vec<&Case>> {
    (0..METHODS.len())
        .map(|method| {
            let all = cases.iter().enumerate();
            let lengths = all.filter(|(at, _)| only.is_none_or(|only| only == *at));
            lengths.flat_map(|(_, by_method)| &by_method[method]).collect()
        })
        .collect()
}

/// Where the curve's running maximum stands at each of the held-out moments.
fn hold_out(readings: &[Reading], kind: Kind, pool: &Pool, (half, cases): (usize, &mut Cases)) {
    let mut sorted = readings.to_vec();
    sorted.sort_by(|a, b| a.day.total_cmp(&b.day));
    let n = sorted.len();
    let shifts = shifts(&sorted, kind);
    // Ends of many lengths: what recurs in a year must be seen from several of its months.
    for known in (n.div_ceil(3).max(1)..n).step_by((n / 12).max(1)) {
        let Some(series) = ready(&sorted[..known], kind) else { continue };
        let last = series.last().day;
        let noise = noise(&series, pool);
        let unit = noise / (series.last().value.abs() + 10.0 * pool.moves.max(noise));
        let by_method = &mut cases[length(series.len())];
        for (method, cases) in METHODS.iter().zip(by_method) {
            let Some(curve) = (method.curve)(&series, pool) else { continue };
            let (mut actual, mut expected) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
            let (mut seen, mut next) = (0_usize, 1);
            let until = until(&shifts, last);
            for reading in sorted[known..].iter().filter(|it| it.day > last && it.day < until) {
                actual = actual.max(transformed(reading.value, kind));
                expected = expected.max(curve.at(reading.day - last));
                seen += 1;
                // At distances 1, 2, 3, 5, 8, 12, …: near and far alike.
                if seen == next {
                    next = (seen * 3).div_ceil(2).max(seen + 1);
                    let steps = (reading.day - last) / series.step;
                    cases.push(Case { half, steps, scaled: (actual - expected) / noise, unit });
                }
            }
        }
    }
}

/// Every method on the cases of one length; quantiles of one half are judged on the other.
fn judge(cases: &[Vec<&Case>]) -> Vec<Judged> {
    let most = cases.iter().map(Vec::len).max().unwrap_or(0);
    let mut rows: Vec<Judged> = Vec::new();
    for (method, cases) in METHODS.iter().zip(cases) {
        // A method that bears few of the series is not compared on those alone.
        if cases.len() * 5 < most * 4 || cases.is_empty() {
            continue;
        }
        let (mut loss, mut below, mut weight) = (0.0, [0.0; 3], 0.0);
        for half in 0..2 {
            let misses: Vec<Miss> = cases
                .iter()
                .filter(|case| case.half != half)
                .map(|case| Miss { steps: case.steps, scaled: case.scaled })
                .collect();
            let spread = Spread::of(&misses);
            for case in cases.iter().filter(|case| case.half == half) {
                weight += 1.0;
                for (share, below) in SHARES.iter().zip(&mut below) {
                    let quantile = spread.quantile(*share, case.steps);
                    let missed = case.scaled - quantile;
                    // Koenker and Bassett (1978).
                    loss += case.unit
                        * if missed >= 0.0 { share * missed } else { (share - 1.0) * missed };
                    *below += f64::from(u8::from(case.scaled <= quantile));
                }
            }
        }
        let coverage = below.map(|it| it / weight);
        rows.push(Judged {
            from: 0,
            method: method.name,
            chosen: false,
            cases: cases.len(),
            loss: loss / weight,
            coverage,
        });
    }
    let naive = rows.iter().find(|row| row.method == METHODS[NAIVE].name);
    let naive = naive.map_or(1.0, |row| row.loss).max(1e-300);
    for row in &mut rows {
        row.loss /= naive;
    }
    let least = rows.iter().map(|row| row.loss).fold(f64::INFINITY, f64::min);
    let as_good = |row: &&mut Judged| {
        row.loss <= least * (1.0 + CHANCE.0 + CHANCE.1 / (row.cases as f64).sqrt())
    };
    if let Some(row) = rows.iter_mut().find(as_good) {
        row.chosen = true;
    }
    rows
}

impl Chosen {
    /// How every method did, by length of the series known.
    pub fn judged(&self) -> &[Judged] {
        &self.judged
    }

    /// The method that is used for a series of so many readings.
    pub fn method(&self, readings: usize) -> &'static str {
        METHODS[self.by_length[length(readings)].method].name
    }

    /// How a series goes on; `None` without readings.
    pub fn course(&self, readings: &[Reading]) -> Option<Course<'_>> {
        let series = ready(readings, self.kind)?;
        let ahead = &self.by_length[length(series.len())];
        let curve = (METHODS[ahead.method].curve)(&series, &self.pool)
            .or_else(|| (METHODS[POOLED].curve)(&series, &self.pool))?;
        let facts = Facts::of(&series, &curve, &self.pool);
        let last = readings.iter().max_by(|a, b| a.day.total_cmp(&b.day))?.value;
        Some(Course { kind: self.kind, last, curve, facts, ahead })
    }

    /// When the series reaches `limit`, as [`Course::crossing`].
    pub fn crossing(&self, readings: &[Reading], limit: f64, horizon: f64) -> Option<Crossing> {
        Some(self.course(readings)?.crossing(limit, horizon))
    }
}

/// How one series goes on.
#[derive(Debug, Clone)]
pub struct Course<'a> {
    kind: Kind,
    /// The last reading.
    last: f64,
    /// The expected course, in the readings' transform.
    curve: Curve,
    facts: Facts,
    ahead: &'a Ahead,
}

impl Course<'_> {
    fn outlook(&self) -> Outlook<'_> {
        let Self { kind, last, curve, facts, ahead } = self;
        Outlook { kind: *kind, last: *last, curve, facts, weights: &ahead.weights }
    }

    /// When the series reaches `limit`, counted in days from its last reading, within `horizon` days. At or over
    /// the limit it has been reached.
    pub fn crossing(&self, limit: f64, horizon: f64) -> Crossing {
        if self.last >= limit {
            return Crossing::already();
        }
        Crossing::of(self.outlook(), &self.ahead.fallen, limit, horizon)
    }

    /// The highest reading within so many days, the last one included: a value that is not exceeded with the
    /// chance `share`, 0..=1; in the readings' unit.
    pub fn highest(&self, days: f64, share: f64) -> f64 {
        let [[highest]] = self.highests([days], [share]);
        highest
    }

    /// The same within each of `days`, ascending, with each chance of `shares`, ascending. No value is under that of
    /// fewer days or of a smaller chance.
    pub fn highests<const D: usize, const S: usize>(
        &self,
        days: [f64; D],
        shares: [f64; S],
    ) -> [[f64; S]; D] {
        let mut sooner = [self.last; S];
        days.map(|days| {
            // Before the next reading is due nothing is known to move.
            if days >= self.facts.step {
                let search = Search::of(self, days);
                let mut less = self.last;
                for (share, found) in shares.iter().zip(&mut sooner) {
                    *found = search.highest(*share, found.max(less));
                    less = *found;
                }
            }
            sooner
        })
    }
}

/// The search for highest readings within some days.
struct Search<'a> {
    course: &'a Course<'a>,
    way: Way<'a>,
    steps: f64,
    /// By how much the expected course moves in those days.
    expected: f64,
}

impl<'a> Search<'a> {
    fn of(course: &'a Course<'a>, days: f64) -> Self {
        let (curve, step) = (&course.curve, course.facts.step);
        let steps = days / step;
        let expected = (curve.at(days).max(curve.at(0.5 * days)) - curve.at(0.0)).abs();
        Self { course, way: course.outlook().way(steps.floor() * step), steps, expected }
    }

    /// The value that is not exceeded with the chance `share`, where it is not under `least`.
    fn highest(&self, share: f64, least: f64) -> f64 {
        let last = self.course.last;
        let whole = self.course.kind == Kind::Count;
        let over = |value: f64| {
            let limit = if whole { value + 1.0 } else { value };
            self.course.ahead.fallen.came(self.way.below(limit), self.steps) - share
        };
        let (mut low, mut under) = (least, over(least));
        if under >= 0.0 {
            return least;
        }
        let expected = if whole { 0.0 } else { self.expected };
        let first = (0.05 * last.abs()).max(1.0).max(expected);
        // What was found so far tells how far the next is.
        let mut grown = if least > last { (0.5 * (least - last)).max(0.02 * first) } else { first };
        if whole {
            grown = grown.max(1.0);
        }
        let (mut high, mut above) = (low + grown, over(low + grown));
        while above < 0.0 && high - last < 1e6 * last.abs().max(1.0) {
            (low, under) = (high, above);
            grown *= 2.0;
            high = low + grown;
            above = over(high);
        }
        let enough = if whole { 1.0 } else { 1e-3 * (high - last) };
        // False position, kept off the ends (Dowell and Jarratt 1971); whole numbers are halved, which come to an end.
        while high - low > enough && above > 5e-3 {
            let part = if whole { 0.5 } else { (under / (under - above)).clamp(0.05, 0.95) };
            let middle = low + part * (high - low);
            let found = over(middle);
            if found >= 0.0 {
                (high, above) = (middle, if whole { 1.0 } else { found });
                under *= 0.5;
            } else {
                (low, under) = (middle, found);
                above = if whole { 1.0 } else { above };
            }
        }
        if whole { high.floor() } else { high }
    }
}

#[cfg(test)]
mod tests;
