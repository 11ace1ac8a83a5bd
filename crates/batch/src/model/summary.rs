//! What a model says of its fit: named figures and small tables, as text for people and as JSON.

use std::fmt::Write as _;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

/// One thing that is said.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing could be said: `null`.
    None,
    /// Words, or one word of a known few (a verdict).
    Text(String),
    /// A count.
    Count(u64),
    /// A figure; not finite reads as `null`.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// Several of them.
    List(Vec<Value>),
    /// Named ones.
    Group(Summary),
    /// Rows under named columns.
    Rows(Vec<&'static str>, Vec<Vec<Value>>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<usize> for Value {
    fn from(count: usize) -> Self {
        Self::Count(count as u64)
    }
}
impl From<u64> for Value {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}
impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}
impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}
impl From<Summary> for Value {
    fn from(group: Summary) -> Self {
        Self::Group(group)
    }
}
impl<V: Into<Value>> From<Option<V>> for Value {
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::None, Into::into)
    }
}
impl<V: Into<Value>> From<Vec<V>> for Value {
    fn from(values: Vec<V>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

/// Named figures in the order in which they are said. Keys are lower-case with underscores.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Summary {
    said: Vec<(String, Value)>,
}

impl Summary {
    /// Says one thing more.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.said.push((key.to_owned(), value.into()));
        self
    }

    /// Says rows under named columns.
    #[must_use]
    pub fn rows(self, key: &str, columns: &[&'static str], rows: Vec<Vec<Value>>) -> Self {
        self.with(key, Value::Rows(columns.to_vec(), rows))
    }

    /// What is said under a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.said.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// As text: a line each, tables in columns.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.lines(&mut text, 0);
        text
    }

    fn lines(&self, text: &mut String, depth: usize) {
        let indent = "  ".repeat(depth);
        let widest = self.said.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
        for (key, value) in &self.said {
            let key = key.replace('_', " ");
            match value {
                Value::Group(group) => {
                    let _ = writeln!(text, "{indent}{key}");
                    group.lines(text, depth + 1);
                }
                Value::Rows(columns, rows) => {
                    let _ = writeln!(text, "{indent}{key}");
                    table(text, depth + 1, columns, rows);
                }
                value => {
                    let _ = writeln!(text, "{indent}{key:widest$}  {}", cell(value));
                }
            }
        }
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::None => "-".to_owned(),
        Value::Text(text) => text.clone(),
        Value::Count(count) => count.to_string(),
        Value::Number(number) => figure(*number),
        Value::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Value::List(values) => values.iter().map(cell).collect::<Vec<_>>().join(", "),
        Value::Group(_) | Value::Rows(..) => "…".to_owned(),
    }
}

/// A figure for people: seven significant digits at most, no trailing zeros.
fn figure(number: f64) -> String {
    if !number.is_finite() {
        return "-".to_owned();
    }
    if number == 0.0 || (1e-4..1e15).contains(&number.abs()) {
        let whole = number.abs().max(1.0).log10().floor();
        let small =
            if number.abs() < 1.0 && number != 0.0 { -number.abs().log10().floor() } else { 0.0 };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 10 by the clamp"
        )]
        let decimals = (6.0 - whole + small).clamp(0.0, 10.0) as usize;
        let text = format!("{number:.decimals$}");
        if text.contains('.') {
            return text.trim_end_matches('0').trim_end_matches('.').to_owned();
        }
        return text;
    }
    format!("{number:.4e}")
}

fn table(text: &mut String, depth: usize, columns: &[&'static str], rows: &[Vec<Value>]) {
    let indent = "  ".repeat(depth);
    let heads: Vec<String> = columns.iter().map(|name| name.replace('_', " ")).collect();
    let cells: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    let width = |at: usize| {
        let said = cells.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count());
        said.chain([heads[at].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    for row in std::iter::once(&heads).chain(&cells) {
        let padded: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        let _ = writeln!(text, "{indent}{}", padded.join("  ").trim_end());
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Count(count) => serializer.serialize_u64(*count),
            Self::Number(number) if number.is_finite() => serializer.serialize_f64(*number),
            Self::None | Self::Number(_) => serializer.serialize_none(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::List(values) => values.serialize(serializer),
            Self::Group(group) => group.serialize(serializer),
            Self::Rows(columns, rows) => {
                let mut list = serializer.serialize_seq(Some(rows.len()))?;
                for row in rows {
                    list.serialize_element(&Row(columns, row))?;
                }
                list.end()
            }
        }
    }
}

impl Serialize for Summary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.said.len()))?;
        for (key, value) in &self.said {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

struct Row<'a>(&'a [&'static str], &'a [Value]);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.0.iter().zip(self.1) {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary() -> Summary {
        Summary::default()
            .with("model", "bg-nbd")
            .with("log_likelihood", -9_582.429_2)
            .with("interval", vec![0.25, 0.5])
            .with("missing", f64::NAN)
            .with("parameters", Summary::default().with("r", 0.242_594_5))
            .rows("methods", &["name", "qini"], vec![vec!["s".into(), 0.0041.into()]])
    }

    #[test]
    fn people_read_lines() {
        let text = "model           bg-nbd\nlog likelihood  -9582.429\ninterval        0.25, 0.5\n\
                    missing         -\nparameters\n  r  0.2425945\nmethods\n  name  qini\n  s     0.0041\n";
        assert_eq!(summary().text(), text);
    }

    #[test]
    fn machines_read_json_in_the_same_order() {
        let json = serde_json::to_string(&summary()).expect("it serialises");
        assert_eq!(
            json,
            r#"{"model":"bg-nbd","log_likelihood":-9582.4292,"interval":[0.25,0.5],"missing":null,"parameters":{"r":0.2425945},"methods":[{"name":"s","qini":0.0041}]}"#
        );
    }
}
