//! Which method goes on best from series of each length, judged on held-out ends of the file's own series.

use super::curve::Curve;
use super::errors::{Ahead, Crossing, Miss, Spread};
use super::methods::{METHODS, Pool};
use super::series::{Kind, Reading, Series};
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

/// Lengths of series that are judged together: from so many readings on.
const LENGTHS: [usize; 5] = [1, 4, 6, 12, 24];
/// Fewer cases of one length are judged with all others.
const CASES_MIN: usize = 40;
/// How much better a method must be than a simpler one.
const BETTER: f64 = 0.995;
const SHARES: [f64; 3] = [0.1, 0.5, 0.9];

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
    by_length: Vec<(usize, Spread)>,
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
    let (mut by_length, mut judged) = (Vec::new(), Vec::new());
    for (at, from) in LENGTHS.iter().enumerate() {
        let own: Vec<Vec<&Case>> = of_length(&cases, at);
        let rows = judge(*from, &own);
        let method = METHODS
            .iter()
            .position(|it| rows.iter().any(|row| row.chosen && row.method == it.name));
        let method = method.unwrap_or(POOLED);
        let misses: Vec<Miss> = own[method]
            .iter()
            .map(|case| Miss { steps: case.steps, scaled: case.scaled })
            .collect();
        by_length.push((method, Spread::of(&misses)));
        judged.extend(rows);
    }
    Chosen { kind, pool, by_length, judged }
}

/// What stands in where the chosen method does not bear a series.
const POOLED: usize = 3;

fn empty() -> Cases {
    LENGTHS.iter().map(|_| METHODS.iter().map(|_| Vec::new()).collect()).collect()
}

/// The cases of one length, or of all lengths where there are too few.
fn of_length(cases: &Cases, at: usize) -> Vec<Vec<&Case>> {
    let enough = cases[at][POOLED].len() >= CASES_MIN;
    (0..METHODS.len())
        .map(|method| {
            let lengths = cases.iter().enumerate().filter(|(length, _)| !enough || *length == at);
            lengths.flat_map(|(_, by_method)| &by_method[method]).collect()
        })
        .collect()
}

/// Counts vary with their size; their square roots do not (Bartlett 1936).
fn transformed(value: f64, kind: Kind) -> f64 {
    match kind {
        Kind::Gauge => value,
        Kind::Count => value.max(0.0).sqrt(),
    }
}

fn ready(readings: &[Reading], kind: Kind) -> Option<Series> {
    let readings: Vec<Reading> = readings
        .iter()
        .map(|it| Reading { day: it.day, value: transformed(it.value, kind) })
        .collect();
    Series::new(&readings, kind)
}

fn length(readings: usize) -> usize {
    LENGTHS.iter().rposition(|from| readings >= *from).unwrap_or(0)
}

/// The series' own noise beside the usual one of the file, which counts like three readings; a series that never
/// moved, at zero above all, has a tenth of the file's.
fn noise(series: &Series, pool: &Pool) -> f64 {
    let n = series.len() as f64;
    let level = series.readings.iter().map(|it| it.value.abs()).sum::<f64>() / n;
    let usual = pool.noise.sqrt() * level.max(series.noise);
    let drawn = ((n * series.noise.powi(2) + 3.0 * usual.powi(2)) / (n + 3.0)).sqrt();
    drawn.max(0.1 * pool.moves)
}

/// Where the curve's running maximum stands at each of the held-out moments.
fn hold_out(readings: &[Reading], kind: Kind, pool: &Pool, (half, cases): (usize, &mut Cases)) {
    let mut sorted = readings.to_vec();
    sorted.sort_by(|a, b| a.day.total_cmp(&b.day));
    let n = sorted.len();
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
            for reading in sorted[known..].iter().filter(|it| it.day > last) {
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
fn judge(from: usize, cases: &[Vec<&Case>]) -> Vec<Judged> {
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
            from,
            method: method.name,
            chosen: false,
            cases: cases.len(),
            loss: loss / weight,
            coverage,
        });
    }
    let naive = rows.first().map_or(1.0, |row| row.loss).max(1e-300);
    for row in &mut rows {
        row.loss /= naive;
    }
    let mut best: Option<usize> = None;
    let mut least = f64::INFINITY;
    for (at, row) in rows.iter().enumerate() {
        if row.loss < least * BETTER {
            (least, best) = (row.loss, Some(at));
        }
    }
    if let Some(best) = best {
        rows[best].chosen = true;
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
        METHODS[self.by_length[length(readings)].0].name
    }

    /// How a series goes on; `None` without readings.
    pub fn course(&self, readings: &[Reading]) -> Option<Course<'_>> {
        let series = ready(readings, self.kind)?;
        let at = length(series.len());
        let curve = (METHODS[self.by_length[at].0].curve)(&series, &self.pool)
            .or_else(|| (METHODS[POOLED].curve)(&series, &self.pool))?;
        let noise = noise(&series, &self.pool);
        Some(Course { kind: self.kind, series, curve, noise, spread: &self.by_length[at].1 })
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
    series: Series,
    /// The expected course, in the readings' transform.
    curve: Curve,
    noise: f64,
    spread: &'a Spread,
}

impl Course<'_> {
    /// When the series reaches `limit`, counted in days from its last reading, within `horizon` days. At or over
    /// the limit it has been reached.
    pub fn crossing(&self, limit: f64, horizon: f64) -> Crossing {
        let limit = match self.kind {
            Kind::Gauge => limit,
            // Counts are whole: 40 is reached where a smooth law passes 39.5.
            Kind::Count => transformed(limit.ceil() - 0.5, self.kind),
        };
        if self.series.last().value >= limit {
            return Crossing::already();
        }
        let ahead =
            Ahead { step: self.series.step, noise: self.noise, horizon, spread: self.spread };
        Crossing::of(&self.curve, ahead, limit)
    }

    /// The highest reading within so many days, the last one included: a value that is not exceeded with the
    /// chance `share`, 0..=1; in the readings' unit.
    pub fn highest(&self, days: f64, share: f64) -> f64 {
        let last = self.series.last().value;
        let (mut expected, mut highest) = (f64::NEG_INFINITY, last);
        let mut ahead = self.series.step;
        while ahead <= days {
            expected = expected.max(self.curve.at(ahead));
            let missed = self.spread.quantile(share, ahead / self.series.step);
            highest = highest.max(expected + self.noise * missed);
            ahead += self.series.step.max(days / 100.0);
        }
        match self.kind {
            Kind::Gauge => highest,
            Kind::Count => highest.max(0.0).powi(2),
        }
    }
}

#[cfg(test)]
mod tests;
