//! The ways to go on from a series: a list, of which validation chooses.

use super::curve::{Curve, Season, part};
use super::series::{Series, median};

/// One way to go on.
#[derive(Debug, Clone, Copy)]
pub struct Method {
    /// Its name in tables.
    pub name: &'static str,
    /// How it goes on; `None` where the series does not bear it.
    pub curve: fn(&Series, &Pool) -> Option<Curve>,
}

/// All methods, the simplest first; of two that are as good the earlier is taken.
pub const METHODS: &[Method] = &[
    Method { name: "last value", curve: |series, _| Some(Curve::flat(series.last().value)) },
    Method { name: "straight line", curve: least_squares },
    Method { name: "median trend", curve: median_trend },
    Method { name: "pooled trend", curve: pooled_trend },
    Method { name: "recent trend", curve: recent_trend },
    Method { name: "damped trend", curve: damped_trend },
    Method { name: "growth rate", curve: growth_rate },
    Method { name: "trend with weeks", curve: weeks },
    Method { name: "trend with a year", curve: year },
];

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
}

impl Pool {
    /// From the slopes of the series, by moments: the variance between them is what their own sampling variance does
    /// not explain (DerSimonian and Laird 1986, eq. 8, with equal weights).
    pub fn of(series: &[&Series]) -> Self {
        let measured: Vec<(f64, f64)> = series.iter().filter_map(|series| rate(series)).collect();
        if measured.is_empty() {
            return Self::default();
        }
        let n = measured.len() as f64;
        // The middle half: a few wild series must not make the others uncertain.
        let rates: Vec<f64> = measured.iter().map(|(rate, _)| *rate).collect();
        let centre = median(&rates).unwrap_or(0.0);
        let away: Vec<f64> = rates.iter().map(|rate| (rate - centre).abs()).collect();
        let spread = 1.4826 * median(&away).unwrap_or(0.0);
        let sampling: Vec<f64> = measured.iter().map(|(_, variance)| *variance).collect();
        let sampling = median(&sampling).unwrap_or(0.0);
        let between = (spread * spread - sampling).max(0.05 * spread * spread);
        let noise =
            median(&series.iter().map(|it| (it.noise / scale(it)).powi(2)).collect::<Vec<_>>())
                .unwrap_or(0.0);
        // One or two series say nothing of the others.
        let weight = n / (n + 2.0);
        let moves = median(&series.iter().map(|it| it.noise).collect::<Vec<_>>()).unwrap_or(0.0);
        Self {
            rate: centre * weight,
            between: between + (1.0 - weight) * centre * centre,
            noise,
            moves,
        }
    }
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

/// The pooled trend with what each weekday adds; needs three weeks of daily readings.
fn weeks(series: &Series, pool: &Pool) -> Option<Curve> {
    const DAYS: usize = 7;
    if series.len() < 3 * DAYS || series.step > 1.5 {
        return None;
    }
    let curve = pooled_trend(series, pool)?;
    let last = series.last().day;
    let mut found: Vec<Vec<f64>> = vec![Vec::new(); DAYS];
    for reading in &series.readings {
        found[part(reading.day, 7.0, DAYS)].push(reading.value - curve.at(reading.day - last));
    }
    let drawn = |values: &Vec<f64>| {
        // A day seen few times is mostly noise: drawn to nothing.
        median(values).unwrap_or(0.0) * values.len() as f64 / (values.len() as f64 + 1.0)
    };
    let effects: Vec<f64> = found.iter().map(drawn).collect();
    seasonal(series, pool, Season { period: 7.0, origin: last, parts: effects })
}

/// The pooled trend with a year's waves; needs a year and three quarters at a step of a month or less.
///
/// The first harmonic, from three years on two (Harvey 1989, section 2.3.4), by least squares beside a straight line.
fn year(series: &Series, pool: &Pool) -> Option<Curve> {
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
    let y: Vec<f64> = series.readings.iter().map(|it| it.value).collect();
    let fit = crate::regression::least_squares(&x, &y)?;
    let added =
        |day: f64| waves(day).iter().zip(&fit.coefficients[2..]).map(|(w, c)| w * c).sum::<f64>();
    let parts =
        (0..PARTS).map(|at| added((f64::from(at) + 0.5) / f64::from(PARTS) * YEAR)).collect();
    seasonal(series, pool, Season { period: YEAR, origin: last, parts })
}

/// The pooled trend of what is left without the season, and the season.
fn seasonal(series: &Series, pool: &Pool, mut season: Season) -> Option<Curve> {
    let mean = season.parts.iter().sum::<f64>() / season.parts.len() as f64;
    season.parts.iter_mut().for_each(|effect| *effect -= mean);
    let mut plain = series.clone();
    for reading in &mut plain.readings {
        reading.value -= season.parts[season.part(reading.day)];
    }
    let curve = pooled_trend(&plain, pool)?;
    Some(Curve { season: Some(season), ..curve })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::series::{Kind, Reading};

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
        for name in ["straight line", "median trend", "pooled trend", "recent trend"] {
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
    fn a_fading_trend_is_damped() {
        let fading = series((0..24).map(|at| 100.0 - 60.0 * 0.8_f64.powi(at)), 30.0);
        let found =
            curve("damped trend", &fading, &Pool::default()).expect("24 readings").at(360.0);
        assert!((90.0..110.0).contains(&found), "{found}");
    }
}
