//! A line a basket: items separated by commas, semicolons, tabs, bars or blanks; no header.

use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::gather::Gathered;
use crate::ingest::reader;

/// Separators that are looked for before blanks.
const SEPARATORS: &[u8] = b",;\t|";
/// Bytes looked at to tell the separator.
const HEAD: u64 = 256 * 1024;

/// A file of lines.
#[derive(Debug)]
pub struct LinesFile {
    path: PathBuf,
}

impl LinesFile {
    /// The file may be gzipped and in any encoding.
    pub fn new(path: &Path) -> Result<Self> {
        if !path.is_file() {
            bail!("{} is not there, or is no file", path.display());
        }
        Ok(Self { path: path.to_owned() })
    }

    pub(super) fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    pub(super) fn read(&self) -> Result<Gathered> {
        let mut text = reader::text(&self.path)?;
        let mut head = Vec::new();
        let failed = || format!("{} cannot be read on", self.path.display());
        text.by_ref().take(HEAD).read_to_end(&mut head).with_context(failed)?;
        let separator = separator(&head);
        let text = BufReader::with_capacity(1 << 20, Cursor::new(head).chain(text));
        let mut gathered = Gathered::default();
        match separator {
            Some(separator) => self.separated(text, separator, &mut gathered)?,
            None => self.blanks(text, &mut gathered)?,
        }
        if gathered.counted.rows == 0 {
            bail!("{} holds no item", self.path.display());
        }
        Ok(gathered)
    }

    fn separated(&self, text: impl Read, separator: u8, gathered: &mut Gathered) -> Result<()> {
        let mut records = csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .from_reader(text);
        let mut record = csv::ByteRecord::new();
        let mut lines = 0;
        loop {
            let line = records.position().line();
            let more = records.read_byte_record(&mut record);
            if !more.with_context(|| format!("{} cannot be read on", self.path.display()))? {
                return Ok(());
            }
            let mut any = false;
            for item in &record {
                let item = std::str::from_utf8(item).ok().with_context(|| {
                    format!("{}, line {line}: the text is damaged: export it again", self.name())
                })?;
                any |= add(item, lines, gathered)?;
            }
            lines += u32::from(any);
        }
    }

    fn blanks(&self, mut text: impl BufRead, gathered: &mut Gathered) -> Result<()> {
        let mut line = String::new();
        let mut lines = 0;
        loop {
            line.clear();
            let read = text.read_line(&mut line);
            if read.with_context(|| format!("{} cannot be read on", self.path.display()))? == 0 {
                return Ok(());
            }
            let mut any = false;
            for item in line.split_whitespace() {
                any |= add(item, lines, gathered)?;
            }
            lines += u32::from(any);
        }
    }
}

/// Adds an item to the basket of a line, unless it is empty.
fn add(item: &str, line: u32, gathered: &mut Gathered) -> Result<bool> {
    let item = item.trim();
    if item.is_empty() {
        return Ok(false);
    }
    gathered.counted.rows += 1;
    let basket = gathered.baskets.of_whole(i64::from(line))?;
    let item = gathered.items.of(item)?;
    gathered.push(basket, item);
    Ok(true)
}

/// The separator that most lines have; `None` for blanks.
fn separator(head: &[u8]) -> Option<u8> {
    let lines = || head.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let having = |separator: u8| lines().filter(|line| has(line, separator)).count();
    // Of equals the first one.
    let best = SEPARATORS.iter().rev().copied().max_by_key(|separator| having(*separator))?;
    let blanks = lines().filter(|line| line.trim_ascii().contains(&b' ')).count();
    let (found, all) = (having(best), lines().count());
    // A few commas in a file of blanks are decimal commas or belong to names.
    (found > 0 && (found * 10 >= all || found >= blanks)).then_some(best)
}

/// Whether a separator stands in a line outside quotes.
fn has(line: &[u8], separator: u8) -> bool {
    let mut quoted = false;
    line.iter().any(|byte| {
        quoted ^= *byte == b'"';
        !quoted && *byte == separator
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_the_one_that_lines_have() {
        let check = |text: &str, expected: Option<u8>| {
            assert_eq!(separator(text.as_bytes()), expected, "{text}");
        };
        check("whole milk\ncitrus fruit,soda\nyogurt,whole milk,soda\n", Some(b','));
        check("1 2 3\n4\n5 6\n", None);
        check("a;b\nc,d;e\n", Some(b';'));
        check("a\tb c\td\ne\n", Some(b'\t'));
        check("a;\"b, c\"\n\"b, c\";d\n", Some(b';'));
        check("milk\nsoda\n", None);
    }
}
