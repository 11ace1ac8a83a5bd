//! Splits separated text into records and fields (RFC 4180), knowing the line of every record.
//!
//! Lines end in LF, CRLF or CR. A field may stand in double quotes, which hide separators and line
//! ends; a double quote inside is doubled. Empty lines are passed over.

use std::io::{self, Read};

/// Bytes read at once.
const CHUNK: usize = 1 << 20;

/// The longest record; beyond it a quote is open by mistake.
const LONGEST: usize = 16 << 20;

/// A field of the current record, as a place in the buffer.
#[derive(Debug, Clone, Copy)]
struct Field {
    start: usize,
    end: usize,
    /// Whether quotes inside it are doubled.
    doubled: bool,
}

/// What came next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// A record that begins on this line; its fields are at hand.
    Record(u64),
    /// From this line on a quoted field does not end.
    OpenQuote(u64),
    /// Nothing more.
    End,
}

/// The records of a text.
pub(super) struct Records<R> {
    input: R,
    separator: u8,
    buffer: Vec<u8>,
    at: usize,
    filled: usize,
    ended: bool,
    line: u64,
    fields: Vec<Field>,
    scratch: Vec<u8>,
}

/// How the scanning of a record went.
enum Scan {
    /// It ends here, the next one begins there, so many lines later.
    Complete { next: usize, lines: u64 },
    /// More bytes are needed.
    Cut { in_quotes: bool },
}

impl<R: Read> Records<R> {
    pub(super) fn new(input: R, separator: u8) -> Self {
        Self {
            input,
            separator,
            buffer: vec![0; CHUNK],
            at: 0,
            filled: 0,
            ended: false,
            line: 1,
            fields: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// Goes to the next record.
    pub(super) fn next(&mut self) -> io::Result<Next> {
        loop {
            if self.at == self.filled && !self.fill()? {
                return Ok(Next::End);
            }
            match self.buffer[self.at] {
                b'\n' => self.skip_line_end(1),
                b'\r' => {
                    if self.at + 1 == self.filled && self.fill()? {
                        continue;
                    }
                    let crlf = self.buffer[..self.filled].get(self.at + 1) == Some(&b'\n');
                    self.skip_line_end(if crlf { 2 } else { 1 });
                }
                _ => break,
            }
        }
        loop {
            match self.scan() {
                Scan::Complete { next, lines } => {
                    let line = self.line;
                    self.at = next;
                    self.line += lines;
                    return Ok(Next::Record(line));
                }
                Scan::Cut { .. } if self.filled - self.at < LONGEST && self.fill()? => {}
                Scan::Cut { in_quotes: true } => {
                    self.at = self.filled;
                    self.ended = true;
                    return Ok(Next::OpenQuote(self.line));
                }
                Scan::Cut { in_quotes: false } => {
                    // The last record of a text that does not end in a line end.
                    self.at = self.filled;
                    return Ok(Next::Record(self.line));
                }
            }
        }
    }

    fn skip_line_end(&mut self, bytes: usize) {
        self.at += bytes;
        self.line += 1;
    }

    /// The number of fields of the current record.
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// A field of the current record.
    pub(super) fn field(&mut self, at: usize) -> &[u8] {
        let Field { start, end, doubled } = self.fields[at];
        if !doubled {
            return &self.buffer[start..end];
        }
        self.scratch.clear();
        let mut quote_before = false;
        for byte in &self.buffer[start..end] {
            quote_before = *byte == b'"' && !quote_before;
            if !quote_before || *byte != b'"' {
                self.scratch.push(*byte);
            }
        }
        &self.scratch
    }

    /// Reads more behind what is there, moving it to the front; `false` at the end of the text.
    fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.buffer.copy_within(self.at..self.filled, 0);
        self.filled -= self.at;
        self.at = 0;
        if self.buffer.len() - self.filled < CHUNK / 2 {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let read = loop {
            match self.input.read(&mut self.buffer[self.filled..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.filled += read;
        self.ended = read == 0;
        Ok(read > 0)
    }

    /// Finds the fields of the record at hand as far as the bytes reach.
    fn scan(&mut self) -> Scan {
        self.fields.clear();
        let bytes = &self.buffer[..self.filled];
        let separator = self.separator;
        let mut at = self.at;
        let mut lines = 0;
        loop {
            if bytes.get(at) == Some(&b'"') {
                let Some(quoted) = quoted(bytes, at) else { return Scan::Cut { in_quotes: true } };
                lines += quoted.lines;
                at = quoted.end;
                self.fields.push(quoted.field);
                // What stands between the closing quote and the separator belongs to nothing.
                while at < bytes.len() && !ends_field(bytes[at], separator) {
                    at += 1;
                }
            } else {
                let start = at;
                while at < bytes.len() && !ends_field(bytes[at], separator) {
                    at += 1;
                }
                self.fields.push(Field { start, end: at, doubled: false });
            }
            match bytes.get(at) {
                None => return Scan::Cut { in_quotes: false },
                Some(b'\n') => return Scan::Complete { next: at + 1, lines: lines + 1 },
                Some(b'\r') => match bytes.get(at + 1) {
                    None if !self.ended => return Scan::Cut { in_quotes: false },
                    Some(b'\n') => return Scan::Complete { next: at + 2, lines: lines + 1 },
                    _ => return Scan::Complete { next: at + 1, lines: lines + 1 },
                },
                Some(_) => at += 1,
            }
        }
    }
}

fn ends_field(byte: u8, separator: u8) -> bool {
    byte == separator || byte == b'\n' || byte == b'\r'
}

struct Quoted {
    field: Field,
    /// The place behind the closing quote.
    end: usize,
    lines: u64,
}

/// The quoted field whose opening quote is at `open`, or `None` when it does not end in these bytes.
fn quoted(bytes: &[u8], open: usize) -> Option<Quoted> {
    let start = open + 1;
    let (mut at, mut doubled, mut lines) = (start, false, 0);
    loop {
        match bytes.get(at)? {
            b'"' if bytes.get(at + 1) == Some(&b'"') => {
                doubled = true;
                at += 2;
            }
            b'"' => {
                return Some(Quoted {
                    field: Field { start, end: at, doubled },
                    end: at + 1,
                    lines,
                });
            }
            b'\n' => {
                lines += 1;
                at += 1;
            }
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its bytes one by one, so that every cut between two reads is tried.
    struct OneByOne<'a>(&'a [u8]);

    impl Read for OneByOne<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            buffer[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    fn all(input: impl Read) -> String {
        let mut records = Records::new(input, b',');
        let mut out = Vec::new();
        loop {
            match records.next().expect("memory can be read") {
                Next::End => return out.join(" "),
                Next::OpenQuote(line) => out.push(format!("{line}:open")),
                Next::Record(line) => {
                    let fields: Vec<String> = (0..records.len())
                        .map(|at| String::from_utf8_lossy(records.field(at)).into_owned())
                        .collect();
                    out.push(format!("{line}:{}", fields.join("|")));
                }
            }
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(all(text.as_bytes()), expected, "{text:?}");
        assert_eq!(all(OneByOne(text.as_bytes())), expected, "{text:?} byte by byte");
    }

    #[test]
    fn line_ends_of_all_kinds() {
        check("a,b\nc,d\n", "1:a|b 2:c|d");
        check("a,b\r\nc,d\r\n", "1:a|b 2:c|d");
        check("a,b\rc,d\r", "1:a|b 2:c|d");
        check("a,b\nc,d", "1:a|b 2:c|d");
    }
    #[test]
    fn empty_lines_are_counted_but_no_records() {
        check("\n\na\n\r\n\nb\n", "3:a 6:b");
        check("", "");
    }
    #[test]
    fn empty_fields_are_fields() {
        check(",\n", "1:|");
        check("a,\n,b", "1:a| 2:|b");
        check("\"\",x\n", "1:|x");
    }
    #[test]
    fn quotes_hide_separators_and_lines() {
        check("\"a,b\",c\n\"d\ne\",f\ng\n", "1:a,b|c 2:d\ne|f 4:g");
        check("\"a\"\"b\"\"\"\"\",c\n", "1:a\"b\"\"|c");
        check("a\"b,c\n", "1:a\"b|c");
        check("\"a\" x,b\n", "1:a|b");
    }
    #[test]
    fn an_open_quote_is_told_with_its_line() {
        check("a\n\"b\nc\n", "1:a 2:open");
    }
}
