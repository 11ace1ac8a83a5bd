//! Reads the terms of an incentive, in English or Japanese words, with the place of what is wrong.

use domain::money;
pub use domain::money::Currency;

use super::Term;

/// More terms than these are refused.
const TERMS_MAX: usize = 20;

/// Why a text is no incentive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("term {term} `{text}`: {message}")]
pub struct IncentiveError {
    /// Which term, from 1.
    pub term: usize,
    /// Its text.
    pub text: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

const KINDS: &str = "free 3 months, discount 10% for 12 months, off 30000, volume 5% from 50, trial 14 days, \
                     referral 500 MB cost 200, reviews, term 24 months, public";

pub(super) fn parse(text: &str, currency: Currency) -> Result<Vec<Term>, IncentiveError> {
    let parts = text.split([';', '\u{ff1b}']).map(str::trim).filter(|part| !part.is_empty());
    let mut terms = Vec::new();
    for (at, part) in (1..).zip(parts) {
        let error = |message: String| IncentiveError {
            term: at,
            text: part.chars().take(80).collect(),
            message,
        };
        if at > TERMS_MAX {
            return Err(error(format!("{TERMS_MAX} terms are the most")));
        }
        terms.push(term(part, currency).map_err(error)?);
    }
    Ok(terms)
}

fn term(part: &str, currency: Currency) -> Result<Term, String> {
    let mut words = part.split_whitespace();
    let kind = words.next().unwrap_or_default().to_lowercase();
    let rest: Vec<&str> = words.collect();
    match kind.as_str() {
        "free" | "無料" => {
            let (months, rest) = months(&rest)?;
            Ok(Term::Free { months, product: rest.first().map(|id| (*id).to_owned()) })
        }
        "discount" | "割引" => {
            let (share, rest) = share(&rest)?;
            let rest = rest.strip_prefix(&["for"]).unwrap_or(rest);
            let months = if rest.is_empty() { None } else { Some(months(rest)?.0) };
            Ok(Term::Discount { share, months })
        }
        "off" | "値引き" | "値引" => Ok(Term::Off(amount(rest.first(), currency)?)),
        "volume" | "数量割引" => {
            let (share, rest) = share(&rest)?;
            let rest = rest.strip_prefix(&["from"]).unwrap_or(rest);
            let (from, _) = rest
                .first()
                .and_then(|word| count(word))
                .ok_or("say from how many on, as in `volume 5% from 50`")?;
            Ok(Term::Volume { share, from: i64::from(from) })
        }
        "trial" | "試用" | "無料試用" => Ok(Term::Trial { days: days(&rest)? }),
        "referral" | "紹介" => referral(&rest, currency),
        "reviews" | "review" | "導入事例" | "お客様の声" => Ok(Term::Reviews),
        "term" | "期間" => Ok(Term::Term(i64::from(months(&rest)?.0))),
        "public" | "一般公開" => Ok(Term::Public),
        _ => Err(format!("it is none of {KINDS}. Put free text into `name` or `playbook`")),
    }
}

/// A count with what is written right after it: `3か月`, `14日`, `50`.
fn count(word: &str) -> Option<(u32, &str)> {
    let digits = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
    let (number, unit) = word.split_at(digits);
    Some((number.parse().ok().filter(|n| *n <= 1_000_000)?, unit))
}

/// A count and its unit, in one word or two, and the words after.
fn counted<'a, 'b>(rest: &'b [&'a str]) -> Option<(u32, &'a str, &'b [&'a str])> {
    let (n, unit) = count(rest.first()?)?;
    if !unit.is_empty() {
        return Some((n, unit, &rest[1..]));
    }
    Some((n, rest.get(1).copied().unwrap_or(""), rest.get(2..).unwrap_or(&[])))
}

fn months<'a, 'b>(rest: &'b [&'a str]) -> Result<(u32, &'b [&'a str]), String> {
    let found = counted(rest).and_then(|(n, unit, rest)| match unit {
        "month" | "months" | "か月" | "ヶ月" | "カ月" | "ケ月" | "箇月" | "か月間" => {
            Some((n, rest))
        }
        "year" | "years" | "年" | "年間" => Some((n * 12, rest)),
        _ => None,
    });
    found
        .filter(|(n, _)| (1..=120).contains(n))
        .ok_or_else(|| "say for how many months, 1 to 120, as in `3 months` or `3か月`".to_owned())
}

fn days(rest: &[&str]) -> Result<u32, String> {
    let found = counted(rest).and_then(|(n, unit, _)| match unit {
        "day" | "days" | "日" | "日間" => Some(n),
        "week" | "weeks" | "週間" => Some(n * 7),
        "month" | "months" | "か月" | "ヶ月" => Some(n * 30),
        _ => None,
    });
    found
        .filter(|n| (1..=3_650).contains(n))
        .ok_or_else(|| "say for how many days, as in `14 days` or `14日`".to_owned())
}

fn share<'a, 'b>(rest: &'b [&'a str]) -> Result<(f64, &'b [&'a str]), String> {
    let percent = rest.first().and_then(|word| word.strip_suffix(['%', '\u{ff05}']));
    let percent = percent.and_then(|word| word.parse::<f64>().ok());
    percent
        .filter(|percent| *percent > 0.0 && *percent <= 100.0)
        .map(|percent| (percent / 100.0, &rest[1..]))
        .ok_or_else(|| "say how much, over 0 % up to 100 %, as in `10%`".to_owned())
}

fn amount(word: Option<&&str>, currency: Currency) -> Result<i64, String> {
    let minor =
        word.and_then(|word| money::parse_minor(word.trim_end_matches('円'), currency).ok());
    minor
        .filter(|minor| *minor >= 0)
        .ok_or_else(|| format!("say how much, 0 or more in {currency}, as in `30000`"))
}

fn referral(rest: &[&str], currency: Currency) -> Result<Term, String> {
    let cost = rest.iter().position(|word| matches!(*word, "cost" | "費用"));
    let gives = rest[..cost.unwrap_or(rest.len())].join(" ");
    if gives.is_empty() {
        return Err(
            "say what each user invited brings, as in `referral 500 MB cost 200`".to_owned()
        );
    }
    let cost = cost
        .ok_or("say what it costs, as in `referral 500 MB cost 200`; 0 where it costs nothing")?;
    Ok(Term::Referral { gives, cost_minor: amount(rest.get(cost + 1), currency)? })
}
