//! Words, texts, numbers and signs of an expression.

/// One piece of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A column, or one of the words `and`, `or`, `not`, `in` when not in backquotes.
    Word(String),
    /// A column in backquotes.
    Quoted(String),
    /// A text in quotes.
    Text(String),
    /// A number.
    Number(f64),
    /// `= != < <= > >= ( ) [ ] , + - * /`
    Sign(&'static str),
}

const SIGNS: &[&str] =
    &["==", "!=", "<=", ">=", "=", "<", ">", "(", ")", "[", "]", ",", "+", "-", "*", "/"];

/// Splits an expression; the error names what it cannot read.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '"' | '\'' | '`' => quoted(rest, first)?,
            '0'..='9' => number(rest)?,
            _ if first.is_alphabetic() || first == '_' => word(rest),
            _ => sign(rest)?,
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

fn quoted(rest: &str, quote: char) -> Result<(Token, usize), String> {
    let end = rest[1..].find(quote).ok_or_else(|| format!("{rest} lacks its closing {quote}"))?;
    let inner = rest[1..=end].to_owned();
    let token = if quote == '`' { Token::Quoted(inner) } else { Token::Text(inner) };
    Ok((token, end + 2))
}

fn number(rest: &str) -> Result<(Token, usize), String> {
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let number = rest[..end].parse().map_err(|_| format!("{} is not a number", &rest[..end]))?;
    Ok((Token::Number(number), end))
}

fn word(rest: &str) -> (Token, usize) {
    let inside = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let end = rest.find(|c| !inside(c)).unwrap_or(rest.len());
    (Token::Word(rest[..end].to_owned()), end)
}

fn sign(rest: &str) -> Result<(Token, usize), String> {
    let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
    let sign = sign.ok_or_else(|| format!("`{rest}` does not continue an expression"))?;
    Ok((Token::Sign(if *sign == "==" { "=" } else { sign }), sign.len()))
}

/// Tokens being consumed.
pub(super) struct Stream {
    tokens: Vec<Token>,
    at: usize,
}

impl Stream {
    pub(super) fn new(text: &str) -> Result<Self, String> {
        Ok(Self { tokens: tokens(text)?, at: 0 })
    }

    pub(super) fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    /// Consumes this sign if it is next.
    pub(super) fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(next)) if *next == sign);
        self.at += usize::from(found);
        found
    }

    /// Consumes this word if it is next.
    pub(super) fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(next)) if next == word);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.sign(sign) {
            return Ok(());
        }
        Err(format!("expected `{sign}`{}", self.here()))
    }

    pub(super) fn end(&self) -> Result<(), String> {
        if self.peek().is_none() {
            return Ok(());
        }
        Err(format!("nothing should follow{}", self.here()))
    }

    /// Where the reading stands, for messages.
    pub(super) fn here(&self) -> String {
        match self.peek() {
            None => " at the end".to_owned(),
            Some(Token::Word(text) | Token::Quoted(text) | Token::Text(text)) => {
                format!(" before `{text}`")
            }
            Some(Token::Number(number)) => format!(" before `{number}`"),
            Some(Token::Sign(sign)) => format!(" before `{sign}`"),
        }
    }
}
