//! In which form a column's dates are written.

use domain::time::{Day, Zone, parse_instant};

use crate::ingest::decimal::half_width;
use crate::ingest::verbs::time_format::TimeFormat;

/// How a column writes its dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dates {
    /// The forms, the most frequent first; none when all are in ISO form.
    pub(crate) forms: Vec<String>,
    /// Whether day and month may stand the other way round: no value is above 12.
    pub(crate) either_way: bool,
    /// Whether months stand there rather than days.
    pub(crate) months: bool,
    /// The first and the last day.
    pub(crate) range: (Day, Day),
    /// How many of a thousand values are dates.
    pub(crate) per_mille: usize,
}

/// Forms of days, the unmistakable ones first. Where day and month can be confused, both orders stand here.
const DAYS: &[&str] = &[
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y年%m月%d日",
    "%EC%Ey年%m月%d日",
    "%EC%Ey.%m.%d",
    "%EC%Ey/%m/%d",
    "%EC%Ey-%m-%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d.%m.%y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%b %d, %Y",
    "%b %d %Y",
    "%Y-%m-%d",
    "%Y%m%d",
];

/// Forms of months.
const MONTHS: &[&str] = &[
    "%Y/%m",
    "%Y-%m",
    "%Y年%m月",
    "%EC%Ey年%m月",
    "%EC%Ey.%m",
    "%b %Y",
    "%b-%Y",
    "%b-%y",
    "%m/%Y",
    "%Y%m",
];

/// What may follow a day.
const TIMES: &[&str] =
    &["", " %H:%M", " %H:%M:%S", "T%H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %H時%M分"];

/// The form with day and month the other way round.
pub(super) fn turned(form: &str) -> Option<String> {
    for (day_first, month_first) in
        [("%d/%m/", "%m/%d/"), ("%d-%m-", "%m-%d-"), ("%d.%m.", "%m.%d.")]
    {
        if let Some(rest) = form.strip_prefix(day_first) {
            return Some(format!("{month_first}{rest}"));
        }
        if let Some(rest) = form.strip_prefix(month_first) {
            return Some(format!("{day_first}{rest}"));
        }
    }
    None
}

/// Whether a form puts the day before the month.
pub(super) fn day_first(form: &str) -> bool {
    form.starts_with("%d")
}

/// Reads the values of a column; `None` when they are no dates.
pub(crate) fn read(values: &[&str]) -> Option<Dates> {
    let texts: Vec<String> = values.iter().take(3000).map(|text| half_width(text)).collect();
    let has_digits = texts.iter().filter(|text| text.bytes().any(|b| b.is_ascii_digit())).count();
    if texts.is_empty() || has_digits * 10 < texts.len() * 9 {
        return None;
    }
    let zone = Zone::named("UTC")?;
    let iso: Vec<Option<Day>> =
        texts.iter().map(|text| parse_instant(text, &zone).map(|at| zone.day_of(at))).collect();
    let mut left: Vec<&str> =
        texts.iter().zip(&iso).filter(|(_, day)| day.is_none()).map(|(t, _)| t.as_str()).collect();
    let mut days: Vec<Day> = iso.into_iter().flatten().collect();
    let (mut forms, mut either_way, mut months) = (Vec::new(), false, false);
    while !left.is_empty() && forms.len() < 3 {
        let Some(best) = best(&left) else { break };
        let found: Vec<Option<Day>> = left.iter().map(|text| best.read(text)).collect();
        days.extend(found.iter().flatten());
        either_way |= best.either_way;
        months |= MONTHS.contains(&best.form.as_str());
        forms.push(best.form);
        left = left.iter().zip(&found).filter(|(_, day)| day.is_none()).map(|(t, _)| *t).collect();
    }
    let per_mille = days.len() * 1000 / texts.len();
    let range = (days.iter().min().copied()?, days.iter().max().copied()?);
    // Numbers that happen to read as 1903-12-31 are none of a business's dates.
    let bare = |form: &String| matches!(form.as_str(), "%Y%m%d" | "%Y%m");
    let likely = Day::from_ymd(1950, 1, 1)? <= range.0 && range.1 <= Day::from_ymd(2100, 1, 1)?;
    if per_mille < 950 || (forms.iter().any(bare) && !likely) {
        return None;
    }
    Some(Dates { forms, either_way, months, range, per_mille })
}

/// A form that reads some of the texts.
struct Candidate {
    form: String,
    format: TimeFormat,
    read: usize,
    either_way: bool,
}

impl Candidate {
    fn read(&self, text: &str) -> Option<Day> {
        self.format.read(text).map(|moment| moment.day)
    }
}

/// The form that reads most; of two orders that read the same, the day first, said to be open.
fn best(texts: &[&str]) -> Option<Candidate> {
    let few: Vec<&str> = texts.iter().step_by(texts.len() / 20 + 1).copied().collect();
    let mut candidates: Vec<Candidate> = Vec::new();
    let with_times =
        DAYS.iter().flat_map(|day| TIMES.iter().map(move |time| format!("{day}{time}")));
    for form in with_times.chain(MONTHS.iter().map(|month| (*month).to_owned())) {
        let Ok(format) = TimeFormat::parse(&form) else { continue };
        if !few.iter().any(|text| format.read(text).is_some()) {
            continue;
        }
        let read = texts.iter().filter(|text| format.read(text).is_some()).count();
        candidates.push(Candidate { form, format, read, either_way: false });
    }
    let mut best: Option<Candidate> = None;
    for candidate in candidates {
        match &mut best {
            Some(best) if candidate.read == best.read => {
                best.either_way |=
                    turned(&best.form).is_some_and(|turned| turned == candidate.form);
            }
            Some(best) if candidate.read < best.read => {}
            _ => best = Some(candidate),
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(values: &[&str], expected: &str) {
        let said = read(values).map_or("no dates".to_owned(), |dates| {
            let open = if dates.either_way { ", either way" } else { "" };
            format!("{}{open} {}..{}", dates.forms.join("+"), dates.range.0, dates.range.1)
        });
        assert_eq!(said, expected, "{values:?}");
    }

    #[test]
    fn the_order_of_day_and_month_is_decided_by_values() {
        check(&["01/02/2024", "25/03/2024"], "%d/%m/%Y 2024-02-01..2024-03-25");
        check(&["1/2/2024", "3/25/2024"], "%m/%d/%Y 2024-01-02..2024-03-25");
        check(&["01/02/2024", "03/04/2024"], "%d/%m/%Y, either way 2024-02-01..2024-04-03");
    }
    #[test]
    fn japanese_forms() {
        check(&["令和6年3月1日", "平成31年4月30日"], "%EC%Ey年%m月%d日 2019-04-30..2024-03-01");
        check(&["Ｒ６．３．１"], "%EC%Ey.%m.%d 2024-03-01..2024-03-01");
        check(
            &["2024年3月1日", "令和6年4月1日", "2024年5月2日"],
            "%Y年%m月%d日+%EC%Ey年%m月%d日 2024-03-01..2024-05-02",
        );
        check(&["2024年3月", "2024年4月"], "%Y年%m月 2024-03-01..2024-04-01");
    }
    #[test]
    fn times_and_iso() {
        check(&["2024-03-01", "2024-03-02T10:00:00Z"], " 2024-03-01..2024-03-02");
        check(&["13/03/2024 09:05", "14/03/2024 19:05"], "%d/%m/%Y %H:%M 2024-03-13..2024-03-14");
        check(&["20240301", "20240402"], "%Y%m%d 2024-03-01..2024-04-02");
    }
    #[test]
    fn what_is_no_date() {
        check(&["12", "13"], "no dates");
        check(&["19031231", "19020101"], "no dates");
        check(&["03-1234-5678", "a"], "no dates");
        check(&[], "no dates");
    }
}
