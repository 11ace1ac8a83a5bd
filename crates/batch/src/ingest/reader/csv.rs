//! CSV and TSV: quoted fields, any line ending, separator by the ending, the mapping, or its looks.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, Result, bail};
use csv::{ByteRecord, Reader, ReaderBuilder};

use super::input::{Input, cut_short};
use super::text::{TextBatch, not_utf8};
use super::{BadRow, Form, Out, Source, shortened};

/// Separators that are recognised, with the name a message uses.
const SEPARATORS: &[(u8, &str)] =
    &[(b',', "commas"), (b';', "semicolons"), (b'\t', "tabs"), (b'|', "vertical bars")];

pub(super) struct CsvSource {
    path: PathBuf,
    columns: Vec<String>,
    reader: Reader<Box<dyn Read + Send>>,
    done: Arc<AtomicU64>,
    bytes: u64,
}

impl CsvSource {
    pub(super) fn open(path: &Path, usual: u8, form: &Form) -> Result<Self> {
        let input = Input::open(path)?;
        let separator = separator(path, &input.head, usual, form)?;
        let (done, bytes) = (Arc::clone(&input.done), input.bytes);
        let mut reader = ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 20)
            .from_reader(Box::new(input.reader()) as Box<dyn Read + Send>);
        let mut header = ByteRecord::new();
        reader.read_byte_record(&mut header).with_context(|| cut_short(path, 1))?;
        let mut columns = Vec::with_capacity(header.len());
        for name in &header {
            let Ok(name) = std::str::from_utf8(name) else {
                bail!("{}: in the header, {}", path.display(), not_utf8(name));
            };
            columns.push(name.trim().to_owned());
        }
        while columns.last().is_some_and(String::is_empty) {
            columns.pop();
        }
        if let Some(nameless) = columns.iter().position(String::is_empty) {
            bail!(
                "{}: column {} has no name; the first line must name every column",
                path.display(),
                nameless + 1
            );
        }
        Ok(Self { path: path.to_owned(), columns, reader, done, bytes })
    }
}

impl Source for CsvSource {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn read(mut self: Box<Self>, wanted: &[usize], out: Out) -> Result<()> {
        let mut batch = TextBatch::new(&self.columns, wanted);
        let mut record = ByteRecord::new();
        let mut line = 1;
        loop {
            let more = self
                .reader
                .read_byte_record(&mut record)
                .with_context(|| cut_short(&self.path, line))?;
            if !more {
                break;
            }
            line = record.position().map_or(line, csv::Position::line);
            if let Some(bad) = ragged(&record, &self.columns, line) {
                batch.bad(bad);
            } else {
                for (at, column) in wanted.iter().enumerate() {
                    batch.push(at, &record[*column]);
                }
                batch.end_row(line);
            }
            if batch.is_full() && !out(batch.finish(self.done.load(Ordering::Relaxed))?) {
                return Ok(());
            }
        }
        out(batch.finish(self.bytes)?);
        Ok(())
    }
}

/// What is wrong with a row whose number of fields is not the header's. Empty fields too many are not.
fn ragged(record: &ByteRecord, columns: &[String], line: u64) -> Option<BadRow> {
    let (fields, needed) = (record.len(), columns.len());
    if fields == needed || (fields > needed && record.iter().skip(needed).all(<[u8]>::is_empty)) {
        return None;
    }
    let start: Vec<_> = record.iter().take(3).map(String::from_utf8_lossy).collect();
    Some(BadRow {
        line: u32::try_from(line).unwrap_or(u32::MAX),
        column: String::new(),
        value: shortened(&start.join(" | ")),
        reason: format!(
            "has {fields} fields where the header has {needed}; put texts that hold the separator or \
             a line break in double quotes"
        ),
    })
}

/// The separator to read with: the mapping's, else the ending's, else semicolons if they alone fit.
fn separator(path: &Path, head: &[u8], usual: u8, form: &Form) -> Result<u8> {
    let expected = form.separator.unwrap_or(usual);
    let header = head.split(|byte| *byte == b'\n' || *byte == b'\r').next().unwrap_or_default();
    let count = |separator: u8| {
        let mut quoted = false;
        let mut count = 0;
        for byte in header {
            quoted ^= *byte == b'"';
            count += usize::from(!quoted && *byte == separator);
        }
        count
    };
    if count(expected) > 0 {
        return Ok(expected);
    }
    let Some((fits, name)) =
        SEPARATORS.iter().copied().max_by_key(|(separator, _)| count(*separator))
    else {
        return Ok(expected);
    };
    if count(fits) == 0 {
        return Ok(expected);
    }
    if fits == b';' && usual == b',' && form.separator.is_none() {
        return Ok(fits);
    }
    let wrong = SEPARATORS.iter().find(|(byte, _)| *byte == expected).map_or("that", |(_, n)| *n);
    let shown = if fits == b'\t' { "\\t".to_owned() } else { char::from(fits).to_string() };
    bail!(
        "{}: the header is separated by {name}, not {wrong}; state `separator = \"{shown}\"` for the \
         file in a mapping, or rename it (.csv for commas or semicolons, .tsv for tabs)",
        path.display()
    )
}
