//! The score by month or quarter, and whether it moves.

use std::collections::{BTreeMap, BTreeSet};

use domain::time::Day;
use models::nps::trend::trend;
use models::nps::{RESPONSES_FEW, Responses};

use super::super::summary::{Summary, Value};
use super::Answers;

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// A calendar month.
    Month,
    /// Three calendar months, from January.
    Quarter,
}

impl Length {
    /// The period's number; neighbours are one apart.
    fn number(self, day: Day) -> i32 {
        let (year, month, _) = day.ymd();
        let month = i32::from(month) - 1;
        match self {
            Self::Month => i32::from(year) * 12 + month,
            Self::Quarter => i32::from(year) * 4 + month / 3,
        }
    }

    fn name(self, number: i32) -> String {
        match self {
            Self::Month => format!("{:04}-{:02}", number.div_euclid(12), number.rem_euclid(12) + 1),
            Self::Quarter => format!("{:04}-Q{}", number.div_euclid(4), number.rem_euclid(4) + 1),
        }
    }

    /// Months where they have enough answers each, or where there would be no three quarters.
    fn fitting(days: &[Day]) -> Self {
        let periods = |length: Self| {
            days.iter().map(|day| length.number(*day)).collect::<BTreeSet<_>>().len()
        };
        let months = periods(Self::Month).max(1) as u64;
        let enough = days.len() as u64 >= months * RESPONSES_FEW;
        if enough || periods(Self::Quarter) < 3 { Self::Month } else { Self::Quarter }
    }
}

/// Adds the periods' scores and their trend.
pub(super) fn say(
    summary: Summary,
    days: &[Option<Day>],
    length: Option<Length>,
    answers: &Answers,
) -> Summary {
    let dated: Vec<(Day, f64)> = answers
        .rows
        .iter()
        .zip(&answers.scores)
        .filter_map(|(row, score)| Some((days[*row]?, *score)))
        .collect();
    let known: Vec<Day> = dated.iter().map(|it| it.0).collect();
    let length = length.unwrap_or_else(|| Length::fitting(&known));
    let mut counted: BTreeMap<i32, Responses> = BTreeMap::new();
    for (day, score) in dated {
        let counted = counted.entry(length.number(day)).or_default();
        counted.count(score).expect("answers were checked when they were read");
    }
    let points: Vec<(f64, Responses)> =
        counted.iter().map(|(number, it)| (f64::from(*number), *it)).collect();
    let said = trend(&points).map(|it| {
        let verdict = match (it.lower > 0.0, it.upper < 0.0) {
            (true, _) => "rising",
            (_, true) => "falling",
            _ => "no trend",
        };
        Summary::default()
            .with("verdict", verdict)
            .with("points_a_period", it.slope)
            .with("interval", vec![it.lower, it.upper])
            .with("p_value", it.p_value)
            .with("scatter", it.scatter)
    });
    let rows = counted.iter().map(|(number, it)| {
        let (lower, upper) = it.interval().map_or((None, None), |it| (Some(it.0), Some(it.1)));
        let name: Value = length.name(*number).into();
        vec![name, it.total().into(), it.score().into(), lower.into(), upper.into()]
    });
    summary.with("without_a_day", answers.rows.len() - known.len()).with("trend", said).rows(
        "periods",
        &["period", "responses", "nps", "lower", "upper"],
        rows.collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_named_and_neighbours_are_one_apart() {
        let day = |text: &str| Day::parse_iso(text).expect("a day");
        let (december, january) = (day("2024-12-31"), day("2025-01-01"));
        for (length, names) in
            [(Length::Month, ["2024-12", "2025-01"]), (Length::Quarter, ["2024-Q4", "2025-Q1"])]
        {
            let numbers = [december, january].map(|day| length.number(day));
            assert_eq!(numbers.map(|number| length.name(number)), names.map(str::to_owned));
            assert_eq!(numbers[1] - numbers[0], 1);
        }
    }

    #[test]
    fn few_answers_a_month_are_taken_by_quarters() {
        let days = |each: usize| -> Vec<Day> {
            let firsts = (1..=12).filter_map(|month| Day::from_ymd(2024, month, 1));
            firsts.flat_map(|day| std::iter::repeat_n(day, each)).collect()
        };
        assert_eq!(Length::fitting(&days(5)), Length::Quarter);
        assert_eq!(Length::fitting(&days(40)), Length::Month);
        assert_eq!(Length::fitting(&days(5)[..20]), Length::Month);
    }
}
