//! Ends of the file's own series that are held out, and what they say of how far one method misses.

use super::choose::SHARES;
use super::curve::Curve;
use super::methods::{METHODS, Pool};
use super::passage::{Fallen, Outlook};
use super::series::{Kind, Reading, Series, steady};
use super::variance::{Facts, Seen, Weights};
use crate::parallel;

/// Lengths of series that are judged together: from so many readings on.
pub(super) const LENGTHS: [usize; 7] = [1, 4, 6, 12, 24, 48, 96];
/// Ends of one series at most.
const ORIGINS: usize = 8;

/// How series of one length are continued.
#[derive(Debug, Clone)]
pub(super) struct Ahead {
    /// The method's place in the list.
    pub(super) method: usize,
    pub(super) weights: Weights,
    pub(super) fallen: Fallen,
}

/// What is held out for series of one length.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held<'a> {
    pub(super) kind: Kind,
    pub(super) pool: &'a Pool,
    /// The length that tells of it; `None` for all.
    pub(super) by: Option<usize>,
}

/// One held-out end: where it began, and the running maximum at each of some distances.
pub(super) struct End {
    half: usize,
    /// The last known reading, in its own unit.
    last: f64,
    curve: Curve,
    facts: Facts,
    /// Days ahead, with the highest reading until then, in its own unit.
    highest: Vec<(f64, f64)>,
    seen: Vec<Seen>,
}

/// What the ends say of the size of errors, and how often maxima stayed below what was said of the other half's.
pub(super) fn learnt(method: usize, kind: Kind, ends: &[End]) -> (Ahead, Option<[f64; 3]>) {
    let seen: Vec<Seen> = ends.iter().flat_map(|end| end.seen.iter().copied()).collect();
    let weights = Weights::of(&seen);
    let pieces = ends.len().div_ceil(64);
    let parts = parallel::pieces(pieces, |piece| {
        let ends = ends.iter().enumerate().skip(piece * 64).take(64);
        ends.flat_map(|(at, end)| end.places(kind, &weights, at)).collect::<Vec<_>>()
    });
    let places: Vec<(usize, (f64, f64))> = parts.into_iter().flatten().collect();
    let of = |half: Option<usize>| -> Vec<(f64, f64)> {
        places.iter().filter(|it| half.is_none_or(|half| half == it.0)).map(|it| it.1).collect()
    };
    let mut below = [0.0; 3];
    for half in 0..2 {
        let fallen = Fallen::of(&of(Some(1 - half)));
        for (steps, said) in of(Some(half)) {
            let came = fallen.came(said, steps);
            for (share, below) in SHARES.iter().zip(&mut below) {
                *below += f64::from(u8::from(came <= *share));
            }
        }
    }
    let coverage = (!places.is_empty()).then(|| below.map(|it| it / places.len() as f64));
    (Ahead { method, weights, fallen: Fallen::of(&of(None)) }, coverage)
}

impl End {
    /// Where each maximum fell in what is said of it.
    fn places(&self, kind: Kind, weights: &Weights, at: usize) -> Vec<(usize, (f64, f64))> {
        let Self { last, curve, facts, .. } = self;
        let outlook = Outlook { kind, last: *last, curve, facts, weights };
        let place = |(next, (days, highest)): (usize, &(f64, f64))| {
            let below = outlook.below(*highest, *days);
            let place = match kind {
                Kind::Gauge => below,
                // A whole number has a range of places: one of them, evenly spread over all ends.
                Kind::Count => {
                    let to = outlook.below(highest + 1.0, *days);
                    let part = ((at + next) as f64 * 0.618_033_988_75).fract();
                    below + part * (to - below)
                }
            };
            (self.half, (days / self.facts.step, place))
        };
        self.highest.iter().enumerate().map(place).collect()
    }
}

/// The held-out ends of one series under one method; only those of one length.
pub(super) fn ends(readings: &[Reading], held: Held<'_>, method: usize, half: usize) -> Vec<End> {
    let Held { kind, pool, by } = held;
    let mut sorted = readings.to_vec();
    sorted.sort_by(|a, b| a.day.total_cmp(&b.day));
    let n = sorted.len();
    let shifts = shifts(&sorted, kind);
    let mut found = Vec::new();
    for known in (n.div_ceil(3).max(1)..n).step_by((n / ORIGINS).max(1)) {
        if by.is_some_and(|by| length(known) != by) {
            continue;
        }
        let Some(series) = ready(&sorted[..known], kind) else { continue };
        let Some(curve) = (METHODS[method].curve)(&series, pool) else { continue };
        let facts = Facts::of(&series, &curve, pool);
        let last = series.last().day;
        let value = sorted[known - 1].value;
        let mut end =
            End { half, last: value, curve, facts, highest: Vec::new(), seen: Vec::new() };
        let (mut highest, mut before) = (f64::NEG_INFINITY, None);
        let (mut count, mut next) = (0_usize, 1);
        let until = until(&shifts, last);
        for reading in sorted[known..].iter().filter(|it| it.day > last && it.day < until) {
            let days = reading.day - last;
            highest = highest.max(reading.value);
            let error = transformed(reading.value, kind) - end.curve.at(days);
            count += 1;
            if let Some((earlier, missed)) = before.filter(|_| count <= 4) {
                end.seen.push(Seen::change(&facts, days - earlier, error - missed));
            }
            before = Some((days, error));
            if count == next {
                next = (count * 3).div_ceil(2).max(count + 1);
                end.seen.push(Seen::error(&facts, &end.curve, days, error));
                end.highest.push((days, highest));
            }
        }
        found.push(end);
    }
    found
}

/// A value in the unit that series are continued in.
pub(super) fn transformed(value: f64, kind: Kind) -> f64 {
    match kind {
        Kind::Gauge => value,
        Kind::Count => steady(value),
    }
}

pub(super) fn ready(readings: &[Reading], kind: Kind) -> Option<Series> {
    let readings: Vec<Reading> = readings
        .iter()
        .map(|it| Reading { day: it.day, value: transformed(it.value, kind) })
        .collect();
    Series::new(&readings, kind)
}

/// The days from which levels shifted, in all that is known. What comes after a change of plan says nothing of a
/// course that no plan changes.
pub(super) fn shifts(readings: &[Reading], kind: Kind) -> Vec<f64> {
    ready(readings, kind).map_or(Vec::new(), |series| series.shifts)
}

/// The first of these days after another.
pub(super) fn until(shifts: &[f64], last: f64) -> f64 {
    shifts.iter().copied().find(|day| *day > last).unwrap_or(f64::INFINITY)
}

pub(super) fn length(readings: usize) -> usize {
    LENGTHS.iter().rposition(|from| readings >= *from).unwrap_or(0)
}
