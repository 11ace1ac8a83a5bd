//! Eligibility expressions: to whom a given offer applies (`offers.eligibility`).
//!
//! ```text
//! segment = enterprise and (employees >= 100 or has(KT-PRO)) and not industry in (官公庁, 教育)
//! ```
//!
//! | form | holds where |
//! |---|---|
//! | `name = value`, `!=`, `<`, `<=`, `>`, `>=` | the attribute compares so: numbers as numbers, texts without case, ISO dates by their order |
//! | `name in (a, b)`, `name not in (a, b)` | the attribute is one of these, or none of them |
//! | `has(PRODUCT)` | the product is owned: under contract, or bought within the days that count |
//! | `a and b`, `a or b`, `not a`, `( … )` | as in logic; `not` binds before `and`, `and` before `or` |
//!
//! What is missing is unknown: a comparison with it is neither true nor false, and `and`, `or`, `not` carry that on
//! (Kleene 1952, "Introduction to Metamathematics", 64). An expression that stays unknown does not hold, and says of
//! which attribute nothing is known.

mod parse;
mod read;

use std::cmp::Ordering;

use domain::words::Words;

pub use parse::EligibilityError;
pub use read::{ATTRIBUTES, Attribute};

use crate::look::Look;
use crate::phrases::figure;

/// A value of an attribute or in an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// A text; dates are ISO texts.
    Text(String),
    /// True or false.
    Flag(bool),
}

impl Value {
    /// How it reads.
    fn said(&self) -> String {
        match self {
            Self::Number(x) => figure(*x),
            Self::Text(text) => text.clone(),
            Self::Flag(flag) => flag.to_string(),
        }
    }

    /// The order of two values of one kind; nothing where they cannot be compared.
    fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.partial_cmp(b),
            (Self::Flag(a), Self::Flag(b)) => Some(a.cmp(b)),
            (Self::Text(a), Self::Text(b)) => {
                Some(a.trim().to_lowercase().cmp(&b.trim().to_lowercase()))
            }
            (Self::Text(text), Self::Number(number)) => {
                text.trim().parse::<f64>().ok()?.partial_cmp(number)
            }
            (Self::Number(number), Self::Text(text)) => {
                number.partial_cmp(&text.trim().parse::<f64>().ok()?)
            }
            (Self::Flag(_), _) | (_, Self::Flag(_)) => None,
        }
    }
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compare {
    Is,
    IsNot,
    Under,
    AtMost,
    Over,
    AtLeast,
}

impl Compare {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Is => order.is_eq(),
            Self::IsNot => order.is_ne(),
            Self::Under => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Over => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }

    fn sign(self) -> &'static str {
        match self {
            Self::Is => "=",
            Self::IsNot => "!=",
            Self::Under => "<",
            Self::AtMost => "<=",
            Self::Over => ">",
            Self::AtLeast => ">=",
        }
    }
}

/// One node of an expression.
#[derive(Debug, Clone, PartialEq)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Compare { name: String, by: Compare, value: Value },
    In { name: String, values: Vec<Value> },
    Has(String),
}

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Eligibility {
    node: Node,
    text: String,
}

/// Whether an expression holds for an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It holds.
    Yes,
    /// It does not; the comparison that decides, in words.
    No(Words),
    /// Nothing is known of this attribute, and it decides.
    Unknown(String),
}

impl Eligibility {
    /// Reads an expression; an empty one is no expression.
    pub fn parse(text: &str) -> Result<Option<Self>, EligibilityError> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let node = parse::parse(text)?;
        Ok(Some(Self { node, text: text.trim().to_owned() }))
    }

    /// The text that it was read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names of the attributes it asks for, each once, in order.
    pub fn names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        collect(&self.node, &mut names);
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Whether it holds for the account.
    pub fn ask(&self, look: &Look) -> Answer {
        match holds(&self.node, look) {
            Told { truth: Some(true), .. } => Answer::Yes,
            Told { truth: Some(false), by } => Answer::No(by),
            Told { truth: None, by } => Answer::Unknown(by.en),
        }
    }
}

fn collect<'a>(node: &'a Node, names: &mut Vec<&'a str>) {
    match node {
        Node::All(nodes) | Node::Any(nodes) => {
            for node in nodes {
                collect(node, names);
            }
        }
        Node::Not(node) => collect(node, names),
        Node::Compare { name, .. } | Node::In { name, .. } => names.push(name),
        Node::Has(_) => {}
    }
}

/// True, false, or unknown; and what decides: of an unknown the attribute's name.
struct Told {
    truth: Option<bool>,
    by: Words,
}

impl Told {
    fn of(truth: bool, words: Words) -> Self {
        Self { truth: Some(truth), by: words }
    }

    fn unknown(name: &str) -> Self {
        Self { truth: None, by: Words::new(name, name) }
    }
}

fn holds(node: &Node, look: &Look) -> Told {
    match node {
        Node::All(nodes) => fold(nodes, look, false),
        Node::Any(nodes) => fold(nodes, look, true),
        Node::Not(node) => {
            let told = holds(node, look);
            Told { truth: told.truth.map(|truth| !truth), by: told.by }
        }
        Node::Compare { name, by, value } => {
            let Some(found) = read::read(look, name) else { return Told::unknown(name) };
            let Some(order) = found.order(value) else { return Told::unknown(name) };
            let (found, sign, value) = (found.said(), by.sign(), value.said());
            let words = Words::new(
                format!("{name}は{found}です(条件: {name} {sign} {value})"),
                format!("{name} is {found} (asked: {name} {sign} {value})"),
            );
            Told::of(by.holds(order), words)
        }
        Node::In { name, values } => {
            let Some(found) = read::read(look, name) else { return Told::unknown(name) };
            let any = values.iter().any(|value| found.order(value) == Some(Ordering::Equal));
            let (found, all) =
                (found.said(), values.iter().map(Value::said).collect::<Vec<_>>().join(", "));
            let words = Words::new(
                format!("{name}は{found}です(条件: {all}のいずれか)"),
                format!("{name} is {found} (asked: one of {all})"),
            );
            Told::of(any, words)
        }
        Node::Has(product) => {
            let id = product.as_str().into();
            let has = !look.is_new(&id);
            let called = crate::phrases::name(look.catalogue, &id);
            let words = if has {
                Words::new(format!("{called}をお持ちです"), format!("{called} is owned"))
            } else {
                Words::new(
                    format!("{called}をお持ちではありません"),
                    format!("{called} is not owned"),
                )
            };
            Told::of(has, words)
        }
    }
}

/// The first that decides; else unknown if any is; else the last.
fn fold(nodes: &[Node], look: &Look, decides: bool) -> Told {
    let mut last = Told::of(!decides, Words::default());
    let mut unknown = None;
    for node in nodes {
        let told = holds(node, look);
        match told.truth {
            Some(truth) if truth == decides => return told,
            Some(_) => last = told,
            None => unknown = unknown.or(Some(told)),
        }
    }
    unknown.unwrap_or(last)
}

#[cfg(test)]
mod tests;
