//! What can be read without doubt of how a customer says that it decides: how long it takes, and from which amount on
//! somebody higher decides. What names several of them, or none, is shown as it stands and read as nothing.

use decide::facts::approval::{Above, Process};
use domain::money::Currency;
use domain::time::Day;

use super::dates::plain;

/// Reads a customer's word on the way that it decides.
pub(super) fn read(value: &str, (fact, on): (&str, Day), currency: Currency) -> Process {
    let text = plain(value);
    Process {
        fact: fact.to_owned(),
        on,
        days: days(&text),
        above: above(&text).filter(|_| currency == Currency::JPY),
    }
}

/// Units of time, with their days; the longest word first.
const UNITS: [(&str, i32); 16] = [
    ("営業日", 0),
    ("週間", 7),
    ("か月", 30),
    ("ヶ月", 30),
    ("カ月", 30),
    ("ヵ月", 30),
    ("ケ月", 30),
    ("箇月", 30),
    ("日間", 1),
    ("日", 1),
    ("days", 1),
    ("weeks", 7),
    ("week", 7),
    ("months", 30),
    ("month", 30),
    ("day", 1),
];

/// What follows a number and unit that is no duration: how often, before or after what, or which day.
const NOT_AFTER: [&str; 10] = ["ごと", "おき", "毎", "前", "後", "目", "に1回", "締", "頃", "ago"];
/// What stands before a number that is no duration of its own.
const NOT_BEFORE: [char; 12] = ['〜', '~', '～', '-', '月', '第', '.', '/', '年', '、', '・', 'ー'];

/// The one duration that a text names: `稟議に約3週間`, `承認まで45日`; nothing where it names none or several, a range,
/// or business days, which depend on the calendar.
fn days(text: &str) -> Option<i32> {
    let mut found: Vec<Option<i32>> = Vec::new();
    for (number, before, after) in numbers(text) {
        let after = after.trim_start();
        let Some((unit, days)) = UNITS.iter().find(|(unit, _)| after.starts_with(unit)) else {
            continue;
        };
        let rest = after[unit.len()..].trim_start();
        let other = NOT_AFTER.iter().any(|word| rest.starts_with(word))
            || before.chars().next_back().is_some_and(|c| NOT_BEFORE.contains(&c));
        let plain = !other && *days > 0;
        found.push(plain.then(|| number.checked_mul(i64::from(*days))).flatten().and_then(in_days));
    }
    match found.as_slice() {
        [one] => *one,
        _ => None,
    }
}

/// A duration of a day to two years.
fn in_days(days: i64) -> Option<i32> {
    i32::try_from(days).ok().filter(|days| (1..=730).contains(days))
}

/// The one amount from which on somebody higher decides: `30万円以上は役員の稟議`, `年間100万円を超える場合`; nothing where
/// it names none or several amounts, or does not say on which side of it.
fn above(text: &str) -> Option<Above> {
    let mut found: Vec<Option<Above>> = Vec::new();
    for (number, _, after) in numbers(text) {
        let units = [("億円", 100_000_000), ("万円", 10_000), ("千円", 1_000), ("円", 1)];
        let Some((unit, times)) = units.iter().find(|(unit, _)| after.starts_with(unit)) else {
            continue;
        };
        let rest = &after[unit.len()..];
        let itself = if rest.starts_with("以上") {
            Some(true)
        } else if rest.starts_with("を超え") || rest.starts_with("超") {
            Some(false)
        } else {
            None
        };
        let amount = number.checked_mul(*times);
        let read = itself.zip(amount).map(|(itself, amount_minor)| Above { amount_minor, itself });
        found.push(read);
    }
    match found.as_slice() {
        [one] => *one,
        _ => None,
    }
}

/// Whole numbers with what stands before and after each; a comma between digits belongs to the number.
fn numbers(text: &str) -> impl Iterator<Item = (i64, &str, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(begin) = text[at..].find(|c: char| c.is_ascii_digit()).map(|from| at + from) {
        let rest = &text[begin..];
        let long = rest.find(|c: char| !c.is_ascii_digit() && c != ',').unwrap_or(rest.len());
        let digits: String = rest[..long].chars().filter(char::is_ascii_digit).collect();
        if let Ok(number) = digits.parse() {
            found.push((number, &text[..begin], &rest[long..]));
        }
        at = begin + long;
    }
    found.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s46_a_duration_that_is_named_once_and_nothing_else() {
        for (text, expected) in [
            ("稟議に約3週間", Some(21)),
            ("承認まで45日かかります", Some(45)),
            ("部長決裁のあと役員会、合わせて２か月ほど", Some(60)),
            ("approval takes 6 weeks", Some(42)),
            ("稟議は2〜3週間", None),
            ("稟議2週間、役員会まで1か月", None),
            ("3か月ごとの取締役会で決定", None),
            ("毎月25日締めの経営会議", None),
            ("決裁は締切の30日前までに申請", None),
            ("10営業日", None),
            ("毎月第2水曜の経営会議。月1回", None),
            ("4月1日に稟議", None),
            ("0日", None),
            ("部長決裁", None),
        ] {
            assert_eq!(days(&plain(text)), expected, "{text}");
        }
    }

    #[test]
    fn s46_an_amount_that_is_named_once_with_its_side() {
        let said = |text: &str| above(&plain(text)).map(|it| (it.amount_minor, it.itself));
        for (text, expected) in [
            ("30万円以上は役員の稟議、それ未満は部長決裁", Some((300_000, true))),
            ("部長決裁。年間100万円を超える場合は社長決裁", Some((1_000_000, false))),
            ("５００，０００円以上は稟議", Some((500_000, true))),
            ("1億円超は取締役会", Some((100_000_000, false))),
            ("30万円以上は部長、100万円以上は役員", None),
            ("30万円未満は部長決裁", None),
            ("30万円程度", None),
            ("部長決裁", None),
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
        let on = Day(20_000);
        let process = read("30万円以上は役員の稟議", ("F1", on), Currency::USD);
        assert_eq!((process.above, process.fact.as_str()), (None, "F1"), "yen in another currency");
    }
}
