//! Numbers, amounts and dates as people read them.

use domain::money::Currency;
use domain::time::Day;
use domain::words::Lang;

const WEEKDAYS_JA: [&str; 7] = ["月", "火", "水", "木", "金", "土", "日"];
const WEEKDAYS_EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS_EN: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `2026年3月12日(木)`, `Thu 12 Mar 2026`.
pub(crate) fn date(lang: Lang, day: Day) -> String {
    let weekday = usize::try_from((day.0 + 3).rem_euclid(7)).unwrap_or(0);
    match lang {
        Lang::Ja => format!("{}({})", day.display_ja(), WEEKDAYS_JA[weekday]),
        Lang::En => format!("{} {}", WEEKDAYS_EN[weekday], day.display_en()),
    }
}

/// The day of an ISO text as people read it; any other text as it is.
pub(crate) fn iso_date(lang: Lang, text: &str) -> String {
    Day::parse_iso(text).map_or_else(|| text.to_owned(), |day| date(lang, day))
}

/// `3月9日`, `9 Mar`: where the year is plain from beside it.
pub(crate) fn short_date(lang: Lang, day: Day) -> String {
    let (_, month, day) = day.ymd();
    match lang {
        Lang::Ja => format!("{month}月{day}日"),
        Lang::En => format!("{day} {}", month_name(month)),
    }
}

/// `2026年3月`, `Mar 2026` of `2026-03`.
pub(crate) fn month(lang: Lang, text: &str) -> String {
    let parts = text.split_once('-').and_then(|(year, month)| {
        let month: i8 = month.parse().ok().filter(|m| (1..=12).contains(m))?;
        Some((year, month))
    });
    match (parts, lang) {
        (None, _) => text.to_owned(),
        (Some((year, month)), Lang::Ja) => format!("{year}年{month}月"),
        (Some((year, month)), Lang::En) => format!("{} {year}", month_name(month)),
    }
}

/// `2026-04` of `2026-03`; any other text as it is.
pub(crate) fn next_month(text: &str) -> String {
    let read = |text: &str| -> Option<(i32, i32)> {
        let (year, month) = text.split_once('-')?;
        Some((year.parse().ok()?, month.parse().ok().filter(|month| (1..=12).contains(month))?))
    };
    read(text).map_or_else(
        || text.to_owned(),
        |(year, month)| format!("{:04}-{:02}", year + month / 12, month % 12 + 1),
    )
}

/// `Mar` of 3.
pub(crate) fn month_name(month: i8) -> &'static str {
    usize::try_from(month).ok().and_then(|m| MONTHS_EN.get(m.wrapping_sub(1))).unwrap_or(&"")
}

/// A whole number with grouping.
pub(crate) fn whole(n: u64) -> String {
    group(&n.to_string())
}

/// A whole number with sign and grouping.
pub(crate) fn count(n: i64) -> String {
    let sign = if n < 0 { "-" } else { "" };
    format!("{sign}{}", whole(n.unsigned_abs()))
}

/// A number with grouping and at most `decimals` decimals, without trailing zeros.
pub(crate) fn number(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (digits, part) = text.split_once('.').unwrap_or((&text, ""));
    let part = part.trim_end_matches('0');
    let sign =
        if value < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) { "-" } else { "" };
    let dot = if part.is_empty() { "" } else { "." };
    format!("{sign}{}{dot}{part}", group(digits))
}

/// A share in per cent without the sign: `18`, `0.4`, `<0.1`.
pub(crate) fn percent(share: f64) -> String {
    let percent = share.clamp(0.0, 1.0) * 100.0;
    if percent > 0.0 && percent < 0.05 {
        return "<0.1".to_owned();
    }
    number(percent, usize::from(percent < 9.95))
}

/// An amount in major units, for charts: `¥1,200` or the unit behind the number.
pub(crate) fn with_unit(value: f64, unit: &str) -> String {
    match Currency::parse(unit) {
        Some(currency) => {
            currency.display(currency.round_expected(value * currency.minor_per_major() as f64))
        }
        None if unit.is_empty() => number(value, 1),
        None => format!("{} {unit}", number(value, 1)),
    }
}

/// An amount with its sign, also when positive.
pub(crate) fn signed(currency: Currency, minor: i64) -> String {
    let sign = if minor > 0 { "+" } else { "" };
    format!("{sign}{}", currency.display(minor))
}

fn group(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_carry_their_weekday() {
        let day = Day::parse_iso("2026-03-12").expect("a date");
        assert_eq!(date(Lang::Ja, day), "2026年3月12日(木)");
        assert_eq!(date(Lang::En, day), "Thu 12 Mar 2026");
        assert_eq!(short_date(Lang::En, day), "12 Mar");
        assert_eq!(iso_date(Lang::Ja, "soon"), "soon");
    }

    #[test]
    fn months_are_read() {
        assert_eq!(next_month("2026-03"), "2026-04");
        assert_eq!(next_month("2026-12"), "2027-01");
        assert_eq!(next_month("soon"), "soon");
        assert_eq!(month(Lang::Ja, "2026-03"), "2026年3月");
        assert_eq!(month(Lang::En, "2026-03"), "Mar 2026");
        assert_eq!(month(Lang::En, "2026-13"), "2026-13");
    }

    #[test]
    fn numbers_are_grouped_and_short() {
        assert_eq!(number(1234.50, 1), "1,234.5");
        assert_eq!(number(-0.04, 1), "0");
        assert_eq!(number(-1000.0, 1), "-1,000");
        assert_eq!(count(-1204), "-1,204");
        assert_eq!(percent(0.18), "18");
        assert_eq!(percent(0.004), "0.4");
        assert_eq!(percent(0.0001), "<0.1");
        assert_eq!(percent(0.0), "0");
    }

    #[test]
    fn units_stand_with_their_numbers() {
        assert_eq!(with_unit(84_000.0, "JPY"), "¥84,000");
        assert_eq!(with_unit(12.5, "USD"), "$12.50");
        assert_eq!(with_unit(93.0, "名"), "93 名");
        assert_eq!(signed(Currency::JPY, 84_000), "+¥84,000");
        assert_eq!(signed(Currency::JPY, -84_000), "-¥84,000");
    }
}
