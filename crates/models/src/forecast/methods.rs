//! The ways to go on from a series: a list, of which validation chooses.

use super::curve::{Curve, Season, Swing, part};
use super::series::{Kind, Series, median, noise};

/// One way to go on.
#[derive(Debug, Clone, Copy)]
pub struct Method {
    /// Its name in tables.
    pub name: &'static str,
    /// How it goes on; `None` where the series does not bear it.
    pub curve: fn(&Series, &Pool) -> Option<Curve>,
}

/// All methods; of two that are about as good the earlier is taken. Those that draw a series to the others come
/// first: over years ahead, where nothing was held out, they are safest.
pub const METHODS: &[Method] = &[
    Method { name: "pooled drift", curve: pooled_drift },
    Method { name: "pooled trend", curve: pooled_trend },
    Method { name: "straight line", curve: least_squares },
    Method { name: "median trend", curve: median_trend },
    Method { name: "fading trend", curve: |series, pool| fading(series, pool, 0.95) },
    Method { name: "soon fading trend", curve: |series, pool| fading(series, pool, 0.88) },
    Method { name: "recent trend", curve: recent_trend },
    Method { name: "damped trend", curve: damped_trend },
    Method { name: "growth rate", curve: growth_rate },
    Method { name: "growth line", curve: growth_line },
    Method { name: "trend times weeks", curve: |series, pool| weeks(series, pool, Swing::Growing) },
    Method { name: "trend with weeks", curve: |series, pool| weeks(series, pool, Swing::Steady) },
    Method { name: "trend with a year", curve: |series, pool| year(series, pool, Swing::Steady) },
    Method { name: "trend times a year", curve: |series, pool| year(series, pool, Swing::Growing) },
    Method { name: "last value", curve: |series, _| Some(Curve::flat(series.last().value)) },
    Method { name: "mean level", curve: mean_level },
    Method { name: "smoothed level", curve: smoothed_level },
    Method { name: "returning level", curve: returning_level },
];

/// What bears every series.
pub(super) const POOLED: usize = 1;
/// What losses are told over.
pub(super) const NAIVE: usize = 14;

/// What all series of a file say together of relative growth.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pool {
    /// Mean change per day over the level.
    pub rate: f64,
    /// Variance of the true rates between series.
    pub between: f64,
    /// Typical variance of one series' reading noise over its squared level.
    pub noise: f64,
    /// Typical noise of a reading, in the readings' unit.
    pub moves: f64,
    /// The mean change a day over the level, and how it varies between series.
    pub drift: (f64, f64),
    /// How many readings' worth the typical noise counts beside a series' own: many where noises differ little.
    pub alike: f64,
}

impl Pool {
    /// From the slopes of the series, by moments: the variance between them is what their own sampling variance does
    /// not explain (DerSimonian and Laird 1986, eq. 8, with equal weights).
    pub fn of(series: &[&Series]) -> Self {
        let measured: Vec<(f64, f64)> = series.iter().filter_map(|series| rate(series)).collect();
        let drifts: Vec<(f64, f64)> = series.iter().filter_map(|series| drift(series)).collect();
        let (rate, between) = moments(&measured);
        let noise =
            median(&series.iter().map(|it| (it.noise / scale(it)).powi(2)).collect::<Vec<_>>())
                .unwrap_or(0.0);
        let moves = median(&series.iter().map(|it| it.noise).collect::<Vec<_>>()).unwrap_or(0.0);
        let alike = alike(series, noise, moves);
        Self { rate, between, noise, moves, drift: moments(&drifts), alike }
    }
}

/// The middle of rates, and the variance of the true ones between series.
fn moments(measured: &[(f64, f64)]) -> (f64, f64) {
    let n = measured.len() as f64;
    // The middle half: a few wild series must not make the others uncertain.
    let rates: Vec<f64> = measured.iter().map(|(rate, _)| *rate).collect();
    let Some(centre) = median(&rates) else { return (0.0, 0.0) };
    let away: Vec<f64> = rates.iter().map(|rate| (rate - centre).abs()).collect();
    let spread = 1.4826 * median(&away).unwrap_or(0.0);
    let sampling: Vec<f64> = measured.iter().map(|(_, variance)| *variance).collect();
    let sampling = median(&sampling).unwrap_or(0.0);
    let between = (spread * spread - sampling).max(0.05 * spread * spread);
    // One or two series say nothing of the others.
    let weight = n / (n + 2.0);
    (centre * weight, between + (1.0 - weight) * centre * centre)
}

/// Degrees of freedom of the noises' own distribution, by the moments of their logarithms: what their sampling does not
/// explain is how they differ (Smyth 2004, section 6.2).
fn alike(series: &[&Series], noise: f64, moves: f64) -> f64 {
    // 1/x + 1/(2x^2) is the trigamma function to a few percent, from x = 1 on.
    let sampled = |free: f64| 2.0 / free + 2.0 / free.powi(2);
    let long = series.iter().filter(|it| it.len() >= 5);
    let (logs, sampling): (Vec<f64>, Vec<f64>) = long
        .map(|it| {
            let usual = match it.kind {
                Kind::Gauge => noise.sqrt() * scale(it),
                Kind::Count => moves,
            };
            (2.0 * (it.noise / usual.max(1e-300)).ln(), sampled(0.5 * (it.len() as f64 - 2.0)))
        })
        .unzip();
    let (Some(middle), Some(sampling)) = (median(&logs), median(&sampling)) else { return 3.0 };
    let away: Vec<f64> = logs.iter().map(|log| (log - middle).abs()).collect();
    let differ = (1.4826 * median(&away).unwrap_or(0.0)).powi(2) - sampling;
    let found = if differ <= 0.02 { 100.0 } else { (1.0 + (1.0 + 2.0 * differ).sqrt()) / differ };
    // A few series say little of how all differ.
    let n = logs.len() as f64;
    ((n * found.ln() + 5.0 * 3.0_f64.ln()) / (n + 5.0)).exp().clamp(1.0, 100.0)
}

/// Slope over level with its sampling variance; `None` with fewer than two readings.
fn rate(series: &Series) -> Option<(f64, f64)> {
    let slope = theil_sen(series)?;
    let scale = scale(series);
    let mean = series.readings.iter().map(|it| it.day).sum::<f64>() / series.len() as f64;
    let sxx: f64 = series.readings.iter().map(|it| (it.day - mean).powi(2)).sum();
    Some((slope / scale, (series.noise / scale).powi(2) / sxx.max(1e-9)))
}

fn scale(series: &Series) -> f64 {
    let mean = series.readings.iter().map(|it| it.value.abs()).sum::<f64>() / series.len() as f64;
    mean.max(series.noise)
}

/// From the last reading on by the mean change so far, drawn to that of all series as far as changes vary: for what
/// wanders (Hyndman and Athanasopoulos 2021, section 5.2, and Efron and Morris 1973, eq. 1.11).
fn pooled_drift(series: &Series, pool: &Pool) -> Option<Curve> {
    let (own, variance) = drift(series)?;
    let trust = pool.drift.1 / (pool.drift.1 + variance).max(1e-300);
    let rate = trust * own + (1.0 - trust) * pool.drift.0;
    Some(Curve { slope: rate * scale(series), ..Curve::flat(series.last().value) })
}

/// The mean change a day over the level with its sampling variance; `None` with fewer than four readings.
fn drift(series: &Series) -> Option<(f64, f64)> {
    if series.len() < 4 {
        return None;
    }
    let first = series.readings[0];
    let span = series.last().day - first.day;
    let slope = (series.last().value - first.value) / span;
    let squares = series.readings.windows(2).map(|pair| {
        let days = pair[1].day - pair[0].day;
        (pair[1].value - pair[0].value - slope * days).powi(2) / days
    });
    let daily = squares.sum::<f64>() / (series.len() as f64 - 2.0);
    let scale = scale(series);
    Some((slope / scale, daily / span / scale.powi(2)))
}

/// The mean of all readings: a level that never moves.
#[expect(
    clippy::unnecessary_wraps,
    reason = "it stands in the list of methods, some of which have none"
)]
fn mean_level(series: &Series, _: &Pool) -> Option<Curve> {
    let sum = series.readings.iter().map(|it| it.value).sum::<f64>();
    Some(Curve::flat(sum / series.len() as f64))
}

/// A level that moves slowly: simple exponential smoothing from the mean of the first readings, as slow as the one-step
/// errors of the series itself say (Brown 1959; Gardner 1985, eq. 3).
fn smoothed_level(series: &Series, _: &Pool) -> Option<Curve> {
    const START: usize = 4;
    if series.len() < 2 * START {
        return None;
    }
    let readings = &series.readings;
    let start = readings[..START].iter().map(|it| it.value).sum::<f64>() / START as f64;
    let mut best = (f64::INFINITY, start);
    for weight in [0.05_f64, 0.1, 0.2, 0.4] {
        let (mut level, mut error) = (start, 0.0);
        for pair in readings[START - 1..].windows(2) {
            let missed = pair[1].value - level;
            error += missed * missed;
            let steps = (pair[1].day - pair[0].day) / series.step;
            level += missed * (1.0 - (1.0 - weight).powf(steps));
        }
        if error < best.0 {
            best = (error, level);
        }
    }
    Some(Curve::flat(best.1))
}

/// From the last reading back to the mean: an autoregression of the first order, its coefficient by the one-step errors
/// of the series itself (Box and Jenkins 1970, section 5.2).
fn returning_level(series: &Series, _: &Pool) -> Option<Curve> {
    if series.len() < 8 {
        return None;
    }
    let readings = &series.readings;
    let mean = readings.iter().map(|it| it.value).sum::<f64>() / series.len() as f64;
    let error = |left: f64| -> f64 {
        let missed = readings.windows(2).map(|pair| {
            let left = left.powf((pair[1].day - pair[0].day) / series.step);
            pair[1].value - mean - left * (pair[0].value - mean)
        });
        missed.map(|it| it * it).sum()
    };
    let left =
        [0.2, 0.4, 0.6, 0.8, 0.9].into_iter().min_by(|a, b| error(*a).total_cmp(&error(*b)))?;
    let damping = left.powf(1.0 / series.step);
    let last = series.last().value;
    // What is left to go when all days have passed.
    let slope = (mean - last) * -damping.ln();
    Some(Curve { slope, damping, ..Curve::flat(last) })
}

/// The line of least squares.
fn least_squares(series: &Series, _: &Pool) -> Option<Curve> {
    let last = series.last().day;
    let points: Vec<(f64, f64)> =
        series.readings.iter().map(|it| (it.day - last, it.value)).collect();
    let line = crate::trend::line(&points)?;
    let mean_x = points.iter().map(|point| point.0).sum::<f64>() / points.len() as f64;
    Some(Curve { slope: line.slope, ..Curve::flat(line.mean - line.slope * mean_x) })
}

/// The median of the slopes of all pairs; pairs a few readings apart where there are too many.
///
/// Theil (1950), Sen (1968).
fn theil_sen(series: &Series) -> Option<f64> {
    let readings = &series.readings;
    let most = 60;
    let stride = readings.len().div_ceil(most).max(1);
    let few: Vec<_> = readings.iter().rev().step_by(stride).collect();
    let mut slopes = Vec::with_capacity(few.len() * few.len() / 2);
    for (at, later) in few.iter().enumerate() {
        slopes.extend(
            few[at + 1..]
                .iter()
                .map(|earlier| (later.value - earlier.value) / (later.day - earlier.day)),
        );
    }
    median(&slopes)
}

/// A level that lies on a slope through the last readings: the later one weighs more.
fn level(series: &Series, slope: f64) -> f64 {
    let last = series.last().day;
    let (mut sum, mut weights) = (0.0, 0.0);
    for reading in series.readings.iter().rev().take(6) {
        let back = last - reading.day;
        let weight = 0.6_f64.powf(back / series.step);
        sum += weight * (reading.value + slope * back);
        weights += weight;
    }
    sum / weights
}

fn line(series: &Series, slope: f64) -> Curve {
    Curve { slope, ..Curve::flat(level(series, slope)) }
}

fn median_trend(series: &Series, _: &Pool) -> Option<Curve> {
    theil_sen(series).map(|slope| line(series, slope))
}

/// The series' own slope drawn to that of all series, as far as its own is uncertain (empirical Bayes: Efron and
/// Morris 1973, eq. 1.11).
#[expect(
    clippy::unnecessary_wraps,
    reason = "it stands in the list of methods, some of which have none"
)]
fn pooled_trend(series: &Series, pool: &Pool) -> Option<Curve> {
    let scale = scale(series);
    let rate = match rate(series) {
        Some((own, variance)) => {
            // The noise of a few readings is itself uncertain: the file's typical one stands beside it.
            let few = 3.0 / series.len() as f64;
            let typical = variance * (pool.noise / (series.noise / scale).powi(2).max(1e-18));
            let variance = variance + few.min(1.0) * typical;
            let trust = pool.between / (pool.between + variance).max(1e-300);
            trust * own + (1.0 - trust) * pool.rate
        }
        None => pool.rate,
    };
    Some(line(series, rate * scale))
}

/// The pooled slope of the later half, of which so much is left after a step: what grows slower and slower.
fn fading(series: &Series, pool: &Pool, left: f64) -> Option<Curve> {
    if series.len() < 6 {
        return None;
    }
    let recent = series.len().min(8).max(series.len() / 2);
    let readings = series.readings[series.len() - recent..].to_vec();
    let curve = pooled_trend(&Series { readings, ..series.clone() }, pool)?;
    // The slope is that of the middle of the half.
    let slope = curve.slope * left.powf(0.5 * recent as f64);
    Some(Curve { slope, damping: left.powf(1.0 / series.step), ..curve })
}

/// The slope of the last eight readings, for series that change course.
fn recent_trend(series: &Series, pool: &Pool) -> Option<Curve> {
    if series.len() < 6 {
        return None;
    }
    let recent = series.len().min(8).max(series.len() / 3);
    let readings = series.readings[series.len() - recent..].to_vec();
    pooled_trend(&Series { readings, ..series.clone() }, pool)
}

/// Exponential smoothing with a slope that fades: smoothing and fading by the one-step errors of the series itself.
///
/// Gardner and McKenzie (1985), "Forecasting Trends in Time Series"; uneven steps as in Wright (1986).
fn damped_trend(series: &Series, _: &Pool) -> Option<Curve> {
    if series.len() < 5 {
        return None;
    }
    let mut best: Option<(f64, Curve)> = None;
    for alpha in [0.2, 0.5, 0.8] {
        for beta in [0.05, 0.2, 0.5] {
            for fade in [0.8, 0.9, 0.97] {
                let (error, curve) = smooth(series, alpha, beta, fade);
                if best.as_ref().is_none_or(|(least, _)| error < *least) {
                    best = Some((error, curve));
                }
            }
        }
    }
    best.map(|(_, curve)| curve)
}

fn smooth(series: &Series, alpha: f64, beta: f64, fade: f64) -> (f64, Curve) {
    let readings = &series.readings;
    let first: Vec<f64> = readings
        .windows(2)
        .take(4)
        .map(|pair| (pair[1].value - pair[0].value) / (pair[1].day - pair[0].day))
        .collect();
    let (mut level, mut slope) = (readings[0].value, median(&first).unwrap_or(0.0));
    let damping = fade.powf(1.0 / series.step);
    let mut error = 0.0;
    for pair in readings.windows(2) {
        let days = pair[1].day - pair[0].day;
        let steps = days / series.step;
        let ahead = Curve { slope, damping, ..Curve::flat(level) }.at(days);
        let missed = pair[1].value - ahead;
        error += missed.abs() / steps.max(1.0).sqrt();
        let (alpha, beta) = (1.0 - (1.0 - alpha).powf(steps), 1.0 - (1.0 - beta).powf(steps));
        level = ahead + alpha * missed;
        slope = slope * damping.powf(days) + alpha * beta * missed / days;
    }
    (error, Curve { slope, damping, ..Curve::flat(level) })
}

/// A trend of the logarithm: growth by a share.
fn growth_rate(series: &Series, pool: &Pool) -> Option<Curve> {
    if series.len() < 4 || series.readings.iter().any(|it| it.value <= 0.0) {
        return None;
    }
    let mut logs = series.clone();
    for reading in &mut logs.readings {
        reading.value = reading.value.ln();
    }
    logs.noise = series.noise / scale(series);
    let own = theil_sen(&logs)?;
    let mean = logs.readings.iter().map(|it| it.day).sum::<f64>() / logs.len() as f64;
    let sxx: f64 = logs.readings.iter().map(|it| (it.day - mean).powi(2)).sum();
    let variance = (logs.noise.powi(2) + 3.0 / logs.len() as f64 * pool.noise) / sxx.max(1e-9);
    let trust = pool.between / (pool.between + variance).max(1e-300);
    let slope = trust * own + (1.0 - trust) * pool.rate;
    // Nothing doubles every month for years.
    let slope = slope.clamp(-0.01, 0.01);
    Some(Curve { slope, log: true, ..Curve::flat(level(&logs, slope)) })
}

/// The least-squares line of the logarithm.
fn growth_line(series: &Series, _: &Pool) -> Option<Curve> {
    if series.len() < 4 || series.readings.iter().any(|it| it.value <= 0.0) {
        return None;
    }
    let last = series.last().day;
    let points: Vec<(f64, f64)> =
        series.readings.iter().map(|it| (it.day - last, it.value.ln())).collect();
    let line = crate::trend::line(&points)?;
    let middle = points.iter().map(|point| point.0).sum::<f64>() / points.len() as f64;
    // Nothing doubles every month for years.
    let slope = line.slope.clamp(-0.01, 0.01);
    Some(Curve { slope, log: true, ..Curve::flat(line.mean - slope * middle) })
}

/// The pooled trend with what each weekday adds; needs three weeks of daily readings.
fn weeks(series: &Series, pool: &Pool, swing: Swing) -> Option<Curve> {
    const DAYS: usize = 7;
    if series.len() < 3 * DAYS || series.step > 1.5 {
        return None;
    }
    // Over whole weeks a line is as high as their mean, whatever day was the last.
    let curve = least_squares(series, pool)?;
    let last = series.last().day;
    let mut found: Vec<Vec<f64>> = vec![Vec::new(); DAYS];
    for reading in &series.readings {
        let trend = curve.at(reading.day - last);
        let growing = swing == Swing::Growing;
        if growing && trend <= 0.0 {
            return None;
        }
        let over = if growing { trend } else { 1.0 };
        found[part(reading.day, 7.0, DAYS)].push((reading.value - trend) / over);
    }
    let effects = drawn(&found);
    seasonal(series, pool, Season { period: 7.0, origin: last, parts: effects, swing })
}

/// The middle of each day's values, drawn to that of all days as far as chance could have parted them (James and Stein
/// 1961, eq. 5).
fn drawn(found: &[Vec<f64>]) -> Vec<f64> {
    let mut middles: Vec<f64> = found.iter().map(|it| median(it).unwrap_or(0.0)).collect();
    let all = middles.iter().sum::<f64>() / middles.len() as f64;
    let days = found.iter().zip(&middles);
    let away: Vec<f64> =
        days.flat_map(|(it, middle)| it.iter().map(move |value| (value - middle).abs())).collect();
    let noise = 1.4826 * median(&away).unwrap_or(0.0);
    // A median varies by half as much again as a mean.
    let sampled: f64 = found.iter().map(|it| 1.57 * noise.powi(2) / it.len().max(1) as f64).sum();
    let apart: f64 = middles.iter().map(|it| (it - all).powi(2)).sum();
    let trust = (1.0 - sampled / apart.max(f64::MIN_POSITIVE)).max(0.0);
    middles.iter_mut().for_each(|it| *it = all + trust * (*it - all));
    middles
}

/// The pooled trend with a year's waves; needs a year and three quarters at a step of a month or less.
///
/// The first harmonic, from three years on two (Harvey 1989, section 2.3.4), by least squares beside a straight line.
fn year(series: &Series, pool: &Pool, swing: Swing) -> Option<Curve> {
    const YEAR: f64 = 365.25;
    const PARTS: u32 = 52;
    let span = series.last().day - series.readings[0].day;
    if span < 1.75 * YEAR || series.step > 35.0 || series.len() < 20 {
        return None;
    }
    let harmonics = if span < 3.0 * YEAR { 1 } else { 2 };
    let waves = |day: f64| -> Vec<f64> {
        let angles = (1..=harmonics).map(|k| std::f64::consts::TAU * f64::from(k) * day / YEAR);
        angles.flat_map(|angle| [angle.sin(), angle.cos()]).collect()
    };
    let last = series.last().day;
    let row = |day: f64| [vec![1.0, (day - last) / YEAR], waves(day)].concat();
    let x: Vec<Vec<f64>> = series.readings.iter().map(|it| row(it.day)).collect();
    let mut y: Vec<f64> = series.readings.iter().map(|it| it.value).collect();
    let mut fit = crate::regression::least_squares(&x, &y)?;
    if swing == Swing::Growing {
        // Once more, with each reading over its place on the line.
        let line: Vec<f64> =
            x.iter().map(|row| fit.coefficients[0] + fit.coefficients[1] * row[1]).collect();
        if line.iter().any(|trend| *trend <= 0.0) {
            return None;
        }
        y.iter_mut().zip(line).for_each(|(value, trend)| *value /= trend);
        fit = crate::regression::least_squares(&x, &y)?;
    }
    let added =
        |day: f64| waves(day).iter().zip(&fit.coefficients[2..]).map(|(w, c)| w * c).sum::<f64>();
    let parts =
        (0..PARTS).map(|at| added((f64::from(at) + 0.5) / f64::from(PARTS) * YEAR)).collect();
    seasonal(series, pool, Season { period: YEAR, origin: last, parts, swing })
}

/// The pooled trend of what is left without the season, and the season.
fn seasonal(series: &Series, pool: &Pool, mut season: Season) -> Option<Curve> {
    let mean = season.parts.iter().sum::<f64>() / season.parts.len() as f64;
    season.parts.iter_mut().for_each(|effect| match season.swing {
        Swing::Steady => *effect -= mean,
        Swing::Growing => *effect = (*effect - mean) / (1.0 + mean),
    });
    if season.swing == Swing::Growing && season.parts.iter().any(|effect| *effect < -0.9) {
        return None;
    }
    let mut plain = series.clone();
    for reading in &mut plain.readings {
        *reading = season.without(*reading);
    }
    plain.noise = noise(&plain.readings, plain.kind);
    let curve = pooled_trend(&plain, pool)?;
    Some(Curve { season: Some(season), ..curve })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::series::Reading;

    fn series(values: impl Iterator<Item = f64>, step: f64) -> Series {
        let readings: Vec<Reading> = values
            .enumerate()
            .map(|(at, value)| Reading { day: at as f64 * step, value })
            .collect();
        Series::new(&readings, Kind::Gauge).expect("readings")
    }

    fn curve(name: &str, series: &Series, pool: &Pool) -> Option<Curve> {
        let method = METHODS.iter().find(|method| method.name == name).expect("it is in the list");
        (method.curve)(series, pool)
    }

    #[test]
    fn every_trend_follows_a_straight_line() {
        let straight = series((0..12).map(|at| 10.0 + 3.0 * f64::from(at)), 30.0);
        let pool = Pool::of(&[&straight, &straight, &straight, &straight]);
        for name in
            ["pooled drift", "pooled trend", "straight line", "median trend", "recent trend"]
        {
            let found = curve(name, &straight, &pool).expect("twelve readings").at(60.0);
            assert!((found - 49.0).abs() < 0.5, "{name}: {found}");
        }
    }

    #[test]
    fn a_short_series_borrows_from_the_others() {
        let long: Vec<Series> = (0..20)
            .map(|which| {
                series(
                    (0..24).map(|at| 100.0 + f64::from(at) + f64::from((at * 7 + which) % 3)),
                    30.0,
                )
            })
            .collect();
        let pool = Pool::of(&long.iter().collect::<Vec<_>>());
        let short = series([100.0, 112.0, 110.0].into_iter(), 30.0);
        let own = curve("median trend", &short, &pool).expect("three readings").slope;
        let pooled = curve("pooled trend", &short, &pool).expect("three readings").slope;
        assert!(pooled < own / 2.0 && pooled > 0.0, "{own} {pooled}");
    }

    #[test]
    fn weeks_are_seen() {
        let weekly = series((0..70).map(|day| 50.0 + if day % 7 < 5 { 10.0 } else { -20.0 }), 1.0);
        let found = curve("trend with weeks", &weekly, &Pool::default()).expect("ten weeks");
        assert!(found.at(1.0) - found.at(6.0) > 20.0, "{:?}", (found.at(1.0), found.at(6.0)));
        assert!(
            curve("trend with weeks", &series((0..10).map(f64::from), 1.0), &Pool::default())
                .is_none()
        );
    }

    #[test]
    fn weeks_grow_with_the_trend() {
        let grown = |day: u32| (100.0 + f64::from(day)) * if day % 7 < 5 { 1.1 } else { 0.8 };
        let weekly = series((0..140).map(grown), 1.0);
        let pool = Pool::of(&[&weekly, &weekly, &weekly, &weekly]);
        let found = curve("trend times weeks", &weekly, &pool).expect("twenty weeks");
        // Day 206 is a weekday, day 208 of a weekend; as many days after the last as the trend was learnt from are half.
        for ahead in [67, 69] {
            let (said, truth) = (found.at(f64::from(ahead)), grown(139 + ahead));
            assert!((said / truth - 1.0).abs() < 0.03, "{ahead}: {said} {truth}");
        }
    }

    #[test]
    fn levels_stay_move_slowly_or_return() {
        let level = |at: i32| 50.0 + f64::from((at * 7) % 5) - 2.0;
        let last_high = series((0..24).map(|at| if at < 23 { level(at) } else { 60.0 }), 30.0);
        let at = |name: &str, days: f64| {
            curve(name, &last_high, &Pool::default()).expect("two years").at(days)
        };
        assert!((at("mean level", 30.0) - 50.4).abs() < 0.3);
        assert!((50.0..53.0).contains(&at("smoothed level", 30.0)));
        let (soon, late) = (at("returning level", 30.0), at("returning level", 720.0));
        assert!(soon < 57.0 && soon >= late && (49.5..51.0).contains(&late), "{soon} {late}");
    }

    #[test]
    fn a_fading_trend_is_damped() {
        let fading = series((0..24).map(|at| 100.0 - 60.0 * 0.8_f64.powi(at)), 30.0);
        let found =
            curve("damped trend", &fading, &Pool::default()).expect("24 readings").at(360.0);
        assert!((90.0..110.0).contains(&found), "{found}");
    }
}
