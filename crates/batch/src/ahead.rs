//! When usage reaches its limits (S36, S45): every series that something binds goes on by the method that did best on
//! held-out ends of the workspace's own series.
//!
//! The lake's readings pass once, sorted by series. Those of bound series are kept, eight bytes a reading; methods are
//! chosen on a drawn sample of them, and all series are then forecast on all cores.

use std::collections::BTreeMap;
use std::hash::BuildHasher as _;

use decide::facts::{Reach, Usage};
use decide::policy::Policy;
use domain::time::{Day, Days, Months};
use domain::words::Words;
use models::forecast::{Chosen, Judged, Kind, Reading, Settings, fit};
use models::parallel;
use rustc_hash::FxBuildHasher;
use serde_json::{Value, json};

use crate::model::forecast::groups;
use crate::registry::{Card, Metric, Verdict};

/// A series that something binds.
#[derive(Debug, Clone)]
struct Line {
    account: i64,
    /// Its place among the account's usage.
    place: usize,
    metric: String,
    counts: bool,
    limit: f64,
    /// Where its readings begin in the list of all.
    begins: usize,
}

/// The readings of all bound series.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    lines: Vec<Line>,
    /// Day and value of each reading, series by series. A value is rounded to seven digits: forecasts know fewer.
    readings: Vec<(i32, f32)>,
}

/// Readings older than this tell no day.
const FRESH_DAYS: i32 = 92;
/// What lies further back says nothing of the year ahead that the last three do not.
const KEPT_DAYS: i32 = 3 * 365 + 1;
/// Counts are compared with a limit of a month: their sums over so many days.
const WINDOW_DAYS: i32 = 30;
/// Counts that come about once a month are sums of months already.
const MONTHLY: std::ops::RangeInclusive<i32> = 25..=35;

/// What a series is to be known by.
pub struct Bound<'a> {
    /// Whose usage.
    pub account: i64,
    /// Its place among the account's usage.
    pub place: usize,
    /// The usage.
    pub usage: &'a Usage,
    /// What binds it.
    pub limit: f64,
    /// Whether it counts events of a month; else it is a level that stands.
    pub counts: bool,
}

impl Lines {
    /// Keeps a series, its readings by day; not one whose last reading is old.
    pub fn add(&mut self, of: &Bound<'_>, readings: impl Iterator<Item = (i32, f64)>, as_of: Day) {
        if as_of.since(of.usage.on).0 > FRESH_DAYS {
            return;
        }
        let begins = self.readings.len();
        let kept = readings.filter(|(day, _)| as_of.0 - day < KEPT_DAYS);
        #[expect(clippy::cast_possible_truncation, reason = "seven digits are enough")]
        let short = |(day, value): (i32, f64)| (day, value as f32);
        if of.counts {
            let kept: Vec<(i32, f64)> = kept.collect();
            self.readings.extend(monthly(&kept, as_of).into_iter().map(short));
        } else {
            self.readings.extend(kept.map(short));
        }
        let metric = of.usage.metric.clone();
        let Bound { account, place, limit, counts, .. } = *of;
        self.lines.push(Line { account, place, metric, counts, limit, begins });
    }

    fn readings(&self, at: usize) -> Vec<Reading> {
        let end = self.lines.get(at + 1).map_or(self.readings.len(), |next| next.begins);
        let kept = &self.readings[self.lines[at].begins..end];
        let read =
            |(day, value): &(i32, f32)| Reading { day: f64::from(*day), value: f64::from(*value) };
        kept.iter().map(read).collect()
    }
}

/// Counts by day as sums over windows that end on the day, oldest first; the first window is one that was seen whole.
fn monthly(readings: &[(i32, f64)], as_of: Day) -> Vec<(i32, f64)> {
    let mut gaps: Vec<i32> = readings.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    gaps.sort_unstable();
    if gaps.get(gaps.len() / 2).is_some_and(|gap| MONTHLY.contains(gap)) {
        return readings.to_vec();
    }
    let Some((first, _)) = readings.first() else { return Vec::new() };
    let windows = ((as_of.0 - first + 1) / WINDOW_DAYS).max(1);
    let mut sums: Vec<(i32, f64)> =
        (0..windows).rev().map(|back| (as_of.0 - WINDOW_DAYS * back, 0.0)).collect();
    for (day, value) in readings {
        let back = (as_of.0 - day) / WINDOW_DAYS;
        if let Ok(at) = usize::try_from(windows - 1 - back) {
            sums[at].1 += value;
        }
    }
    sums
}

/// What is asked of a forecast.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Looked from the end of this day.
    pub as_of: Day,
    /// What counts as near, and how far offers look ahead.
    pub policy: &'a Policy,
    /// The seed of the sample.
    pub seed: i64,
}

/// Months ahead for which a series' range is kept, for its chart.
pub const AHEAD_MONTHS: usize = 6;

/// The highest reading by the end of each of the months ahead of the day: p10, p50, p90; by account and place among
/// its usage. Four bytes a number: a chart shows fewer.
pub type Bands = BTreeMap<(i64, usize), [[f32; 3]; AHEAD_MONTHS]>;

/// Series that methods are chosen on.
const SAMPLE: usize = 1000;
/// Beyond two years a day says nothing.
const HORIZON_DAYS: f64 = 731.0;
/// The quantiles that ends are held against.
const SHARES: [f64; 3] = [0.1, 0.5, 0.9];
/// The model's name.
const NAME: &str = "limit_forecast";
/// Coverage further off than this is told.
const OFF: f64 = 0.07;

/// Writes to each usage when it reaches its limit, and returns the model's card and the ranges for charts.
pub fn forecast(
    lines: &Lines,
    usage: &mut BTreeMap<i64, Vec<Usage>>,
    ask: &Ask<'_>,
) -> (Card, Bands) {
    let named = lines.lines.iter().map(|line| (line.metric.as_str(), line.counts));
    let (mut rows, mut sampled, mut bands) = (Vec::new(), 0, Bands::new());
    for (group, members) in groups(named) {
        let counts = lines.lines[members[0]].counts;
        let drawn = draw(lines, &members, ask.seed);
        sampled += drawn.len();
        let kind = if counts { Kind::Count } else { Kind::Gauge };
        let chosen = fit(&drawn, Settings { kind, series_max: SAMPLE });
        rows.extend(chosen.judged().iter().map(|row| (group.clone(), row.clone())));
        let reaches = parallel::each(&members, |at| reach(lines, *at, &chosen, ask));
        for (at, reach) in members.into_iter().zip(reaches) {
            let line = &lines.lines[at];
            let of = usage.get_mut(&line.account).and_then(|all| all.get_mut(line.place));
            if let Some(usage) = of {
                let band = reach.as_ref().map(|(_, band)| ((line.account, line.place), *band));
                bands.extend(band);
                usage.reach = reach.map(|(it, _)| Reach { need: it.need.max(usage.value), ..it });
            }
        }
    }
    (card(lines, sampled, &rows), bands)
}

/// The series of a group that methods are chosen on: those that a hash of the seed puts first.
fn draw(lines: &Lines, members: &[usize], seed: i64) -> Vec<Vec<Reading>> {
    let place = |at: &usize| {
        let line = &lines.lines[*at];
        (FxBuildHasher.hash_one((seed, line.account, line.place)), *at)
    };
    let mut drawn: Vec<(u64, usize)> = members.iter().map(place).collect();
    if drawn.len() > SAMPLE {
        drawn.select_nth_unstable(SAMPLE - 1);
        drawn.truncate(SAMPLE);
    }
    drawn.sort_unstable_by_key(|(_, at)| *at);
    drawn.into_iter().map(|(_, at)| lines.readings(at)).collect()
}

/// When one series reaches its limit, and its ranges ahead; a day that has passed since the last reading is the day
/// itself.
fn reach(
    lines: &Lines,
    at: usize,
    chosen: &Chosen,
    ask: &Ask<'_>,
) -> Option<(Reach, [[f32; 3]; AHEAD_MONTHS])> {
    let line = &lines.lines[at];
    let readings = lines.readings(at);
    let last = readings.last()?.day;
    let course = chosen.course(&readings)?;
    let crossing = course.crossing(line.limit, HORIZON_DAYS);
    let since = f64::from(ask.as_of.0) - last;
    let day = |share: f64| {
        let ahead = (crossing.quantile(share)? - since).ceil().max(0.0);
        #[expect(clippy::cast_possible_truncation, reason = "days within the horizon")]
        let days = Days(ahead as i32);
        Some(ask.as_of.plus(days))
    };
    let near = &ask.policy.rules.limit_near;
    let within = |days: i32| crossing.within(since + f64::from(days));
    let window = f64::from(ask.policy.value.outcome_window_days);
    let ends = months_ahead(ask.as_of).map(|end| since + f64::from(end.since(ask.as_of).0));
    #[expect(clippy::cast_possible_truncation, reason = "a chart shows fewer digits")]
    let band = course.highests(ends, SHARES).map(|month| month.map(|highest| highest as f32));
    let reach = Reach {
        limit: line.limit,
        p10: day(0.1),
        p50: day(0.5),
        p90: day(0.9),
        chance: within(near.crossing_days),
        chance_rearm: within(near.crossing_days.saturating_add(near.rearm_days)),
        need: course.highest(since + window, 0.5),
    };
    Some((reach, band))
}

/// The last days of the months after the day's own.
pub fn months_ahead(as_of: Day) -> [Day; AHEAD_MONTHS] {
    let first = as_of.month_start();
    let mut ends = [first; AHEAD_MONTHS];
    for (ahead, end) in (2..).zip(ends.iter_mut()) {
        *end = Day(first.plus_months(Months(ahead)).0 - 1);
    }
    ends
}

fn card(lines: &Lines, sampled: usize, judged: &[(String, Judged)]) -> Card {
    let chosen: Vec<&Judged> = judged.iter().map(|(_, row)| row).filter(|it| it.chosen).collect();
    let mut methods: Vec<&str> = chosen.iter().map(|it| it.method).collect();
    methods.sort_unstable();
    methods.dedup();
    let coverage = coverage(&chosen);
    let off =
        |shares: [f64; 3]| shares.iter().zip(SHARES).any(|(is, should)| (is - should).abs() > OFF);
    let (verdict, because) = match coverage {
        _ if lines.lines.is_empty() => (
            Verdict::Lacks,
            Words::new(
                "直近92日に記録のある、上限つきの利用実績がありません",
                "no series with a limit has a reading of the last 92 days",
            ),
        ),
        None => (
            Verdict::Counted,
            Words::new(
                "検証に使える記録が足りないため、全体の傾向で延ばし、幅は仮定値です",
                "too few readings to hold any out: series go on by the pooled trend, and their ranges are a belief",
            ),
        ),
        Some(shares) if off(shares) => (
            Verdict::Signal,
            Words::new(
                "検証用に残した末尾が示した幅に入る割合が、表示より多いか少なめです",
                "ranges hold more or fewer of the held-out ends than they say; see the coverage",
            ),
        ),
        Some(_) => (
            Verdict::Signal,
            Words::new(
                "検証用に残した末尾は、示した幅に表示どおりの割合で入りました",
                "ranges hold as many of the held-out ends as they say",
            ),
        ),
    };
    let of = Words::new("利用が上限に達する日", "when each usage series reaches its limit");
    let mut card = Card::new(NAME, of, &methods.join(", "))
        .counted(lines.readings.len() as u64, None)
        .judged(verdict, because)
        .detail("series", lines.lines.len())
        .detail("sampled_series", sampled)
        .detail("methods", judged.iter().map(tried).collect::<Vec<Value>>());
    for (name, share) in
        ["below_p10", "below_p50", "below_p90"].into_iter().zip(coverage.into_iter().flatten())
    {
        card = card.metric(Metric::plain(name, share));
    }
    card
}

/// How often the held-out ends of the chosen methods lay below each quantile, by cases.
fn coverage(chosen: &[&Judged]) -> Option<[f64; 3]> {
    let cases: f64 = chosen.iter().map(|it| it.cases as f64).sum();
    let share =
        |at: usize| chosen.iter().map(|it| it.coverage[at] * it.cases as f64).sum::<f64>() / cases;
    (cases > 0.0).then(|| [share(0), share(1), share(2)])
}

fn tried((group, it): &(String, Judged)) -> Value {
    let [p10, p50, p90] = it.coverage;
    json!({ "series_group": group, "readings_from": it.from, "method": it.method,
            "chosen": it.chosen, "cases": it.cases, "loss_to_last_value": it.loss,
            "below_p10": p10, "below_p50": p50, "below_p90": p90 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(value: f64, on: Day) -> Usage {
        Usage {
            metric: "users".to_owned(),
            subscription: "S1".into(),
            product: "P".into(),
            limit: Some(100.0),
            value,
            on,
            reach: None,
            earlier_mean: None,
            recent_mean: value,
        }
    }

    fn bound(account: i64, usage: &Usage, counts: bool) -> Bound<'_> {
        Bound { account, place: 0, usage, limit: 100.0, counts }
    }

    /// Forty monthly series that rise by two to four a month, each to a value of its own.
    fn rising(as_of: Day) -> (Lines, BTreeMap<i64, Vec<Usage>>) {
        let (mut lines, mut all) = (Lines::default(), BTreeMap::new());
        for account in 0..40_i64 {
            let (last, rise) = (60.0 + account as f64, 2.0 + (account % 3) as f64);
            let usage = usage(last, as_of);
            let noise = |back: i32| f64::from((back * 7 + 3) % 5) - 2.0;
            let readings = (0..18).rev().map(|back| {
                let value =
                    last - rise * f64::from(back) + if back > 0 { noise(back) } else { 0.0 };
                (as_of.0 - 30 * back, value)
            });
            lines.add(&bound(account, &usage, false), readings, as_of);
            all.insert(account, vec![usage]);
        }
        (lines, all)
    }

    #[test]
    fn who_rises_reaches_the_limit_when_the_rise_says() {
        let as_of = Day::parse_iso("2026-03-31").expect("a day");
        let policy = Policy::default();
        let ask = Ask { as_of, policy: &policy, seed: 1 };
        let (lines, mut all) = rising(as_of);
        let (card, bands) = forecast(&lines, &mut all, &ask);
        assert_eq!(card.details["series"], 40, "{card:?}");
        // Account 10 stands at 70 and rises by three a month: ten months. Account 39 stands at 99.
        let reach = all[&10][0].reach.expect("a forecast");
        let (p10, p50) = (reach.p10.expect("a day"), reach.p50.expect("a day"));
        let months = f64::from(p50.since(as_of).0) / 30.0;
        assert!((7.0..=13.0).contains(&months) && p10 < p50, "{reach:?}");
        assert!(reach.chance < 0.3 && reach.need > 80.0 && reach.need < 96.0, "{reach:?}");
        let near = all[&39][0].reach.expect("a forecast");
        assert!(near.chance > 0.8 && near.chance_rearm >= near.chance, "{near:?}");
        // S36: its range begins at the last reading, rises by about three a month, and widens.
        let band = bands[&(10, 0)];
        let middle: Vec<f32> = band.iter().map(|month| month[1]).collect();
        assert!(middle[0] >= 70.0 && (80.0..96.0).contains(&middle[5]), "{band:?}");
        assert!(band.iter().all(|[p10, p50, p90]| 70.0 <= *p10 && p10 <= p50 && p50 <= p90));
        assert!(band[5][2] - band[5][0] > band[0][2] - band[0][0], "{band:?}");
        // The same sample, the same figures.
        let mut again = rising(as_of).1;
        assert_eq!(forecast(&lines, &mut again, &ask), (card, bands));
        assert_eq!(again, all);
    }

    #[test]
    fn an_old_reading_tells_no_day() {
        let as_of = Day::parse_iso("2026-03-31").expect("a day");
        let mut lines = Lines::default();
        let old = usage(90.0, Day(as_of.0 - 93));
        lines.add(&bound(1, &old, false), [(as_of.0 - 93, 90.0)].into_iter(), as_of);
        let mut all = BTreeMap::from([(1, vec![old])]);
        let policy = Policy::default();
        let (card, bands) = forecast(&lines, &mut all, &Ask { as_of, policy: &policy, seed: 1 });
        assert!(bands.is_empty(), "nothing is foreseen");
        assert_eq!(all[&1][0].reach, None);
        assert_eq!(card.verdict, Verdict::Lacks, "{card:?}");
        assert!(card.because.en.starts_with("no series"), "{card:?}");
    }

    #[test]
    fn counts_are_sums_of_thirty_days_or_of_their_months() {
        let as_of = Day(1000);
        let daily: Vec<(i32, f64)> = (1000 - 69..=1000).map(|day| (day, 2.0)).collect();
        assert_eq!(monthly(&daily, as_of), [(970, 60.0), (1000, 60.0)]);
        // Nothing came for two months: that is known, too. The window before was not seen whole.
        assert_eq!(
            monthly(&[(905, 7.0), (906, 1.0), (1000, 3.0)], as_of),
            [(940, 0.0), (970, 0.0), (1000, 3.0)]
        );
        let months = [(908, 5.0), (939, 6.0), (969, 7.0), (1000, 8.0)];
        assert_eq!(monthly(&months, as_of), months);
        assert_eq!(monthly(&[(1000, 4.0)], as_of), [(1000, 4.0)]);
    }
}
