//! Dates and times in a stated form: the usual letters of `strftime`, read and never guessed.

use domain::time::Day;

/// A form such as `%d.%m.%Y %H:%M`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TimeFormat(Vec<Item>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Exactly(char),
    Year,
    YearOfCentury,
    Era,
    YearOfEra,
    Month,
    MonthName,
    Day,
    Hour,
    HourOfHalfDay,
    HalfDay,
    Minute,
    Second,
    Fraction,
    Offset,
}

/// What a text says by its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// The civil day.
    pub(crate) day: Day,
    /// Microseconds since midnight.
    pub(crate) micros: i64,
    /// Seconds ahead of UTC, where the text has an offset.
    pub(crate) offset: Option<i64>,
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Eras of the Japanese calendar: name, letter, and what is added to their years.
const ERAS: &[(&str, char, i16)] = &[
    ("令和", 'R', 2018),
    ("平成", 'H', 1988),
    ("昭和", 'S', 1925),
    ("大正", 'T', 1911),
    ("明治", 'M', 1867),
];

#[derive(Default)]
struct Parts {
    era: i16,
    year: i16,
    month: i8,
    day: i8,
    hour: i64,
    afternoon: Option<bool>,
    minute: i64,
    second: i64,
    fraction: i64,
    offset: Option<i64>,
}

impl TimeFormat {
    /// Reads a form; the error names what is not known or missing.
    pub(crate) fn parse(form: &str) -> Result<Self, String> {
        let mut items = Vec::new();
        let mut letters = form.chars();
        while let Some(letter) = letters.next() {
            if letter != '%' {
                items.push(Item::Exactly(letter));
                continue;
            }
            match letters.next() {
                Some('Y') => items.push(Item::Year),
                Some('y') => items.push(Item::YearOfCentury),
                Some('m') => items.push(Item::Month),
                Some('b' | 'B') => items.push(Item::MonthName),
                Some('d' | 'e') => items.push(Item::Day),
                Some('H') => items.push(Item::Hour),
                Some('I') => items.push(Item::HourOfHalfDay),
                Some('p') => items.push(Item::HalfDay),
                Some('M') => items.push(Item::Minute),
                Some('S') => items.push(Item::Second),
                Some('f') => items.push(Item::Fraction),
                Some('z') => items.push(Item::Offset),
                Some('E') => match letters.next() {
                    Some('C') => items.push(Item::Era),
                    Some('y') => items.push(Item::YearOfEra),
                    other => return Err(unknown("E", other)),
                },
                Some('%') => items.push(Item::Exactly('%')),
                Some('F') => {
                    let dash = Item::Exactly('-');
                    items.extend([Item::Year, dash, Item::Month, dash, Item::Day]);
                }
                Some('T') => {
                    let colon = Item::Exactly(':');
                    items.extend([Item::Hour, colon, Item::Minute, colon, Item::Second]);
                }
                other => return Err(unknown("", other)),
            }
        }
        let year = [Item::Year, Item::YearOfCentury, Item::YearOfEra];
        let year = year.iter().any(|item| items.contains(item));
        let month = items.contains(&Item::Month) || items.contains(&Item::MonthName);
        if !year || !month {
            return Err("a form needs a year and a month, as %Y-%m-%d".to_owned());
        }
        Ok(Self(items))
    }

    /// Whether the form has a time of day.
    pub(crate) fn has_time(&self) -> bool {
        self.0.iter().any(|item| matches!(item, Item::Hour | Item::HourOfHalfDay))
    }

    /// What a text says, or `None` when it has not this form or there is no such moment. A form
    /// without a day means the first of the month.
    pub(crate) fn read(&self, text: &str) -> Option<Moment> {
        let mut parts = Parts { day: 1, ..Parts::default() };
        let mut rest = text;
        for item in &self.0 {
            rest = parts.read(*item, rest)?;
        }
        if !rest.is_empty() {
            return None;
        }
        let hour = match parts.afternoon {
            None => parts.hour,
            Some(_) if !(1..=12).contains(&parts.hour) => return None,
            Some(afternoon) => parts.hour % 12 + if afternoon { 12 } else { 0 },
        };
        if hour > 23 || parts.minute > 59 || parts.second > 59 {
            return None;
        }
        let day = Day::from_ymd(parts.era + parts.year, parts.month, parts.day)?;
        let seconds = hour * 3600 + parts.minute * 60 + parts.second;
        Some(Moment { day, micros: seconds * 1_000_000 + parts.fraction, offset: parts.offset })
    }
}

impl Parts {
    /// Reads one item and gives what follows.
    fn read<'a>(&mut self, item: Item, text: &'a str) -> Option<&'a str> {
        let (number, rest) = match item {
            Item::Exactly(letter) if letter.is_whitespace() => return Some(text.trim_start()),
            Item::Exactly(letter) => return text.strip_prefix(letter),
            Item::MonthName => return self.month_name(text),
            Item::Era => return self.era(text),
            // The first year of an era is called 元年.
            Item::YearOfEra if text.starts_with('元') => {
                self.year = 1;
                return text.strip_prefix('元');
            }
            Item::HalfDay => return self.half_day(text),
            Item::Offset => return self.offset(text),
            Item::Fraction => return self.fraction(text),
            Item::Year => digits(text, 4, 4)?,
            Item::YearOfCentury => digits(text, 2, 2)?,
            _ => digits(text, 1, 2)?,
        };
        match item {
            Item::Year | Item::YearOfEra => self.year = i16::try_from(number).ok()?,
            // POSIX: 69 to 99 are of the last century.
            Item::YearOfCentury => {
                self.year =
                    i16::try_from(if number < 69 { number + 2000 } else { number + 1900 }).ok()?;
            }
            Item::Month => self.month = i8::try_from(number).ok()?,
            Item::Day => self.day = i8::try_from(number).ok()?,
            Item::Hour | Item::HourOfHalfDay => self.hour = number,
            Item::Minute => self.minute = number,
            _ => self.second = number,
        }
        Some(rest)
    }

    fn era<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        let (name, letter, before) = ERAS.iter().find(|(name, letter, _)| {
            text.starts_with(name)
                || text.chars().next().is_some_and(|c| c.eq_ignore_ascii_case(letter))
        })?;
        self.era = *before;
        text.strip_prefix(name).or_else(|| text.get(letter.len_utf8()..))
    }

    fn month_name<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
        let name = text[..end].to_ascii_lowercase();
        let month = MONTHS.iter().position(|month| name.starts_with(month))?;
        self.month = i8::try_from(month + 1).ok()?;
        Some(&text[end..])
    }

    fn half_day<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        let (word, rest) = text.split_at_checked(2)?;
        self.afternoon = Some(match word.to_ascii_lowercase().as_str() {
            "am" => false,
            "pm" => true,
            _ => return None,
        });
        Some(rest)
    }

    fn offset<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        if let Some(rest) = text.strip_prefix('Z') {
            self.offset = Some(0);
            return Some(rest);
        }
        let sign = match text.chars().next()? {
            '+' => 1,
            '-' => -1,
            _ => return None,
        };
        let (hours, rest) = digits(&text[1..], 2, 2)?;
        let (minutes, rest) = digits(rest.strip_prefix(':').unwrap_or(rest), 2, 2)?;
        self.offset = Some(sign * (hours * 3600 + minutes * 60));
        Some(rest)
    }

    fn fraction<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        let (number, rest) = digits(text, 1, 9)?;
        let length = u32::try_from(text.len() - rest.len()).ok()?;
        self.fraction = number * 10_i64.pow(9 - length) / 1000;
        Some(rest)
    }
}

fn unknown(after: &str, letter: Option<char>) -> String {
    let letter = letter.map_or(String::new(), String::from);
    format!(
        "`%{after}{letter}` is not known; known are %Y %y %EC (era) %Ey (its year) %m %b %d %H %I %p %M %S \
         %f %z %F %T"
    )
}

/// A number of at least `least` and at most `most` digits, and what follows.
fn digits(text: &str, least: usize, most: usize) -> Option<(i64, &str)> {
    let end = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if end < least {
        return None;
    }
    Some((text[..end].parse().ok()?, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(form: &str, text: &str, expected: Option<&str>) {
        let form = TimeFormat::parse(form).expect("a known form");
        let read = form.read(text).map(|moment| {
            let seconds = moment.micros / 1_000_000;
            let offset = moment.offset.map_or(String::new(), |offset| format!(" {offset}"));
            format!("{} {}{offset}", moment.day, seconds)
        });
        assert_eq!(read.as_deref(), expected, "{text}");
    }

    #[test]
    fn american_days_without_zeros() {
        check("%m/%d/%Y", "3/1/2017", Some("2017-03-01 0"));
        check("%m/%d/%Y", "13/1/2017", None);
        check("%m/%d/%Y", "2/30/2017", None);
        check("%m/%d/%Y", "3/1/2017 ", None);
    }
    #[test]
    fn digits_without_separators() {
        check("%Y%m%d", "19970102", Some("1997-01-02 0"));
        check("%y%m%d", "690102", Some("1969-01-02 0"));
    }
    #[test]
    fn japanese_days() {
        check("%Y年%m月%d日", "2026年3月12日", Some("2026-03-12 0"));
    }
    #[test]
    fn years_of_an_era() {
        check("%EC%Ey年%m月%d日", "令和6年3月1日", Some("2024-03-01 0"));
        check("%EC%Ey年%m月%d日", "令和元年5月1日", Some("2019-05-01 0"));
        check("%EC%Ey年%m月%d日", "昭和64年1月7日", Some("1989-01-07 0"));
        check("%EC%Ey.%m.%d", "R6.3.1", Some("2024-03-01 0"));
        check("%EC%Ey/%m/%d", "h31/04/30", Some("2019-04-30 0"));
        check("%EC%Ey.%m.%d", "X6.3.1", None);
    }
    #[test]
    fn times_of_day() {
        check("%d %b %Y %I:%M %p", "4 March 2026 12:05 AM", Some("2026-03-04 300"));
        check("%F %T", "2026-03-04 23:59:59", Some("2026-03-04 86399"));
        check("%F %H:%M", "2026-03-04 24:00", None);
        check("%FT%T%z", "2026-03-04T01:00:00+09:00", Some("2026-03-04 3600 32400"));
    }
    #[test]
    fn months_alone() {
        check("%b %Y", "Sep 2026", Some("2026-09-01 0"));
    }
    #[test]
    fn unknown_letters_are_refused() {
        assert!(TimeFormat::parse("%Q").is_err());
        assert!(TimeFormat::parse("%H:%M").is_err());
    }
}
