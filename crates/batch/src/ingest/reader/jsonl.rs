//! JSON Lines: one object a line. The columns are the keys of all objects, in order of appearance.

use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value};

use super::input::{Input, cut_short};
use super::text::{TextBatch, not_utf8};
use super::{BadRow, Form, Out, Source, shortened};

pub(super) struct JsonlSource {
    path: PathBuf,
    columns: Vec<String>,
    bytes: u64,
    encoding: Option<&'static encoding_rs::Encoding>,
}

impl JsonlSource {
    /// Goes through the file once for the keys.
    pub(super) fn open(path: &Path, form: &Form) -> Result<Self> {
        let input = Input::open(path, form.encoding)?;
        let bytes = input.bytes;
        let mut columns: Vec<String> = Vec::new();
        each_line(path, input.reader(), |_, line| {
            for key in object(line).unwrap_or_default().keys() {
                if !columns.contains(key) {
                    columns.push(key.clone());
                }
            }
            Ok(true)
        })?;
        if columns.is_empty() {
            bail!("{}: no line is a JSON object; write one object a line", path.display());
        }
        Ok(Self { path: path.to_owned(), columns, bytes, encoding: form.encoding })
    }
}

impl Source for JsonlSource {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn read(self: Box<Self>, wanted: &[usize], out: Out) -> Result<()> {
        let input = Input::open(&self.path, self.encoding)?;
        let done = std::sync::Arc::clone(&input.done);
        let mut batch = TextBatch::new(&self.columns, wanted);
        each_line(&self.path, input.reader(), |number, line| {
            if line.iter().all(u8::is_ascii_whitespace) {
                return Ok(true);
            }
            match object(line) {
                Ok(object) => {
                    for (at, column) in wanted.iter().enumerate() {
                        let value = object.get(&self.columns[*column]);
                        batch.push(at, text(value).as_bytes());
                    }
                    batch.end_row(number);
                }
                Err(reason) => batch.bad(BadRow {
                    line: u32::try_from(number).unwrap_or(u32::MAX),
                    column: String::new(),
                    value: shortened(&String::from_utf8_lossy(line)),
                    reason,
                }),
            }
            Ok(!batch.is_full() || out(batch.finish(done.load(Ordering::Relaxed))?))
        })?;
        if batch.rows() > 0 {
            out(batch.finish(self.bytes)?);
        }
        Ok(())
    }
}

fn each_line(
    path: &Path,
    input: impl Read,
    mut take: impl FnMut(u64, &[u8]) -> Result<bool>,
) -> Result<()> {
    let mut input = BufReader::with_capacity(1 << 20, input);
    let mut line = Vec::new();
    let mut number = 0;
    loop {
        line.clear();
        let read =
            input.read_until(b'\n', &mut line).with_context(|| cut_short(path, number + 1))?;
        number += 1;
        if read == 0 || !take(number, &line)? {
            return Ok(());
        }
    }
}

fn object(line: &[u8]) -> Result<Map<String, Value>, String> {
    match serde_json::from_slice(line) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err("is not a JSON object; write one {\"column\": value, …} a line".to_owned()),
        Err(_) if std::str::from_utf8(line).is_err() => Err(not_utf8(line)),
        Err(error) => Err(format!("is not JSON ({error}); write one object a line")),
    }
}

fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
