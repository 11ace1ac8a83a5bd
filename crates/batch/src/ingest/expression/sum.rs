//! Sums of numbers: `+ - * /`, parentheses, columns.

use std::sync::Arc;

use anyhow::Result;
use arrow::array::{Array, ArrayRef, AsArray as _, Float64Array, Float64Builder};
use arrow::datatypes::{DataType, Float64Type, Int64Type};

use super::token::{Stream, Token};
use crate::ingest::cells::{BadCell, Cells, Rows, merged, text_at, texts};
use crate::ingest::decimal;

/// A sum that gives a number for every row. A missing operand makes the result missing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sum(Node);

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Number(f64),
    Column(String),
    Negative(Box<Node>),
    Both(Box<Node>, char, Box<Node>),
}

impl Sum {
    /// Reads a sum; the error says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut stream = Stream::new(text)?;
        let node = terms(&mut stream)?;
        stream.end()?;
        Ok(Self(node))
    }

    /// The columns it works with.
    pub(crate) fn columns(&self) -> Vec<String> {
        let mut columns = Vec::new();
        self.0.columns(&mut columns);
        columns
    }

    /// The result for every row; `empty` stands in for a missing operand where it is given.
    pub(crate) fn cells(&self, rows: &Rows, empty: Option<f64>) -> Result<Cells> {
        let mut bad = Vec::new();
        let numbers = self.0.numbers(rows, empty, &mut bad)?;
        let mut out = Float64Builder::with_capacity(numbers.len());
        let mut infinite = Vec::new();
        for (row, number) in numbers.iter().enumerate() {
            let finite = number.filter(|number| number.is_finite());
            if number.is_some() && finite.is_none() {
                let reason = "is no number (a division by zero?); leave such rows out with `when`";
                infinite.push(BadCell { row, value: String::new(), reason: reason.to_owned() });
            }
            out.append_option(finite);
        }
        bad.push(infinite);
        Ok(Cells { array: Arc::new(out.finish()), bad: merged(bad) })
    }
}

fn terms(stream: &mut Stream) -> Result<Node, String> {
    let mut left = factors(stream)?;
    loop {
        let sign = if stream.sign("+") {
            '+'
        } else if stream.sign("-") {
            '-'
        } else {
            return Ok(left);
        };
        left = Node::Both(Box::new(left), sign, Box::new(factors(stream)?));
    }
}

fn factors(stream: &mut Stream) -> Result<Node, String> {
    let mut left = factor(stream)?;
    loop {
        let sign = if stream.sign("*") {
            '*'
        } else if stream.sign("/") {
            '/'
        } else {
            return Ok(left);
        };
        left = Node::Both(Box::new(left), sign, Box::new(factor(stream)?));
    }
}

fn factor(stream: &mut Stream) -> Result<Node, String> {
    let here = stream.here();
    match stream.next() {
        Some(Token::Number(number)) => Ok(Node::Number(number)),
        Some(Token::Word(column) | Token::Quoted(column)) => Ok(Node::Column(column)),
        Some(Token::Sign("-")) => Ok(Node::Negative(Box::new(factor(stream)?))),
        Some(Token::Sign("(")) => {
            let inner = terms(stream)?;
            stream.expect(")")?;
            Ok(inner)
        }
        _ => Err(format!("expected a number or a column{here}")),
    }
}

impl Node {
    fn columns(&self, into: &mut Vec<String>) {
        match self {
            Self::Number(_) => {}
            Self::Column(name) => into.push(name.clone()),
            Self::Negative(inner) => inner.columns(into),
            Self::Both(left, _, right) => {
                left.columns(into);
                right.columns(into);
            }
        }
    }

    fn numbers(
        &self,
        rows: &Rows,
        empty: Option<f64>,
        bad: &mut Vec<Vec<BadCell>>,
    ) -> Result<Float64Array> {
        Ok(match self {
            Self::Number(number) => Float64Array::from(vec![*number; rows.len()]),
            Self::Column(name) => {
                let (numbers, unreadable) = column_numbers(&rows.column(name)?.array, empty);
                bad.push(unreadable);
                numbers
            }
            Self::Negative(inner) => inner.numbers(rows, empty, bad)?.unary(|number| -number),
            Self::Both(left, sign, right) => {
                let left = left.numbers(rows, empty, bad)?;
                let right = right.numbers(rows, empty, bad)?;
                let apply: fn(f64, f64) -> f64 = match sign {
                    '+' => |a, b| a + b,
                    '-' => |a, b| a - b,
                    '*' => |a, b| a * b,
                    _ => |a, b| a / b,
                };
                arrow::compute::binary(&left, &right, apply)?
            }
        })
    }
}

/// A column as numbers, and the cells that are none.
pub(in crate::ingest) fn column_numbers(
    array: &ArrayRef,
    empty: Option<f64>,
) -> (Float64Array, Vec<BadCell>) {
    let numbers: Float64Array = match array.data_type() {
        DataType::Int64 => array.as_primitive::<Int64Type>().unary(|whole| whole as f64),
        DataType::Float64 => array.as_primitive::<Float64Type>().clone(),
        _ => return text_numbers(array, empty),
    };
    let Some(empty) = empty.filter(|_| numbers.null_count() > 0) else {
        return (numbers, Vec::new());
    };
    (numbers.iter().map(|number| Some(number.unwrap_or(empty))).collect(), Vec::new())
}

fn text_numbers(array: &ArrayRef, empty: Option<f64>) -> (Float64Array, Vec<BadCell>) {
    let texts = texts(array);
    let mut out = Float64Builder::with_capacity(texts.len());
    let mut bad = Vec::new();
    for row in 0..texts.len() {
        let Some(text) = text_at(&texts, row) else {
            out.append_option(empty);
            continue;
        };
        let number = decimal::number(text);
        if number.is_none() {
            let reason = "is not a number that can be calculated with".to_owned();
            bad.push(BadCell { row, value: text.to_owned(), reason });
        }
        out.append_option(number);
    }
    (out.finish(), bad)
}
