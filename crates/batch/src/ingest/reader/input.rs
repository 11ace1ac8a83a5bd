//! The bytes of a text file: plain or gzip, counted, as UTF-8 without a byte order mark.

use std::fs::File;
use std::io::{BufReader, Read, Seek as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, Result, bail};
use encoding_rs::Encoding;
use flate2::read::MultiGzDecoder;

use super::encoding::Decoding;

/// Bytes looked at to tell separator and encoding.
const HEAD: usize = 64 * 1024;

/// How files begin that are no text although somebody named them so.
const NO_TEXT: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "a workbook (.xlsx) or another ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"%PDF-", "a PDF"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\0", "a database"),
];

/// A text file opened for reading.
pub(super) struct Input {
    /// The first bytes, already without a byte order mark; `rest` continues after them.
    pub(super) head: Vec<u8>,
    /// What follows the head.
    pub(super) rest: Box<dyn Read + Send>,
    /// Bytes of the file itself (compressed, if it is) read so far.
    pub(super) done: Arc<AtomicU64>,
    /// Bytes of the file itself.
    pub(super) bytes: u64,
}

struct Counted<R> {
    inner: R,
    done: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.done.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl Input {
    /// Opens a file and reads its head as UTF-8, whatever it was written in: as stated, else as it looks.
    /// An empty file is an error.
    pub(super) fn open(path: &Path, encoding: Option<&'static Encoding>) -> Result<Self> {
        let mut file = File::open(path).with_context(|| cannot_read(path))?;
        let bytes = file.metadata().with_context(|| cannot_read(path))?.len();
        if let Some(what) = no_text(&mut file).with_context(|| cannot_read(path))? {
            bail!("{} is {what}, whatever its name says: export it as CSV", path.display());
        }
        let done = Arc::new(AtomicU64::new(0));
        let counted = Counted { inner: file, done: Arc::clone(&done) };
        let gzip = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz"));
        let plain: Box<dyn Read + Send> = if gzip {
            Box::new(MultiGzDecoder::new(BufReader::with_capacity(256 * 1024, counted)))
        } else {
            Box::new(counted)
        };
        let mut rest: Box<dyn Read + Send> = Box::new(Decoding::new(plain, encoding));
        let mut head = Vec::new();
        rest.by_ref().take(HEAD as u64).read_to_end(&mut head).with_context(|| {
            if gzip {
                format!("{} is not whole gzip: compress the file again", path.display())
            } else {
                cannot_read(path)
            }
        })?;
        if head.starts_with(&[0xef, 0xbb, 0xbf]) {
            head.drain(..3);
        }
        if head.iter().all(u8::is_ascii_whitespace) && head.len() < HEAD {
            bail!("{} is empty: export it again, with a header line", path.display());
        }
        Ok(Self { head, rest, done, bytes })
    }

    /// The whole text from its start.
    pub(super) fn reader(self) -> impl Read + Send {
        std::io::Cursor::new(self.head).chain(self.rest)
    }
}

/// What a file is that begins as no text does; it is read from its start again.
fn no_text(file: &mut File) -> std::io::Result<Option<&'static str>> {
    let mut start = Vec::with_capacity(16);
    Read::by_ref(file).take(16).read_to_end(&mut start)?;
    file.rewind()?;
    Ok(NO_TEXT.iter().find(|(bytes, _)| start.starts_with(bytes)).map(|(_, what)| *what))
}

/// The bytes of a file, unpacked but not decoded, from the first on that is not ASCII: they tell its
/// encoding.
pub(super) fn raw_head(path: &Path) -> Result<Vec<u8>> {
    let file = File::open(path).with_context(|| cannot_read(path))?;
    let gzip = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz"));
    let mut input: Box<dyn Read> = if gzip {
        Box::new(MultiGzDecoder::new(BufReader::with_capacity(256 * 1024, file)))
    } else {
        Box::new(file)
    };
    loop {
        let mut head = Vec::with_capacity(HEAD);
        let whole = input.by_ref().take(HEAD as u64).read_to_end(&mut head);
        whole.with_context(|| cannot_read(path))?;
        if head.is_empty() || !head.is_ascii() {
            return Ok(head);
        }
    }
}

/// The sentence for an error while reading on.
pub(super) fn cut_short(path: &Path, line: u64) -> String {
    format!(
        "{} cannot be read beyond line {line}: it is damaged or cut short; copy or compress it again",
        path.display()
    )
}

fn cannot_read(path: &Path) -> String {
    format!("{} cannot be read; check the path and its permissions", path.display())
}
