//! How a column writes its numbers: decimal point or comma, grouping, currency signs, percent.

use crate::ingest::decimal::{half_width, number};

/// How a column writes its numbers.
#[expect(clippy::struct_excessive_bools, reason = "each is seen or not seen in the column")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Numbers {
    /// The decimal sign.
    pub(crate) point: char,
    /// The grouping sign, if there is one.
    pub(crate) group: Option<char>,
    /// Whether a `.` or `,` before three digits could be either.
    pub(crate) open: bool,
    /// A currency that signs state.
    pub(crate) currency: Option<&'static str>,
    /// Whether values are percentages.
    pub(crate) percent: bool,
    /// Whether ingest reads them without being told how.
    pub(crate) plain: bool,
    /// Whether all are whole.
    pub(crate) whole: bool,
    /// The smallest and the greatest.
    pub(crate) range: (f64, f64),
}

const SIGNS: &[(&str, &str)] = &[
    ("$", "USD"),
    ("¥", "JPY"),
    ("円", "JPY"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("USD", "USD"),
    ("JPY", "JPY"),
    ("EUR", "EUR"),
];

/// Reads the values of a column; `None` when more than a few are no numbers.
pub(crate) fn read(values: &[&str]) -> Option<Numbers> {
    let mut currency = None;
    let (mut percent, mut signs) = (0, 0);
    let mut bare: Vec<String> = Vec::new();
    let mut misses = 0;
    for value in values.iter().take(5000) {
        let text = half_width(value);
        let mut rest = text.trim();
        for (sign, code) in SIGNS {
            if let Some(inner) = rest.strip_prefix(sign).or_else(|| rest.strip_suffix(sign)) {
                (currency, rest, signs) = (Some(*code), inner.trim(), signs + 1);
            }
        }
        if let Some(inner) = rest.strip_suffix('%') {
            (percent, rest) = (percent + 1, inner.trim());
        }
        let inner = rest.strip_prefix(['△', '▲', '-', '+', '−']).unwrap_or(rest);
        let negative = rest.starts_with(['△', '▲', '-', '−']);
        signs += usize::from(rest.starts_with(['△', '▲', '−']));
        let digits = inner.bytes().filter(u8::is_ascii_digit).count();
        let known = inner.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b' '));
        if digits == 0 || !known {
            misses += 1;
            continue;
        }
        bare.push(if negative { format!("-{inner}") } else { inner.to_owned() });
    }
    if bare.is_empty() || misses * 50 > bare.len() {
        return None;
    }
    let (point, group, open) = signs_of(&bare);
    let plain_text = |text: &String| -> String {
        let kept = text.chars().filter(|c| Some(*c) != group && *c != ' ');
        kept.map(|c| if c == point { '.' } else { c }).collect()
    };
    let read: Vec<f64> = bare.iter().filter_map(|text| number(&plain_text(text))).collect();
    if read.len() * 50 < bare.len() * 49 {
        return None;
    }
    let fold = |pick: fn(f64, f64) -> f64| read.iter().copied().reduce(pick);
    Some(Numbers {
        point,
        group,
        open,
        currency,
        percent: percent * 2 > bare.len(),
        plain: signs == 0 && percent == 0 && point == '.' && group.is_none_or(|group| group == ','),
        whole: read.iter().all(|number| number.fract() == 0.0),
        range: (fold(f64::min)?, fold(f64::max)?),
    })
}

/// Decimal sign, grouping sign, and whether it could be the other way round.
fn signs_of(texts: &[String]) -> (char, Option<char>, bool) {
    let (mut comma_is_point, mut dot_is_point, mut comma_groups, mut dot_groups) = (0, 0, 0, 0);
    for text in texts {
        let comma = text.rfind(',');
        let dot = text.rfind('.');
        #[expect(clippy::match_same_arms, reason = "each arm is one way to write a number")]
        match (comma, dot) {
            (Some(comma), Some(dot)) if comma > dot => comma_is_point += 1,
            (Some(_), Some(_)) => dot_is_point += 1,
            (Some(at), None) if grouped(text, ',', at) => comma_groups += 1,
            (Some(_), None) => comma_is_point += 1,
            (None, Some(at)) if grouped(text, '.', at) => dot_groups += 1,
            (None, Some(_)) => dot_is_point += 1,
            (None, None) => {}
        }
    }
    if comma_is_point > dot_is_point {
        return (
            ',',
            (dot_groups > 0 || texts.iter().any(|t| t.contains('.'))).then_some('.'),
            false,
        );
    }
    let many_dots = texts.iter().any(|text| text.matches('.').count() > 1);
    if many_dots && dot_is_point == 0 {
        return (',', Some('.'), false);
    }
    let group = (comma_groups > 0 || texts.iter().any(|text| text.contains(','))).then_some(',');
    ('.', group, dot_is_point == 0 && dot_groups > 0)
}

/// Whether the sign stands before groups of three only.
fn grouped(text: &str, sign: char, last: usize) -> bool {
    let whole = text.trim_start_matches('-');
    let first = whole.split(sign).next().unwrap_or_default();
    text.len() - last == 4
        && (1..=3).contains(&first.len())
        && first != "0"
        && whole.split(sign).skip(1).all(|group| group.len() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(values: &[&str], expected: &str) {
        let said = read(values).map_or("no numbers".to_owned(), |n| {
            let mut out = format!("{}{}", n.point, n.group.map_or(String::new(), String::from));
            for (yes, word) in [
                (n.open, " open"),
                (n.percent, " percent"),
                (n.plain, " plain"),
                (n.whole, " whole"),
            ] {
                out.push_str(if yes { word } else { "" });
            }
            format!("{out} {}", n.currency.unwrap_or_default()).trim_end().to_owned()
        });
        assert_eq!(said, expected, "{values:?}");
    }

    #[test]
    fn decimal_signs() {
        check(&["1.5", "2"], ". plain");
        check(&["1,5", "2"], ",");
        check(&["1.234,50", "7"], ",.");
        check(&["1,234.50"], "., plain");
        check(&["1,234", "12"], "., plain whole");
        check(&["1.234.567", "1.234"], ",. whole");
        check(&["1.234"], ". open plain");
    }
    #[test]
    fn signs_and_widths() {
        check(&["$1,200", "$5"], "., whole USD");
        check(&["１２，３００円"], "., whole JPY");
        check(&["△500", "20"], ". whole");
        check(&["10%", "5%"], ". percent whole");
    }
    #[test]
    fn what_is_no_number() {
        check(&["A-1", "2"], "no numbers");
        check(&["2024-01-01"], "no numbers");
        check(&[""], "no numbers");
    }
}
