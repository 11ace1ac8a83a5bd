//! Figures in sentences: counts, shares, days, and how a number is known.

use domain::ids::ProductId;
use domain::probability::{Estimate, Provenance};
use domain::time::Day;
use domain::words::Words;

use crate::catalogue::Catalogue;

/// The same text in both languages.
pub(crate) fn both(text: &str) -> Words {
    Words::new(text, text)
}

/// What a product is called; its id where the catalogue does not have it.
pub(crate) fn name<'a>(catalogue: &'a Catalogue, id: &'a ProductId) -> &'a str {
    catalogue.product(id).map_or(id.as_str(), |product| product.name.as_str())
}

/// Adds a sentence to both languages.
pub(crate) fn add(words: &mut Words, ja: &str, en: &str) {
    words.ja.push_str(ja);
    words.en.push_str(en);
}

/// A whole number with grouping: `4,238`.
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Days in English: `1 day`, `12 days`.
pub(crate) fn days(n: i32) -> String {
    if n == 1 { "1 day".to_owned() } else { format!("{n} days") }
}

/// A quantity without needless decimals: `93`, `46.5`, `1,204`.
pub(crate) fn figure(x: f64) -> String {
    let tenths = (x * 10.0).round() / 10.0;
    if !tenths.is_finite() {
        return "-".to_owned();
    }
    let sign = if tenths < 0.0 { "-" } else { "" };
    let whole = tenths.abs().trunc();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to what u64 holds"
    )]
    let grouped = count(whole.min(1e15) as u64);
    let rest = ((tenths.abs() - whole) * 10.0).round();
    if rest >= 1.0 { format!("{sign}{grouped}.{rest}") } else { format!("{sign}{grouped}") }
}

/// A share in percent: `18 %`, `0.4 %` under one percent, `<0.1 %` where no tenth is left.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.05 {
        "<0.1 %".to_owned()
    } else if percent > 0.0 && percent < 0.95 {
        format!("{percent:.1} %")
    } else {
        format!("{percent:.0} %")
    }
}

/// The third of a month in which a day lies: 上旬 and `early`, 中旬 and `mid-`, 下旬 and `late`.
fn third(day: Day) -> (&'static str, &'static str) {
    match day.ymd().2 {
        1..=10 => ("上旬", "early "),
        11..=20 => ("中旬", "mid-"),
        _ => ("下旬", "late "),
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn month_en(day: Day) -> &'static str {
    MONTHS[usize::try_from(day.ymd().1).map_or(0, |month| month.clamp(1, 12) - 1)]
}

/// A day that is known to ten days: 2026年6月上旬, `early June 2026`.
pub(crate) fn about(day: Day) -> Words {
    let ((year, month, _), (ja, en)) = (day.ymd(), third(day));
    Words::new(format!("{year}年{month}月{ja}"), format!("{en}{} {year}", month_en(day)))
}

/// From one day to a later one, each known to ten days: 2026年6月上旬〜8月下旬, `early June to late August 2026`.
pub(crate) fn span(from: Day, until: Day) -> Words {
    let (first, last) = (about(from), about(until));
    if first == last {
        return first;
    }
    let ((year, month, _), (to_year, to_month, _)) = (from.ymd(), until.ymd());
    let ((_, en), (to_ja, to_en)) = (third(from), third(until));
    let name = month_en(from);
    match (year == to_year, month == to_month) {
        (true, true) => {
            Words::new(format!("{}〜{to_ja}", first.ja), format!("{en}{name} to {}", last.en))
        }
        (true, false) => Words::new(
            format!("{}〜{to_month}月{to_ja}", first.ja),
            format!("{en}{name} to {to_en}{} {to_year}", month_en(until)),
        ),
        (false, _) => {
            Words::new(format!("{}〜{}", first.ja, last.ja), format!("{} to {}", first.en, last.en))
        }
    }
}

/// A day beside another of which the year has been said: 7月1日.
pub(crate) fn same_year_ja(day: Day, said: Day) -> String {
    let (year, month, of_month) = day.ymd();
    if year == said.ymd().0 { format!("{month}月{of_month}日") } else { day.display_ja() }
}

/// How a number is known: 仮定値, 推定 or 実験で測定.
pub(crate) fn known(estimate: &Estimate) -> Words {
    let n = count(estimate.n);
    match (estimate.provenance, estimate.n) {
        (Provenance::Prior, _) => Words::new("仮定値", "assumed"),
        (Provenance::Estimated, 0 | 1) => Words::new("実績による", "from the records"),
        (Provenance::Estimated, _) => {
            Words::new(format!("{n}件から推定"), format!("estimated from {n} cases"))
        }
        (Provenance::Experiment, _) => {
            Words::new(format!("実験で測定、n={n}"), format!("measured by an experiment, n={n}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_say_what_differs() {
        let day = |text| Day::parse_iso(text).expect("a day");
        let said = |from, until| {
            let words = span(day(from), day(until));
            format!("{} | {}", words.ja, words.en)
        };
        assert_eq!(
            said("2026-06-03", "2026-08-29"),
            "2026年6月上旬〜8月下旬 | early June to late August 2026"
        );
        assert_eq!(
            said("2026-06-10", "2026-06-11"),
            "2026年6月上旬〜中旬 | early June to mid-June 2026"
        );
        assert_eq!(said("2026-06-21", "2026-06-30"), "2026年6月下旬 | late June 2026");
        assert_eq!(
            said("2026-11-15", "2027-02-01"),
            "2026年11月中旬〜2027年2月上旬 | mid-November 2026 to early February 2027"
        );
        assert_eq!(same_year_ja(day("2026-07-01"), day("2026-06-03")), "7月1日");
        assert_eq!(same_year_ja(day("2027-07-01"), day("2026-06-03")), "2027年7月1日");
    }

    #[test]
    fn figures_read_as_people_write_them() {
        assert_eq!(figure(93.0), "93");
        assert_eq!(figure(1204.46), "1,204.5");
        assert_eq!(figure(-0.04), "0");
        assert_eq!(figure(-12.34), "-12.3");
        assert_eq!(percent(0.004), "0.4 %");
        assert_eq!(percent(0.184), "18 %");
        assert_eq!(percent(0.0), "0 %");
        assert_eq!((percent(0.000_5), percent(0.000_4)), ("0.1 %".to_owned(), "<0.1 %".to_owned()));
        assert_eq!(count(1_234_567), "1,234,567");
    }
}
