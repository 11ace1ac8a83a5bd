//! Conditions: comparisons, `in`, `and`, `or`, `not`, parentheses.

use anyhow::Result;
use arrow::array::{Array as _, BooleanArray, StringArray};
use arrow::compute::{and, not, or};

use super::sum::column_numbers;
use super::token::{Stream, Token};
use crate::ingest::cells::{Rows, text_at, texts};
use crate::ingest::decimal;

/// A condition that is true or false for every row.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// All of these.
    All(Vec<Condition>),
    /// Any of these.
    Any(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// A column against a value: as numbers when the value is one, else as text.
    Is(String, Comparison, Literal),
    /// A column against another, as text, or as numbers when both are.
    Same(String, Comparison, String),
    /// A column is one of these values.
    In(String, Vec<Literal>),
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    Different,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

/// A value in a condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// Compared as text.
    Text(String),
    /// Compared as a number.
    Number(f64),
}

impl Condition {
    /// Reads a condition; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut stream = Stream::new(text)?;
        let condition = any(&mut stream)?;
        stream.end()?;
        Ok(condition)
    }

    /// The columns it looks at.
    pub fn columns(&self) -> Vec<String> {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().flat_map(Condition::columns).collect()
            }
            Self::Not(inner) => inner.columns(),
            Self::Is(column, ..) | Self::In(column, _) => vec![column.clone()],
            Self::Same(left, _, right) => vec![left.clone(), right.clone()],
        }
    }

    /// For every row whether it holds; never null.
    pub fn holds(&self, rows: &Rows) -> Result<BooleanArray> {
        let fold = |parts: &[Condition], join: fn(&_, &_) -> _, start: bool| {
            let mut result = BooleanArray::from(vec![start; rows.len()]);
            for part in parts {
                result = join(&result, &part.holds(rows)?)?;
            }
            Ok(result)
        };
        match self {
            Self::All(parts) => fold(parts, and, true),
            Self::Any(parts) => fold(parts, or, false),
            Self::Not(inner) => Ok(not(&inner.holds(rows)?)?),
            Self::Is(column, comparison, literal) => is(rows, column, *comparison, literal),
            Self::Same(left, comparison, right) => same(rows, left, *comparison, right),
            Self::In(column, values) => {
                let mut result = BooleanArray::from(vec![false; rows.len()]);
                for value in values {
                    result = or(&result, &is(rows, column, Comparison::Equal, value)?)?;
                }
                Ok(result)
            }
        }
    }
}

impl Comparison {
    fn of<T: PartialOrd + ?Sized>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Different => left != right,
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::More => left > right,
            Self::AtLeast => left >= right,
        }
    }
}

fn is(rows: &Rows, column: &str, comparison: Comparison, value: &Literal) -> Result<BooleanArray> {
    let array = rows.column(column)?.array;
    Ok(match value {
        Literal::Number(number) => {
            let (numbers, _) = column_numbers(&array, None);
            let differs = comparison == Comparison::Different;
            numbers.iter().map(|n| Some(n.map_or(differs, |n| comparison.of(&n, number)))).collect()
        }
        Literal::Text(text) => {
            let texts = texts(&array);
            let asks_for_none = text.is_empty();
            (0..texts.len())
                .map(|row| {
                    Some(match text_at(&texts, row) {
                        Some(value) => comparison.of(value, text.as_str()),
                        None if asks_for_none => comparison.of("", ""),
                        None => comparison == Comparison::Different,
                    })
                })
                .collect()
        }
    })
}

fn same(rows: &Rows, left: &str, comparison: Comparison, right: &str) -> Result<BooleanArray> {
    let (left, right) = (texts(&rows.column(left)?.array), texts(&rows.column(right)?.array));
    let at = |texts: &StringArray, row| text_at(texts, row).map(str::to_owned);
    Ok((0..left.len())
        .map(|row| {
            let (Some(left), Some(right)) = (at(&left, row), at(&right, row)) else {
                return Some(false);
            };
            Some(match (decimal::number(&left), decimal::number(&right)) {
                (Some(left), Some(right)) => comparison.of(&left, &right),
                _ => comparison.of(left.as_str(), right.as_str()),
            })
        })
        .collect())
}

fn any(stream: &mut Stream) -> Result<Condition, String> {
    let mut parts = vec![all(stream)?];
    while stream.word("or") {
        parts.push(all(stream)?);
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::Any(parts) })
}

fn all(stream: &mut Stream) -> Result<Condition, String> {
    let mut parts = vec![one(stream)?];
    while stream.word("and") {
        parts.push(one(stream)?);
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::All(parts) })
}

fn one(stream: &mut Stream) -> Result<Condition, String> {
    if stream.word("not") {
        return Ok(Condition::Not(Box::new(one(stream)?)));
    }
    if stream.sign("(") {
        let inner = any(stream)?;
        stream.expect(")")?;
        return Ok(inner);
    }
    let here = stream.here();
    let Some(Token::Word(column) | Token::Quoted(column)) = stream.next() else {
        return Err(format!("expected a column{here}"));
    };
    if stream.word("not") {
        if !stream.word("in") {
            return Err(format!("expected `in` after `not`{}", stream.here()));
        }
        return Ok(Condition::Not(Box::new(Condition::In(column, list(stream)?))));
    }
    if stream.word("in") {
        return Ok(Condition::In(column, list(stream)?));
    }
    let here = stream.here();
    let comparison = match stream.next() {
        Some(Token::Sign("=")) => Comparison::Equal,
        Some(Token::Sign("!=")) => Comparison::Different,
        Some(Token::Sign("<")) => Comparison::Less,
        Some(Token::Sign("<=")) => Comparison::AtMost,
        Some(Token::Sign(">")) => Comparison::More,
        Some(Token::Sign(">=")) => Comparison::AtLeast,
        _ => return Err(format!("expected a comparison (= != < <= > >= in){here}")),
    };
    if let Some(Token::Word(_) | Token::Quoted(_)) = stream.peek() {
        let Some(Token::Word(right) | Token::Quoted(right)) = stream.next() else {
            return Err("expected a column".to_owned());
        };
        return Ok(Condition::Same(column, comparison, right));
    }
    Ok(Condition::Is(column, comparison, literal(stream)?))
}

fn literal(stream: &mut Stream) -> Result<Literal, String> {
    let here = stream.here();
    match stream.next() {
        Some(Token::Text(text)) => Ok(Literal::Text(text)),
        Some(Token::Number(number)) => Ok(Literal::Number(number)),
        Some(Token::Sign("-")) => match stream.next() {
            Some(Token::Number(number)) => Ok(Literal::Number(-number)),
            _ => Err(format!("expected a number after `-`{here}")),
        },
        _ => Err(format!("expected a text in quotes, a number or a column{here}")),
    }
}

fn list(stream: &mut Stream) -> Result<Vec<Literal>, String> {
    let close = if stream.sign("[") { "]" } else { ")" };
    if close == ")" {
        stream.expect("(")?;
    }
    let mut values = vec![literal(stream)?];
    while stream.sign(",") {
        values.push(literal(stream)?);
    }
    stream.expect(close)?;
    Ok(values)
}
