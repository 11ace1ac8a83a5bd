//! Which encoding a text file is in: UTF-8, UTF-16 with its mark, or CP932, the Shift_JIS of Windows.
//!
//! ASCII is the same in UTF-8 and CP932, so nothing is decided before the first other byte comes, however
//! far into the file; what follows it decides.

use std::io::{self, Read};

use encoding_rs::{
    CoderResult, Decoder, Encoding, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252,
};

/// Bytes looked at to tell CP932 from UTF-8.
const LOOK: usize = 64 * 1024;

/// Encodings that a mapping can state, by the names that people write.
const NAMES: &[(&str, &Encoding)] = &[
    ("UTF-8", UTF_8),
    ("CP932", SHIFT_JIS),
    ("Shift_JIS", SHIFT_JIS),
    ("Windows-31J", SHIFT_JIS),
    ("Windows-1252", WINDOWS_1252),
    ("CP1252", WINDOWS_1252),
    ("ISO-8859-1", WINDOWS_1252),
    ("UTF-16LE", UTF_16LE),
    ("UTF-16BE", UTF_16BE),
];

/// The encoding of that name, or the names that are known.
pub(crate) fn named(name: &str) -> Result<&'static Encoding, String> {
    let known = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    known.map(|(_, encoding)| *encoding).ok_or_else(|| {
        let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
        format!("`{name}` is not an encoding that is read; those are {}", names.join(", "))
    })
}

/// The name by which people know an encoding.
pub(crate) fn shown(encoding: &'static Encoding) -> &'static str {
    NAMES.iter().find(|(_, known)| *known == encoding).map_or("UTF-8", |(name, _)| name)
}

/// What the bytes are most likely in. Bytes may be cut off within a letter.
pub(crate) fn guess(bytes: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    let (mut valid, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    // One break may be the end of the bytes. UTF-8 with some damage has far more whole letters than breaks.
    if broken == 0 || (broken == 1 && cut_at_end(bytes)) || valid > broken {
        return UTF_8;
    }
    let mut text = String::with_capacity(bytes.len() * 3);
    let mut decoder = SHIFT_JIS.new_decoder_without_bom_handling();
    let (_, _, damaged) = decoder.decode_to_string(bytes, &mut text, false);
    let japanese = text.chars().any(|letter| matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ff01}'..='\u{ff9f}'));
    if damaged || !japanese { UTF_8 } else { SHIFT_JIS }
}

fn cut_at_end(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

/// A text read as UTF-8, whatever it was written in.
pub(super) struct Decoding<R> {
    input: R,
    state: State,
    /// Bytes read and not yet given out, from `at` on.
    raw: Vec<u8>,
    at: usize,
    ended: bool,
}

enum State {
    /// Nothing but ASCII so far.
    Ascii,
    /// UTF-8: bytes go through.
    Through,
    /// Another encoding, and decoded text not yet given out.
    Decoder { decoder: Box<Decoder>, text: Vec<u8>, at: usize, over: bool },
}

impl<R: Read> Decoding<R> {
    /// Decodes as stated, else as the bytes look.
    pub(super) fn new(input: R, stated: Option<&'static Encoding>) -> Self {
        let state = stated.map_or(State::Ascii, of);
        Self { input, state, raw: Vec::new(), at: 0, ended: false }
    }

    /// Reads until `wanted` bytes lie ready or the input ends.
    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        self.raw.drain(..self.at);
        self.at = 0;
        while self.raw.len() < wanted && !self.ended {
            let before = self.raw.len();
            self.raw.resize(before + LOOK, 0);
            let read = self.input.read(&mut self.raw[before..]);
            self.raw.truncate(before + *read.as_ref().unwrap_or(&0));
            match read {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(read) => self.ended = read == 0,
            }
        }
        Ok(())
    }

    fn decode(&mut self) -> io::Result<()> {
        self.fill(1)?;
        let State::Decoder { decoder, text, at, over } = &mut self.state else { return Ok(()) };
        let rest = &self.raw[self.at..];
        let room = decoder.max_utf8_buffer_length(rest.len()).unwrap_or(rest.len() * 3 + 16);
        text.resize(room.max(16), 0);
        let (result, read, written, _) = decoder.decode_to_utf8(rest, text, self.ended);
        text.truncate(written);
        *at = 0;
        self.at += read;
        *over = self.ended && result == CoderResult::InputEmpty;
        Ok(())
    }
}

fn of(encoding: &'static Encoding) -> State {
    if encoding == UTF_8 {
        return State::Through;
    }
    let decoder = Box::new(encoding.new_decoder_with_bom_removal());
    State::Decoder { decoder, text: Vec::new(), at: 0, over: false }
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if matches!(self.state, State::Ascii) {
            self.fill(1)?;
            if !self.raw[self.at..].is_ascii() {
                self.fill(LOOK)?;
                self.state = of(guess(&self.raw[self.at..]));
            }
        }
        loop {
            match &mut self.state {
                State::Decoder { text, at, over, .. } => {
                    if *at < text.len() {
                        let read = (text.len() - *at).min(buffer.len());
                        buffer[..read].copy_from_slice(&text[*at..*at + read]);
                        *at += read;
                        return Ok(read);
                    }
                    if *over {
                        return Ok(0);
                    }
                    self.decode()?;
                }
                State::Ascii | State::Through if self.at < self.raw.len() => {
                    let read = (self.raw.len() - self.at).min(buffer.len());
                    buffer[..read].copy_from_slice(&self.raw[self.at..self.at + read]);
                    self.at += read;
                    return Ok(read);
                }
                State::Ascii => return Ok(0),
                State::Through => return self.input.read(buffer),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text that bytes are read as, however few come at once.
    #[track_caller]
    fn check(bytes: &[u8], stated: Option<&'static Encoding>, expected: &str) {
        struct Slow<'a>(&'a [u8]);
        impl Read for Slow<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let some = self.0.len().min(1);
                self.0.read(&mut buffer[..some])
            }
        }
        for slow in [true, false] {
            let input: Box<dyn Read> =
                if slow { Box::new(Slow(bytes)) } else { Box::new(io::Cursor::new(bytes)) };
            let mut text = Vec::new();
            Decoding::new(input, stated).read_to_end(&mut text).expect("memory can be read");
            assert_eq!(String::from_utf8_lossy(&text), expected);
        }
    }

    fn cp932(text: &str) -> Vec<u8> {
        SHIFT_JIS.encode(text).0.into_owned()
    }

    #[test]
    fn cp932_is_seen_wherever_it_begins() {
        check(&cp932("顧客,①\r\nﾐﾄﾞﾘ,高橋\r\n"), None, "顧客,①\r\nﾐﾄﾞﾘ,高橋\r\n");
        let late = format!("{}伸び\n", "a,b\n".repeat(50_000));
        check(&cp932(&late), None, &late);
    }
    #[test]
    fn utf_8_stays_even_with_some_damage() {
        check("伸びしろ,é\n".as_bytes(), None, "伸びしろ,é\n");
        check(b"\xe4\xbc\xb8\xe3\x81\xb3\xff\n", None, "伸び\u{fffd}\n");
        check(b"caf\xe9\n", None, "caf\u{fffd}\n");
    }
    #[test]
    fn utf_16_is_seen_by_its_mark() {
        check(b"\xff\xfea\0,\0", None, "a,");
        check(b"\xfe\xff\0a\x30\x42", None, "aあ");
    }
    #[test]
    fn a_stated_encoding_is_used() {
        check(b"a\0b\0", Some(UTF_16LE), "ab");
        check(b"Stra\xdfe 5 \x80", Some(WINDOWS_1252), "Straße 5 €");
        assert!(named("cp1252").is_ok_and(|encoding| encoding == WINDOWS_1252));
        assert!(named("cp932").is_ok_and(|encoding| encoding == SHIFT_JIS));
        assert!(named("EBCDIC").is_err_and(|why| why.contains("CP932")));
    }
    #[test]
    fn letters_cut_at_the_end_are_no_damage() {
        assert_eq!(guess(&"伸び".as_bytes()[..5]), UTF_8);
        assert_eq!(guess(&cp932("伸びしろ")[..7]), SHIFT_JIS);
    }
}
