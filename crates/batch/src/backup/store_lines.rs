//! The store's tables as lines of JSON: a table's head as an object, each of its rows as a list.
//!
//! A number that is not whole is written as a text, the shortest that reads back as the same number.

use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use store::{DumpPart, Value};

#[derive(Serialize, Deserialize)]
struct Head {
    table: String,
    columns: Vec<(String, String)>,
}

/// Writes a part as a line.
pub(super) fn write(out: &mut impl Write, part: DumpPart) -> io::Result<()> {
    match part {
        DumpPart::Table { name, columns } => {
            let columns = columns.into_iter().map(|(name, kind)| (name, kind.to_owned())).collect();
            serde_json::to_writer(&mut *out, &Head { table: name, columns })?;
        }
        DumpPart::Row(row) => {
            let cells: Vec<Json> = row.into_iter().map(json).collect();
            serde_json::to_writer(&mut *out, &cells)?;
        }
    }
    out.write_all(b"\n")
}

fn json(value: Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Text(text) => text.into(),
        Value::Int(number) => number.into(),
        Value::Real(number) => number.to_string().into(),
    }
}

/// Reads parts back, line by line.
pub(super) struct Parts<R> {
    lines: io::Lines<R>,
    kinds: Vec<&'static str>,
}

impl<R: BufRead> Parts<R> {
    pub(super) fn of(reader: R) -> Self {
        Self { lines: reader.lines(), kinds: Vec::new() }
    }

    pub(super) fn next(&mut self) -> io::Result<Option<DumpPart>> {
        let Some(line) = self.lines.next().transpose()? else { return Ok(None) };
        if line.starts_with('{') {
            let head: Head = serde_json::from_str(&line)?;
            let columns: Vec<(String, &'static str)> =
                head.columns.into_iter().map(|(name, kind)| (name, word(&kind))).collect();
            self.kinds = columns.iter().map(|(_, kind)| *kind).collect();
            return Ok(Some(DumpPart::Table { name: head.table, columns }));
        }
        let cells: Vec<Json> = serde_json::from_str(&line)?;
        if cells.len() != self.kinds.len() {
            return Err(io::Error::other("a row has not as many values as its table has columns"));
        }
        let row = cells.into_iter().zip(&self.kinds).map(|(cell, kind)| value(cell, kind));
        Ok(Some(DumpPart::Row(row.collect::<io::Result<_>>()?)))
    }
}

fn word(kind: &str) -> &'static str {
    ["int", "real"].into_iter().find(|known| *known == kind).unwrap_or("text")
}

fn value(cell: Json, kind: &str) -> io::Result<Value> {
    let misfit = || io::Error::other(format!("a value is not of its column's kind, {kind}"));
    match (cell, kind) {
        (Json::Null, _) => Ok(Value::Null),
        (Json::String(text), "text") => Ok(Value::Text(text)),
        (Json::String(text), "real") => text.parse().map(Value::Real).map_err(|_| misfit()),
        (Json::Number(number), "int") => number.as_i64().map(Value::Int).ok_or_else(misfit),
        _ => Err(misfit()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_read_back_as_they_were() {
        let parts = [
            DumpPart::Table {
                name: "t".to_owned(),
                columns: vec![
                    ("a".to_owned(), "text"),
                    ("b".to_owned(), "int"),
                    ("c".to_owned(), "real"),
                ],
            },
            DumpPart::Row(vec!["日本\n\"".into(), i64::MIN.into(), (0.1_f64 + 0.2).into()]),
            DumpPart::Row(vec![Value::Null, Value::Null, Value::Real(f64::MAX)]),
        ];
        let mut bytes = Vec::new();
        for part in parts.clone() {
            write(&mut bytes, part).expect("written");
        }
        let mut read = Parts::of(bytes.as_slice());
        for part in parts {
            assert_eq!(read.next().expect("read"), Some(part));
        }
        assert_eq!(read.next().expect("read"), None);
    }
}
