//! A TOML text whose every value knows where it stands, read key by key so that none is left unread.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;

use domain::time::Day;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::MappingError;
use crate::ingest::nearest::did_you_mean;

/// A value and where it stands.
#[derive(Clone, Copy)]
pub(in crate::ingest) struct Node<'a> {
    text: &'a str,
    value: &'a DeValue<'a>,
    start: usize,
}

/// A table whose keys are taken one after the other.
pub(in crate::ingest) struct Keys<'a> {
    text: &'a str,
    start: usize,
    table: &'a DeTable<'a>,
    taken: RefCell<BTreeSet<String>>,
}

/// The error of a position.
pub(super) fn error_at(text: &str, at: usize, message: String) -> MappingError {
    let before = text.get(..at.min(text.len())).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    MappingError { line, column, message }
}

/// Parses a text and gives its table to `read`.
pub(super) fn parse<T>(
    text: &str,
    read: impl FnOnce(Keys) -> Result<T, MappingError>,
) -> Result<T, MappingError> {
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span: Range<usize>| span.start);
        error_at(text, at, format!("this is not TOML: {}", error.message()))
    })?;
    read(Keys { text, start: 0, table: table.get_ref(), taken: RefCell::default() })
}

impl<'a> Node<'a> {
    fn new(text: &'a str, value: &'a Spanned<DeValue<'a>>) -> Self {
        Self { text, value: value.get_ref(), start: value.span().start }
    }

    pub(in crate::ingest) fn error(&self, message: impl Into<String>) -> MappingError {
        error_at(self.text, self.start, message.into())
    }

    /// The line on which it stands, from 1.
    pub(in crate::ingest) fn line(&self) -> usize {
        self.error("").line
    }

    fn expected<T>(&self, what: &str) -> Result<T, MappingError> {
        Err(self.error(format!("expected {what}, found {}", self.value.type_str())))
    }

    pub(in crate::ingest) fn string(&self) -> Result<&'a str, MappingError> {
        self.value.as_str().map_or_else(|| self.expected("a text in quotes"), Ok)
    }

    pub(in crate::ingest) fn flag(&self) -> Result<bool, MappingError> {
        self.value.as_bool().map_or_else(|| self.expected("true or false"), Ok)
    }

    /// A small number from 1 on.
    pub(in crate::ingest) fn count(&self) -> Result<u32, MappingError> {
        let number = self.plain()?.parse().ok().filter(|number| (1..=1000).contains(number));
        number.map_or_else(|| self.expected("a number from 1 to 1000"), Ok)
    }

    /// A date, bare or in quotes.
    pub(in crate::ingest) fn day(&self) -> Result<Day, MappingError> {
        let text = self.plain()?;
        Day::parse_iso(&text)
            .ok_or_else(|| self.error(format!("`{text}` is not a day; write it as 2017-12-31")))
    }

    /// The text of a text, number, date or flag.
    pub(in crate::ingest) fn plain(&self) -> Result<String, MappingError> {
        match self.value {
            DeValue::String(text) => Ok(text.to_string()),
            DeValue::Integer(number) => Ok(number.to_string()),
            DeValue::Float(number) => Ok(number.to_string()),
            DeValue::Boolean(flag) => Ok(flag.to_string()),
            DeValue::Datetime(at) => Ok(at.to_string()),
            DeValue::Array(_) | DeValue::Table(_) => self.expected("a text, number or date"),
        }
    }

    pub(in crate::ingest) fn number(&self) -> Result<f64, MappingError> {
        let number = matches!(self.value, DeValue::Integer(_) | DeValue::Float(_));
        let text = if number { self.plain()? } else { String::new() };
        text.parse().map_or_else(|_| self.expected("a number"), Ok)
    }

    pub(in crate::ingest) fn list(&self) -> Result<Vec<Node<'a>>, MappingError> {
        let Some(array) = self.value.as_array() else { return self.expected("a list in []") };
        Ok(array.iter().map(|value| Node::new(self.text, value)).collect())
    }

    /// A list of texts.
    pub(in crate::ingest) fn strings(&self) -> Result<Vec<String>, MappingError> {
        self.list()?.iter().map(|node| node.string().map(str::to_owned)).collect()
    }

    pub(in crate::ingest) fn table(&self) -> Result<Keys<'a>, MappingError> {
        let Some(table) = self.value.as_table() else { return self.expected("a table in {}") };
        let taken = RefCell::default();
        Ok(Keys { text: self.text, start: self.start, table, taken })
    }

    pub(in crate::ingest) fn is_string(&self) -> bool {
        self.value.is_str()
    }

    pub(in crate::ingest) fn is_list(&self) -> bool {
        self.value.is_array()
    }

    pub(in crate::ingest) fn is_table(&self) -> bool {
        self.value.is_table()
    }
}

impl<'a> Keys<'a> {
    /// The value of a key, which counts as read from now on.
    pub(in crate::ingest) fn get(&self, key: &str) -> Option<Node<'a>> {
        self.taken.borrow_mut().insert(key.to_owned());
        self.table.get(key).map(|value| Node::new(self.text, value))
    }

    pub(in crate::ingest) fn need(&self, key: &str) -> Result<Node<'a>, MappingError> {
        self.get(key).ok_or_else(|| self.error(format!("`{key}` is missing here")))
    }

    /// Whether there is such a key, without reading it.
    pub(in crate::ingest) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    pub(in crate::ingest) fn error(&self, message: impl Into<String>) -> MappingError {
        error_at(self.text, self.start, message.into())
    }

    /// All keys in the order of the text.
    pub(in crate::ingest) fn all(&self) -> Vec<(&'a str, Node<'a>)> {
        let mut entries: Vec<_> = self.table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        self.taken.borrow_mut().extend(entries.iter().map(|(key, _)| key.get_ref().to_string()));
        entries
            .into_iter()
            .map(|(key, value)| (key.get_ref().as_ref(), Node::new(self.text, value)))
            .collect()
    }

    /// An error for the first key that nobody read. `known` are the keys that may stand here.
    pub(in crate::ingest) fn finish(&self, known: &[&str]) -> Result<(), MappingError> {
        let taken = self.taken.borrow();
        let mut unknown: Vec<_> =
            self.table.keys().filter(|key| !taken.contains(key.get_ref().as_ref())).collect();
        unknown.sort_by_key(|key| key.span().start);
        let Some(key) = unknown.first() else { return Ok(()) };
        let name = key.get_ref().as_ref();
        let near = did_you_mean(name, known.iter().copied());
        let message =
            format!("unknown key `{name}`; the keys here are {}.{near}", known.join(", "));
        Err(error_at(self.text, key.span().start, message))
    }
}
