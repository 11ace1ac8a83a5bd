//! What goes with promoters against detractors: levels of attributes, numbers, and words of comments.

use std::collections::BTreeMap;

use anyhow::Result;
use models::nps::drivers::{Effect, Found, false_discovery, larger, log_odds};

use super::super::sheet::{Kind, Sheet};
use super::super::summary::{Summary, Value};
use super::words::Splitter;
use super::{Answers, Columns};

/// The share of false finds among those that are told.
const FALSE_FINDS_MAX: f64 = 0.1;
/// What fewer answers have is not looked at.
const FOUND_MIN: u64 = 3;
/// So many are told of each side.
const TOLD_MAX: usize = 20;
/// A text column with more levels than this is free text or names.
const LEVELS_MAX: usize = 50;

/// Who answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Promoter,
    Passive,
    Detractor,
}

impl Who {
    fn of(score: f64) -> Self {
        match score {
            score if score >= 9.0 => Self::Promoter,
            score if score >= 7.0 => Self::Passive,
            _ => Self::Detractor,
        }
    }

    fn count(self, found: &mut Found) {
        match self {
            Self::Promoter => found.promoters += 1,
            Self::Passive => found.passives += 1,
            Self::Detractor => found.detractors += 1,
        }
    }
}

/// Something that may go with one side.
struct Candidate {
    kind: &'static str,
    attribute: String,
    level: String,
    found: Found,
    effect: Effect,
}

/// What was looked at, and what was not.
#[derive(Default)]
struct Looked {
    candidates: Vec<Candidate>,
    leaks: Vec<String>,
    passed_over: Vec<String>,
}

/// Adds what goes with promoters and what with detractors.
pub(super) fn say(
    summary: Summary,
    sheet: &Sheet,
    columns: &Columns,
    answers: &Answers,
) -> Result<Summary> {
    let who: Vec<Who> = answers.scores.iter().map(|score| Who::of(*score)).collect();
    let mut all = Found::default();
    who.iter().for_each(|it| it.count(&mut all));
    let mut looked = Looked::default();
    for name in attributes(sheet, columns) {
        looked.attribute(sheet, &name, (answers, &who))?;
    }
    if let Some(comment) = &columns.comment {
        looked.words(&sheet.text(comment)?, comment, (answers, &who));
    }
    let p_values: Vec<f64> = looked.candidates.iter().map(|it| it.effect.p_value).collect();
    let shares = false_discovery(&p_values);
    let mut found: Vec<(&Candidate, f64)> = looked.candidates.iter().zip(shares).collect();
    found.retain(|(_, share)| *share <= FALSE_FINDS_MAX);
    found.sort_by(|a, b| b.0.effect.z.abs().total_cmp(&a.0.effect.z.abs()));
    let side = |promoters: bool| -> Vec<Vec<Value>> {
        let those = found.iter().filter(|it| (it.0.effect.log_odds > 0.0) == promoters);
        those.take(TOLD_MAX).map(|(it, share)| it.row(*share)).collect()
    };
    let head =
        ["kind", "attribute", "value", "promoters", "detractors", "odds_ratio", "z", "false_share"];
    Ok(summary
        .with("compared", looked.candidates.len())
        .with("passed_over", looked.passed_over)
        .with("say_the_score_itself", looked.leaks)
        .rows("goes_with_promoters", &head, side(true))
        .rows("goes_with_detractors", &head, side(false)))
}

fn attributes(sheet: &Sheet, columns: &Columns) -> Vec<String> {
    if let Some(named) = &columns.attributes {
        return named.clone();
    }
    let other = [Some(&columns.score), columns.at.as_ref(), columns.comment.as_ref()];
    let taken = |name: &str| {
        other.iter().flatten().any(|it| *it == name) || columns.ignore.iter().any(|it| it == name)
    };
    sheet.names().filter(|name| !taken(name)).map(str::to_owned).collect()
}

/// Numbers that name something: their size says nothing.
fn is_id(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let word = |before: &str| !before.ends_with(|letter: char| letter.is_ascii_alphabetic());
    name.strip_suffix("id").is_some_and(word)
        || ["番号", "コード"].iter().any(|end| name.ends_with(end))
}

impl Candidate {
    fn row(&self, share: f64) -> Vec<Value> {
        vec![
            self.kind.into(),
            self.attribute.clone().into(),
            self.level.clone().into(),
            self.found.promoters.into(),
            self.found.detractors.into(),
            self.effect.log_odds.exp().into(),
            self.effect.z.into(),
            share.into(),
        ]
    }
}

impl Looked {
    fn attribute(
        &mut self,
        sheet: &Sheet,
        name: &str,
        (answers, who): (&Answers, &[Who]),
    ) -> Result<()> {
        match sheet.kind(name)? {
            Kind::Number if !is_id(name) => {
                let values = sheet.numbers(name)?;
                self.number(
                    name,
                    &answers.rows.iter().map(|row| values[*row]).collect::<Vec<_>>(),
                    who,
                );
            }
            Kind::Text => {
                let values = sheet.text(name)?;
                let own = answers.rows.iter().map(|row| values[*row].as_deref());
                self.levels(name, &own.collect::<Vec<_>>(), who);
            }
            Kind::Empty | Kind::Day | Kind::Number => self.passed_over.push(name.to_owned()),
        }
        Ok(())
    }

    fn number(&mut self, name: &str, values: &[Option<f64>], who: &[Who]) {
        let of = |side: Who| -> Vec<f64> {
            let own = values.iter().zip(who).filter(|it| *it.1 == side);
            own.filter_map(|it| *it.0).collect()
        };
        let (promoters, detractors) = (of(Who::Promoter), of(Who::Detractor));
        let Some(effect) = larger(&promoters, &detractors) else {
            self.passed_over.push(name.to_owned());
            return;
        };
        let apart = |low: &[f64], high: &[f64]| {
            let most = low.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            high.iter().all(|value| *value > most)
        };
        if apart(&promoters, &detractors) || apart(&detractors, &promoters) {
            self.leaks.push(name.to_owned());
            return;
        }
        let (promoters, detractors) = (promoters.len() as u64, detractors.len() as u64);
        let found = Found { promoters, detractors, passives: 0 };
        let level = if effect.log_odds > 0.0 { "more" } else { "less" };
        // For numbers both signs mean the same attribute; what goes with detractors is a small number.
        self.candidates.push(Candidate {
            kind: "number",
            attribute: name.to_owned(),
            level: level.to_owned(),
            found,
            effect,
        });
    }

    fn levels(&mut self, name: &str, values: &[Option<&str>], who: &[Who]) {
        let mut counted: BTreeMap<&str, Found> = BTreeMap::new();
        for (value, who) in values.iter().zip(who) {
            who.count(counted.entry(value.unwrap_or("(empty)")).or_default());
        }
        if counted.len() < 2 || counted.len() > LEVELS_MAX {
            self.passed_over.push(name.to_owned());
            return;
        }
        let pure = |it: &Found| {
            it.total() >= FOUND_MIN
                && it.promoters.max(it.passives).max(it.detractors) == it.total()
        };
        if counted.len() > 1 && counted.values().all(pure) {
            self.leaks.push(name.to_owned());
            return;
        }
        self.found("category", name, counted.into_iter(), who);
    }

    fn words(
        &mut self,
        comments: &[Option<String>],
        name: &str,
        (answers, who): (&Answers, &[Who]),
    ) {
        let splitter = Splitter::new();
        let mut counted: BTreeMap<String, Found> = BTreeMap::new();
        let mut wrote = Vec::new();
        for (row, who) in answers.rows.iter().zip(who) {
            let Some(comment) = &comments[*row] else { continue };
            wrote.push(*who);
            for word in splitter.words(comment) {
                who.count(counted.entry(word).or_default());
            }
        }
        let counted: Vec<(String, Found)> = counted.into_iter().collect();
        self.found(
            "word",
            name,
            counted.iter().map(|(word, found)| (word.as_str(), *found)),
            &wrote,
        );
    }

    /// Compares each with all others of those who could have had it.
    #[expect(clippy::too_many_arguments, reason = "what is compared, and what it is called")]
    fn found<'a>(
        &mut self,
        kind: &'static str,
        name: &str,
        counted: impl Iterator<Item = (&'a str, Found)>,
        who: &[Who],
    ) {
        let mut all = Found::default();
        who.iter().for_each(|it| it.count(&mut all));
        let kept: Vec<(&str, Found)> = counted.filter(|it| it.1.total() >= FOUND_MIN).collect();
        let found: Vec<Found> = kept.iter().map(|it| it.1).collect();
        for ((level, found), effect) in kept.into_iter().zip(log_odds(&found, all)) {
            let (attribute, level) = (name.to_owned(), level.to_owned());
            self.candidates.push(Candidate { kind, attribute, level, found, effect });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_name_something() {
        for name in ["id", "customer_id", "回答ID", "Account ID", "顧客番号"] {
            assert!(is_id(name), "{name}");
        }
        for name in ["paid", "bid", "seats", "番地"] {
            assert!(!is_id(name), "{name}");
        }
    }
}
