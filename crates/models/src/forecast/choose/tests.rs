//! Planted truth: series whose law is known, of several kinds; crossing dates must be covered as often as they say.

use super::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

struct Draw(ChaCha8Rng);

impl Draw {
    fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Box and Muller (1958).
    fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.uniform()).ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    fn poisson(&mut self, mean: f64) -> f64 {
        let (floor, mut product, mut count) = ((-mean).exp(), self.uniform(), 0.0);
        while product > floor {
            product *= self.uniform();
            count += 1.0;
        }
        count
    }
}

/// Series of four years of monthly readings.
fn made(kind: &str, series: usize, seed: u64) -> Vec<Vec<Reading>> {
    let mut draw = Draw(ChaCha8Rng::seed_from_u64(seed));
    (0..series)
        .map(|_| {
            let level = 40.0 + 40.0 * draw.uniform();
            let slope = 1.0 + 1.2 * draw.normal();
            let shift = if kind == "shift" { 4 + below(&mut draw, 8) } else { 99 };
            let (mut walk, age) = (0.0, 20.0 * draw.uniform());
            // Each series has a season of its own.
            let begin = if kind == "seasonal" { draw.uniform() } else { 0.0 };
            (0_u32..48)
                .map(|month| {
                    let t = f64::from(month);
                    walk += 0.8 * draw.normal();
                    let value = match kind {
                        "damped" => level + 60.0 - slope * 30.0 * 0.9_f64.powf(t + age) + walk,
                        "seasonal" => {
                            level
                                + slope * t
                                + 8.0 * (std::f64::consts::TAU * (t / 12.0 + begin)).sin()
                                + draw.normal()
                        }
                        "shift" => {
                            level
                                + slope * t
                                + if month as usize >= shift { 60.0 } else { 0.0 }
                                + draw.normal()
                        }
                        "count" => draw.poisson((level * 0.3 + slope.max(0.0) * 0.4 * t).max(0.1)),
                        "flat" => level + 2.0 * draw.normal(),
                        _ => level + slope * t + walk,
                    };
                    Reading { day: t * 30.4 + draw.uniform() * 4.0, value: value.max(0.0) }
                })
                .collect()
        })
        .collect()
}

fn below(draw: &mut Draw, bound: u32) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small positive number"
    )]
    let drawn = (draw.uniform() * f64::from(bound)) as usize;
    drawn
}

/// Share of series that crossed by the 10, 50 and 90 % date, and Brier scores of "within three readings": ours and that of the
/// straight line of least squares, which says yes or no.
fn covered(kind: &str, known: usize) -> ([f64; 3], f64, f64) {
    let all = made(kind, 800, 7);
    let told: Vec<Vec<Reading>> = all.iter().map(|it| it[..known].to_vec()).collect();
    let of = if kind == "count" { Kind::Count } else { Kind::Gauge };
    let chosen = fit(&told, Settings { kind: of, ..Settings::default() });
    let (mut by, mut all_n, mut ours, mut line, mut n) = ([0.0; 3], 0.0, 0.0, 0.0, 0.0);
    let mut draw = Draw(ChaCha8Rng::seed_from_u64(8));
    for (at, (whole, told)) in all.iter().zip(&told).enumerate() {
        let last = told[known - 1];
        let limit = last.value + 1.0 + (at % 6) as f64;
        let crossing = chosen.crossing(told, limit, 2000.0).expect("readings");
        let ahead = |it: &Reading| it.day - last.day;
        // A level passes the limit on the line between two readings; a count, some day of its period.
        let reached = (known..known + known / 2).find(|it| whole[*it].value >= limit);
        let actual = reached.map(|it| {
            let (before, after) = (&whole[it - 1], &whole[it]);
            let line = (limit - before.value) / (after.value - before.value);
            let part = if of == Kind::Count { draw.uniform() } else { line };
            ahead(before) + (ahead(after) - ahead(before)) * part
        });
        // Nothing can be learnt of distances beyond what the told part has: half as many months again.
        let end = ahead(&whole[known - 1 + known / 2]);
        for (share, by) in SHARES.iter().zip(&mut by) {
            // A quantile beyond the end of what is known of the series is right if it had not crossed by then.
            let said = crossing.quantile(*share).unwrap_or(f64::INFINITY);
            let until = said.min(end);
            // The chance that is claimed for the part that can be seen.
            *by += f64::from(u8::from(actual.is_some_and(|day| day <= until + 1e-9)))
                - (crossing.within(until) - share);
        }
        all_n += 1.0;
        let soon = ahead(&whole[known + 2]);
        let truth = f64::from(u8::from(whole[known..known + 3].iter().any(|it| it.value >= limit)));
        ours += (crossing.within(soon) - truth).powi(2);
        let points: Vec<(f64, f64)> = told.iter().map(|it| (it.day - last.day, it.value)).collect();
        let fitted = crate::trend::line(&points).expect("several days");
        let mean_x = points.iter().map(|p| p.0).sum::<f64>() / points.len() as f64;
        let at = fitted.mean + fitted.slope * (soon - mean_x);
        line += (f64::from(u8::from(at >= limit)) - truth).powi(2);
        n += 1.0;
    }
    (by.map(|it| it / all_n), ours / n, line / n)
}

#[track_caller]
fn check(kind: &str, known: usize) {
    let (coverage, ours, line) = covered(kind, known);
    for (share, got) in SHARES.iter().zip(coverage) {
        assert!((got - share).abs() < 0.06, "{kind}, {known}: {coverage:?}");
    }
    assert!(
        ours < 0.9 * line,
        "{kind}, {known}: Brier score {ours:.4}, of the straight line {line:.4}"
    );
}

#[test]
fn dates_are_covered_on_trends() {
    check("trend", 6);
    check("trend", 12);
    check("trend", 20);
}

#[test]
fn dates_are_covered_where_trends_fade() {
    check("damped", 12);
}

#[test]
fn dates_are_covered_with_seasons() {
    check("seasonal", 32);
}

#[test]
fn dates_are_covered_after_level_shifts() {
    check("shift", 18);
}

#[test]
fn dates_are_covered_on_counts() {
    check("count", 12);
}

#[test]
fn dates_are_covered_without_a_trend() {
    check("flat", 12);
}

#[test]
fn the_same_series_give_the_same_bits() {
    let all = made("trend", 50, 3);
    let once = fit(&all, Settings::default()).crossing(&all[0], 200.0, 730.0);
    assert_eq!(once, fit(&all, Settings::default()).crossing(&all[0], 200.0, 730.0));
}

#[test]
fn one_short_series_is_still_answered() {
    let few = vec![vec![
        Reading { day: 0.0, value: 80.0 },
        Reading { day: 30.0, value: 85.0 },
        Reading { day: 61.0, value: 91.0 },
    ]];
    let chosen = fit(&few, Settings::default());
    let crossing = chosen.crossing(&few[0], 100.0, 730.0).expect("readings");
    let (early, late) = (crossing.quantile(0.1).expect("soon"), crossing.quantile(0.9));
    assert!(early < 90.0 && late.is_none_or(|late| late > early + 10.0), "{early} {late:?}");
    assert!(chosen.crossing(&few[0], 91.0, 730.0).expect("readings").quantile(0.1) == Some(0.0));
}

#[test]
fn the_highest_reading_ahead_is_covered_as_often_as_it_says() {
    for kind in ["trend", "count", "seasonal"] {
        let all = made(kind, 300, 5);
        let known: Vec<Vec<Reading>> = all.iter().map(|it| it[..36].to_vec()).collect();
        let settings = Settings {
            kind: if kind == "count" { Kind::Count } else { Kind::Gauge },
            ..Settings::default()
        };
        let chosen = fit(&known, settings);
        let below = |share: f64| {
            let held = all.iter().zip(&known).filter(|(it, known)| {
                let ahead = it[41].day - known[35].day + 0.5;
                let highest = it[35..42].iter().map(|it| it.value).fold(0.0, f64::max);
                highest <= chosen.course(known).expect("readings").highest(ahead, share)
            });
            held.count() as f64 / 300.0
        };
        let (half, most) = (below(0.5), below(0.9));
        assert!(
            (0.35..=0.68).contains(&half) && (0.8..=0.98).contains(&most),
            "{kind} {half} {most}"
        );
    }
}

#[test]
fn highest_readings_of_several_days_are_those_of_each_and_never_fall() {
    for kind in ["trend", "count", "seasonal", "damped"] {
        let all = made(kind, 60, 7);
        let is_count = kind == "count";
        let settings = Settings {
            kind: if is_count { Kind::Count } else { Kind::Gauge },
            ..Settings::default()
        };
        let chosen = fit(&all, settings);
        for readings in &all {
            let course = chosen.course(readings).expect("readings");
            let last = readings.iter().max_by(|a, b| a.day.total_cmp(&b.day)).expect("one").value;
            let (days, shares) = ([10.0, 40.0, 75.0, 150.0, 400.0], [0.1, 0.5, 0.9]);
            let together = course.highests(days, shares);
            let alone = days.map(|days| shares.map(|share| course.highest(days, share)));
            for at in 0..days.len() {
                for share in 0..shares.len() {
                    // Where a single one would fall, the one before stands; both are sought to half a percent of chance.
                    let before = alone[..=at].iter().flat_map(|it| &it[..=share]);
                    let highest = before.copied().fold(last, f64::max);
                    let found = together[at][share];
                    let near = 0.1 * (highest - last) + if is_count { 1.0 } else { 1e-9 };
                    assert!((found - highest).abs() <= near, "{kind} {at} {share}: {together:?}");
                    assert!(at == 0 || found >= together[at - 1][share], "{kind} {together:?}");
                    assert!(share == 0 || found >= together[at][share - 1], "{together:?}");
                }
            }
        }
    }
}
