//! What a file is by its bytes, and why one that is no table is refused before anything reads it.

/// The code of a file with the signature of the test virus.
pub(super) const VIRUS: &str = "virus";

/// The signature of the EICAR test file, in two parts so that scanners leave this program alone.
const EICAR: [&[u8]; 2] =
    [b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EI", b"CAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"];
/// Bytes of the beginning that are kept.
const HEAD: usize = 4096;

/// What was seen of a file while it came.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) bytes: u64,
    head: Vec<u8>,
    /// The last bytes, in which a signature may have begun.
    tail: Vec<u8>,
    virus: bool,
}

impl Seen {
    /// Looks at the next bytes.
    pub(super) fn look(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        let room = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..room]);
        if self.virus {
            return;
        }
        let signature = EICAR.concat();
        let begin = signature.len() - 1;
        let mut seam = std::mem::take(&mut self.tail);
        seam.extend_from_slice(&bytes[..bytes.len().min(begin)]);
        self.virus = holds(&seam, &signature) || holds(bytes, &signature);
        self.tail = if bytes.len() >= begin { bytes[bytes.len() - begin..].to_vec() } else { seam };
        let over = self.tail.len().saturating_sub(begin);
        self.tail.drain(..over);
    }
}

fn holds(bytes: &[u8], signature: &[u8]) -> bool {
    let Some(first) = signature.first() else { return false };
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| byte == first) {
        rest = &rest[at..];
        if rest.starts_with(signature) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}

/// Why a file is refused, as a code; none of one that may be a table. `ending` is the one it is read by.
pub(super) fn refused(seen: &Seen, ending: Option<&str>) -> Option<&'static str> {
    let head = seen.head.as_slice();
    if seen.bytes == 0 {
        return Some("empty");
    }
    if seen.virus {
        return Some(VIRUS);
    }
    if let Some(code) = foreign(head) {
        return Some(code);
    }
    let Some(ending) = ending else { return Some("ending") };
    let workbook = head.starts_with(b"PK\x03\x04");
    let locked = head.starts_with(b"\xd0\xcf\x11\xe0");
    let zipped = head.starts_with(b"\x1f\x8b");
    let parquet = head.starts_with(b"PAR1");
    match ending {
        "xlsx" if workbook => None,
        "xlsx" if locked => Some("locked"),
        "xlsx" => Some("no_workbook"),
        _ if workbook => Some("archive"),
        _ if locked => Some("old_excel"),
        "parquet" if parquet => None,
        "parquet" => Some("no_parquet"),
        _ if ending.split_once('.').is_some() => (!zipped).then_some("no_gzip"),
        _ if zipped => Some("gzip_name"),
        _ if parquet => Some("parquet_name"),
        _ => no_text(seen),
    }
}

/// Files that are never a table, by how they begin.
fn foreign(head: &[u8]) -> Option<&'static str> {
    const BEGINNINGS: [(&[u8], &str); 18] = [
        (b"\x7fELF", "program"),
        (b"#!", "program"),
        (b"\xca\xfe\xba\xbe", "program"),
        (b"\xcf\xfa\xed\xfe", "program"),
        (b"\xfe\xed\xfa", "program"),
        (b"\x89PNG", "picture"),
        (b"\xff\xd8\xff", "picture"),
        (b"GIF87a", "picture"),
        (b"GIF89a", "picture"),
        (b"II*\0", "picture"),
        (b"MM\0*", "picture"),
        (b"%PDF-", "pdf"),
        (b"7z\xbc\xaf", "archive"),
        (b"Rar!", "archive"),
        (b"PK\x05\x06", "archive"),
        (b"BZh9", "archive"),
        (b"\xfd7zXZ", "archive"),
        (b"SQLite format 3\0", "database"),
    ];
    let nul = head.iter().take(512).any(|byte| *byte == 0);
    if head.starts_with(b"MZ") && nul {
        return Some("program");
    }
    if (head.starts_with(b"BM") || head.starts_with(b"RIFF")) && nul {
        return Some("picture");
    }
    if head.get(4..8) == Some(b"ftyp") {
        return Some("picture");
    }
    BEGINNINGS.iter().find(|(bytes, _)| head.starts_with(bytes)).map(|(_, code)| *code)
}

/// Why a file that should be text is none: NUL in what is not UTF-16, or nothing but blanks.
fn no_text(seen: &Seen) -> Option<&'static str> {
    let head = seen.head.as_slice();
    let wide = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    if !wide && head.contains(&0) {
        return Some("no_text");
    }
    let blank =
        head.iter().all(|byte| byte.is_ascii_whitespace() || b"\xef\xbb\xbf".contains(byte));
    (blank && seen.bytes <= HEAD as u64).then_some("empty")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(chunks: &[&[u8]]) -> Seen {
        let mut seen = Seen::default();
        chunks.iter().for_each(|chunk| seen.look(chunk));
        seen
    }

    #[track_caller]
    fn check(bytes: &[u8], ending: &str, expected: Option<&str>) {
        let ending = (!ending.is_empty()).then_some(ending);
        assert_eq!(refused(&seen(&[bytes]), ending), expected);
    }

    #[test]
    fn tables_pass() {
        check(b"id,name\n1,a\n", "csv", None);
        check("\u{feff}顧客コード\n".as_bytes(), "csv", None);
        check(b"\xff\xfei\0d\0", "csv", None);
        check(b"MZ,b\n1,2\n", "csv", None);
        check(b"PK\x03\x04....", "xlsx", None);
        check(b"PAR1....", "parquet", None);
        check(b"\x1f\x8b\x08", "csv.gz", None);
    }

    #[test]
    fn what_is_no_table_is_refused_with_its_reason() {
        check(b"", "csv", Some("empty"));
        check(b"\n \n", "csv", Some("empty"));
        check(b"\x89PNG\r\n", "", Some("picture"));
        check(b"\x89PNG\r\n", "csv", Some("picture"));
        check(b"PK\x03\x04", "csv", Some("archive"));
        check(b"PK\x03\x04", "", Some("ending"));
        check(b"\xd0\xcf\x11\xe0", "xlsx", Some("locked"));
        check(b"\xd0\xcf\x11\xe0", "csv", Some("old_excel"));
        check(b"\x7fELF\x02", "csv", Some("program"));
        check(b"MZ\x90\0\x03", "", Some("program"));
        check(b"#!/bin/sh\n", "csv", Some("program"));
        check(b"a\0b", "csv", Some("no_text"));
        check(b"text", "xlsx", Some("no_workbook"));
        check(b"text", "csv.gz", Some("no_gzip"));
        check(b"%PDF-1.7", "", Some("pdf"));
    }

    #[test]
    fn the_test_virus_is_found_wherever_the_chunks_are_cut() {
        let whole = [&b"a,b\n1,"[..], &EICAR.concat(), b"\n"].concat();
        for cut in 0..whole.len() {
            let (one, two) = whole.split_at(cut);
            assert_eq!(refused(&seen(&[one, two]), Some("csv")), Some(VIRUS), "cut at {cut}");
        }
        let bytes: Vec<&[u8]> = whole.chunks(1).collect();
        assert_eq!(refused(&seen(&bytes), Some("csv")), Some(VIRUS));
        assert_eq!(refused(&seen(&[&whole[..40]]), Some("csv")), None);
    }
}
