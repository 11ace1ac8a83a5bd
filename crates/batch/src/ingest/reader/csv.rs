//! CSV and TSV: quoted fields, any line ending, separator by the ending, the mapping, or its looks.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, Result, bail};

use super::header;
use super::input::{self, Input, cut_short};
use super::records::{Next, Records};
use super::text::{TextBatch, not_utf8};
use super::{BadRow, Form, Out, Peek, Source, shortened};

/// Separators that are recognised, with the name a message uses.
const SEPARATORS: &[(u8, &str)] =
    &[(b',', "commas"), (b';', "semicolons"), (b'\t', "tabs"), (b'|', "vertical bars")];

pub(super) struct CsvSource {
    path: PathBuf,
    columns: Vec<String>,
    records: Records<Box<dyn Read + Send>>,
    done: Arc<AtomicU64>,
    bytes: u64,
}

impl CsvSource {
    pub(super) fn open(path: &Path, usual: u8, form: &Form) -> Result<Self> {
        let input = Input::open(path, form.encoding)?;
        let separator = separator(path, &input.head, usual, form)?;
        let (done, bytes) = (Arc::clone(&input.done), input.bytes);
        let input: Box<dyn Read + Send> = Box::new(input.reader());
        let mut records = Records::new(input, separator);
        let lines = read_header(path, &mut records, form)?;
        let shown = path.display().to_string();
        let columns = header::names(&shown, lines, form)?;
        Ok(Self { path: path.to_owned(), columns, records, done, bytes })
    }
}

/// The header's lines, with those above it passed over.
fn read_header(
    path: &Path,
    records: &mut Records<Box<dyn Read + Send>>,
    form: &Form,
) -> Result<Vec<Vec<String>>> {
    let wanted = form.header_lines.max(1) as usize;
    let mut lines: Vec<Vec<String>> = Vec::with_capacity(wanted);
    while lines.len() < wanted {
        let line = match records.next().with_context(|| cut_short(path, 1))? {
            Next::Record(line) => line,
            Next::OpenQuote(_) => {
                bail!("{}: the header has a quote that is never closed", path.display())
            }
            Next::End => bail!(
                "{} ends before its header is complete; look at `header_line` and `header_lines`",
                path.display()
            ),
        };
        if line < u64::from(form.header_line) {
            continue;
        }
        let mut names = Vec::with_capacity(records.len());
        for at in 0..records.len() {
            let name = records.field(at);
            let Ok(name) = std::str::from_utf8(name) else {
                bail!("{}: in the header, {}", path.display(), not_utf8(name));
            };
            names.push(name.to_owned());
        }
        lines.push(names);
    }
    Ok(lines)
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
        let mut line = 1;
        loop {
            match self.records.next().with_context(|| cut_short(&self.path, line))? {
                Next::End => break,
                Next::OpenQuote(at) => {
                    batch.bad(open_quote(at));
                    continue;
                }
                Next::Record(at) => line = at,
            }
            if let Some(bad) = ragged(&mut self.records, self.columns.len(), line) {
                batch.bad(bad);
            } else {
                for (at, column) in wanted.iter().enumerate() {
                    batch.push(at, self.records.field(*column));
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

/// The first rows, split at the separator that most of their lines have.
pub(super) fn peek(path: &Path, usual: u8, rows: usize) -> Result<Peek> {
    let input = Input::open(path, None)?;
    let encoding = super::encoding::guess(&input::raw_head(path)?);
    let separator = most_regular(&input.head, usual);
    let mut form = Form::default();
    if separator != usual && !(separator == b';' && usual == b',') {
        form.separator = Some(separator);
    }
    let mut records = Records::new(input.reader(), separator);
    let mut out = Vec::new();
    while out.len() < rows {
        let Next::Record(line) = records.next().with_context(|| cut_short(path, 1))? else { break };
        let mut cells = Vec::with_capacity(records.len());
        for at in 0..records.len() {
            cells.push(String::from_utf8_lossy(records.field(at)).trim().to_owned());
        }
        out.push((u32::try_from(line).unwrap_or(u32::MAX), cells));
    }
    Ok(Peek { rows: out, form, encoding: Some(encoding) })
}

/// The separator that most lines have: the usual one, unless they have none of it, or another one oftener and
/// equally often in nearly every line. A decimal comma is in many lines of a file of semicolons.
fn most_regular(head: &[u8], usual: u8) -> u8 {
    let lines: Vec<&[u8]> =
        head.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).take(40).collect();
    let count = |separator: u8| {
        let mut counts: Vec<usize> = lines.iter().map(|line| unquoted(line, separator)).collect();
        counts.sort_unstable();
        let median = counts.get(counts.len() / 2).copied().unwrap_or(0);
        let equal = counts.iter().filter(|count| **count == median).count();
        (median, equal * 10 >= counts.len() * 8)
    };
    let all = SEPARATORS.iter().map(|(separator, _)| *separator);
    let Some(best) = all.max_by_key(|separator| count(*separator).0) else { return usual };
    let ((most, regular), (of_usual, _)) = (count(best), count(usual));
    if most > of_usual && (of_usual == 0 || regular) { best } else { usual }
}

/// How often a separator stands in a line outside quotes.
fn unquoted(line: &[u8], separator: u8) -> usize {
    let mut quoted = false;
    let mut count = 0;
    for byte in line {
        quoted ^= *byte == b'"';
        count += usize::from(!quoted && *byte == separator);
    }
    count
}

/// What is wrong with a row whose number of fields is not the header's. Empty fields too many are not.
fn ragged(records: &mut Records<impl Read>, needed: usize, line: u64) -> Option<BadRow> {
    let fields = records.len();
    if fields == needed {
        return None;
    }
    if fields > needed && (needed..fields).all(|at| records.field(at).is_empty()) {
        return None;
    }
    let start: Vec<String> = (0..fields.min(3))
        .map(|at| String::from_utf8_lossy(records.field(at)).into_owned())
        .collect();
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

fn open_quote(line: u64) -> BadRow {
    BadRow {
        line: u32::try_from(line).unwrap_or(u32::MAX),
        column: String::new(),
        value: String::new(),
        reason:
            "has a quote that is never closed, so that nothing after it can be read; close it, or \
                 double a quote inside a text"
                .to_owned(),
    }
}

/// The separator to read with: the mapping's, else the ending's, else semicolons if they alone fit.
fn separator(path: &Path, head: &[u8], usual: u8, form: &Form) -> Result<u8> {
    let expected = form.separator.unwrap_or(usual);
    let lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let mut lines = lines.skip(form.header_line.saturating_sub(1) as usize);
    let header = lines.find(|line| !line.is_empty()).unwrap_or_default();
    let header = header.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let count = |separator: u8| unquoted(header, separator);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, usual: u8, expected: u8) {
        assert_eq!(
            char::from(most_regular(text.as_bytes(), usual)),
            char::from(expected),
            "{text}"
        );
    }

    #[test]
    fn the_separator_that_the_lines_have() {
        check("id,name\n1,a\n", b',', b',');
        check("id;name;price\n1;a;1,5\n2;b;2,75\n3;c;9,00\n", b',', b';');
        check(
            "Liste\n\nid;name;price\n1;a;1,5\n2;b;2,75\n3;c;9,00\n4;d;1,00\n5;e;1,00\n",
            b',',
            b';',
        );
        check("id,tags\n1,a;b;c\n2,a\n3,a;b;c;d\n4,a;b;c\n", b',', b',');
        check("id,tags\n1,\"a;b;c;d\"\n2,\"a;b;c;d\"\n", b',', b',');
        check("id\tnote\n1\ta, b, c\n2\tb\n", b'\t', b'\t');
        check("only\n1\n", b',', b',');
    }
}
