//! Small charts as inline SVG: bars from zero for amounts, a line against its limit for usage.

use std::fmt::Write;

use decide::card::Series;
use domain::money::Currency;
use domain::words::Lang;

use crate::show;
use crate::words::either;

/// Months drawn; older ones are left out.
const MONTHS: usize = 36;
/// The plot's edges inside the 360 x 150 view box; the labels stand right of it and below.
const LEFT: f64 = 4.0;
const RIGHT: f64 = 264.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 122.0;
/// What fits right of the plot.
const MARGIN: f64 = 88.0;
/// Labels closer than this would overlap.
const LINE_HEIGHT: f64 = 15.0;

/// A text at a place of the view box.
pub(crate) struct Label {
    pub(crate) x: String,
    pub(crate) y: String,
    pub(crate) class: &'static str,
    pub(crate) text: String,
}

/// One chart, ready to be drawn.
pub(crate) struct Chart {
    pub(crate) title: String,
    pub(crate) spoken: String,
    pub(crate) zero: String,
    pub(crate) bars: String,
    pub(crate) line: String,
    pub(crate) dot: Option<(String, String)>,
    pub(crate) limit: Option<String>,
    /// What is expected: the range as an area, and its middle.
    pub(crate) band: String,
    pub(crate) middle: String,
    pub(crate) labels: Vec<Label>,
    pub(crate) rows: Vec<(String, String)>,
    /// When the limit is reached, in words.
    pub(crate) reach: String,
    pub(crate) source: String,
}

/// A point at its month, counted from year 0.
#[derive(Clone, Copy)]
struct Point {
    month: i32,
    value: f64,
}

/// What is expected at a month.
#[derive(Clone, Copy)]
struct Ahead {
    month: i32,
    p10: f64,
    p50: f64,
    p90: f64,
}

/// From months and values to the view box.
struct Scale {
    first: i32,
    step: f64,
    low: f64,
    high: f64,
    /// Where the highest value lies.
    top: f64,
}

impl Scale {
    fn of(points: &[Point], ahead: &[Ahead], limit: Option<f64>) -> Self {
        let first = points.first().map_or(0, |point| point.month);
        let last = points.last().map_or(0, |point| point.month);
        let last = ahead.last().map_or(last, |ahead| ahead.month);
        let values = points.iter().map(|point| point.value).chain(limit);
        let values = values.chain(ahead.iter().map(|ahead| ahead.p90));
        let (low, high) =
            values.fold((0.0_f64, 0.0_f64), |(low, high), v| (low.min(v), high.max(v)));
        let high = if high > low { high } else { low + 1.0 };
        Self { first, step: (RIGHT - LEFT) / f64::from(last - first + 1), low, high, top: TOP }
    }

    /// The middle of a month's column.
    fn x(&self, month: i32) -> f64 {
        LEFT + (f64::from(month - self.first) + 0.5) * self.step
    }

    fn y(&self, value: f64) -> f64 {
        BOTTOM - (value - self.low) / (self.high - self.low) * (BOTTOM - self.top)
    }
}

impl Chart {
    /// The chart of a series; `None` when it has no readable month.
    pub(crate) fn new(series: &Series, lang: Lang) -> Option<Self> {
        let points = points(series);
        let (last, limit) = (*points.last()?, series.limit.filter(|limit| limit.is_finite()));
        let ahead = ahead(series, last.month);
        let amounts = Currency::parse(&series.unit).is_some();
        let shown = |value: f64| show::with_unit(value, &series.unit);
        let limit_text = limit.map(|limit| limit_words(lang, &shown(limit)));
        let title = series.said.get(lang).to_owned();
        let spoken = spoken(lang, &title, (&month_text(lang, last.month), &shown(last.value)));
        let end = ahead.last().map_or(last.month, |ahead| ahead.month);
        let right = ahead.last().map_or_else(
            || (last.value, shown(last.value)),
            |ahead| (ahead.p50, expected_words(lang, &shown(ahead.p50))),
        );
        // Two labels above their lines inside the plot need the room of two.
        let two_inside = limit_text.as_ref().is_some_and(|text| !fits(text)) && !fits(&right.1);
        let top = if two_inside { TOP + LINE_HEIGHT } else { TOP };
        let scale = Scale { top, ..Scale::of(&points, &ahead, limit) };
        let mut labels = month_labels((points[0].month, end), &scale, lang);
        labels.extend(value_labels(&scale, right, limit.zip(limit_text.clone())));
        labels.extend(
            (!ahead.is_empty() && !amounts)
                .then(|| now_label(&scale, last, limit, shown(last.value))),
        );
        let highest = points.iter().map(|point| point.value).fold(0.0_f64, f64::max);
        let height = height_label(&scale, (highest, shown(highest)), [Some(last.value), limit]);
        labels.extend(height.filter(|_| ahead.is_empty()));
        let rows = points.iter().rev().filter(|_| !amounts || ahead.is_empty());
        let foreseen = ahead.iter().rev();
        Some(Self {
            spoken: limit_text.map_or(spoken.clone(), |limit| format!("{spoken} {limit}")),
            title,
            zero: coordinate(scale.y(0.0)),
            bars: if amounts { bars(&points, &scale) } else { String::new() },
            line: if amounts { String::new() } else { line(&points, &scale) },
            dot: (!amounts)
                .then(|| (coordinate(scale.x(last.month)), coordinate(scale.y(last.value)))),
            limit: limit.map(|limit| coordinate(scale.y(limit))),
            labels,
            band: band(last, &ahead, &scale),
            middle: middle(last, &ahead, &scale),
            rows: foreseen
                .map(|it| ahead_row(lang, it, &shown))
                .chain(rows.map(|p| (month_text(lang, p.month), shown(p.value))))
                .collect(),
            reach: series.reach.as_ref().map_or_else(String::new, |it| it.get(lang).to_owned()),
            source: source(series, lang),
        })
    }
}

fn points(series: &Series) -> Vec<Point> {
    let read = series.points.iter().filter_map(|(text, value)| {
        let (year, month) = text.split_once('-')?;
        let (year, month): (i32, i32) = (year.parse().ok()?, month.get(..2)?.parse().ok()?);
        let sound = value.is_finite() && (1..=12).contains(&month) && (0..=9999).contains(&year);
        sound.then_some(Point { month: year * 12 + month - 1, value: *value })
    });
    let mut points: Vec<Point> = read.collect();
    points.sort_by_key(|point| point.month);
    points.dedup_by_key(|point| point.month);
    let newest = points.last().map_or(0, |point| point.month);
    let months = i32::try_from(MONTHS).unwrap_or(i32::MAX);
    points.retain(|point| newest - point.month < months);
    points
}

/// The readable months after the last one.
fn ahead(series: &Series, last: i32) -> Vec<Ahead> {
    let read = series.ahead.iter().filter_map(|it| {
        let (year, month) = it.month.split_once('-')?;
        let (year, month): (i32, i32) = (year.parse().ok()?, month.parse().ok()?);
        let sound = [it.p10, it.p50, it.p90].iter().all(|value| value.is_finite());
        let month = year * 12 + month - 1;
        let (p10, p50, p90) = (it.p10, it.p50, it.p90);
        (sound && month > last).then_some(Ahead { month, p10, p50, p90 })
    });
    let mut found: Vec<Ahead> = read.collect();
    found.sort_by_key(|ahead| ahead.month);
    found.dedup_by_key(|ahead| ahead.month);
    found
}

/// The area between p10 and p90, from the last value on.
fn band(last: Point, ahead: &[Ahead], scale: &Scale) -> String {
    if ahead.is_empty() {
        return String::new();
    }
    let at = |month: i32, value: f64| {
        format!("{} {}", coordinate(scale.x(month)), coordinate(scale.y(value)))
    };
    let start = at(last.month, last.value);
    let up = ahead.iter().map(|it| at(it.month, it.p90));
    let back = ahead.iter().rev().map(|it| at(it.month, it.p10));
    let points: Vec<String> = [start].into_iter().chain(up).chain(back).collect();
    format!("M{}z", points.join("L"))
}

/// The line of p50, from the last value on.
fn middle(last: Point, ahead: &[Ahead], scale: &Scale) -> String {
    let points = [Point { month: last.month, value: last.value }].into_iter();
    let points = points.chain(ahead.iter().map(|it| Point { month: it.month, value: it.p50 }));
    let points: Vec<String> = points
        .map(|it| format!("{} {}", coordinate(scale.x(it.month)), coordinate(scale.y(it.value))))
        .collect();
    if ahead.is_empty() { String::new() } else { format!("M{}", points.join("L")) }
}

/// `2026年9月(見込み)`, `104(98〜112)`.
fn ahead_row(lang: Lang, it: &Ahead, shown: &impl Fn(f64) -> String) -> (String, String) {
    let month = month_text(lang, it.month);
    let (low, middle, high) = (shown(it.p10), shown(it.p50), shown(it.p90));
    (
        either(lang, format!("{month}(見込み)"), format!("{month} (expected)")),
        either(lang, format!("{middle}({low}〜{high})"), format!("{middle} ({low} to {high})")),
    )
}

fn expected_words(lang: Lang, value: &str) -> String {
    either(lang, format!("見込み {value}"), format!("expected {value}"))
}

/// `利用量 seats 2026年3月11日(水)`.
fn source(series: &Series, lang: Lang) -> String {
    let on = series.on.as_deref().map_or_else(String::new, |on| show::iso_date(lang, on));
    format!("{} {on}", crate::words::source(lang, &series.source)).trim().to_owned()
}

/// The last value at its point, where the line goes on: above it, or below where the limit is near.
fn now_label(scale: &Scale, last: Point, limit: Option<f64>, text: String) -> Label {
    let y = scale.y(last.value);
    let near = limit.is_some_and(|limit| (0.0..22.0).contains(&(y - scale.y(limit))));
    let y = if near || y < TOP + 12.0 { y + 18.0 } else { y - 8.0 };
    Label { x: coordinate(scale.x(last.month)), y: coordinate(y), class: "e v", text }
}

fn month_text(lang: Lang, month: i32) -> String {
    show::month(lang, &format!("{}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1))
}

fn limit_words(lang: Lang, limit: &str) -> String {
    either(lang, format!("上限 {limit}"), format!("limit {limit}"))
}

fn spoken(lang: Lang, title: &str, (month, value): (&str, &str)) -> String {
    either(lang, format!("{title} {month}は{value}。"), format!("{title}: {value} in {month}."))
}

fn coordinate(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// One path of all bars, each from zero to its value.
fn bars(points: &[Point], scale: &Scale) -> String {
    let width = (scale.step * 0.72).min(28.0);
    let mut path = String::new();
    for point in points {
        let x = coordinate(scale.x(point.month) - width / 2.0);
        let (zero, top) = (coordinate(scale.y(0.0)), coordinate(scale.y(point.value)));
        let _ = write!(path, "M{x} {zero}V{top}h{}V{zero}z", coordinate(width));
    }
    path
}

/// One path through the values, broken where months are missing.
fn line(points: &[Point], scale: &Scale) -> String {
    let mut path = String::new();
    let mut before: Option<i32> = None;
    for point in points {
        let joined = before.is_some_and(|month| point.month - month == 1);
        let (x, y) = (coordinate(scale.x(point.month)), coordinate(scale.y(point.value)));
        let _ = write!(path, "{}{x} {y}", if joined { 'L' } else { 'M' });
        before = Some(point.month);
    }
    path
}

/// The first and last month, and the years between.
fn month_labels((first, last): (i32, i32), scale: &Scale, lang: Lang) -> Vec<Label> {
    let y = coordinate(BOTTOM + 18.0);
    let label = |x: f64, class, text| Label { x: coordinate(x), y: y.clone(), class, text };
    let mut labels = Vec::new();
    if first == last {
        labels.push(label(scale.x(last), "m", month_text(lang, last)));
        return labels;
    }
    labels.push(label(LEFT, "s", month_text(lang, first)));
    for month in first + 1..last {
        let x = scale.x(month);
        if month.rem_euclid(12) == 0 && x > LEFT + 84.0 && x < RIGHT - 84.0 {
            labels.push(label(x, "m", month.div_euclid(12).to_string()));
        }
    }
    labels.push(label(RIGHT, "e", month_text(lang, last)));
    labels
}

/// The last value and the limit, right of the plot, moved apart where they would overlap.
fn value_labels(
    scale: &Scale,
    (last, text): (f64, String),
    limit: Option<(f64, String)>,
) -> Vec<Label> {
    let mut value_y = scale.y(last) + 4.0;
    let mut labels = Vec::new();
    if let Some((limit, text)) = limit {
        let limit_y = scale.y(limit) + 4.0;
        if (value_y - limit_y).abs() < LINE_HEIGHT {
            let below = last <= limit && limit_y + LINE_HEIGHT <= BOTTOM + 4.0;
            value_y = if below { limit_y + LINE_HEIGHT } else { limit_y - LINE_HEIGHT };
        }
        labels.push(beside(limit_y, ["s l", "e l"], text));
    }
    labels.push(beside(value_y, ["s v", "e v"], text));
    labels
}

/// The highest value at its height, where no other label stands: what the plot's height means.
fn height_label(
    scale: &Scale,
    (highest, text): (f64, String),
    others: [Option<f64>; 2],
) -> Option<Label> {
    let y = scale.y(highest);
    let crowded = |other: f64| (scale.y(other) - y).abs() < 2.0 * LINE_HEIGHT;
    let free = highest > 0.0 && !others.into_iter().flatten().any(crowded);
    free.then(|| beside(y + 4.0, ["s", "e"], text))
}

/// Whether a label has room right of the plot.
fn fits(text: &str) -> bool {
    let width: f64 = text.chars().map(|c| if c.is_ascii() { 7.0 } else { 12.0 }).sum();
    width <= MARGIN
}

/// A label right of the plot, or above its line inside the plot where it is too long for that.
fn beside(y: f64, [outside, inside]: [&'static str; 2], text: String) -> Label {
    if fits(&text) {
        let (x, y) = (coordinate(RIGHT + 8.0), coordinate(y));
        return Label { x, y, class: outside, text };
    }
    let (x, y) = (coordinate(RIGHT), coordinate((y - 10.0).max(TOP - 4.0)));
    Label { x, y, class: inside, text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use decide::card::{AheadPoint, Said};

    fn series(unit: &str, limit: Option<f64>, points: &[(&str, f64)]) -> Series {
        let said = Said { ja: "利用ユーザー".to_owned(), en: "Users".to_owned() };
        let points = points.iter().map(|(month, value)| ((*month).to_owned(), *value)).collect();
        Series {
            said,
            unit: unit.to_owned(),
            limit,
            points,
            ahead: Vec::new(),
            reach: None,
            source: String::new(),
            on: None,
        }
    }

    #[test]
    fn s36_what_is_expected_is_a_band_from_the_last_value_on() {
        let ahead =
            |month: &str, p10, p50, p90| AheadPoint { month: month.to_owned(), p10, p50, p90 };
        let given = Series {
            ahead: vec![
                ahead("2026-03", 95.0, 100.0, 110.0),
                ahead("2026-02", 91.0, 95.0, 100.0),
                ahead("2026-01", 0.0, 0.0, 0.0),
                ahead("soon", 0.0, 0.0, 0.0),
            ],
            source: "usage users".to_owned(),
            on: Some("2026-01-31".to_owned()),
            ..series("名", Some(100.0), &[("2025-12", 80.0), ("2026-01", 90.0)])
        };
        let chart = Chart::new(&given, Lang::Ja).expect("a chart");
        // A step is 65 wide; 110 is the highest.
        assert_eq!(chart.band, "M101.5 35.3L166.5 25.6L231.5 16L231.5 30.5L166.5 34.3z");
        assert_eq!(chart.middle, "M101.5 35.3L166.5 30.5L231.5 25.6");
        assert_eq!(
            chart.rows[0],
            ("2026年3月(見込み)".to_owned(), "100 名(95 名〜110 名)".to_owned())
        );
        assert_eq!(chart.source, "利用量 users 2026年1月31日(土)");
        let texts: Vec<&str> = chart.labels.iter().map(|label| &*label.text).collect();
        assert!(texts.contains(&"見込み 100 名") && texts.contains(&"90 名"), "{texts:?}");
        let bare =
            Chart::new(&series("名", None, &[("2026-01", 90.0)]), Lang::Ja).expect("a chart");
        assert!(bare.band.is_empty() && bare.middle.is_empty());
    }

    #[test]
    fn a_series_without_months_has_no_chart() {
        assert!(Chart::new(&series("名", None, &[]), Lang::Ja).is_none());
        assert!(Chart::new(&series("名", None, &[("soon", 1.0)]), Lang::Ja).is_none());
    }

    #[test]
    fn amounts_are_bars_from_zero() {
        let chart =
            Chart::new(&series("JPY", None, &[("2026-01", 100.0), ("2026-02", 0.0)]), Lang::Ja)
                .expect("a chart");
        assert_eq!(chart.bars, "M55 122V16h28V122zM185 122V122h28V122z");
        assert!(chart.line.is_empty() && chart.dot.is_none());
        assert_eq!(chart.rows[0], ("2026年2月".to_owned(), "¥0".to_owned()));
    }

    #[test]
    fn a_line_breaks_where_a_month_is_missing() {
        let points = [("2026-01", 10.0), ("2026-02", 20.0), ("2026-04", 40.0)];
        let chart = Chart::new(&series("", Some(50.0), &points), Lang::En).expect("a chart");
        assert_eq!(chart.line.matches('M').count(), 2);
        assert_eq!(chart.limit.as_deref(), Some("16"));
        assert_eq!(chart.spoken, "Users: 40 in Apr 2026. limit 50");
    }

    #[test]
    fn labels_do_not_overlap() {
        let chart =
            Chart::new(&series("", Some(100.0), &[("2026-01", 99.0)]), Lang::En).expect("a chart");
        let ys: Vec<f64> = chart.labels[1..].iter().map(|l| l.y.parse().expect("a y")).collect();
        assert!((ys[0] - ys[1]).abs() >= LINE_HEIGHT);
    }

    #[test]
    fn two_labels_inside_the_plot_do_not_overlap() {
        let month = "2026-04".to_owned();
        let given = Series {
            ahead: vec![AheadPoint { month, p10: 96.0, p50: 101.0, p90: 107.0 }],
            ..series("seats", Some(100.0), &[("2026-03", 93.0)])
        };
        let chart = Chart::new(&given, Lang::En).expect("a chart");
        let y = |start: &str| -> f64 {
            let label = chart.labels.iter().find(|label| label.text.starts_with(start));
            label.expect("a label").y.parse().expect("a y")
        };
        let (expected, limit) = (y("expected"), y("limit"));
        assert!(limit - expected >= LINE_HEIGHT - 0.2, "{expected} {limit}");
        assert!(expected >= TOP - 4.0, "{expected}");
    }

    #[test]
    fn returns_hang_below_zero() {
        let points = [("2026-01", 100.0), ("2026-02", -100.0)];
        let chart = Chart::new(&series("USD", None, &points), Lang::En).expect("a chart");
        assert_eq!(chart.zero, "69");
    }
}
