//! Days and months as people write them in a cell of text.

use domain::time::Day;

/// The closing month that a text names: `3月決算`, `３月末`, `March`, `2026-03-31`, `3`; nothing where it names none or
/// several.
pub(super) fn month(text: &str) -> Option<i8> {
    let text = plain(text);
    if let Some(day) = day(&text) {
        return Some(day.ymd().1);
    }
    let valid = |number: &str| number.parse::<i8>().ok().filter(|month| (1..=12).contains(month));
    if let Some(alone) = valid(text.trim()) {
        return Some(alone);
    }
    let mut found: Vec<i8> = Vec::new();
    for (at, _) in text.match_indices('月') {
        let digits: Vec<char> = text[..at].chars().rev().take_while(char::is_ascii_digit).collect();
        found.extend(valid(&digits.into_iter().rev().collect::<String>()));
    }
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() >= 3);
    for word in words {
        found.extend((1_i8..).zip(MONTHS).find(|(_, name)| name.starts_with(word)).map(|(n, _)| n));
    }
    found.dedup();
    match found.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The first day that a text names: `2026-04-01`, `2026/4/1`, `2026年4月1日`; of a month alone (`2026年4月`) its first.
pub(super) fn day(text: &str) -> Option<Day> {
    let text = plain(text);
    let numbers: Vec<(usize, i32, usize)> = numbers(&text);
    for (i, (at, year, digits)) in numbers.iter().enumerate() {
        if *digits != 4 || !(1990..=2100).contains(year) {
            continue;
        }
        let near = |from: usize, to: usize| text[from..to].chars().all(|c| "-/.年月 ".contains(c));
        let Some((month_at, month, _)) = numbers.get(i + 1) else { continue };
        if !near(at + 4, *month_at) {
            continue;
        }
        let after = numbers.get(i + 2).filter(|(day_at, ..)| {
            let end =
                month_at + if *month > 9 || text[*month_at..].starts_with('0') { 2 } else { 1 };
            end <= *day_at && near(end, *day_at)
        });
        let of_month = after.map_or(1, |(_, day, _)| *day);
        let (Ok(year), Ok(month), Ok(of_month)) =
            (i16::try_from(*year), i8::try_from(*month), i8::try_from(of_month))
        else {
            continue;
        };
        if let Some(day) = Day::from_ymd(year, month, of_month) {
            return Some(day);
        }
    }
    None
}

/// Runs of digits: where, the number, how many digits.
fn numbers(text: &str) -> Vec<(usize, i32, usize)> {
    let mut found = Vec::new();
    let mut from = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (c.is_ascii_digit(), from) {
            (true, None) => from = Some(at),
            (false, Some(begun)) => {
                if let Ok(number) = text[begun..at].parse() {
                    found.push((begun, number, at - begun));
                }
                from = None;
            }
            _ => {}
        }
    }
    found
}

/// Full-width digits and commas between them as plain ones.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10).unwrap_or(c),
            '，' => ',',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s29_a_closing_month_as_people_write_it() {
        for (text, expected) in [
            ("3月決算", Some(3)),
            ("決算は１２月末", Some(12)),
            ("September", Some(9)),
            ("FY ends in Mar", Some(3)),
            ("2026-06-30", Some(6)),
            ("9", Some(9)),
            ("13", None),
            ("3月または9月", None),
            ("未定", None),
        ] {
            assert_eq!(month(text), expected, "{text}");
        }
    }

    #[test]
    fn s107_a_day_as_people_write_it() {
        for (text, expected) in [
            ("2026-04-01", Some("2026-04-01")),
            ("2026/4/15に再検討", Some("2026-04-15")),
            ("来期(2026年4月1日)に再検討", Some("2026-04-01")),
            ("２０２６年１０月頃", Some("2026-10-01")),
            ("2026年4月に予算3件", Some("2026-04-01")),
            ("来期に再検討", None),
            ("2026-13-01", None),
            ("予算は2026万円", None),
        ] {
            assert_eq!(day(text).map(|day| day.to_string()).as_deref(), expected, "{text}");
        }
    }
}
