//! Reads an expression: words and signs, then `or` over `and` over `not`, with the place of what is wrong.

use super::{Compare, Node, Value};

/// Longer expressions are refused.
const LENGTH_MAX: usize = 4_000;
/// Deeper brackets are refused.
const DEPTH_MAX: u32 = 50;

/// Why a text is not an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("character {at}: {message}")]
pub struct EligibilityError {
    /// The character at which it goes wrong, from 1.
    pub at: usize,
    /// What is wrong there and how to mend it.
    pub message: String,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    /// A name, a number or a bare text.
    Word(String),
    /// A text in quotes.
    Quoted(String),
    /// `=`, `!=`, `<`, `<=`, `>`, `>=`.
    Sign(Compare),
    Open,
    Close,
    Comma,
}

impl Token {
    fn said(&self) -> String {
        match self {
            Self::Word(word) => format!("`{word}`"),
            Self::Quoted(text) => format!("`'{text}'`"),
            Self::Sign(sign) => format!("`{}`", sign.sign()),
            Self::Open => "`(`".to_owned(),
            Self::Close => "`)`".to_owned(),
            Self::Comma => "`,`".to_owned(),
        }
    }
}

fn error<T>(at: usize, message: impl Into<String>) -> Result<T, EligibilityError> {
    Err(EligibilityError { at, message: message.into() })
}

pub(super) fn parse(text: &str) -> Result<Node, EligibilityError> {
    let length = text.chars().count();
    if length > LENGTH_MAX {
        return error(LENGTH_MAX, format!("it has {length} characters; {LENGTH_MAX} are the most"));
    }
    let mut parser = Parser { tokens: tokens(text)?, next: 0, end: length + 1, depth: 0 };
    let node = parser.any()?;
    match parser.peek() {
        None => Ok(node),
        Some(Token::Close) => error(parser.at(), "`)` closes nothing; remove it"),
        Some(token) => {
            let said = token.said();
            error(
                parser.at(),
                format!("{said} follows a whole condition; put `and` or `or` before it"),
            )
        }
    }
}

/// Tokens with the character at which each begins, from 1.
fn tokens(text: &str) -> Result<Vec<(usize, Token)>, EligibilityError> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let at = i + 1;
        let two = chars.get(i + 1) == Some(&'=');
        let (token, taken) = match chars[i] {
            c if c.is_whitespace() => {
                i += 1;
                continue;
            }
            '(' | '\u{ff08}' => (Token::Open, 1),
            ')' | '\u{ff09}' => (Token::Close, 1),
            ',' | '\u{3001}' | '\u{ff0c}' => (Token::Comma, 1),
            '=' | '\u{ff1d}' => (Token::Sign(Compare::Is), if two { 2 } else { 1 }),
            '!' if two => (Token::Sign(Compare::IsNot), 2),
            '<' if chars.get(i + 1) == Some(&'>') => (Token::Sign(Compare::IsNot), 2),
            '<' => (
                Token::Sign(if two { Compare::AtMost } else { Compare::Under }),
                1 + usize::from(two),
            ),
            '>' => (
                Token::Sign(if two { Compare::AtLeast } else { Compare::Over }),
                1 + usize::from(two),
            ),
            quote @ ('\'' | '"') => {
                let Some(length) = chars[i + 1..].iter().position(|c| *c == quote) else {
                    return error(
                        at,
                        format!("the text after {quote} has no end; close it with {quote}"),
                    );
                };
                (Token::Quoted(chars[i + 1..=i + length].iter().collect()), length + 2)
            }
            c if is_word(c) => {
                let length = chars[i..].iter().take_while(|c| is_word(**c)).count();
                (Token::Word(chars[i..i + length].iter().collect()), length)
            }
            c => {
                return error(
                    at,
                    format!("`{c}` means nothing here; put texts in quotes, as in 'A & B'"),
                );
            }
        };
        tokens.push((at, token));
        i += taken;
    }
    Ok(tokens)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/' | '+' | '%' | 'ー' | '・')
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    next: usize,
    end: usize,
    depth: u32,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    /// The character of the next token, or that after the last.
    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |(at, _)| *at)
    }

    fn keyword(&mut self, word: &str) -> bool {
        let is =
            matches!(self.peek(), Some(Token::Word(found)) if found.eq_ignore_ascii_case(word));
        self.next += usize::from(is);
        is
    }

    fn take(&mut self, token: &Token) -> bool {
        let is = self.peek() == Some(token);
        self.next += usize::from(is);
        is
    }

    fn any(&mut self) -> Result<Node, EligibilityError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return error(
                self.at(),
                format!("brackets go deeper than {DEPTH_MAX}; write it plainer"),
            );
        }
        let mut nodes = vec![self.all()?];
        while self.keyword("or") {
            nodes.push(self.all()?);
        }
        self.depth -= 1;
        Ok(one_of(nodes, Node::Any))
    }

    fn all(&mut self) -> Result<Node, EligibilityError> {
        let mut nodes = vec![self.not()?];
        while self.keyword("and") {
            nodes.push(self.not()?);
        }
        Ok(one_of(nodes, Node::All))
    }

    fn not(&mut self) -> Result<Node, EligibilityError> {
        let mut turned = false;
        while self.keyword("not") {
            turned = !turned;
        }
        let node = self.condition()?;
        Ok(if turned { Node::Not(Box::new(node)) } else { node })
    }

    fn condition(&mut self) -> Result<Node, EligibilityError> {
        if self.take(&Token::Open) {
            let node = self.any()?;
            self.close()?;
            return Ok(node);
        }
        let at = self.at();
        let name = match self.peek() {
            Some(Token::Word(name) | Token::Quoted(name)) => name.clone(),
            Some(token) => {
                let said = token.said();
                return error(
                    at,
                    format!("{said} stands where a condition begins; write as in `segment = smb`"),
                );
            }
            None => {
                return error(at, "a condition is missing at the end; write as in `segment = smb`");
            }
        };
        self.next += 1;
        if name.eq_ignore_ascii_case("has") && self.take(&Token::Open) {
            let product = self.word("the id of a product, as in `has(PRO)`")?;
            self.close()?;
            return Ok(Node::Has(product));
        }
        self.compared(name)
    }

    /// What follows the name of an attribute.
    fn compared(&mut self, name: String) -> Result<Node, EligibilityError> {
        let at = self.at();
        let not = self.keyword("not");
        if self.keyword("in") {
            let node = Node::In { name, values: self.list()? };
            return Ok(if not { Node::Not(Box::new(node)) } else { node });
        }
        match self.peek() {
            Some(Token::Sign(by)) if !not => {
                let by = *by;
                self.next += 1;
                let said = format!("a value, as in `{name} {} 10`", by.sign());
                let value = self.value(&said)?;
                Ok(Node::Compare { name, by, value })
            }
            _ => error(
                at,
                format!(
                    "`{name}` is compared with nothing; write as in `{name} = x`, `{name} >= 10`, `{name} in (a, b)`"
                ),
            ),
        }
    }

    fn list(&mut self) -> Result<Vec<Value>, EligibilityError> {
        if !self.take(&Token::Open) {
            return error(self.at(), "`in` is followed by a list in brackets, as in `in (a, b)`");
        }
        let mut values = vec![self.value("a value in the list")?];
        while self.take(&Token::Comma) {
            values.push(self.value("a value after the comma")?);
        }
        self.close()?;
        Ok(values)
    }

    fn close(&mut self) -> Result<(), EligibilityError> {
        if self.take(&Token::Close) {
            return Ok(());
        }
        error(self.at(), "a `)` is missing here")
    }

    fn word(&mut self, what: &str) -> Result<String, EligibilityError> {
        match self.peek() {
            Some(Token::Word(word) | Token::Quoted(word)) => {
                let word = word.clone();
                self.next += 1;
                Ok(word)
            }
            _ => error(self.at(), format!("here belongs {what}")),
        }
    }

    fn value(&mut self, what: &str) -> Result<Value, EligibilityError> {
        let quoted = matches!(self.peek(), Some(Token::Quoted(_)));
        let word = self.word(what)?;
        if quoted {
            return Ok(Value::Text(word));
        }
        Ok(match word.as_str() {
            "true" => Value::Flag(true),
            "false" => Value::Flag(false),
            _ => match number(&word) {
                Some(number) => Value::Number(number),
                None => Value::Text(word),
            },
        })
    }
}

/// A number, also in percent; words that only sound like one (`inf`, `nan`) are texts.
fn number(word: &str) -> Option<f64> {
    if !word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) {
        return None;
    }
    match word.strip_suffix('%') {
        Some(percent) => percent.parse::<f64>().ok().map(|x| x / 100.0),
        None => word.parse().ok(),
    }
}

fn one_of(mut nodes: Vec<Node>, many: fn(Vec<Node>) -> Node) -> Node {
    if nodes.len() == 1 { nodes.remove(0) } else { many(nodes) }
}
